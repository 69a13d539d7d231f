//! What becomes of a command: done already, gone on with, carried out, or refused with an exit code.

use promotion_ledger::meaning::id::PromotionId;

use super::{Deed, Model, Spot, Touch, is_older};
use crate::ask::Ask;
use crate::cast::Who;
use crate::scene::{digest, variant};

/// What becomes of a command, and the types of the entries that say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Nothing,
    /// The same is under way: it is taken over.
    Resume(PromotionId),
    Go(Vec<&'static str>),
    Refuse(u8, Vec<&'static str>),
}

/// What the registry answered to whoever asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) source: Option<String>,
    pub(crate) target: Option<String>,
}

use Fate::{Go, Nothing, Refuse, Resume};

/// Turned down before anything was judged.
const fn unheard(code: u8) -> Fate {
    Refuse(code, Vec::new())
}

impl Model {
    /// What becomes of that command if it is decided now.
    pub(crate) fn fate(&self, who: Who, ask: &Ask, seen: &Seen) -> Fate {
        let own = |name: &str| name.to_owned();
        match ask {
            // Where to is asked of the index first, whoever asks.
            Ask::Rollback { version: None, component, environment, .. } => {
                let target = self.rollback_target(&(own(component), own(environment)));
                if target.is_some() { Go(Vec::new()) } else { unheard(11) }
            }
            _ if !self.is_live(who) => unheard(12),
            Ask::Register { component, version, build } => self.register(who, component, version, *build),
            Ask::Promote { id, component, version, from, to, downgrade, force } => {
                let asked = Asked { id, spot: (own(component), own(to)), version, from, downgrade: *downgrade, force: *force };
                self.promote(who, &asked, seen)
            }
            Ask::Rollback { id, component, version, environment } => {
                self.rollback(who, id, &(own(component), own(environment)), version.as_deref().unwrap_or_default(), seen)
            }
            Ask::Lock { environment, component } => self.lock(who, environment, *component),
            Ask::Unlock { environment, component, others } => self.unlock(who, environment, *component, *others),
            Ask::Gate { component, environment, .. } => self.gate(who, component, environment),
            Ask::Resume { id } => self.take_over(who, id),
            Ask::Abort { id, .. } => self.abort(who, id),
            Ask::Adopt { .. } if !self.governs(who) => unheard(12),
            Ask::Adopt { variant: number } if variant(*number) == self.rules => Nothing,
            Ask::Adopt { .. } => Go(vec!["manifest.adopted"]),
            Ask::AddKey { whose } if self.live.contains_key(whose) => unheard(2),
            Ask::AddKey { .. } => self.change_keys(who, "key.added"),
            Ask::Revoke { whose } => self.revoke(who, *whose),
            Ask::Endorse { proposal } => self.endorse(who, *proposal),
            Ask::CorrectClock if !self.governs(who) => unheard(12),
            Ask::CorrectClock => Go(vec!["clock.corrected"]),
        }
    }

    fn governs(&self, who: Who) -> bool {
        self.may(who, Deed::Govern, Touch::All, Touch::All)
    }

    /// Why component and environment are not known, if they are not.
    fn unknown(&self, component: Option<&str>, environment: &str) -> Option<Fate> {
        let known = self.rules.gates(environment).is_some() && component.is_none_or(|name| self.rules.repository(name).is_some());
        (!known).then(|| unheard(3))
    }

    fn register(&self, who: Who, component: &str, version: &str, build: u8) -> Fate {
        if self.rules.repository(component).is_none() {
            return unheard(3);
        }
        if !self.may(who, Deed::Register, Touch::One(component), Touch::Nothing) {
            return unheard(12);
        }
        match self.releases.get(&(component.to_owned(), version.to_owned())) {
            None => Go(vec!["artifact.registered"]),
            Some(there) if *there == digest(component, version, build) => Nothing,
            Some(_) => unheard(10),
        }
    }

