//! What chatctl(1) has beside the command line.
//!
//! Knows ids of sentences only. Why the examples stand here and not with them:
//! what is typed is the same in every language.

use crate::locale::manual::Page;

pub const PAGE: Page = Page {
    section: 1,
    description: &["chatctl-manual-who", "chatctl-manual-where", "chatctl-manual-print"],
    environment: &[
        ("CHATD_SOCKET", "chatctl-manual-socket"),
        ("LC_ALL, LC_MESSAGES, LANG", "manual-lang"),
        ("NO_COLOR", "manual-no-color"),
    ],
    files: &[
        ("$XDG_RUNTIME_DIR/chatd/control.sock", "chatctl-manual-file-user"),
        ("/tmp/chatd-UID/control.sock", "chatctl-manual-file-tmp"),
        ("/run/chatd/control.sock", "chatctl-manual-file-system"),
    ],
    examples: &[
        ("chatctl status --watch", "chatctl-manual-status"),
        ("chatctl mute Bob --room quiz --for 10m", "chatctl-manual-mute"),
        ("chatctl room create quiz --capacity 5 --keep", "chatctl-manual-room"),
        ("chatctl --json history --room quiz --since 2h", "chatctl-manual-history"),
        ("chatctl schedule 15:30 \"Meeting\" --every weekdays", "chatctl-manual-schedule"),
        ("chatctl export | ssh other chatctl import -", "chatctl-manual-export"),
        ("source <(chatctl completions bash)", "chatctl-manual-completions"),
    ],
    see_also: &[("chatc", 1), ("chatd.toml", 5), ("chatd", 8)],
};
