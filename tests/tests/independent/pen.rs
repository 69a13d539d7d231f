//! Writing entries with keys whose secrets everybody knows: whatever is changed can be signed well again, and chained.

use std::collections::BTreeMap;

use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::evidence::note::assemble;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::names::KeyName;
use serde_json::{Value, json};

/// Secret keys are made of one byte, 32 times; the vectors use those up to this one.
const SEEDS: u8 = 40;

/// Whom a signature line names: key name and key id.
pub(crate) type Signer = (String, [u8; 4]);

/// An entry taken apart far enough to be changed.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) value: Value,
    pub(crate) signer: Signer,
}

/// Signs with every key that is made of a known seed.
#[derive(Default)]
pub(crate) struct Pen {
    keys: BTreeMap<Signer, Option<SecretKey>>,
}

impl Pen {
    /// The entry's value and signer, if it can be read that far.
    pub(crate) fn open(note: &[u8]) -> Option<Open> {
        let text = str::from_utf8(note).ok()?;
        let (line, signature) = text.split_once("\n\n\u{2014} ")?;
        let (name, blob) = signature.strip_suffix('\n')?.split_once(' ')?;
        let blob = b64::decode::<68>(blob.as_bytes())?;
        let value = serde_json::from_str(line).ok().filter(Value::is_object)?;
        Some(Open { value, signer: (name.to_owned(), *blob.first_chunk()?) })
    }

    /// The entry, signed by the signer that it names. Where that signer's seed is not known, the signature does not hold.
    pub(crate) fn close(&mut self, open: &Open) -> Option<Vec<u8>> {
        self.sign(&open.signer, format!("{}\n", open.value).as_bytes())
    }

    /// A note over any text.
    pub(crate) fn sign(&mut self, signer: &Signer, text: &[u8]) -> Option<Vec<u8>> {
        let known = self.keys.entry(signer.clone()).or_insert_with(|| find(signer));
        let name = KeyName::new(signer.0.as_str()).ok()?;
        let stranger = || SecretKey::from_seed(name, &[0xee; 32]);
        let secret = known.get_or_insert_with(stranger);
        Some(assemble(text, secret.verifier_key().reference(), &secret.sign(text)))
    }

    /// Gives every entry from `from` on its place and the hash of the one before, and signs it again.
    pub(crate) fn chain(&mut self, notes: &mut [Vec<u8>], from: usize) {
        for place in from..notes.len() {
            let before = place.checked_sub(1).map_or(EntryHash::NONE, |before| leaf_hash(&notes[before]));
            let Some(mut open) = Self::open(&notes[place]) else { continue };
            open.value["seq"] = json!(place);
            open.value["prev"] = json!(b64::encode(before.as_bytes()));
            if let Some(note) = self.close(&open) {
                notes[place] = note;
            }
        }
    }
}

fn find(signer: &Signer) -> Option<SecretKey> {
    let named = |seed| Some(SecretKey::from_seed(KeyName::new(signer.0.as_str()).ok()?, &[seed; 32]));
    (1..=SEEDS).filter_map(named).find(|secret| reference(secret) == *signer)
}

/// Whom a secret key's signature lines name.
pub(crate) fn reference(secret: &SecretKey) -> Signer {
    let key = secret.verifier_key();
    let id = key.to_string().split('+').nth(1).map(|id| u32::from_str_radix(id, 16).expect("an id in hex"));
    (key.name().to_string(), id.expect("a verifier key has an id").to_be_bytes())
}
