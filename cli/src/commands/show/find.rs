//! What `show` is asked for, and where it stands.

use std::ops::ControlFlow;

use promotion_ledger::custody::store::{Store as _, StoredEntry};
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::meaning::digest::{Digest, EntryHash};
use promotion_ledger::meaning::id::{EntryId, PromotionId, Sequence};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_replay::models::filters::Locator;

use crate::error::CommandError;
use crate::page::count;
use crate::session::Opened;

/// How many of the digits of a hash or id it takes at least.
const SHORTEST: usize = 8;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// An entry by its place.
    Place(Sequence),
    /// An entry by its hash.
    Hash(EntryHash),
    /// An entry by the beginning of its hash.
    HashBeginning(String),
    /// A promotion by its id; an entry has an id of the same spelling.
    Id(PromotionId),
    /// The beginning of a promotion's id, or of a hash.
    Beginning(String),
}

/// What was found.
pub(super) enum Target {
    Entry(Sequence),
    Promotion(PromotionId),
}

pub(super) fn parse(text: &str) -> Result<What, String> {
    let text = text.trim_end_matches('…').to_ascii_lowercase();
    if let Some(digits) = text.strip_prefix("seq:") {
        return digits.parse().map(Sequence::new).map(What::Place).map_err(|_| "expected a number after seq:".to_owned());
    }
    if let Some(digits) = text.strip_prefix("sha256:") {
        return hash(digits).ok_or_else(|| format!("expected {SHORTEST} to 64 hexadecimal digits after sha256:"));
    }
    let number = text.parse().ok().filter(|number: &u64| number.to_string() == text);
    let id = || PromotionId::parse(&text).ok().map(What::Id);
    let whole = || EntryHash::from_hex(&text).ok().map(What::Hash);
    let beginning = || is_beginning(&text).then(|| What::Beginning(text.clone()));
    let read = number.map(|number| What::Place(Sequence::new(number))).or_else(id).or_else(whole).or_else(beginning);
    read.ok_or_else(|| format!("expected seq:N, an entry's hash, or a promotion's id, or at least the first {SHORTEST} digits of those"))
}

fn hash(digits: &str) -> Option<What> {
    let hexadecimal = digits.bytes().all(is_hexadecimal);
    let whole = EntryHash::from_hex(digits).ok().map(What::Hash);
    whole.or_else(|| (hexadecimal && (SHORTEST..64).contains(&digits.len())).then(|| What::HashBeginning(digits.to_owned())))
}

fn is_beginning(text: &str) -> bool {
    (SHORTEST..64).contains(&text.len()) && text.bytes().all(|byte| is_hexadecimal(byte) || byte == b'-')
}

fn is_hexadecimal(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

pub(super) fn find(opened: &Opened, what: &What) -> Result<Target, CommandError> {
    let found = match what {
        What::Place(place) => (place.get() < opened.index.head().size).then_some(Target::Entry(*place)),
        What::Hash(hash) => opened.index.find(&Locator::Hash(*hash))?.map(Target::Entry),
        What::HashBeginning(digits) => by_hash(opened, digits)?,
        What::Id(id) => by_id(opened, id)?,
        What::Beginning(text) => match by_promotion(opened, text)? {
            Some(found) => Some(found),
            None => by_hash(opened, text)?,
        },
    };
    found.map_or_else(|| Err(not_found(opened, what)?), Ok)
}

fn by_id(opened: &Opened, id: &PromotionId) -> Result<Option<Target>, CommandError> {
    if !opened.index.promotion_entries(id)?.is_empty() {
        return Ok(Some(Target::Promotion(*id)));
    }
    Ok(opened.index.find(&Locator::Id(EntryId::from_uuid(*id.as_uuid())))?.map(Target::Entry))
}

fn by_promotion(opened: &Opened, beginning: &str) -> Result<Option<Target>, CommandError> {
    match opened.index.promotions_like(beginning, 2)?.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(Target::Promotion(*only))),
        [first, second, ..] => Err(several("promotions", beginning, first, second)),
    }
}

