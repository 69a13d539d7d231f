//! Which keys have tables: those under which many signatures are met, as long as they are met.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::tables::Tables;
use super::verifier::Verifier;
use crate::meaning::id::PublicKey;

/// From how many signatures on a key gets its tables. Below that, making them costs more than they save.
const WORTH_IT: u32 = 100;

/// How many keys have tables at a time, a third of a megabyte each.
const MOST: usize = 64;

/// After how many signatures without one of its own a key gives up its tables, when another needs the room.
const FORGOTTEN: u64 = 16_384;

/// Tables of the keys in use, shared by all who check signatures.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<Content>);

#[derive(Debug, Default)]
struct Content {
    met: u64,
    keys: HashMap<PublicKey, Key>,
    made: usize,
}

#[derive(Debug, Default)]
struct Key {
    met: u32,
    last: u64,
    tables: Option<Arc<Tables>>,
}

impl Shelf {
    /// No tables yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `count` signatures of a key are to be checked, and gives its tables when they are worth their making.
    pub fn tables(&self, verifier: &Verifier, count: u32) -> Option<Arc<Tables>> {
        let mut content = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        content.met += u64::from(count);
        let now = content.met;
        let key = content.keys.entry(verifier.public()).or_default();
        key.met = key.met.saturating_add(count);
        key.last = now;
        if key.tables.is_some() || key.met < WORTH_IT || !content.has_room() {
            return content.keys.get(&verifier.public()).and_then(|key| key.tables.clone());
        }
        let tables = Arc::new(Tables::of(verifier));
        content.keys.entry(verifier.public()).or_default().tables = Some(Arc::clone(&tables));
        content.made += 1;
        Some(tables)
    }
}

impl Content {
    /// Whether there is room for one more, if need be after taking away what was not used for long.
    fn has_room(&mut self) -> bool {
        if self.made < MOST {
            return true;
        }
        let oldest = self.keys.values_mut().filter(|key| key.tables.is_some()).min_by_key(|key| key.last);
        let Some(oldest) = oldest.filter(|key| key.last + FORGOTTEN < self.met) else { return false };
        *oldest = Key::default();
        self.made -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verifier(number: u32) -> Verifier {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&number.to_be_bytes());
        Verifier::of_secret(ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key())
    }

    #[test]
    fn a_key_gets_tables_once_they_are_worth_it() {
        let shelf = Shelf::new();
        assert!(shelf.tables(&verifier(1), WORTH_IT - 1).is_none());
        assert!(shelf.tables(&verifier(2), 1).is_none());
        let first = shelf.tables(&verifier(1), 1).unwrap();
        assert!(Arc::ptr_eq(&first, &shelf.tables(&verifier(1), 1).unwrap()));
    }

    #[test]
    fn tables_are_bounded_and_go_to_the_keys_in_use() {
        let shelf = Shelf::new();
        let most = u32::try_from(MOST).unwrap();
        assert!((0..most).all(|number| shelf.tables(&verifier(number), WORTH_IT).is_some()));
        assert!(shelf.tables(&verifier(most), WORTH_IT).is_none(), "none was unused for long");
        assert!(shelf.tables(&verifier(1), u32::try_from(FORGOTTEN).unwrap()).is_some());
        assert!(shelf.tables(&verifier(most), WORTH_IT).is_some(), "the first key was not met for long");
        assert!(shelf.tables(&verifier(0), 1).is_none());
        assert_eq!(shelf.0.lock().unwrap().made, MOST);
    }
}
