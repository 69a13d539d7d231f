//! Verification: reads a log from its first byte to its last, believes nothing that it says of itself, and reports.
//!
//! It needs no signing key and no write access. What an auditor holds from elsewhere (pins) raises the verdict from
//! self-consistent to pinned. Signatures are checked one by one, strictly.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::log::{Kept, Log, LogError};
use crate::evidence::chain::{Admitted, Chain, EntryFault, Fault, Verified};
use crate::evidence::entry::Entry;
use crate::evidence::hash::{NodeHash, body_digest, leaf_hash};
use crate::evidence::keyring::VerifierKey;
use crate::evidence::tree::Frontier;
use crate::meaning::digest::{BodyDigest, EntryHash};
use crate::meaning::event::Event;
use crate::meaning::event::artifact::Evidence;
use crate::meaning::id::{EntryId, Sequence};
use crate::meaning::law::{Rule, Unlawful};
use crate::meaning::names::Origin;
use crate::meaning::refusal::ExitCode;
use crate::meaning::time::Timestamp;

/// How far ahead of the reader's clock an entry's time may be before it is remarked on, in microseconds.
const AHEAD: i64 = 5 * 60 * 1_000_000;

/// What an auditor holds from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Pins {
    /// The ledger's name.
    pub origin: Option<Origin>,
    /// The hash of entry 0.
    pub genesis: Option<EntryHash>,
    /// An earlier end of the log: how many entries there were, and the hash of the last.
    pub head: Option<(u64, EntryHash)>,
    /// A key that must be among the first keys.
    pub key: Option<VerifierKey>,
}

/// How much a verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing from outside was given: the log agrees with itself.
    SelfConsistent,
    /// The genesis hash or an earlier head that is held elsewhere agrees.
    Pinned,
}

/// What was found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The exit code that it stands for.
    pub code: ExitCode,
    /// The entry, where it is about one.
    pub entry: Option<Sequence>,
    /// In words: what was expected, what was found.
    pub message: String,
}

/// What verification came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// The ledger's name, as entry 0 says it.
    pub origin: Option<Origin>,
    /// The hash of entry 0.
    pub genesis: Option<EntryHash>,
    /// How many entries are authentic, from the first on.
    pub sound: u64,
    /// The hash of the last of them.
    pub head: EntryHash,
    /// The root of the Merkle tree over them (RFC 6962).
    pub root: NodeHash,
    /// How many keys the ledger had, ever.
    pub keys: usize,
    /// How many pipelines have rules in force.
    pub pipelines: usize,
    /// How many bodies are named by entries.
    pub bodies_named: usize,
    /// How many of them were removed by an entry that says so.
    pub bodies_removed: usize,
    /// Entries that are authentic, of a later level of the format, and not understood here.
    pub not_understood: u64,
    /// What the last sound entry was, for people.
    pub last: Option<String>,
    /// What is wrong, first things first.
    pub findings: Vec<Finding>,
    /// What is not wrong, and should be known.
    pub remarks: Vec<String>,
    /// How much the verdict rests on.
    pub level: Level,
}

impl Report {
    /// The verdict: tampering outweighs a gap, a gap outweighs unlawfulness, and that what is not understood.
    pub fn exit_code(&self) -> ExitCode {
        [ExitCode::Tampered, ExitCode::Incomplete, ExitCode::Unlawful, ExitCode::NotVerifiable]
            .into_iter()
            .find(|code| self.findings.iter().any(|finding| finding.code == *code))
            .unwrap_or(ExitCode::Done)
    }
}

/// Verifies a log. `now` is the auditor's clock, for remarks on times ahead of it.
pub fn verify(log: &dyn Log, pins: &Pins, now: Timestamp) -> Report {
    let mut audit = Audit::new(pins, now);
    let read = log.entries(&mut |kept| audit.entry(&kept));
    if let Err(error) = read {
        audit.unreadable(&error);
    } else if !audit.broken {
        audit.check_end();
        audit.check_bodies(log);
        if let Err(error) = log.check() {
            audit.found(error.exit_code(), None, error.to_string());
        }
    }
    audit.report()
}

struct Audit<'a> {
    pins: &'a Pins,
    now: Timestamp,
    chain: Chain,
    tree: Frontier,
    ids: BTreeSet<EntryId>,
    named: BTreeMap<BodyDigest, (Sequence, Evidence)>,
    removed: BTreeSet<BodyDigest>,
    not_understood: u64,
    ahead: Option<(Sequence, Timestamp)>,
    last: Option<String>,
    pinned: bool,
    /// Whether the chain broke, so that nothing behind can be checked.
    broken: bool,
    findings: Vec<Finding>,
    remarks: Vec<String>,
}

