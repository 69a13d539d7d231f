//! Interruptions: whatever stops a promotion or rollback half-way, running it again finishes it, and ending it puts back
//! what can be put back.

mod answers;
mod faults;
mod kills;
mod requests;
mod scene;
mod stalls;

use std::collections::{BTreeMap, BTreeSet};

use crate::shop::{Entry, Shop};

/// What a shop came to: what is where, and the tags.
#[derive(Debug, PartialEq, Eq)]
struct End {
    whereabouts: BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
}

impl End {
    fn of(shop: &Shop) -> Self {
        Self { whereabouts: shop.whereabouts(), tags: shop.tags() }
    }
}

/// Every tag that entries from `first` on say was made is there, and points where they say, or where a step that was
/// announced since may have moved it.
#[track_caller]
fn expect_tags_that_are_claimed(shop: &Shop, first: usize) {
    expect_claims(&shop.entries()[first..], |tag| shop.tag(tag));
}

/// The same of these entries, and of tags that are looked up so.
#[track_caller]
fn expect_claims(entries: &[Entry], find: impl Fn(&str) -> Option<String>) {
    let mut allowed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut claimed = BTreeSet::new();
    for entry in entries {
        let text = |field: &str| entry.data()[field].as_str().unwrap_or_default().to_owned();
        match entry.text("type").as_str() {
            "step.started" => drop(allowed.entry(text("tag")).or_default().insert(text("digest"))),
            "registry.tagged" => {
                allowed.insert(text("tag"), [text("digest")].into());
                claimed.insert(text("tag"));
            }
            _ => {}
        }
    }
    for tag in claimed {
        let found = find(&tag).unwrap_or_else(|| panic!("the ledger says that {tag} was made, and it is not there"));
        assert!(allowed[&tag].contains(&found), "{tag} points at {found}, which no entry accounts for");
    }
}
