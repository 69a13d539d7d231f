//! Wishes: who asks what next. Half of them make sense where the run stands, the others are anything.

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::id::PromotionId;
use uuid::Uuid;

use crate::ask::Ask;
use crate::cast::{ADA, BEN, CI, NOOR, OLI, SCANNER, Who};
use crate::chance::Chance;
use crate::model::{Model, Spot};
use crate::scene::{COMPONENTS, ENVIRONMENTS, GATES, LOST_BUILD, VARIANTS, VERSIONS, digest};

/// What is asked for in a run, drawn one after another.
pub(crate) struct Wishes {
    pub(crate) chance: Chance,
    runs: u64,
    /// Every run that anybody ever asked for.
    asked: Vec<PromotionId>,
    last: Option<(Who, Ask)>,
}

#[derive(Clone, Copy)]
enum Kind {
    Onwards,
    AnyPromotion,
    Rollback,
    Register,
    Gate,
    Lock,
    Unlock,
    Resume,
    Abort,
    Govern,
    Again,
}

const KINDS: [(u64, Kind); 11] = [
    (34, Kind::Onwards),
    (10, Kind::AnyPromotion),
    (13, Kind::Rollback),
    (6, Kind::Register),
    (5, Kind::Gate),
    (4, Kind::Lock),
    (6, Kind::Unlock),
    (10, Kind::Resume),
    (5, Kind::Abort),
    (7, Kind::Govern),
    (4, Kind::Again),
];

impl Wishes {
    pub(crate) const fn new(chance: Chance) -> Self {
        Self { chance, runs: 0, asked: Vec::new(), last: None }
    }

    pub(crate) fn next(&mut self, model: &Model) -> (Who, Ask) {
        let wish = match self.chance.weighted(&KINDS) {
            Kind::Onwards => self.onwards(model),
            Kind::AnyPromotion => self.any_promotion(),
            Kind::Rollback => self.rollback(model),
            Kind::Register => (self.somebody(), self.register()),
            Kind::Gate => (self.somebody(), self.gate()),
            Kind::Lock => (self.somebody(), Ask::Lock { environment: self.environment(), component: self.maybe_component() }),
            Kind::Unlock => self.unlock(),
            Kind::Resume => (self.somebody(), Ask::Resume { id: self.run(model) }),
            Kind::Abort => (self.somebody(), Ask::Abort { id: self.run(model), leave_tags: self.chance.percent(30) }),
            Kind::Govern => self.govern(model),
            Kind::Again => self.again(),
        };
        self.last = Some(wish.clone());
        wish
    }

    /// A run's id that was never used.
    pub(crate) fn fresh(&mut self) -> PromotionId {
        self.runs += 1;
        let id = PromotionId::from_uuid(Uuid::from_u64_pair(0x0198_f0a4_0000_7000, 0x8000_0000_0000_0000 | self.runs));
        self.asked.push(id);
        id
    }

    fn somebody(&mut self) -> Who {
        if self.chance.percent(60) {
            return self.chance.weighted(&[(3, CI), (3, OLI), (2, ADA), (1, BEN)]);
        }
        let everybody: Vec<Who> = Who::everybody().collect();
        self.chance.pick(&everybody)
    }

