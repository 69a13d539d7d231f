//! What becomes of going on with what another began, and of ending it.

use promotion_ledger::meaning::id::PromotionId;

use super::fate::{Fate, unheard};
use super::rights::{Deed, Touch};
use super::{Model, Run, Why};
use crate::cast::Who;

impl Model {
    /// To go on with a run: whoever does is one who could have begun it.
    pub(crate) fn take_over(&self, who: Who, id: &PromotionId) -> Fate {
        let run = match self.allowed(who, id) {
            Ok(run) => run,
            Err(fate) => return fate,
        };
        let stops = self.strange_hands(who, run);
        if stops.is_empty() { Fate::Go(vec!["promotion.taken_over"]) } else { Fate::Refuse(stops, vec!["authorization.decided"]) }
    }

    /// To take a run over to end it: whoever may end it.
    pub(crate) fn take_over_to_abort(&self, who: Who, id: &PromotionId) -> Fate {
        self.allowed(who, id).map_or_else(|fate| fate, |_| Fate::Go(vec!["promotion.taken_over"]))
    }

    /// To end a run that was taken over for that.
    pub(crate) fn abort(&self, who: Who, id: &PromotionId) -> Fate {
        self.allowed(who, id).map_or_else(|fate| fate, |_| Fate::Go(vec!["promotion.aborted"]))
    }

    fn allowed(&self, who: Who, id: &PromotionId) -> Result<&Run, Fate> {
        if !self.is_live(who) {
            return Err(unheard(Why::NotGranted));
        }
        let run = self.runs.get(id).ok_or_else(|| unheard(Why::NotFound))?;
        self.forbidden(who, &[Deed::Run], Touch::One(&run.spot.0), &run.spot.1).map_or(Ok(run), |why| Err(unheard(why)))
    }

    /// Why they may not go on with a promotion in which not all of them have a hand.
    fn strange_hands(&self, who: Who, run: &Run) -> Vec<Why> {
        if run.leaves.is_some() || who.persons().is_subset(&run.hands) {
            return Vec::new();
        }
        let own_word = (!run.approvers.is_disjoint(&who.persons())).then_some(Why::OwnWord);
        self.same_hands(who, &run.spot, &run.from, &run.digest).into_iter().chain(own_word).collect()
    }
}
