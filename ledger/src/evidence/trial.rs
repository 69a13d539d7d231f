//! A trial: entries admitted to a chain that may yet be thrown away with all of them.

use super::chain::{Admitted, Chain, Failed};
use crate::meaning::facts::{Fact, FactKey};

/// A branch of a chain. What it admits counts for the chain once it is kept; dropped, it leaves the chain as it was.
///
/// It holds the facts that its entries are judged by, and no others: a trial of one entry costs the same after ten entries
/// and after a million.
#[derive(Debug)]
pub struct Trial<'a> {
    trunk: &'a mut Chain,
    branch: Chain,
}

impl<'a> Trial<'a> {
    /// A branch at the chain's end.
    pub fn of(trunk: &'a mut Chain) -> Self {
        let branch = trunk.branch();
        Self { trunk, branch }
    }

    /// The chain as it stands with all that the trial admitted. Its state is a slice.
    pub const fn chain(&self) -> &Chain {
        &self.branch
    }

    /// Admits the next entry. Facts come from the chain, and from `fetch` where the chain does not have them.
    pub fn admit_with<E>(
        &mut self,
        bytes: &[u8],
        mut fetch: impl FnMut(&FactKey) -> Result<Option<Fact>, E>,
    ) -> Result<Admitted, Failed<E>> {
        let before = self.trunk.state();
        self.branch.admit_with(bytes, |key| if before.has(key) { Ok(before.fact(key).cloned()) } else { fetch(key) })
    }

    /// Makes the chain stand where the trial stands.
    pub fn keep(self) {
        self.trunk.go_on_with(self.branch);
    }
}
