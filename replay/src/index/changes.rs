//! The question what changed between two moments.

use promotion_ledger::meaning::names::Principal;

use super::error::IndexError;
use super::picture::Index;
use crate::models::filters::StatusFilter;
use crate::models::horizon::Horizon;
use crate::models::rows::{Spot, TenureRow};

/// A place that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceChange {
    /// Which one.
    pub spot: Spot,
    /// What was there.
    pub before: Option<TenureRow>,
    /// What is there.
    pub after: Option<TenureRow>,
    /// How many promotions arrived in between.
    pub promotions: u64,
    /// How many rollbacks.
    pub rollbacks: u64,
}

impl PlaceChange {
    /// Who brought what came last.
    pub fn by(&self) -> Option<&Principal> {
        self.after.as_ref().map(|tenure| &tenure.by)
    }
}

impl Index {
    /// The places into which anything came between two moments, by pipeline, component and environment. What it takes
    /// depends on how many places there are, not on how much happened.
    pub fn changes(&self, filter: &StatusFilter, before: Horizon, after: Horizon) -> Result<Vec<PlaceChange>, IndexError> {
        let spots = self.places(filter)?;
        let compared = spots.into_iter().map(|spot| self.compare(spot, before, after));
        compared.filter_map(Result::transpose).collect()
    }

    fn compare(&self, spot: Spot, before: Horizon, after: Horizon) -> Result<Option<PlaceChange>, IndexError> {
        let (earlier, later) = (self.holder(&spot, before)?, self.holder(&spot, after)?);
        let counted = |tenure: &Option<TenureRow>| tenure.as_ref().map_or((0, 0), |tenure| (tenure.arrivals, tenure.rollbacks));
        let ((arrivals, rollbacks), (all, back)) = (counted(&earlier), counted(&later));
        if arrivals == all {
            return Ok(None);
        }
        let rollbacks = back.saturating_sub(rollbacks);
        let promotions = all.saturating_sub(arrivals).saturating_sub(rollbacks);
        Ok(Some(PlaceChange { spot, before: earlier, after: later, promotions, rollbacks }))
    }
}
