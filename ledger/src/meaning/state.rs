//! The state: what follows from all entries so far. `apply` is the only fold; it cannot fail.

use std::collections::{HashMap, HashSet};

use foldhash::quality::RandomState;

use super::core::{Adopted, Core, Identity, Proposal};
use super::digest::{Digest, LineId};
use super::event::history::{Asserted, AssertedKind, HistoryImported};
use super::event::ledger::LedgerCreated;
use super::event::promotion::{Leaves, Outcome, Promotion, RegistryTagged, StepStarted};
use super::event::{Event, Recorded};
use super::facts::{AssertedVisit, Fact, FactKey, GateResult, Holder, Lock, Pending, Place, Release, Run, TagState, Visit};
use super::id::{Epoch, PromotionId, Sequence};
use super::names::{Component, Environment, GateName, Pipeline, Version};
use super::time::Timestamp;

/// What follows from all entries so far, or the slice of it that some judgement needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What every judgement needs.
    core: Core,
    facts: HashMap<FactKey, Option<Fact>, RandomState>,
    /// Whether a fact that is not in the map is known not to exist; in a slice it was just not brought.
    complete: bool,
    changed: HashSet<FactKey, RandomState>,
}

impl State {
    /// The state before entry 0, complete: what is not in it does not exist.
    pub fn genesis() -> Self {
        Self { core: Core::default(), facts: HashMap::default(), complete: true, changed: HashSet::default() }
    }

    /// A slice: the core, and no facts until they are brought.
    pub fn slice(core: Core) -> Self {
        Self { core, facts: HashMap::default(), complete: false, changed: HashSet::default() }
    }

    /// What every judgement needs.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Whether the fact was brought, or the state is complete.
    pub fn has(&self, key: &FactKey) -> bool {
        self.complete || self.facts.contains_key(key)
    }

    /// Whether what is not in it does not exist.
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// What is known under that key.
    pub fn fact(&self, key: &FactKey) -> Option<&Fact> {
        self.facts.get(key).and_then(Option::as_ref)
    }

    /// Takes over the core of a slice that began where this state stands, and all that changed in it since.
    pub fn go_on_with(&mut self, mut slice: Self) {
        for key in slice.changed {
            let fact = slice.facts.remove(&key).flatten();
            self.put(key, fact);
        }
        self.core = slice.core;
    }

    /// Brings a fact, or the knowledge that there is none.
    pub fn bring(&mut self, key: FactKey, fact: Option<Fact>) {
        self.facts.insert(key, fact);
    }

    /// The facts of a slice that changed since the last call, in no order, with their new values; `None` where a fact is no more.
    pub fn take_changes(&mut self) -> Vec<(FactKey, Option<Fact>)> {
        let with_fact = |key: FactKey| {
            let fact = self.facts.get(&key).cloned().flatten();
            (key, fact)
        };
        std::mem::take(&mut self.changed).into_iter().map(with_fact).collect()
    }

    /// Drops every fact of a slice, to bound memory; they are brought again when needed.
    pub fn forget(&mut self) {
        if !self.complete {
            self.facts.clear();
        }
    }

    /// Every fact that there is, in order.
    pub fn facts(&self) -> impl Iterator<Item = (&FactKey, &Fact)> {
        let mut facts: Vec<_> = self.facts.iter().filter_map(|(key, fact)| fact.as_ref().map(|fact| (key, fact))).collect();
        facts.sort_unstable_by_key(|(key, _)| *key);
        facts.into_iter()
    }

    fn get(&self, key: &FactKey) -> Option<&Fact> {
        let found = self.facts.get(key);
        assert!(self.complete || found.is_some(), "the fact {key} was not brought: `needs` must name it");
        found.and_then(Option::as_ref)
    }

    fn put(&mut self, key: FactKey, fact: Option<Fact>) {
        // Nobody asks a complete state what changed, and noting it would double what a whole log's fold needs.
        if !self.complete {
            self.changed.insert(key.clone());
        }
        if fact.is_none() && self.complete {
            self.facts.remove(&key);
        } else {
            self.facts.insert(key, fact);
        }
    }

    /// What a version stands for.
    pub fn release(&self, pipeline: &Pipeline, component: &Component, version: &Version) -> Option<&Release> {
        match self.get(&FactKey::Release(pipeline.clone(), component.clone(), version.clone()))? {
            Fact::Release(release) => Some(release),
            _ => None,
        }
    }

    /// Who is in an environment, and what is under way there.
    pub fn place(&self, pipeline: &Pipeline, component: &Component, environment: &Environment) -> Place {
        match self.get(&FactKey::Place(pipeline.clone(), component.clone(), environment.clone())) {
            Some(Fact::Place(place)) => place.clone(),
            _ => Place::default(),
        }
    }

