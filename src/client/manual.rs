//! What chatc(1) has beside the command line.
//!
//! Knows ids of sentences only. Why the examples stand here and not with them:
//! what is typed is the same in every language.

use crate::locale::manual::Page;

pub const PAGE: Page = Page {
    section: 1,
    description: &["chatc-manual-lines", "chatc-manual-target", "chatc-manual-lost", "chatc-manual-files"],
    environment: &[("LC_ALL, LC_MESSAGES, LANG", "manual-lang"), ("NO_COLOR", "manual-no-color")],
    files: &[
        ("$XDG_CONFIG_HOME/chatc/config.toml", "chatc-manual-config"),
        ("NICK_chat_log.txt", "chatc-manual-log"),
    ],
    examples: &[
        ("chatc Alice@chat.example.org", "chatc-manual-person"),
        ("echo \"build done\" | chatc bot@127.0.0.1/ci", "chatc-manual-script"),
        ("chatc send -r ci \"build done\"", "chatc-manual-send"),
        ("chatc tail -r ops --exec logger -- \"New in ops\"", "chatc-manual-tail"),
    ],
    see_also: &[("chatctl", 1), ("chatd", 8)],
};

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::client::command::Arguments;
    use crate::locale::manual::page;
    use crate::locale::{Lang, Words, shell};

    #[test]
    fn the_page_says_what_the_help_says() {
        for lang in Lang::ALL {
            let words = Words::new(lang);
            let command = shell::translated(Arguments::command(), &words);
            let page = page(&command, &words, &PAGE);
            let plain = page.replace('\n', " ").replace("\\*(Aq", "'").replace("\\-", "-");
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                let there = arg.get_long().is_none_or(|long| plain.contains(&format!("\\fB--{long}\\fR")));
                assert!(there && plain.contains(&help), "{lang:?}: {arg}");
            }
            assert_eq!(plain.contains(".SH \"EXIT STATUS\""), lang == Lang::En);
            assert!(!plain.contains("--man") && !plain.contains("manual-"), "{plain}");
        }
    }
}
