//! Which intervals of the log hold a place, without looking at all of them.
//!
//! An interval from entry `a` to entry `b` is filed under its span: how many binary digits `b - a` has. One of span `n`
//! that holds an entry began less than 2^n entries before it, so for each span there is a short stretch of beginnings to
//! look through: at most about twice as many as held the entry at once, however long the log is.

use promotion_ledger::meaning::id::Sequence;

/// What an interval is filed under.
pub(super) fn span(from: Sequence, to: Sequence) -> u32 {
    u64::BITS - to.get().saturating_sub(from.get()).leading_zeros()
}

/// For each span that there can be in a log of `end` entries, where the intervals began that may hold the last of the
/// first `size` entries: the first place and the last one.
pub(super) fn beginnings(size: u64, end: u64) -> impl Iterator<Item = (u32, u64, u64)> {
    // One that ends where it begins holds nothing, so there is no span of 0.
    let spans = 1..=u64::BITS - end.leading_zeros();
    size.checked_sub(1)
        .into_iter()
        .flat_map(move |last| spans.clone().map(move |span| (span, last.saturating_sub(u64::MAX >> (u64::BITS - span)), last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_holds_an_entry_is_looked_at() {
        for from in 0..40 {
            for to in from + 1..70 {
                for last in from..to {
                    let filed = span(Sequence::new(from), Sequence::new(to));
                    let looked = beginnings(last + 1, 70).any(|(span, first, end)| span == filed && first <= from && from <= end);
                    assert!(looked, "{from} to {to}, at {last}");
                }
            }
        }
        assert_eq!(beginnings(0, 70).count(), 0);
    }

    #[test]
    fn spans_are_binary_digits() {
        let span = |to| super::span(Sequence::new(10), Sequence::new(to));
        assert_eq!([span(10), span(11), span(12), span(13), span(14), span(18)], [0, 1, 2, 2, 3, 4]);
    }
}
