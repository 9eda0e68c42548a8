//! Files of a stay turn by turn: what is typed and heard, what the runner is asked, what it tells.
//!
//! Knows no file and no socket. Why each step is written out: which of the three comes first is what
//! goes wrong.

use std::time::Duration;

use serde_json::json;

use super::stay::{Stay, hello_ok, refused};
use super::transfer::{Errand, Tiding, Way, Why};

const HASH: &str = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

fn hash() -> blake3::Hash {
    blake3::Hash::from_hex(HASH).unwrap()
}

impl Stay {
    fn errands(&mut self) -> Vec<Errand> {
        std::mem::take(&mut self.session.files.errands)
    }

    fn tells(&mut self, tiding: Tiding) {
        self.session.tiding(tiding, self.now);
    }

    fn opened(&mut self, id: u64) {
        let direct = "127.0.0.1:4000".parse().ok();
        self.tells(Tiding::Opened { id, name: "a.txt".into(), size: 1536, hash: hash(), direct });
    }

    fn transfer(&mut self, state: &str) {
        self.hear(json!({"event":"transfer","offer":7,"name":"a.txt","state":state,"bytes":0}));
    }

    fn offer(&mut self, offer: u64, name: &str) {
        self.hear(json!({"event":"offer","offer":offer,"from":"Bob","name":name,"size":1536,"hash":HASH}));
    }
}

/// Whatever was said so far is known.
fn forget(stay: &mut Stay) {
    stay.sent();
    stay.shown();
    stay.errands();
}

/// In a whisper session with Bob.
fn paired(interactive: bool) -> Stay {
    let mut stay = Stay::begin(interactive, None);
    let mut hello = hello_ok();
    hello["ok"]["resume"] = "t1".into();
    stay.hear(hello);
    stay.hear(json!({"event":"whisper_opened","nick":"Bob"}));
    forget(&mut stay);
    stay
}

/// With the file a.txt, offered as number 7.
fn offering(interactive: bool) -> Stay {
    let mut stay = paired(interactive);
    stay.kind("/file a.txt");
    stay.opened(1);
    stay.hear(json!({"re":2,"ok":{"offer":7,"token":"secret"}}));
    forget(&mut stay);
    stay
}

/// With the file a.txt from Bob, accepted.
fn receiving(interactive: bool) -> Stay {
    let mut stay = paired(interactive);
    stay.offer(7, "a.txt");
    stay.kind("/accept");
    stay.tells(Tiding::Reserved { id: 1 });
    stay.hear(json!({"re":2,"ok":{"offer":7,"token":"secret","name":"a.txt","size":1536,"hash":HASH}}));
    forget(&mut stay);
    stay
}

#[test]
fn a_file_is_sent() {
    let mut stay = paired(true);
    stay.kind("/file ~/a.txt");
    assert_eq!(stay.errands(), [Errand::Open { id: 1, typed: "~/a.txt".into() }]);
    assert!(stay.sent().is_empty());
    stay.opened(1);
    let offer =
        json!({"id":2,"cmd":"offer","name":"a.txt","size":1536,"hash":HASH,"direct":"127.0.0.1:4000"});
    assert_eq!(stay.sent(), [offer]);
    stay.hear(json!({"re":2,"ok":{"offer":7,"token":"secret"}}));
    assert_eq!(stay.shown(), ["[Server]: You offer Bob the file a.txt (1.5 KiB). /cancel takes it back."]);
    assert!(stay.errands().is_empty());
    stay.transfer("accepted");
    assert_eq!(stay.errands(), [Errand::Serve { id: 1, token: "secret".into() }]);
    assert_eq!(stay.shown(), ["[Server]: The file a.txt is accepted."]);
    stay.hear(json!({"event":"transfer","offer":7,"name":"a.txt","state":"relay","bytes":512}));
    assert_eq!(stay.errands(), [Errand::Push { id: 1, token: "secret".into(), from: 512 }]);
    assert!(stay.shown().is_empty());
    stay.transfer("done");
    assert_eq!(stay.errands(), [Errand::Stop { id: 1 }]);
    assert_eq!(stay.shown(), ["[Server]: The file a.txt has arrived."]);
}

