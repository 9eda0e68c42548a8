//! The nearest of some words to a mistyped one.
//!
//! It must not know what the words stand for.
//!
//! Why transpositions count once: swapped letters are the commonest slip, and with plain edit
//! distance `moed` would be as far from `mode` as from `none`.

/// The word with the smallest distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near<'w> {
    pub word: &'w str,
    /// Close enough that a slip of the keyboard explains it.
    pub likely: bool,
}

/// Longest text that is compared, in characters: the cost grows with it, and no word is as long.
const CHARS_MAX: usize = 64;

/// The nearest of `words`; of equals the first. `None` only when there are no words.
pub fn nearest<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<Near<'w>> {
    let given = plain(text);
    let (steps, word) =
        words.map(|word| (distance(&given, &plain(word)), word)).min_by_key(|(steps, _)| *steps)?;
    let likely = steps <= (given.len() / 3).max(1);
    Some(Near { word, likely })
}

/// Case and the choice of hyphen or underscore are not what makes words different.
fn plain(text: &str) -> Vec<char> {
    let letters = text.chars().take(CHARS_MAX);
    letters
        .map(|letter| match letter {
            '-' => '_',
            other => other.to_ascii_lowercase(),
        })
        .collect()
}

/// Insertions, deletions, substitutions and swaps of neighbours that lead from `a` to `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (last[j - 1] + same).min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_last[j - 2] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(a: &str, b: &str) -> usize {
        distance(&plain(a), &plain(b))
    }

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("conections", "connections", 1),
            ("moed", "mode", 1),
            ("when-unavailable", "when_unavailable", 0),
            ("Rate", "rate", 0),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(steps(a, b), expected, "{a} {b}");
            assert_eq!(steps(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn the_nearest_is_named_and_judged() {
        let words = ["mode", "none", "socket"];
        let find = |text| nearest(text, words.into_iter());
        let near = |word, likely| Some(Near { word, likely });
        assert_eq!(find("moed"), near("mode", true));
        assert_eq!(find("sokcet"), near("socket", true));
        assert_eq!(find("xyzzy"), near("mode", false));
        assert_eq!(nearest("x", std::iter::empty()), None);
    }
}
