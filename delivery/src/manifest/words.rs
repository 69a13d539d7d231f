//! A command on one line, split into words as a shell would, and refused where only a shell would understand it.

use promotion_ledger::meaning::names::Variable;

/// Why a line is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unsplit {
    /// A character that a shell gives a meaning.
    Shell(char),
    /// A word that a shell takes for a variable that it sets.
    Variable,
    /// A quote without its end, or a backslash before nothing.
    Open,
}

/// The words of the line. No shell reads it, so what only a shell understands would silently be an argument: it is refused.
pub(super) fn split(line: &str) -> Result<Vec<String>, Unsplit> {
    let line = line.trim_end_matches('\n');
    special(line).map_or(Ok(()), |letter| Err(Unsplit::Shell(letter)))?;
    let words = shlex::split(line).ok_or(Unsplit::Open)?;
    if words.first().and_then(|first| first.split_once('=')).is_some_and(|(name, _)| Variable::new(name).is_ok()) {
        return Err(Unsplit::Variable);
    }
    Ok(words)
}

/// The first character to which a shell gives a meaning where it stands. Between double quotes there are two.
fn special(line: &str) -> Option<char> {
    let mut quote = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some('\''), _) if letter != '\'' => {}
            (_, '\\') => drop(letters.next()),
            (Some(open), _) if letter == open => quote = None,
            (Some(_), '$' | '`') => return Some(letter),
            (None, '\'' | '"') => quote = Some(letter),
            (None, '$' | '`' | '|' | '&' | ';' | '<' | '>' | '(' | ')' | '*' | '?' | '[' | '~' | '#' | '\n') => return Some(letter),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    // proves: FR-006
    #[test]
    fn lines_become_words_or_are_refused() {
        let words = |line: &str| split(line).unwrap();
        assert_eq!(words("make test"), ["make", "test"]);
        assert_eq!(words("  ./cost --max '1 000'  \n"), ["./cost", "--max", "1 000"]);
        assert_eq!(words(r#"a "b 'c' \$d" e\ f '' "*" '$x' a=b"#), ["a", "b 'c' $d", "e f", "", "*", "$x", "a=b"]);
        assert_eq!(words(""), [""; 0]);
        for letter in "$`|&;<>()*?[~#".chars() {
            assert_eq!(split(&format!("make {letter}x")), Err(Unsplit::Shell(letter)));
            assert_eq!(words(&format!("make '{letter}x'")), ["make".to_owned(), format!("{letter}x")]);
        }
        assert_eq!(split("make\ntest"), Err(Unsplit::Shell('\n')));
        assert_eq!(split("echo \"$HOME\""), Err(Unsplit::Shell('$')));
        assert_eq!(split("A=1 make"), Err(Unsplit::Variable));
        for open in ["make 'test", "make \"test", "make \\"] {
            assert_eq!(split(open), Err(Unsplit::Open), "{open}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn a_shell_splits_like_that(line in "[-a-cA=!{}%+,:@^. /\"'\"'\\\\$*é]{1,24}") {
            if let Ok(words) = split(&line) && !words.is_empty() {
                let output = Command::new("/bin/sh").args(["-c", &format!("printf '%s\\0' {line}")]).output().unwrap();
                let told: String = words.iter().flat_map(|word| [word.as_str(), "\0"]).collect();
                prop_assert_eq!(String::from_utf8_lossy(&output.stdout), told);
            }
        }
    }
}
