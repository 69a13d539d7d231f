//! What each scheme says of single pairs, how schemes are spelled, and which templates are refused.

use super::super::*;
use super::version;

use Comparison::{Empty, Equal, Incomparable, Newer, Older};

fn template(text: &str) -> Scheme {
    Scheme::Pattern(Template::new(text).unwrap())
}

#[track_caller]
fn assert_compared(scheme: &Scheme, cases: &[(&str, &str, Comparison)]) {
    for (landing, current, expected) in cases {
        let found = compare_by(scheme, &version(landing), Some(&version(current)), (None, None));
        assert_eq!(found, *expected, "{landing} over {current} by {scheme}");
    }
}

// proves: life.downgrade-guard
#[test]
fn precedence_is_that_of_semantic_versioning() {
    let cases = [
        ("v1.4.2", "v1.4.1", Newer),
        ("1.4.2", "v1.4.2", Equal),
        ("v1.10.0", "v1.9.9", Newer),
        ("v1.4.0-rc.1", "v1.4.0", Older),
        ("v1.4.0", "v1.4.0-rc.2", Newer),
        ("v1.4.0-rc.2", "v1.4.0-rc.10", Older),
        ("v1.3.9", "v1.4.0-rc.1", Older),
        ("2024-11", "v1.0.0", Incomparable),
        ("nightly", "nightly", Equal),
        ("1.4", "1.5", Incomparable),
    ];
    assert_compared(&Scheme::Semver, &cases);
    assert_compared(&Scheme::default(), &cases);
    for (landing, current, expected) in cases {
        assert_eq!(compare(&version(landing), Some(&version(current))), expected);
    }
    assert_eq!(compare(&version("v1.0.0"), None), Empty);
}

#[test]
fn calendar_versions_compare_by_their_numbers_and_then_by_their_modifier() {
    assert_compared(
        &Scheme::Calver,
        &[
            ("2026.02", "2026.01", Newer),
            ("2026.10", "2026.9", Newer),
            ("2026.01", "2026.1", Equal),
            ("v26.1", "26-1", Equal),
            ("2026_01_15", "2026-01-16", Older),
            ("20260115", "20260114", Newer),
            ("2026.1", "2026.1.0", Equal),
            ("2026.1.1", "2026.1", Newer),
            ("2026.1-rc1", "2026.1", Older),
            ("2026.1", "2026.1-dev", Newer),
            ("2026.1rc10", "2026.1-rc9", Newer),
            ("2026.1-beta", "2026.1-alpha", Newer),
            ("2026.1-B", "2026.1-a", Older),
            ("2026.1-rc", "2026.1-rc0", Equal),
            ("2026.2-alpha", "2026.1", Newer),
            ("2026.123456789012345678", "2026.1", Newer),
        ],
    );
    for strange in ["nightly", "vv1", "2026..1", "2026.1-", "2026.1-rc-1", "2026.1-rc1a", "2026.1234567890123456789", "v", "_2026"] {
        assert_compared(&Scheme::Calver, &[(strange, "2026.1", Incomparable), ("2026.1", strange, Incomparable)]);
        assert_compared(&Scheme::Calver, &[(strange, strange, Equal)]);
    }
}

#[test]
fn patterns_compare_by_their_fields_from_the_left() {
    assert_compared(
        &template("release-{n}"),
        &[
            ("release-10", "release-9", Newer),
            ("release-010", "release-10", Equal),
            ("release-1", "release-123456789012345678", Older),
            ("release-1234567890123456789", "release-1", Incomparable),
            ("release-", "release-1", Incomparable),
            ("release-1a", "release-1", Incomparable),
            ("v1.0.0", "release-1", Incomparable),
        ],
    );
    assert_compared(
        &template("{year}.{week}-b{n}"),
        &[("2026.2-b9", "2026.10-b1", Older), ("2026.2-b10", "2026.2-b9", Newer), ("v2026.2-b1", "2026.2-b1", Incomparable)],
    );
    assert_compared(&template("r2{n}"), &[("r210", "r29", Newer), ("r2", "r29", Incomparable)]);
}

// proves: life.downgrade-guard
#[test]
fn by_recency_what_was_registered_later_is_newer() {
    let by = |landing: Option<u64>, current: Option<u64>| {
        let places = (landing.map(Sequence::new), current.map(Sequence::new));
        compare_by(&Scheme::Recency, &version("aaa"), Some(&version("zzz")), places)
    };
    assert_eq!(by(Some(7), Some(3)), Newer);
    assert_eq!(by(Some(3), Some(7)), Older);
    assert_eq!(by(None, Some(7)), Incomparable);
    assert_eq!(by(Some(7), None), Incomparable);
    assert_eq!(compare_by(&Scheme::Recency, &version("a"), Some(&version("a")), (None, None)), Equal);
    assert_eq!(compare_by(&Scheme::Recency, &version("a"), None, (None, None)), Empty);
}

#[test]
fn a_scheme_has_one_spelling() {
    let spelled = [
        (Scheme::Semver, r#"{"scheme":"semver"}"#),
        (Scheme::Calver, r#"{"scheme":"calver"}"#),
        (template("release-{n}"), r#"{"scheme":"pattern","template":"release-{n}"}"#),
        (Scheme::Recency, r#"{"scheme":"recency"}"#),
    ];
    for (scheme, json) in spelled {
        assert_eq!(serde_json::to_string(&scheme).unwrap(), json);
        assert_eq!(serde_json::from_str::<Scheme>(json).unwrap(), scheme);
    }
    for (json, says) in [
        (r#"{"scheme":"semver","n":1}"#, "unknown field `n`"),
        (r#"{"scheme":"semver","template":"r-{n}"}"#, "scheme semver has the template r-{n}"),
        (r#"{"scheme":"pattern"}"#, "expected one such as release-{n}"),
        (r#"{"scheme":"pattern","template":"release"}"#, "has no field"),
        (r#"{"scheme":"Semver"}"#, "unknown variant `Semver`"),
        (r#"{}"#, "missing field `scheme`"),
    ] {
        let error = serde_json::from_str::<Scheme>(json).unwrap_err().to_string();
        assert!(error.contains(says), "{json}: {error}");
    }
}

#[test]
fn a_template_that_fits_nothing_says_why() {
    let long = format!("{}{{n}}", "a".repeat(75));
    for (text, says) in [
        ("", "has no field"),
        ("release", "has no field"),
        ("release-{n", "a brace without its partner"),
        ("release-n}", "a brace without its partner"),
        ("release-{{n}}", "a brace without its partner"),
        ("release-{}", "a name of 1 to 32"),
        ("release-{N}", "a name of 1 to 32"),
        ("{n}.{n}", "has the field {n} twice"),
        ("{a}{b}", "has '{' right after the field {a}"),
        ("{a}0{b}", "has '0' right after the field {a}"),
        ("-{n}", "fits no version"),
        ("latest-{n}", "fits no version"),
        ("r+{n}", "fits no version"),
        (&long, "fits no version"),
    ] {
        let error = Template::new(text).unwrap_err().to_string();
        assert!(error.contains(says), "{text:?}: {error}");
        assert!(error.contains("expected") || error.contains("a version is"), "{error}");
    }
}
