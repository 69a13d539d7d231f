//! What `show` prints: one entry, or the whole record of a promotion.

use schemars::JsonSchema;
use serde::Serialize;

use super::history::HistoryRow;
use super::run::GateResult;
use crate::answer::View;

/// One entry, whole.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EntryShown {
    /// Its place.
    pub(crate) entry: u64,
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) event_type: String,
    /// What happened, in a sentence.
    pub(crate) summary: String,
    /// When it was recorded.
    pub(crate) time: String,
    /// On whose behalf.
    pub(crate) actor: String,
    /// The key that signed it: NAME+ID.
    pub(crate) key: String,
    /// Whom that key stands for.
    pub(crate) principal: Option<String>,
    /// The program that wrote it.
    pub(crate) agent: String,
    /// The id that its writer gave it.
    pub(crate) id: String,
    /// Its hash.
    pub(crate) hash: String,
    /// The hash of the entry before, as it stands in this one.
    pub(crate) previous: String,
    /// The run that it belongs to.
    pub(crate) promotion_id: Option<String>,
    /// Whether this program understands it; one of a later format it does not.
    pub(crate) understood: bool,
    /// The version of its data.
    pub(crate) data_version: u64,
    /// What it says.
    pub(crate) data: serde_json::Map<String, serde_json::Value>,
    /// The evidence that it names, kept beside the log.
    pub(crate) evidence: Option<EvidenceShown>,
    /// The entry as stored and signed.
    pub(crate) note: String,
}

impl View for EntryShown {
    const SCHEMA: &'static str = "promoledger.entry/1";
}

/// Evidence that an entry names.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EvidenceShown {
    /// What it is filed under: SHA-256 of its salt and its bytes.
    pub(crate) digest: String,
    /// What it is.
    pub(crate) media_type: String,
    /// Its length in bytes.
    pub(crate) size: u64,
    /// `kept`, `removed` by a later entry, `missing`, or `altered`.
    pub(crate) state: String,
    /// The place of the entry that says that it was removed.
    pub(crate) removed_by: Option<u64>,
}

/// The record of a promotion or rollback.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PromotionShown {
    /// Which run.
    pub(crate) promotion_id: String,
    /// `promotion` or `rollback`.
    pub(crate) kind: String,
    /// `under_way`, `completed`, `failed`, `aborted` or `refused`.
    pub(crate) outcome: String,
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// The release's name.
    pub(crate) version: String,
    /// What lands.
    pub(crate) artifact_digest: String,
    /// Where it comes from: an environment, or `none`.
    pub(crate) from: String,
    /// Where it lands.
    pub(crate) to: String,
    /// For a rollback: what it leaves.
    pub(crate) leaves: Option<Left>,
    /// Who asked for it.
    pub(crate) operator: String,
    /// Why, in the operator's words.
    pub(crate) reason: Option<String>,
    /// When it was asked for.
    pub(crate) requested: String,
    /// When it ended; null while it is under way.
    pub(crate) ended: Option<String>,
    /// From request to end, in milliseconds.
    pub(crate) duration_ms: Option<u64>,
    /// Why it ended without the release in the environment; the exit code that it stands for, where there is one.
    pub(crate) ended_because: Vec<EndedBecause>,
    /// Whether the operator was found to be allowed; null when that was not decided.
    pub(crate) authorization_passed: Option<bool>,
    /// By what right, or what was missing.
    pub(crate) authorized_via: Option<String>,
    /// What the downgrade guard decided; null for a rollback, which needs no such decision.
    pub(crate) downgrade: Option<DowngradeShown>,
    /// Whether the artifact's signature was looked at; null when it did not come to that.
    pub(crate) signature_status: Option<String>,
    /// The gates that the rules in force demanded, and the results that counted.
    pub(crate) gate_results: Vec<GateResult>,
    /// The tags that were written and read back, in order.
    pub(crate) tags: Vec<TagWritten>,
    /// Tags that are not back where they were before a run that failed or was aborted.
    pub(crate) tags_left: Vec<String>,
    /// Those who went on where another holder had stopped, in order.
    pub(crate) taken_over_by: Vec<String>,
    /// Every entry of the run, in order.
    pub(crate) entries: Vec<HistoryRow>,
}

impl View for PromotionShown {
    const SCHEMA: &'static str = "promoledger.promotion/1";
}

/// The release that a rollback leaves.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Left {
    /// Its name.
    pub(crate) version: String,
    /// What it stands for.
    pub(crate) artifact_digest: String,
}

/// One reason why a run ended without the release in the environment.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EndedBecause {
    /// The exit code that it stands for.
    pub(crate) code: Option<u8>,
    /// In words.
    pub(crate) message: String,
}

/// What the downgrade guard decided.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DowngradeShown {
    /// `passed` or `refused`.
    pub(crate) outcome: String,
    /// How the release compares with the one that was there: `empty`, `newer`, `equal`, `older` or `incomparable`.
    pub(crate) comparison: String,
    /// The version that was there.
    pub(crate) current: Option<String>,
    /// Whether the operator said that a downgrade was meant.
    pub(crate) allow_downgrade: bool,
}

/// A tag that was written and read back.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TagWritten {
    /// The tag.
    pub(crate) tag: String,
    /// Where it points.
    pub(crate) digest: String,
    /// In which repository.
    pub(crate) repository: String,
    /// The place of the entry that recorded it.
    pub(crate) entry: u64,
}