#[test]
fn a_file_is_received() {
    let mut stay = paired(true);
    stay.offer(7, "../a.txt");
    let heard = "[Server]: Bob offers you the file ../a.txt (1.5 KiB). /accept saves it as a.txt, \
                 /accept NAME under another name; /decline turns it down.";
    assert_eq!(stay.shown(), [heard]);
    stay.kind("/accept b c.txt");
    assert_eq!(stay.errands(), [Errand::Reserve { id: 1, name: "b c.txt".into(), size: 1536 }]);
    assert!(stay.sent().is_empty());
    stay.tells(Tiding::Reserved { id: 1 });
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"accept","offer":7})]);
    let direct = "127.0.0.1:4000";
    stay.hear(
        json!({"re":2,"ok":{"offer":7,"token":"t","name":"a","size":1536,"hash":HASH,"direct":direct}}),
    );
    let fetch = Errand::Fetch { id: 1, token: "t".into(), direct: direct.parse().ok(), hash: hash() };
    assert_eq!(stay.errands(), [fetch]);
    let comes = "[Server]: The file ../a.txt is on its way, and will be saved as b c.txt. /cancel stops it.";
    assert_eq!(stay.shown(), [comes]);
    stay.tells(Tiding::Saved { id: 1 });
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"received","offer":7})]);
    assert_eq!(stay.shown(), ["[Server]: The file ../a.txt (1.5 KiB) is saved as b c.txt."]);
    stay.hear(json!({"re":3,"ok":{"offer":7}}));
    assert_eq!(stay.errands(), [Errand::Stop { id: 1 }]);
    assert!(stay.shown().is_empty());
}

#[test]
fn the_path_can_be_asked_for() {
    let mut stay = paired(true);
    stay.kind("/file");
    assert_eq!(stay.shown(), ["[Server]: Which file? Type its path."]);
    stay.kind("/home/me/a.txt");
    assert_eq!(stay.errands(), [Errand::Open { id: 1, typed: "/home/me/a.txt".into() }]);
    // A command is none, and an empty line takes the question back.
    for line in ["/cancel", " "] {
        stay.kind("/file");
        stay.kind(line);
        stay.shown();
        stay.kind("hello");
        assert_eq!(stay.sent().last().unwrap()["cmd"], "whisper");
    }
    assert_eq!(stay.errands(), [Errand::Stop { id: 1 }]);
}

#[test]
fn without_a_partner_there_is_no_file() {
    let mut stay = Stay::greeted(true);
    stay.kind("/파일전송 a.txt");
    let refusal = "[Server]: Error: a file goes to the partner of a whisper session; open one first with /whisper NICK.";
    assert_eq!(stay.shown(), [refusal]);
    for line in ["/accept", "/decline", "/cancel", "/cancel 3"] {
        stay.kind(line);
        let none = "[Server]: Error: there is no such file: it was not offered, or it is over.";
        assert_eq!(stay.shown(), [none], "{line}");
    }
    assert!(stay.errands().is_empty() && stay.sent().is_empty());
}

#[test]
fn a_bad_name_is_refused_before_anything_is_sent() {
    let mut stay = paired(true);
    stay.offer(7, "a.txt");
    stay.shown();
    for name in ["../a", "/etc/passwd", "..", "-rf", "a\u{202e}b"] {
        stay.kind(&format!("/accept {name}"));
        let shown = stay.shown();
        assert!(shown.len() == 1 && shown[0].starts_with("[Server]: Error: "), "{name:?}: {shown:?}");
        assert!(stay.errands().is_empty() && stay.sent().is_empty());
    }
    stay.kind("/accept");
    stay.tells(Tiding::Failed { id: 1, why: Why::Exists("a.txt".into()) });
    let exists = "[Server]: Error: the file a.txt was not transferred: there is a file a.txt here already; \
                  /accept NAME saves it under another name.";
    assert_eq!(stay.shown(), [exists]);
    stay.errands();
    stay.kind("/accept b.txt");
    assert_eq!(stay.errands(), [Errand::Reserve { id: 1, name: "b.txt".into(), size: 1536 }]);
}

