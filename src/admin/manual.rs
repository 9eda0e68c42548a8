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

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::*;
    use crate::admin::arguments::Arguments;
    use crate::locale::manual::page;
    use crate::locale::{Lang, Words, shell};

    /// What stands in a page for each command that does something, and each of its options.
    fn expected(command: &Command, before: &str, all: &mut Vec<String>) {
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            let name = format!("{before} {}", inner.get_name());
            expected(inner, &name, all);
            if !inner.has_subcommands() {
                all.extend(inner.get_about().map(ToString::to_string));
                all.push(format!("\\fB{name}\\fR"));
            }
            let longs = inner.get_arguments().filter_map(|arg| arg.get_long());
            all.extend(longs.map(|long| format!("\\fB\\-\\-{}\\fR", long.replace('-', "\\-"))));
        }
    }

    #[test]
    fn the_page_names_everything_in_every_language() {
        for lang in Lang::ALL {
            let words = Words::new(lang);
            let command = shell::translated(Arguments::command(), &words);
            let page = page(&command, &words, &PAGE);
            let mut all = vec![];
            expected(&command, "chatctl", &mut all);
            assert!(all.len() > 100, "{}", all.len());
            let plain = page.replace('\n', " ").replace("\\*(Aq", "'");
            let missing: Vec<&String> = all
                .iter()
                .filter(|one| !plain.contains(&one.replace("-", "\\-").replace("\\\\-", "\\-")))
                .collect();
            assert!(missing.is_empty(), "{lang:?}: {missing:?}");
            assert!(!page.contains("-help-") && !page.contains("manual-"), "{page}");
            let english = page.contains(".SH OPTIONS") && page.contains(".SH \"EXIT STATUS\"");
            assert_eq!(english, lang == Lang::En);
        }
    }

    /// A line that began with a point would be taken for a request of roff's.
    #[test]
    fn nothing_said_steers_roff() {
        for lang in Lang::ALL {
            let words = Words::new(lang);
            let page = page(&shell::translated(Arguments::command(), &words), &words, &PAGE);
            let known = ["TH", "SH", "TP", "PP", "RS", "RE", "BR", "nh", "ad", "ss", "ie", "el"];
            for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
                let request = line[1..].split(' ').next().unwrap();
                assert!(known.contains(&request), "{line}");
            }
        }
    }
}
