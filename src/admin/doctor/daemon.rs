//! Is the daemon there, and is it the one that was installed?
//!
//! It must not start or stop anything. Why the unit's last log lines are shown: why a daemon did not
//! start, it has said itself.

use super::finding::Finding;
use super::look;
use super::subject::{Answer, Subject, Unit};

const CHECK: &str = "daemon";

pub fn examine(subject: &Subject) -> Vec<Finding> {
    let last = match &subject.answer {
        Answer::Down | Answer::Silent => {
            subject.unit.as_ref().filter(|unit| unit.load == "loaded").and_then(last_line)
        }
        Answer::Up(_) | Answer::Forbidden { .. } => None,
    };
    let mut found = judge(subject, last.as_deref());
    found.extend(several(subject));
    found.extend(subject.unit.as_ref().map(units).unwrap_or_default());
    found.extend(replaced(subject));
    found
}

/// What the service last said of itself, or else what systemd said first of its failure, since it was last started.
fn last_line(unit: &Unit) -> Option<String> {
    if unit.invocation.is_empty() {
        return None;
    }
    let said = |field: &str| {
        let chosen = format!("{field}={}", unit.invocation);
        look::run("journalctl", &[&chosen, "--lines=50", "--output=cat", "--no-pager", "--quiet"])
    };
    let own = said("_SYSTEMD_INVOCATION_ID")?.out;
    if let Some(last) = own.lines().last() {
        return Some(last.to_owned());
    }
    let systemd = said("INVOCATION_ID")?.out;
    systemd.lines().find(|line| line.contains("Failed")).map(str::to_owned)
}

/// `last` is the last line of the unit's log, where there is one.
fn judge(subject: &Subject, last: Option<&str>) -> Vec<Finding> {
    let socket = subject.socket.display();
    let loaded = subject.unit.as_ref().filter(|unit| unit.load == "loaded");
    let masked = subject.unit.as_ref().is_some_and(|unit| unit.load == "masked");
    let start = if masked { "systemctl start chatd" } else { "chatd" };
    match (&subject.answer, loaded) {
        (Answer::Up(status), _) => {
            let people = status["people"].as_u64().unwrap_or(0);
            let up = Finding::ok(CHECK, "chatctl-doctor-up")
                .with("server", status["server"].as_str().unwrap_or("chatd"))
                .with("pid", status["pid"].as_u64().unwrap_or(0))
                .with("people", people);
            let mut found = vec![up];
            found.extend(version(status["server"].as_str().unwrap_or_default()));
            found
        }
        (Answer::Forbidden { path, group }, _) => vec![
            Finding::note(CHECK, "chatctl-doctor-forbidden")
                .with("path", path.display())
                .with("group", group)
                .mend("sudo chatctl doctor"),
        ],
        // systemd has its control socket meanwhile, and takes connections for the next one.
        (Answer::Silent, Some(unit)) if unit.active != "active" => {
            vec![down(unit, last, &subject.socket.display().to_string())]
        }
        (Answer::Silent, Some(_)) => {
            vec![
                Finding::fault(CHECK, "chatctl-doctor-silent")
                    .with("path", socket)
                    .mend("systemctl restart chatd"),
            ]
        }
        (Answer::Silent, None) => vec![Finding::fault(CHECK, "chatctl-doctor-silent").with("path", socket)],
        (Answer::Down, Some(unit)) if unit.active == "inactive" && !subject.waits_at.is_empty() => {
            let addresses: Vec<String> = subject.waits_at.iter().map(ToString::to_string).collect();
            vec![Finding::ok(CHECK, "chatctl-doctor-waiting").with("addresses", addresses.join(", "))]
        }
        (Answer::Down, Some(unit)) if subject.holder.is_none() => {
            vec![down(unit, last, &subject.socket.display().to_string())]
        }
        (Answer::Down, _) => vec![match subject.holder {
            Some(pid) => Finding::fault(CHECK, "chatctl-doctor-elsewhere")
                .with("path", socket)
                .with("pid", pid)
                .mend(format!("ps -o pid,user,lstart,args -p {pid}")),
            None => Finding::fault(CHECK, "chatctl-doctor-down").with("path", socket).mend(start),
        }],
    }
}

fn down(unit: &Unit, last: Option<&str>, socket: &str) -> Finding {
    let last = last.unwrap_or("-");
    match unit.active.as_str() {
        "failed" => Finding::fault(CHECK, "chatctl-doctor-failed")
            .with("result", &unit.result)
            .with("last", last)
            .mend("journalctl -xe -u chatd"),
        state if unit.restarts > 0 || matches!(state, "activating" | "deactivating" | "reloading") => {
            Finding::fault(CHECK, "chatctl-doctor-restarting")
                .with("sub", &unit.sub)
                .with("last", last)
                .mend("journalctl -xe -u chatd")
        }
        "active" => {
            Finding::fault(CHECK, "chatctl-doctor-deaf").with("path", socket).mend("systemctl restart chatd")
        }
        _stopped => Finding::fault(CHECK, "chatctl-doctor-stopped").mend("systemctl start chatd"),
    }
}

