//! What a decision changes, from the command alone.

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::id::PromotionId;

use super::{Lock, Model, Proposal, Run, Spot};
use crate::ask::Ask;
use crate::cast::Who;
use crate::scene::{digest, variant};

impl Model {
    /// Carries out what is to go ahead. Its first entry is the one of that sequence.
    pub(crate) fn carry_out(&mut self, who: Who, ask: &Ask, sequence: u64) {
        let own = |name: &str| name.to_owned();
        match ask {
            Ask::Register { component, version, build } => {
                self.releases.insert((own(component), own(version)), digest(component, version, *build));
            }
            Ask::Promote { id, component, version, from, to, .. } => {
                let spot = (own(component), own(to));
                let gates = self.rules.gates(to).unwrap_or_default().iter().map(|gate| (*gate).to_owned()).collect();
                let digest = self.releases.get(&(own(component), own(version))).cloned().unwrap_or_default();
                let run = Run { from: own(from), gates, ..run(who, spot, version, digest) };
                self.begin(*id, run);
            }
            Ask::Rollback { id, component, version, environment } => {
                let version = version.clone().unwrap_or_default();
                self.begin_rollback(who, *id, (own(component), own(environment)), &version);
            }
            Ask::Lock { environment, component } => self.locks.push(Lock {
                sequence,
                environment: own(environment),
                component: component.map(own),
                owner: own(who.person().actor),
            }),
            Ask::Unlock { environment, component, others } => {
                let (mine, foreign) = self.locks_meant(who, environment, *component);
                let lifted = mine.into_iter().chain(foreign.into_iter().filter(|_| *others));
                let lifted: Vec<u64> = lifted.map(|lock| lock.sequence).collect();
                self.locks.retain(|lock| !lifted.contains(&lock.sequence));
            }
            Ask::Gate { gate, component, environment, digest, status } => {
                let passes = matches!(status, GateStatus::Passed | GateStatus::Warning);
                self.gates.insert(((own(component), own(environment)), own(gate), digest.clone()), passes);
            }
            Ask::Adopt { variant: number } => self.rules = variant(*number),
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

    /// A rollback ends what hangs there and takes its place.
    fn begin_rollback(&mut self, who: Who, id: PromotionId, spot: Spot, version: &str) {
        if let Some(hanging) = self.place(&spot).run {
            self.end_without_landing(&hanging);
        }
        let leaves = self.place(&spot).holder.map(|(holder, _)| holder).unwrap_or_default();
        let visit = self.visit(&spot, version);
        let number = visit.map_or(0, |visit| visit.rollbacks) + 1;
        let digest = visit.map(|visit| visit.digest.clone()).unwrap_or_default();
        let from = spot.1.clone();
        let run = Run { from, leaves: Some((leaves, number)), ..run(who, spot, version, digest) };
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
        tags: Vec::new(),
        repository: String::new(),
    }
}
