//! What gates look at: an artifact on its way, and the variables that name it.

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Environment, Repository, Version};
use promotion_ledger::meaning::rules::Source;

/// The variables that name what is looked at.
pub(super) const VARIABLES: [&str; 6] = ["ARTIFACT_REF", "ARTIFACT_DIGEST", "ARTIFACT_TAG", "FROM_ENV", "TO_ENV", "PROMOTION_ID"];

/// An artifact on its way from one environment into another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Where it is kept.
    pub repository: Repository,
    /// What it is.
    pub digest: Digest,
    /// The tag that names the release.
    pub tag: Version,
    /// Where it comes from.
    pub from: Source,
    /// Where it goes.
    pub to: Environment,
    /// The promotion that asks.
    pub promotion_id: PromotionId,
}

impl Subject {
    /// `REPOSITORY@DIGEST`, as tools take it: a reference names no scheme, and the digest says which bytes are meant,
    /// whatever the tag points at by now.
    pub fn artifact_ref(&self) -> String {
        let repository = self.repository.as_str();
        format!("{}@{}", repository.strip_prefix("http://").unwrap_or(repository), self.digest)
    }

    /// The variables and their values.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        let values = [
            self.artifact_ref(),
            self.digest.to_string(),
            self.tag.to_string(),
            String::from(self.from.clone()),
            self.to.to_string(),
            self.promotion_id.to_string(),
        ];
        VARIABLES.into_iter().zip(values)
    }
}
