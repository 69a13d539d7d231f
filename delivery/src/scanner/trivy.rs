//! Trivy's report: `SchemaVersion` 2, and the bare array of results before it.

use promotion_ledger::meaning::event::scan::Scanner;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::ReportError;
use super::finding::{Finding, seen};
use super::object::Object;
use super::report::Taken;
use super::severity::rated;
use super::text::shortened;

/// Classes of results that tell of vulnerabilities. Reports before there were classes have none.
const OF_VULNERABILITIES: [&str; 3] = ["", "os-pkgs", "lang-pkgs"];

/// What becomes of a finding that Trivy was told not to count.
const SUPPRESSED: [&str; 4] = ["ignored", "not_affected", "fixed", "suppressed"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    artifact_name: Option<String>,
    metadata: Option<Object<Metadata>>,
    /// Absent or `null` where there is nothing to tell.
    results: Option<Vec<Object<Examined>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    repo_digests: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Examined {
    target: String,
    class: Option<String>,
    vulnerabilities: Option<Vec<Object<Vulnerability>>>,
    experimental_modified_findings: Option<Vec<Object<Modified>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Modified {
    r#type: Option<String>,
    status: Option<String>,
    finding: Option<Object<Vulnerability>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: Option<String>,
    pkg_name: Option<String>,
    installed_version: Option<String>,
    fixed_version: Option<String>,
    status: Option<String>,
    severity: Option<String>,
}

/// Reads a report of `SchemaVersion` 2.
pub(super) fn read(json: &str) -> Result<Taken, ReportError> {
    let Object(document): Object<Document> = parse(json)?;
    let mut taken = Taken::default();
    let digests = document.metadata.and_then(|Object(metadata)| metadata.repo_digests).unwrap_or_default();
    digests.iter().chain(&document.artifact_name).for_each(|reference| taken.subject.add(reference));
    take(document.results.unwrap_or_default(), taken)
}

/// Reads a bare array of results.
pub(super) fn read_array(json: &str) -> Result<Taken, ReportError> {
    let results: Vec<Object<Examined>> = parse(json)?;
    let mut taken = Taken::default();
    results.iter().for_each(|Object(result)| taken.subject.add(&result.target));
    take(results, taken)
}

fn parse<T: DeserializeOwned>(json: &str) -> Result<T, ReportError> {
    serde_json::from_str(json)
        .map_err(|error| ReportError::Malformed { scanner: Scanner::Trivy, reason: shortened(&error.to_string(), 200) })
}

fn take(results: Vec<Object<Examined>>, mut taken: Taken) -> Result<Taken, ReportError> {
    expect_vulnerability_scan(&results)?;
    for Object(result) in results {
        for Object(vulnerability) in result.vulnerabilities.unwrap_or_default() {
            taken.findings.add(vulnerability.into());
        }
        for Object(modified) in result.experimental_modified_findings.unwrap_or_default() {
            take_modified(modified, &mut taken);
        }
    }
    Ok(taken)
}

/// A report of misconfigurations or secrets alone has no vulnerabilities because nobody looked for them.
fn expect_vulnerability_scan(results: &[Object<Examined>]) -> Result<(), ReportError> {
    let class = |result: &Examined| result.class.clone().unwrap_or_default();
    let tells = |Object(result): &Object<Examined>| {
        OF_VULNERABILITIES.contains(&class(result).as_str()) || result.vulnerabilities.as_ref().is_some_and(|found| !found.is_empty())
    };
    if results.is_empty() || results.iter().any(tells) {
        return Ok(());
    }
    let classes: BTreeSet<String> = results.iter().take(64).map(|Object(result)| format!("{:?}", shortened(&class(result), 40))).collect();
    Err(ReportError::NotScanned { classes: shortened(&classes.into_iter().collect::<Vec<_>>().join(", "), 200) })
}

/// A finding that something else than the scanner spoke about. Only what it set aside is set aside here.
fn take_modified(modified: Modified, taken: &mut Taken) {
    if modified.r#type.is_some_and(|kind| kind != "vulnerability") {
        return;
    }
    if modified.status.is_some_and(|status| SUPPRESSED.contains(&status.to_ascii_lowercase().as_str())) {
        taken.suppressed += 1;
    } else {
        let Object(finding) = modified.finding.unwrap_or_else(|| Object(Vulnerability::default()));
        taken.findings.add(finding.into());
    }
}

impl From<Vulnerability> for Finding {
    fn from(found: Vulnerability) -> Self {
        let fixed = seen(found.fixed_version.as_deref());
        Self {
            id: seen(found.id.as_deref()),
            package: seen(found.pkg_name.as_deref()).unwrap_or_default(),
            installed: seen(found.installed_version.as_deref()).unwrap_or_default(),
            fixable: fixed.is_some() || found.status.is_some_and(|status| status.eq_ignore_ascii_case("fixed")),
            fixed,
            severity: rated(found.severity.as_deref()),
        }
    }
}
