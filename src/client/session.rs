//! A person's stay: what was asked and not answered yet, and what follows from each line.
//!
//! Touches no socket, file, terminal or clock: lines come in by calls with the
//! time, and go out through `send` and `show`. Why: every turn a server or a
//! person can take is then one line of a test.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::ask::Ask;
use super::away::{Away, Trail};
use super::parcel::Files;
use super::place::{Place, Whispers};
use super::shown::{Kind, Shown};
use super::window::{Missed, Page, Room};
use crate::core::args::{self, Args};
use crate::core::command::{Command, Right};
use crate::core::name::Name;
use crate::core::reject::Reject;
use crate::core::reply::Reply;
use crate::core::request::Request;
use crate::core::table;
use crate::core::time::Wall;
use crate::limits::{ANSWER_MS, LEAVING_MS, UNANSWERED_MAX};
use crate::wire::json::{self, hear};
use crate::wire::{Speech, text, words};

/// The two clocks: one for waiting, one to show.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    pub mono: Instant,
    pub wall: Wall,
}

/// How the stay begins.
pub struct Setup {
    pub nick: String,
    /// Another one, for when that is in use and was not chosen by the person.
    pub spare: Option<String>,
    /// The room to talk in, if not the one everybody lands in.
    pub room: Option<String>,
    /// More rooms to be in; with windows only.
    pub rooms: Vec<String>,
    /// Whether a person types; otherwise lines are piped in, and each must be committed.
    pub interactive: bool,
    /// Whether there is a window for each room; else one is in one room, as with `nc`.
    pub windows: bool,
    pub speech: Speech,
}

/// How it ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// The exit code: 0 or 1.
    pub code: u8,
    /// Why not 0, for those who have not read it in lines on their terminal.
    pub reason: Option<String>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Phase {
    /// The nickname was refused: the next typed line is another.
    Naming,
    /// `hello` or `join` is under way.
    Entering,
    Talking,
    /// The farewell goes out once everything is answered.
    Finishing(Ask),
    /// It has gone out.
    Quitting,
    /// The connection is lost, and a new one is tried for.
    Away(Away),
    /// There is one; `resume` is under way.
    Returning(Away),
    /// The connection is gone for good; typed lines are refused until the person leaves.
    Cut,
    Over,
}

pub(super) struct Unanswered {
    id: u64,
    pub(super) ask: Ask,
    /// The line as it was typed; none for what chatc asks by itself.
    pub(super) typed: Option<String>,
}

/// The stay of one person.
pub struct Session {
    pub(super) setup: Setup,
    pub(super) phase: Phase,
    /// The nickname the server knows, once it has greeted.
    pub(super) nick: Option<Name>,
    pub(super) place: Place,
    pub(super) rooms: BTreeMap<Name, Room>,
    pub(super) missed: Missed,
    pub(super) whispers: Whispers,
    pub(super) trail: Trail,
    pub files: Files,
    last_id: u64,
    pub(super) unanswered: Vec<Unanswered>,
    /// To be said again when this one is back.
    pub(super) waiting: Vec<Unanswered>,
    /// Refused for now; to be asked again at that time.
    pub(super) again: Vec<(Instant, Unanswered)>,
    /// When waiting has lasted too long.
    pub(super) deadline: Option<Instant>,
    /// What the first line that failed was told.
    failure: Option<String>,
    pub(super) told_of_closing: bool,
    pub(super) told_of_kick: bool,
    /// Bytes for the server.
    pub send: Vec<u8>,
    /// Lines for the person.
    pub show: Vec<Shown>,
    /// Pages of history that windows have asked for.
    pub pages: Vec<Page>,
    /// The person's wish for timestamps, once uttered.
    pub timestamps: Option<bool>,
}

impl Session {
    /// Begins with `hello`.
    pub fn begin(setup: Setup, now: Now) -> Session {
        let nick = setup.nick.clone();
        let mut session = Session {
            setup,
            phase: Phase::Entering,
            nick: None,
            place: Place::nowhere(),
            rooms: BTreeMap::new(),
            missed: Missed::default(),
            whispers: Whispers::default(),
            trail: Trail::default(),
            files: Files::default(),
            last_id: 0,
            unanswered: Vec::new(),
            waiting: Vec::new(),
            again: Vec::new(),
            deadline: None,
            failure: None,
            told_of_closing: false,
            told_of_kick: false,
            send: Vec::new(),
            show: Vec::new(),
            pages: Vec::new(),
            timestamps: None,
        };
        let lang = session.setup.speech.words.lang();
        session.ask(Ask::hello(&nick, lang), None, now);
        session
    }