/// chatd and chatctl of one version belong together.
fn version(server: &str) -> Option<Finding> {
    let own = env!("CARGO_PKG_VERSION");
    let theirs = server.rsplit(' ').next().filter(|version| !version.is_empty() && *version != own)?;
    let note = Finding::note(CHECK, "chatctl-doctor-version").with("server", theirs).with("own", own);
    Some(note.mend("systemctl restart chatd"))
}

/// Two may serve two databases; one of them may also be forgotten.
fn several(subject: &Subject) -> Option<Finding> {
    if subject.daemons.len() < 2 {
        return None;
    }
    let pids: Vec<String> = subject.daemons.iter().map(|process| process.pid.to_string()).collect();
    let note = Finding::note(CHECK, "chatctl-doctor-several").with("pids", pids.join(", "));
    Some(note.mend("ps -C chatd -o pid,user,lstart,args"))
}

/// How the unit differs from the one that was installed.
fn units(unit: &Unit) -> Vec<Finding> {
    const CHECK: &str = "unit";
    match unit.load.as_str() {
        "loaded" => {}
        "masked" => {
            return vec![Finding::fault(CHECK, "chatctl-doctor-masked").mend("systemctl unmask chatd")];
        }
        "not-found" => return vec![Finding::note(CHECK, "chatctl-doctor-no-unit")],
        load => {
            return vec![
                Finding::fault(CHECK, "chatctl-doctor-bad-unit")
                    .with("load", load)
                    .mend("systemd-analyze verify chatd.service"),
            ];
        }
    }
    let mut found = Vec::new();
    if unit.needs_reload {
        found.push(Finding::fault(CHECK, "chatctl-doctor-unit-changed").mend("systemctl daemon-reload"));
    }
    let packaged = ["/usr/lib/systemd/system/chatd.service", "/lib/systemd/system/chatd.service"];
    if unit.file.starts_with("/etc/") && packaged.iter().any(|path| std::path::Path::new(path).exists()) {
        let file = Finding::note(CHECK, "chatctl-doctor-unit-overridden").with("path", &unit.file);
        found.push(file.mend("systemctl revert chatd"));
    }
    if !unit.drop_ins.is_empty() {
        let files = unit.drop_ins.join(", ");
        found.push(
            Finding::note(CHECK, "chatctl-doctor-drop-ins").with("files", files).mend("systemctl cat chatd"),
        );
    }
    if let Some(program) = unit.command.first().filter(|path| !std::path::Path::new(path.as_str()).exists()) {
        let gone = Finding::fault(CHECK, "chatctl-doctor-no-program").with("path", program);
        found.push(gone.mend("systemctl edit --full chatd"));
    }
    if found.is_empty() {
        found.push(Finding::ok(CHECK, "chatctl-doctor-unit").with("path", &unit.file));
    }
    found
}

