//! Korean particles, in the form that the word before them asks for.
//!
//! Knows no sentence. Why not both forms side by side, as in "Bob은(는)": that is
//! how a form letter reads, and the right one can be told from the last sound.

use super::{FluentArgs, FluentValue};

/// A particle after a final consonant, after a vowel, and where the last sound is not known.
struct Particle {
    closed: &'static str,
    open: &'static str,
    unknown: &'static str,
}

const fn particle(closed: &'static str, open: &'static str, unknown: &'static str) -> Particle {
    Particle { closed, open, unknown }
}

const PARTICLES: [Particle; 9] = [
    particle("은", "는", "은(는)"),
    particle("이", "가", "이(가)"),
    particle("을", "를", "을(를)"),
    particle("과", "와", "와(과)"),
    TOWARDS,
    particle("아", "야", "아(야)"),
    particle("이나", "나", "(이)나"),
    particle("이라", "라", "(이)라"),
    particle("이란", "란", "(이)란"),
];

/// The one particle that takes ㄹ for a vowel: 서울로.
const TOWARDS: Particle = particle("으로", "로", "(으)로");

/// How a word ends to the ear.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Vowel,
    /// The consonant ㄹ.
    Rieul,
    Consonant,
}

/// `JOSA($word, "을")` in a Fluent file: the particle alone, in its right form.
pub(super) fn function<'a>(given: &[FluentValue<'a>], _: &FluentArgs<'_>) -> FluentValue<'a> {
    let [word, FluentValue::String(particle)] = given else { return FluentValue::Error };
    let form = match word {
        FluentValue::String(word) => josa(word, particle),
        FluentValue::Number(number) => josa(&number.as_string(), particle),
        FluentValue::Custom(_) | FluentValue::None | FluentValue::Error => None,
    };
    form.map_or(FluentValue::Error, FluentValue::from)
}

/// The form of `particle` (given in any of its forms) after `word`.
fn josa(word: &str, particle: &str) -> Option<&'static str> {
    let row = PARTICLES.iter().find(|row| row.closed == particle || row.open == particle)?;
    Some(match end(word) {
        None => row.unknown,
        Some(End::Vowel) => row.open,
        Some(End::Rieul) if row.closed == TOWARDS.closed => row.open,
        Some(End::Rieul | End::Consonant) => row.closed,
    })
}

/// How `word` ends; quotes, brackets and the like after it are not pronounced.
fn end(word: &str) -> Option<End> {
    let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    match word.chars().next_back()? {
        c @ '가'..='힣' => Some(syllable_end(c)),
        // The names of the consonants: 기역, 니은, 리을 …
        'ㄹ' => Some(End::Rieul),
        'ㄱ'..='ㅎ' => Some(End::Consonant),
        'ㅏ'..='ㅣ' => Some(End::Vowel),
        c @ '0'..='9' => Some(digit_end(c)),
        'a'..='z' | 'A'..='Z' => {
            let letters = word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
            Some(latin_end(&word[letters..]))
        }
        _another_script => None,
    }
}

fn syllable_end(syllable: char) -> End {
    // Hangul syllables lie in blocks of 28, one for each final, the first without any (Unicode §3.12).
    match (u32::from(syllable) - u32::from('가')) % 28 {
        0 => End::Vowel,
        8 => End::Rieul,
        _other => End::Consonant,
    }
}

/// 영 일 이 삼 사 오 육 칠 팔 구; a nought at the end is also that of 십, 백, 천 and 만.
fn digit_end(digit: char) -> End {
    match digit {
        '1' | '7' | '8' => End::Rieul,
        '0' | '3' | '6' => End::Consonant,
        _other => End::Vowel,
    }
}

/// A single letter and an acronym are spelt out; a word is read as the loanword orthography of the
/// National Institute (외래어 표기법, 제3장 제1절) writes it: l, m, n and ng close the syllable, c, k, p,
/// t and b do after a short vowel (맥, 북, 숍, 봇, 밥), while d, g and all others get a vowel (패드, 블로그).
fn latin_end(letters: &str) -> End {
    if letters.len() == 1 || letters.chars().all(|c| c.is_ascii_uppercase()) {
        // 엘 엠 엔 알; the names of all others end in a vowel.
        return match letters.as_bytes().last() {
            Some(b'l' | b'L' | b'r' | b'R') => End::Rieul,
            Some(b'm' | b'M' | b'n' | b'N') => End::Consonant,
            Some(_) | None => End::Vowel,
        };
    }
    let small = letters.to_ascii_lowercase();
    let is_vowel = |c: u8| b"aeiouy".contains(&c);
    // The e of "apple" and "phone" is not heard; that of "me" is.
    let heard = match small.strip_suffix('e') {
        Some(stem) if stem.ends_with('l') && stem.bytes().any(is_vowel) => stem,
        Some(stem) if stem.ends_with(['m', 'n']) && is_vowel(before_last(stem)) => stem,
        Some(_) | None => &small,
    };
    match heard.as_bytes() {
        [.., b'l'] => End::Rieul,
        [.., b'm' | b'n'] | [.., b'n', b'g'] => End::Consonant,
        [.., vowel, b'c', b'k'] if is_vowel(*vowel) => End::Consonant,
        [.., b'o', b'o', b'k' | b't'] => End::Consonant,
        [.., one, two, b'b' | b'c' | b'k' | b'p' | b't'] if is_vowel(*one) && is_vowel(*two) => End::Vowel,
        [.., vowel, b'b' | b'c' | b'k' | b'p' | b't'] if is_vowel(*vowel) => End::Consonant,
        _other => End::Vowel,
    }
}

