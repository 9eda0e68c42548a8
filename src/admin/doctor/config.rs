//! The configuration file: whether it is there, can be read, and is sound.
//!
//! It must not read a key itself. Why chatd is asked: it alone knows what a key may be, and its
//! sentences name file, line and key.

use super::files::{directory_of, unseen};
use super::finding::{Finding, quoted};
use super::look::{Kind, Process, Said, Seen, has_list, read, see};
use super::subject::Subject;

const CHECK: &str = "config";

pub fn examine(subject: &Subject) -> Vec<Finding> {
    let Some(file) = &subject.file else { return vec![Finding::ok(CHECK, "chatctl-doctor-no-config")] };
    let shown = quoted(file);
    let seen = match see(file) {
        Ok(Some(seen)) => seen,
        Ok(None) => {
            return vec![Finding::fault(CHECK, "chatctl-doctor-config-gone").with("path", &shown)];
        }
        Err(error) => return vec![unseen(CHECK, file, &error)],
    };
    // What else it may be chatd says itself; a pipe would have to be waited for.
    if seen.kind == Kind::File
        && let Err(error) = read(file)
    {
        return vec![unseen(CHECK, file, &error)];
    }
    let mut found = sound(&shown, subject.checked.as_ref());
    let directory = see(&directory_of(file)).ok().flatten();
    let way = [(directory, 0o1), (Some(seen), 0o4)];
    let plain = way.into_iter().filter_map(|(seen, needed)| Some((seen?, needed)));
    let plain = plain.filter(|(seen, _)| !has_list(&seen.path));
    found.extend(subject.process().and_then(|process| reachable(plain, process)));
    found
}

/// What `chatd --check-config` said of it.
fn sound(file: &str, checked: Option<&Said>) -> Vec<Finding> {
    let Some(said) = checked else {
        return vec![Finding::note(CHECK, "chatctl-doctor-no-chatd").with("path", file)];
    };
    if said.code == Some(0) {
        return vec![Finding::ok(CHECK, "chatctl-doctor-config").with("path", file)];
    }
    let problem = |line: &str| {
        let problem = line.strip_prefix("chatd: ").unwrap_or(line);
        Finding::fault(CHECK, "chatctl-doctor-problem").with("problem", problem)
    };
    let mut found: Vec<Finding> = said.err.lines().filter(|line| !line.is_empty()).map(problem).collect();
    if let Some(last) = found.pop() {
        found.push(last.mend(format!("chatd --check-config {file}")));
    }
    found
}

/// A file that its editor has closed is missed only at the next start. `way` is what leads to it, each with the
/// permission bit that is needed there.
fn reachable(mut way: impl Iterator<Item = (Seen, u32)>, process: &Process) -> Option<Finding> {
    let uid = process.uid.filter(|uid| *uid != 0)?;
    let lets = |seen: &Seen, needed: u32| {
        let shift = if uid == seen.uid {
            6
        } else if process.groups.contains(&seen.gid) {
            3
        } else {
            0
        };
        seen.mode >> shift & needed != 0
    };
    let (closed, needed) = way.find(|(seen, needed)| !lets(seen, *needed))?;
    let shown = quoted(&closed.path);
    let right = if needed == 0o1 { "x" } else { "r" };
    let fault = Finding::fault(CHECK, "chatctl-doctor-config-closed").with("path", &shown);
    Some(fault.mend(format!("chmod a+{right} {shown}")))
}

#[cfg(test)]
mod tests {
    use super::super::finding::only;
    use super::*;

    #[test]
    fn each_problem_is_a_fault() {
        let err =
            "chatd: c.toml:1: limits.rate: expected a number\nchatd: c.toml:2: x: no such key\n".to_owned();
        let found = sound("c.toml", Some(&Said { code: Some(2), out: String::new(), err }));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].args, [("problem", "c.toml:1: limits.rate: expected a number".to_owned())]);
        assert_eq!(found[1].mend.as_deref(), Some("chatd --check-config c.toml"));
        let well = Said { code: Some(0), out: String::new(), err: String::new() };
        only(&sound("c.toml", Some(&well)), "chatctl-doctor-config");
        only(&sound("c.toml", None), "chatctl-doctor-no-chatd");
    }

    #[test]
    fn a_file_that_the_daemon_cannot_read_is_a_fault() {
        let seen = |mode, uid| Seen { path: "/c".into(), kind: Kind::File, mode, uid, gid: 5, bytes: 1 };
        let mend = |directory, file, process: &Process| {
            let way = [(seen(directory, 0), 0o1), (seen(file, 0), 0o4)];
            reachable(way.into_iter(), process).and_then(|fault| fault.mend)
        };
        let chatd = Process { uid: Some(7), groups: vec![7], ..Process::default() };
        assert_eq!(mend(0o755, 0o600, &chatd).as_deref(), Some("chmod a+r /c"));
        assert_eq!(
            mend(0o755, 0o640, &chatd).as_deref(),
            Some("chmod a+r /c"),
            "it is not in the file's group"
        );
        assert_eq!(mend(0o700, 0o644, &chatd).as_deref(), Some("chmod a+x /c"));
        assert_eq!(mend(0o755, 0o644, &chatd), None);
        let member = Process { groups: vec![7, 5], ..chatd };
        assert_eq!(mend(0o750, 0o640, &member), None);
        for uid in [Some(0), None] {
            assert_eq!(mend(0o700, 0o600, &Process { uid, ..Process::default() }), None);
        }
    }
}
