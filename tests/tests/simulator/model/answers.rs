//! What becomes of answers to requests for approval, and of reviews.

use promotion_ledger::meaning::id::PromotionId;

use super::fate::{Fate, unheard};
use super::rights::Deed;
use super::{Model, Request, Spot, Why};
use crate::cast::Who;

/// Somebody's answer.
pub(super) struct Answer<'a> {
    pub(super) spot: Spot,
    pub(super) digest: &'a str,
    pub(super) request: u64,
    pub(super) yes: bool,
}

impl Model {
    pub(super) fn answer(&self, who: Who, answer: &Answer<'_>, at: i64) -> Fate {
        let Answer { spot, digest, request, yes } = answer;
        if let Some(fate) = self.unknown(Some(&spot.0), &spot.1) {
            return fate;
        }
        let refused = |why| Fate::Refuse(vec![why], vec!["authorization.decided"]);
        if !self.may_at(who, Deed::Answer, spot) {
            return refused(Why::NotGranted);
        }
        let Some(standing) = self.requests.get(&(spot.clone(), (*digest).to_owned())) else { return unheard(Why::NotFound) };
        if standing.sequence != *request {
            return unheard(Why::NewerRequest);
        }
        // Whoever repeats their own word adds nothing to it, where they might still give it.
        let repeats = *yes && standing.granted.iter().any(|(by, _)| *by == who.person().actor);
        match self.unanswerable(who, spot, standing, *yes && !repeats, at) {
            Some(why) => refused(why),
            None if repeats => Fate::Nothing,
            None if *yes => Fate::Go(vec!["approval.granted"]),
            None => Fate::Go(vec!["approval.rejected"]),
        }
    }

    /// Why they may not answer the request, if they may not.
    fn unanswerable(&self, who: Who, spot: &Spot, request: &Request, counts: bool, at: i64) -> Option<Why> {
        let Some(demanded) = self.rules.stage(&spot.1).and_then(|stage| stage.guards.approvals) else { return Some(Why::NoWordNeeded) };
        let is_own = |persons: &crate::cast::Persons| !persons.is_disjoint(&who.persons());
        let why = [
            (Why::Void, request.manifest != self.manifest),
            (Why::Over, at >= request.expires),
            (Why::Rejected, request.rejected.is_some()),
            (Why::OwnRequest, is_own(&request.asked_by)),
            (Why::Twice, counts && request.granted.iter().any(|(_, persons)| is_own(persons))),
            (Why::NotMember, !demanded.groups.is_empty() && self.group_of(who, demanded.groups).is_none()),
            (Why::NotAuthorized, demanded.groups.is_empty() && !self.is_authorized(who, &spot.1)),
        ];
        why.into_iter().find(|(_, holds)| *holds).map(|(why, _)| why)
    }

    /// The group that an answer names.
    pub(crate) fn answers_by(&self, who: Who, environment: &str) -> Option<&'static str> {
        let demanded = self.rules.stage(environment)?.guards.approvals?;
        self.group_of(who, demanded.groups)
    }

    pub(super) fn review(&self, who: Who, id: &PromotionId) -> Fate {
        let Some(found) = self.overrides.get(id) else { return unheard(Why::NotFound) };
        if !self.may_at(who, Deed::Answer, &found.spot) {
            return unheard(Why::NotGranted);
        }
        if found.reviewed {
            return unheard(Why::Reviewed);
        }
        if !found.by.is_disjoint(&who.persons()) {
            return unheard(Why::OwnOverride);
        }
        Fate::Go(vec!["override.reviewed"])
    }
}
