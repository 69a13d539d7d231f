//! Figures as a page shows them: a table in Markdown, times and sizes in the units that suit them.

use std::time::Duration;

/// One line of a table: what was measured, its time, its floor, its memory.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// How long it took.
    pub time: Duration,
    /// The floor below it: what that is, and how long it takes.
    pub floor: (String, Duration),
    /// The most memory that was held, in bytes.
    pub memory: Option<u64>,
}

/// The table of one ledger.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut lines = vec!["| what | time | its floor | ratio | peak memory |".to_owned(), "|---|---:|---|---:|---:|".to_owned()];
    for Row { what, time, floor: (name, floor), memory } in rows {
        let ratio = time.as_secs_f64() / floor.as_secs_f64().max(1e-9);
        let memory = memory.map_or("-".to_owned(), size);
        lines.push(format!("| {what} | {} | {name}: {} | {ratio:.1} | {memory} |", shown(*time), shown(*floor)));
    }
    lines.join("\n")
}

/// A time with three digits that count.
#[must_use]
pub fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        1.0.. => format!("{} s", three(seconds)),
        0.001.. => format!("{} ms", three(seconds * 1e3)),
        0.000_001.. => format!("{} us", three(seconds * 1e6)),
        _ => format!("{} ns", three(seconds * 1e9)),
    }
}

/// A size in megabytes.
#[must_use]
pub fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for people, to a tenth of a megabyte")]
    let megabytes = bytes as f64 / 1e6;
    format!("{megabytes:.1} MB")
}

fn three(number: f64) -> String {
    match number {
        100.0.. => format!("{number:.0}"),
        10.0.. => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        let cases = [(23_456_000, "23.5 ms"), (1_500, "1.50 us"), (305, "305 ns"), (12_345_678_900, "12.3 s"), (999, "999 ns")];
        for (nanoseconds, expected) in cases {
            assert_eq!(shown(Duration::from_nanos(nanoseconds)), expected);
        }
    }

    #[test]
    fn a_row_stands_beside_its_floor() {
        let floor = ("100 checks".to_owned(), Duration::from_millis(2));
        let row = Row { what: "verify".to_owned(), time: Duration::from_millis(5), floor, memory: Some(5_250_000) };
        let text = table(&[row]);
        assert_eq!(text.lines().last(), Some("| verify | 5.00 ms | 100 checks: 2.00 ms | 2.5 | 5.2 MB |"));
    }
}
