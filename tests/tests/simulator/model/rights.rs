//! Rights: what keys are granted, who belongs to which group, and who may change an environment.

use promotion_ledger::meaning::grant::Role;

use super::{Model, Spot, Why};
use crate::cast::Who;
use crate::rules::Authorization;

/// What somebody wants to do, as grants see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Run,
    Register,
    Gate,
    Lock,
    LiftOthers,
    /// To say yes or no, and to review.
    Answer,
    /// To pass guards on one's own word.
    Override,
    Govern,
}

/// How much of a kind a deed touches.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Touch<'a> {
    Nothing,
    One(&'a str),
    All,
}

impl Touch<'_> {
    fn within(self, narrowed: Option<&str>) -> bool {
        match (narrowed, self) {
            (None, _) | (_, Touch::Nothing) => true,
            (Some(only), Touch::One(name)) => only == name,
            (Some(_), Touch::All) => false,
        }
    }
}

impl Model {
    pub(super) fn is_admin(&self, who: Who) -> bool {
        self.is_live(who) && who.person().role == Role::Admin
    }

    /// The live admins besides that one.
    pub(super) fn admins_without(&self, whose: Who) -> usize {
        self.live.keys().filter(|who| **who != whose && self.is_admin(**who)).count()
    }

    /// Whether the key holds a grant for it. That the key is live is asked before.
    pub(super) fn may(&self, who: Who, deed: Deed, component: Touch<'_>, environment: Touch<'_>) -> bool {
        let person = who.person();
        let role = match person.role {
            Role::Admin => true,
            Role::Operator => !matches!(deed, Deed::Govern | Deed::Override),
            Role::Ci => matches!(deed, Deed::Run | Deed::Register | Deed::Gate),
            Role::Gate => deed == Deed::Gate,
            Role::Approver => deed == Deed::Answer,
            Role::Identity => false,
        };
        role && component.within(person.component) && environment.within(person.environment)
    }

    pub(super) fn may_at(&self, who: Who, deed: Deed, spot: &Spot) -> bool {
        self.may(who, deed, Touch::One(&spot.0), Touch::One(&spot.1))
    }

    /// Why they may not change the environment, for want of a grant or of a place among those who may.
    pub(super) fn forbidden(&self, who: Who, deeds: &[Deed], component: Touch<'_>, environment: &str) -> Option<Why> {
        if !deeds.iter().all(|deed| self.may(who, *deed, component, Touch::One(environment))) {
            return Some(Why::NotGranted);
        }
        (!self.is_authorized(who, environment)).then_some(Why::NotAuthorized)
    }

    /// Whether the environment is theirs to change. One that the rules do not know is everybody's.
    pub(super) fn is_authorized(&self, who: Who, environment: &str) -> bool {
        let Some(Authorization { groups, operators }) = self.rules.stage(environment).and_then(|stage| stage.guards.authorization) else {
            return true;
        };
        operators.contains(&who.person().actor) || self.group_of(who, groups).is_some()
    }

    /// The first of these groups that they belong to: those of the manifest first, then those of the key, which speaks for its own
    /// principal alone.
    pub(super) fn group_of(&self, who: Who, names: &[&str]) -> Option<&'static str> {
        let person = who.person();
        let listed = self.rules.groups.iter().filter(|(_, members)| members.contains(&person.actor)).map(|(name, _)| *name);
        let of_key = person.groups.iter().copied().filter(|_| person.actor == person.principal);
        listed.chain(of_key).find(|name| names.contains(name))
    }
}
