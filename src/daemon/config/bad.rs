//! Test: each bad configuration, and word for word what the admin is told about it.
//!
//! It must not reach into the parts; only [`parse`] is called.
//!
//! Why whole messages are compared: they are all an admin has to work with, so a changed word
//! should be seen in review.

use super::{Problem, parse};

fn messages(text: &str) -> Vec<String> {
    let problems = parse("c.toml", text).expect_err(text);
    problems.iter().map(Problem::to_string).collect()
}

/// Each file, and all that it is told.
const BAD: &[(&str, &[&str])] = &[
    // Names.
    (
        "[limits]\n\nconections = 5\n",
        &["c.toml:3: limits.conections: there is no such key; did you mean limits.connections?"],
    ),
    (
        "[limits]\nedit-window = 5\n",
        &["c.toml:2: limits.edit-window: there is no such key; did you mean rooms.edit_window?"],
    ),
    ("[server]\nrate = 5\n", &["c.toml:2: server.rate: there is no such key; did you mean limits.rate?"]),
    ("[server]\nxyzzy = 5\n", &["c.toml:2: server.xyzzy: there is no such key; the nearest is server.name"]),
    ("rate = 5\n", &["c.toml:1: rate: there is no such key; did you mean limits.rate?"]),
    ("conections = 5\n", &["c.toml:1: conections: there is no such key; did you mean limits.connections?"]),
    ("[limit]\nrate = 5\n", &["c.toml:1: limit: there is no such section; did you mean [limits]?"]),
    ("[[room]]\ndefault = \"x\"\n", &["c.toml:1: room: there is no such section; did you mean [rooms]?"]),
    ("[liste]\n", &["c.toml:1: liste: there is no such section; did you mean [[listen]]?"]),
    (
        "server = 5\n",
        &["c.toml:1: server: expected a section, found the number 5; write [server] and its keys below it"],
    ),
    ("[[server]]\nname = \"x\"\n", &["c.toml:1: server: there is one such section only: write [server]"]),
    ("[server.name]\n", &["c.toml:1: server.name: expected a text in quotes, found a section"]),
    // Types.
    (
        "[limits]\nrate = \"ten\"\n",
        &["c.toml:2: limits.rate: expected a whole number, found the text \"ten\""],
    ),
    ("[limits]\nrate = 1.5\n", &["c.toml:2: limits.rate: expected a whole number, found the number 1.5"]),
    ("[server]\nname = 5\n", &["c.toml:2: server.name: expected a text in quotes, found the number 5"]),
    ("[server]\nname = [\"a\"]\n", &["c.toml:2: server.name: expected a text in quotes, found a list"]),
    (
        "[tls]\nrequired = \"true\"\n",
        &["c.toml:2: tls.required: expected true or false, found the text \"true\""],
    ),
    (
        "[limits]\nline = true\n",
        &["c.toml:2: limits.line: expected a size such as \"8KiB\", or a number of bytes, found true"],
    ),
    (
        "[limits]\nlogin = 30\n",
        &["c.toml:2: limits.login: expected a duration such as \"10m\" or \"1h30m\", found the number 30"],
    ),
    (
        "[limits]\nlogin = \"30\"\n",
        &["c.toml:2: limits.login: \"30\" has no unit; write it like \"30s\" or \"30m\""],
    ),
    (
        "[limits]\nlogin = 1979-05-27\n",
        &[
            "c.toml:2: limits.login: expected a duration such as \"10m\" or \"1h30m\", found the date 1979-05-27",
        ],
    ),
    // Values.
    ("[limits]\nrate = -1\n", &["c.toml:2: limits.rate: must not be less than 0, and is -1"]),
    ("[limits]\nrate = 1000001\n", &["c.toml:2: limits.rate: must be from 0 to 1000000, and is 1000001"]),
    (
        "[limits]\nrate = 99999999999999999999\n",
        &["c.toml:2: limits.rate: 99999999999999999999 is too large a number"],
    ),
    ("[limits]\nline = 10\n", &["c.toml:2: limits.line: must be 0, or from 64B to 16MiB, and is 10B"]),
    ("[limits]\nline = \"1GiB\"\n", &["c.toml:2: limits.line: must be 0, or from 64B to 16MiB, and is 1GiB"]),
    (
        "[limits]\nline = \"8KB\"\n",
        &[
            "c.toml:2: limits.line: \"8KB\" is not a size; write it like 8KiB, 1MiB, 2GiB (1KiB is 1024 bytes) or in bytes",
        ],
    ),
    (
        "[limits]\nidle = \"40000d\"\n",
        &["c.toml:2: limits.idle: \"40000d\" is too long; the longest duration is 36500d"],
    ),
    (
        "[limits]\nidle = \"10 minutes\"\n",
        &[
            "c.toml:2: limits.idle: \"10 minutes\" is not a duration; write it like 500ms, 30s, 10m, 2h, 7d or 1h30m",
        ],
    ),
    (
        "[limits]\nexempt = [\"::1\",\n \"10.0.0.0/33\",\n 5,\n \"here\"]\n",
        &[
            "c.toml:3: limits.exempt: \"10.0.0.0/33\": what follows the slash must be a number from 0 to 32",
            "c.toml:4: limits.exempt: expected texts in quotes, found the number 5",
            "c.toml:5: limits.exempt: \"here\" is not an address or a network; write it like 192.0.2.7 or 10.0.0.0/8",
        ],
    ),
    (
        "[store]\ndurability = \"proces\"\n",
        &[
            "c.toml:2: store.durability: expected \"power\" or \"process\", found \"proces\"; did you mean \"process\"?",
        ],
    ),
    (
        "[store]\nwhen_unavailable = \"panic\"\n",
        &["c.toml:2: store.when_unavailable: expected \"refuse\" or \"allow\", found \"panic\""],
    ),
    (
        "[store]\npath = \"/var/lib/chatd/\"\n",
        &["c.toml:2: store.path: \"/var/lib/chatd/\" is a directory; add the name of the file"],
    ),
    ("[server]\nlang = \"de\"\n", &["c.toml:2: server.lang: expected \"en\" or \"ko\", found \"de\""]),
    ("[server]\nname = \"\"\n", &["c.toml:2: server.name: must not be empty"]),
    (
        "[server]\nmotd = \"\"\"a\nb\"\"\"\n",
        &["c.toml:2: server.motd: must be one line without control characters, and has \\n"],
    ),
    (
        "[server]\ntimezone = \"Europe/Berlln\"\n",
        &[
            "c.toml:2: server.timezone: there is no time zone \"Europe/Berlln\"; did you mean \"Europe/Berlin\"?",
        ],
    ),
    (
        "[server]\ntimezone = \"Mars\"\n",
        &[
            "c.toml:2: server.timezone: there is no time zone \"Mars\"; write it like \"Europe/Berlin\" or \"Asia/Seoul\"",
        ],
    ),
    (
        "[control]\nmode = \"0888\"\n",
        &[
            "c.toml:2: control.mode: \"0888\" is not a mode; write octal permission bits up to \"0777\", such as \"0660\"",
        ],
    ),
    (
        "[control]\nmode = 660\n",
        &[
            "c.toml:2: control.mode: expected permission bits in quotes such as \"0660\", found the number 660",
        ],
    ),
    ("[control]\ngroup = \"a b\"\n", &["c.toml:2: control.group: \"a b\" is not the name of a group"]),
    (
        "[rooms]\ndefault = \"my room\"\n",
        &["c.toml:2: rooms.default: \"my room\" cannot name a room: it contains ' '"],
    ),
    (
        "[rooms]\ndefault = \"a/b/c\"\n",
        &[
            "c.toml:2: rooms.default: \"a/b/c\" cannot name a room; write it like \"lobby\" or \"design/ui\", each part 1 to 32 characters long",
        ],
    ),
    (
        "[http]\nallowed_origins = [\"https://a.example/page\"]\n",
        &[
            "c.toml:2: http.allowed_origins: \"https://a.example/page\" is not an origin; write it like \"https://chat.example.org\", without a path, or \"*\"",
        ],
    ),
    // Listeners.
    (
        "[[listen]]\naddress = \"localhost:9999\"\n",
        &[
            "c.toml:2: listen.address: \"localhost:9999\" is not an address with a port; names are not looked up: write \"127.0.0.1:9999\"",
        ],
    ),
    (
        "[[listen]]\naddress = \"9999\"\n",
        &[
            "c.toml:2: listen.address: \"9999\" is not an address with a port; write \"127.0.0.1:9999\" or \"0.0.0.0:9999\"",
        ],
    ),
    (
        "[[listen]]\naddress = \"0.0.0.0\"\n",
        &["c.toml:2: listen.address: \"0.0.0.0\" is not an address with a port; write \"0.0.0.0:9999\""],
    ),
    (
        "[[listen]]\naddress = \"::1\"\n",
        &["c.toml:2: listen.address: \"::1\" is not an address with a port; write \"[::1]:9999\""],
    ),
    (
        "[[listen]]\naddress = \"here\"\n",
        &[
            "c.toml:2: listen.address: \"here\" is not an address with a port; write it like \"127.0.0.1:9999\" or \"[::1]:9999\"",
        ],
    ),
    (
        "[[listen]]\nprotocol = \"txt\"\nport = 5\n",
        &[
            "c.toml:2: listen.protocol: expected one of \"auto\", \"text\", \"json\", \"http\", \"irc\", found \"txt\"; did you mean \"text\"?",
            "c.toml:3: listen.port: there is no such key; the nearest is listen.tls",
        ],
    ),
    ("[listen]\naddress = \"127.0.0.1:1\"\n", &["c.toml:1: listen: there can be several: write [[listen]]"]),
    (
        "listen = []\n",
        &["c.toml:1: listen: there must be a listener; leave this out to have the default one"],
    ),
    (
        "listen = \"127.0.0.1:1\"\n",
        &["c.toml:1: listen: expected sections [[listen]], found the text \"127.0.0.1:1\""],
    ),
    ("listen = [5]\n", &["c.toml:1: listen: expected sections [[listen]], found the number 5"]),
    (
        "[[listen]]\n[[listen]]\n",
        &[
            "c.toml:2: listen.address: 127.0.0.1:9999 is taken by the listener on line 1, 127.0.0.1:9999; remove one or change a port",
        ],
    ),
    (
        "[[listen]]\naddress = \"127.0.0.1:7\"\n[[listen]]\naddress = \"0.0.0.0:7\"\n",
        &[
            "c.toml:4: listen.address: 0.0.0.0:7 is taken by the listener on line 1, 127.0.0.1:7; remove one or change a port",
        ],
    ),
    (
        "[[listen]]\naddress = \"0.0.0.0:7\"\n[[listen]]\naddress = \"[::]:7\"\n",
        &[
            "c.toml:4: listen.address: [::]:7 is taken by the listener on line 1, 0.0.0.0:7; remove one or change a port",
        ],
    ),
    (
        "[[listen]]\naddress = \"[::]:7\"\n[[listen]]\naddress = \"127.0.0.1:7\"\n",
        &[
            "c.toml:4: listen.address: 127.0.0.1:7 is taken by the listener on line 1, [::]:7; remove one or change a port",
        ],
    ),
    // Keys together.
    (
        "[[listen]]\ntls = true\n",
        &[
            "c.toml:2: listen.tls: this version does not speak TLS; leave it out, and let a proxy in front do it",
        ],
    ),
    (
        "[tls]\nkey = \"k.pem\"\n",
        &["c.toml:2: tls.key: a private key needs its certificate; set tls.certificate too"],
    ),
    (
        "[tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"\nrequired = true\n",
        &["c.toml:4: tls.required: no listener has TLS; set tls = true in a [[listen]]"],
    ),
    (
        "[limits]\ninbox = \"4KiB\"\n",
        &["c.toml:2: limits.inbox: is 4KiB, and must not be less than limits.line, which is 8KiB"],
    ),
    (
        "[limits]\nburst = 0\n",
        &["c.toml:2: limits.burst: must be at least 1; to switch rate limits off, set limits.rate = 0"],
    ),
    // TOML itself.
    (
        "[control]\nmode = 0660\n",
        &[
            "c.toml:2: control.mode: this is not TOML (unexpected leading zero); expected permission bits in quotes such as \"0660\"",
        ],
    ),
    (
        "[server]\nname = chat\nlang = 5\n[log]\nlevel = loud\n",
        &[
            "c.toml:2: server.name: this is not TOML (string values must be quoted); expected a text in quotes",
            "c.toml:3: server.lang: expected \"en\" or \"ko\", found the number 5",
            "c.toml:5: log.level: this is not TOML (string values must be quoted); expected one of \"off\", \"error\", \"warn\", \"info\", \"debug\", \"trace\"",
        ],
    ),
    (
        "[server]\nname = \"a\"\nname = \"b\"\n",
        &["c.toml:3: server.name: this key is set twice; remove one of the two"],
    ),
    ("[server]\n[log]\n[server]\n", &["c.toml:3: server: this section is there twice; put its keys in one"]),
    (
        "[listen]\n[[listen]]\n",
        &[
            "c.toml:1: listen: there can be several: write [[listen]]",
            "c.toml:2: listen: there can be several: write each of them [[listen]]",
        ],
    ),
    ("[server\nname = 5\n", &["c.toml:1: server: this is not TOML: unclosed table, expected `]`"]),
    (
        "[server]\nname = \"abc\n",
        &["c.toml:2: server.name: this is not TOML: invalid basic string, expected `\"`"],
    ),
    ("garbage\n", &["c.toml:1: this is not TOML: key with no value, expected `=`"]),
    (
        "[server]\nname = \"a\0b\"\n",
        &[
            "c.toml:2: server.name: this is not TOML: invalid basic string, expected non-double-quote visible characters, `\\`",
        ],
    ),
    ("<xml/>", &["c.toml:1: this is not TOML: key with no value, expected `=`"]),
    // Several at once, in the order of the file.
    (
        "[log]\nlevel = 1\n[server]\nnmae = 1\nlang = \"e\"\n[limits]\nrate = -1\n",
        &[
            "c.toml:2: log.level: expected one of \"off\", \"error\", \"warn\", \"info\", \"debug\", \"trace\", found the number 1",
            "c.toml:4: server.nmae: there is no such key; did you mean server.name?",
            "c.toml:5: server.lang: expected \"en\" or \"ko\", found \"e\"; did you mean \"en\"?",
            "c.toml:7: limits.rate: must not be less than 0, and is -1",
        ],
    ),
];

#[test]
fn bad_files_are_told_all_that_is_wrong() {
    let mut wrong = String::new();
    for (text, expected) in BAD {
        let told = messages(text);
        if told != *expected {
            wrong.push_str(&format!("{text:?}\n  {told:#?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
