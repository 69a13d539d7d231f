//! "Did you mean …?": the known word that a mistyped one was probably meant to be.

/// The nearest of the words, if it is near enough to be worth naming.
pub(super) fn nearest<'w>(typed: &str, words: &[&'w str]) -> Option<&'w str> {
    let typed: Vec<char> = typed.chars().take(64).flat_map(char::to_lowercase).collect();
    words
        .iter()
        .map(|word| (distance(&typed, word), *word))
        .filter(|(distance, word)| *distance <= allowed(word))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// One slip in every three letters, and never more than three.
fn allowed(word: &str) -> usize {
    (word.len() / 3).clamp(1, 3)
}

/// How many letters must be put in, left out or replaced (Levenshtein).
fn distance(typed: &[char], word: &str) -> usize {
    let mut row: Vec<usize> = (0..=typed.len()).collect();
    for (above, wanted) in word.chars().enumerate() {
        let mut diagonal = above;
        let mut left = above + 1;
        let mut next = vec![left];
        for (letter, up) in typed.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(*letter != wanted)).min(up + 1).min(left + 1);
            diagonal = *up;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_word_and_other_words_do_not() {
        let words = ["name", "gates"];
        assert_eq!(nearest("gate", &words), Some("gates"));
        assert_eq!(nearest("Gates", &words), Some("gates"));
        assert_eq!(nearest("nmae", &["environments"]), None);
        assert_eq!(nearest("enviroments", &["environments"]), Some("environments"));
        assert_eq!(nearest("on-incomparable", &["on_incomparable"]), Some("on_incomparable"));
        assert_eq!(nearest("signing", &words), None);
        assert_eq!(nearest("", &words), None);
    }

    #[test]
    fn distances_count_letters() {
        let distance = |typed: &str, word| super::distance(&typed.chars().collect::<Vec<_>>(), word);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
