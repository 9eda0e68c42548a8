//! The ways in which a person, or a terminal that a file is dropped on, writes a path.
//!
//! Knows no file system. Why more than one reading: what looks quoted may be what a file is called.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

/// What may be meant, the likeliest first.
pub fn readings(typed: &str, home: Option<&Path>) -> Vec<PathBuf> {
    let typed = typed.trim();
    let literal = at_home(typed, home);
    let mut readings = vec![literal];
    let url = typed.strip_prefix("file://").and_then(|rest| rest.find('/').map(|slash| &rest[slash..]));
    if let Some(path) = url {
        readings.push(percent_decode_str(path).decode_utf8_lossy().into_owned().into());
    } else if let Some(bare) = unquoted(typed).filter(|bare| bare != typed) {
        readings.push(at_home(&bare, home));
    }
    readings
}

fn at_home(path: &str, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home.to_owned(),
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        (Some(_) | None, _) => path.into(),
    }
}

/// As a shell reads one word; none where a quote is left open or a blank would end the word.
fn unquoted(typed: &str) -> Option<String> {
    let (mut bare, mut quote) = (String::new(), None);
    let mut chars = typed.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '\\') => bare.push(chars.next()?),
            (Some('"'), '\\') => match chars.next()? {
                c @ ('"' | '\\' | '$' | '`') => bare.push(c),
                c => bare.extend(['\\', c]),
            },
            (None, ' ' | '\t') => return None,
            (_, c) => bare.push(c),
        }
    }
    quote.is_none().then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Vec<String> {
        let readings = readings(typed, Some(Path::new("/home/me")));
        readings.into_iter().map(|path| path.into_os_string().into_string().unwrap()).collect()
    }

    #[test]
    fn what_a_terminal_adds_is_taken_off() {
        for (typed, meant) in [
            ("'/a b/c.png' ", "/a b/c.png"),
            ("\"/a b/c.png\"", "/a b/c.png"),
            (r"/a\ b/c\(1\).png", "/a b/c(1).png"),
            (r"'/it'\''s'", "/it's"),
            (r#""/a \"b\" \c""#, r#"/a "b" \c"#),
            ("file:///a%20b/%ED%95%9C.png", "/a b/한.png"),
            ("file://localhost/a", "/a"),
            ("'~/x y'", "/home/me/x y"),
        ] {
            assert_eq!(read(typed)[1], meant, "{typed:?}");
        }
    }

    #[test]
    fn what_is_typed_plainly_stays() {
        for (typed, meant) in [
            ("report.pdf", "report.pdf"),
            ("my report.pdf", "my report.pdf"),
            ("it's.txt", "it's.txt"),
            ("~/x", "/home/me/x"),
            ("~", "/home/me"),
            ("~other/x", "~other/x"),
            ("a/~/b", "a/~/b"),
            ("file:x", "file:x"),
        ] {
            assert_eq!(read(typed), [meant], "{typed:?}");
        }
        // The file may really be called so.
        assert_eq!(read("a\\b"), ["a\\b", "ab"]);
        assert_eq!(readings("~/x", None), [PathBuf::from("~/x")]);
    }
}
