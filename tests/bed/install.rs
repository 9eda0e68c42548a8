//! Installing, and what is there then.
//!
//! Knows paths, modes and words that docs/admin.md promises. Why modes are asserted one by one: a
//! database that everybody can read works as well as one that nobody can.

use crate::booted::{Bed, package, text};
use crate::{eventually, person};

#[test]
fn an_installed_chatd_runs_and_is_enabled() {
    let bed = Bed::with_chatd("install");
    assert_eq!(bed.ok(&["systemctl", "is-active", "chatd.service"]), "active\n");
    assert_eq!(bed.ok(&["systemctl", "is-enabled", "chatd.service"]), "enabled\n");
    let socket = bed.run(&["systemctl", "is-enabled", "chatd.socket"]);
    assert_eq!(text(&socket.stdout), "disabled\n");

    let _alice = person(&bed, 9999, "Alice");
    assert!(bed.ok(&["chatctl", "users"]).contains("Alice"));

    eventually("Alice in the status", || {
        let status = bed.ok(&["systemctl", "status", "--no-pager", "chatd"]);
        status.contains("Status: \"1 person in 1 room\"").then_some(())
    });
    let kept = bed.ok(&["systemctl", "show", "--value", "--property", "NFileDescriptorStore", "chatd"]);
    assert_eq!(kept, "2\n", "the port and the control socket outlive the process");
    for (path, expected) in [
        ("/etc/chatd/chatd.toml", "root:root 644"),
        ("/etc/chatd/tls", "root:root 700"),
        ("/var/lib/chatd", "chatd:chatd 700"),
        ("/var/lib/chatd/chatd.db", "chatd:chatd 600"),
        ("/run/chatd", "chatd:chatd 755"),
        ("/run/chatd/control.sock", "chatd:chatd 660"),
    ] {
        assert_eq!(bed.ok(&["stat", "-c", "%U:%G %a", path]).trim(), expected, "{path}");
    }
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let bed = Bed::with_chatd("units");
    // Warnings count: verify says them and still ends well.
    let units = ["chatd.service", "chatd@lab.service", "chatd.socket"];
    let verified = bed.run(&[&["systemd-analyze", "verify", "--man=no"][..], &units].concat());
    assert_eq!((verified.status.code(), text(&verified.stderr)), (Some(0), String::new()));
    let user = ["systemd-analyze", "verify", "--man=no", "--user", "chatd.service"];
    let user = bed.run(&[&["env", "XDG_RUNTIME_DIR=/run"][..], &user].concat());
    assert_eq!((user.status.code(), text(&user.stderr)), (Some(0), String::new()));

    for unit in ["chatd.service", "chatd@lab.service"] {
        bed.write("/etc/chatd/lab.toml", "[[listen]]\naddress = \"127.0.0.1:9998\"\n");
        bed.ok(&["systemctl", "start", unit]);
        let security = bed.ok(&["systemd-analyze", "security", "--no-pager", unit]);
        let overall = security.lines().find(|line| line.contains("Overall exposure level"));
        let overall = overall.unwrap_or_else(|| panic!("{security}"));
        let level: f32 =
            overall.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().parse().unwrap();
        assert!(level <= 1.1, "{unit}: {overall}");
    }
}

#[test]
fn lintian_finds_no_fault_in_the_package() {
    let mut lintian = std::process::Command::new("lintian");
    let output = lintian.args(["--allow-root", "--fail-on", "error,warning"]).arg(package()).output();
    let output = output.expect("lintian runs: install the Debian package lintian");
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}