impl<'a> Audit<'a> {
    fn new(pins: &'a Pins, now: Timestamp) -> Self {
        Self {
            pins,
            now,
            chain: Chain::begin(),
            tree: Frontier::new(),
            ids: BTreeSet::new(),
            named: BTreeMap::new(),
            removed: BTreeSet::new(),
            not_understood: 0,
            ahead: None,
            last: None,
            pinned: false,
            broken: false,
            findings: Vec::new(),
            remarks: Vec::new(),
        }
    }

    fn entry(&mut self, kept: &Kept) -> ControlFlow<()> {
        let sequence = Sequence::new(self.chain.size());
        let before = *self.chain.head();
        match self.chain.admit(&kept.note) {
            Ok(Admitted::Verified(entry)) => self.take_in(&entry),
            Ok(Admitted::NotUnderstood { event_type, version }) => self.not_understood(sequence, &event_type, version),
            Err(fault @ Fault { fault: EntryFault::Unlawful(_), .. }) => {
                self.found(ExitCode::Unlawful, Some(sequence), fault.fault.to_string());
                if let Err(fault) = self.chain.tolerate(&kept.note) {
                    return self.break_at(&fault);
                }
                self.last = None;
            }
            Err(fault) => return self.break_at(&fault),
        }
        debug_assert_ne!(before, *self.chain.head());
        self.tree.push(*self.chain.head());
        self.check_filing(kept, sequence);
        self.check_id(kept, sequence);
        self.check_pins(sequence);
        ControlFlow::Continue(())
    }

    fn break_at(&mut self, fault: &Fault) -> ControlFlow<()> {
        self.broken = true;
        self.found(fault.fault.exit_code(), Some(fault.sequence), fault.fault.to_string());
        ControlFlow::Break(())
    }

    fn take_in(&mut self, entry: &Verified) {
        let recorded = entry.recorded();
        if let Some(evidence) = recorded.event.evidence() {
            self.named.entry(evidence.digest).or_insert_with(|| (recorded.sequence, evidence.clone()));
        }
        if let Event::BodyRemoved(removed) = &recorded.event {
            self.removed.insert(removed.digest);
        }
        if recorded.time.as_micros() > self.now.as_micros().saturating_add(AHEAD) {
            self.ahead.get_or_insert((recorded.sequence, recorded.time));
        }
        self.last = Some(describe(entry));
    }

    fn not_understood(&mut self, sequence: Sequence, event_type: &str, version: u32) {
        if self.not_understood == 0 {
            let message = format!(
                "authentic, not understood: {event_type} version {version} is of a later format; the law was not judged from here on"
            );
            self.found(ExitCode::NotVerifiable, Some(sequence), message);
        }
        self.not_understood += 1;
        self.last = None;
    }

    /// The columns beside an entry prove nothing, but people and programs look things up by them.
    fn check_filing(&mut self, kept: &Kept, sequence: Sequence) {
        let Some((id, hash)) = &kept.filed else { return };
        let actual = leaf_hash(&kept.note);
        if *hash != actual {
            self.found(
                ExitCode::Tampered,
                Some(sequence),
                format!("the store files it under another hash: expected {actual}, found {hash}"),
            );
        }
        let written = Entry::parse(&kept.note).map(|entry| entry.id());
        if let Ok(expected) = written
            && expected != *id
        {
            self.found(ExitCode::Tampered, Some(sequence), format!("the store files it under another id: expected {expected}, found {id}"));
        }
    }

    fn check_id(&mut self, kept: &Kept, sequence: Sequence) {
        let Ok(entry) = Entry::parse(&kept.note) else { return };
        if !self.ids.insert(entry.id()) {
            let unlawful = Unlawful::new(Rule::UniqueId, format!("no two entries may have one id, found {} again", entry.id()));
            self.found(ExitCode::Unlawful, Some(sequence), format!("unlawful: {unlawful}"));
        }
    }

    fn check_pins(&mut self, sequence: Sequence) {
        if sequence == Sequence::GENESIS {
            self.check_genesis();
        }
        let Some((size, pinned)) = self.pins.head else { return };
        if sequence.get() + 1 == size {
            let found = *self.chain.head();
            if found == pinned {
                self.pinned = true;
            } else {
                self.found(ExitCode::Tampered, Some(sequence), format!("not the entry that was pinned: expected {pinned}, found {found}"));
            }
        }
    }