fn by_hash(opened: &Opened, digits: &str) -> Result<Option<Target>, CommandError> {
    match opened.index.entries_like(digits, 2)?.as_slice() {
        [] => Ok(None),
        [(_, only)] => Ok(Some(Target::Entry(*only))),
        [(first, _), (second, _), ..] => Err(several("entry hashes", digits, first, second)),
    }
}

fn several(what: &str, beginning: &str, first: impl std::fmt::Display, second: impl std::fmt::Display) -> CommandError {
    CommandError::usage(format!("several {what} begin with {beginning}")).hint(format!("give more digits: {first} or {second}"))
}

fn not_found(opened: &Opened, what: &What) -> Result<CommandError, CommandError> {
    let missing = |message: String| CommandError::new(ExitCode::NotFound, message);
    let listed = "promoledger history lists the entries";
    Ok(match what {
        What::Place(place) => {
            let size = opened.index.head().size;
            let last = size.saturating_sub(1);
            missing(format!("there is no entry {place}: the ledger has {}, the last is entry {last}", count(size, "entry", "entries")))
        }
        What::Hash(hash) => {
            let digest = Digest::from_sha256(hash.as_bytes());
            let hint = if opened.index.releases_of_digest(&digest, opened.index.now())?.is_empty() {
                listed.to_owned()
            } else {
                format!("it is the digest of a release: promoledger where {digest}")
            };
            missing(format!("no entry has the hash {hash}")).hint(hint)
        }
        What::HashBeginning(digits) => missing(format!("no entry has a hash that begins with {digits}")).hint(listed),
        What::Id(id) => missing(format!("no promotion and no entry has the id {id}")).hint(listed),
        What::Beginning(text) => missing(format!("no promotion's id and no entry's hash begins with {text}")).hint(listed),
    })
}

/// The entry as stored, which must still be what was verified there.
pub(in crate::commands) fn read(opened: &Opened, place: Sequence) -> Result<StoredEntry, CommandError> {
    let mut found = None;
    opened.store.read(place.get()..place.next().get(), &mut |entry| {
        found = Some(entry);
        ControlFlow::Break(())
    })?;
    let changed = || {
        CommandError::new(ExitCode::Tampered, format!("entry {place} is not what it was when it was verified"))
            .hint("keep the ledger's file as it is; `promoledger verify` tells the whole of it")
    };
    let entry = found.ok_or_else(changed)?;
    let verified = opened.index.find(&Locator::Hash(leaf_hash(&entry.note)))?;
    if verified == Some(place) { Ok(entry) } else { Err(changed()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_has_one_meaning() {
        let place = |number| Ok(What::Place(Sequence::new(number)));
        let id = "0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77";
        let hash = "9f".repeat(32);
        assert_eq!(parse("seq:7"), place(7));
        assert_eq!(parse("7"), place(7));
        assert_eq!(parse("12345678"), place(12_345_678));
        assert_eq!(parse(id), Ok(What::Id(PromotionId::parse(id).unwrap())));
        assert_eq!(parse("0198f0a4"), Ok(What::Beginning("0198f0a4".to_owned())));
        assert_eq!(parse("01981234"), Ok(What::Beginning("01981234".to_owned())), "a number has no leading zero");
        assert_eq!(parse("0198F0A4-6f3a"), Ok(What::Beginning("0198f0a4-6f3a".to_owned())));
        assert_eq!(parse(&hash), Ok(What::Hash(EntryHash::from_hex(&hash).unwrap())));
        assert_eq!(parse(&format!("sha256:{hash}")), Ok(What::Hash(EntryHash::from_hex(&hash).unwrap())));
        assert_eq!(parse("sha256:12345678…"), Ok(What::HashBeginning("12345678".to_owned())));
        for bad in ["", "seq:", "seq:x", "-1", "0198f0a", "v1.4.2", "sha256:9f", &format!("{hash}0")] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
