//! A command line that is still being typed: read and written as a shell does it.
//!
//! Knows no command. Why the whole line comes from bash, and not its words: it
//! cuts words at `=` and `:` and leaves the quotation marks in, so what was
//! meant can only be seen in the line.

/// A line up to the cursor.
#[derive(PartialEq, Eq, Debug)]
pub struct Typed {
    /// As the program would get them, the one under the cursor last.
    pub words: Vec<String>,
    /// The part of the last word that the shell leaves as it stands: it completes what comes after.
    pub stands: String,
    /// The quotation mark that is still open.
    pub quote: Option<char>,
}

/// Reads a line as bash does, which cuts the last word at its `breaks`. Variables and the like are not looked into.
pub fn read(line: &str, breaks: &str) -> Typed {
    let mut words = Vec::new();
    let (mut word, mut begun, mut stands, mut quote) = (String::new(), false, 0, None);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, ' ' | '\t' | '\n') => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                (begun, stands) = (false, 0);
                continue;
            }
            (None, '"' | '\'') => {
                quote = Some(c);
                stands = word.len();
            }
            (Some(open), _) if c == open => {
                quote = None;
                stands = word.len();
            }
            (None | Some('"'), '\\') => match chars.next() {
                // Within quotation marks it stands for itself before most.
                Some(next) if quote.is_some() && !IN_DOUBLE.contains(next) => word.extend([c, next]),
                Some(next) => word.push(next),
                None => {}
            },
            (None, _) => {
                word.push(c);
                if breaks.contains(c) {
                    stands = word.len();
                }
            }
            (Some(_), _) => word.push(c),
        }
        begun = true;
    }
    let stands = word[..stands].to_owned();
    words.push(word);
    Typed { words, stands, quote }
}

/// What a backslash takes the meaning from within double quotation marks.
const IN_DOUBLE: &str = "\"$`\\";
/// What has no meaning to a shell within a word.
const PLAIN: &str = "_-./+%,:=@";

impl Typed {
    /// What bash puts in place of the part under the cursor, that the word be `value`; none if it cannot be.
    pub fn put(&self, value: &str) -> Option<String> {
        let rest = value.strip_prefix(&self.stands)?;
        let mut put = String::with_capacity(rest.len());
        for c in rest.chars() {
            match self.quote {
                Some('\'') if c == '\'' => put.push_str("'\\''"),
                Some('"') if IN_DOUBLE.contains(c) => put.extend(['\\', c]),
                None if c.is_ascii() && !c.is_ascii_alphanumeric() && !PLAIN.contains(c) => {
                    put.extend(['\\', c]);
                }
                Some(_) | None => put.push(c),
            }
        }
        Some(put)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'><=;|&(:";

    #[test]
    fn a_line_is_read_as_bash_reads_it() {
        for (line, words, stands, quote) in [
            ("", &[""][..], "", None),
            ("chatctl", &["chatctl"], "", None),
            ("chatctl ", &["chatctl", ""], "", None),
            ("chatctl  kick\tBo", &["chatctl", "kick", "Bo"], "", None),
            ("x --room=des", &["x", "--room=des"], "--room=", None),
            ("x --room=\"des", &["x", "--room=des"], "--room=", Some('"')),
            ("x 2001:db8:", &["x", "2001:db8:"], "2001:db8:", None),
            ("x a\\ b", &["x", "a b"], "", None),
            ("x 'a b' \"c d", &["x", "a b", "c d"], "", Some('"')),
            ("x 'a=b", &["x", "a=b"], "", Some('\'')),
            ("x \"a\"b", &["x", "ab"], "a", None),
            ("x '' ", &["x", "", ""], "", None),
            ("x \"\\$\\a\\\"", &["x", "$\\a\""], "", Some('"')),
            ("x 민\\", &["x", "민"], "", None),
        ] {
            let read = read(line, BREAKS);
            assert_eq!(
                (&read.words.iter().map(String::as_str).collect::<Vec<_>>()[..], &*read.stands, read.quote),
                (words, stands, quote)
            );
        }
    }

    #[test]
    fn a_name_cannot_become_a_command() {
        let put = |line, value| read(line, BREAKS).put(value);
        for (line, value, expected) in [
            ("x ", "$(reboot)", r"\$\(reboot\)"),
            ("x \"", "$(reboot)\"`", "\\$(reboot)\\\"\\`"),
            ("x '", "a'b$", r"a'\''b$"),
            ("x ", "~root;a&b|c<d>e'f\"g\\h", "\\~root\\;a\\&b\\|c\\<d\\>e\\'f\\\"g\\\\h"),
            ("x ", "design/ui", "design/ui"),
            ("x ", "민수", "민수"),
            ("x --room=d", "--room=design/ui", "design/ui"),
            ("x 2001:d", "2001:db8::/32", "db8::/32"),
        ] {
            assert_eq!(put(line, value).as_deref(), Some(expected), "{line}");
        }
        assert_eq!(put("x --room=d", "other"), None);
    }

    proptest::proptest! {
        /// Whatever stands before it: what is put in is read back as the name that was meant.
        #[test]
        fn what_is_put_in_is_what_was_meant(name in "[!-~가-힣]{1,12}", before in proptest::sample::select(&["", "\"", "'"][..])) {
            let typed = read(&format!("x {before}"), BREAKS);
            let line = format!("x {before}{}", typed.put(&name).unwrap());
            proptest::prop_assert_eq!(&read(&line, "").words[1], &name);
        }
    }
}
