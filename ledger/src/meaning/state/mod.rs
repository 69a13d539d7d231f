//! The state: what follows from all entries so far. `apply` (in `fold`) is the only fold; it cannot fail.

mod fold;

use std::collections::{HashMap, HashSet};

use foldhash::quality::RandomState;

use super::core::Core;
use super::digest::{Digest, LineId};
use super::event::promotion::Promotion;
use super::facts::{Approvals, AssertedVisit, Fact, FactKey, GateResult, Halt, Lock, Override, Place, Release, Run, Visit};
use super::id::PromotionId;
use super::names::{Component, Environment, GateName, Pipeline, Principal, Version};
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

    /// The locks that a change of the component in the environment runs into at that time.
    pub fn locks_on<'a>(
        &'a self,
        pipeline: &Pipeline,
        environment: &Environment,
        component: &'a Component,
        at: Timestamp,
    ) -> impl Iterator<Item = &'a Lock> {
        let narrowed = move |lock: &&Lock| lock.component.as_ref().is_none_or(|only| only == component);
        self.locks(pipeline, environment).iter().filter(move |lock| lock.stands(at)).filter(narrowed)
    }

    /// The failures of a pipeline that are not resolved, in the order of the log.
    pub fn halts(&self, pipeline: &Pipeline) -> &[Halt] {
        match self.get(&FactKey::Halts(pipeline.clone())) {
            Some(Fact::Halts(halts)) => halts,
            _ => &[],
        }
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

    /// What the policies answered to this promotion.
    pub fn policy_answer(&self, promotion: &Promotion) -> Option<GateResult> {
        match self.get(&FactKey::PolicyAnswer(promotion.promotion_id))? {
            Fact::PolicyAnswer(answer) => answer.is_about(promotion).then_some(answer.result),
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

    /// Who stands behind a digest going into an environment.
    pub fn approvals(&self, pipeline: &Pipeline, component: &Component, environment: &Environment, digest: &Digest) -> Option<&Approvals> {
        match self.get(&FactKey::Approvals(pipeline.clone(), component.clone(), environment.clone(), digest.clone()))? {
            Fact::Approvals(approvals) => Some(approvals),
            _ => None,
        }
    }

    /// Who brought a digest into an environment.
    pub fn movers(&self, pipeline: &Pipeline, component: &Component, environment: &Environment, digest: &Digest) -> &[Principal] {
        match self.get(&FactKey::Movers(pipeline.clone(), component.clone(), environment.clone(), digest.clone())) {
            Some(Fact::Movers(movers)) => movers,
            _ => &[],
        }
    }

    /// The guards that a promotion passed on somebody's word.
    pub fn overriding(&self, promotion: &PromotionId) -> Option<&Override> {
        match self.get(&FactKey::Override(*promotion))? {
            Fact::Override(overriding) => Some(overriding),
            _ => None,
        }
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
}
