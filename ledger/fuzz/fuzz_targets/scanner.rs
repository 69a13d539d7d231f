//! Arbitrary bytes as a scanner's report: nothing is clean that does not say so in its scanner's words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promotion_delivery::scanner::{Policy, read};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::artifact::GateStatus;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let report = match read(bytes, None, &Digest::from_sha256(&[0x11; 32])) {
        Ok(report) => report,
        Err(error) => return assert!(!error.to_string().is_empty() && !error.hint().is_empty()),
    };
    let verdict = Policy::default().judge(&report);
    assert!(verdict.sentence().as_str().len() <= 1024);
    assert_eq!(verdict.blocking.len() + verdict.lower.len(), report.findings.len());
    let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // This parser goes down into every value, and gives up where values are nested too deep.
    let Ok(value) = serde_json::from_slice::<Value>(json) else { return };
    let found = findings(&value).expect("what is read is recognised");
    assert!(found == 0 || verdict.status != GateStatus::Passed, "{found} findings passed");
});

/// How many findings there are in a report; nothing of what is none.
fn findings(value: &Value) -> Option<usize> {
    let listed = |results: &[Value]| results.iter().map(|result| result["Vulnerabilities"].as_array().map_or(0, Vec::len)).sum();
    if let Some(results) = value.as_array() {
        let whole = !results.is_empty() && results.iter().all(|result| result["Target"].is_string());
        return whole.then(|| listed(results));
    }
    if value["descriptor"]["name"] == "grype" {
        return value["matches"].as_array().map(Vec::len);
    }
    let named = value["ArtifactName"].is_string() || value["ArtifactType"].is_string();
    let trivy = value["SchemaVersion"] == 2 && named;
    trivy.then(|| value["Results"].as_array().map_or(0, |results| listed(results)))
}
