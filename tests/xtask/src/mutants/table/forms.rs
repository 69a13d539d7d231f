//! Names, digests, ids and times: the values that entries are made of, each with its one spelling.

use crate::mutants::mutant::{Mutant, check, check_by};

const NAMES: &str = "meaning/names.rs";
const DIGEST: &str = "meaning/digest.rs";
const ID: &str = "meaning/id.rs";
const TIME: &str = "meaning/time.rs";
const GRANT: &str = "meaning/grant.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check(
        "label: its characters",
        NAMES,
        "&& «text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))» && !text.starts_with(['.', '_', '-'])",
        "true",
        "law-shape-grant-any-and-one law-shape-name",
    ),
    check("label: its first character", NAMES, "&& «!text.starts_with(['.', '_', '-'])»", "true", "law-shape-name-begins"),
    check(
        "name: its length",
        NAMES,
        "!text.is_empty() && «text.len() <= longest»",
        "true",
        "envelope-actor-too-long envelope-agent-too-long law-shape-command-variable-too-long law-shape-policy-name-too-long
         law-shape-policy-text-too-long law-shape-version-too-long note-key-name-too-long",
    ),
    check(
        "name: not empty",
        NAMES,
        "«!text.is_empty()» && text.len() <= longest",
        "true",
        "envelope-actor-empty law-shape-issuer-keys-empty law-shape-policy-text-empty law-shape-verification-key-empty
         note-two-spaces-after-dash",
    ),
    check("environment: not none", NAMES, r#"label(text, 32) && «text != "none"»"#, "true", "law-shape-environment-none"),
    check("environment: not rollback-N", NAMES, "«!reads_like_a_rollback(text)»", "true", "law-shape-environment-rollback"),
    check("version: not latest", NAMES, r#"tag(text, 75) && «text != "latest"»"#, "true", "law-shape-version-latest"),
    check(
        "version: not latest-…",
        NAMES,
        r#"«!text.starts_with("latest-")»"#,
        "true",
        "law-shape-template-latest law-shape-version-latest-of",
    ),
    check(
        "tag: its characters",
        NAMES,
        "&& «text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))»",
        "true",
        "law-shape-policy-name-slash law-shape-version-plus",
    ),
    check(
        "tag: its first character",
        NAMES,
        "&& «!text.starts_with(['.', '-'])»",
        "true",
        "law-shape-policy-name-begins law-shape-template-no-version law-shape-version-begins",
    ),
    check(
        "principal: its characters",
        NAMES,
        r#"bounded(text, longest) && «text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'\\'))»"#,
        "true",
        "envelope-actor-not-ascii envelope-actor-space law-shape-group-name-space law-shape-issuer-group-space
         law-shape-key-group-space law-shape-token-group-space note-key-name-not-ascii",
    ),
    check(
        "key name: no plus sign",
        NAMES,
        r#""1 to 255 visible ASCII characters without spaces, quotes or +", |text| visible(text, 255) && «!text.contains('+')» ); name!( /// A ledger's own name"#,
        "true",
        "note-plus-in-key-name",
    ),
    check(
        "origin: no plus sign",
        NAMES,
        r#"Origin, "origin", "1 to 255 visible ASCII characters without spaces, quotes or +", |text| visible(text, 255) && «!text.contains('+')»"#,
        "true",
        "genesis-origin-plus",
    ),
    check(
        "media type: one slash",
        NAMES,
        "«text.split('/').count() == 2 && !text.starts_with('/') && !text.ends_with('/')»",
        "true",
        "law-shape-media-type",
    ),
    check("reason: its length", NAMES, "|text| «text.len() <= 1024»", "true", "law-shape-reason-too-long"),
    check(
        "reason: not only white space",
        NAMES,
        "«!text.trim().is_empty()»",
        "true",
        "law-shape-breaking-blank law-shape-freeze-name-blank law-shape-halt-reason-blank law-shape-issuer-audience-blank
         law-shape-issuer-blank law-shape-issuer-claim-blank law-shape-issuer-principal-blank
         law-shape-override-justification-blank law-shape-reason-blank law-shape-report-package-blank
         law-shape-token-issuer-blank law-shape-token-subject-blank",
    ),
    check("source commit: its length", NAMES, "|text| «(7..=64).contains(&text.len())»", "true", "law-shape-commit-too-short"),
    check(
        "source commit: its digits",
        NAMES,
        "«text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))»",
        "true",
        "law-shape-commit-upper-case",
    ),
    check("repository: a layout's directory", NAMES, "return «!directory.is_empty()» &&", "true", "law-shape-repository-layout-empty"),
    check(
        "repository: a layout's characters",
        NAMES,
        "&& «directory.bytes().all(|byte| byte.is_ascii_graphic())»;",
        "true",
        "law-shape-repository-layout-not-ascii law-shape-repository-layout-space",
    ),
    check(
        "repository: a path",
        NAMES,
        "let Some((host, path)) = «plain.split_once('/')» else { return false; }",
        r#"Some(plain.split_once('/').unwrap_or((plain, "a")))"#,
        "law-shape-repository-path-missing",
    ),
    check(
        "repository: no label of the host is empty",
        NAMES,
        "«!part.is_empty()» && part.bytes()",
        "true",
        "law-shape-repository-host-dots law-shape-repository-host-missing law-shape-repository-label-empty",
    ),
    check(
        "repository: a label's characters",
        NAMES,
        "&& «part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')»",
        "true",
        "law-shape-repository-label-underscore",
    ),
    check("repository: a label begins with no hyphen", NAMES, "&& «!part.starts_with('-')»", "true", "law-shape-repository-label-begins"),
    check("repository: a label ends with no hyphen", NAMES, "&& «!part.ends_with('-')»", "true", "law-shape-repository-label-ends"),
    check(
        "repository: a port in its one spelling",
        NAMES,
        "&& «port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port))»",
        "true",
        "law-shape-repository-port-leading-zero law-shape-repository-port-missing law-shape-repository-port-plus
         law-shape-repository-port-too-large law-shape-repository-port-word law-shape-repository-port-zero",
    ),
    check(
        "repository: a path's characters",
        NAMES,
        "«part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))» && part.starts_with(|first",
        "true",
        "law-shape-repository-path-upper-case",
    ),
    check(
        "repository: how a path's part begins",
        NAMES,
        "&& «part.starts_with(|first: char| first.is_ascii_alphanumeric())»",
        "true",
        "law-shape-repository-path-begins",
    ),
    check(
        "repository: how a path's part ends",
        NAMES,
        "&& «part.ends_with(|last: char| last.is_ascii_alphanumeric())»",
        "true",
        "law-shape-repository-path-ends",
    ),
    check(
        "artifact digest: its spelling",
        DIGEST,
        "Some(hex) if «from_hex(hex).is_some()» => Ok(Self(text.into()))",
        "true",
        "law-shape-digest-upper-case",
    ),
    check(
        "artifact digest: its algorithm",
        DIGEST,
        r#"match «text.strip_prefix("sha256:")»"#,
        r#"Some(text.split_once(':').map_or(text.as_str(), |(_, hex)| hex))"#,
        "law-shape-digest-algorithm law-shape-token-digest-bare",
    ),
    check(
        "hex: lower case",
        DIGEST,
        "_ => «None», } } #[cfg(test)]",
        "char::from(digit).to_digit(16).map(|value| value as u8)",
        "law-shape-digest-upper-case",
    ),
    check(
        "id: one spelling",
        ID,
        "Ok(uuid) if «uuid.hyphenated().to_string() == text» => Ok(Self(uuid))",
        "true",
        "envelope-id-in-braces envelope-id-upper-case envelope-id-without-hyphens",
    ),
    check("time: from 1970 on", TIME, "«(0..=LAST).contains(&micros)».then_some", "micros <= LAST", "envelope-time-before-1970"),
    check(
        "time: one spelling",
        TIME,
        "if «time.to_string() == text» { Ok(time) }",
        "true",
        "envelope-time-leap-second envelope-time-lower-case envelope-time-milliseconds envelope-time-nanoseconds
         envelope-time-offset envelope-time-seconds envelope-time-space",
    ),
    check_by(
        "grant: names ascend, each once",
        GRANT,
        ".find(|(one, other)| «one >= other») { return Err(InvalidNames(",
        "false",
        ("lib", "meaning::grant::tests::lists_of_names_have_one_form"),
    ),
];
