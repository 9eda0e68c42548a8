//! What Tab finds in a shell: the script that chatctl prints, in a real bash, beside a real daemon.
//!
//! Knows what people see and no more. Why bash alone: it is on every machine,
//! and the only one of the three that does not quote by itself.

use std::path::Path;
use std::process::Command;

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::program::{CHATCTL, output, said};

/// What bash would offer at the end of `line`, with the script of `chatctl completions bash`.
fn offered(socket: &Path, line: &str) -> Vec<String> {
    const SHELL: &str = r#"
        set -u
        source <(chatctl completions bash)
        [[ $(complete -p chatctl) == "complete -F _chatctl chatctl" ]] || exit 9
        COMP_LINE=$1 COMP_POINT=${#1}
        _chatctl
        ((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
        exit 0
    "#;
    let folder = Path::new(CHATCTL).parent().unwrap().to_str().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", SHELL, "bash", line]);
    bash.env("PATH", format!("{folder}:{path}")).env("CHATD_SOCKET", socket).env("LC_ALL", "C.UTF-8");
    bash.env_remove("XDG_RUNTIME_DIR");
    let done = output(&mut bash);
    assert!(done.status.success() && done.stderr.is_empty(), "{line}: {}", said(&done));
    String::from_utf8(done.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn offers(home: &Home, expected: &[(&str, &[&str])]) {
    for (line, names) in expected {
        assert_eq!(offered(&home.control(), line), *names, "{line}");
    }
}

/// What the daemon has recorded. A look at the record may or may not find itself there already.
fn recorded(daemon: &Daemon) -> Vec<String> {
    let lines = daemon.rule(&["--json", "commands"]);
    lines.lines().filter(|line| !line.contains("\"command\":\"commands\"")).map(str::to_owned).collect()
}

#[test]
fn names_are_those_of_the_moment() {
    let home = Home::new("");
    let daemon = home.start();
    daemon.rule(&["room", "create", "design/ui", "--keep"]);
    daemon.rule(&["room", "create", "민수방", "--keep"]);
    daemon.rule(&["schedule", "+10m", "Meeting soon"]);
    daemon.rule(&["ban", "2001:db8::/32"]);
    let _alice = Client::text(daemon.port, "Alice");
    let _quinn = Client::text(daemon.port, "Q'uinn");
    let _minsu = Client::text(daemon.port, "민수");
    daemon.rule(&["mute", "Alice"]);
    let before = recorded(&daemon);
    offers(
        &home,
        &[
            ("chatctl kick ", &["Alice", "Q\\'uinn", "민수"]),
            ("chatctl kick Al", &["Alice"]),
            ("chatctl kick \"Q", &["Q'uinn"]),
            ("chatctl kick 'Q", &["Q'\\''uinn"]),
            ("chatctl ban 민", &["민수"]),
            ("chatctl unmute ", &["Alice"]),
            ("chatctl unban 2001:d", &["db8::/32"]),
            ("chatctl unschedule ", &["1"]),
            ("chatctl history --user A", &["Alice"]),
            ("chatctl history --room=des", &["design/ui"]),
            ("chatctl say --room \"des", &["design/ui"]),
            ("chatctl --json users --room 민", &["민수방"]),
            ("chatctl room keep ", &["design/ui", "lobby", "민수방"]),
            ("chatctl room op lobby Al", &["Alice"]),
            ("chatctl room create l", &[]),
            ("chatctl rooms ", &["design"]),
            ("chatctl uns", &["unschedule"]),
        ],
    );
    let after = recorded(&daemon);
    assert_eq!(after, before);
    daemon.rule(&["kick", "Q'uinn"]);
    offers(&home, &[("chatctl kick Q", &[])]);
}

#[test]
fn where_no_daemon_answers_tab_is_silent() {
    let home = Home::new("");
    offers(&home, &[("chatctl kick A", &[]), ("chatctl users --room ", &[]), ("chatctl pi", &["ping"])]);
}
