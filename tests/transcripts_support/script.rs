//! A transcript file: its steps, and what must have come after each.
//!
//! Knows nothing of how a step is done. Why the lines are kept as they stand:
//! rewriting a file must change what was expected and nothing else.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::{escape, pattern};

/// The ways in that every world offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    Auto,
    PinnedText,
    PinnedJson,
    PinnedHttp,
    PinnedIrc,
    Control,
    /// With the opening of a WebSocket, at `/ws` and at `/ws/chat`.
    WebSocket,
    Simple,
    /// Typed as `METHOD PATH [Field: value] body`.
    Http,
}

impl Door {
    /// The words behind `connect`. `text` and `json` are what somebody speaks on a listener that takes
    /// everything, which the first bytes show.
    fn named(word: &str) -> Option<Door> {
        Some(match word {
            "auto" | "text" | "json" => Door::Auto,
            "pinned-text" => Door::PinnedText,
            "pinned-json" => Door::PinnedJson,
            "pinned-http" => Door::PinnedHttp,
            "pinned-irc" => Door::PinnedIrc,
            "control" => Door::Control,
            "websocket" => Door::WebSocket,
            "simple" => Door::Simple,
            "http" => Door::Http,
            _other => return None,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StoreStep {
    Stalls,
    Answers,
    Fails,
    Recovers,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DaemonStep {
    Stops,
    Killed,
    Starts,
    Restarts,
}

/// What happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// A key of the configuration has this value from now on, or from the next reload.
    Configure {
        key: String,
        value: String,
    },
    /// The file cannot run live, and says why.
    MemoryOnly,
    Connect {
        who: String,
        door: Door,
        from: Option<IpAddr>,
    },
    /// `typed`: a line of what this one speaks, and not bytes.
    Send {
        who: String,
        bytes: Vec<u8>,
        typed: bool,
    },
    /// How many bytes this one hands over at a time; 0: all.
    Pieces {
        who: String,
        bytes: usize,
    },
    Vanishes {
        who: String,
    },
    HalfCloses {
        who: String,
    },
    StopsReading {
        who: String,
    },
    ReadsAgain {
        who: String,
    },
    /// So many come in at once as c001, c002 …; what they hear is not looked at.
    Crowd {
        people: usize,
    },
    Clock {
        ms: u64,
    },
    /// The wall clock is set; deadlines do not move.
    At {
        local: String,
    },
    Store(StoreStep),
    Daemon(DaemonStep),
}

/// What must have come to somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expected {
    pub line: usize,
    pub who: String,
    /// As [`super::heard::Heard`] gives it, with holes.
    pub text: String,
}

impl Expected {
    /// How many items it stands for.
    pub fn count(&self) -> usize {
        pattern::split_count(&self.text).1
    }
}

/// A step with what follows it.
#[derive(Debug)]
pub struct Scene {
    pub line: usize,
    pub step: Step,
    pub expected: Vec<Expected>,
}

#[derive(Debug)]
pub struct Script {
    pub path: PathBuf,
    pub scenes: Vec<Scene>,
    text: String,
}

impl Script {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// A sentence with file and line.
    pub fn load(path: &Path) -> Result<Script, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        if !text.starts_with("# ") {
            return Err(format!("{}:1: the first line must say what the file shows", path.display()));
        }
        let mut scenes: Vec<Scene> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            let wrong = |what: &str| format!("{}:{number}: {what}: {line}", path.display());
            match parse(line).ok_or_else(|| wrong("this is neither a step nor an expected line"))? {
                Parsed::Nothing => {}
                Parsed::Step(step) => scenes.push(Scene { line: number, step, expected: Vec::new() }),
                Parsed::Expected { who, text } => {
                    let scene = scenes.last_mut().ok_or_else(|| wrong("no step comes before this"))?;
                    scene.expected.push(Expected { line: number, who, text });
                }
            }
        }
        Ok(Script { path: path.to_owned(), scenes, text })
    }

    /// Whether it needs nothing that only a made-up world has.
    pub fn runs_live(&self) -> bool {
        !self.scenes.iter().any(|scene| match &scene.step {
            Step::MemoryOnly | Step::Clock { .. } | Step::At { .. } | Step::Store(_) => true,
            // A kernel's buffers take megabytes before anybody notices.
            Step::StopsReading { .. } | Step::ReadsAgain { .. } => true,
            Step::Connect { from, .. } => from.is_some(),
            Step::Configure { .. } | Step::Send { .. } | Step::Pieces { .. } | Step::Vanishes { .. } => false,
            Step::HalfCloses { .. } | Step::Crowd { .. } | Step::Daemon(_) => false,
        })
    }

    /// The file with other expected lines behind each of its steps, in the order of the scenes.
    pub fn rewritten(&self, came: &[Vec<String>]) -> String {
        let mut fresh = String::new();
        let mut came = came.iter();
        for line in self.text.lines() {
            match parse(line) {
                Some(Parsed::Expected { .. }) => {}
                Some(Parsed::Step(_)) => {
                    fresh.push_str(line);
                    fresh.push('\n');
                    for line in came.next().into_iter().flatten() {
                        fresh.push_str(line);
                        fresh.push('\n');
                    }
                }
                Some(Parsed::Nothing) | None => {
                    fresh.push_str(line);
                    fresh.push('\n');
                }
            }
        }
        fresh
    }
}

enum Parsed {
    Nothing,
    Step(Step),
    Expected { who: String, text: String },
}

fn parse(line: &str) -> Option<Parsed> {
    if line.is_empty() || line.starts_with('#') {
        return Some(Parsed::Nothing);
    }
    if let Some(step) = parse_world(line) {
        return Some(Parsed::Step(step));
    }
    let end = line.find(|c: char| !c.is_alphanumeric())?;
    let (who, rest) = line.split_at(end);
    let who = who.to_owned();
    if rest.starts_with('<') || rest == ": closed" || rest == ": ended" {
        return Some(Parsed::Expected { who, text: rest.to_owned() });
    }
    if let Some(quoted) = rest.strip_prefix(">>") {
        let bytes = escape::unquote(&escape::repeat(quoted))?;
        return Some(Parsed::Step(Step::Send { who, bytes, typed: false }));
    }
    if let Some(typed) = rest.strip_prefix('>') {
        let typed = escape::repeat(typed.strip_prefix(' ').unwrap_or(typed));
        return Some(Parsed::Step(Step::Send { who, bytes: format!("{typed}\n").into_bytes(), typed: true }));
    }
    parse_deed(who, rest.strip_prefix(": ")?).map(Parsed::Step)
}

/// What no person does.
fn parse_world(line: &str) -> Option<Step> {
    if let Some(by) = line.strip_prefix('+') {
        return Some(Step::Clock { ms: chatd::core::time::parse_duration_ms(by)? });
    }
    if let Some(local) = line.strip_prefix("at ") {
        return Some(Step::At { local: local.to_owned() });
    }
    if line.starts_with("in memory only: ") {
        return Some(Step::MemoryOnly);
    }
    if let Some(people) = line.strip_prefix("crowd: ") {
        return Some(Step::Crowd { people: people.parse().ok()? });
    }
    if let Some(setting) = line.strip_prefix("config: ") {
        let (key, value) = setting.split_once(" = ")?;
        return Some(Step::Configure { key: key.to_owned(), value: value.to_owned() });
    }
    Some(match line {
        "store: stalls" => Step::Store(StoreStep::Stalls),
        "store: answers" => Step::Store(StoreStep::Answers),
        "store: fails" => Step::Store(StoreStep::Fails),
        "store: recovers" => Step::Store(StoreStep::Recovers),
        "daemon: stops" => Step::Daemon(DaemonStep::Stops),
        "daemon: is killed" => Step::Daemon(DaemonStep::Killed),
        "daemon: starts" => Step::Daemon(DaemonStep::Starts),
        "daemon: restarts" => Step::Daemon(DaemonStep::Restarts),
        _other => return None,
    })
}

fn parse_deed(who: String, deed: &str) -> Option<Step> {
    if let Some(bytes) = deed.strip_prefix("sends in pieces of ") {
        return Some(Step::Pieces { who, bytes: bytes.parse().ok()? });
    }
    if let Some(way) = deed.strip_prefix("connect ") {
        let (door, from) = match way.split_once(" from ") {
            Some((door, address)) => (door, Some(address.parse().ok()?)),
            None => (way, None),
        };
        return Some(Step::Connect { who, door: Door::named(door)?, from });
    }
    Some(match deed {
        "vanishes" => Step::Vanishes { who },
        "half-closes" => Step::HalfCloses { who },
        "stops reading" => Step::StopsReading { who },
        "reads again" => Step::ReadsAgain { who },
        _other => return None,
    })
}
