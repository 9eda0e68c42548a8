//! The rules of the house, read from its own sources: who may enter where, what
//! the core may not name, and that every sentence said is written down once.
//!
//! Knows no behaviour of the programs. Why a test and not a habit: a rule that
//! nobody checks is broken by the second release.
//!
//! It reads text, not syntax: good enough for code that rustfmt has laid out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chatd::core::command::{Arg, Kind, Need, Right};
use chatd::core::table::TABLE;
use chatd::daemon::log::facts::FACTS;
use chatd::locale::{Lang, Words};

/// A file of `src`.
struct Source {
    /// From `src` on: `core/hub.rs`.
    path: String,
    text: String,
}

impl Source {
    /// The room it is in: its folder, or itself.
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// Its lines without comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(number, line)| (number + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// What stands in double quotes, escapes left as they are.
    fn literals(&self) -> BTreeSet<&str> {
        let pieces = self.code().flat_map(|(_, line)| line.split('"').skip(1).step_by(2));
        pieces.collect()
    }
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    assert!(found.len() > 50, "there is more to read than {} files", found.len());
    let source = |path: PathBuf| Source {
        path: path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(),
        text: std::fs::read_to_string(&path).unwrap(),
    };
    found.into_iter().map(source).collect()
}

/// Fails with every fault at once, since they often have one cause.
fn hold(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The rooms that may be entered from each; its own it always may.
fn doors(room: &str) -> &'static [&'static str] {
    match room {
        "lib" | "limits" | "terminal" => &[],
        "bin" => &["daemon", "client", "admin"],
        "daemon" => &["net", "store", "wire", "locale", "core", "limits"],
        "client" | "admin" => &["wire", "locale", "terminal", "core", "limits"],
        "net" => &["web", "wire", "locale", "core", "limits"],
        "wire" => &["locale", "core", "limits"],
        "store" | "locale" => &["core", "limits"],
        "core" => &["limits"],
        other => panic!("the map in src/lib.rs has no room {other}"),
    }
}

/// The word at the beginning of `text`.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

#[test]
fn imports_go_one_way() {
    let mut faults = Vec::new();
    for source in sources() {
        let room = source.room();
        for (number, line) in source.code() {
            let inside = line.split("crate::").skip(1);
            // A program names the crate from outside.
            let outside = line.split("chatd::").skip(1).filter(|_| room == "bin");
            for entered in inside.chain(outside).map(word) {
                if entered != room && !doors(room).contains(&entered) {
                    faults.push(format!("{}:{number} enters {entered:?}", source.path));
                }
            }
        }
    }
    hold(faults);
}

#[test]
fn the_map_names_every_file_of_the_core() {
    let sources = sources();
    let map = &sources.iter().find(|source| source.path == "lib.rs").unwrap().text;
    let map = map.split("# Inside the core").nth(1).unwrap().split("# Who may").next().unwrap();
    let named: BTreeSet<&str> = map.split_whitespace().collect();
    let files = sources.iter().filter_map(|source| source.path.strip_prefix("core/"));
    let files = files.map(word).filter(|file| *file != "mod" && !file.ends_with("_tests"));
    hold(files.filter(|file| !named.contains(file)).map(|file| format!("core/{file}")).collect());
}

#[test]
fn core_and_wire_name_nothing_of_the_world() {
    const WORLD: [&str; 18] = [
        "Instant",
        "SystemTime",
        "::now()",
        "TimeZone::system",
        "TimeZone::get",
        "std::fs",
        "std::io::std",
        "std::thread",
        "std::env",
        "std::process",
        "std::sync::Mutex",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "UnixStream",
        "rustix",
        "rand::",
        "getrandom",
    ];
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| matches!(source.room(), "core" | "wire")) {
        let tests = source.text.lines().position(|line| line == "#[cfg(test)]").unwrap_or(usize::MAX);
        for (number, line) in source.code().take_while(|(number, _)| *number <= tests) {
            // Lookups by key need no order; a file that wants one is named here.
            let unordered = line.contains("HashMap") || line.contains("HashSet");
            if unordered && source.path != "core/session.rs" {
                faults.push(format!("{}:{number} may depend on an order that is none", source.path));
            }
            for name in WORLD.iter().filter(|name| line.contains(**name)) {
                faults.push(format!("{}:{number} names {name}", source.path));
            }
        }
    }
    hold(faults);
}

