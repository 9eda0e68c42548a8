//! Tests of the configuration as a whole: that defaults, example and printed form are one, and
//! what a file must be to be read at all.
//!
//! It must not test single values; their own files do. Bad files are in `bad.rs`.
//!
//! Why values are made from the table: a key that is added later is then covered as well.

use std::fs;

use proptest::prelude::*;

use super::keys::{KEYS, LISTEN};
use super::kind::Kind;
use super::*;

const EXAMPLE: &str = include_str!("../../../config/chatd.toml");

fn good(text: &str) -> Config {
    parse("c.toml", text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn first_problem(path: &Path) -> String {
    load(path).unwrap_err()[0].to_string()
}

#[test]
fn an_empty_file_is_all_defaults() {
    for text in ["", "\n# nothing\n", "[limits]\n", "\u{feff}[server]\r\n"] {
        assert_eq!(good(text), Config::default());
    }
}

#[test]
fn the_example_is_what_is_printed_and_means_the_defaults() {
    let hint = "to write it anew: chatd --config /dev/null --print-config > config/chatd.toml";
    assert_eq!(print(&Config::default()), EXAMPLE, "{hint}");
    assert_eq!(good(EXAMPLE), Config::default());
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let config = Config::default();
    let local = SocketAddr::from(([127, 0, 0, 1], 9999));
    let [Listen { address, protocol, tls }] = config.listen[..] else {
        panic!("one listener: {:?}", config.listen);
    };
    assert_eq!((address, protocol, tls), (local, Protocol::Auto, false));
    assert_eq!((config.control.mode, config.control.group.as_str()), (0o660, "chatd"));
    assert_eq!((config.control.socket, config.store.path), (None, None));
    assert_eq!(config.store.whispers_ms, 7 * 24 * 3_600_000);
    assert_eq!((config.store.retention_ms, config.store.retention_bytes), (0, 0));
    assert_eq!((config.rooms.linger_ms, config.rooms.edit_window_ms), (600_000, 900_000));
    let limits = &config.limits;
    assert_eq!((limits.connections, limits.connections_per_address), (20_000, 64));
    assert_eq!((limits.line_bytes, limits.inbox_bytes), (8192, 16_384));
    assert_eq!((limits.outbox_bytes, limits.outbox_total_bytes), (1 << 20, 256 << 20));
    assert_eq!((limits.login_ms, limits.resume_ms), (30_000, 120_000));
    assert_eq!((limits.ping_ms, limits.idle_ms), (60_000, 0));
    assert_eq!((limits.text, limits.rate, limits.burst), (2000, 10, 30));
    assert!(limits.exempt.iter().any(|prefix| prefix.contains(local.ip())));
    assert_eq!(config.log.level, LevelFilter::Info);
}

#[test]
fn given_keys_replace_defaults_and_listeners_the_default_one() {
    let config = good(
        "limits.rate = 0\nlimits.idle = 0\nlimits.line = 4096\n\
         [control]\nmode = 0o600\nsocket = \"/run/x.sock\"\n\
         [[listen]]\naddress = \"[::]:7000\"\nprotocol = \"json\"\n\
         [[listen]]\naddress = \"0.0.0.0:7001\"\n[log]\nlevel = \"off\"\n",
    );
    assert_eq!((config.limits.rate, config.limits.line_bytes), (0, 4096));
    assert_eq!(config.control.mode, 0o600);
    assert_eq!(config.control.socket, Some(PathBuf::from("/run/x.sock")));
    assert_eq!(config.listen.len(), 2);
    assert_eq!(config.listen[0].protocol, Protocol::Json);
    assert_eq!(config.listen[1].protocol, Protocol::Auto);
    assert_eq!(config.log.level, LevelFilter::Off);
}

#[test]
fn port_0_may_be_asked_for_twice() {
    let two = "[[listen]]\naddress = \"127.0.0.1:0\"\n".repeat(2);
    assert_eq!(good(&two).listen.len(), 2);
    let many = "[[listen]]\naddress = \"127.0.0.1:0\"\n".repeat(65);
    let problems = parse("c.toml", &many).unwrap_err();
    let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
    assert_eq!(told, ["c.toml:129: listen: there may be at most 64 listeners"]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("chatd.toml");
    let shown = path.display();
    assert_eq!(
        first_problem(&path),
        format!(
            "{shown}: there is no such file; \
             check the path, or leave it out to run with the defaults"
        )
    );
    fs::write(&path, b"[server]\nname = \"\xff\"\n").unwrap();
    assert_eq!(
        first_problem(&path),
        format!("{shown}:2: this line is not UTF-8; save the file in that encoding")
    );
    fs::write(&path, "#".repeat(1024 * 1024)).unwrap();
    assert_eq!(load(&path).unwrap().config, Config::default());
    fs::write(&path, "#".repeat(1024 * 1024 + 1)).unwrap();
    assert_eq!(
        first_problem(&path),
        format!("{shown}: the file is larger than 1 MiB; is this the right file?")
    );
    let pipe = directory.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    assert_eq!(
        first_problem(&pipe),
        format!("{}: this is a pipe; name a file, which can be read again", pipe.display())
    );
    assert_eq!(
        first_problem(directory.path()),
        format!(
            "{}: this is a directory; name the file in it, such as chatd.toml",
            directory.path().display()
        )
    );
}

#[test]
fn the_wrong_file_gives_a_bounded_list() {
    for text in ["k = 1\n", "[server]\n", "\0\n", "= =\n"] {
        let many = (0..5000).map(|n| text.replace('k', &format!("k{n}")));
        let problems = parse("c.toml", &many.collect::<String>()).unwrap_err();
        assert!(problems.len() <= 101, "{text:?}: {}", problems.len());
    }
}

#[test]
fn every_key_is_described_once() {
    let mut names: Vec<&str> = rows().map(|row| row.name).collect();
    assert_eq!(names.len(), KEYS.len() + LISTEN.len());
    assert_eq!(names[0], "server.name");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KEYS.len() + LISTEN.len());
    for row in rows() {
        let sentence = row.about.ends_with('.') && !row.about.contains('\n');
        assert!(sentence, "{}: {}", row.name, row.about);
    }
}

#[test]
fn what_needs_a_restart_is_named() {
    let old = Config::default();
    assert!(differences(&old, &old).is_empty());
    let mut new = old.clone();
    new.server.motd = "hello".into();
    new.limits.rate = 99;
    new.log.level = LevelFilter::Debug;
    new.store.when_unavailable = WhenUnavailable::Allow;
    new.listen[0].address = "0.0.0.0:9999".parse().unwrap();
    let taken = new.clone();
    assert!(keep_until_restart(&old, &mut new).is_empty() && new == taken);
    new.log.target = Target::Stderr;
    new.control.mode = 0o600;
    new.store.path = Some("x.db".into());
    let told = differences(&old, &new);
    let told: Vec<&str> = told.iter().map(|difference| difference.key).collect();
    let here =
        ["listen", "server.motd", "control.mode", "store.path", "store.when_unavailable", "limits.rate"];
    assert_eq!(told, [&here[..], &["log.target", "log.level"]].concat());
    assert_eq!(keep_until_restart(&old, &mut new), ["control.mode", "store.path", "log.target"]);
    assert_eq!(new, taken, "what applies at once stays, the rest is as it was");
}

#[test]
fn a_difference_shows_both_values_as_toml() {
    let old = Config::default();
    let mut new = old.clone();
    new.listen.push(Listen { protocol: Protocol::Text, ..Listen::default() });
    new.limits.outbox_bytes = 2 << 20;
    let told = differences(&old, &new);
    let shown: Vec<_> = told.iter().map(|one| (one.key, one.old.as_str(), one.new.as_str())).collect();
    let one = r#"{ address = "127.0.0.1:9999" }"#;
    let two = format!(r#"[{one}, {{ address = "127.0.0.1:9999", protocol = "text" }}]"#);
    assert_eq!(
        shown,
        [("listen", format!("[{one}]").as_str(), two.as_str()), ("limits.outbox", r#""1MiB""#, r#""2MiB""#),]
    );
}

/// Texts of which each key of the kind takes some.
const TEXTS: [&str; 9] = [
    "",
    "a",
    "design/ui",
    "데이터",
    "it's \"quoted\" \\ and # not a comment",
    "'''\"\"\"",
    "Europe/Berlin",
    "/var/lib/x y/z.db",
    "\u{202e}[limits]",
];

/// Sets what `kind` points to, to a value that `seed` chooses.
fn choose<T>(kind: &Kind<T>, owner: &mut T, seed: u64) {
    let within = |least: u64, most: u64| match seed % 3 {
        0 => 0,
        1 => least + seed % (most - least),
        _ => least + (seed % (most - least)) / 1024 * 1024,
    };
    let text = TEXTS[(seed % TEXTS.len() as u64) as usize];
    let some = (seed % 4) as usize;
    match kind {
        Kind::Text { check, at } if check(text).is_ok() => *at(owner) = text.into(),
        Kind::Path { check, at } if check(text).is_ok() => {
            *at(owner) = (!text.is_empty()).then(|| text.into());
        }
        Kind::Text { .. } | Kind::Path { .. } => {}
        Kind::Count { least, most, at } => *at(owner) = within(*least, *most),
        Kind::Size { least, most, at } => *at(owner) = within(*least, *most),
        Kind::Duration(at) => *at(owner) = within(1, 36_500 * 86_400_000),
        Kind::Flag(at) => *at(owner) = seed % 2 == 1,
        Kind::Mode(at) => *at(owner) = seed as u32 & 0o777,
        Kind::Address(at) if seed.is_multiple_of(2) => {
            *at(owner) = SocketAddr::from(([10, (seed >> 8) as u8, 1, 1], 7));
        }
        Kind::Address(at) => {
            *at(owner) = SocketAddr::from(([0xfd00, 0, 0, 0, 0, 0, 0, seed as u16], 7));
        }
        Kind::Prefixes(at) => {
            let texts = ["10.1.2.3/8", "::1", "2001:db8::/33", "0.0.0.0/0"];
            *at(owner) = texts.map(|text| Prefix::parse(text).unwrap())[..some].to_vec();
        }
        Kind::Origins(at) => {
            let texts = ["*", "https://a.example", "http://[::1]:80", "app://-"];
            *at(owner) = texts.map(String::from)[..some].to_vec();
        }
        Kind::Choice { words, set, .. } => set(owner, seed as usize % words.len()),
    }
}

/// Makes the values fit together as `agree.rs` asks.
fn reconcile(config: &mut Config) {
    let limits = &mut config.limits;
    limits.inbox_bytes = limits.inbox_bytes.max(limits.line_bytes);
    limits.outbox_total_bytes = limits.outbox_total_bytes.max(limits.outbox_bytes);
    limits.burst = limits.burst.max(1);
    let tls = &mut config.tls;
    if tls.certificate.is_none() || tls.key.is_none() {
        (tls.certificate, tls.key) = (None, None);
    }
    tls.required = false;
    config.listen.iter_mut().for_each(|listen| listen.tls = false);
    for (place, listen) in config.listen.iter_mut().enumerate() {
        listen.address.set_port(1 + place as u16);
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(
        seeds in prop::collection::vec(any::<u64>(), KEYS.len()),
        listeners in prop::collection::vec(any::<[u64; 3]>(), 1..4),
    ) {
        let mut config = Config::default();
        for (key, seed) in KEYS.iter().zip(seeds) {
            choose(&key.kind, &mut config, seed);
        }
        config.listen.clear();
        for seeds in listeners {
            let mut listen = Listen::default();
            for (key, seed) in LISTEN.iter().zip(seeds) {
                choose(&key.kind, &mut listen, seed);
            }
            config.listen.push(listen);
        }
        reconcile(&mut config);
        let text = print(&config);
        prop_assert_eq!(parse("c.toml", &text), Ok(config), "{}", text);
    }

    #[test]
    fn no_text_panics(text in "[\\[\\]=\"'a-z0-9.\n#{},-]{0,80}") {
        let _ = parse("c.toml", &text);
    }

    #[test]
    fn damage_to_a_good_file_is_found_where_it_is(
        at in any::<prop::sample::Index>(),
        cut in 0_usize..40,
        put in "[\\[\\]=\"'a-z0-9.\n#{},\u{0}-\u{9f}-]{0,8}",
    ) {
        let at = at.index(EXAMPLE.len());
        let end = (at + cut).min(EXAMPLE.len());
        let text = format!("{}{put}{}", &EXAMPLE[..at], &EXAMPLE[end..]);
        let lines = 1..=text.lines().count();
        if let Err(problems) = parse("c.toml", &text) {
            let placed = |problem: &Problem| problem.line.is_none_or(|line| lines.contains(&line));
            prop_assert!(!problems.is_empty() && problems.iter().all(placed), "{:?}", problems);
        }
    }
}
