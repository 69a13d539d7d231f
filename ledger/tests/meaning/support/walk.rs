//! To walk promotions and rollbacks step by step, as the runner does, with a registry that is a map.

use promotion_ledger::meaning::command::Promote;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::promotion::{
    PromotionCompleted, PromotionFailed, RegistryTagged, RollbackCompleted, RollbackFailed, StepStarted, TagPurpose,
};
use promotion_ledger::meaning::facts::{Run, SignatureDemanded};
use promotion_ledger::meaning::guard;
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::TagName;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::Source;
use promotion_ledger::meaning::state::State;

use super::asks::{promote, register, rollback};
use super::cast::{Actor, CI, GATE};
use super::names::{component, environment, gate, reason, repository, shop, tag, version};
use super::world::World;
use super::{data, events};

impl World {
    /// What is known of a run that is under way.
    pub(crate) fn run(&self, id: PromotionId) -> Run {
        self.state().run(&id).cloned().expect("a run that is under way")
    }

    /// What a tag of the component points at.
    pub(crate) fn resolve(&self, component_name: &str, tag_name: &str) -> Option<&Digest> {
        self.tags.get(&(component(component_name), tag(tag_name)))
    }

    /// The next event of the run, as its holder would append it now.
    pub(crate) fn next_event(&self, run: &Run) -> Event {
        let Some((tag, purpose)) = run.next_tag() else { return completed(self.state(), run) };
        let pending = run.tag(&tag).and_then(|state| state.pending.as_ref());
        let announced = pending.is_some_and(|pending| pending.epoch == run.epoch && pending.digest == run.promotion.digest);
        if announced { tagged(run, tag, purpose) } else { self.started(run, tag, purpose) }
    }

    /// The announcement that the run is about to write the tag.
    pub(crate) fn started(&self, run: &Run, tag: TagName, purpose: TagPurpose) -> Event {
        let previous = self.tags.get(&(run.promotion.component.clone(), tag.clone())).cloned();
        let digest = run.promotion.digest.clone();
        StepStarted { digest, epoch: run.epoch, previous, promotion: run.promotion.clone(), purpose, tag }.into()
    }

    /// Given: the run went one step further; a tag is written before that is recorded.
    pub(crate) fn given_step(&mut self, by: Actor, id: PromotionId) -> Event {
        let event = self.next_event(&self.run(id));
        if let Event::RegistryTagged(tagged) = &event {
            self.tags.insert((tagged.promotion.component.clone(), tagged.tag.clone()), tagged.digest.clone());
        }
        self.given([(by, event.clone())]);
        event
    }

    /// Given: the run went on to its end. What was appended is returned.
    pub(crate) fn given_walked(&mut self, by: Actor, id: PromotionId) -> Vec<Event> {
        let mut appended = Vec::new();
        while self.state().run(&id).is_some() {
            appended.push(self.given_step(by, id));
        }
        appended
    }

    /// Given: the gates of an environment passed for a version.
    pub(crate) fn given_gates(&mut self, component_name: &str, version: &str, environment_name: &str) {
        let rules = self.state().core().rules(&shop()).expect("rules in force");
        let gates = rules.environment(&environment(environment_name)).expect("an environment of the path").gates.clone();
        let results = gates.iter().map(|name| gate(name.as_str(), component_name, version, environment_name, GateStatus::Passed));
        self.given(results.map(|result| (GATE, result.into())));
    }

    /// Given: the version was registered by CI, unless it was before.
    pub(crate) fn given_registered(&mut self, component: &str, version: &str) {
        self.given_done(CI, register(component, version));
    }

    /// Given: CI asked for a promotion that may go ahead, downgrade or not; it is under way.
    pub(crate) fn given_requested(&mut self, component: &str, version: &str, to: &str) -> PromotionId {
        self.given_registered(component, version);
        self.given_gates(component, version, to);
        let rules = self.state().core().rules(&shop()).expect("rules in force");
        let from = rules.source_of(&environment(to)).unwrap_or(Source::Nowhere).to_string();
        let ask = Promote { allow_downgrade: true, ..promote(component, version, &from, to) };
        let id = ask.promotion_id;
        self.given_done(CI, ask);
        id
    }

    /// Given: CI promoted the version into these environments, one after the other.
    pub(crate) fn given_promoted(&mut self, component: &str, version: &str, environments: &[&str]) {
        for to in environments {
            let id = self.given_requested(component, version, to);
            self.given_walked(CI, id);
        }
    }

    /// Given: CI rolled the environment back. The tag's number is returned.
    pub(crate) fn given_rolled_back(&mut self, component: &str, version: &str, environment: &str) -> u32 {
        let ask = rollback(component, version, environment);
        let id = ask.promotion_id;
        let requested = data!(events(self.when(CI, ask.clone())), RollbackRequested);
        self.given_done(CI, ask);
        self.given_walked(CI, id);
        requested.leaves.number
    }

    /// The version that is in the environment.
    pub(crate) fn there(&self, component_name: &str, environment_name: &str) -> Option<String> {
        let place = self.state().place(&shop(), &component(component_name), &environment(environment_name));
        place.holder.map(|holder| holder.version.to_string())
    }

    /// Whether the version was ever in the environment, and where it was rolled away from.
    pub(crate) fn left_by_rollback(&self, component_name: &str, version_name: &str, environment_name: &str) -> Option<u64> {
        let visit = self.state().visit(&shop(), &component(component_name), &environment(environment_name), &version(version_name));
        visit.expect("a version that was there").left_by_rollback.map(Sequence::get)
    }
}

/// The record that the tag was written and read back.
pub(crate) fn tagged(run: &Run, tag: TagName, purpose: TagPurpose) -> Event {
    let repository = repository(run.promotion.component.as_str());
    let digest = run.promotion.digest.clone();
    RegistryTagged { digest, epoch: run.epoch, promotion: run.promotion.clone(), purpose, repository, tag }.into()
}

/// The end of a run that reached it, whether or not the state backs it.
pub(crate) fn completed(state: &State, run: &Run) -> Event {
    let authorized_via = run.authorized_via.clone().unwrap_or_else(|| reason("nothing"));
    let (epoch, promotion) = (run.epoch, run.promotion.clone());
    match run.leaves.clone() {
        Some(leaves) => RollbackCompleted { authorization_passed: true, authorized_via, epoch, leaves, promotion }.into(),
        None => PromotionCompleted {
            authorization_passed: true,
            authorized_via,
            epoch,
            gates: guard::cited(state, &promotion, &run.gates, run.requested_at),
            promotion,
            signature_status: SignatureDemanded::status(run.signature.as_ref()),
        }
        .into(),
    }
}

/// The end of a run that did not reach it.
pub(crate) fn failed(run: &Run, code: ExitCode) -> Event {
    let message = reason("the registry does not take the tag");
    let (epoch, promotion, tags_left) = (run.epoch, run.promotion.clone(), run.tags_left());
    match run.leaves {
        Some(_) => RollbackFailed { code, epoch, message, promotion, tags_left }.into(),
        None => PromotionFailed { code, epoch, message, promotion, tags_left }.into(),
    }
}
