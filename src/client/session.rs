//! A person's stay: what was asked and not answered yet, and what follows from each line.
//!
//! Touches no socket, file, terminal or clock: lines come in by calls with the
//! time, and go out through `send` and `show`. Why: every turn a server or a
//! person can take is then one line of a test.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::ask::Ask;
use super::heard::{self, Heard};
use super::shown::Shown;
use super::slash::{self, Typed};

/// Requests that a person at a terminal may have unanswered; further lines wait.
const UNANSWERED_MAX: usize = 64;
/// Off a terminal: how long the server may be silent while an answer is due.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// At a terminal: how long leaving may take.
const LEAVING_MAX: Duration = Duration::from_secs(5);

/// The two clocks: one for waiting, one to show.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    pub mono: Instant,
    pub wall: Timestamp,
}

/// How the stay begins.
pub struct Setup {
    pub nick: String,
    /// The room to talk in, if not the one everybody lands in.
    pub room: Option<String>,
    /// Whether a person types; otherwise lines are piped in, and each must be committed.
    pub interactive: bool,
    pub zone: TimeZone,
}

/// How it ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// The exit code: 0 or 1.
    pub code: u8,
    /// Why not 0, for those who piped lines in.
    pub reason: Option<String>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Phase {
    /// The nickname was refused: the next typed line is another.
    Naming,
    /// `hello` or `join` is under way.
    Entering,
    Talking,
    /// `Ask::Quit` goes out once everything is answered.
    Finishing(Ask),
    /// It has gone out.
    Quitting,
    /// The connection is gone; typed lines are refused until the person leaves.
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
    pub(super) nick: Option<String>,
    /// The room that plain lines are said in.
    pub(super) room: String,
    last_id: u64,
    unanswered: Vec<Unanswered>,
    /// Refused for now; to be asked again at that time.
    pub(super) again: Option<(Instant, Unanswered)>,
    /// When waiting has lasted too long.
    deadline: Option<Instant>,
    /// What the first line that failed was told.
    failure: Option<String>,
    pub(super) told_of_closing: bool,
    pub(super) told_of_kick: bool,
    /// Bytes for the server.
    pub send: Vec<u8>,
    /// Lines for the person.
    pub show: Vec<Shown>,
    /// The person's wish for timestamps, once uttered.
    pub timestamps: Option<bool>,
}

