//! The question what changed between two moments.

use promotion_ledger::meaning::names::Principal;

use super::asserted::Counted;
use super::error::IndexError;
use super::picture::Index;
use crate::models::filters::StatusFilter;
use crate::models::horizon::Horizon;
use crate::models::places::HolderRow;
use crate::models::rows::{Spot, TenureRow};

/// A place that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceChange {
    /// Which one.
    pub spot: Spot,
    /// What was there.
    pub before: Option<HolderRow>,
    /// What is there.
    pub after: Option<HolderRow>,
    /// How many promotions arrived in between.
    pub promotions: u64,
    /// How many rollbacks.
    pub rollbacks: u64,
    /// How many removals, of which only imported history tells.
    pub removals: u64,
}

impl PlaceChange {
    /// Who brought what came last.
    pub fn by(&self) -> Option<&Principal> {
        self.after.as_ref().map(HolderRow::by)
    }
}

impl Index {
    /// The places into which anything came between two moments, by pipeline, component and environment. What it takes
    /// depends on how many places there are, not on how much happened.
    pub fn changes(&self, filter: &StatusFilter, before: Horizon, after: Horizon) -> Result<Vec<PlaceChange>, IndexError> {
        let asserted = self.has_asserted()?;
        let compared = self.places(filter)?.into_iter().map(|spot| self.compare(spot, before, after, asserted));
        compared.filter_map(Result::transpose).collect()
    }

    fn compare(&self, spot: Spot, before: Horizon, after: Horizon, asserted: bool) -> Result<Option<PlaceChange>, IndexError> {
        let (earlier, later) = (self.recorded_holder(&spot, before)?, self.recorded_holder(&spot, after)?);
        let said = if asserted { self.asserted_between(&spot, before, after)? } else { Counted::default() };
        let counted = |tenure: &Option<TenureRow>| tenure.as_ref().map_or((0, 0), |tenure| (tenure.arrivals, tenure.rollbacks));
        let ((arrivals, rollbacks), (all, back)) = (counted(&earlier), counted(&later));
        if arrivals == all && said == Counted::default() {
            return Ok(None);
        }
        let rollbacks = back.saturating_sub(rollbacks);
        let promotions = all.saturating_sub(arrivals).saturating_sub(rollbacks);
        Ok(Some(PlaceChange {
            promotions: promotions + said.promotions,
            rollbacks: rollbacks + said.rollbacks,
            removals: said.removals,
            before: self.or_asserted(&spot, earlier, before)?,
            after: self.or_asserted(&spot, later, after)?,
            spot,
        }))
    }

    fn or_asserted(&self, spot: &Spot, recorded: Option<TenureRow>, horizon: Horizon) -> Result<Option<HolderRow>, IndexError> {
        match recorded {
            Some(tenure) => Ok(Some(HolderRow::Recorded(tenure))),
            None => Ok(self.asserted_holder(spot, horizon)?.map(HolderRow::Asserted)),
        }
    }
}
