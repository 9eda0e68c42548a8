//! The group whose members are admins: whether it is there, and who is in it.
//!
//! It must not add anybody. Why the process's own groups are looked at too: a login keeps the groups
//! that it began with, so who was just added is still turned away.

use super::finding::Finding;
use super::look;
use super::subject::{Answer, Subject};

const CHECK: &str = "group";

/// One line of group(5).
#[derive(Debug, PartialEq, Eq)]
struct Group {
    gid: u32,
    members: Vec<String>,
}

/// Who asks.
#[derive(Debug)]
struct Asker {
    uid: u32,
    name: String,
    /// The groups of this process.
    groups: Vec<u32>,
    /// Its own group, by passwd(5).
    primary: Option<u32>,
}

pub fn examine(subject: &Subject) -> Vec<Finding> {
    // Who runs chatd as a user of their own needs no group.
    let shared = subject.is_of_systemd() || subject.uid == 0 && subject.unit.is_some();
    let name = &subject.settings.group;
    if !shared || name.is_empty() {
        return Vec::new();
    }
    let Some(groups) = look::text("/etc/group") else { return Vec::new() };
    let people = look::text("/etc/passwd").unwrap_or_default();
    let users = asker(subject.uid, &people);
    let shut_out = matches!(subject.answer, Answer::Forbidden { .. });
    judge(name, find(&groups, name).as_ref(), &users, &people, shut_out)
}

fn asker(uid: u32, people: &str) -> Asker {
    let found = people.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let primary = fields.get(3).and_then(|gid| gid.parse().ok());
        (fields.get(2)?.parse() == Ok(uid)).then(|| (fields[0].to_owned(), primary))
    });
    let (name, primary) = found.unwrap_or_else(|| (uid.to_string(), None));
    let mut groups: Vec<u32> =
        rustix::process::getgroups().unwrap_or_default().into_iter().map(|gid| gid.as_raw()).collect();
    groups.push(rustix::process::getegid().as_raw());
    Asker { uid, name, groups, primary }
}

/// `name` is the group's; `shut_out`: the control socket could not be opened.
fn judge(name: &str, group: Option<&Group>, asker: &Asker, people: &str, shut_out: bool) -> Vec<Finding> {
    let Some(group) = group else {
        let missing = match shut_out {
            true => Finding::fault(CHECK, "chatctl-doctor-no-group"),
            // Root alone may be what is wanted.
            false => Finding::note(CHECK, "chatctl-doctor-no-group"),
        };
        // A dynamic user needs both of its name or neither (systemd.exec(5)); while it runs both seem to be there.
        let has_user = people.lines().any(|line| line.split(':').next() == Some(name));
        let make = match has_user {
            true => "groupadd --system",
            false => "useradd --system --user-group --no-create-home --shell /usr/sbin/nologin",
        };
        let mend = format!("systemctl stop chatd && {make} {name} && systemctl start chatd");
        return vec![missing.with("group", name).mend(mend)];
    };
    let listed = group.members.contains(&asker.name) || asker.primary == Some(group.gid);
    if asker.uid != 0 {
        return match (listed, asker.groups.contains(&group.gid)) {
            (true, true) => vec![
                Finding::ok(CHECK, "chatctl-doctor-in-group").with("user", &asker.name).with("group", name),
            ],
            (true, false) => {
                let late = Finding::fault(CHECK, "chatctl-doctor-log-in-again");
                vec![late.with("user", &asker.name).with("group", name).mend(format!("newgrp {name}"))]
            }
            (false, true) => Vec::new(),
            (false, false) if shut_out => {
                let out = Finding::fault(CHECK, "chatctl-doctor-not-in-group");
                let out = out.with("user", &asker.name).with("group", name);
                vec![out.mend(format!("sudo usermod -aG {name} {}", asker.name))]
            }
            (false, false) => Vec::new(),
        };
    }
    let primary = people.lines().filter(|line| line.split(':').nth(3) == Some(&group.gid.to_string()));
    // The service's own user is nobody who could log in.
    let primary = primary.filter_map(|line| line.split(':').next()).filter(|user| *user != name);
    let members: Vec<&str> = group.members.iter().map(String::as_str).chain(primary).collect();
    if members.is_empty() {
        let empty = Finding::note(CHECK, "chatctl-doctor-empty-group").with("group", name);
        return vec![empty.mend(format!("usermod -aG {name} NAME"))];
    }
    vec![Finding::ok(CHECK, "chatctl-doctor-group").with("group", name).with("members", members.join(", "))]
}

fn find(groups: &str, name: &str) -> Option<Group> {
    groups.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        if fields.first() != Some(&name) {
            return None;
        }
        let members = fields.get(3).map(|list| list.split(',').filter(|one| !one.is_empty()));
        let members = members.into_iter().flatten().map(str::to_owned).collect();
        Some(Group { gid: fields.get(2)?.parse().ok()?, members })
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::{State, only};
    use super::*;

    const PEOPLE: &str =
        "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\nchatd:x:998:998::/:/bin/false\n";

    fn user(uid: u32, groups: &[u32]) -> Asker {
        let name = if uid == 0 { "root" } else { "alice" }.to_owned();
        Asker { uid, name, groups: groups.to_vec(), primary: Some(uid) }
    }

    #[test]
    fn a_group_is_read() {
        let groups = "root:x:0:\nchatd:x:998:alice,bob\n";
        let members = vec!["alice".to_owned(), "bob".to_owned()];
        assert_eq!(find(groups, "chatd"), Some(Group { gid: 998, members }));
        assert_eq!(find(groups, "chat"), None);
    }

    #[test]
    fn who_is_not_in_it_learns_how_to_come_in() {
        let group =
            |members: &[&str]| Group { gid: 998, members: members.iter().map(|one| (*one).into()).collect() };
        let judged = |group: Option<&Group>, asker: Asker| judge("chatd", group, &asker, PEOPLE, true);
        let missing = judged(None, user(1000, &[]));
        let missing = only(&missing, "chatctl-doctor-no-group");
        assert!(
            missing.state == State::Fault
                && missing.mend.as_deref().unwrap().contains("groupadd --system chatd")
        );
        let root_alone = judge("chatd", None, &user(0, &[]), PEOPLE, false);
        assert_eq!(only(&root_alone, "chatctl-doctor-no-group").state, State::Note);
        only(&judged(Some(&group(&[])), user(0, &[])), "chatctl-doctor-empty-group");
        only(&judged(Some(&group(&["bob"])), user(0, &[])), "chatctl-doctor-group");
        let out = judged(Some(&group(&["bob"])), user(1000, &[1000]));
        assert_eq!(
            only(&out, "chatctl-doctor-not-in-group").mend.as_deref(),
            Some("sudo usermod -aG chatd alice")
        );
        only(&judged(Some(&group(&["alice"])), user(1000, &[1000])), "chatctl-doctor-log-in-again");
        only(&judged(Some(&group(&["alice"])), user(1000, &[1000, 998])), "chatctl-doctor-in-group");
        // Who is answered needs no group.
        assert_eq!(judge("chatd", Some(&group(&[])), &user(1000, &[1000]), PEOPLE, false), []);
    }
}
