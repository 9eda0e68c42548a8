//! Who may do what: every command by everybody, in every kind of room, in every state of the server.
//!
//! Knows the hub alone. Why the expectations are written here once more, as a
//! list: the table of commands says what is checked, this says what was meant.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use chatd::core::effect::{Effect, Effects, Input, Origin, Told};
use chatd::core::entry::{Outcome, Rows};
use chatd::core::hub::Hub;
use chatd::core::reject::Reject;
use chatd::core::reply::Reply;
use chatd::core::session::{Door, SessionId};
use chatd::core::settings::{Settings, Storage};
use chatd::core::table::TABLE;
use chatd::core::time::{Mono, Now, Wall};
use chatd::limits::ROOMS_MADE_MAX;
use chatd::wire::json;

/// What one has to be.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Need {
    Nothing,
    Nick,
    /// A person: the admin's shell cannot.
    Person,
    /// Not muted in the whole server.
    Voice,
    /// Both of them.
    PersonsVoice,
    /// In the room, or free to come in.
    MaySee,
    /// The same, and a person.
    PersonMaySee,
    /// Free to come in, or there already.
    MayEnter,
    Inside,
    /// The same, and a person.
    PersonInside,
    /// Inside and not muted.
    Speaks,
    /// Inside; of a room that is not for everybody, one of its moderators.
    Invites,
    Moderates,
    Owns,
    Admin,
}

