//! Upgrade, removal and purge, and the other kinds of packages.
//!
//! Knows dpkg. Why the newer version is the same programs with another number: what is proved is
//! what the package does with configuration, data and people, not what is new.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::booted::{Bed, build, package, text};
use crate::{eventually, person, while_people_knock};

/// The package again, as a higher version.
fn newer(scratch: &Path) -> PathBuf {
    let (tree, newer) = (scratch.join("tree"), scratch.join("chatd_newer.deb"));
    let script = "dpkg-deb -R \"$1\" \"$2\" && sed -i 's/^Version: .*/&+newer/' \"$2/DEBIAN/control\" \
        && dpkg-deb --root-owner-group -Znone -b \"$2\" \"$3\"";
    let mut command = Command::new("sh");
    let output = command.args(["-c", script, "sh"]).arg(package()).arg(&tree).arg(&newer).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    newer
}

#[test]
fn an_upgrade_keeps_configuration_and_data_and_refuses_nobody() {
    let scratch = tempfile::tempdir().unwrap();
    let newer = newer(scratch.path());
    let bed = Bed::with_chatd("upgrade");
    bed.shell("sed -i 's/^motd = .*/motd = \"kept\"/' /etc/chatd/chatd.toml; systemctl restart chatd");
    person(&bed, 9999, "Bob").say("before the upgrade").unwrap();
    let process = || bed.ok(&["systemctl", "show", "--value", "-p", "MainPID", "chatd"]);
    let before = process();

    while_people_knock(&bed, 9999, || bed.install(&newer));
    assert_ne!(process(), before);
    assert!(bed.ok(&["dpkg-query", "-W", "-f", "${Version}", "chatd"]).ends_with("+newer"));
    assert!(bed.ok(&["chatctl", "history"]).contains("Bob >> before the upgrade"));
    assert!(bed.ok(&["cat", "/etc/chatd/chatd.toml"]).contains("motd = \"kept\""));

    // A configuration that the new version does not take leaves the old process running.
    let running = process();
    bed.shell("echo nonsense >>/etc/chatd/chatd.toml");
    let said = bed.install(package());
    assert!(said.contains("chatd.toml:") && said.contains("systemctl restart chatd"), "{said}");
    assert_eq!(process(), running);
    bed.ok(&["chatctl", "ping"]);
}

#[test]
fn removal_keeps_what_was_said_and_a_purge_takes_it() {
    let bed = Bed::with_chatd("removal");
    bed.write("/etc/chatd/lab.toml", "[[listen]]\naddress = \"127.0.0.1:9998\"\n");
    bed.ok(&["systemctl", "enable", "--now", "chatd@lab"]);
    person(&bed, 9999, "Bob").say("before the removal").unwrap();
    bed.ok(&["dpkg", "--remove", "chatd"]);
    for path in ["/etc/chatd/chatd.toml", "/etc/chatd/lab.toml", "/var/lib/chatd/chatd.db"] {
        bed.ok(&["test", "-s", path]);
    }
    assert!(!bed.run(&["pgrep", "chatd"]).status.success(), "nothing runs any more");

    bed.ok(&["dpkg", "--install", &format!("/root/{}", package().file_name().unwrap().display())]);
    assert!(bed.ok(&["chatctl", "history"]).contains("Bob >> before the removal"));
    bed.ok(&["dpkg", "--purge", "chatd"]);
    let left = bed
        .shell("find / -xdev -name '*chatd*' ! -path '/root/*' ! -path '/var/cache/*' ! -path '/var/log/*'");
    assert_eq!(left, "", "a purge leaves nothing");
    assert!(!bed.run(&["pgrep", "chatd"]).status.success());
}

#[test]
fn an_installation_whose_chatd_cannot_start_says_what_to_do() {
    let bed = Bed::up("taken");
    // Somebody else has the port, and stays.
    bed.ok(&["systemd-run", "--unit=other", "nc", "-lk", "127.0.0.1", "9999"]);
    eventually("the other server", || bed.connect(9999).is_ok().then_some(()));
    bed.put(package(), "/root/chatd.deb");
    let installed = bed.run(&["sh", "-c", "dpkg --install /root/chatd.deb 2>&1"]);
    let said = text(&installed.stdout);
    assert!(installed.status.success() && said.contains("journalctl -u chatd.service"), "{said}");
    bed.ok(&["systemctl", "stop", "other"]);
    bed.ok(&["systemctl", "start", "chatd"]);
    bed.ok(&["chatctl", "ping"]);
}

/// `KINDS` names those that are built and tried; `tests/run --long` tries all.
#[test]
fn each_kind_of_package_brings_a_chatd_that_runs() {
    let kinds = std::env::var("KINDS").unwrap_or_else(|_| "deb".to_owned());
    for kind in kinds.split_whitespace() {
        let bed = Bed::up(kind);
        match kind {
            "deb" => drop(bed.install(package())),
            "rpm" => from_rpm(&bed),
            "tarball" => from_tarball(&bed),
            other => panic!("KINDS names {other:?}; there are deb, rpm and tarball"),
        }
        assert_eq!(bed.ok(&["systemctl", "is-enabled", "chatd"]), "enabled\n", "{kind}");
        person(&bed, 9999, "Bob").say("hello").unwrap();
        // By a name, which a static program looks up without the system's own libraries.
        bed.shell("echo 127.0.0.1 chat.example >>/etc/hosts; echo hello | chatc bot@chat.example");
        assert!(bed.ok(&["chatctl", "history"]).contains("bot >> hello"), "{kind}");
    }
}

/// Without rpm's own database, which a Debian does not have: its files, and then its scripts.
fn from_rpm(bed: &Bed) {
    let made = build("rpm");
    let scratch = tempfile::tempdir().unwrap();
    let script = "cd \"$2\"; rpm2archive - <\"$1\" | tar -xz; rpm -qp --qf '%{POSTIN}' \"$1\" >post";
    let mut command = Command::new("sh");
    let output = command.args(["-ec", script, "sh"]).arg(&made).arg(scratch.path()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    for part in ["etc", "usr"] {
        bed.put(&scratch.path().join(part), "/");
    }
    bed.put(&scratch.path().join("post"), "/root/post");
    bed.ok(&["sh", "-e", "/root/post", "1"]);
}

fn from_tarball(bed: &Bed) {
    bed.put(&build("tarball"), "/root/chatd.tar.gz");
    bed.shell("mkdir chatd; tar -C chatd --strip-components=1 -xzf chatd.tar.gz; chatd/install.sh");
    // Installed again it keeps what the admin has changed; taken away and installed once more, what was said.
    bed.shell("echo '# mine' >>/etc/chatd/chatd.toml; chatd/install.sh; tail -n 1 /etc/chatd/chatd.toml | grep mine");
    bed.shell(
        "chatctl say kept; chatd/install.sh --uninstall; test ! -e /usr/local/bin/chatd; chatd/install.sh",
    );
    assert!(bed.ok(&["chatctl", "history"]).contains("admin >> kept"));
}