    /// The nickname, once the server has accepted it.
    pub fn nick(&self) -> Option<&str> {
        self.nick.as_deref()
    }

    /// Whether typed lines can be taken now. Off a terminal one line is under way
    /// at a time: a refusal for speaking too fast must not let a later line pass
    /// an earlier one.
    pub fn wants_lines(&self) -> bool {
        match self.phase {
            Phase::Naming | Phase::Cut => true,
            // A script's lines wait where they are; a person's are refused, and seen to be.
            Phase::Away(_) => self.setup.interactive,
            // There each line says where it goes, and waits where it is seen.
            Phase::Returning(_) => self.setup.windows,
            Phase::Talking if self.setup.windows => self.unanswered.len() < UNANSWERED_MAX,
            Phase::Talking if self.setup.interactive => {
                self.unanswered.len() < UNANSWERED_MAX && !self.is_moving()
            }
            Phase::Talking => self.unanswered.is_empty() && self.again.is_empty(),
            Phase::Entering | Phase::Finishing(_) | Phase::Quitting | Phase::Over => false,
        }
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        (self.phase == Phase::Over).then(|| Ending {
            code: u8::from(self.failure.is_some()),
            reason: self.failure.clone().filter(|_| !self.setup.interactive || self.setup.windows),
        })
    }

    /// When `tick` is next wanted.
    pub fn wake_at(&self) -> Option<Instant> {
        let again = self.again.iter().map(|(at, _)| *at);
        again.chain(self.deadline).chain(self.next_try()).min()
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Now) {
        let again = std::mem::take(&mut self.again);
        let (due, later): (Vec<_>, Vec<_>) = again.into_iter().partition(|(at, _)| *at <= now.mono);
        self.again = later;
        for (_, refused) in due {
            self.ask(refused.ask, refused.typed, now);
        }
        if self.deadline.is_some_and(|deadline| deadline <= now.mono) {
            match self.phase {
                // Everything is answered: only the farewell is missing.
                Phase::Quitting => self.phase = Phase::Over,
                Phase::Naming
                | Phase::Entering
                | Phase::Talking
                | Phase::Finishing(_)
                | Phase::Away(_)
                | Phase::Returning(_)
                | Phase::Cut
                | Phase::Over => self.give_up("chatc-why-silent", now),
            }
        }
    }

    /// A typed line, without its newline.
    pub fn typed(&mut self, line: &[u8], now: Now) {
        let named = self.phase != Phase::Naming;
        if named && self.answers_path(line, now) {
            return;
        }
        let asked = text::asked(line, self.listens(now));
        if !matches!(asked, Ok(None)) {
            // Whatever comes next, the question is over.
            self.whispers.asked = false;
        }
        match asked {
            Ok(None) if named => {}
            Ok(None) => self.say("chatc-choose", &[], now),
            Ok(Some((row, _))) if !named && row.right != Right::Anyone => {
                self.mistyped(&Reject::NotLoggedIn, line, now);
            }
            Ok(Some((row, args))) => self.wished(row, args, line, now),
            Err(reject) => self.mistyped(&reject, line, now),
        }
    }

    fn wished(&mut self, row: &'static Command, args: Args<'_>, line: &[u8], now: Now) {
        let mut ask = Ask::new(row, &args);
        // Here a room is meant, where a bot would have to name one.
        // Where these name no room, they do not mean the one on the screen.
        let elsewhere = |row: &Command| *row == table::HELLO || *row == table::ROOMS;
        let has_room = |row: &Command| !elsewhere(row) && row.args.iter().any(|arg| arg.name == "room");
        if Command::named(row.cmd).is_some_and(has_room) && !args.has("room") {
            ask.object.insert("room".to_owned(), Value::from(&*self.place.room));
        }
        if let Some(partner) = self.spoken_to()
            && *row == table::WHISPER
            && !args.has("to")
        {
            ask.object.insert("to".to_owned(), Value::from(&**partner));
        }
        // Said again after a lost connection, it is kept once.
        if self.trail.is_there() && row.args.iter().any(|arg| arg.name == "mid") {
            ask.object.insert("mid".to_owned(), Value::from((self.last_id + 1).to_string()));
        }
        let shown = without_password(&String::from_utf8_lossy(line), &args);
        match row.request(args) {
            Err(reject) => self.mistyped(&reject, line, now),
            Ok(Request::Help { command }) => match command.as_deref().map(Command::helped).transpose() {
                Ok(row) => {
                    let command = row.map(str::to_owned);
                    self.tell(&Reply::Help { command, admin: false }, now);
                }
                Err(reject) => self.mistyped(&reject, line, now),
            },
            Ok(Request::Timestamps { on }) => {
                self.timestamps = Some(on);
                self.tell(&Reply::Timestamps { on }, now);
            }
            Ok(Request::Quit { .. }) => self.leave(ask, now),
            Ok(Request::Hello { .. }) => {
                self.phase = Phase::Entering;
                self.ask(ask, None, now);
            }
            Ok(_) if self.can_wait(&ask) => self.waits(ask, shown),
            Ok(_) if self.is_cut() => self.not_sent(&shown, now),
            Ok(Request::WhisperAsk) => {
                self.whispers.asked = true;
                self.tell(&Reply::WhisperAsked, now);
            }
            Ok(Request::FileTyped) => self.sends_file(&ask.text("path"), shown, now),
            Ok(Request::AcceptTyped) => self.accepts(&ask.text("name"), shown, now),
            Ok(Request::Decline { offer }) => self.declines(offer, shown, now),
            Ok(Request::Cancel { offer, .. }) => self.cancels(offer, shown, now),
            Ok(Request::Leave { .. }) if self.setup.windows => self.ask(ask, Some(shown), now),
            Ok(Request::Leave { .. }) if self.place.room == self.place.home => {
                self.mistyped(&Reject::NowhereElse { room: self.place.home.clone() }, line, now);
            }
            // Whoever leaves a room is in the one that everybody lands in.
            Ok(Request::Leave { .. }) => self.ask(Ask::join(&self.place.home.clone()), Some(shown), now),
            Ok(_for_the_server) => self.ask(ask, Some(shown), now),
        }
    }