fn before_last(stem: &str) -> u8 {
    stem.as_bytes().iter().rev().nth(1).copied().unwrap_or(b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_the_last_sound() {
        for (word, topic, subject, object, with, towards) in [
            ("민수", "는", "가", "를", "와", "로"),
            ("지훈", "은", "이", "을", "과", "으로"),
            ("서울", "은", "이", "을", "과", "로"),
            ("로비", "는", "가", "를", "와", "로"),
            ("값", "은", "이", "을", "과", "으로"),
            ("ㅋㅋ", "은", "이", "을", "과", "으로"),
            ("ㄹ", "은", "이", "을", "과", "로"),
            ("ㅠㅠ", "는", "가", "를", "와", "로"),
        ] {
            let forms = ["은", "이", "을", "과", "으로"].map(|particle| josa(word, particle).unwrap());
            assert_eq!(forms, [topic, subject, object, with, towards], "{word}");
        }
    }

    #[test]
    fn digits_letters_and_words_of_latin() {
        for (word, object, towards) in [
            ("방0", "을", "으로"),
            ("방1", "을", "로"),
            ("방2", "를", "로"),
            ("방3", "을", "으로"),
            ("방4", "를", "로"),
            ("방5", "를", "로"),
            ("방6", "을", "으로"),
            ("방7", "을", "로"),
            ("방8", "을", "로"),
            ("방9", "를", "로"),
            ("100", "을", "으로"),
            ("15:30", "을", "으로"),
            ("L", "을", "로"),
            ("M", "을", "으로"),
            ("N", "을", "으로"),
            ("R", "을", "로"),
            ("방A", "를", "로"),
            ("HTML", "을", "로"),
            ("USB", "를", "로"),
            ("Alice", "를", "로"),
            ("Bob", "을", "으로"),
            ("Carol", "을", "로"),
            ("Charlie", "를", "로"),
            ("lobby", "를", "로"),
            ("design", "을", "으로"),
            ("design/ui", "를", "로"),
            ("King", "을", "으로"),
            ("Tom", "을", "으로"),
            ("Apple", "을", "로"),
            ("phone", "을", "으로"),
            ("Chrome", "을", "으로"),
            ("acme", "를", "로"),
            ("me", "를", "로"),
            ("Jack", "을", "으로"),
            ("Facebook", "을", "으로"),
            ("Mac", "을", "으로"),
            ("robot", "을", "으로"),
            ("shop", "을", "으로"),
            ("Mark", "를", "로"),
            ("Robert", "를", "로"),
            ("note", "를", "로"),
            ("boat", "를", "로"),
            ("group", "를", "로"),
            ("iPad", "를", "로"),
            ("blog", "를", "로"),
            ("server", "를", "로"),
            ("chris", "를", "로"),
        ] {
            assert_eq!(josa(word, "을"), Some(object), "{word}");
            assert_eq!(josa(word, "로"), Some(towards), "{word}");
        }
    }

    #[test]
    fn what_closes_a_quotation_is_not_pronounced() {
        for word in ["지훈\"", "지훈)", "‘지훈’", "지훈…", "지훈 🙂"] {
            assert_eq!(josa(word, "는"), Some("은"), "{word}");
        }
        assert_eq!(josa("서울(본사)", "을"), Some("를"));
    }

    #[test]
    fn both_forms_where_the_sound_is_not_known() {
        for word in ["Ольга", "田中", "", "…", "🙂"] {
            assert_eq!(josa(word, "이"), Some("이(가)"), "{word}");
        }
        let unknown =
            ["은", "를", "과", "로", "야", "이나", "라"].map(|particle| josa("李", particle).unwrap());
        assert_eq!(unknown, ["은(는)", "을(를)", "와(과)", "(으)로", "아(야)", "(이)나", "(이)라"]);
        assert_eq!(josa("민수", "에게"), None);
    }

    #[test]
    fn a_number_is_read_as_it_is_written() {
        let form =
            |number: u64| function(&[FluentValue::from(number), FluentValue::from("을")], &FluentArgs::new());
        assert_eq!([1u64, 2, 3, 10].map(form), ["을", "를", "을", "을"].map(FluentValue::from));
        assert!(matches!(function(&[FluentValue::from("민수")], &FluentArgs::new()), FluentValue::Error));
    }

    #[test]
    fn names_are_called_and_quoted() {
        assert_eq!(josa("지훈", "야"), Some("아"));
        assert_eq!(josa("민수", "아"), Some("야"));
        assert_eq!(josa("공지", "이라"), Some("라"));
        assert_eq!(josa("회의실", "이라"), Some("이라"));
        assert_eq!(josa("회의실", "나"), Some("이나"));
    }
}
