//! What becomes of a rollback that is asked for. It passes what hangs, freezes and approvals, and others' locks stop it.

use promotion_ledger::meaning::id::PromotionId;

use super::fate::{Fate, Seen, unheard};
use super::rights::{Deed, Touch};
use super::{Model, Spot, Why};
use crate::cast::Who;

impl Model {
    pub(super) fn rollback(&self, who: Who, id: &PromotionId, spot: &Spot, version: &str, seen: &Seen, at: i64) -> Fate {
        if let Some(fate) = self.unknown(Some(&spot.0), &spot.1) {
            return fate;
        }
        let place = self.place(spot);
        let hanging = place.run.and_then(|id| self.runs.get(&id).map(|run| (id, run)));
        if let Some((same, _)) = hanging.filter(|(_, run)| run.leaves.is_some() && run.version == version) {
            return Fate::Resume(same);
        }
        let Some((holder, _)) = place.holder else { return unheard(Why::NeverThere) };
        if holder == version && hanging.is_none() {
            return Fate::Nothing;
        }
        if self.began(id) {
            return unheard(Why::Usage);
        }
        let Some(visit) = self.visit(spot, version) else {
            let registered = self.releases.contains_key(&(spot.0.clone(), version.to_owned()));
            return Fate::Refuse(vec![Why::NeverThere], if registered { vec!["rollback.refused"] } else { Vec::new() });
        };
        let mut why: Vec<Why> = (holder == version).then_some(Why::Busy).into_iter().collect();
        why.extend(self.locks_on(spot, at).filter(|lock| lock.owner != who.person().actor).map(|_| Why::Lock));
        let forbidden = self.forbidden(who, &[Deed::Run], Touch::One(&spot.0), &spot.1);
        why.extend(forbidden);
        why.extend(seen.target.as_ref().filter(|found| **found != visit.digest).map(|_| Why::Taken));
        match (why.is_empty(), forbidden) {
            (false, Some(_)) => Fate::Refuse(why, vec!["authorization.decided", "rollback.refused"]),
            (false, None) => Fate::Refuse(why, vec!["rollback.refused"]),
            (true, _) if hanging.is_some() => Fate::Go(vec!["promotion.aborted", "rollback.requested", "authorization.decided"]),
            (true, _) => Fate::Go(vec!["rollback.requested", "authorization.decided"]),
        }
    }
}
