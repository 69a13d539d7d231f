//! Slips of the hand: which versions may have been meant.

use promotion_ledger::meaning::names::{Component, Pipeline, Version};

use crate::session::Opened;

/// Versions of the component that a slip of the hand may have meant.
pub(crate) fn versions(opened: &Opened, pipeline: &Pipeline, component: &Component, wanted: &Version) -> Option<String> {
    let known = opened.index.versions(pipeline, component).ok()?;
    let mut near: Vec<(usize, String)> = known
        .iter()
        .map(|version| (distance(wanted.as_str(), version.as_str()), version.to_string()))
        .filter(|(distance, _)| *distance <= 2)
        .collect();
    near.sort();
    let names: Vec<String> = near.into_iter().take(3).map(|(_, name)| name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The edit distance between two short texts (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut before = row.first().copied().unwrap_or(0);
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, to) in b.chars().enumerate() {
            let replaced = before + usize::from(from != to);
            before = row.get(j + 1).copied().unwrap_or(0);
            let left = row.get(j).copied().unwrap_or(0) + 1;
            if let Some(cell) = row.get_mut(j + 1) {
                *cell = replaced.min(left).min(before + 1);
            }
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_is_near() {
        assert_eq!(distance("v1.4.2", "v1.4.2"), 0);
        assert_eq!(distance("v1.4.2", "v1.4.3"), 1);
        assert_eq!(distance("1.4.2", "v1.4.2"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
