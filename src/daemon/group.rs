//! The number of a group by its name.
//!
//! Reads the local list of groups only. Why not the system's own look-up: it
//! may ask a directory on the network, and the start must not wait for one.

/// None: there is no such group here, no name was given, or this process may not give it a file: on a machine that
/// has a group of admins, anybody may still run a daemon of their own.
pub fn id(name: &str) -> Option<u32> {
    let list = std::fs::read_to_string("/etc/group").ok()?;
    find(&list, name).filter(|group| may_be_given(*group))
}

/// Only root may give a file to a group that it is not in (chown(2)).
fn may_be_given(group: u32) -> bool {
    use rustix::process::{getegid, geteuid, getgroups};
    let is = |gid: rustix::process::Gid| gid.as_raw() == group;
    geteuid().is_root() || is(getegid()) || getgroups().is_ok_and(|all| all.into_iter().any(is))
}

/// One group a line, `name:password:id:members` (group(5)).
fn find(list: &str, name: &str) -> Option<u32> {
    let mut groups = list.lines().map(|line| line.split(':'));
    let mut fields = groups.find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
    fields.nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_group_is_found_by_its_whole_name() {
        let list = "root:x:0:\nchat:x:7:\nchatd:x:998:alice,bob\n";
        assert_eq!(super::find(list, "chatd"), Some(998));
        assert_eq!(super::find(list, "chatdx"), None);
        assert_eq!(super::find(list, ""), None);
    }
}
