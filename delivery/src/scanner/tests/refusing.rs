//! What is not taken for a report.

use super::{fixture, image, try_report};
use crate::scanner::{LONGEST, ReportError, Scanner, read};

#[track_caller]
fn refused(text: &str, words: &str) -> ReportError {
    let error = try_report(text).expect_err(words);
    assert!(error.to_string().contains(words), "{words}\n{error}");
    assert!(!error.hint().is_empty());
    error
}

#[test]
fn files_of_other_tools_are_never_reports_without_findings() {
    for (text, words) in [
        (fixture!("other/cyclonedx.json"), "an SBOM in CycloneDX"),
        (fixture!("other/spdx.json"), "an SBOM in SPDX"),
        (fixture!("other/spdx3.json"), "SPDX 3"),
        (fixture!("other/syft.json"), "an SBOM of Syft"),
        (fixture!("other/sarif.json"), "SARIF"),
        (fixture!("other/trivy-cluster.json"), "about a cluster"),
        (fixture!("other/npm-audit.json"), "npm audit"),
        (fixture!("other/openvex.json"), "a VEX document"),
        (fixture!("other/osv-scanner.json"), "a JSON object with the fields \"experimental_config\", \"results\""),
        (fixture!("other/image-manifest.json"), "a manifest or an index"),
        (fixture!("other/empty-array.json"), "an empty JSON array"),
        (fixture!("other/empty-object.json"), "an empty JSON object"),
        (fixture!("other/null.json"), "the JSON value null"),
        ("\"clean\"", "a JSON string"),
        ("0", "a JSON number"),
        ("-1", "a JSON number"),
        ("1.5", "a JSON number"),
        ("true", "a JSON truth value"),
        ("[1]", "a JSON array of something else"),
        ("[{}]", "a JSON array of something else"),
        (r#"[{"Target":"a"}]"#, "a JSON array of something else"),
        (r#"{"SchemaVersion":2}"#, "a JSON object with the fields"),
        (r#"{"SchemaVersion":2,"ArtifactName":null}"#, "a JSON object with the fields"),
        (r#"{"Results":[]}"#, "a JSON object with the fields \"Results\""),
        (r#"{"matches":[]}"#, "a JSON object with the fields \"matches\""),
        (r#"{"matches":[],"descriptor":{"name":"other"}}"#, "a JSON object of \"other\""),
        (r#"{"matches":[],"descriptor":["grype"]}"#, "a JSON object with the fields"),
        (r#"{"SchemaVersion":2,"ArtifactName":"a","matches":[],"descriptor":{"name":"grype"}}"#, "at once"),
    ] {
        refused(text, words);
    }
}

#[test]
fn text_that_is_not_json_alone_is_named() {
    let clean = fixture!("trivy/clean.json");
    refused("", "is empty");
    refused(" \n\t", "is empty");
    refused("\u{feff}", "is empty");
    refused(
        &format!("2026-03-02T07:08:09Z\tINFO\tVulnerability scanning is enabled\n{clean}"),
        "begins with \"2026-03-02T07:08:09Z\\tINFO",
    );
    refused(&format!("[0000]  INFO cataloged packages\n{clean}"), "begins with \"[0000]  INFO");
    refused(&format!("{clean}\n2026-03-02T07:08:10Z\tINFO\tdone"), "more text after its JSON, from line");
    refused(&format!("{clean}{clean}"), "more text after its JSON");
    refused(&clean[..clean.len() / 2], "EOF while parsing");
    refused("<html>", "begins with \"<html>\"");
    refused("\u{1b}[2J", r"\u{1b}[2J");
}

#[test]
fn other_encodings_are_named() {
    let wide = |bytes: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        mark.into_iter().chain(fixture!("trivy/clean.json").encode_utf16()).flat_map(bytes).collect()
    };
    for bytes in [wide(u16::to_le_bytes, true), wide(u16::to_be_bytes, true), wide(u16::to_le_bytes, false), wide(u16::to_be_bytes, false)]
    {
        assert_eq!(read(&bytes, None, &image()), Err(ReportError::Utf16));
    }
    assert_eq!(read(b"{\"a\":\"\xe9\"}", None, &image()), Err(ReportError::NotText { at: 6 }));
}

#[test]
fn a_report_that_breaks_its_form_is_not_read_in_part() {
    let trivy = |rest: &str| format!(r#"{{"SchemaVersion":2,"ArtifactName":"a",{rest}}}"#);
    let grype = |rest: &str| format!(r#"{{{rest},"descriptor":{{"name":"grype"}}}}"#);
    for (text, words) in [
        (trivy(r#""Results":{}"#), "invalid type: map"),
        (trivy(r#""Results":[{}]"#), "missing field `Target`"),
        (trivy(r#""Results":[[]]"#), "expected an object"),
        (trivy(r#""Results":[null]"#), "expected an object"),
        (trivy(r#""Results":[{"Target":"a","Vulnerabilities":{}}]"#), "invalid type: map"),
        (trivy(r#""Results":[{"Target":"a","Vulnerabilities":[[]]}]"#), "expected an object"),
        (trivy(r#""Results":[{"Target":"a","Vulnerabilities":[{"Severity":9}]}]"#), "expected a string"),
        (trivy(r#""Results":[{"Target":"a","Vulnerabilities":[{"Severity":"HIGH"}],"Vulnerabilities":[]}]"#), "duplicate field"),
        (trivy(r#""Metadata":{"RepoDigests":"a"}"#), "expected a sequence"),
        (r#"[{"Target":"a","Type":"alpine"},{}]"#.to_owned(), "missing field `Target`"),
        (grype(r#""matches":null"#), "expected a sequence"),
        (grype(r#""matches":{}"#), "expected a sequence"),
        (grype(r#""matches":[{}]"#), "missing field `vulnerability`"),
        (grype(r#""matches":[[[],[]]]"#), "expected an object"),
        (grype(r#""matches":[{"vulnerability":{}}]"#), "missing field `artifact`"),
    ] {
        refused(&text, "cannot be understood");
        refused(&text, words);
    }
    refused(&trivy(r#""Results":[{"Target":"a"}],"Results":[]"#), "field \"Results\" stands twice");
    refused(r#"{"SchemaVersion":3,"ArtifactName":"a"}"#, "SchemaVersion 3: expected 2");
    refused(r#"{"SchemaVersion":"2","ArtifactName":"a"}"#, "expected 2");
}

#[test]
fn a_report_of_other_examinations_is_not_one_without_vulnerabilities() {
    refused(fixture!("trivy/secrets-only.json"), r#"class "config", "secret" alone"#);
}

#[test]
fn a_report_about_another_image_is_refused_by_its_digest() {
    let other = "2".repeat(64);
    for text in [fixture!("trivy/clean.json"), fixture!("trivy/findings.json"), fixture!("grype/clean.json")] {
        let moved = text.replace(&"1".repeat(64), &other);
        let error = refused(&moved, &format!("is about sha256:{other}"));
        assert!(error.to_string().contains(&format!("not about {}", image())) && error.hint().contains(image().as_str()), "{error}");
    }
}

#[test]
fn the_scanner_that_is_named_is_the_one_that_wrote_it() {
    let by = |text: &str, expected| read(text.as_bytes(), Some(expected), &image()).map(|report| report.scanner);
    let (trivy, grype) = (fixture!("trivy/clean.json"), fixture!("grype/clean.json"));
    assert_eq!(by(trivy, Scanner::Trivy), Ok(Scanner::Trivy));
    assert_eq!(by(fixture!("trivy/array.json"), Scanner::Trivy), Ok(Scanner::Trivy));
    assert_eq!(by(trivy, Scanner::Grype), Err(ReportError::OtherScanner { expected: Scanner::Grype, found: Scanner::Trivy }));
    assert_eq!(by(grype, Scanner::Trivy), Err(ReportError::OtherScanner { expected: Scanner::Trivy, found: Scanner::Grype }));
}

#[test]
fn size_and_depth_are_bounded() {
    let long = vec![b' '; usize::try_from(LONGEST).unwrap() + 1];
    assert_eq!(read(&long, None, &image()), Err(ReportError::TooLarge { size: LONGEST + 1, most: LONGEST }));
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(200_000), close.repeat(200_000));
    refused(&deep("[", "]"), "a JSON array of something else");
    refused(&deep("{\"a\":[", "]}"), "a JSON object with the fields");
    let inside = format!(r#"{{"SchemaVersion":2,"ArtifactName":"a","Results":{}}}"#, deep("[", "]"));
    refused(&inside, "cannot be understood");
    let target = format!(r#"{{"matches":[],"descriptor":{{"name":"grype"}},"source":{{"target":{}}}}}"#, deep("[", "]"));
    refused(&target, "recursion limit exceeded");
}

#[test]
fn what_is_quoted_of_a_file_is_short() {
    let long = "x".repeat(100_000);
    for text in [
        long.clone(),
        format!(r#"{{"{long}":1}}"#),
        format!(r#"{{"SchemaVersion":"{long}","ArtifactName":"a"}}"#),
        format!(r#"{{"SchemaVersion":2,"ArtifactName":"a","Results":"{long}"}}"#),
        format!(r#"{{"SchemaVersion":2,"ArtifactName":"a","Results":[{{"Target":"a","Class":"{long}"}}]}}"#),
        format!(r#"{{"matches":[],"descriptor":{{"name":"{long}"}}}}"#),
        format!("{{}}{long}"),
    ] {
        let error = try_report(&text).unwrap_err().to_string();
        assert!(error.len() < 600, "{error}");
    }
}
