//! What a report says.

use super::{fixture, image, report, trivy};
use crate::scanner::{Finding, Report, Scanner, Severity, read};

/// `id package severity fixed`, a line a finding.
fn lines(report: &Report) -> Vec<String> {
    let line = |finding: &Finding| {
        let fixed = finding.fixed.as_deref().unwrap_or(if finding.fixable { "somewhere" } else { "-" });
        format!("{} {} {} {fixed}", finding.id.as_deref().unwrap_or("-"), finding.package, finding.severity)
    };
    report.findings.iter().map(line).collect()
}

// proves: FR-054
#[test]
fn a_trivy_report_is_read_whole() {
    let report = report(fixture!("trivy/findings.json"));
    assert_eq!((report.scanner, report.suppressed, report.names_artifact), (Scanner::Trivy, 2, true));
    let expected = [
        "CVE-2099-0001 libssl3 CRITICAL 3.0.13-1",
        "CVE-2099-0001 openssl CRITICAL 3.0.13-1",
        "CVE-2099-0002 zlib1g HIGH -",
        "CVE-2099-0009 jinja2 HIGH 3.1.4",
        "CVE-2099-0003 bash MEDIUM -",
        "CVE-2099-0004 tar LOW 1.35",
        "CVE-2099-0005 perl-base UNKNOWN -",
        "CVE-2099-0006 apt UNKNOWN -",
    ];
    assert_eq!(lines(&report), expected);
}

// proves: FR-054
#[test]
fn a_grype_report_is_read_whole() {
    let report = report(fixture!("grype/findings.json"));
    assert_eq!((report.scanner, report.suppressed, report.names_artifact), (Scanner::Grype, 1, true));
    let expected = [
        "CVE-2099-0001 openssl CRITICAL 3.0.13-1",
        "CVE-2099-0002 zlib1g HIGH -",
        "GHSA-xxxx-yyyy-0001 jinja2 HIGH 3.1.4, 2.11.4",
        "CVE-2099-0003 bash MEDIUM -",
        "CVE-2099-0011 coreutils NEGLIGIBLE -",
        "CVE-2099-0012 sed UNKNOWN -",
    ];
    assert_eq!(lines(&report), expected);
}

// proves: FR-054
#[test]
fn the_array_of_older_releases_is_read() {
    let report = report(fixture!("trivy/array.json"));
    assert_eq!((report.scanner, report.names_artifact), (Scanner::Trivy, false));
    assert_eq!(lines(&report), ["CVE-2099-0010 musl HIGH 1.1.24-r1"]);
}

#[test]
fn clean_is_what_the_scanner_writes_for_clean() {
    for text in [
        fixture!("trivy/clean.json"),
        fixture!("trivy/no-results.json"),
        fixture!("trivy/null-results.json"),
        fixture!("trivy/array-clean.json"),
        fixture!("grype/clean.json"),
        r#"{"SchemaVersion":2,"ArtifactName":"a","Results":[]}"#,
    ] {
        assert_eq!(report(text).findings, [], "{text}");
    }
}

