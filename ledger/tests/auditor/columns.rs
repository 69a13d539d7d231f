//! What a store files entries under must be their own.

use std::ops::ControlFlow;

use promotion_ledger::custody::log::{Kept, Live, Log, LogError};
use promotion_ledger::custody::store::Body;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::meaning::digest::{BodyDigest, EntryHash};
use promotion_ledger::meaning::id::EntryId;
use promotion_ledger::meaning::refusal::ExitCode;

use crate::{expect_tampered, findings, sound};

/// What is wrong with the columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    Id,
    Hash,
    LookUp,
}

/// A true log whose columns are wrong.
struct Misfiled {
    store: Memory,
    wrong: Wrong,
}

impl Log for Misfiled {
    fn entries(&self, each: &mut dyn FnMut(Kept) -> ControlFlow<()>) -> Result<(), LogError> {
        let mut place = 0;
        Live(&self.store).entries(&mut |kept| {
            let (mut id, mut hash) = kept.filed.expect("a store files entries");
            match self.wrong {
                Wrong::Id if place == 1 => id = EntryId::parse("00000000-0000-7000-8000-000000000000").expect("an id"),
                Wrong::Hash if place == 1 => hash = EntryHash::NONE,
                _ => {}
            }
            place += 1;
            each(Kept { filed: Some((id, hash)), ..kept })
        })
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, LogError> {
        Live(&self.store).body(digest)
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), LogError> {
        Live(&self.store).bodies(each)
    }

    fn check(&self) -> Result<(), LogError> {
        match self.wrong {
            Wrong::LookUp => Err(LogError::Damaged { detail: "the look-up by id misses entries".to_owned() }),
            _ => Ok(()),
        }
    }
}

fn misfiled(wrong: Wrong) -> Misfiled {
    Misfiled { store: sound(), wrong }
}

#[test]
fn columns_that_agree_are_sound() {
    assert_eq!(findings(&misfiled(Wrong::Nothing)), (ExitCode::Done, Vec::new()));
}

#[test]
fn an_entry_filed_under_another_id_is_named() {
    expect_tampered(&misfiled(Wrong::Id), Some(1), "files it under another id");
}

#[test]
fn an_entry_filed_under_another_hash_is_named() {
    expect_tampered(&misfiled(Wrong::Hash), Some(1), "files it under another hash");
}

#[test]
fn a_store_that_does_not_find_what_it_holds_is_tampered_with() {
    expect_tampered(&misfiled(Wrong::LookUp), None, "misses entries");
}