    fn component(&mut self) -> &'static str {
        self.chance.pick(&COMPONENTS)
    }

    fn maybe_component(&mut self) -> Option<&'static str> {
        let component = self.component();
        self.chance.percent(60).then_some(component)
    }

    fn environment(&mut self) -> &'static str {
        self.chance.weighted(&[(4, "dev"), (3, "staging"), (2, "prod"), (1, "qa")])
    }

    fn version(&mut self) -> &'static str {
        self.chance.pick(&VERSIONS)
    }

    fn run(&mut self, model: &Model) -> PromotionId {
        let under_way: Vec<PromotionId> = model.runs.keys().copied().collect();
        if !under_way.is_empty() && self.chance.percent(90) {
            return self.chance.pick(&under_way);
        }
        if self.asked.is_empty() { self.fresh() } else { self.chance.pick(&self.asked) }
    }

    /// The next step of the path for some release: its registration, a gate that is missing, or its promotion.
    fn onwards(&mut self, model: &Model) -> (Who, Ask) {
        let who = self.somebody();
        let (component, version) = (self.component(), self.version());
        let Some(expected) = model.releases.get(&(component.to_owned(), version.to_owned())) else {
            return (who, Ask::Register { component, version, build: if self.chance.percent(5) { LOST_BUILD } else { 0 } });
        };
        let path = &model.rules.path;
        let reached = |environment: &str| {
            let spot: Spot = (component.to_owned(), environment.to_owned());
            model.visit(&spot, version).is_some_and(|visit| !visit.left)
        };
        let furthest = path.iter().rposition(|(environment, _)| reached(environment));
        let at = furthest.map_or(0, |at| at + 1).min(path.len() - 1);
        let (to, gates) = path[at];
        let spot: Spot = (component.to_owned(), to.to_owned());
        let missing = gates.iter().find(|gate| model.gates.get(&(spot.clone(), (**gate).to_owned(), expected.clone())) != Some(&true));
        if let Some(gate) = missing.filter(|_| self.chance.percent(90)) {
            let status = self.chance.weighted(&[(8, GateStatus::Passed), (1, GateStatus::Warning), (1, GateStatus::Failed)]);
            let who = if self.chance.percent(70) { SCANNER } else { who };
            return (who, Ask::Gate { gate, component, environment: to, digest: expected.clone(), status });
        }
        let from = model.rules.source(to).unwrap_or("none");
        let (downgrade, force) = (self.chance.percent(70), self.chance.percent(10));
        (who, Ask::Promote { id: self.fresh(), component, version, from, to, downgrade, force })
    }

    fn any_promotion(&mut self) -> (Who, Ask) {
        let who = self.somebody();
        let (component, version, to) = (self.component(), self.version(), self.environment());
        let from = self.chance.pick(&["none", "dev", "qa", "staging", "prod"]);
        let (downgrade, force) = (self.chance.percent(40), self.chance.percent(30));
        (who, Ask::Promote { id: self.fresh(), component, version, from, to, downgrade, force })
    }

    fn rollback(&mut self, model: &Model) -> (Who, Ask) {
        let who = self.somebody();
        let visited: Vec<(Spot, String)> = model.visits.keys().cloned().collect();
        let id = self.fresh();
        if visited.is_empty() || self.chance.percent(15) {
            let (component, environment) = (self.component(), self.environment());
            let version = if self.chance.percent(50) { Some(self.version().to_owned()) } else { None };
            return (who, Ask::Rollback { id, component, version, environment });
        }
        let (spot, version) = self.chance.pick(&visited);
        let known = |names: &[&'static str], name: &str| *names.iter().find(|known| **known == name).expect("a name of the scene");
        let version = self.chance.percent(60).then_some(version);
        (who, Ask::Rollback { id, component: known(&COMPONENTS, &spot.0), version, environment: known(&ENVIRONMENTS, &spot.1) })
    }

    fn register(&mut self) -> Ask {
        let build = self.chance.weighted(&[(15, 0), (4, 1), (1, LOST_BUILD)]);
        Ask::Register { component: self.component(), version: self.version(), build }
    }

    fn gate(&mut self) -> Ask {
        let (component, version) = (self.component(), self.version());
        let statuses = [(4, GateStatus::Passed), (1, GateStatus::Warning), (3, GateStatus::Failed), (1, GateStatus::Skipped)];
        let status = self.chance.weighted(&statuses);
        let digest = digest(component, version, 0);
        Ask::Gate { gate: self.chance.pick(&GATES), component, environment: self.environment(), digest, status }
    }

    fn unlock(&mut self) -> (Who, Ask) {
        let who = self.somebody();
        let component = if self.chance.percent(70) { None } else { Some(self.component()) };
        (who, Ask::Unlock { environment: self.environment(), component, others: self.chance.percent(60) })
    }

    /// What mostly admins ask for: rules, keys, the clock.
    fn govern(&mut self, model: &Model) -> (Who, Ask) {
        let who = if self.chance.percent(80) { self.chance.weighted(&[(1, ADA), (1, BEN)]) } else { self.somebody() };
        let proposal = model.proposals.keys().next().copied();
        let ask = match self.chance.below(10) {
            0..=3 => Ask::Adopt { variant: u8::try_from(self.chance.below(u64::from(VARIANTS))).expect("a small number") },
            4 => Ask::AddKey { whose: if self.chance.percent(80) { NOOR } else { self.somebody() } },
            5 | 6 => Ask::Revoke { whose: self.leaver(model) },
            7 => Ask::CorrectClock,
            _ => match proposal {
                Some(proposal) => Ask::Endorse { proposal },
                None => Ask::Adopt { variant: 0 },
            },
        };
        (who, ask)
    }

    /// Who loses a key: often somebody with a run under way.
    fn leaver(&mut self, model: &Model) -> Who {
        let holders: Vec<&str> = model.runs.values().map(|run| run.holder.as_str()).collect();
        let busy: Vec<Who> = Who::everybody().filter(|who| holders.contains(&who.person().actor)).collect();
        if busy.is_empty() || self.chance.percent(40) { self.somebody() } else { self.chance.pick(&busy) }
    }

    /// The same once more, by whoever asked: with the same id, or with one of its own.
    fn again(&mut self) -> (Who, Ask) {
        let Some((who, mut ask)) = self.last.clone() else { return (CI, self.register()) };
        if self.chance.percent(60) {
            match &mut ask {
                Ask::Promote { id, .. } | Ask::Rollback { id, .. } => *id = self.fresh(),
                _ => {}
            }
        }
        (who, ask)
    }
}
