//! The configuration file: whether it is there, can be read, and is sound.
//!
//! It must not read a key itself. Why chatd is asked: it alone knows what a key may be, and its
//! sentences name file, line and key.

use super::files::unseen;
use super::finding::{Finding, quoted};
use super::look::{Said, Seen, read, see};
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
    if let Err(error) = read(file) {
        return vec![unseen(CHECK, file, &error)];
    }
    let runs_as = subject.process().and_then(|process| process.uid);
    let mut found = sound(&shown, subject.checked.as_ref());
    found.extend(reachable(&seen, runs_as));
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

/// A file that its editor has closed is missed only at the next start.
fn reachable(file: &Seen, runs_as: Option<u32>) -> Option<Finding> {
    let foreign = runs_as.is_some_and(|uid| uid != 0 && uid != file.uid);
    if !foreign || file.mode & 0o044 != 0 {
        return None;
    }
    let shown = quoted(&file.path);
    Some(
        Finding::fault(CHECK, "chatctl-doctor-config-closed")
            .with("path", &shown)
            .mend(format!("chmod a+r {shown}")),
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::only;
    use super::super::look::Kind;
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
        let file = |mode| Seen { path: "/c".into(), kind: Kind::File, mode, uid: 0, gid: 0, bytes: 1 };
        assert!(
            reachable(&file(0o600), Some(7)).is_some_and(|fault| fault.id == "chatctl-doctor-config-closed")
        );
        for (mode, runs_as) in [(0o644, Some(7)), (0o640, Some(7)), (0o600, Some(0)), (0o600, None)] {
            assert_eq!(reachable(&file(mode), runs_as), None, "{mode:o} {runs_as:?}");
        }
    }
}