    /// The locks of an environment, whatever they are narrowed to.
    pub fn locks(&self, pipeline: &Pipeline, environment: &Environment) -> &[Lock] {
        match self.get(&FactKey::Locks(pipeline.clone(), environment.clone())) {
            Some(Fact::Locks(locks)) => locks,
            _ => &[],
        }
    }

    /// The locks that a change of the component in the environment runs into.
    pub fn locks_on<'a>(
        &'a self,
        pipeline: &Pipeline,
        environment: &Environment,
        component: &'a Component,
    ) -> impl Iterator<Item = &'a Lock> {
        self.locks(pipeline, environment).iter().filter(move |lock| lock.component.as_ref().is_none_or(|only| only == component))
    }

    /// What is known of a version in an environment.
    pub fn visit(&self, pipeline: &Pipeline, component: &Component, environment: &Environment, version: &Version) -> Option<&Visit> {
        match self.get(&FactKey::Visit(pipeline.clone(), component.clone(), environment.clone(), version.clone()))? {
            Fact::Visit(visit) => Some(visit),
            _ => None,
        }
    }

    /// The newest result of a gate.
    pub fn gate(
        &self,
        pipeline: &Pipeline,
        component: &Component,
        environment: &Environment,
        gate: &GateName,
        digest: &Digest,
    ) -> Option<GateResult> {
        let key = FactKey::Gate(pipeline.clone(), component.clone(), environment.clone(), gate.clone(), digest.clone());
        match self.get(&key)? {
            Fact::Gate(result) => Some(*result),
            _ => None,
        }
    }

    /// A promotion or rollback that is under way.
    pub fn run(&self, promotion: &PromotionId) -> Option<&Run> {
        match self.get(&FactKey::Run(*promotion))? {
            Fact::Run(run) => Some(run),
            _ => None,
        }
    }

    /// Whether a promotion or rollback of that id ever began.
    pub fn ever_began(&self, promotion: &PromotionId) -> bool {
        self.get(&FactKey::Run(*promotion)).is_some()
    }

    /// What imported history says last of a version in an environment.
    pub fn asserted(
        &self,
        pipeline: &Pipeline,
        component: &Component,
        environment: &Environment,
        version: &Version,
    ) -> Option<&AssertedVisit> {
        match self.get(&FactKey::Asserted(pipeline.clone(), component.clone(), environment.clone(), version.clone()))? {
            Fact::Asserted(visit) => Some(visit),
            _ => None,
        }
    }

    /// Whether imported history says that this digest came into the environment under that version, and was not taken out since.
    pub fn asserted_there(
        &self,
        pipeline: &Pipeline,
        component: &Component,
        environment: &Environment,
        version: &Version,
        digest: &Digest,
    ) -> bool {
        let visit = self.asserted(pipeline, component, environment, version);
        visit.is_some_and(|visit| !visit.removed && visit.digest.as_ref() == Some(digest))
    }

    /// Whether the line was imported.
    pub fn imported(&self, line: &LineId) -> bool {
        self.get(&FactKey::Line(*line)).is_some()
    }

    /// Takes in that an entry stands there which is not understood here.
    pub fn pass_over(&mut self, sequence: Sequence, time: Timestamp) {
        self.core.size = sequence.get() + 1;
        self.core.floor = Some(time);
    }

    /// Takes the entry in. It was judged lawful before; an event about something unknown changes nothing.
    pub fn apply(&mut self, entry: &Recorded) {
        self.core.size = entry.sequence.get() + 1;
        self.core.floor = Some(entry.time);
        match &entry.event {
            Event::LedgerCreated(event) => self.create(event),
            Event::FormatRaised(event) => self.core.format = event.level,
            Event::ClockCorrected(_) | Event::BodyRemoved(_) | Event::PromotionRefused(_) | Event::RollbackRefused(_) => {}
            Event::KeyProposed(event) => self.core.proposals.push(Proposal {
                sequence: entry.sequence,
                change: event.change.clone(),
                endorsed_by: self.core.key(&entry.key).map(|record| record.principal.clone()).into_iter().collect(),
            }),
            Event::KeyEndorsed(event) => self.endorse(event.proposal, entry),
            Event::KeyAdded(event) => self.core.add_key(&event.key, entry.sequence, false),
            Event::KeyRevoked(event) => self.core.revoke_key(event, entry.sequence),
            Event::ManifestAdopted(event) => {
                let adopted = Adopted { rules: event.rules.clone(), sequence: entry.sequence };
                self.core.pipelines.own().insert(event.rules.pipeline().clone(), adopted);
            }
            Event::ArtifactRegistered(event) => {
                let key = FactKey::Release(event.pipeline.clone(), event.component.clone(), event.version.clone());
                let release = Release { digest: event.digest.clone(), registered: entry.sequence, source_sha: event.source_sha.clone() };
                self.put(key, Some(Fact::Release(release)));
            }
            Event::GateCompleted(event) => {
                let key = FactKey::Gate(
                    event.pipeline.clone(),
                    event.component.clone(),
                    event.environment.clone(),
                    event.gate.clone(),
                    event.digest.clone(),
                );
                self.put(key, Some(Fact::Gate(GateResult { sequence: entry.sequence, status: event.status })));
            }
            Event::AuthorizationDecided(event) => {
                if let (Some(promotion), Outcome::Passed) = (&event.promotion, event.outcome) {
                    self.change_run(&promotion.promotion_id, |run| run.authorized_via = Some(event.authorized_via.clone()));
                }
            }
            Event::DowngradeDecided(event) => {
                self.change_run(&event.promotion.promotion_id, |run| run.downgrade_passed |= event.outcome == Outcome::Passed);
            }
            Event::PromotionRequested(event) => {
                let gates = self.gates_of(&event.promotion);
                self.open(run(entry, &event.promotion, gates, None), entry.time);
            }
            Event::RollbackRequested(event) => {
                self.open(run(entry, &event.promotion, Vec::new(), Some(event.leaves.clone())), entry.time);
            }
            Event::PromotionTakenOver(event) => self.change_run(&event.promotion.promotion_id, |run| {
                run.epoch = event.epoch;
                run.holder = entry.actor.clone();
            }),
            Event::StepStarted(event) => self.change_run(&event.promotion.promotion_id, |run| start(run, event)),
            Event::RegistryTagged(event) => self.change_run(&event.promotion.promotion_id, |run| confirm(run, event)),
            Event::PromotionCompleted(event) => {
                self.close(&event.promotion);
                self.arrive(&event.promotion, entry.sequence, false);
            }
            Event::RollbackCompleted(event) => {
                self.close(&event.promotion);
                self.leave(&event.promotion, &event.leaves.version, entry.sequence);
                self.arrive(&event.promotion, entry.sequence, true);
            }
            Event::PromotionFailed(event) => self.close(&event.promotion),
            Event::PromotionAborted(event) => self.close(&event.promotion),
            Event::RollbackFailed(event) => self.close(&event.promotion),
            Event::HistoryImported(event) => event.lines.as_slice().iter().for_each(|line| self.assert(event, line, entry.sequence)),
            Event::EnvironmentLocked(event) => {
                let mut locks = self.locks(&event.pipeline, &event.environment).to_vec();
                locks.push(Lock {
                    component: event.component.clone(),
                    owner: entry.actor.clone(),
                    reason: event.reason.clone(),
                    sequence: entry.sequence,
                    since: entry.time,
                });
                self.put(FactKey::Locks(event.pipeline.clone(), event.environment.clone()), Some(Fact::Locks(locks)));
            }
            Event::EnvironmentUnlocked(event) => {
                let mut locks = self.locks(&event.pipeline, &event.environment).to_vec();
                locks.retain(|lock| lock.sequence != event.lock);
                let fact = (!locks.is_empty()).then_some(Fact::Locks(locks));
                self.put(FactKey::Locks(event.pipeline.clone(), event.environment.clone()), fact);
            }
        }
    }

    fn create(&mut self, event: &LedgerCreated) {
        self.core.identity = Some(Identity { origin: event.origin.clone(), ledger_id: event.ledger_id });
        self.core.format = event.format;
        self.core.admin_threshold = event.admin_threshold;
        for key in &event.keys {
            self.core.add_key(key, Sequence::GENESIS, false);
        }
        if let Some(recovery) = &event.recovery {
            self.core.add_key(recovery, Sequence::GENESIS, true);
        }
    }

    fn assert(&mut self, event: &HistoryImported, line: &Asserted, sequence: Sequence) {
        self.put(FactKey::Line(line.id(&event.pipeline)), Some(Fact::Imported));
        let known = self.asserted(&event.pipeline, &line.component, &line.to, &line.version);
        if known.is_some_and(|known| known.time > line.time) {
            return;
        }
        let key = FactKey::Asserted(event.pipeline.clone(), line.component.clone(), line.to.clone(), line.version.clone());
        let removed = line.kind == AssertedKind::Removal;
        self.put(key, Some(Fact::Asserted(AssertedVisit { digest: line.digest.clone(), removed, time: line.time, sequence })));
    }

    fn endorse(&mut self, sequence: Sequence, entry: &Recorded) {
        let Some(principal) = self.core.key(&entry.key).map(|record| record.principal.clone()) else { return };
        let takes_effect = self.core.would_take_effect(sequence, &principal);
        let Some(at) = self.core.proposals.iter().position(|proposal| proposal.sequence == sequence) else { return };
        if takes_effect {
            let proposal = self.core.proposals.remove(at);
            self.core.change_keys(&proposal.change, entry.sequence);
        } else if let Some(proposal) = self.core.proposals.get_mut(at) {
            proposal.endorsed_by.push(principal);
        }
    }

    /// The gates that the rules in force demand for entering the environment.
    pub fn gates_of(&self, promotion: &Promotion) -> Vec<GateName> {
        let rules = self.core.rules(&promotion.pipeline);
        rules.and_then(|rules| rules.environment(&promotion.to)).map(|environment| environment.gates.clone()).unwrap_or_default()
    }

    fn open(&mut self, run: Run, at: Timestamp) {
        let promotion = run.promotion.clone();
        let mut place = self.place(&promotion.pipeline, &promotion.component, &promotion.to);
        place.first.get_or_insert(at);
        place.run = Some(promotion.promotion_id);
        self.put(place_key(&promotion), Some(Fact::Place(place)));
        self.put(FactKey::Run(promotion.promotion_id), Some(Fact::Run(Box::new(run))));
    }

    fn close(&mut self, promotion: &Promotion) {
        self.put(FactKey::Run(promotion.promotion_id), Some(Fact::Ended));
        let mut place = self.place(&promotion.pipeline, &promotion.component, &promotion.to);
        place.run = None;
        self.put(place_key(promotion), Some(Fact::Place(place)));
    }

    fn change_run(&mut self, promotion: &PromotionId, change: impl FnOnce(&mut Run)) {
        let Some(run) = self.run(promotion) else { return };
        let mut run = run.clone();
        change(&mut run);
        self.put(FactKey::Run(*promotion), Some(Fact::Run(Box::new(run))));
    }

    fn arrive(&mut self, promotion: &Promotion, at: Sequence, by_rollback: bool) {
        let Promotion { pipeline, component, to, version, digest, promotion_id, .. } = promotion;
        let holder = Holder { digest: digest.clone(), promotion_id: *promotion_id, since: at, version: version.clone() };
        let mut place = self.place(pipeline, component, to);
        place.holder = Some(holder);
        self.put(place_key(promotion), Some(Fact::Place(place)));
        let rollbacks = self.visit(pipeline, component, to, version).map_or(0, |visit| visit.rollbacks) + u32::from(by_rollback);
        let visit = Visit { digest: digest.clone(), entered: at, left_by_rollback: None, rollbacks };
        self.put(visit_key(promotion, version), Some(Fact::Visit(visit)));
    }

    fn leave(&mut self, promotion: &Promotion, version: &Version, at: Sequence) {
        let Some(visit) = self.visit(&promotion.pipeline, &promotion.component, &promotion.to, version) else { return };
        let visit = Visit { left_by_rollback: Some(at), ..visit.clone() };
        self.put(visit_key(promotion, version), Some(Fact::Visit(visit)));
    }
}

