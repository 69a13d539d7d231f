//! The guards of a promotion, in the order in which they are asked.

use super::promote::Asked;
use super::rights::{Deed, Touch};
use super::{Demanded, Lock, Model, Spot, Why};
use crate::cast::Who;
use crate::rules::{FREE, Freezes, Guards, Stage};
use crate::scene::{BEGIN, ORDERED};

/// So many seconds later.
pub(super) const fn later(at: i64, seconds: i64) -> i64 {
    at + seconds * 1_000_000
}

/// What entering the environment demands.
fn guards(stage: Option<&Stage>) -> Guards {
    stage.map_or(FREE, |stage| stage.guards)
}

impl Model {
    /// Locks that stand in the way of that component.
    pub(super) fn locks_on<'a>(&'a self, spot: &'a Spot, at: i64) -> impl Iterator<Item = &'a Lock> {
        let concerns = |lock: &&Lock| lock.environment == spot.1 && lock.component.as_ref().is_none_or(|component| *component == spot.0);
        self.locks.iter().filter(concerns).filter(move |lock| lock.stands(at))
    }

    /// Locks, freezes, and the time in the environment before.
    pub(super) fn of_the_moment(&self, asked: &Asked<'_>, at: i64) -> Vec<Why> {
        let guards = guards(self.rules.stage(&asked.spot.1));
        let mut all = vec![Why::Lock; self.locks_on(&asked.spot, at).count()];
        all.extend(guards.freezes.filter(|freezes| is_frozen(*freezes, at)).map(|_| Why::Freeze));
        all.extend(self.ripe(asked).filter(|ripe| at < *ripe).map(|_| Why::Soak));
        all
    }

    /// From when on the release has been long enough where it comes from, if that is asked.
    fn ripe(&self, asked: &Asked<'_>) -> Option<i64> {
        let seconds = guards(self.rules.stage(&asked.spot.1)).soak_seconds?;
        let visit = self.visit(&(asked.spot.0.clone(), asked.from.to_owned()), asked.version)?;
        Some(later(visit.since, seconds))
    }

    /// Grants and authorization, and whether somebody else brought it where it comes from.
    pub(super) fn of_persons(&self, who: Who, asked: &Asked<'_>, digest: &str) -> (Option<Why>, Option<Why>) {
        let deeds: &[Deed] = if asked.glass { &[Deed::Run, Deed::Override] } else { &[Deed::Run] };
        let forbidden = self.forbidden(who, deeds, Touch::One(&asked.spot.0), &asked.spot.1);
        (forbidden, self.same_hands(who, &asked.spot, asked.from, digest))
    }

    /// Whether whoever asks brought the digest where it comes from, where duties are separated.
    pub(super) fn same_hands(&self, who: Who, spot: &Spot, from: &str, digest: &str) -> Option<Why> {
        let separated = guards(self.rules.stage(&spot.1)).duties && from != "none" && !self.forgets_duties;
        let movers = self.movers.get(&((spot.0.clone(), from.to_owned()), digest.to_owned())).filter(|_| separated)?;
        movers.iter().any(|mover| who.persons().contains(mover)).then_some(Why::Duties)
    }

    /// Changes that break what others rely on, and versions that the environment does not take.
    pub(super) fn of_the_release(&self, asked: &Asked<'_>, breaking: bool) -> Vec<Why> {
        let breaks = (breaking && !asked.breaking).then_some(Why::Breaking);
        let range = guards(self.rules.stage(&asked.spot.1)).versions;
        breaks.into_iter().chain(range.filter(|range| !is_inside(asked.version, *range)).map(|_| Why::Versions)).collect()
    }

    /// Whether the words that it takes are missing.
    pub(super) fn of_words(&self, who: Who, asked: &Asked<'_>, digest: &str, at: i64) -> Option<Why> {
        let demanded = guards(self.rules.stage(&asked.spot.1)).approvals?;
        let open = self.open_request(asked, digest, at);
        let others = |persons: &crate::cast::Persons| persons.is_disjoint(&who.persons());
        let given = open.map_or(0, |request| request.granted.iter().filter(|(_, persons)| others(persons)).count());
        (given < demanded.count).then_some(Why::Approvals)
    }

