//! What chatc(1) has beside the command line.
//!
//! Knows ids of sentences only. Why the examples stand here and not with them:
//! what is typed is the same in every language.

use crate::locale::manual::Page;

pub const PAGE: Page = Page {
    section: 1,
    description: &["chatc-manual-lines", "chatc-manual-target", "chatc-manual-lost"],
    environment: &[("LC_ALL, LC_MESSAGES, LANG", "manual-lang"), ("NO_COLOR", "manual-no-color")],
    files: &[("NICK_chat_log.txt", "chatc-manual-log")],
    examples: &[
        ("chatc Alice@chat.example.org", "chatc-manual-person"),
        ("echo \"build done\" | chatc bot@127.0.0.1/ci", "chatc-manual-script"),
    ],
    see_also: &[("chatctl", 1), ("chatd", 8)],
};
