//! Entries taken apart, and their signatures checked, before they are judged.

use crate::custody::log::Kept;
use crate::evidence::keyring::Shelf;
use crate::evidence::malformed::Malformed;
use crate::evidence::opened::{Keys, Opened, check_ahead};

/// Entries that stand together, and the keys that are known where they are taken apart.
pub(super) struct Batch {
    pub(super) entries: Vec<Kept>,
    pub(super) keys: Keys,
}

/// An entry as it is kept, and what was found in it.
pub(super) struct Taken {
    pub(super) kept: Kept,
    pub(super) opened: Result<Opened, Malformed>,
}

impl Taken {
    pub(super) fn of(kept: Kept) -> Self {
        let opened = Opened::of(kept.note.clone());
        Self { kept, opened }
    }
}

/// Takes the entries of a batch apart and checks their signatures.
pub(super) fn take_apart(batch: Batch, shelf: &Shelf) -> Vec<Taken> {
    let mut all: Vec<Taken> = batch.entries.into_iter().map(Taken::of).collect();
    let mut opened: Vec<&mut Opened> = all.iter_mut().filter_map(|taken| taken.opened.as_mut().ok()).collect();
    check_ahead(&mut opened, &batch.keys, shelf);
    all
}