    /// A line that could not be taken as one.
    pub fn mistyped(&mut self, reject: &Reject, line: &[u8], now: Now) {
        let sentence = words::reject(&self.setup.speech.words, reject);
        self.refuse(&sentence, &String::from_utf8_lossy(line), now);
    }

    /// No more lines will be typed, or the person wants to go (again).
    pub fn leave(&mut self, quit: Ask, now: Now) {
        match self.phase {
            Phase::Talking => {
                self.phase = Phase::Finishing(quit);
                if self.setup.interactive {
                    self.deadline = Some(now.mono + Duration::from_millis(LEAVING_MS));
                }
                self.finish_when_answered(now);
            }
            Phase::Entering if !self.setup.interactive => self.phase = Phase::Finishing(quit),
            Phase::Quitting => self.phase = Phase::Over,
            Phase::Naming
            | Phase::Entering
            | Phase::Finishing(_)
            | Phase::Away(_)
            | Phase::Returning(_)
            | Phase::Cut
            | Phase::Over => {
                self.fail(self.sentence("chatc-why-interrupted", &[]));
                self.phase = Phase::Over;
            }
        }
    }

    /// Ctrl-C or the like: leave; the second time without a farewell.
    pub fn interrupted(&mut self, now: Now) {
        if !self.setup.interactive {
            self.fail(self.sentence("chatc-why-interrupted", &[]));
        }
        self.leave(Ask::quit(), now);
    }

    /// A line from the server.
    pub fn heard(&mut self, line: &[u8], now: Now) {
        use hear::Heard;
        match hear::hear(line, now.wall) {
            Some(Heard::Event(event)) => self.event(event, now),
            Some(Heard::Notice { text, at }) => self.server(Kind::Server, at, &text),
            Some(Heard::Closing { text, reason, at }) => self.closing(&text, &reason, at),
            Some(Heard::Unknown) => {}
            Some(Heard::Done { re, ok }) => {
                if let Some(asked) = self.answered(re, now) {
                    self.done(&asked.ask, &ok, now);
                    self.finish_when_answered(now);
                }
            }
            Some(Heard::Refused { re, refusal }) => {
                let asked = re.and_then(|re| self.answered(re, now));
                self.refused(asked, &refusal, now);
                self.finish_when_answered(now);
            }
            None => self.give_up("chatc-why-nonsense", now),
        }
    }

    /// The connection is gone without a word of why.
    pub fn lost(&mut self, now: Now) {
        if self.phase == Phase::Quitting {
            self.phase = Phase::Over;
            return;
        }
        self.send.clear();
        if self.goes_away(now) {
            return;
        }
        let again = std::mem::take(&mut self.again).into_iter().map(|(_, refused)| refused);
        let unsent: Vec<String> = self
            .unanswered
            .drain(..)
            .chain(self.waiting.drain(..))
            .chain(again)
            .filter_map(|asked| asked.typed)
            .collect();
        for line in &unsent {
            self.not_sent(line, now);
        }
        // The terminal stays taken until the person leaves: what they are just
        // typing would otherwise end up in their shell.
        let stays = self.setup.interactive && self.phase == Phase::Talking;
        if unsent.is_empty() && (stays || !self.told_of_closing) {
            self.say(if self.told_of_closing { "chatc-closed" } else { "chatc-lost" }, &[], now);
        }
        self.fail(self.why_gone());
        self.phase = if stays { Phase::Cut } else { Phase::Over };
        self.deadline = None;
        self.files_are_lost(now);
    }

