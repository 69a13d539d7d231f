//! Durations as a manifest writes them, `90s`, `30m`, `24h`, `7d`, and as sentences tell them.

/// What a duration must look like.
pub(super) const EXPECTED: &str = "a duration: a whole number and one of s, m, h, d, such as 24h";

/// The same as a regular expression of JSON Schema.
pub(super) const PATTERN: &str = "^[1-9][0-9]{0,8}[smhd]$";

const UNITS: [(u64, char, &str); 4] = [(86_400, 'd', "day"), (3_600, 'h', "hour"), (60, 'm', "minute"), (1, 's', "second")];

/// Reads a duration of at least a second, in seconds. Nine digits are enough for everybody, and no sum of them overflows.
pub(super) fn read(text: &str) -> Option<u64> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    let (seconds, ..) = UNITS.iter().find(|(_, letter, _)| *letter == unit)?;
    let plain = (1..=9).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { Some(digits.parse::<u64>().ok()? * seconds) } else { None }
}

/// In words, in the largest unit that divides it: `7 days`, `36 hours`, `1 second`.
pub(super) fn words(seconds: u64) -> String {
    let unit = UNITS.iter().find(|(size, ..)| seconds.is_multiple_of(*size));
    let (size, _, name) = unit.copied().unwrap_or((1, 's', "second"));
    let count = seconds / size;
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        let good = [("1s", 1), ("90s", 90), ("30m", 1800), ("24h", 86_400), ("7d", 604_800), ("999999999d", 86_399_999_913_600)];
        for (text, seconds) in good {
            assert_eq!(read(text), Some(seconds), "{text}");
        }
        for bad in ["", "s", "7", "0s", "07d", "-1d", "+1d", "1.5h", "1 d", "1w", "1D", "1d12h", "9999999999s", "1é", "٣d"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations_are_told_in_the_largest_unit() {
        let told =
            [(1, "1 second"), (90, "90 seconds"), (1800, "30 minutes"), (86_400, "1 day"), (129_600, "36 hours"), (604_800, "7 days")];
        for (seconds, sentence) in told {
            assert_eq!(words(seconds), sentence);
        }
    }
}