/// Every request of the protocol, with a sound example about the room `den` and the member Target.
const COMMANDS: [(&str, Need, &str); 61] = [
    ("hello", Need::Nothing, r#""nick":"Newcomer""#),
    ("resume", Need::Nothing, r#""token":"0123""#),
    ("lang", Need::Nothing, r#""lang":"en""#),
    ("help", Need::Nothing, ""),
    ("ping", Need::Nothing, ""),
    ("quit", Need::Nothing, ""),
    ("rooms", Need::Nick, ""),
    ("room_create", Need::Nick, r#""room":"new""#),
    ("unsubscribe", Need::Nick, r#""room":"den""#),
    ("whisper_close", Need::Nick, ""),
    ("schedules", Need::Nick, ""),
    ("accept", Need::Nick, ""),
    ("decline", Need::Nick, ""),
    ("cancel", Need::Nick, ""),
    ("received", Need::Nick, ""),
    ("unschedule", Need::Nick, r#""schedule":9"#),
    ("rename", Need::Person, r#""nick":"Another""#),
    ("timestamps", Need::Person, r#""on":true"#),
    ("whisper", Need::Voice, r#""to":"Target","text":"x""#),
    ("offer", Need::Voice, r#""name":"a","size":1,"hash":"0""#),
    ("whisper_open", Need::PersonsVoice, r#""nick":"Target""#),
    ("users", Need::MaySee, r#""room":"den""#),
    ("history", Need::MaySee, r#""room":"den""#),
    ("search", Need::MaySee, r#""query":"x","room":"den""#),
    ("subscribe", Need::MaySee, r#""room":"den""#),
    ("mark_read", Need::PersonMaySee, r#""room":"den","seq":1"#),
    ("join", Need::MayEnter, r#""room":"den""#),
    ("leave", Need::PersonInside, r#""room":"den""#),
    ("delete", Need::Inside, r#""room":"den","seq":1"#),
    ("say", Need::Speaks, r#""room":"den","text":"x""#),
    ("action", Need::Speaks, r#""room":"den","text":"x""#),
    ("edit", Need::Speaks, r#""room":"den","seq":1,"text":"x""#),
    ("schedule", Need::Speaks, r#""room":"den","at":"+5m","text":"x""#),
    ("invite", Need::Invites, r#""room":"den","nick":"Guest""#),
    ("room_set", Need::Moderates, r#""room":"den","topic":"x""#),
    ("kick", Need::Moderates, r#""room":"den","nick":"Target""#),
    ("ban", Need::Moderates, r#""room":"den","who":"Target""#),
    ("unban", Need::Moderates, r#""room":"den","who":"Target""#),
    ("mute", Need::Moderates, r#""room":"den","nick":"Target""#),
    ("unmute", Need::Moderates, r#""room":"den","nick":"Target""#),
    ("bans", Need::Moderates, r#""room":"den""#),
    ("room_role", Need::Owns, r#""room":"den","nick":"Target","role":"moderator""#),
    ("room_transfer", Need::Owns, r#""room":"den","nick":"Target""#),
    ("room_close", Need::Owns, r#""room":"den""#),
    ("room_set", Need::Admin, r#""room":"den","kept":true"#),
    ("room_create", Need::Admin, r#""room":"new","kept":true"#),
    ("history", Need::Admin, r#""room":"den","versions":true"#),
    ("broadcast", Need::Admin, r#""text":"x""#),
    ("shutdown", Need::Admin, ""),
    ("status", Need::Admin, ""),
    ("complete", Need::Admin, r#""begin":"T""#),
    ("reload", Need::Admin, ""),
    ("config_diff", Need::Admin, ""),
    ("config_apply", Need::Admin, ""),
    ("config_confirm", Need::Admin, ""),
    ("config_revert", Need::Admin, ""),
    ("commands", Need::Admin, ""),
    ("verify", Need::Admin, ""),
    ("backup", Need::Admin, ""),
    ("export", Need::Admin, ""),
    ("import", Need::Admin, r#""lines":[]"#),
];

/// Who asks.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Who {
    Stranger,
    Outsider,
    Invited,
    Banned,
    Member,
    MutedHere,
    MutedEverywhere,
    Moderator,
    Owner,
    Admin,
}

const EVERYBODY: [Who; 10] = [
    Who::Stranger,
    Who::Outsider,
    Who::Invited,
    Who::Banned,
    Who::Member,
    Who::MutedHere,
    Who::MutedEverywhere,
    Who::Moderator,
    Who::Owner,
    Who::Admin,
];

impl Who {
    fn is_inside(self) -> bool {
        matches!(
            self,
            Who::Member | Who::MutedHere | Who::MutedEverywhere | Who::Moderator | Who::Owner | Who::Admin
        )
    }
}

/// What kind of room `den` is.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Open,
    Unlisted,
    Locked,
    InviteOnly,
}

const KINDS: [Kind; 4] = [Kind::Open, Kind::Unlisted, Kind::Locked, Kind::InviteOnly];

/// What state the server is in.
#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    Well,
    Degraded,
    Stalled,
    Stopping,
}

const STATES: [State; 4] = [State::Well, State::Degraded, State::Stalled, State::Stopping];

/// The code of the refusal that is meant; none: let through.
fn meant(need: Need, who: Who, kind: Kind, state: State) -> Option<&'static str> {
    let shut = matches!(kind, Kind::Locked | Kind::InviteOnly);
    let may_see = match who {
        Who::Banned => Some("banned"),
        Who::Outsider if shut => Some("not_allowed"),
        _ => None,
    };
    if state == State::Stopping && who != Who::Admin {
        return Some("shutting_down");
    }
    match (need, who) {
        (Need::Nothing, _) => None,
        (Need::Admin, Who::Admin) => None,
        (_, Who::Stranger) => Some("not_logged_in"),
        (Need::Admin, _) => Some("not_allowed"),
        (
            Need::Person | Need::PersonsVoice | Need::PersonMaySee | Need::PersonInside | Need::MayEnter,
            Who::Admin,
        ) => Some("not_allowed"),
        (Need::Nick | Need::Person, _) => None,
        (Need::Voice | Need::PersonsVoice, Who::MutedEverywhere) => Some("muted"),
        (Need::Voice | Need::PersonsVoice, _) => None,
        (Need::MaySee | Need::PersonMaySee | Need::MayEnter, _) => may_see,
        (_, who) if !who.is_inside() => Some("not_in_room"),
        (Need::Inside | Need::PersonInside, _) => None,
        (Need::Speaks, Who::MutedHere | Who::MutedEverywhere) => Some("muted"),
        (Need::Speaks, _) => None,
        (_, Who::Owner | Who::Admin) => None,
        (Need::Moderates | Need::Invites, Who::Moderator) => None,
        (Need::Invites, _) if !shut => None,
        (Need::Moderates | Need::Owns | Need::Invites, _) => Some("not_allowed"),
    }
}

/// A hub with a disk that keeps everything at once.
struct World {
    hub: Hub,
    now: Now,
    kept: u64,
}

impl World {
    fn new() -> World {
        let now = Now { mono: Mono(1_000), wall: Wall(1_795_242_600_000) };
        let settings = Settings { rate: 0, ..Settings::default() };
        World { hub: Hub::restore(now, settings, Rows::default(), [7; 32]), now, kept: 0 }
    }

    fn open(&mut self, door: Door) -> SessionId {
        let from = Origin::Network(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), 9));
        let mut effects = Effects::default();
        self.hub.apply(self.now, Input::Opened { door, from, sponsor: None }, &mut effects);
        effects.opened.expect("opening gives a session")
    }

    fn person(&mut self, nick: &str) -> SessionId {
        let session = self.open(Door::Json);
        self.must(session, "hello", &format!(r#""nick":"{nick}""#));
        session
    }

    fn must(&mut self, session: SessionId, cmd: &str, fields: &str) {
        let refused = self.ask(session, cmd, fields);
        assert!(refused.is_none(), "{cmd} {fields}: {refused:?}");
    }

    /// The refusal of a request; none when it was done, or waits for somebody else.
    fn ask(&mut self, session: SessionId, cmd: &str, fields: &str) -> Option<Reject> {
        let comma = if fields.is_empty() { "" } else { "," };
        let line = format!(r#"{{"cmd":"{cmd}"{comma}{fields}}}"#);
        let (re, request) = json::read(line.as_bytes());
        let request = request.unwrap_or_else(|reject| panic!("{line}: {reject:?}"));
        let mut effects = Effects::default();
        self.hub.apply(self.now, Input::Request { session, re, request }, &mut effects);
        let mut answer = answered(session, &effects);
        for effect in effects.list {
            let Effect::Record { ticket: Some(ticket), entry } = effect else { continue };
            self.kept += 1;
            let outcome = Outcome::Kept(self.kept);
            let mut after = Effects::default();
            self.hub.apply(self.now, Input::Stored { ticket, entry, outcome }, &mut after);
            answer = answer.or(answered(session, &after));
        }
        self.hub.check();
        answer.and_then(Result::err)
    }
}

fn answered(session: SessionId, effects: &Effects) -> Option<Result<Reply, Reject>> {
    effects.list.iter().find_map(|effect| match effect {
        Effect::Reply { to, reply, .. } if *to == session => Some(reply.clone()),
        _another => None,
    })
}

/// A server with the room `den`, and the session of whoever asks.
fn scene(who: Who, kind: Kind, state: State) -> (World, SessionId) {
    let mut world = World::new();
    let root = world.open(Door::Control);
    let owner = world.person("Olga");
    world.must(owner, "join", r#""room":"den""#);
    for member in ["Target", "Member", "Hushed", "Muted", "Helper"] {
        let session = world.person(member);
        world.must(session, "join", r#""room":"den""#);
    }
    for outside in ["Outsider", "Invited", "Banned", "Guest"] {
        world.person(outside);
    }
    world.must(owner, "say", r#""room":"den","text":"first""#);
    world.must(owner, "room_role", r#""room":"den","nick":"Helper","role":"moderator""#);
    world.must(owner, "mute", r#""room":"den","nick":"Hushed""#);
    world.must(root, "mute", r#""nick":"Muted""#);
    world.must(owner, "ban", r#""room":"den","who":"Banned""#);
    world.must(owner, "invite", r#""room":"den","nick":"Invited""#);
    let setting = match kind {
        Kind::Open => r#""listed":true"#,
        Kind::Unlisted => r#""listed":false"#,
        Kind::Locked => r#""password":"sesame""#,
        Kind::InviteOnly => r#""invite_only":true"#,
    };
    world.must(owner, "room_set", &format!(r#""room":"den",{setting}"#));
    let stranger = world.open(Door::Json);
    let told = match state {
        State::Well => Told::Storage(Storage::Well),
        State::Degraded => Told::Storage(Storage::Degraded { reason: "full".into() }),
        State::Stalled => Told::Storage(Storage::Stalled),
        State::Stopping => Told::Stopping { reason: None },
    };
    world.hub.apply(world.now, Input::Told(told), &mut Effects::default());
    let named = |nick: &str| world.hub.session_named(nick).expect("everybody above is there");
    let asker = match who {
        Who::Stranger => stranger,
        Who::Outsider => named("Outsider"),
        Who::Invited => named("Invited"),
        Who::Banned => named("Banned"),
        Who::Member => named("Member"),
        Who::MutedHere => named("Hushed"),
        Who::MutedEverywhere => named("Muted"),
        Who::Moderator => named("Helper"),
        Who::Owner => owner,
        Who::Admin => root,
    };
    (world, asker)
}

/// The refusals that are about rights; others come after them.
fn denial(reject: &Reject) -> Option<&'static str> {
    let rights = ["not_logged_in", "not_allowed", "not_in_room", "muted", "banned", "shutting_down"];
    Some(reject.code()).filter(|code| rights.contains(code))
}

#[test]
fn every_command_by_everybody_everywhere() {
    let mut cases = 0;
    let mut wrong = Vec::new();
    for (cmd, need, fields) in COMMANDS {
        for who in EVERYBODY {
            for kind in KINDS {
                for state in STATES {
                    let (mut world, asker) = scene(who, kind, state);
                    let got = world.ask(asker, cmd, fields).as_ref().and_then(denial);
                    let meant = meant(need, who, kind, state);
                    if got != meant {
                        wrong.push(format!("{cmd} by {who:?}, {kind:?}, {state:?}: {got:?}, not {meant:?}"));
                    }
                    cases += 1;
                }
            }
        }
    }
    // Past the test's capture: how much is walked is to be seen with every run.
    let (commands, people, rooms, states) = (COMMANDS.len(), EVERYBODY.len(), KINDS.len(), STATES.len());
    let size = format!(
        "rights: {commands} commands × {people} askers × {rooms} rooms × {states} states = {cases} cases"
    );
    writeln!(std::io::stderr(), "{size}").expect("stderr takes a line");
    assert!(wrong.is_empty(), "{} of {cases} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_command_is_left_out() {
    let mut asked: Vec<&str> = COMMANDS.iter().map(|(cmd, ..)| *cmd).collect();
    let mut there: Vec<&str> = TABLE.iter().map(|row| row.cmd).filter(|cmd| !cmd.is_empty()).collect();
    for list in [&mut asked, &mut there] {
        list.sort_unstable();
        list.dedup();
    }
    assert_eq!(asked, there);
}

#[test]
fn where_only_admins_make_rooms() {
    let mut world = World::new();
    let settings = Settings { create_admins_only: true, rate: 0, ..Settings::default() };
    world.hub.apply(world.now, Input::Told(Told::Settings(Box::new(settings))), &mut Effects::default());
    let (root, alice) = (world.open(Door::Control), world.person("Alice"));
    let refused = world.ask(alice, "room_create", r#""room":"den""#);
    assert_eq!(refused.map(|reject| reject.code()), Some("not_allowed"));
    let refused = world.ask(alice, "join", r#""room":"den""#);
    assert_eq!(refused.map(|reject| reject.code()), Some("no_such_room"));
    world.must(root, "room_create", r#""room":"den""#);
    world.must(alice, "join", r#""room":"den""#);
}

#[test]
fn without_a_nickname_an_address_makes_only_so_many_rooms() {
    let mut world = World::new();
    for number in 0..ROOMS_MADE_MAX {
        let nobody = world.open(Door::Http);
        world.must(nobody, "room_create", &format!(r#""room":"room{number}""#));
        world.hub.apply(world.now, Input::Closed { session: nobody }, &mut Effects::default());
    }
    let nobody = world.open(Door::Http);
    let refused = world.ask(nobody, "room_create", r#""room":"one-more""#);
    assert_eq!(refused.map(|reject| reject.code()), Some("too_many"));
    let person = world.person("Alice");
    world.must(person, "room_create", r#""room":"hers""#);
    world.must(person, "join", r#""room":"room0""#);
    let admin = world.open(Door::Control);
    world.must(admin, "room_close", r#""room":"room1""#);
    world.must(nobody, "room_create", r#""room":"one-more""#);
}
