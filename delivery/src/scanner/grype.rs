//! Grype's report.

use promotion_ledger::meaning::event::scan::Scanner;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::error::ReportError;
use super::finding::{Finding, seen};
use super::object::Object;
use super::report::Taken;
use super::severity::rated;
use super::text::shortened;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    /// Empty where nothing was found. Grype never leaves it out and never writes `null`.
    matches: Vec<Object<Match>>,
    ignored_matches: Option<Vec<IgnoredAny>>,
    source: Option<Object<Source>>,
}

#[derive(Deserialize)]
struct Source {
    /// An object for an image; for others a path or the like.
    target: Option<Value>,
}

#[derive(Deserialize)]
struct Match {
    vulnerability: Object<Vulnerability>,
    artifact: Object<Package>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    id: Option<String>,
    severity: Option<String>,
    fix: Option<Object<Fix>>,
    /// What releases before `fix` wrote.
    fixed_in_version: Option<String>,
}

#[derive(Deserialize)]
struct Fix {
    versions: Option<Vec<String>>,
    state: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    name: Option<String>,
    version: Option<String>,
}

/// Reads a report.
pub(super) fn read(json: &str) -> Result<Taken, ReportError> {
    let Object(document): Object<Document> = serde_json::from_str(json)
        .map_err(|error| ReportError::Malformed { scanner: Scanner::Grype, reason: shortened(&error.to_string(), 200) })?;
    let mut taken = Taken::default();
    if let Some(target) = document.source.and_then(|Object(source)| source.target) {
        references(&target).for_each(|reference| taken.subject.add(reference));
    }
    taken.suppressed = document.ignored_matches.map_or(0, |ignored| u64::try_from(ignored.len()).unwrap_or(u64::MAX));
    document.matches.into_iter().for_each(|Object(found)| taken.findings.add(found.into()));
    Ok(taken)
}

/// What an image is called in what was scanned.
fn references(target: &Value) -> impl Iterator<Item = &str> {
    let repositories = target.get("repoDigests").and_then(Value::as_array).into_iter().flatten();
    let own = ["manifestDigest", "userInput"].into_iter().filter_map(|field| target.get(field));
    repositories.chain(own).filter_map(Value::as_str)
}

impl From<Match> for Finding {
    fn from(found: Match) -> Self {
        let (Object(vulnerability), Object(package)) = (found.vulnerability, found.artifact);
        let (versions, state) = match vulnerability.fix {
            Some(Object(fix)) => (fix.versions.unwrap_or_default(), fix.state),
            None => (Vec::new(), None),
        };
        let fixed = seen(Some(&versions.join(", "))).or_else(|| seen(vulnerability.fixed_in_version.as_deref()));
        Self {
            id: seen(vulnerability.id.as_deref()),
            package: seen(package.name.as_deref()).unwrap_or_default(),
            installed: seen(package.version.as_deref()).unwrap_or_default(),
            fixable: fixed.is_some() || state.is_some_and(|state| state.eq_ignore_ascii_case("fixed")),
            fixed,
            severity: rated(vulnerability.severity.as_deref()),
        }
    }
}