    /// Whether there is no connection, or it is of no more use.
    pub fn is_cut(&self) -> bool {
        matches!(self.phase, Phase::Away(_) | Phase::Cut | Phase::Over)
    }

    /// What was asked and is not answered yet.
    pub(super) fn unanswered(&self) -> impl Iterator<Item = &Ask> {
        self.unanswered.iter().map(|asked| &asked.ask)
    }

    /// Says it once the connection is back: the server knows by its own id whether it has it already.
    pub(super) fn waits(&mut self, ask: Ask, typed: String) {
        self.last_id += 1;
        let asked = Unanswered { id: self.last_id, ask, typed: Some(typed) };
        if matches!(self.phase, Phase::Away(_)) { &mut self.unanswered } else { &mut self.waiting }
            .push(asked);
    }

    pub(super) fn ask(&mut self, ask: Ask, typed: Option<String>, now: Now) {
        self.last_id += 1;
        let id = self.last_id;
        self.send.extend_from_slice(&json::request_line(id, &ask.object));
        self.unanswered.push(Unanswered { id, ask, typed });
        self.renew_patience(now);
    }

    /// Takes out the request that `re` answers.
    fn answered(&mut self, re: u64, now: Now) -> Option<Unanswered> {
        let place = self.unanswered.iter().position(|asked| asked.id == re)?;
        let asked = self.unanswered.remove(place);
        self.renew_patience(now);
        Some(asked)
    }

    /// A person sees for themselves that nothing happens; a script must not hang.
    fn renew_patience(&mut self, now: Now) {
        if !self.setup.interactive {
            let patience = Duration::from_millis(ANSWER_MS);
            self.deadline = (!self.unanswered.is_empty()).then(|| now.mono + patience);
        }
    }

    pub(super) fn finish_when_answered(&mut self, now: Now) {
        let answered = self.unanswered.is_empty() && self.again.is_empty() && self.waiting.is_empty();
        if !answered || !self.setup.interactive && self.files.are_awaited() {
            return;
        }
        if let Phase::Finishing(quit) = &self.phase {
            let quit = quit.clone();
            self.phase = Phase::Quitting;
            self.ask(quit, None, now);
            self.deadline = Some(now.mono + Duration::from_millis(LEAVING_MS));
        }
    }

    /// Ends the stay because of what the server did or did not do; `why` is the id of its words.
    pub fn give_up(&mut self, why: &str, now: Now) {
        let why = self.sentence(why, &[]);
        let ended = self.sentence("chatc-ended", &[("why", why.as_str().into())]);
        self.error(&ended, now);
        self.fail(why);
        self.told_of_closing = true;
        self.trail.ends();
        self.lost(now);
    }

    /// Shows an error about a typed line; off a terminal it also decides the exit code.
    pub(super) fn refuse(&mut self, sentence: &str, line: &str, now: Now) {
        self.error(sentence, now);
        if !self.setup.interactive {
            let args = [("line", line.into()), ("why", sentence.into())];
            self.fail(self.sentence("chatc-unsent", &args));
        }
    }

    pub(super) fn not_sent(&mut self, line: &str, now: Now) {
        let id = if self.may_return() {
            "chatc-away-unsent"
        } else if self.told_of_closing {
            "chatc-closed-unsent"
        } else {
            "chatc-lost-unsent"
        };
        self.say(id, &[("line", line.into())], now);
        let args = [("line", line.into()), ("why", self.why_gone().into())];
        self.fail(self.sentence("chatc-unsent", &args));
    }

    fn why_gone(&self) -> String {
        self.sentence(if self.told_of_closing { "chatc-why-closed" } else { "chatc-why-lost" }, &[])
    }

    /// Remembers why the exit code will not be 0; the first reason is the one that explains.
    pub(super) fn fail(&mut self, why: String) {
        self.failure.get_or_insert(why);
    }
}

/// A line as it may be shown and logged once more.
fn without_password(line: &str, args: &Args<'_>) -> String {
    let password = args.iter().find_map(|(name, value)| match value {
        args::Value::Text(text) if *name == "password" => Some(&**text).filter(|text| !text.is_empty()),
        _other => None,
    });
    match password.and_then(|password| line.trim_end().strip_suffix(password)) {
        Some(before) => format!("{before}…"),
        None => line.to_owned(),
    }
}
