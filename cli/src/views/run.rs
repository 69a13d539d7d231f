//! What commands print that change the ledger.

use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::View;
use crate::formats::Rows;
use crate::views::scan::ScanResult;

/// The first and the last entry that a command appended.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct EntryRange {
    /// The place of the first.
    pub(crate) first: u64,
    /// The place of the last.
    pub(crate) last: u64,
}

/// A release was made known, or was known already.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Registered {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// The release's name.
    pub(crate) version: String,
    /// What it stands for.
    pub(crate) artifact_digest: String,
    /// Whether it was known already, so that nothing was appended.
    pub(crate) already: bool,
    /// Where it is recorded, when this command recorded it.
    pub(crate) entries: Option<EntryRange>,
}

impl View for Registered {
    const SCHEMA: &'static str = "promoledger.registered/1";
}

/// How a promotion or rollback ended, or would end.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Promoted {
    /// `promote` or `rollback`.
    pub(crate) action: String,
    /// Which run; absent when all was as asked for.
    pub(crate) promotion_id: Option<String>,
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// The release.
    pub(crate) version: String,
    /// What landed.
    pub(crate) artifact_digest: Option<String>,
    /// Where it came from: an environment, or `none`.
    pub(crate) from: String,
    /// Where it landed.
    pub(crate) to: String,
    /// Whether the release was there already, so that nothing was done.
    pub(crate) already: bool,
    /// Whether this run went on where another had stopped.
    pub(crate) resumed: bool,
    /// Whether this was a dry run: nothing was written anywhere.
    pub(crate) dry_run: bool,
    /// The tags that were written, and where they point.
    pub(crate) tags: Vec<Tag>,
    /// The gates that the rules demand, and the results that satisfied them.
    pub(crate) gate_results: Vec<GateResult>,
    /// Whether the principal was found to be allowed.
    pub(crate) authorization_passed: bool,
    /// By what right.
    pub(crate) authorized_via: Option<String>,
    /// Whether the artifact's signature was looked at.
    pub(crate) signature_status: String,
    /// For a dry run: how long it took before, as a median.
    pub(crate) estimate: Option<Estimate>,
    /// What should be known although it went ahead.
    pub(crate) warnings: Vec<String>,
    /// The entries that this command appended.
    pub(crate) entries: Option<EntryRange>,
}

impl View for Promoted {
    const SCHEMA: &'static str = "promoledger.promoted/1";
}

/// What came of promoting all that is eligible.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AllPromoted {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// Where the releases come from.
    pub(crate) from: String,
    /// Where they go.
    pub(crate) to: String,
    /// Whether this was a dry run: nothing was written anywhere.
    pub(crate) dry_run: bool,
    /// One row for each component.
    pub(crate) releases: Vec<Eligible>,
}

impl View for AllPromoted {
    const SCHEMA: &'static str = "promoledger.all-promoted/1";
    const ROWS: Option<Rows> =
        Some(Rows { of: "releases", columns: &["component", "version", "artifact_digest", "outcome", "code", "promotion_id"] });
}

/// A component's release, and what came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Eligible {
    /// The component.
    pub(crate) component: String,
    /// The release that is where it would come from; absent where none is.
    pub(crate) version: Option<String>,
    /// What it is.
    pub(crate) artifact_digest: Option<String>,
    /// `promoted`, `would_promote`, `already`, `not_eligible`, `failed`, or `nothing_there`.
    pub(crate) outcome: String,
    /// The exit code that promoting it alone would have had.
    pub(crate) code: u8,
    /// Why it is not eligible, or failed, in the order of checks.
    pub(crate) reasons: Vec<String>,
    /// The promotion, where one was made.
    pub(crate) promotion_id: Option<String>,
    /// The entries that record it.
    pub(crate) entries: Option<EntryRange>,
}

/// A tag that was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Tag {
    /// The tag.
    pub(crate) tag: String,
    /// Where it points.
    pub(crate) digest: String,
}

/// What a gate said.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct GateResult {
    /// The gate.
    pub(crate) gate: String,
    /// `passed`, `failed`, `skipped`, `warning`; in a dry run `would_run` or `missing`, too.
    pub(crate) status: String,
    /// Where it is recorded.
    pub(crate) entry: Option<u64>,
}

/// How long runs took before.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct Estimate {
    /// The median, in milliseconds.
    pub(crate) milliseconds: u64,
    /// How many runs it rests on.
    pub(crate) runs: usize,
}

/// Locks were set or lifted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LocksChanged {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The environment.
    pub(crate) environment: String,
    /// The only component that it is about; absent for all.
    pub(crate) component: Option<String>,
    /// `locked`, `unlocked`, or `unchanged`.
    pub(crate) outcome: String,
    /// When a lock that was set is over by itself.
    pub(crate) expires: Option<String>,
    /// The places of the locks that were set or lifted.
    pub(crate) locks: Vec<u64>,
    /// The entries that this command appended.
    pub(crate) entries: Option<EntryRange>,
}

impl View for LocksChanged {
    const SCHEMA: &'static str = "promoledger.locks-changed/1";
}

/// A gate's result was recorded.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct GateRecorded {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// The environment that the digest was examined for.
    pub(crate) environment: String,
    /// What was examined.
    pub(crate) artifact_digest: String,
    /// The results, one here.
    pub(crate) gate_results: Vec<GateResult>,
    /// The digest of the body that holds the evidence, when some was given.
    pub(crate) evidence: Option<String>,
    /// What the scanner's report said, when the status comes from one.
    pub(crate) scan: Option<ScanResult>,
    /// The entries that this command appended.
    pub(crate) entries: Option<EntryRange>,
}

impl View for GateRecorded {
    const SCHEMA: &'static str = "promoledger.gate-recorded/1";
}

/// A promotion or rollback was ended.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Aborted {
    /// Which run.
    pub(crate) promotion_id: String,
    /// Tags that are not back where they were before the run.
    pub(crate) tags_left: Vec<Tag>,
    /// The entries that this command appended.
    pub(crate) entries: Option<EntryRange>,
}

impl View for Aborted {
    const SCHEMA: &'static str = "promoledger.aborted/1";
}

impl EntryRange {
    /// Of entries in order; none of none.
    pub(crate) fn of(entries: &[promotion_ledger::evidence::chain::Verified]) -> Option<Self> {
        Some(Self { first: entries.first()?.sequence().get(), last: entries.last()?.sequence().get() })
    }

    /// `entry 12`, or `entries 31 to 38`.
    pub(crate) fn words(self) -> String {
        if self.first == self.last { format!("entry {}", self.first) } else { format!("entries {} to {}", self.first, self.last) }
    }
}
