//! What a decision changes, from the command alone.

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::id::PromotionId;

use super::fate::Seen;
use super::guards::later;
use super::{GateResult, Lock, Model, Override, Proposal, Release, Request, Run, Spot};
use crate::ask::Ask;
use crate::cast::{Persons, Who};
use crate::scene::digest;
use crate::variants::variant;

impl Model {
    /// Carries out what is to go ahead. Its first entry is the one of that sequence; its entries bear that time.
    pub(crate) fn carry_out(&mut self, who: Who, ask: &Ask, seen: &Seen, sequence: u64, at: i64) {
        let own = |name: &str| name.to_owned();
        match ask {
            Ask::Register { component, version, build, breaking } => {
                let release = Release { digest: digest(component, version, *build), breaking: *breaking };
                self.releases.insert((own(component), own(version)), release);
            }
            Ask::Promote { id, component, version, from, to, .. } => {
                let (_, overridden) = self.told_of_guards(who, ask, seen, at);
                let spot = (own(component), own(to));
                let digest = self.releases.get(&(own(component), own(version))).map(|release| release.digest.clone());
                let run = Run { from: own(from), requested: at, overridden, ..run(who, spot, version, digest.unwrap_or_default()) };
                self.begin_promotion(who, *id, run, sequence);
            }
            Ask::Rollback { id, component, version, environment } => {
                let version = version.clone().unwrap_or_default();
                self.begin_rollback(who, *id, (own(component), own(environment)), &version, at);
            }
            Ask::Lock { environment, component, expires } => self.locks.push(Lock {
                sequence,
                environment: own(environment),
                component: component.map(own),
                owner: own(who.person().actor),
                expires: *expires,
            }),
            Ask::Unlock { environment, component, others } => {
                let (mine, foreign) = self.locks_meant(who, environment, *component, at);
                let lifted = mine.into_iter().chain(foreign.into_iter().filter(|_| *others));
                let lifted: Vec<u64> = lifted.map(|lock| lock.sequence).collect();
                self.locks.retain(|lock| !lifted.contains(&lock.sequence));
            }
            Ask::Gate { gate, component, environment, digest, status } => {
                let passes = matches!(status, GateStatus::Passed | GateStatus::Warning);
                let result = GateResult { sequence, time: at, passes };
                self.gates.insert(((own(component), own(environment)), own(gate), digest.clone()), result);
            }
            Ask::Answer { component, environment, digest, yes, .. } => {
                if let Some(request) = self.requests.get_mut(&((own(component), own(environment)), digest.clone())) {
                    let actor = who.person().actor;
                    if *yes { request.granted.push((actor, who.persons())) } else { request.rejected = Some(actor) }
                }
            }
            Ask::Review { id } => {
                if let Some(found) = self.overrides.get_mut(id) {
                    found.reviewed = true;
                }
            }
            Ask::Adopt { variant: number } => (self.rules, self.manifest) = (variant(*number), sequence),
            Ask::AddKey { whose } => self.change(who, sequence, true, *whose),
            Ask::Revoke { whose } => self.change(who, sequence, false, *whose),
            Ask::Endorse { proposal } => self.endorsed(who, *proposal),
            Ask::Resume { .. } | Ask::Abort { .. } | Ask::CorrectClock => {}
        }
    }

    fn begin(&mut self, id: PromotionId, run: Run) {
        self.places.entry(run.spot.clone()).or_default().run = Some(id);
        self.runs.insert(id, run);
    }

    /// What the rules ask of a promotion is settled when it is requested, and so is whose word it rests on.
    fn begin_promotion(&mut self, who: Who, id: PromotionId, run: Run, sequence: u64) {
        let Run { spot, overridden, .. } = &run;
        if !overridden.is_empty() {
            let word = Override { sequence, spot: spot.clone(), guards: overridden.clone(), by: who.persons(), reviewed: false };
            self.overrides.insert(id, word);
        }
        let asks = self.rules.stage(&spot.1).is_some_and(|stage| stage.guards.approvals.is_some()) && !overridden.contains(&"approvals");
        let request = self.requests.get(&(spot.clone(), run.digest.clone())).filter(|_| asks);
        let approvers: Persons =
            request.into_iter().flat_map(|request| &request.granted).flat_map(|(_, persons)| persons.clone()).collect();
        let gates = self.demanded(&spot.1);
        self.begin(id, Run { gates, approvers, ..run });
    }

    /// Somebody's word was asked for, with the entry of that sequence and time.
    pub(crate) fn ask_for_words(&mut self, who: Who, ask: &Ask, sequence: u64, at: i64) {
        let Ask::Promote { component, version, to, .. } = ask else { return };
        let Some(demanded) = self.rules.stage(to).and_then(|stage| stage.guards.approvals) else { return };
        let Some(release) = self.releases.get(&((*component).to_owned(), (*version).to_owned())) else { return };
        let request = Request {
            sequence,
            manifest: self.manifest,
            version: (*version).to_owned(),
            expires: later(at, demanded.valid_seconds),
            asked_by: who.persons(),
            granted: Vec::new(),
            rejected: None,
        };
        self.requests.insert((((*component).to_owned(), (*to).to_owned()), release.digest.clone()), request);
    }

    /// A rollback ends what hangs there and takes its place.
    fn begin_rollback(&mut self, who: Who, id: PromotionId, spot: Spot, version: &str, at: i64) {
        if let Some(hanging) = self.place(&spot).run {
            self.end_without_landing(&hanging);
        }
        let leaves = self.place(&spot).holder.map(|(holder, _)| holder).unwrap_or_default();
        let visit = self.visit(&spot, version);
        let number = visit.map_or(0, |visit| visit.rollbacks) + 1;
        let digest = visit.map(|visit| visit.digest.clone()).unwrap_or_default();
        let from = spot.1.clone();
        let run = Run { from, leaves: Some((leaves, number)), requested: at, ..run(who, spot, version, digest) };
        self.begin(id, run);
    }

    fn change(&mut self, who: Who, sequence: u64, add: bool, whose: Who) {
        if self.threshold > 1 {
            self.proposals.insert(sequence, Proposal { add, whose, behind: [who].into() });
        } else {
            self.live.insert(whose, add);
        }
    }

    fn endorsed(&mut self, who: Who, proposal: u64) {
        let takes_effect = self.takes_effect(who, proposal);
        let Some(waiting) = self.proposals.get_mut(&proposal) else { return };
        waiting.behind.insert(who);
        if takes_effect {
            let (add, whose) = (waiting.add, waiting.whose);
            self.proposals.remove(&proposal);
            self.live.insert(whose, add);
        }
    }
}

fn run(who: Who, spot: Spot, version: &str, digest: String) -> Run {
    Run {
        spot,
        version: version.to_owned(),
        digest,
        from: String::new(),
        leaves: None,
        holder: who.person().actor.to_owned(),
        epoch: 1,
        gates: Vec::new(),
        requested: 0,
        hands: who.persons(),
        approvers: Persons::new(),
        overridden: Vec::new(),
        unwinding: false,
        tags: Vec::new(),
        repository: String::new(),
        moved: false,
    }
}