#[test]
fn the_first_offer_is_meant() {
    let mut stay = paired(true);
    stay.offer(7, "a.txt");
    stay.offer(8, "b.txt");
    stay.offer(8, "b.txt");
    assert_eq!(stay.shown().len(), 2);
    stay.kind("/decline");
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"decline","offer":7})]);
    stay.hear(json!({"re":2,"ok":{"offer":7}}));
    assert_eq!(stay.shown(), ["[Server]: You have turned the file down."]);
    stay.kind("/accept");
    assert_eq!(stay.errands()[1], Errand::Reserve { id: 2, name: "b.txt".into(), size: 1536 });
}

#[test]
fn either_side_cancels() {
    for mut stay in [offering(true), receiving(true)] {
        stay.kind("/cancel");
        assert_eq!(stay.sent(), [json!({"id":3,"cmd":"cancel","offer":7})]);
        assert!(stay.errands().is_empty());
        stay.hear(json!({"re":3,"ok":{"offer":7}}));
        assert_eq!(stay.errands(), [Errand::Stop { id: 1 }]);
        assert_eq!(stay.shown(), ["[Server]: The file is cancelled."]);
    }
    for mut stay in [offering(true), receiving(true)] {
        stay.transfer("cancelled");
        assert_eq!(stay.errands(), [Errand::Stop { id: 1 }]);
        assert_eq!(stay.shown(), ["[Server]: The file a.txt is no longer to be had."]);
    }
}

#[test]
fn what_the_server_does_not_know_yet_is_cancelled_here() {
    let mut stay = paired(true);
    stay.kind("/file a.txt");
    stay.kind("/cancel");
    assert_eq!(stay.shown(), ["[Server]: The file is cancelled."]);
    assert_eq!(stay.errands()[1], Errand::Stop { id: 1 });
    stay.opened(1);
    assert!(stay.sent().is_empty());
    // The answer crosses it.
    stay.kind("/file a.txt");
    stay.opened(2);
    stay.kind("/cancel");
    stay.sent();
    stay.hear(json!({"re":2,"ok":{"offer":7,"token":"secret"}}));
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"cancel","offer":7})]);
}

#[test]
fn of_several_one_must_be_named() {
    let mut stay = offering(true);
    stay.kind("/file b.txt");
    stay.tells(Tiding::Opened { id: 2, name: "b.txt".into(), size: 1, hash: hash(), direct: None });
    assert_eq!(stay.sent()[0].get("direct"), None);
    stay.hear(json!({"re":3,"ok":{"offer":8,"token":"secret2"}}));
    stay.shown();
    stay.kind("/cancel");
    let which = "[Server]: Error: there are several files; say which one by its number: 7 a.txt, 8 b.txt.";
    assert_eq!(stay.shown(), [which]);
    stay.kind("/취소 8");
    assert_eq!(stay.sent(), [json!({"id":4,"cmd":"cancel","offer":8})]);
}

#[test]
fn what_fails_here_is_told_to_the_other() {
    let mut stay = receiving(true);
    stay.tells(Tiding::Failed { id: 1, why: Why::Checksum });
    let failed =
        "[Server]: Error: the file a.txt was not transferred: what has come is not what was offered.";
    assert_eq!(stay.shown(), [failed]);
    let reason = "what has come is not what was offered";
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"cancel","offer":7,"reason":reason})]);
    assert_eq!(stay.errands(), [Errand::Stop { id: 1 }]);
    stay.hear(json!({"re":3,"ok":{"offer":7}}));
    assert!(stay.shown().is_empty());
    // Before it was offered, nobody is.
    let mut stay = paired(true);
    stay.kind("/file gone");
    stay.tells(Tiding::Failed { id: 1, why: Why::NotFound });
    assert_eq!(stay.shown(), ["[Server]: Error: the file gone was not transferred: there is no such file."]);
    assert!(stay.sent().is_empty());
}

