//! Names of files: what one may be saved as, and what is made of one that somebody else has chosen.
//!
//! Knows no file system. Why what is typed is refused and what is offered is made harmless: a person
//! can type another name, but must not have to because of what a stranger sent.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::core::name::{composed, is_invisible};
use crate::limits::FILE_NAME_BYTES_MAX;

/// Why a file is not saved under a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameFault {
    /// It would lead out of the working directory.
    Slash,
    /// `.` and `..` are directories.
    Dots,
    /// Programs would take it for an option.
    Dash,
    /// Control characters, and those that hide or turn round what stands beside them.
    Invisible,
    TooLong,
}

/// The name under which somebody wants to save a file.
pub fn typed(name: &str) -> Result<String, NameFault> {
    let name = composed(name);
    if name.contains('/') {
        Err(NameFault::Slash)
    } else if matches!(name.as_str(), "." | "..") {
        Err(NameFault::Dots)
    } else if name.starts_with('-') {
        Err(NameFault::Dash)
    } else if name.chars().any(is_hidden) {
        Err(NameFault::Invisible)
    } else if name.len() > FILE_NAME_BYTES_MAX {
        Err(NameFault::TooLong)
    } else {
        Ok(name)
    }
}

/// The name of a file of one's own, as it may be offered.
pub fn offered(name: &str) -> String {
    let visible = name.nfc().filter(|c| !is_hidden(*c) && *c != '/').collect::<String>();
    let mut name = String::new();
    for grapheme in visible.trim().graphemes(true) {
        if name.len() + grapheme.len() > FILE_NAME_BYTES_MAX {
            break;
        }
        name.push_str(grapheme);
    }
    if matches!(name.as_str(), "" | "." | "..") { "_".to_owned() } else { name }
}

/// The name under which an offered file is saved when nobody says another: it leads nowhere, hides
/// nothing, and is no option of a program.
pub fn harmless(name: &str) -> String {
    let base = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    let name = offered(base);
    match name.strip_prefix(['.', '-']) {
        Some(rest) => format!("_{rest}"),
        None => name,
    }
}

fn is_hidden(c: char) -> bool {
    c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_taken_or_refused() {
        for name in ["a.txt", "한국 파일.hwp", ".bashrc", "a b", "CON", "a\\b", "..a", "e\u{301}"] {
            assert_eq!(typed(name), Ok(composed(name)), "{name:?}");
        }
        for (name, fault) in [
            ("../x", NameFault::Slash),
            ("/etc/passwd", NameFault::Slash),
            ("x/", NameFault::Slash),
            (".", NameFault::Dots),
            ("..", NameFault::Dots),
            ("-rf", NameFault::Dash),
            ("a\0b", NameFault::Invisible),
            ("a\nb", NameFault::Invisible),
            ("a\u{1b}[2J", NameFault::Invisible),
            ("photo\u{202e}gpj.exe", NameFault::Invisible),
            ("a\u{200b}", NameFault::Invisible),
            ("a\u{2028}b", NameFault::Invisible),
        ] {
            assert_eq!(typed(name), Err(fault), "{name:?}");
        }
        assert_eq!(typed(&"x".repeat(255)), Ok("x".repeat(255)));
        assert_eq!(typed(&"x".repeat(256)), Err(NameFault::TooLong));
    }

    #[test]
    fn what_is_offered_is_made_harmless() {
        for (name, made) in [
            ("a.txt", "a.txt"),
            ("../../etc/passwd", "passwd"),
            ("/etc/passwd", "passwd"),
            ("a/..", "_"),
            ("..", "_"),
            (".", "_"),
            ("", "_"),
            ("///", "_"),
            ("  ", "_"),
            (".bashrc", "_bashrc"),
            ("-rf", "_rf"),
            ("a\0b\n.txt", "ab.txt"),
            ("\u{1b}[2Jx", "[2Jx"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("CON", "CON"),
            ("한글.hwp", "한글.hwp"),
        ] {
            let got = harmless(name);
            assert_eq!(got, made, "{name:?}");
            assert_eq!(typed(&got).as_deref(), Ok(got.as_str()));
        }
    }

    #[test]
    fn long_names_are_cut_between_letters() {
        let cut = offered(&"👨‍👩‍👧".repeat(100));
        assert!(cut.len() <= 255 && cut.len() > 240 && cut.chars().all(|c| c > '\u{ff}'));
        let cut = offered(&"각".repeat(100));
        assert_eq!(cut, "각".repeat(85));
        let cut = offered(&format!("{}e\u{301}", "x".repeat(254)));
        assert_eq!(cut, "x".repeat(254));
        // A decomposed name is as long as its composed form.
        let decomposed: String = "각".repeat(85).nfd().collect();
        assert_eq!(offered(&decomposed), "각".repeat(85));
    }

    #[test]
    fn an_own_name_keeps_its_dot() {
        assert_eq!(offered(".bashrc"), ".bashrc");
        assert_eq!(offered("..."), "...");
    }
}
