//! A promotion or rollback that is under way, and what it must have before it is complete.

use serde::{Deserialize, Serialize};

use crate::meaning::digest::Digest;
use crate::meaning::event::overriding::Overridable;
use crate::meaning::event::promotion::{Leaves, Promotion, SignatureStatus, TagLeft, TagPurpose};
use crate::meaning::event::signature::SignatureFound;
use crate::meaning::id::{Epoch, Sequence};
use crate::meaning::names::{GateName, Principal, Reason, TagName};
use crate::meaning::rules::{Enforcement, EnvironmentRule};
use crate::meaning::time::Timestamp;

/// A promotion or rollback that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Whether the caller said that a downgrade is meant.
    pub allow_downgrade: bool,
    /// Everybody whose word it needed and had when it was requested, in ascending order. None where approvals were overridden.
    pub approved_by: Vec<Principal>,
    /// By what right it goes ahead; absent until that was decided.
    pub authorized_via: Option<Reason>,
    /// Whether the downgrade guard let it pass; a rollback needs no such decision.
    pub downgrade_passed: bool,
    /// Whose turn it is.
    pub epoch: Epoch,
    /// The gates that the rules demanded when it was requested, each with the age that its result may have had then.
    pub gates: Vec<GateDemanded>,
    /// Everybody who was at it, or in whose name somebody was, in ascending order.
    pub hands: Vec<Principal>,
    /// Who is at it.
    pub holder: Principal,
    /// For a rollback: what it leaves.
    pub leaves: Option<Leaves>,
    /// What lands where.
    pub promotion: Promotion,
    /// The guards that it passed on somebody's word.
    pub overridden: Vec<Overridable>,
    /// Where it was requested.
    pub requested: Sequence,
    /// When.
    pub requested_at: Timestamp,
    /// What the rules then said of the artifact's signature, and what was found of it.
    pub signature: Option<SignatureDemanded>,
    /// The tags that it began to write, in order.
    pub tags: Vec<TagState>,
    /// Whether its holder took it over to end it: it goes no further until it is taken over anew.
    pub unwinding: bool,
}

/// A gate that a run must pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateDemanded {
    /// Whether it stops nothing, however it ended.
    pub advisory: bool,
    /// The gate.
    pub gate: GateName,
    /// How old its result may have been when the run was requested, in seconds.
    pub max_age: Option<u64>,
}

/// What a run's artifact must have by way of a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureDemanded {
    /// What it comes to when it has none.
    pub enforcement: Enforcement,
    /// What was found last.
    pub found: Option<SignatureFound>,
    /// What names whose signatures count, where the rules say it.
    pub policy: Option<Digest>,
}

/// A tag that a run began to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagState {
    /// What it pointed at before the run first wrote it.
    pub before: Option<Digest>,
    /// What it was last read back to point at.
    pub confirmed: Option<Digest>,
    /// What is being written and was not read back yet.
    pub pending: Option<Pending>,
    /// What it is for.
    pub purpose: TagPurpose,
    /// Its name.
    pub tag: TagName,
}

/// A write that may or may not have happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What the tag is to point at.
    pub digest: Digest,
    /// Who is writing.
    pub epoch: Epoch,
}

impl Run {
    /// The tags that a run must have written to be complete, each with what it is for, in the order of writing.
    pub fn tags_due(&self) -> Vec<(TagName, TagPurpose)> {
        let Promotion { version, to, .. } = &self.promotion;
        let first = match &self.leaves {
            None => (format!("{version}-{to}"), TagPurpose::Immutable),
            Some(leaves) => (format!("{version}-{to}-rollback-{}", leaves.number), TagPurpose::Rollback),
        };
        let latest = (format!("latest-{to}"), TagPurpose::Latest);
        [first, latest]
            .into_iter()
            .map(|(tag, purpose)| {
                (TagName::new(tag).expect("versions and environments are short enough for the tags made of them"), purpose)
            })
            .collect()
    }

    /// The first tag that is not confirmed to point at what lands.
    pub fn next_tag(&self) -> Option<(TagName, TagPurpose)> {
        self.tags_due().into_iter().find(|(tag, _)| !self.tag(tag).is_some_and(|state| state.is_at(&self.promotion.digest)))
    }

    /// The mutable tag and where to put it back to, when the run moved it, or may have.
    pub fn to_put_back(&self) -> Option<(TagName, Digest)> {
        let latest = self.tags.iter().find(|state| state.purpose == TagPurpose::Latest && !state.is_back())?;
        Some((latest.tag.clone(), latest.before.clone()?))
    }

    /// What is known of a tag that the run began to write.
    pub fn tag(&self, name: &TagName) -> Option<&TagState> {
        self.tags.iter().find(|state| state.tag == *name)
    }

    /// Tags that are not known to be back where they were before the run.
    pub fn tags_left(&self) -> Vec<TagLeft> {
        self.tags
            .iter()
            .filter(|state| !state.is_back())
            .map(|state| TagLeft { digest: self.promotion.digest.clone(), tag: state.tag.clone() })
            .collect()
    }
}

impl GateDemanded {
    /// The gates that an environment demands, in its order.
    pub fn of(rule: &EnvironmentRule) -> Vec<Self> {
        rule.gates
            .iter()
            .map(|gate| Self { advisory: rule.advisory.contains(gate), gate: gate.clone(), max_age: rule.max_age_of(gate) })
            .collect()
    }
}

impl SignatureDemanded {
    /// Whether the run may go on.
    pub fn lets_pass(&self) -> bool {
        match self.enforcement {
            Enforcement::Enforce => self.found == Some(SignatureFound::Verified),
            Enforcement::Warn => self.found.is_some(),
        }
    }

    /// What a completion says of it.
    pub fn status(demanded: Option<&Self>) -> SignatureStatus {
        match demanded.map(|demanded| demanded.found) {
            None => SignatureStatus::NotRequired,
            Some(Some(SignatureFound::Verified)) => SignatureStatus::Verified,
            Some(_) => SignatureStatus::Warned,
        }
    }
}

impl TagState {
    /// Whether the tag is known to point there, and nothing else is being written.
    pub fn is_at(&self, digest: &Digest) -> bool {
        self.pending.is_none() && self.confirmed.as_ref() == Some(digest)
    }

    /// Whether the tag is known to point where it pointed before the run.
    pub fn is_back(&self) -> bool {
        self.before.as_ref().is_some_and(|before| self.is_at(before))
    }
}