#[test]
fn a_refused_offer_is_over() {
    let mut stay = paired(true);
    stay.kind("/file a.txt");
    stay.opened(1);
    stay.hear(refused(2, "too_long", "A file may have 1.0 KiB here at most."));
    assert_eq!(stay.shown(), ["[Server]: Error: a file may have 1.0 KiB here at most."]);
    assert_eq!(stay.errands()[1], Errand::Stop { id: 1 });
    // One that was accepted too late is left to what the server says next.
    stay.offer(7, "a.txt");
    stay.kind("/accept");
    stay.tells(Tiding::Reserved { id: 2 });
    stay.hear(refused(3, "not_found", "There is no such file."));
    assert_eq!(stay.errands().last(), Some(&Errand::Stop { id: 2 }));
    stay.transfer("expired");
    stay.shown();
    stay.kind("/accept");
    assert!(stay.shown()[0].contains("no such file"));
}

#[test]
fn a_script_waits_for_its_file() {
    let mut stay = offering(false);
    stay.leave();
    assert!(stay.sent().is_empty());
    stay.transfer("accepted");
    assert!(stay.sent().is_empty());
    stay.transfer("done");
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"quit"})]);
    stay.hear(json!({"re":3,"ok":{}}));
    assert_eq!(stay.code(), Some(0));

    let mut stay = receiving(false);
    stay.leave();
    stay.tells(Tiding::Saved { id: 1 });
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"received","offer":7})]);
    stay.hear(json!({"re":3,"ok":{"offer":7}}));
    assert_eq!(stay.sent(), [json!({"id":4,"cmd":"quit"})]);
}

#[test]
fn a_script_whose_file_fails_says_so_by_its_exit_code() {
    let changed = "the file a.txt was not transferred: it has been changed meanwhile.";
    for (state, why) in [
        (Some("declined"), "The file a.txt was turned down."),
        (Some("expired"), "The file a.txt was not accepted in time."),
        (None, changed),
    ] {
        let mut stay = offering(false);
        stay.leave();
        match state {
            Some(state) => stay.transfer(state),
            None => stay.tells(Tiding::Failed { id: 1, why: Why::Changed }),
        }
        // A cancellation may come before the farewell.
        while let Some(asked) = stay.sent().pop() {
            stay.hear(json!({"re":asked["id"],"ok":{"offer":7}}));
        }
        assert_eq!(stay.code(), Some(1));
        assert_eq!(stay.reason(), format!("\"/file a.txt\" came to nothing: {why}"));
    }
    let mut stay = paired(false);
    stay.kind("/file a.txt");
    stay.tells(Tiding::Failed { id: 1, why: Why::Directory });
    stay.leave();
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"quit"})]);
}

#[test]
fn progress_is_told_now_and_then() {
    let mut stay = receiving(true);
    let size = 1536;
    stay.tells(Tiding::Progress { id: 1, bytes: 0, way: Way::Direct });
    stay.pass(Duration::from_secs(4));
    stay.tells(Tiding::Progress { id: 1, bytes: size / 4, way: Way::Direct });
    assert!(stay.shown().is_empty());
    assert_eq!(stay.session.file_rows(40), ["a.txt [##........] 25 % 96 B/s 0:12 left"]);
    stay.pass(Duration::from_secs(2));
    stay.tells(Tiding::Progress { id: 1, bytes: size / 2, way: Way::Direct });
    let shown = stay.shown();
    assert!(shown.len() == 1 && shown[0].contains("50 %"), "{shown:?}");
    // Not to a script, and not where a screen shows it.
    let mut stay = receiving(false);
    stay.pass(Duration::from_secs(10));
    stay.tells(Tiding::Progress { id: 1, bytes: size / 2, way: Way::Direct });
    assert!(stay.shown().is_empty());
}

/// Loses the connection and comes back.
fn returns(stay: &mut Stay) {
    stay.session.lost(stay.now);
    stay.session.connected(stay.now);
    let resume = stay.sent().pop().unwrap();
    assert_eq!(resume["cmd"], "resume");
    stay.hear(
        json!({"re":resume["id"],"ok":{"nick":"Charlie","rooms":["lobby"],"partner":"Bob","resume":"t2"}}),
    );
}

