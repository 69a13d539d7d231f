//! The Merkle tree over all entries (RFC 6962 section 2.1), grown at its right edge.

use super::hash::{NodeHash, node_hash, sha256};
use crate::meaning::digest::EntryHash;

/// What must be remembered of a tree to append to it and to know its root: one hash for each complete subtree,
/// largest first, at most 64 of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<NodeHash>,
}

impl Frontier {
    /// The empty tree.
    pub const fn new() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// A frontier as [`size`](Self::size) and [`peaks`](Self::peaks) gave it. Nothing when the two do not fit:
    /// a tree has one complete subtree for each bit that is set in its size.
    pub fn from_parts(size: u64, peaks: Vec<NodeHash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of the complete subtrees, largest first.
    pub fn peaks(&self) -> &[NodeHash] {
        &self.peaks
    }

    /// Appends one entry.
    pub fn push(&mut self, leaf: EntryHash) {
        let mut node = NodeHash::from(leaf);
        // Each trailing one bit of the size is a complete subtree as large as the one just finished.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root over all leaves; for the empty tree, SHA-256 of nothing.
    pub fn root(&self) -> NodeHash {
        let smallest_first = self.peaks.iter().rev().copied();
        smallest_first.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(|| NodeHash::from_bytes(sha256(b"")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{b64, hash::leaf_hash};
    use super::*;

    /// The leaves of transparency-dev/merkle's `testonly/constants.go`, and the roots over the first 0 to 8 of them.
    const LEAVES: [&[u8]; 8] = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", b"PQRSTUVW", b"`abcdefghijklmno"];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    /// The definition in RFC 6962, word for word.
    fn root_by_definition(leaves: &[EntryHash]) -> NodeHash {
        match leaves {
            [] => NodeHash::from_bytes(sha256(b"")),
            [leaf] => (*leaf).into(),
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    fn grown(leaves: impl IntoIterator<Item = EntryHash>) -> Frontier {
        let mut tree = Frontier::new();
        leaves.into_iter().for_each(|leaf| tree.push(leaf));
        tree
    }

    #[test]
    fn roots_agree_with_the_published_vectors() {
        let mut tree = Frontier::new();
        assert_eq!(tree.root().to_string(), ROOTS[0]);
        for (leaf, root) in LEAVES.iter().zip(&ROOTS[1..]) {
            tree.push(leaf_hash(leaf));
            assert_eq!(tree.root().to_string(), *root, "at size {}", tree.size());
        }
    }

    #[test]
    fn roots_agree_with_an_independent_implementation() {
        let events = |count: u8| (0..count).map(|number| leaf_hash(format!("event {number}").as_bytes()));
        assert_eq!(b64::encode(grown(events(3)).root().as_bytes()), "cuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI=");
        assert_eq!(b64::encode(grown(events(5)).root().as_bytes()), "ta+cQRht2hND3naHOygForFCH9Goid6fqYsqjtjSFL4=");
    }

    #[test]
    fn a_frontier_needs_one_peak_for_each_bit_of_its_size() {
        let peak = NodeHash::from_bytes([7; 32]);
        assert!(Frontier::from_parts(0, vec![]).is_some());
        assert!(Frontier::from_parts(5, vec![peak, peak]).is_some());
        assert!(Frontier::from_parts(5, vec![peak]).is_none());
        assert!(Frontier::from_parts(u64::MAX, vec![peak; 63]).is_none());
    }

    proptest! {
        #[test]
        fn growing_follows_the_definition(leaves in prop::collection::vec(any::<[u8; 32]>(), 0..200), cut in any::<prop::sample::Index>()) {
            let leaves: Vec<_> = leaves.into_iter().map(EntryHash::from_bytes).collect();
            let (before, after) = leaves.split_at(cut.index(leaves.len() + 1));
            let stored = grown(before.iter().copied());
            let mut tree = Frontier::from_parts(stored.size(), stored.peaks().to_vec()).unwrap();
            after.iter().for_each(|leaf| tree.push(*leaf));
            prop_assert_eq!(tree.root(), root_by_definition(&leaves));
            prop_assert_eq!(tree.peaks().len(), leaves.len().count_ones() as usize);
        }
    }
}