    fn check_genesis(&mut self) {
        let found = *self.chain.head();
        if let Some(pinned) = self.pins.genesis {
            if pinned == found {
                self.pinned = true;
            } else {
                let message = format!("not the ledger that was pinned: expected genesis {pinned}, found {found}");
                self.found(ExitCode::Tampered, Some(Sequence::GENESIS), message);
            }
        }
        let identity = self.chain.state().core().identity.as_ref();
        let origin = identity.map(|identity| identity.origin.clone());
        if let (Some(pinned), Some(found)) = (&self.pins.origin, &origin)
            && pinned != found
        {
            let message = format!("not the ledger that was pinned: expected origin {pinned}, found {found}");
            self.found(ExitCode::Tampered, Some(Sequence::GENESIS), message);
        }
        if let Some(pinned) = &self.pins.key {
            let first = |key: &crate::meaning::core::KeyRecord| key.key.name == *pinned.name() && key.key.public == pinned.public();
            if self.chain.state().core().keys.iter().any(first) {
                self.pinned = true;
            } else {
                let message = format!("the key that was pinned is not among the first keys: expected {pinned}");
                self.found(ExitCode::Tampered, Some(Sequence::GENESIS), message);
            }
        }
    }

    fn check_end(&mut self) {
        let size = self.chain.size();
        if size == 0 {
            self.found(ExitCode::Incomplete, None, "the log is empty: expected at least entry 0, ledger.created".to_owned());
        }
        if let Some((pinned, _)) = self.pins.head
            && pinned > size
        {
            let message = format!("entries {size} to {} are missing: {pinned} entries were pinned, found {size}", pinned - 1);
            self.found(ExitCode::Incomplete, None, message);
        }
    }

    fn check_bodies(&mut self, log: &dyn Log) {
        for (digest, (sequence, evidence)) in std::mem::take(&mut self.named) {
            match log.body(&digest) {
                Ok(None) if self.removed.contains(&digest) => {}
                Ok(None) => {
                    let message = format!("the body that it names is missing, and no entry says that it was removed: {digest}");
                    self.found(ExitCode::Incomplete, Some(sequence), message);
                }
                Ok(Some(body)) => {
                    let actual = body_digest(&body.salt, &body.bytes);
                    if actual != digest || u64::try_from(body.bytes.len()) != Ok(evidence.size) {
                        let message = format!(
                            "the body that it names was changed: expected {digest}, {} bytes, found {actual}, {} bytes",
                            evidence.size,
                            body.bytes.len()
                        );
                        self.found(ExitCode::Tampered, Some(sequence), message);
                    }
                }
                Err(error) => self.found(error.exit_code(), Some(sequence), format!("the body that it names: {error}")),
            }
            self.named.insert(digest, (sequence, evidence));
        }
        self.check_strays(log);
    }

    /// A body that no entry names proves nothing and hurts nothing, but an auditor should know.
    fn check_strays(&mut self, log: &dyn Log) {
        let mut strays = 0u64;
        let named = &self.named;
        let read = log.bodies(&mut |digest| {
            strays += u64::from(!named.contains_key(&digest));
            ControlFlow::Continue(())
        });
        if let Err(error) = read {
            self.found(error.exit_code(), None, error.to_string());
        }
        if strays > 0 {
            let bodies = if strays == 1 { "1 body is".to_owned() } else { format!("{strays} bodies are") };
            self.remarks.push(format!("{bodies} named by no entry: that proves nothing"));
        }
    }

    fn unreadable(&mut self, error: &LogError) {
        let at = Sequence::new(self.chain.size());
        self.found(error.exit_code(), Some(at), error.to_string());
    }

    fn found(&mut self, code: ExitCode, entry: Option<Sequence>, message: String) {
        // The first of a kind says it; a log of a million bad rows must not make a million sentences.
        if self.findings.len() < 100 || !self.findings.iter().any(|finding| finding.code == code) {
            self.findings.push(Finding { code, entry, message });
        }
    }

    fn report(mut self) -> Report {
        if let Some((sequence, time)) = self.ahead {
            self.remarks.push(format!("times run ahead of this machine's clock from entry {sequence} on ({time})"));
        }
        let core = self.chain.state().core();
        Report {
            origin: core.identity.as_ref().map(|identity| identity.origin.clone()),
            genesis: self.chain.genesis().copied(),
            sound: self.chain.size(),
            head: *self.chain.head(),
            root: self.tree.root(),
            keys: core.keys.len(),
            pipelines: core.pipelines.len(),
            bodies_named: self.named.len(),
            bodies_removed: self.named.keys().filter(|digest| self.removed.contains(digest)).count(),
            not_understood: self.not_understood,
            last: self.last,
            findings: self.findings,
            remarks: self.remarks,
            level: if self.pinned { Level::Pinned } else { Level::SelfConsistent },
        }
    }
}

/// What an entry was, in a few words.
fn describe(entry: &Verified) -> String {
    let recorded = entry.recorded();
    let what = recorded.event.promotion().map(|promotion| format!(", {} {} to {}", promotion.component, promotion.version, promotion.to));
    format!("{}{}, {}", recorded.event.event_type(), what.unwrap_or_default(), recorded.time.to_minute())
}
