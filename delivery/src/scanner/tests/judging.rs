//! What a report means for a promotion.

use crate::scanner::{UnknownSeverity, severity};
use std::collections::BTreeSet;

use promotion_ledger::meaning::event::artifact::GateStatus;

use super::{fixture, report, trivy};
use crate::scanner::{Counts, Policy, Severity, Verdict};

fn policy(block_on: &[Severity], ignore_unfixed: bool) -> Policy {
    Policy { block_on: block_on.iter().copied().collect(), ignore_unfixed }
}

fn ids(verdict: &Verdict) -> Vec<&str> {
    verdict.blocking.iter().filter_map(|finding| finding.id.as_deref()).collect()
}

// proves: FR-055
#[test]
fn critical_and_high_block_unless_something_else_is_said() {
    let report = report(fixture!("trivy/findings.json"));
    let usual = Policy::default().judge(&report);
    assert_eq!(usual.status, GateStatus::Failed);
    assert_eq!(ids(&usual), ["CVE-2099-0001", "CVE-2099-0001", "CVE-2099-0002", "CVE-2099-0009"]);
    assert_eq!(usual.counts, Counts { critical: 2, high: 2, medium: 1, low: 1, negligible: 0, unknown: 2 });
    assert_eq!(ids(&policy(&[Severity::Low], false).judge(&report)), ["CVE-2099-0004"], "a set, not a threshold");
    assert_eq!(ids(&policy(&[Severity::Unknown], false).judge(&report)), ["CVE-2099-0005", "CVE-2099-0006"]);
    assert_eq!(policy(&[Severity::Negligible], false).judge(&report).status, GateStatus::Warning);
}

// proves: FR-056
#[test]
fn findings_without_a_fix_are_left_out_only_when_that_is_said() {
    let report = report(fixture!("trivy/findings.json"));
    assert_eq!(Policy::default().judge(&report).ignored, 0);
    let verdict = policy(&[Severity::Critical, Severity::High], true).judge(&report);
    assert_eq!(ids(&verdict), ["CVE-2099-0001", "CVE-2099-0001", "CVE-2099-0009"]);
    assert_eq!(verdict.counts, Counts { critical: 2, high: 1, medium: 0, low: 1, negligible: 0, unknown: 0 });
    assert_eq!(verdict.ignored, 4);
    let unfixed = trivy(r#"{"VulnerabilityID":"a","Severity":"CRITICAL"}"#);
    let verdict = policy(&[Severity::Critical], true).judge(&unfixed);
    assert_eq!(
        (verdict.status, verdict.sentence().as_str()),
        (GateStatus::Passed, "0 critical, 0 high, 0 medium, 0 low; 1 without a fix ignored")
    );
}

// proves: FR-057
#[test]
fn the_sentence_says_how_many_and_by_what() {
    let sentence = |text| Policy::default().judge(&report(text)).sentence().to_string();
    assert_eq!(
        sentence(fixture!("trivy/findings.json")),
        "2 critical, 2 high, 1 medium, 1 low, 2 unknown; blocked by CVE-2099-0001 (libssl3 3.0.11-1, fixed in 3.0.13-1), \
         CVE-2099-0001 (openssl 3.0.11-1, fixed in 3.0.13-1), CVE-2099-0002 (zlib1g 1:1.2.13, no fix), \
         CVE-2099-0009 (jinja2 3.1.2, fixed in 3.1.4); 2 suppressed by the scanner's rules"
    );
    assert_eq!(sentence(fixture!("trivy/clean.json")), "0 critical, 0 high, 0 medium, 0 low");
}

// proves: FR-057
#[test]
fn lower_severities_alone_are_a_warning_that_lists_them() {
    let verdict = Policy::default().judge(&report(fixture!("grype/lower.json")));
    assert_eq!((verdict.status, verdict.blocking.len()), (GateStatus::Warning, 0));
    assert_eq!(
        verdict.sentence().as_str(),
        "0 critical, 0 high, 1 medium, 0 low, 1 negligible; let pass CVE-2099-0003 (bash 5.2.15-2, no fix), CVE-2099-0011 (coreutils 9.1, no fix)"
    );
    assert_eq!(Policy::default().judge(&report(fixture!("grype/clean.json"))).status, GateStatus::Passed);
}

#[test]
fn what_nobody_rated_is_a_warning_and_what_has_no_id_blocks_all_the_same() {
    let verdict = |text| Policy::default().judge(&trivy(text));
    let unrated = verdict(r#"{"VulnerabilityID":"a"}"#);
    assert_eq!((unrated.status, unrated.counts.unknown), (GateStatus::Warning, 1));
    let nameless = verdict(r#"{"PkgName":"p","Severity":"CRITICAL"}"#);
    assert_eq!((nameless.status, nameless.counts.critical, nameless.counts.unknown), (GateStatus::Failed, 0, 1));
    assert!(nameless.sentence().as_str().ends_with("blocked by a finding without id (p of unknown version, no fix)"));
    assert_eq!(verdict("{}").status, GateStatus::Warning);
}

// proves: FR-057
#[test]
fn the_sentence_is_cut_to_what_a_reason_may_hold() {
    for (number, text) in [(500, "日本\u{202e}"), (5, "x"), (40, "long and longer "), (1, "x")] {
        let text = text.repeat(100);
        let finding = |place: usize| {
            format!(
                r#"{{"VulnerabilityID":"{place}{text}","PkgName":"{text}","InstalledVersion":"{text}","FixedVersion":"{text}","Severity":"HIGH"}}"#
            )
        };
        let findings: Vec<String> = (0..number).map(finding).collect();
        let verdict = Policy::default().judge(&trivy(&findings.join(",")));
        let sentence = verdict.sentence();
        assert!(sentence.as_str().len() <= 1024 && sentence.as_str().starts_with("0 critical, "), "{sentence}");
        assert!(sentence.as_str().contains("blocked by "), "{sentence}");
        assert_eq!(number > 1, sentence.as_str().contains(" more"), "{sentence}");
    }
}

#[test]
fn severities_are_read_as_people_type_them() {
    let set: Result<BTreeSet<Severity>, UnknownSeverity> = "critical,High, LOW".split(',').map(severity).collect();
    assert_eq!(set.unwrap(), BTreeSet::from([Severity::Critical, Severity::High, Severity::Low]));
    assert!(severity("severe").unwrap_err().to_string().contains("\"severe\" is no severity: expected CRITICAL"));
}