/// An upgrade takes effect with a restart.
fn replaced(subject: &Subject) -> Option<Finding> {
    let process = subject.process()?;
    let mend = if subject.is_of_systemd() { "systemctl restart chatd" } else { "chatctl shutdown" };
    match process.replaced {
        Some(true) => {
            Some(Finding::fault(CHECK, "chatctl-doctor-replaced").with("pid", process.pid).mend(mend))
        }
        Some(false) => None,
        None if subject.uid == 0 => None,
        None => Some(
            Finding::note(CHECK, "chatctl-doctor-unseen-program")
                .with("pid", process.pid)
                .mend("sudo chatctl doctor"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::{State, only};
    use super::super::look::Process;
    use super::super::subject::Settings;
    use super::*;
    use serde_json::json;

    fn subject(answer: Answer, unit: Option<Unit>) -> Subject {
        Subject {
            uid: 0,
            unit,
            waits_at: Vec::new(),
            daemons: Vec::new(),
            answer,
            socket: "/s".into(),
            file: None,
            settings: Settings::default(),
            checked: None,
            database: None,
            holder: None,
        }
    }

    fn unit(active: &str) -> Unit {
        Unit { load: "loaded".to_owned(), active: active.to_owned(), ..Unit::default() }
    }

    #[test]
    fn why_nobody_answers_is_told_apart() {
        for (active, id) in [
            ("failed", "chatctl-doctor-failed"),
            ("activating", "chatctl-doctor-restarting"),
            ("active", "chatctl-doctor-deaf"),
            ("inactive", "chatctl-doctor-stopped"),
        ] {
            let found = judge(&subject(Answer::Down, Some(unit(active))), Some("no disk"));
            assert_eq!(only(&found, id).state, State::Fault);
        }
        let again = Unit { restarts: 3, ..unit("active") };
        let found = judge(&subject(Answer::Down, Some(again)), Some("no disk"));
        assert!(only(&found, "chatctl-doctor-restarting").args.contains(&("last", "no disk".to_owned())));
        only(&judge(&subject(Answer::Down, None), None), "chatctl-doctor-down");
        only(&judge(&subject(Answer::Silent, None), None), "chatctl-doctor-silent");
        let kept = judge(&subject(Answer::Silent, Some(unit("activating"))), Some("no disk"));
        assert!(only(&kept, "chatctl-doctor-restarting").args.contains(&("last", "no disk".to_owned())));
        only(&judge(&subject(Answer::Silent, Some(unit("active"))), None), "chatctl-doctor-silent");
        let waits_at = vec!["127.0.0.1:9999".parse().unwrap()];
        let waiting = Subject { waits_at, ..subject(Answer::Down, Some(unit("inactive"))) };
        assert_eq!(only(&judge(&waiting, None), "chatctl-doctor-waiting").state, State::Ok);
        let elsewhere = Subject { holder: Some(7), ..subject(Answer::Down, Some(unit("active"))) };
        assert_eq!(
            only(&judge(&elsewhere, None), "chatctl-doctor-elsewhere").args[1],
            ("pid", "7".to_owned())
        );
        let path = "/s".into();
        let forbidden = subject(Answer::Forbidden { path, group: "chatd".to_owned() }, None);
        assert_eq!(only(&judge(&forbidden, None), "chatctl-doctor-forbidden").state, State::Note);
    }

    #[test]
    fn versions_that_differ_are_noted() {
        let up = |server: &str| judge(&subject(Answer::Up(json!({"server": server, "pid": 1})), None), None);
        only(&up("chatd 0.0.1"), "chatctl-doctor-version");
        assert_eq!(up(concat!("chatd ", env!("CARGO_PKG_VERSION"))).len(), 1);
    }

    #[test]
    fn units_that_drift_are_found() {
        let plain = Unit { file: "/lib/systemd/system/chatd.service".to_owned(), ..unit("active") };
        only(&units(&plain), "chatctl-doctor-unit");
        let changed = Unit { needs_reload: true, drop_ins: vec!["/a.conf".to_owned()], ..plain };
        assert_eq!(
            only(&units(&changed), "chatctl-doctor-unit-changed").mend.as_deref(),
            Some("systemctl daemon-reload")
        );
        only(&units(&changed), "chatctl-doctor-drop-ins");
        let gone = Unit { command: vec!["/nowhere/chatd".to_owned()], ..unit("failed") };
        only(&units(&gone), "chatctl-doctor-no-program");
        for (load, id) in [
            ("masked", "chatctl-doctor-masked"),
            ("not-found", "chatctl-doctor-no-unit"),
            ("bad-setting", "chatctl-doctor-bad-unit"),
        ] {
            only(&units(&Unit { load: load.to_owned(), ..Unit::default() }), id);
            let found =
                judge(&subject(Answer::Down, Some(Unit { load: load.to_owned(), ..Unit::default() })), None);
            let start = if load == "masked" { "systemctl start chatd" } else { "chatd" };
            assert_eq!(only(&found, "chatctl-doctor-down").mend.as_deref(), Some(start));
        }
    }

    #[test]
    fn a_program_that_was_replaced_and_several_daemons() {
        let process = |pid, replaced| Process { pid, replaced, ..Process::default() };
        let up = |daemons| Subject { daemons, ..subject(Answer::Up(json!({"pid": 7})), None) };
        let two = up(vec![process(7, Some(true)), process(8, Some(false))]);
        assert_eq!(replaced(&two).unwrap().mend.as_deref(), Some("chatctl shutdown"));
        assert_eq!(several(&two).unwrap().args, [("pids", "7, 8".to_owned())]);
        let one = up(vec![process(7, Some(false))]);
        assert_eq!((replaced(&one), several(&one)), (None, None));
        // Who may not see it gets a note, and root knows that it is just beginning.
        let unseen = up(vec![process(7, None)]);
        assert_eq!(replaced(&unseen), None);
        let unseen = Subject { uid: 1000, ..unseen };
        assert_eq!(replaced(&unseen).unwrap().state, State::Note);
    }
}