#[test]
fn a_file_outlives_a_lost_connection() {
    let mut stay = offering(true);
    returns(&mut stay);
    let ping = stay.sent().pop().unwrap();
    assert_eq!(ping["cmd"], "ping");
    stay.transfer("accepted");
    stay.hear(json!({"re":ping["id"],"ok":{}}));
    assert_eq!(stay.errands(), [Errand::Serve { id: 1, token: "secret".into() }]);
    // Said once more, it means nothing new.
    returns(&mut stay);
    stay.shown();
    let ping = stay.sent().pop().unwrap();
    stay.transfer("accepted");
    stay.hear(json!({"re":ping["id"],"ok":{}}));
    assert!(stay.errands().is_empty() && stay.shown().is_empty());
    // Of what it does not speak, it knows nothing.
    returns(&mut stay);
    let ping = stay.sent().pop().unwrap();
    stay.shown();
    stay.hear(json!({"re":ping["id"],"ok":{}}));
    assert_eq!(stay.errands(), [Errand::Stop { id: 1 }]);
    let over =
        "[Server]: While the connection was lost, the file a.txt was done with; ask Bob whether all is well.";
    assert_eq!(stay.shown(), [over]);
}

#[test]
fn what_was_not_heard_is_said_again() {
    let mut stay = receiving(true);
    stay.session.lost(stay.now);
    stay.shown();
    stay.tells(Tiding::Saved { id: 1 });
    assert_eq!(stay.shown(), ["[Server]: The file a.txt (1.5 KiB) is saved as a.txt."]);
    assert!(stay.sent().is_empty());
    stay.session.connected(stay.now);
    let resume = stay.sent().pop().unwrap();
    stay.hear(json!({"re":resume["id"],"ok":{"nick":"Charlie","rooms":["lobby"],"resume":"t2"}}));
    stay.sent();
    stay.transfer("accepted");
    assert_eq!(stay.sent()[0]["cmd"], "received");
}

#[test]
fn what_was_under_way_when_the_connection_broke_begins_anew() {
    let mut stay = paired(true);
    stay.kind("/file a.txt");
    stay.opened(1);
    stay.session.lost(stay.now);
    assert!(stay.shown().iter().any(|line| line.contains("\"/file a.txt\" was not sent")));
    assert_eq!(stay.errands()[1], Errand::Stop { id: 1 });
    // Without a connection nothing is offered either.
    let mut stay = paired(true);
    stay.kind("/file a.txt");
    stay.session.lost(stay.now);
    stay.shown();
    stay.opened(1);
    assert!(stay.shown()[0].contains("\"/file a.txt\" was not sent"));
    assert_eq!(stay.errands()[1], Errand::Stop { id: 1 });
    // The server has heard that it is accepted, and nobody has heard the token.
    let mut stay = paired(true);
    stay.offer(7, "a.txt");
    stay.kind("/accept");
    stay.tells(Tiding::Reserved { id: 1 });
    returns(&mut stay);
    forget(&mut stay);
    stay.transfer("accepted");
    assert_eq!(stay.sent()[0]["cmd"], "cancel");
    assert!(stay.shown()[0].contains("the connection was lost"));
}

#[test]
fn a_server_that_knows_nobody_any_more_ends_it() {
    let mut stay = receiving(true);
    stay.session.lost(stay.now);
    stay.session.connected(stay.now);
    let resume = stay.sent().pop().unwrap();
    stay.hear(refused(resume["id"].as_u64().unwrap(), "not_found", "No such session."));
    assert_eq!(stay.errands(), [Errand::Stop { id: 1 }]);
    assert!(stay.shown().iter().any(|line| line.contains("the file a.txt was not transferred")));
    assert!(stay.sent().iter().all(|asked| asked["cmd"] != "cancel"));
}

#[test]
fn what_this_one_knows_nothing_of_is_cancelled() {
    let mut stay = paired(true);
    stay.transfer("accepted");
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"cancel","offer":7})]);
    stay.transfer("done");
    assert!(stay.shown().is_empty());
}

#[test]
fn a_hostile_name_is_shown_harmless() {
    let mut stay = paired(true);
    stay.offer(7, "a\u{1b}[2J\n[Server]: b\u{202e}gpj.exe");
    let shown = stay.shown();
    assert_eq!(shown.len(), 1);
    let hostile = ['\u{1b}', '\n', '\u{202e}'];
    assert!(!shown[0].contains(hostile), "{shown:?}");
    stay.tells(Tiding::Progress { id: 1, bytes: 1, way: Way::Relay });
    assert!(!stay.session.file_rows(80)[0].contains(hostile));
}