#[test]
fn the_index_of_nicknames_is_never_walked() {
    let sources = sources();
    let session = sources.iter().find(|source| source.path == "core/session.rs").unwrap();
    let used =
        session.text.match_indices("by_nick.").map(|(at, found)| word(&session.text[at + found.len()..]));
    let used: BTreeSet<&str> = used.collect();
    let by_key = BTreeSet::from(["contains_key", "get", "insert", "len", "remove"]);
    assert!(used.is_subset(&by_key), "{used:?}");
    assert!(!session.text.contains("in &self.by_nick") && !session.text.contains("in self.by_nick"));
}

#[test]
fn files_say_what_they_are_and_stay_short() {
    let mut faults = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//!") {
            faults.push(format!("{} does not say what it is", source.path));
        }
        let lines = source.text.lines().count();
        if lines > 500 {
            faults.push(format!("{} has {lines} lines", source.path));
        }
        // A descriptor that was inherited is a number, and somebody has to say whose it is; who is at the other end
        // of a socket no library tells in every case.
        if ["daemon/inherited.rs", "net/peer.rs"].contains(&source.path.as_str()) {
            continue;
        }
        for (number, _) in
            source.code().filter(|(_, line)| line.contains("unsafe {") || line.contains("unsafe fn"))
        {
            faults.push(format!("{}:{number} is unsafe", source.path));
        }
    }
    hold(faults);
}

/// The messages of a language with the variables in each, in their order.
fn messages(lang: Lang) -> Vec<(String, BTreeSet<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/locale/{}.ftl", lang.tag()));
    let text = std::fs::read_to_string(path).unwrap();
    let mut messages: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            let id = line.split(" =").next().unwrap().to_owned();
            messages.push((id, BTreeSet::new()));
        }
        if let Some((_, variables)) = messages.last_mut() {
            variables.extend(line.split('$').skip(1).map(|after| word(after).to_owned()));
        }
    }
    messages
}

/// The ids of `en.ftl`.
fn written() -> BTreeSet<String> {
    messages(Lang::En).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn every_language_says_the_same() {
    let english = messages(Lang::En);
    for lang in Lang::ALL {
        let messages = messages(lang);
        let ids =
            |of: &[(String, BTreeSet<String>)]| of.iter().map(|(id, _)| id.clone()).collect::<BTreeSet<_>>();
        let (meant, there) = (ids(&english), ids(&messages));
        let missing: Vec<&String> = meant.difference(&there).collect();
        let surplus: Vec<&String> = there.difference(&meant).collect();
        assert!(
            missing.is_empty() && surplus.is_empty(),
            "{lang:?}: missing {missing:?}, surplus {surplus:?}"
        );
        // The same order lets a translator read them side by side.
        for (own, meant) in messages.iter().zip(&english) {
            assert_eq!(own, meant, "{lang:?}");
        }
    }
}

/// Said after a final consonant, a ㄹ and a vowel, no sentence shows two forms of a particle.
#[test]
fn every_message_is_said_with_the_right_particles() {
    for lang in Lang::ALL {
        let words = Words::new(lang);
        for (id, variables) in messages(lang) {
            for name in ["지훈", "서울", "민수"] {
                let args: Vec<chatd::locale::Arg<'_>> =
                    variables.iter().map(|variable| (&*variable.clone().leak(), name.into())).collect();
                let said = words.say(&id, &args);
                for both in ["(는)", "(가)", "(를)", "(과)", "(으)", "(야)", "(이)", "{", "JOSA"] {
                    assert!(!said.contains(both), "{id}: {said}");
                }
            }
        }
    }
}

/// The word under which `Command::usage` asks what stands for an argument; none where it has a form of its own.
fn called(arg: &Arg) -> Option<&'static str> {
    match (arg.kind, arg.name) {
        (Kind::When | Kind::Flag | Kind::Span | Kind::Duration | Kind::Seqs | Kind::Lines, _)
        | (_, "lang") => None,
        (Kind::Nicks, _) => Some("nick"),
        (Kind::Delay, _) => Some("min"),
        (Kind::Number, "schedule" | "seq" | "offer") => Some("id"),
        (Kind::Number, _) => Some("n"),
        (Kind::Word | Kind::Text, name) => Some(name),
    }
}

