//! Wishes: who asks what next. Half of them make sense where the run stands, the others are anything.

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::id::PromotionId;
use uuid::Uuid;

use crate::ask::Ask;
use crate::cast::{ADA, AVA, BEN, CI, DEPUTY, MAX, NOOR, OLI, Persons, ROBOT, SCANNER, Who};
use crate::chance::Chance;
use crate::model::{Demanded, Model, Request, Spot};
use crate::scene::{COMPONENTS, ENVIRONMENTS, GATES, LOST_BUILD, VERSIONS, digest};
use crate::variants::VARIANTS;

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
    Answer,
    Review,
    Resume,
    Abort,
    Govern,
    Again,
}

const KINDS: [(u64, Kind); 13] = [
    (40, Kind::Onwards),
    (10, Kind::AnyPromotion),
    (13, Kind::Rollback),
    (6, Kind::Register),
    (5, Kind::Gate),
    (6, Kind::Lock),
    (6, Kind::Unlock),
    (28, Kind::Answer),
    (7, Kind::Review),
    (14, Kind::Resume),
    (5, Kind::Abort),
    (7, Kind::Govern),
    (4, Kind::Again),
];

impl Wishes {
    pub(crate) const fn new(chance: Chance) -> Self {
        Self { chance, runs: 0, asked: Vec::new(), last: None }
    }

    /// What is asked next, at that time in microseconds.
    pub(crate) fn next(&mut self, model: &Model, now: i64) -> (Who, Ask) {
        let kind = self.chance.weighted(&KINDS);
        let wish = match if self.is_idle(kind, model) { Kind::Onwards } else { kind } {
            Kind::Onwards => self.onwards(model, now),
            Kind::AnyPromotion => self.any_promotion(),
            Kind::Rollback => self.rollback(model),
            Kind::Register => (self.somebody(), self.register()),
            Kind::Gate => (self.somebody(), self.gate()),
            Kind::Lock => (self.somebody(), self.lock(now)),
            Kind::Unlock => self.unlock(model),
            Kind::Answer => self.answer(model),
            Kind::Review => self.review(model),
            Kind::Resume => self.resume(model),
            Kind::Abort => (self.somebody(), Ask::Abort { id: self.run(model), leave_tags: self.chance.percent(30) }),
            Kind::Govern => self.govern(model),
            Kind::Again => self.again(),
        };
        self.last = Some(wish.clone());
        wish
    }

    /// Whether there is nothing to be done of that kind; it is asked for all the same, now and then.
    fn is_idle(&mut self, kind: Kind, model: &Model) -> bool {
        let nothing = match kind {
            Kind::Answer => model.requests.is_empty(),
            Kind::Review => model.overrides.is_empty(),
            Kind::Resume | Kind::Abort => model.runs.is_empty(),
            Kind::Unlock => model.locks.is_empty(),
            Kind::Rollback => model.visits.len() < 2,
            _ => false,
        };
        nothing && !self.chance.percent(10)
    }

    /// A run's id that was never used.
    pub(crate) fn fresh(&mut self) -> PromotionId {
        self.runs += 1;
        let id = PromotionId::from_uuid(Uuid::from_u64_pair(0x0198_f0a4_0000_7000, 0x8000_0000_0000_0000 | self.runs));
        self.asked.push(id);
        id
    }

