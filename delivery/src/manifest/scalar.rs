//! Bare words of YAML that a reader may take for something else than text: `no`, `1.0`, `2026-01-15`.
//!
//! A name is taken only if every reader of YAML 1.1 and 1.2 takes it for text, since the same file is read by other
//! tools: <https://yaml.org/type/> for 1.1, <https://yaml.org/spec/1.2.2/#103-core-schema> for 1.2.

/// What a reader of YAML may take the bare word for; `None` when all take it for text.
pub(super) fn other_reading(word: &str) -> Option<&'static str> {
    match word {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => Some("true"),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => Some("false"),
        _ if is_nothing(word) => Some("nothing"),
        _ if is_number(word) => Some("a number"),
        _ if is_date(word) => Some("a date"),
        _ => None,
    }
}

/// Whether the bare word stands for the absence of a value.
pub(super) fn is_nothing(word: &str) -> bool {
    matches!(word, "" | "~" | "null" | "Null" | "NULL")
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word).to_ascii_lowercase();
    if matches!(digits.as_str(), ".inf" | ".nan") {
        return true;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            return !rest.is_empty() && rest.chars().all(|digit| digit == '_' || digit.is_digit(radix));
        }
    }
    is_decimal(&digits) || is_sexagesimal(&digits)
}

fn is_decimal(digits: &str) -> bool {
    let begins = digits.strip_prefix('.').unwrap_or(digits).starts_with(|first: char| first.is_ascii_digit());
    begins && digits.replace('_', "").parse::<f64>().is_ok()
}

/// `1:30` is ninety in YAML 1.1.
fn is_sexagesimal(digits: &str) -> bool {
    let whole = digits.split_once('.').map_or(digits, |(whole, _)| whole);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = whole.split(':');
    parts.next().is_some_and(is_digits) && whole.contains(':') && parts.all(|part| part.len() <= 2 && is_digits(part))
}

/// Whether the bare word has the form of a date.
pub(super) fn is_date(word: &str) -> bool {
    let mut parts = word.splitn(3, '-');
    let number = |part: Option<&str>, lengths: std::ops::RangeInclusive<usize>| {
        part.is_some_and(|part| lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    number(parts.next(), 4..=4) && number(parts.next(), 1..=2) && number(parts.next(), 1..=2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_another_reading_are_known() {
        let table = [
            ("true", ["yes", "On", "TRUE", "y"].as_slice()),
            ("false", &["no", "off", "N"]),
            ("nothing", &["", "~", "null"]),
            ("a number", &["0", "1.0", "-3", "1e3", "1_000", "0x1f", "0o17", "0b1", ".5", "+.inf", ".NaN", "1:30", "1:30:00.5", "007"]),
            ("a date", &["2026-01-15", "2026-1-5"]),
        ];
        for (reading, words) in table {
            for word in words {
                assert_eq!(other_reading(word), Some(reading), "{word}");
            }
        }
    }

    #[test]
    fn plain_names_are_text() {
        for word in [
            "dev",
            "prod-eu",
            "1.4.2",
            "v1",
            "0xyz",
            "nope",
            "inf",
            "nan",
            "infinity",
            "e3",
            "2026-01-15-hotfix",
            "a:1",
            "1:",
            "1:a",
            "127.0.0.1:5000",
        ] {
            assert_eq!(other_reading(word), None, "{word}");
        }
    }
}
