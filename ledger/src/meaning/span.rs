//! Spans of time, as sentences tell them.

const UNITS: [(u64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];

/// So many seconds in words, in the largest unit that divides them: `7 days`, `36 hours`, `1 second`.
pub fn words(seconds: u64) -> String {
    let unit = UNITS.iter().find(|(size, _)| seconds.is_multiple_of(*size));
    let (size, name) = unit.copied().unwrap_or((1, "second"));
    let count = seconds / size;
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn spans_are_told_in_the_largest_unit() {
        let told =
            [(1, "1 second"), (90, "90 seconds"), (1800, "30 minutes"), (86_400, "1 day"), (129_600, "36 hours"), (604_800, "7 days")];
        for (seconds, sentence) in told {
            assert_eq!(words(seconds), sentence);
        }
    }
}
