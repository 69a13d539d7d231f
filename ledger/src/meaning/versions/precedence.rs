//! What schemes share: numbers of up to 18 digits, and lists of them.

use std::cmp::Ordering;

/// The most digits that a number in a version may have: any such number is exact in 64 bits.
pub(super) const MOST_DIGITS: usize = 18;

/// Takes the decimal digits off the front of a text: their value and what follows. None where there is none, or too many.
pub(super) fn number(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (front, rest) = text.split_at(digits);
    if front.len() > MOST_DIGITS {
        return None;
    }
    Some((front.parse().ok()?, rest))
}

/// Compares two lists of numbers from the left; a number that is missing counts as 0.
pub(super) fn numbers(left: &[u64], right: &[u64]) -> Ordering {
    let longest = left.len().max(right.len());
    let padded = |list: &[u64]| -> Vec<u64> { list.iter().copied().chain(std::iter::repeat(0)).take(longest).collect() };
    padded(left).cmp(&padded(right))
}
