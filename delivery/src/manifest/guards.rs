//! Who may change an environment, whose word a promotion needs, and what a release must bring along.

use promotion_ledger::meaning::accepted::Accepted;
use promotion_ledger::meaning::rules::{ApprovalRule, AuthorizationRule};
use promotion_ledger::meaning::versions::Range;

use super::cursor::{Cursor, listed};
use super::error::ManifestError;
use super::groups::{named, principals};
use super::shape::{APPROVALS, AUTHORIZATION, MOST_APPROVALS};

/// How long a request for approvals waits, and what was granted holds, where nobody says otherwise: 7 days.
pub(super) const DEFAULT_VALID_SECONDS: u64 = 7 * 86_400;

/// What `authorization` says.
#[derive(Debug, Default)]
pub(super) struct Authorization {
    /// Who may change the environment; absent, everybody whose key is granted to.
    pub(super) restricted: Option<AuthorizationRule>,
    /// Whether whoever brought a digest into the environment before may not bring it here.
    pub(super) separated: Option<Accepted>,
}

/// Reads `authorization`.
pub(super) fn authorization(at: &Cursor<'_>) -> Result<Authorization, ManifestError> {
    let fields = at.fields(AUTHORIZATION)?;
    let groups = fields.read("allowed_groups", |at| inhabited(at, named(at)?))?;
    let operators = fields.read("allowed_operators", |at| inhabited(at, principals(at)?))?;
    let separated = fields.read("separation_of_duties", |at| at.flag())?;
    if groups.is_none() && operators.is_none() && separated.is_none() {
        return Err(at.unlike(format!("a mapping with {}", listed(AUTHORIZATION))));
    }
    let restricted = (groups.is_some() || operators.is_some())
        .then(|| AuthorizationRule { groups: groups.unwrap_or_default(), operators: operators.unwrap_or_default() });
    Ok(Authorization { restricted, separated: separated.and_then(Accepted::when) })
}

/// Reads `approvals`.
pub(super) fn approvals(at: &Cursor<'_>) -> Result<ApprovalRule, ManifestError> {
    let fields = at.fields(APPROVALS)?;
    let count = fields.must("approvals", "count", |at| at.count(1..=MOST_APPROVALS))?;
    let groups = fields.read("groups", |at| inhabited(at, named(at)?))?;
    let valid_seconds = fields.read("valid_for", |at| at.seconds())?;
    Ok(ApprovalRule { count, groups: groups.unwrap_or_default(), valid_seconds: valid_seconds.unwrap_or(DEFAULT_VALID_SECONDS) })
}

/// Reads the range of versions that may come.
pub(super) fn versions(at: &Cursor<'_>) -> Result<Range, ManifestError> {
    let expected = "a range of versions in quotes, such as \"^2\" or \">=1.4, <2\"";
    Range::parse(at.text(expected)?).map_err(|invalid| at.unlike(expected).hinting(invalid.to_string()))
}

/// Reads `soak`. It counts the time in the environment before, so the first of the path cannot have one.
pub(super) fn soak(at: &Cursor<'_>, is_first: bool) -> Result<u64, ManifestError> {
    let seconds = at.seconds()?;
    if is_first {
        let error = at.error("no soak in the first environment of the path", "one");
        return Err(error.hinting("remove it: nothing comes before the first environment that a release could have been in".to_owned()));
    }
    Ok(seconds)
}

/// An empty list would let nobody in: that is hardly meant, and is said by leaving nobody a grant.
fn inhabited<T>(at: &Cursor<'_>, names: Vec<T>) -> Result<Vec<T>, ManifestError> {
    if names.is_empty() { Err(at.unlike("at least one").hinting("leave the key out for no restriction".to_owned())) } else { Ok(names) }
}
