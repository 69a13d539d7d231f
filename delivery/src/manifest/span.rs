//! Durations as a manifest writes them, `90s`, `30m`, `24h`, `7d`.

/// What a duration must look like.
pub(super) const EXPECTED: &str = "a duration: a whole number and one of s, m, h, d, such as 24h";

/// The same as a regular expression of JSON Schema.
pub(super) const PATTERN: &str = "^[1-9][0-9]{0,8}[smhd]$";

const UNITS: [(u64, char); 4] = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];

/// Reads a duration of at least a second, in seconds. Nine digits are enough for everybody, and no sum of them overflows.
pub(super) fn read(text: &str) -> Option<u64> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    let (seconds, _) = UNITS.iter().find(|(_, letter)| *letter == unit)?;
    let plain = (1..=9).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { Some(digits.parse::<u64>().ok()? * seconds) } else { None }
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
}