impl Session {
    /// Begins with `hello`.
    pub fn begin(setup: Setup, now: Now) -> Session {
        let hello = Ask::Hello { nick: setup.nick.clone() };
        let mut session = Session {
            setup,
            phase: Phase::Entering,
            nick: None,
            room: String::new(),
            last_id: 0,
            unanswered: Vec::new(),
            again: None,
            deadline: None,
            failure: None,
            told_of_closing: false,
            told_of_kick: false,
            send: Vec::new(),
            show: Vec::new(),
            timestamps: None,
        };
        session.ask(hello, None, now);
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
            Phase::Talking if self.setup.interactive => self.unanswered.len() < UNANSWERED_MAX,
            Phase::Talking => self.unanswered.is_empty() && self.again.is_none(),
            Phase::Entering | Phase::Finishing(_) | Phase::Quitting | Phase::Over => false,
        }
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        (self.phase == Phase::Over).then(|| Ending {
            code: u8::from(self.failure.is_some()),
            reason: self.failure.clone().filter(|_| !self.setup.interactive),
        })
    }

    /// When `tick` is next wanted.
    pub fn wake_at(&self) -> Option<Instant> {
        let again = self.again.as_ref().map(|(at, _)| *at);
        again.into_iter().chain(self.deadline).min()
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Now) {
        if let Some((at, refused)) = self.again.take() {
            if at <= now.mono {
                self.ask(refused.ask, refused.typed, now);
            } else {
                self.again = Some((at, refused));
            }
        }
        if self.deadline.is_some_and(|deadline| deadline <= now.mono) {
            match self.phase {
                // Everything is answered: only the farewell is missing.
                Phase::Quitting => self.phase = Phase::Over,
                _ => self.give_up("the server did not answer in time", now),
            }
        }
    }

    /// A typed line, without its newline.
    pub fn typed(&mut self, line: &str, now: Now) {
        match self.phase {
            Phase::Naming if line.trim().is_empty() => self.say(now, "Choose a nickname:"),
            Phase::Naming => {
                self.phase = Phase::Entering;
                line.trim().clone_into(&mut self.setup.nick);
                self.ask(Ask::Hello { nick: self.setup.nick.clone() }, None, now);
            }
            Phase::Entering | Phase::Finishing(_) | Phase::Quitting | Phase::Over => {}
            Phase::Talking | Phase::Cut => match slash::read(line, &self.room) {
                Ok(Typed::Nothing) => {}
                Ok(Typed::Help(lines)) => {
                    for line in lines {
                        self.say(now, &line);
                    }
                }
                Ok(Typed::Timestamps(on)) => {
                    self.timestamps = Some(on);
                    self.say(now, if on { "Timestamps are on." } else { "Timestamps are off." });
                }
                Ok(Typed::Ask(quit @ Ask::Quit { .. })) => self.leave(quit, now),
                Ok(Typed::Ask(_)) if self.phase == Phase::Cut => self.not_sent(line, now),
                Ok(Typed::Ask(ask)) => self.ask(ask, Some(line.to_owned()), now),
                Err(sentence) => self.refuse(&sentence, line, now),
            },
        }
    }

    /// A line that could not be taken as one; `why` is a sentence.
    pub fn mistyped(&mut self, why: &str, now: Now) {
        self.show.push(Shown::error(now.wall, why));
        if !self.setup.interactive {
            self.fail(why);
        }
    }

    /// No more lines will be typed, or the person wants to go (again).
    pub fn leave(&mut self, quit: Ask, now: Now) {
        match self.phase {
            Phase::Talking => {
                self.phase = Phase::Finishing(quit);
                if self.setup.interactive {
                    self.deadline = Some(now.mono + LEAVING_MAX);
                }
                self.finish_when_answered(now);
            }
            Phase::Entering if !self.setup.interactive => {
                self.phase = Phase::Finishing(quit);
            }
            Phase::Quitting => self.phase = Phase::Over,
            _ => {
                self.fail("interrupted");
                self.phase = Phase::Over;
            }
        }
    }

    /// Ctrl-C or the like: leave; the second time without a farewell.
    pub fn interrupted(&mut self, now: Now) {
        if !self.setup.interactive {
            self.fail("interrupted");
        }
        self.leave(Ask::Quit { text: None, quiet: false }, now);
    }

    /// A line from the server.
    pub fn heard(&mut self, line: &[u8], now: Now) {
        match heard::read(line) {
            Ok(Heard::Event(event)) => self.event(&event, now),
            Ok(Heard::Done { re, ok }) => {
                let Some(asked) = self.answered(re, now) else {
                    return;
                };
                self.done(&asked.ask, ok, now);
                self.finish_when_answered(now);
            }
            Ok(Heard::Refused { re, refusal }) => {
                let asked = re.and_then(|re| self.answered(re, now));
                self.refused(asked, refusal, now);
                self.finish_when_answered(now);
            }
            Err(what) => self.give_up(&format!("the server sent {what}; is it a chatd?"), now),
        }
    }

    /// A line from the server that has no end.
    pub fn overheard(&mut self, now: Now) {
        self.give_up("the server sent a line that is too long", now);
    }

    /// The connection is gone without a word of why.
    pub fn lost(&mut self, now: Now) {
        if self.phase == Phase::Quitting {
            self.phase = Phase::Over;
            return;
        }
        let how = if self.told_of_closing { "is closed" } else { "was lost" };
        let again = self.again.take().map(|(_, refused)| refused);
        let unsent: Vec<String> =
            self.unanswered.drain(..).chain(again).filter_map(|asked| asked.typed).collect();
        for line in &unsent {
            self.not_sent(line, now);
        }
        // The terminal stays taken until the person leaves: what they are just
        // typing would otherwise end up in their shell.
        let stays = self.setup.interactive && self.phase == Phase::Talking;
        if unsent.is_empty() && (stays || !self.told_of_closing) {
            self.say(now, &format!("The connection {how}. Start chatc again to reconnect."));
        }
        self.fail(&format!("the connection {how}"));
        self.phase = if stays { Phase::Cut } else { Phase::Over };
        self.deadline = None;
    }

    /// Whether the connection is of no more use.
    pub fn is_cut(&self) -> bool {
        matches!(self.phase, Phase::Cut | Phase::Over)
    }

    pub(super) fn ask(&mut self, ask: Ask, typed: Option<String>, now: Now) {
        self.last_id += 1;
        let id = self.last_id;
        self.send.extend_from_slice(ask.line(id).as_bytes());
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
            self.deadline = (!self.unanswered.is_empty()).then(|| now.mono + SILENCE_MAX);
        }
    }

    fn finish_when_answered(&mut self, now: Now) {
        if !self.unanswered.is_empty() || self.again.is_some() {
            return;
        }
        if let Phase::Finishing(quit) = &self.phase {
            let quit = quit.clone();
            self.phase = Phase::Quitting;
            self.ask(quit, None, now);
            self.deadline = Some(now.mono + LEAVING_MAX);
        }
    }

    /// Ends the stay because of what the server did or did not do.
    pub(super) fn give_up(&mut self, why: &str, now: Now) {
        self.show.push(Shown::error(now.wall, &format!("{why}. The connection was ended.")));
        self.fail(why);
        self.told_of_closing = true;
        self.lost(now);
    }

    pub(super) fn say(&mut self, now: Now, body: &str) {
        self.show.push(Shown::server(now.wall, body));
    }

    /// Shows an error about a typed line; off a terminal it also decides the exit code.
    pub(super) fn refuse(&mut self, sentence: &str, line: &str, now: Now) {
        self.show.push(Shown::error(now.wall, sentence));
        if !self.setup.interactive {
            self.fail(&format!("\"{line}\" was not sent: {sentence}"));
        }
    }

    fn not_sent(&mut self, line: &str, now: Now) {
        let how = if self.told_of_closing { "is closed" } else { "was lost" };
        let told = format!("The connection {how}. \"{line}\" was not sent; start chatc again to reconnect.");
        self.say(now, &told);
        self.fail(&format!("\"{line}\" was not sent: the connection {how}"));
    }

    /// Remembers why the exit code will not be 0; the first reason is the one that explains.
    pub(super) fn fail(&mut self, why: &str) {
        self.failure.get_or_insert_with(|| why.to_owned());
    }
}