#[test]
fn severities_count_in_any_letter_case_and_other_words_are_unknown() {
    let rated = |word: &str| trivy(&format!(r#"{{"VulnerabilityID":"a","Severity":{word}}}"#)).findings[0].severity;
    for (word, severity) in [
        (r#""CRITICAL""#, Severity::Critical),
        (r#""Critical""#, Severity::Critical),
        (r#""hIGH ""#, Severity::High),
        (r#""medium""#, Severity::Medium),
        (r#""Low""#, Severity::Low),
        (r#""Negligible""#, Severity::Negligible),
        (r#""UNKNOWN""#, Severity::Unknown),
        (r#""important""#, Severity::Unknown),
        (r#""""#, Severity::Unknown),
        ("null", Severity::Unknown),
    ] {
        assert_eq!(rated(word), severity, "{word}");
    }
}

#[test]
fn one_finding_for_each_id_package_and_version_in_whatever_order() {
    let once = |severity: &str, fixed: &str| {
        format!(r#"{{"VulnerabilityID":"a","PkgName":"p","InstalledVersion":"1","Severity":"{severity}","FixedVersion":"{fixed}"}}"#)
    };
    for (first, second) in [("LOW", "HIGH"), ("HIGH", "LOW")] {
        for (fix, other) in [("2", ""), ("", "2")] {
            let report = trivy(&format!("{},{}", once(first, fix), once(second, other)));
            assert_eq!(lines(&report), ["a p HIGH 2"]);
        }
    }
    let different = trivy(&format!("{},{}", once("LOW", ""), once("LOW", "").replace("\"1\"", "\"2\"")));
    assert_eq!(different.findings.len(), 2, "another version is another finding");
    let nameless = trivy(&[once("LOW", "").replace("\"a\"", "\"\""), once("LOW", "").replace("\"a\"", "null")].join(","));
    assert_eq!(nameless.findings.len(), 2, "without an id there is no telling whether it is the same");
}

#[test]
fn only_what_was_set_aside_is_suppressed() {
    let modified = |status: &str| {
        report(&format!(
            r#"{{"SchemaVersion":2,"ArtifactName":"a","Results":[{{"Target":"a","Class":"os-pkgs","ExperimentalModifiedFindings":[
               {{"Type":"vulnerability","Status":"{status}","Finding":{{"VulnerabilityID":"a","Severity":"HIGH"}}}}]}}]}}"#
        ))
    };
    for status in ["ignored", "not_affected", "fixed", "Ignored"] {
        assert_eq!((modified(status).findings.len(), modified(status).suppressed), (0, 1), "{status}");
    }
    for status in ["affected", "under_investigation", "unknown", ""] {
        assert_eq!((modified(status).findings.len(), modified(status).suppressed), (1, 0), "{status}");
    }
}

#[test]
fn a_fix_that_grype_does_not_name_is_a_fix_all_the_same() {
    let fix = |fix: &str| {
        let text = format!(
            r#"{{"matches":[{{"vulnerability":{{"id":"a","severity":"High",{fix}}},"artifact":{{"name":"p","version":"1"}}}}],"descriptor":{{"name":"grype"}}}}"#
        );
        lines(&report(&text)).remove(0)
    };
    assert_eq!(fix(r#""fix":{"versions":[],"state":"fixed"}"#), "a p HIGH somewhere");
    assert_eq!(fix(r#""fix":{"versions":["2"],"state":"unknown"}"#), "a p HIGH 2");
    assert_eq!(fix(r#""fix":{"versions":null,"state":"wont-fix"}"#), "a p HIGH -");
    assert_eq!(fix(r#""fixedInVersion":"2""#), "a p HIGH 2", "as releases before `fix` wrote it");
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let text = format!("\u{feff}{}", fixture!("grype/lower.json"));
    assert_eq!(report(&text).findings.len(), 2);
}

// proves: FR-036
#[test]
fn texts_from_outside_can_be_shown() {
    let report = report(fixture!("trivy/nasty.json"));
    let finding = &report.findings[0];
    assert_eq!(finding.id.as_deref(), Some(r"CVE-2099-\u{1b}[31m0001\u{7}"));
    assert_eq!(finding.package, r"open\u{202e}ssl\u{8}");
    assert_eq!(finding.installed, r"3.0\u{200b}.11");
    assert_eq!(finding.fixed.as_deref(), Some(r"\u{9b}1m3"));
}

#[test]
fn a_report_may_name_its_image_in_several_ways() {
    let names = |text: &str| read(text.as_bytes(), None, &image()).map(|report| report.names_artifact).map_err(|error| error.to_string());
    let digest = image();
    for text in [
        format!(r#"{{"SchemaVersion":2,"ArtifactName":"shop/api@{digest}"}}"#),
        format!(r#"{{"SchemaVersion":2,"ArtifactName":"a","Metadata":{{"RepoDigests":["a@sha256:{}","b@{digest}"]}}}}"#, "2".repeat(64)),
        format!(r#"[{{"Target":"shop/api@{digest} (alpine 3.11)","Vulnerabilities":null}}]"#),
        format!(r#"{{"matches":[],"source":{{"target":{{"manifestDigest":"{digest}"}}}},"descriptor":{{"name":"grype"}}}}"#),
        format!(r#"{{"matches":[],"source":{{"target":{{"userInput":"registry:a@{digest}"}}}},"descriptor":{{"name":"grype"}}}}"#),
    ] {
        assert_eq!(names(&text), Ok(true), "{text}");
    }
    for text in [
        fixture!("trivy/lower.json"),
        fixture!("grype/lower.json"),
        r#"{"matches":[],"source":{"type":"directory","target":"/src"},"descriptor":{"name":"grype"}}"#,
    ] {
        assert_eq!(names(text), Ok(false), "{text}");
    }
}
