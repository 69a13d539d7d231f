//! Entries: an event as stored, a signed note that holds one line of canonical JSON. Format 1, as `FORMAT.md` has it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::b64;
use super::encoding::{self, EncodeError};
use super::keyring::{SignError, Signer};
use super::malformed::Malformed;
use super::note::{self, Note};
use crate::meaning::digest::EntryHash;
use crate::meaning::event::{Event, EventType};
use crate::meaning::id::{EntryId, KeyRef, LARGEST_INTEGER, Sequence};
use crate::meaning::names::{Agent, Principal};
use crate::meaning::time::Timestamp;

/// The version of every type's data in format level 1.
pub const DATA_VERSION: u32 = 1;

/// An event about to become an entry.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its place.
    pub sequence: Sequence,
    /// The hash of the entry before.
    pub prev: EntryHash,
    /// The writer's idempotency key.
    pub id: EntryId,
    /// When.
    pub time: Timestamp,
    /// On whose behalf.
    pub actor: Principal,
    /// The program that writes.
    pub agent: Agent,
    /// What happened.
    pub event: Event,
}

/// An entry taken apart: well-formed, and nothing more. Whether it is authentic and lawful is for the chain to say.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    note: Note<'a>,
    envelope: Envelope<'a>,
    prev: EntryHash,
}

/// What the data of an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// An event of a type that this program knows.
    Event(Event),
    /// A type, or a version of its data, that this program does not know.
    Unknown {
        /// The type.
        event_type: String,
        /// The version of its data.
        version: u32,
    },
    /// A known type whose data does not have the shape of the type.
    Misshapen {
        /// The type.
        event_type: EventType,
        /// What is wrong.
        detail: String,
    },
}

/// An entry that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It has no canonical form.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// It is longer than the format allows.
    #[error(
        "the entry would have {found} bytes: expected at most {}; shorten its reason, or keep bulk as evidence beside the log",
        note::LONGEST
    )]
    TooLong {
        /// How long it would be.
        found: usize,
    },
    /// The signer did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    actor: Principal,
    agent: Agent,
    #[serde(borrow)]
    data: &'a RawValue,
    id: EntryId,
    #[serde(borrow)]
    prev: Cow<'a, str>,
    seq: u64,
    time: Timestamp,
    #[serde(borrow, rename = "type")]
    event_type: Cow<'a, str>,
    v: u32,
}

#[derive(Serialize)]
struct Written<'a> {
    actor: &'a Principal,
    agent: &'a Agent,
    data: &'a Event,
    id: EntryId,
    prev: String,
    seq: Sequence,
    time: Timestamp,
    r#type: &'static str,
    v: u32,
}

impl Draft {
    /// The entry's bytes, signed.
    pub fn sign(&self, signer: &(impl Signer + ?Sized)) -> Result<Vec<u8>, WriteError> {
        let mut text = encoding::canonical(&Written {
            actor: &self.actor,
            agent: &self.agent,
            data: &self.event,
            id: self.id,
            prev: b64::encode(self.prev.as_bytes()),
            seq: self.sequence,
            time: self.time,
            r#type: self.event.event_type().as_str(),
            v: DATA_VERSION,
        })?;
        text.push(b'\n');
        let signature = signer.sign(&text)?;
        let entry = note::assemble(&text, signer.key().reference(), &signature);
        if entry.len() > note::LONGEST {
            return Err(WriteError::TooLong { found: entry.len() });
        }
        Ok(entry)
    }
}

impl<'a> Entry<'a> {
    /// Takes an entry apart, refusing whatever this format would not write.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let note = Note::parse_line(bytes)?;
        let line = note.line();
        encoding::check(line)?;
        let envelope: Envelope<'a> = serde_json::from_slice(line).map_err(|error| misplaced(line, &error))?;
        let prev = b64::decode::<32>(envelope.prev.as_bytes()).map(EntryHash::from_bytes);
        let prev = prev.ok_or_else(|| field(line, "prev", "32 bytes in base64"))?;
        if envelope.seq > LARGEST_INTEGER - 1 {
            return Err(field(line, "seq", "a place below 2^53 - 1"));
        }
        if !envelope.data.get().starts_with('{') {
            return Err(field(line, "data", "an object"));
        }
        Ok(Self { note, envelope, prev })
    }

    /// Its place, as it says.
    pub fn sequence(&self) -> Sequence {
        Sequence::new(self.envelope.seq)
    }

    /// The hash of the entry before, as it says.
    pub const fn prev(&self) -> &EntryHash {
        &self.prev
    }

    /// The writer's idempotency key.
    pub const fn id(&self) -> EntryId {
        self.envelope.id
    }

    /// When, as its writer says.
    pub const fn time(&self) -> Timestamp {
        self.envelope.time
    }

    /// On whose behalf, as it says.
    pub const fn actor(&self) -> &Principal {
        &self.envelope.actor
    }

    /// The program that wrote it, as it says.
    pub const fn agent(&self) -> &Agent {
        &self.envelope.agent
    }

    /// The name of its type.
    pub fn event_type(&self) -> &str {
        &self.envelope.event_type
    }

    /// The key that its signature line names.
    pub const fn key(&self) -> &KeyRef {
        self.note.key()
    }

    /// What was signed.
    pub const fn signed(&self) -> &'a [u8] {
        self.note.text()
    }

    /// The signature.
    pub const fn signature(&self) -> &[u8; 64] {
        self.note.signature()
    }

    /// What it says, read by its type.
    pub fn content(&self) -> Content {
        let Envelope { event_type, v, data, .. } = &self.envelope;
        let known = EventType::parse(event_type).filter(|_| *v == DATA_VERSION);
        let Some(known) = known else { return Content::Unknown { event_type: event_type.to_string(), version: *v } };
        let mut reader = serde_json::Deserializer::from_str(data.get());
        match Event::deserialize(known, &mut reader) {
            // Serde reads an object from an array too; what does not read back as it was written is no event of the format.
            Ok(event) if encoding::canonical(&event).is_ok_and(|text| text == data.get().as_bytes()) => Content::Event(event),
            Ok(_) => Content::Misshapen { event_type: known, detail: "fields in another form than the type's".to_owned() },
            Err(error) => Content::Misshapen { event_type: known, detail: error.to_string() },
        }
    }
}

/// Where the JSON reader stopped. The line is canonical, so all of it stands on line 1.
fn misplaced(line: &[u8], error: &serde_json::Error) -> Malformed {
    let mut what = error.to_string();
    if let Some(at) = what.rfind(" at line ") {
        what.truncate(at);
    }
    Malformed::at(line, error.column().saturating_sub(1), format!("the fields of an entry ({what})"))
}

fn field(line: &[u8], name: &str, expected: &'static str) -> Malformed {
    let key = format!("\"{name}\":");
    let at = line.windows(key.len()).position(|window| window == key.as_bytes()).map_or(0, |at| at + key.len());
    Malformed::at(line, at, expected)
}