fn place_key(promotion: &Promotion) -> FactKey {
    FactKey::Place(promotion.pipeline.clone(), promotion.component.clone(), promotion.to.clone())
}

fn visit_key(promotion: &Promotion, version: &Version) -> FactKey {
    FactKey::Visit(promotion.pipeline.clone(), promotion.component.clone(), promotion.to.clone(), version.clone())
}

fn run(entry: &Recorded, promotion: &Promotion, gates: Vec<GateName>, leaves: Option<Leaves>) -> Run {
    Run {
        allow_downgrade: matches!(&entry.event, Event::PromotionRequested(requested) if requested.allow_downgrade),
        authorized_via: None,
        downgrade_passed: leaves.is_some(),
        epoch: Epoch::FIRST,
        gates,
        holder: entry.actor.clone(),
        leaves,
        promotion: promotion.clone(),
        requested: entry.sequence,
        tags: Vec::new(),
    }
}

fn start(run: &mut Run, event: &StepStarted) {
    let pending = Some(Pending { digest: event.digest.clone(), epoch: event.epoch });
    match run.tags.iter_mut().find(|state| state.tag == event.tag) {
        Some(state) => state.pending = pending,
        None => run.tags.push(TagState {
            before: event.previous.clone(),
            confirmed: None,
            pending,
            purpose: event.purpose,
            tag: event.tag.clone(),
        }),
    }
}

fn confirm(run: &mut Run, event: &RegistryTagged) {
    if let Some(state) = run.tags.iter_mut().find(|state| state.tag == event.tag) {
        state.confirmed = Some(event.digest.clone());
        state.pending = None;
    }
}
