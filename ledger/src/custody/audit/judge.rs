//! The judgement of one entry after another, and of what they come to at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::ControlFlow;

use super::ids::Ids;
use super::report::{Finding, Level, Pins, Report};
use super::taken::Taken;
use crate::custody::log::{Log, LogError};
use crate::evidence::chain::{Admitted, Chain, EntryFault, Failed, Fault, Verified};
use crate::evidence::malformed::Malformed;
use crate::evidence::opened::Opened;
use crate::evidence::tree::Frontier;
use crate::meaning::core::{Core, KeyRecord};
use crate::meaning::digest::{BodyDigest, EntryHash};
use crate::meaning::event::Event;
use crate::meaning::event::artifact::Evidence;
use crate::meaning::id::{EntryId, Sequence};
use crate::meaning::law::{Rule, Unlawful};
use crate::meaning::refusal::ExitCode;
use crate::meaning::time::Timestamp;

/// How far ahead of the reader's clock an entry's time may be before it is remarked on, in microseconds.
const AHEAD: i64 = 5 * 60 * 1_000_000;

/// What is known of the log so far.
pub(super) struct Audit<'a> {
    pins: &'a Pins,
    now: Timestamp,
    chain: Chain,
    tree: Frontier,
    ids: Ids,
    pub(super) named: BTreeMap<BodyDigest, (Sequence, Evidence)>,
    pub(super) removed: BTreeSet<BodyDigest>,
    not_understood: u64,
    ahead: Option<(Sequence, Timestamp)>,
    last: Option<String>,
    pinned: bool,
    /// Whether the chain broke, so that nothing behind can be checked.
    broken: bool,
    findings: Vec<Finding>,
    pub(super) remarks: Vec<String>,
}

impl<'a> Audit<'a> {
    pub(super) fn new(pins: &'a Pins, now: Timestamp) -> Self {
        Self {
            pins,
            now,
            chain: Chain::begin(),
            tree: Frontier::new(),
            ids: Ids::new(),
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

    /// Whether nothing behind can be checked.
    pub(super) const fn is_broken(&self) -> bool {
        self.broken
    }

    /// What every judgement needs, as it stands by now.
    pub(super) fn core(&self) -> &Core {
        self.chain.state().core()
    }

    /// How many entries are authentic so far.
    pub(super) fn size(&self) -> u64 {
        self.chain.size()
    }

    /// Judges the next entry.
    pub(super) fn entry(&mut self, Taken { kept, opened }: Taken) -> ControlFlow<()> {
        let sequence = Sequence::new(self.chain.size());
        let found = opened.as_ref().map(|entry| (entry.id(), *entry.hash())).ok();
        match self.admit(opened) {
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
        self.tree.push(*self.chain.head());
        if let Some((id, hash)) = found {
            self.check_filing(kept.filed, sequence, id, hash);
            self.check_id(id, sequence);
        }
        self.check_pins(sequence);
        ControlFlow::Continue(())
    }

    fn admit(&mut self, opened: Result<Opened, Malformed>) -> Result<Admitted, Fault> {
        match self.chain.admit_opened(opened, |_| Ok::<_, Infallible>(None)) {
            Ok(admitted) => Ok(admitted),
            Err(Failed::Fault(fault)) => Err(*fault),
            Err(Failed::Fetch(never)) => match never {},
        }
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
    fn check_filing(&mut self, filed: Option<(EntryId, EntryHash)>, sequence: Sequence, id: EntryId, hash: EntryHash) {
        let Some((filed_id, filed_hash)) = filed else { return };
        if filed_hash != hash {
            let message = format!("the store files it under another hash: expected {hash}, found {filed_hash}");
            self.found(ExitCode::Tampered, Some(sequence), message);
        }
        if filed_id != id {
            let message = format!("the store files it under another id: expected {id}, found {filed_id}");
            self.found(ExitCode::Tampered, Some(sequence), message);
        }
    }

    fn check_id(&mut self, id: EntryId, sequence: Sequence) {
        if !self.ids.insert(id) {
            let unlawful = Unlawful::new(Rule::UniqueId, format!("no two entries may have one id, found {id} again"));
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
            let first = |key: &KeyRecord| key.key.name == *pinned.name() && key.key.public == pinned.public();
            if self.chain.state().core().keys.iter().any(first) {
                self.pinned = true;
            } else {
                let message = format!("the key that was pinned is not among the first keys: expected {pinned}");
                self.found(ExitCode::Tampered, Some(Sequence::GENESIS), message);
            }
        }
    }

    pub(super) fn check_end(&mut self) {
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

    /// What the store says of its own soundness.
    pub(super) fn check_store(&mut self, log: &dyn Log) {
        if let Err(error) = log.check() {
            self.found(error.exit_code(), None, error.to_string());
        }
    }

    pub(super) fn unreadable(&mut self, error: &LogError) {
        let at = Sequence::new(self.chain.size());
        self.found(error.exit_code(), Some(at), error.to_string());
    }

    pub(super) fn found(&mut self, code: ExitCode, entry: Option<Sequence>, message: String) {
        // The first of a kind says it; a log of a million bad rows must not make a million sentences.
        if self.findings.len() < 100 || !self.findings.iter().any(|finding| finding.code == code) {
            self.findings.push(Finding { code, entry, message });
        }
    }

    pub(super) fn report(mut self) -> Report {
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
