//! One vector: a whole small log, what an auditor holds, and the verdict. `fixtures/vectors/v1/README.md` describes the file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use promotion_ledger::custody::store::Body;
use promotion_ledger::evidence::hash::{leaf_hash, sha256};
use promotion_ledger::meaning::digest::{EntryHash, to_hex};
use serde::{Deserialize, Serialize};

/// A vector as its file holds it. Fields are written in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vector {
    pub(crate) about: String,
    pub(crate) entries: Vec<Bytes>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) bodies: Vec<BodyText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pins: Option<PinsText>,
    pub(crate) expected: Expected,
}

/// Bytes as text where they are UTF-8, else in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Bytes {
    Text(String),
    Base64 { base64: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BodyText {
    pub(crate) digest: String,
    pub(crate) salt_base64: String,
    pub(crate) bytes_base64: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PinsText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) genesis: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) head: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
}

/// The verdict. `fault` and `entry` are those of the first finding that has the exit code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) exit_code: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) entry: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<String>,
    pub(crate) level: String,
    pub(crate) sound: u64,
    pub(crate) head: String,
    pub(crate) root: String,
}

/// What is wrong with a log, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Nothing.
    Nothing,
    /// An entry that breaks the chain: what stands behind it is not checked.
    Broken(u64, &'static str),
    /// An entry that breaks a rule of the law.
    Unlawful(u64, &'static str),
    /// Anything else, with its exit code.
    Other(u8, Option<u64>, &'static str),
}

impl Bytes {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64 { base64: STANDARD.encode(bytes) },
        }
    }
}

impl BodyText {
    pub(crate) fn of(body: &Body) -> Self {
        Self { digest: body.digest.to_string(), salt_base64: STANDARD.encode(body.salt), bytes_base64: STANDARD.encode(&body.bytes) }
    }
}

impl Expected {
    /// The verdict over these entries. Head and root are computed here from the format's words, not by the code under test.
    pub(crate) fn of(notes: &[Vec<u8>], wrong: Wrong, pinned: bool) -> Self {
        let (exit_code, entry, fault, rule) = match wrong {
            Wrong::Nothing => (0, None, None, None),
            Wrong::Broken(entry, fault) => (20, Some(entry), Some(fault), None),
            Wrong::Unlawful(entry, rule) => (23, Some(entry), Some("unlawful"), Some(rule)),
            Wrong::Other(exit_code, entry, fault) => (exit_code, entry, Some(fault), None),
        };
        let sound = match wrong {
            Wrong::Broken(entry, _) => usize::try_from(entry).expect("a small log"),
            _ => notes.len(),
        };
        let notes = notes.get(..sound).unwrap_or(notes);
        let leaves: Vec<[u8; 32]> = notes.iter().map(|note| sha256(&[&[0], note.as_slice()].concat())).collect();
        Self {
            exit_code,
            entry,
            fault: fault.map(str::to_owned),
            rule: rule.map(str::to_owned),
            level: if pinned { "pinned" } else { "self-consistent" }.to_owned(),
            sound: notes.len() as u64,
            head: notes.last().map_or(EntryHash::NONE, |note| leaf_hash(note)).to_string(),
            root: to_hex(&root(&leaves)),
        }
    }
}

/// RFC 6962 section 2.1, word for word.
fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => sha256(b""),
        [leaf] => *leaf,
        _ => {
            let largest = 1 << (leaves.len() - 1).ilog2();
            let (left, right) = leaves.split_at(largest);
            sha256(&[&[1], &root(left)[..], &root(right)[..]].concat())
        }
    }
}