    /// The request that stands for this release: of the manifest in force, not over, not rejected.
    pub(super) fn open_request(&self, asked: &Asked<'_>, digest: &str, at: i64) -> Option<&super::Request> {
        let request = self.requests.get(&(asked.spot.clone(), digest.to_owned()))?;
        let open = request.manifest == self.manifest && at < request.expires && request.rejected.is_none();
        Some(request).filter(|request| open && request.version == asked.version)
    }

    /// The gates that the environment asks for.
    pub(crate) fn demanded(&self, environment: &str) -> Vec<Demanded> {
        let Some(stage) = self.rules.stage(environment) else { return Vec::new() };
        let of = |gate: &&'static str| Demanded { gate, max_age: stage.max_age(gate), advice: stage.guards.advisory.contains(gate) };
        stage.gates.iter().map(of).collect()
    }

    /// Why the gate does not pass at that time, if it does not.
    pub(crate) fn gate_missing(&self, spot: &Spot, digest: &str, demanded: &Demanded, at: i64) -> Option<Why> {
        let result = self.gates.get(&(spot.clone(), demanded.gate.to_owned(), digest.to_owned()));
        let Some(result) = result.filter(|result| result.passes) else { return Some(Why::Gate) };
        demanded.max_age.is_some_and(|seconds| later(result.time, seconds) < at).then_some(Why::OldGate)
    }

    /// Every gate that stands in the way: those that are advice never do.
    pub(super) fn gates_missing(&self, spot: &Spot, digest: &str, demanded: &[Demanded], at: i64) -> Vec<Why> {
        let binding = demanded.iter().filter(|demanded| !demanded.advice);
        binding.filter_map(|demanded| self.gate_missing(spot, digest, demanded, at)).collect()
    }

    /// The guards that were asked and let that promotion pass, for the count of what was covered.
    pub(super) fn passed(&self, who: Who, asked: &Asked<'_>, digest: &str, at: i64) -> Vec<&'static str> {
        let Guards { authorization, duties, approvals, freezes, versions, max_age, advisory, .. } = guards(self.rules.stage(&asked.spot.1));
        let Asked { spot, .. } = asked;
        let over = |lock: &Lock| lock.environment == spot.1 && !lock.stands(at);
        let by = |way: &str| authorization.is_some_and(|authorization| self.way(who, authorization.groups) == way);
        let ignored = || self.demanded(&spot.1).into_iter().any(|gate| gate.advice && self.gate_missing(spot, digest, &gate, at).is_some());
        let told = [
            ("a lock that is over", self.locks.iter().any(over)),
            ("freeze", freezes.is_some()),
            ("soak", self.ripe(asked).is_some()),
            ("authorization as an operator", by("operator")),
            ("authorization by a group of the manifest", by("manifest")),
            ("authorization by a group of the key", by("key")),
            ("duties", duties && asked.from != "none"),
            ("versions", versions.is_some()),
            ("breaking", asked.breaking && self.releases.get(&(spot.0.clone(), asked.version.to_owned())).is_some_and(|one| one.breaking)),
            ("approvals", approvals.is_some()),
            ("a gate's age", !max_age.is_empty()),
            ("advice", !advisory.is_empty() && ignored()),
        ];
        told.into_iter().filter(|(_, passed)| *passed).map(|(guard, _)| guard).collect()
    }

    /// By what somebody may change an environment that asks for those groups.
    fn way(&self, who: Who, groups: &[&str]) -> &'static str {
        match self.group_of(who, groups) {
            None => "operator",
            Some(group) => {
                let members = self.rules.groups.iter().find(|(name, _)| *name == group).map(|(_, members)| *members);
                if members.is_some_and(|members| members.contains(&who.person().actor)) { "manifest" } else { "key" }
            }
        }
    }
}

/// Whether it is a time in which nothing is promoted, or one of which nobody knows.
fn is_frozen(Freezes { windows, known_until }: Freezes, at: i64) -> bool {
    let minute = |minutes: i64| later(BEGIN, 60 * minutes);
    let frozen = windows.iter().any(|(from, until)| minute(*from) <= at && at < minute(*until));
    frozen || known_until.is_some_and(|until| at >= minute(until))
}

/// Whether the version is one from the first on and before the second. What cannot be compared is not.
fn is_inside(version: &str, (at_least, below): (Option<&str>, Option<&str>)) -> bool {
    let place = |version: &str| ORDERED.iter().position(|known| *known == version);
    let Some(at) = place(version) else { return false };
    at_least.and_then(place).is_none_or(|least| at >= least) && below.and_then(place).is_none_or(|below| at < below)
}
