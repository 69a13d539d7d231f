//! What becomes of changes of keys: made at once, or proposed and endorsed.

use super::fate::{Fate, unheard};
use super::rights::{Deed, Touch};
use super::{Model, Why};
use crate::cast::Who;

impl Model {
    pub(super) fn governs(&self, who: Who) -> bool {
        self.may(who, Deed::Govern, Touch::All, Touch::All)
    }

    pub(super) fn change_keys(&self, who: Who, at_once: &'static str) -> Fate {
        if !self.governs(who) {
            return unheard(Why::NotGranted);
        }
        Fate::Go(vec![if self.threshold > 1 { "key.proposed" } else { at_once }])
    }

    pub(super) fn revoke(&self, who: Who, whose: Who) -> Fate {
        match self.live.get(&whose) {
            None => unheard(Why::NotFound),
            Some(false) => Fate::Nothing,
            Some(true) if self.is_admin(whose) && self.admins_without(whose) < self.threshold => unheard(Why::NotGranted),
            Some(true) => self.change_keys(who, "key.revoked"),
        }
    }

    pub(super) fn endorse(&self, who: Who, proposal: u64) -> Fate {
        if !self.governs(who) {
            return unheard(Why::NotGranted);
        }
        let Some(waiting) = self.proposals.get(&proposal) else { return unheard(Why::NotFound) };
        if waiting.behind.contains(&who) {
            return Fate::Nothing;
        }
        if self.takes_effect(who, proposal) {
            let known = self.live.get(&waiting.whose).copied();
            let overtaken = if waiting.add { known.is_some() } else { known != Some(true) };
            if overtaken {
                return unheard(Why::Usage);
            }
            if !waiting.add && self.is_admin(waiting.whose) && self.admins_without(waiting.whose) < self.threshold {
                return unheard(Why::NotGranted);
            }
        }
        Fate::Go(vec!["key.endorsed"])
    }

    /// Whether a proposal takes effect with that endorsement.
    pub(super) fn takes_effect(&self, who: Who, proposal: u64) -> bool {
        let Some(waiting) = self.proposals.get(&proposal) else { return false };
        let behind = waiting.behind.iter().filter(|other| **other != who && self.is_admin(**other)).count();
        behind + 1 >= self.threshold
    }
}