    fn somebody(&mut self) -> Who {
        if self.chance.percent(68) {
            return self.chance.weighted(&[(3, CI), (3, OLI), (2, ADA), (1, BEN), (1, ROBOT)]);
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
        let approved: Vec<PromotionId> = under_way.iter().filter(|id| !model.runs[id].approvers.is_empty()).copied().collect();
        if !approved.is_empty() && self.chance.percent(50) {
            return self.chance.pick(&approved);
        }
        if !under_way.is_empty() && self.chance.percent(90) {
            return self.chance.pick(&under_way);
        }
        if self.asked.is_empty() { self.fresh() } else { self.chance.pick(&self.asked) }
    }

    /// The next step of the path for some release: its registration, a gate that is missing, or its promotion.
    fn onwards(&mut self, model: &Model, now: i64) -> (Who, Ask) {
        let who = self.somebody();
        let (component, version) = self.release(model);
        let Some(release) = model.releases.get(&(component.to_owned(), version.to_owned())) else {
            let build = if self.chance.percent(5) { LOST_BUILD } else { 0 };
            return (who, Ask::Register { component, version, build, breaking: self.breaks(version) });
        };
        let path = &model.rules.path;
        let reached = |environment: &str| {
            let spot: Spot = (component.to_owned(), environment.to_owned());
            model.visit(&spot, version).is_some_and(|visit| !visit.left)
        };
        let furthest = path.iter().rposition(|stage| reached(stage.name));
        let at = furthest.map_or(0, |at| at + 1).min(path.len() - 1);
        let to = path[at].name;
        let spot: Spot = (component.to_owned(), to.to_owned());
        let demanded = model.demanded(to);
        let missing = demanded.iter().find(|gate| model.gate_missing(&spot, &release.digest, gate, now).is_some());
        // Who asks only whether a gate has passed does not see that this was long ago.
        let careless = |gate: &&Demanded| {
            if gate.advice {
                30
            } else if gate.max_age.is_some() {
                60
            } else {
                90
            }
        };
        if let Some(gate) = missing.filter(|gate| self.chance.percent(careless(gate))) {
            let status = self.chance.weighted(&[(8, GateStatus::Passed), (1, GateStatus::Warning), (1, GateStatus::Failed)]);
            let who = if self.chance.percent(70) { SCANNER } else { who };
            return (who, Ask::Gate { gate: gate.gate, component, environment: to, digest: release.digest.clone(), status });
        }
        let from = model.rules.source(to).unwrap_or("none");
        (who, self.promote(who, component, version, (from, to), 75))
    }

    /// Often one whose promotion waits for somebody's word, or one that is on its way.
    fn release(&mut self, model: &Model) -> (&'static str, &'static str) {
        let heard = |waits: &Request| usize::from(!waits.granted.is_empty() && waits.rejected.is_none());
        let most = model.requests.values().map(heard).max().unwrap_or_default();
        let waiting = model.requests.iter().filter(|(_, waits)| heard(waits) == most);
        let waiting = waiting.map(|(about, waits)| (about.0.0.as_str(), waits.version.as_str()));
        let on_its_way = model.visits.keys().map(|(spot, version)| (spot.0.as_str(), version.as_str()));
        let registered = model.releases.keys().map(|(component, version)| (component.as_str(), version.as_str()));
        let of: Vec<(&str, &str)> = match self.chance.below(20) {
            0..=8 if most > 0 || self.chance.percent(60) => waiting.collect(),
            0..=13 if !model.visits.is_empty() => on_its_way.collect(),
            0..=17 => registered.collect(),
            _ => Vec::new(),
        };
        if of.is_empty() {
            return (self.component(), self.version());
        }
        let (component, version) = self.chance.pick(&of);
        (known(&COMPONENTS, component), known(&VERSIONS, version))
    }

    /// A promotion that is meant in so many of a hundred cases, whatever is older or breaks. Admins break the glass now and then,
    /// and others try to.
    fn promote(&mut self, who: Who, component: &'static str, version: &'static str, path: (&'static str, &'static str), meant: u64) -> Ask {
        let (id, (from, to)) = (self.fresh(), path);
        let (downgrade, force) = (self.chance.percent(meant), self.chance.percent((100 - meant) / 2));
        let (breaking, glass) = (self.chance.percent(meant), self.chance.percent(if [ADA, BEN].contains(&who) { 40 } else { 4 }));
        Ask::Promote { id, component, version, from, to, downgrade, breaking, force, glass }
    }

    fn breaks(&mut self, version: &str) -> bool {
        self.chance.percent(if version.starts_with("v2") { 50 } else { 10 })
    }

    fn any_promotion(&mut self) -> (Who, Ask) {
        let who = self.somebody();
        let (component, version, to) = (self.component(), self.version(), self.environment());
        let from = self.chance.pick(&["none", "dev", "qa", "staging", "prod"]);
        (who, self.promote(who, component, version, (from, to), 40))
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
        let behind = |(spot, version): &&(Spot, String)| model.place(spot).holder.is_some_and(|(holder, _)| holder != *version);
        let before: Vec<(Spot, String)> = visited.iter().filter(behind).cloned().collect();
        let of = if before.is_empty() || self.chance.percent(40) { visited } else { before };
        let (spot, version) = self.chance.pick(&of);
        let version = self.chance.percent(60).then_some(version);
        let owners = model.locks.iter().filter(|lock| lock.environment == spot.1).map(|lock| lock.owner.as_str());
        let owner = owners.filter_map(|owner| Who::everybody().find(|who| who.person().actor == owner)).next();
        let who = owner.filter(|_| self.chance.percent(50)).unwrap_or(who);
        (who, Ask::Rollback { id, component: known(&COMPONENTS, &spot.0), version, environment: known(&ENVIRONMENTS, &spot.1) })
    }

    fn register(&mut self) -> Ask {
        let build = self.chance.weighted(&[(15, 0), (4, 1), (1, LOST_BUILD)]);
        let (component, version) = (self.component(), self.version());
        Ask::Register { component, version, build, breaking: self.breaks(version) }
    }

    fn gate(&mut self) -> Ask {
        let (component, version) = (self.component(), self.version());
        let statuses = [(4, GateStatus::Passed), (1, GateStatus::Warning), (3, GateStatus::Failed), (1, GateStatus::Skipped)];
        let status = self.chance.weighted(&statuses);
        let digest = digest(component, version, 0);
        Ask::Gate { gate: self.chance.pick(&GATES), component, environment: self.environment(), digest, status }
    }

    /// Half of the locks are over by themselves, some of them before they stand.
    fn lock(&mut self, now: i64) -> Ask {
        let (environment, component) = (self.environment(), self.maybe_component());
        let minutes = self.chance.pick(&[-1, 1, 5, 30, 120]);
        let expires = self.chance.percent(50).then_some(now + minutes * 60_000_000);
        Ask::Lock { environment, component, expires }
    }

    /// Yes or no to something that is asked for, mostly by somebody whose word counts.
    fn answer(&mut self, model: &Model) -> (Who, Ask) {
        let answerers = [(2, AVA), (2, MAX), (3, BEN), (1, NOOR), (3, OLI), (1, ROBOT), (3, DEPUTY), (1, ADA)];
        let who = if self.chance.percent(85) { self.chance.weighted(&answerers) } else { self.somebody() };
        let standing: Vec<_> = model.requests.iter().collect();
        let yes = self.chance.percent(80);
        if standing.is_empty() || self.chance.percent(4) {
            let (component, environment, version) = (self.component(), self.environment(), self.version());
            return (who, Ask::Answer { component, environment, digest: digest(component, version, 0), request: 2, yes });
        }
        let rejected: Vec<_> = standing.iter().copied().filter(|(_, request)| request.rejected.is_some()).collect();
        let standing = if rejected.is_empty() || self.chance.percent(85) { standing } else { rejected };
        let newest = standing.iter().copied().max_by_key(|(_, request)| request.sequence);
        let ((spot, digest), request) = newest.filter(|_| self.chance.percent(70)).unwrap_or_else(|| self.chance.pick(&standing));
        let given: Persons = request.granted.iter().flat_map(|(_, persons)| persons.clone()).collect();
        let who = if !given.is_empty() && self.chance.percent(40) { self.one_of(&given, 90) } else { who };
        let request = if self.chance.percent(6) { request.sequence - 1 } else { request.sequence };
        let (component, environment) = (known(&COMPONENTS, &spot.0), known(&ENVIRONMENTS, &spot.1));
        (who, Ask::Answer { component, environment, digest: digest.clone(), request, yes })
    }

    /// Somebody goes on with a run: now and then one who approved it, or who brought the release where it comes from.
    fn resume(&mut self, model: &Model) -> (Who, Ask) {
        let id = self.run(model);
        let near = model.runs.get(&id).map(|run| {
            let from = (run.spot.0.clone(), run.from.clone());
            let movers = model.movers.get(&(from, run.digest.clone())).cloned().unwrap_or_default();
            run.approvers.union(&movers).copied().collect()
        });
        (self.one_of(&near.unwrap_or_default(), 50), Ask::Resume { id })
    }

    /// In so many of a hundred cases somebody who stands for one of them.
    fn one_of(&mut self, persons: &Persons, of_a_hundred: u64) -> Who {
        let near: Vec<Who> = Who::everybody().filter(|who| !who.persons().is_disjoint(persons)).collect();
        if near.is_empty() || !self.chance.percent(of_a_hundred) { self.somebody() } else { self.chance.pick(&near) }
    }

    fn review(&mut self, model: &Model) -> (Who, Ask) {
        let who = if self.chance.percent(70) { self.chance.pick(&[ADA, BEN, AVA, MAX]) } else { self.somebody() };
        let overrides: Vec<PromotionId> = model.overrides.keys().copied().collect();
        if overrides.is_empty() || self.chance.percent(5) {
            return (who, Ask::Review { id: self.run(model) });
        }
        let id = self.chance.pick(&overrides);
        let who = if self.chance.percent(20) { self.one_of(&model.overrides[&id].by, 100) } else { who };
        (who, Ask::Review { id })
    }

    fn unlock(&mut self, model: &Model) -> (Who, Ask) {
        let who = if self.chance.percent(20) { ROBOT } else { self.somebody() };
        let component = if self.chance.percent(70) { None } else { Some(self.component()) };
        let environment = self.locked(model).unwrap_or_else(|| self.environment());
        (who, Ask::Unlock { environment, component, others: self.chance.percent(60) })
    }

    /// Mostly an environment with a lock, if there is one.
    fn locked(&mut self, model: &Model) -> Option<&'static str> {
        if model.locks.is_empty() || self.chance.percent(30) {
            return None;
        }
        Some(known(&ENVIRONMENTS, &self.chance.pick(&model.locks).environment))
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

/// The name as the scene has it.
fn known(names: &[&'static str], name: &str) -> &'static str {
    names.iter().find(|known| **known == name).expect("a name of the scene")
}