    fn promote(&self, who: Who, asked: &Asked<'_>, seen: &Seen) -> Fate {
        let Asked { spot, version, from, .. } = asked;
        if self.rules.repository(&spot.0).is_none() {
            return unheard(3);
        }
        let Some(source) = self.rules.source(&spot.1) else { return unheard(9) };
        let Some(digest) = self.releases.get(&(spot.0.clone(), (*version).to_owned())) else { return unheard(3) };
        let place = self.place(spot);
        let in_the_way = seen.target.as_ref().is_some_and(|found| found != digest);
        if source == *from {
            let same = place.run.and_then(|id| self.runs.get(&id).map(|run| (id, run)));
            if let Some((id, _)) = same.filter(|(_, run)| run.leaves.is_none() && run.version == *version && run.from == *from) {
                return Resume(id);
            }
            let there = place.holder.as_ref().is_some_and(|(holder, held)| holder == version && held == digest);
            if there && !asked.force && place.run.is_none() && !in_the_way {
                return Nothing;
            }
        }
        if self.began(asked.id) {
            return unheard(2);
        }
        let older = self.is_downgrade(asked, place.holder.as_ref().map(|(holder, _)| holder.as_str()));
        let may = self.may_run(who, spot);
        let reasons = [(7, place.run.is_some()), (13, self.locks_on(spot).next().is_some()), (12, !may), (9, source != *from)];
        let code = reasons.into_iter().find(|(_, holds)| *holds).map(|(code, _)| code);
        let code = code.or_else(|| self.bad_source(asked, digest, seen)).or(in_the_way.then_some(10)).or(older.then_some(14));
        let code = code.or_else(|| {
            let gates = self.rules.gates(&spot.1).unwrap_or_default().iter().map(|gate| (*gate).to_owned()).collect::<Vec<_>>();
            (!self.gates_pass(spot, digest, &gates)).then_some(8)
        });
        match code {
            None => Go(vec!["promotion.requested", "authorization.decided", "downgrade.decided"]),
            Some(code) if !may => Refuse(code, vec!["authorization.decided", "promotion.refused"]),
            Some(code) if older => Refuse(code, vec!["downgrade.decided", "promotion.refused"]),
            Some(code) => Refuse(code, vec!["promotion.refused"]),
        }
    }

    /// Whether a run of that id ever began.
    fn began(&self, id: &PromotionId) -> bool {
        self.runs.contains_key(id) || self.ended.contains(id)
    }

    fn is_downgrade(&self, asked: &Asked<'_>, current: Option<&str>) -> bool {
        let Some(current) = current else { return false };
        !asked.downgrade && is_older(asked.version, current).unwrap_or(self.rules.block)
    }

    /// What is wrong with where it comes from: never there, rolled back from there, or its tag was moved.
    fn bad_source(&self, asked: &Asked<'_>, digest: &str, seen: &Seen) -> Option<u8> {
        if asked.from == "none" {
            return None;
        }
        let Some(visit) = self.visit(&(asked.spot.0.clone(), asked.from.to_owned()), asked.version) else { return Some(11) };
        if visit.left {
            return Some(9);
        }
        seen.source.as_ref().is_some_and(|found| found != digest).then_some(4)
    }

    fn rollback(&self, who: Who, id: &PromotionId, spot: &Spot, version: &str, seen: &Seen) -> Fate {
        if let Some(fate) = self.unknown(Some(&spot.0), &spot.1) {
            return fate;
        }
        let place = self.place(spot);
        let hanging = place.run.and_then(|id| self.runs.get(&id).map(|run| (id, run)));
        if let Some((same, _)) = hanging.filter(|(_, run)| run.leaves.is_some() && run.version == version) {
            return Resume(same);
        }
        let Some((holder, _)) = place.holder else { return unheard(11) };
        if holder == version && hanging.is_none() {
            return Nothing;
        }
        if self.began(id) {
            return unheard(2);
        }
        let Some(visit) = self.visit(spot, version) else {
            let registered = self.releases.contains_key(&(spot.0.clone(), version.to_owned()));
            return Refuse(11, if registered { vec!["rollback.refused"] } else { Vec::new() });
        };
        let may = self.may_run(who, spot);
        let reasons = [
            (7, holder == version),
            (13, self.locks_on(spot).any(|lock| lock.owner != who.person().actor)),
            (12, !may),
            (10, seen.target.as_ref().is_some_and(|found| *found != visit.digest)),
        ];
        match reasons.into_iter().find(|(_, holds)| *holds) {
            Some((code, _)) if !may => Refuse(code, vec!["authorization.decided", "rollback.refused"]),
            Some((code, _)) => Refuse(code, vec!["rollback.refused"]),
            None if hanging.is_some() => Go(vec!["promotion.aborted", "rollback.requested", "authorization.decided"]),
            None => Go(vec!["rollback.requested", "authorization.decided"]),
        }
    }

    fn lock(&self, who: Who, environment: &str, component: Option<&str>) -> Fate {
        if let Some(fate) = self.unknown(component, environment) {
            return fate;
        }
        if !self.may(who, Deed::Lock, component.map_or(Touch::All, Touch::One), Touch::One(environment)) {
            return Refuse(12, vec!["authorization.decided"]);
        }
        Go(vec!["environment.locked"])
    }

