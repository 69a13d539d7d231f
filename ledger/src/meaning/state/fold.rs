//! The fold: what each event makes of the state.

use super::State;
use crate::meaning::core::{Adopted, Identity, Proposal, Proven};
use crate::meaning::event::approval::ApprovalRequested;
use crate::meaning::event::artifact::GateCompleted;
use crate::meaning::event::history::{Asserted, AssertedKind, HistoryImported};
use crate::meaning::event::identity::IdentityProven;
use crate::meaning::event::ledger::LedgerCreated;
use crate::meaning::event::overriding::Overridable;
use crate::meaning::event::promotion::{Outcome, Promotion, RegistryTagged, StepStarted};
use crate::meaning::event::{Event, Recorded};
use crate::meaning::facts::{
    Approvals, AssertedVisit, Fact, FactKey, GateDemanded, GateResult, Granted, Halt, Holder, Lock, Override, Pending, PolicyAnswer,
    Release, Run, SignatureDemanded, TagState, Visit,
};
use crate::meaning::id::{Epoch, PromotionId, Sequence, SigningKey};
use crate::meaning::names::{Principal, Version};
use crate::meaning::rules::VerificationRule;
use crate::meaning::time::Timestamp;

impl State {
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
            Event::ClockCorrected(_) | Event::BodyRemoved(_) | Event::RollbackRefused(_) => {}
            Event::PromotionRefused(event) => self.put(FactKey::PolicyAnswer(event.promotion.promotion_id), None),
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
                let release = Release {
                    digest: event.digest.clone(),
                    registered: entry.sequence,
                    source_sha: event.source_sha.clone(),
                    breaking: !event.breaking.is_empty(),
                };
                self.put(key, Some(Fact::Release(release)));
            }
            Event::GateCompleted(event) => self.gate_completed(event, entry.sequence, entry.time),
            Event::SignatureChecked(event) => self.change_run(&event.promotion.promotion_id, |run| {
                run.signature.iter_mut().for_each(|demanded| demanded.found = Some(event.found));
            }),
            Event::ApprovalRequested(event) => self.ask(event, entry),
            Event::ApprovalGranted(event) => {
                let key =
                    FactKey::Approvals(event.pipeline.clone(), event.component.clone(), event.environment.clone(), event.digest.clone());
                let granted = self.granted(entry);
                self.change_approvals(key, |approvals| approvals.granted.push(granted));
            }
            Event::ApprovalRejected(event) => {
                let key =
                    FactKey::Approvals(event.pipeline.clone(), event.component.clone(), event.environment.clone(), event.digest.clone());
                let rejected = self.granted(entry);
                self.change_approvals(key, |approvals| approvals.rejected = Some(rejected));
            }
            Event::GuardOverridden(event) => {
                let overriding = Override {
                    sequence: entry.sequence,
                    actor: entry.actor.clone(),
                    key: entry.key.clone(),
                    by: self.persons(entry),
                    guards: event.guards.iter().map(|overridden| overridden.guard).collect(),
                    promotion: event.promotion.clone(),
                    reviewed: None,
                };
                self.put(FactKey::Override(event.promotion.promotion_id), Some(Fact::Override(overriding)));
            }
            Event::OverrideReviewed(event) => {
                let id = event.promotion.promotion_id;
                if let Some(overriding) = self.overriding(&id).cloned() {
                    let reviewed = Override { reviewed: Some(entry.sequence), ..overriding };
                    self.put(FactKey::Override(id), Some(Fact::Override(reviewed)));
                }
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
                let run = Run { allow_downgrade: event.allow_downgrade, ..self.demanded(self.run_of(entry, &event.promotion)) };
                self.open(run, entry.time);
            }
            Event::RollbackRequested(event) => {
                let run = self.run_of(entry, &event.promotion);
                self.open(Run { downgrade_passed: true, leaves: Some(event.leaves.clone()), ..run }, entry.time);
            }
            Event::PromotionTakenOver(event) => {
                let unwinding = event.to_abort.is_some();
                // Whoever ends a run brings nothing anywhere.
                let persons = if unwinding { Vec::new() } else { self.persons(entry) };
                self.change_run(&event.promotion.promotion_id, |run| {
                    run.epoch = event.epoch;
                    run.holder = entry.actor.clone();
                    run.hands = union(&run.hands, persons);
                    run.unwinding = unwinding;
                });
            }
            Event::StepStarted(event) => self.change_run(&event.promotion.promotion_id, |run| start(run, event)),
            Event::RegistryTagged(event) => self.change_run(&event.promotion.promotion_id, |run| confirm(run, event)),
            Event::PromotionCompleted(event) => self.arrive(&event.promotion, entry, None),
            Event::RollbackCompleted(event) => self.arrive(&event.promotion, entry, Some(&event.leaves.version)),
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
                    expires: event.expires,
                });
                self.put(FactKey::Locks(event.pipeline.clone(), event.environment.clone()), Some(Fact::Locks(locks)));
            }
            Event::EnvironmentUnlocked(event) => {
                let mut locks = self.locks(&event.pipeline, &event.environment).to_vec();
                locks.retain(|lock| lock.sequence != event.lock);
                let fact = (!locks.is_empty()).then_some(Fact::Locks(locks));
                self.put(FactKey::Locks(event.pipeline.clone(), event.environment.clone()), fact);
            }
            Event::PipelineHalted(event) => {
                let mut halts = self.halts(&event.pipeline).to_vec();
                halts.push(Halt {
                    by: entry.actor.clone(),
                    component: event.component.clone(),
                    environment: event.environment.clone(),
                    reason: event.reason.clone(),
                    sequence: entry.sequence,
                    since: entry.time,
                });
                self.put(FactKey::Halts(event.pipeline.clone()), Some(Fact::Halts(halts)));
            }
            Event::PipelineResumed(event) => {
                let mut halts = self.halts(&event.pipeline).to_vec();
                halts.retain(|halt| halt.sequence != event.halt);
                let fact = (!halts.is_empty()).then_some(Fact::Halts(halts));
                self.put(FactKey::Halts(event.pipeline.clone()), fact);
            }
            Event::IdentityProven(event) => {
                self.core.prove(Proven::new(event, &entry.key, &entry.actor, entry.sequence), entry.time);
            }
        }
    }

    /// The state as it will be when this is recorded next, by that key and in that name, at that time.
    pub fn foreseeing_identity(&self, event: &IdentityProven, key: &SigningKey, actor: &Principal, time: Timestamp) -> Self {
        let mut state = self.clone();
        state.core.prove(Proven::new(event, key, actor, Sequence::new(self.core.size)), time);
        state.core.size += 1;
        state
    }

    /// The state as it will be when these results are recorded next, at that time.
    pub fn foreseeing(&self, results: &[GateCompleted], time: Timestamp) -> Self {
        let mut state = self.clone();
        for (event, place) in results.iter().zip(0..) {
            let sequence = Sequence::new(self.core.size + place);
            state.gate_completed(event, sequence, time);
        }
        state
    }

    fn gate_completed(&mut self, event: &GateCompleted, sequence: Sequence, time: Timestamp) {
        let GateCompleted { pipeline, component, environment, gate, digest, .. } = event.clone();
        let result = GateResult { sequence, time, status: event.status };
        if let Some(asked) = &event.policy {
            let (component, digest, environment, pipeline) = (component.clone(), digest.clone(), environment.clone(), pipeline.clone());
            let answer = PolicyAnswer { component, digest, environment, pipeline, result };
            self.put(FactKey::PolicyAnswer(asked.promotion_id), Some(Fact::PolicyAnswer(answer)));
        }
        self.put(FactKey::Gate(pipeline, component, environment, gate, digest), Some(Fact::Gate(result)));
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

    /// Everybody whom an entry is of: its actor, and whom its key stands for.
    pub fn persons(&self, entry: &Recorded) -> Vec<Principal> {
        let principal = self.core.key(&entry.key).map(|record| record.principal.clone());
        union(std::slice::from_ref(&entry.actor), principal)
    }

    fn ask(&mut self, event: &ApprovalRequested, entry: &Recorded) {
        let ApprovalRequested { pipeline, component, environment, digest, .. } = event.clone();
        let approvals = Approvals {
            request: entry.sequence,
            requested_by: self.persons(entry),
            manifest: event.manifest,
            expires: event.expires,
            version: event.version.clone(),
            granted: Vec::new(),
            rejected: None,
        };
        self.put(FactKey::Approvals(pipeline, component, environment, digest), Some(Fact::Approvals(approvals)));
    }

    fn granted(&self, entry: &Recorded) -> Granted {
        let signed_by = self.core.key(&entry.key).map_or(&entry.actor, |record| &record.principal).clone();
        Granted { by: entry.actor.clone(), entry: entry.sequence, signed_by }
    }

    fn change_approvals(&mut self, key: FactKey, change: impl FnOnce(&mut Approvals)) {
        let Some(Fact::Approvals(approvals)) = self.fact(&key) else { return };
        let mut approvals = approvals.clone();
        change(&mut approvals);
        self.put(key, Some(Fact::Approvals(approvals)));
    }

    fn run_of(&self, entry: &Recorded, promotion: &Promotion) -> Run {
        Run {
            allow_downgrade: false,
            approved_by: Vec::new(),
            authorized_via: None,
            downgrade_passed: false,
            epoch: Epoch::FIRST,
            gates: Vec::new(),
            hands: self.persons(entry),
            holder: entry.actor.clone(),
            leaves: None,
            overridden: self.overriding(&promotion.promotion_id).map(|overriding| overriding.guards.clone()).unwrap_or_default(),
            promotion: promotion.clone(),
            requested: entry.sequence,
            requested_at: entry.time,
            signature: None,
            tags: Vec::new(),
            unwinding: false,
        }
    }

    /// The run with what the rules in force demand of it.
    fn demanded(&self, run: Run) -> Run {
        let rules = self.core.rules(&run.promotion.pipeline);
        let Some(rule) = rules.and_then(|rules| rules.environment(&run.promotion.to)) else { return run };
        let policy = || rules.and_then(|rules| rules.verification()).map(VerificationRule::digest);
        let signature = rule.signature.map(|enforcement| SignatureDemanded { enforcement, found: None, policy: policy() });
        let heard = rule.approvals.is_some() && !run.overridden.contains(&Overridable::Approvals);
        let approved_by = if heard { self.approved_by(&run.promotion) } else { Vec::new() };
        Run { approved_by, gates: GateDemanded::of(rule), signature, ..run }
    }

    /// Everybody who stands behind the promotion by now.
    fn approved_by(&self, promotion: &Promotion) -> Vec<Principal> {
        let found = self.approvals(&promotion.pipeline, &promotion.component, &promotion.to, &promotion.digest);
        let granted = found.map(|found| found.granted.as_slice()).unwrap_or_default();
        union(&[], granted.iter().flat_map(|granted| [granted.by.clone(), granted.signed_by.clone()]))
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
        self.put(FactKey::PolicyAnswer(promotion.promotion_id), None);
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

    /// The release is in the environment; after a rollback, the version that it left is not.
    fn arrive(&mut self, promotion: &Promotion, entry: &Recorded, left: Option<&Version>) {
        let Promotion { pipeline, component, to, version, digest, promotion_id, .. } = promotion;
        let at = entry.sequence;
        self.moved(promotion);
        self.close(promotion);
        if let Some(left) = left {
            self.leave(promotion, left, at);
        } else {
            // What was granted is spent.
            self.put(FactKey::Approvals(pipeline.clone(), component.clone(), to.clone(), digest.clone()), None);
        }
        let holder = Holder { digest: digest.clone(), promotion_id: *promotion_id, since: at, version: version.clone() };
        let mut place = self.place(pipeline, component, to);
        place.holder = Some(holder);
        self.put(place_key(promotion), Some(Fact::Place(place)));
        let rollbacks = self.visit(pipeline, component, to, version).map_or(0, |visit| visit.rollbacks) + u32::from(left.is_some());
        let visit = Visit { digest: digest.clone(), entered: at, since: entry.time, left_by_rollback: None, rollbacks };
        self.put(visit_key(promotion, version), Some(Fact::Visit(visit)));
    }

    /// Whoever had a hand in the run brought its digest into the environment.
    fn moved(&mut self, promotion: &Promotion) {
        let Promotion { pipeline, component, to, digest, promotion_id, .. } = promotion;
        let Some(hands) = self.run(promotion_id).map(|run| run.hands.clone()) else { return };
        let movers = union(self.movers(pipeline, component, to, digest), hands);
        let key = FactKey::Movers(pipeline.clone(), component.clone(), to.clone(), digest.clone());
        self.put(key, Some(Fact::Movers(movers)));
    }

    fn leave(&mut self, promotion: &Promotion, version: &Version, at: Sequence) {
        let Some(visit) = self.visit(&promotion.pipeline, &promotion.component, &promotion.to, version) else { return };
        let visit = Visit { left_by_rollback: Some(at), ..visit.clone() };
        self.put(visit_key(promotion, version), Some(Fact::Visit(visit)));
    }
}

/// Both, in ascending order, each once.
fn union(some: &[Principal], others: impl IntoIterator<Item = Principal>) -> Vec<Principal> {
    let mut all: Vec<Principal> = some.iter().cloned().chain(others).collect();
    all.sort();
    all.dedup();
    all
}

fn place_key(promotion: &Promotion) -> FactKey {
    FactKey::Place(promotion.pipeline.clone(), promotion.component.clone(), promotion.to.clone())
}

fn visit_key(promotion: &Promotion, version: &Version) -> FactKey {
    FactKey::Visit(promotion.pipeline.clone(), promotion.component.clone(), promotion.to.clone(), version.clone())
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