#[test]
fn every_sentence_that_is_said_is_written_and_no_other() {
    let written = written();
    let mut said: BTreeSet<String> = TABLE.iter().map(|row| format!("help-{}", row.name)).collect();
    let arguments = TABLE
        .iter()
        .filter(|row| !row.slash.is_empty())
        .flat_map(|row| row.args)
        .filter(|arg| matches!(arg.need, Need::Must | Need::May));
    said.extend(arguments.filter_map(called).map(|arg| format!("arg-{arg}")));
    for source in sources() {
        let calls = [".say(", ".sentence("].map(|call| source.text.split(call).skip(1)).into_iter().flatten();
        let named = calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next());
        said.extend(named.map(str::to_owned));
        // Ids that reach `say` through a variable: the programs' own are known by how they begin.
        let own = |text: &str| text.starts_with("chatc-") || text.starts_with("chatctl-");
        let named = source.literals().into_iter().filter(|text| written.contains(*text) || own(text));
        said.extend(named.map(str::to_owned));
    }
    let missing: Vec<&String> = said.difference(&written).collect();
    let surplus: Vec<&String> = written.difference(&said).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:?}; surplus: {surplus:?}");
}

#[test]
fn every_command_has_help() {
    for words in Lang::ALL.map(Words::new) {
        for row in TABLE {
            let help = words.say(&format!("help-{}", row.name), &[]);
            assert!(help.ends_with('.'), "{help}");
        }
    }
}

/// The facts that a file logs, and those of its log calls that name none.
fn logged(source: &Source) -> (Vec<&str>, Vec<String>) {
    let (mut facts, mut nameless) = (Vec::new(), Vec::new());
    for level in ["error", "warn", "info", "debug", "trace"] {
        let call = format!("log::{level}!(");
        for (at, _) in source.text.match_indices(&call) {
            let line = source.text[..at].lines().last().unwrap_or_default();
            if line.trim_start().starts_with("//") {
                continue;
            }
            match source.text[at + call.len()..].trim_start().strip_prefix("fact = \"") {
                Some(named) => facts.push(word(named)),
                None => nameless.push(format!("{}: {line}{call}", source.path)),
            }
        }
    }
    // The log's own lines.
    let own = source.text.split("write_own(Level::").skip(1).filter_map(|call| call.split('"').nth(1));
    facts.extend(own.filter(|_| source.path == "daemon/log.rs"));
    let own = source.text.split("fact: fact(\"").skip(1).map(word);
    facts.extend(own.filter(|_| source.path == "daemon/log.rs"));
    (facts, nameless)
}

#[test]
fn every_log_line_names_its_fact_and_every_fact_has_a_line() {
    let sources = sources();
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for source in &sources {
        let (facts, nameless) = logged(source);
        used.extend(facts);
        faults.extend(nameless);
    }
    hold(faults);
    let known: BTreeSet<&str> = FACTS.iter().map(|fact| fact.word).collect();
    let missing: Vec<&&str> = used.difference(&known).collect();
    let surplus: Vec<&&str> = known.difference(&used).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "not in the table: {missing:?}; never told: {surplus:?}"
    );
}

/// What stands below a heading of docs/protocol.md.
fn section(heading: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocol.md");
    let text = std::fs::read_to_string(path).unwrap();
    let section = text.split(heading).nth(1).unwrap_or_else(|| panic!("no heading {heading}"));
    section.split("\n#").next().unwrap().to_owned()
}

