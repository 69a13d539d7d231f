//! The ids met so far: sixteen bytes each, as nearly all of them ascend.

use std::collections::BTreeSet;

use crate::meaning::id::EntryId;

/// How far from its end the list takes in an id that comes late: those of one moment come in any order.
const NEAR: usize = 64;

/// A set of ids.
#[derive(Debug, Default)]
pub(super) struct Ids {
    ascending: Vec<EntryId>,
    /// Those that came too late to stand among the others without moving many.
    late: BTreeSet<EntryId>,
}

impl Ids {
    pub(super) const fn new() -> Self {
        Self { ascending: Vec::new(), late: BTreeSet::new() }
    }

    /// Takes an id in, and says whether it was new.
    pub(super) fn insert(&mut self, id: EntryId) -> bool {
        if self.ascending.last().is_none_or(|last| *last < id) {
            self.ascending.push(id);
            return true;
        }
        match self.ascending.binary_search(&id) {
            Ok(_) => false,
            Err(at) if at + NEAR >= self.ascending.len() && !self.late.contains(&id) => {
                self.ascending.insert(at, id);
                true
            }
            Err(_) => self.late.insert(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(numbers in prop::collection::vec(0..300_u128, 0..600), rising in any::<bool>()) {
            let mut numbers = numbers;
            if rising {
                numbers.sort_unstable();
            }
            let (mut ids, mut expected) = (Ids::new(), BTreeSet::new());
            for number in numbers {
                // An id is a UUID of version 7, whatever stands around that.
                let id = EntryId::from_uuid(uuid::Builder::from_u128(number << 80).with_version(uuid::Version::SortRand).into_uuid());
                prop_assert_eq!(ids.insert(id), expected.insert(id));
            }
        }
    }
}