    fn unlock(&self, who: Who, environment: &str, component: Option<&str>, others: bool) -> Fate {
        let (own, foreign) = self.locks_meant(who, environment, component);
        if own.is_empty() && foreign.is_empty() {
            return self.unknown(component, environment).unwrap_or(Nothing);
        }
        if own.is_empty() && !others {
            return unheard(12);
        }
        let may = |deed, lock: &&super::Lock| {
            self.may(who, deed, lock.component.as_deref().map_or(Touch::All, Touch::One), Touch::One(environment))
        };
        let foreign: Vec<_> = foreign.into_iter().filter(|_| others).collect();
        let all = || own.iter().chain(&foreign);
        if all().any(|lock| !may(Deed::Lock, lock)) || foreign.iter().any(|lock| !may(Deed::LiftOthers, lock)) {
            return Refuse(12, vec!["authorization.decided"]);
        }
        Go(vec!["environment.unlocked"; all().count()])
    }

    /// The locks that an unlock is about: one's own, and others'.
    pub(super) fn locks_meant(&self, who: Who, environment: &str, component: Option<&str>) -> (Vec<&super::Lock>, Vec<&super::Lock>) {
        let meant = self.locks.iter().filter(|lock| lock.environment == environment);
        let meant = meant.filter(|lock| component.is_none() || lock.component.as_deref() == component);
        meant.partition(|lock| lock.owner == who.person().actor)
    }

    fn gate(&self, who: Who, component: &str, environment: &str) -> Fate {
        if let Some(fate) = self.unknown(Some(component), environment) {
            return fate;
        }
        if !self.may(who, Deed::Gate, Touch::One(component), Touch::One(environment)) {
            return unheard(12);
        }
        Go(vec!["gate.completed"])
    }

    /// To go on with a run.
    pub(crate) fn take_over(&self, who: Who, id: &PromotionId) -> Fate {
        self.of_run(who, id, "promotion.taken_over")
    }

    /// To end a run that was taken over for that.
    pub(crate) fn abort(&self, who: Who, id: &PromotionId) -> Fate {
        self.of_run(who, id, "promotion.aborted")
    }

    fn of_run(&self, who: Who, id: &PromotionId, event: &'static str) -> Fate {
        if !self.is_live(who) {
            return unheard(12);
        }
        match self.runs.get(id) {
            None => unheard(3),
            Some(run) if !self.may_run(who, &run.spot) => unheard(12),
            Some(_) => Go(vec![event]),
        }
    }

    fn change_keys(&self, who: Who, at_once: &'static str) -> Fate {
        if !self.governs(who) {
            return unheard(12);
        }
        Go(vec![if self.threshold > 1 { "key.proposed" } else { at_once }])
    }

    fn revoke(&self, who: Who, whose: Who) -> Fate {
        match self.live.get(&whose) {
            None => unheard(3),
            Some(false) => Nothing,
            Some(true) if self.is_admin(whose) && self.admins_without(whose) < self.threshold => unheard(12),
            Some(true) => self.change_keys(who, "key.revoked"),
        }
    }

    fn endorse(&self, who: Who, proposal: u64) -> Fate {
        if !self.governs(who) {
            return unheard(12);
        }
        let Some(waiting) = self.proposals.get(&proposal) else { return unheard(3) };
        if waiting.behind.contains(&who) {
            return Nothing;
        }
        if self.takes_effect(who, proposal) {
            let known = self.live.get(&waiting.whose).copied();
            let overtaken = if waiting.add { known.is_some() } else { known != Some(true) };
            if overtaken {
                return unheard(2);
            }
            if !waiting.add && self.is_admin(waiting.whose) && self.admins_without(waiting.whose) < self.threshold {
                return unheard(12);
            }
        }
        Go(vec!["key.endorsed"])
    }

    /// Whether a proposal takes effect with that endorsement.
    pub(super) fn takes_effect(&self, who: Who, proposal: u64) -> bool {
        let Some(waiting) = self.proposals.get(&proposal) else { return false };
        let behind = waiting.behind.iter().filter(|other| **other != who && self.is_admin(**other)).count();
        behind + 1 >= self.threshold
    }
}

/// What a promotion asks for.
struct Asked<'a> {
    id: &'a PromotionId,
    spot: Spot,
    version: &'a str,
    from: &'a str,
    downgrade: bool,
    force: bool,
}