/// The words in backquotes in the first cells of the table below a heading of docs/protocol.md.
fn documented(heading: &str) -> BTreeSet<String> {
    let section = section(heading);
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let cells =
        rows.map(|row| row.split(" | ").next().unwrap()).filter(|cell| !matches!(*cell, "`cmd`" | "`event`"));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned)).collect()
}

#[test]
fn the_reference_names_every_request() {
    let asked = TABLE.iter().filter(|row| !row.cmd.is_empty());
    let commands: BTreeSet<String> = asked.map(|row| row.cmd.to_owned()).collect();
    assert_eq!(documented("### Requests"), commands);
}

#[test]
fn the_reference_names_every_error_code() {
    let sources = sources();
    let source = sources.iter().find(|source| source.path == "core/reject.rs").unwrap();
    let arms = source.text.split("pub fn code").nth(1).unwrap().split("\n    }\n").next().unwrap();
    let codes = arms.split("=> \"").skip(1).map(|arm| arm.split('"').next().unwrap().to_owned());
    assert_eq!(documented("### Error codes"), codes.collect::<BTreeSet<String>>());
}

/// The words in double quotes between each `from` and the next `to` in a text.
fn quoted(text: &str, from: &str, to: &str) -> BTreeSet<String> {
    let pieces = text.split(from).skip(1).map(|piece| piece.split(to).next().unwrap());
    pieces.flat_map(|piece| piece.split('"').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn the_reference_names_every_event() {
    let sources = sources();
    let source = sources.iter().find(|source| source.path == "wire/json/write.rs").unwrap();
    let mut events = quoted(&source.text, "\"event\": ", ",");
    events.extend(quoted(&source.text, " event: ", ","));
    // Where the word is chosen before.
    events.extend(quoted(&source.text, "let event = ", ";"));
    assert_eq!(documented("### Events"), events);
}

#[test]
fn the_reference_names_every_word_that_an_event_bears() {
    let sources = sources();
    let text = |path: &str| &sources.iter().find(|source| source.path == path).unwrap().text;
    let (sentences, json) = (text("wire/words.rs"), text("wire/json/write.rs"));
    let mut words = quoted(sentences, "pub fn farewell_word", "\n}\n");
    words.extend(quoted(sentences, "pub fn notice_word", "\n}\n"));
    words.extend(quoted(json, "\nfn left_reason", "\n}\n"));
    words.extend(quoted(json, "\nfn whisper_end", "\n}\n"));
    words.extend(quoted(text("core/event.rs"), "pub fn word", "\n    }\n"));
    let section = section("### Events");
    let missing: Vec<&String> = words.iter().filter(|word| !section.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The first cell of the row of rights in docs/protocol.md.
fn whose(right: Right) -> &'static str {
    match right {
        Right::Anyone => "anyone, also before `hello`",
        Right::Known => "who has a nickname, and admins",
        Right::Person => "who has a nickname",
        Right::Voice => "who is not muted in the whole server",
        Right::Visitor => "who is in the room, or could join it without a password",
        Right::Member => "members of the room",
        Right::Speaker => "members who are not muted",
        Right::Inviter => "members; of a room that is locked or by invitation its moderators",
        Right::Moderator => "moderators and the owner of the room",
        Right::Owner => "the owner of the room",
        Right::Creator => "by `rooms.create`: anyone with a nickname, or admins",
        Right::Admin => "admins",
    }
}

#[test]
fn the_reference_says_who_may_ask_what() {
    let section = section("### Rights");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows: Vec<(&str, BTreeSet<&str>)> = rows
        .filter_map(|row| row.split_once(" | "))
        // What follows a semicolon is about one field.
        .map(|(who, asked)| (who, asked.split(';').next().unwrap().split('`').skip(1).step_by(2).collect()))
        .collect();
    for (who, asked) in rows.iter().filter(|(who, _)| *who != "who may") {
        let may = TABLE.iter().filter(|row| whose(row.right) == *who && !row.cmd.is_empty());
        assert_eq!(*asked, may.map(|row| row.cmd).collect::<BTreeSet<_>>(), "{who}");
    }
    for row in TABLE {
        assert!(rows.iter().any(|(who, _)| *who == whose(row.right)), "{row:?}");
    }
}
