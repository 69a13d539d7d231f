//! Ranges: from what people write to bounds, and what is inside.

use proptest::prelude::*;

use super::super::*;
use super::version;

fn range(text: &str) -> Range {
    Range::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn what_people_write_comes_to_bounds() {
    for (text, json) in [
        ("^2", r#"{"at_least":"2.0.0","below":"3.0.0-0"}"#),
        ("2", r#"{"at_least":"2.0.0","below":"3.0.0-0"}"#),
        ("2.x", r#"{"at_least":"2.0.0","below":"3.0.0-0"}"#),
        ("2.1.*", r#"{"at_least":"2.1.0","below":"2.2.0-0"}"#),
        ("~1.4", r#"{"at_least":"1.4.0","below":"1.5.0-0"}"#),
        ("~1.4.2", r#"{"at_least":"1.4.2","below":"1.5.0-0"}"#),
        ("~1", r#"{"at_least":"1.0.0","below":"2.0.0-0"}"#),
        ("^0.2.3", r#"{"at_least":"0.2.3","below":"0.3.0-0"}"#),
        ("^0.0.3", r#"{"at_least":"0.0.3","below":"0.0.4-0"}"#),
        ("^0.0", r#"{"at_least":"0.0.0","below":"0.1.0-0"}"#),
        ("^0", r#"{"at_least":"0.0.0","below":"1.0.0-0"}"#),
        (">=1.2, <2", r#"{"at_least":"1.2.0","below":"2.0.0-0"}"#),
        (">=1.2, <2, >=1.4, <1.9", r#"{"at_least":"1.4.0","below":"1.9.0-0"}"#),
        ("<2.0.0-rc.2", r#"{"below":"2.0.0-rc.2"}"#),
        (">1.2.3", r#"{"at_least":"1.2.4-0"}"#),
        (">1.2", r#"{"at_least":"1.3.0-0"}"#),
        (">1.2.3-rc.1", r#"{"at_least":"1.2.3-rc.1.0"}"#),
        ("<=1.2.3", r#"{"below":"1.2.4-0"}"#),
        ("=1.2.3", r#"{"at_least":"1.2.3","below":"1.2.4-0"}"#),
        ("=1.2.3-rc.1", r#"{"at_least":"1.2.3-rc.1","below":"1.2.3-rc.1.0"}"#),
    ] {
        assert_eq!(serde_json::to_string(&range(text)).unwrap(), json, "{text}");
        assert_eq!(serde_json::from_str::<Range>(json).unwrap(), range(text), "{text}");
    }
}

#[test]
fn prereleases_inside_are_inside_and_those_of_the_bound_are_not() {
    let inside = |text: &str, of: &str| range(text).contains(&version(of));
    assert_eq!(inside("^2", "2.4.0-rc.1"), Some(true));
    assert_eq!(inside("^2", "v2.4.0"), Some(true));
    assert_eq!(inside("^2", "3.0.0-rc.1"), Some(false));
    assert_eq!(inside("^2", "3.0.0-0"), Some(false));
    assert_eq!(inside("^2", "2.0.0-rc.1"), Some(false));
    assert_eq!(inside("^2.0.0-rc.1", "2.0.0-rc.2"), Some(true));
    assert_eq!(inside("=1.2.3-rc.1", "1.2.3-rc.1"), Some(true));
    assert_eq!(inside("=1.2.3-rc.1", "1.2.3-rc.2"), Some(false));
    assert_eq!(inside("=1.2.3", "1.2.3"), Some(true));
    assert_eq!(inside("^2", "nightly"), None);
    assert_eq!(inside("^2", "2.4"), None);
}

#[test]
fn a_range_is_told_in_words() {
    assert_eq!(range("^2").to_string(), "at least 2.0.0 and below 3.0.0-0");
    assert_eq!(range(">=1.2").to_string(), "at least 1.2.0");
    assert_eq!(range("<2").to_string(), "below 2.0.0-0");
}

#[test]
fn a_range_that_cannot_be_says_why() {
    for (text, says) in [
        ("", "no range of versions"),
        ("two", "no range of versions"),
        ("^v2", "no range of versions"),
        ("*", "takes every version"),
        (">2, <1", "takes no version"),
        (">1.2.3, <1.2.4", "takes no version"),
        ("^18446744073709551615", "the largest"),
    ] {
        let error = Range::parse(text).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("expected"), "{text}: {error}");
    }
    for json in [
        r#"{}"#,
        r#"{"at_least":"2.0.0","below":"2.0.0"}"#,
        r#"{"at_least":"v2.0.0"}"#,
        r#"{"at_least":"2.0"}"#,
        r#"{"at_least":"2.0.0+b"}"#,
        r#"{"at_least":"2.0.0","to":"3.0.0"}"#,
    ] {
        assert!(serde_json::from_str::<Range>(json).is_err(), "{json}");
    }
}

fn a_partial() -> impl Strategy<Value = String> {
    let pre = prop_oneof![4 => Just(String::new()), 1 => (0..3_u8).prop_map(|n| format!("-rc.{n}"))];
    let number = || 0..4_u8;
    prop_oneof![
        number().prop_map(|major| major.to_string()),
        (number(), number()).prop_map(|(major, minor)| format!("{major}.{minor}")),
        (number(), number(), number(), pre).prop_map(|(major, minor, patch, pre)| format!("{major}.{minor}.{patch}{pre}")),
    ]
}

fn a_requirement() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec!["", "=", ">", ">=", "<", "<=", "~", "^"]);
    let comparator = (operator, a_partial()).prop_map(|(operator, partial)| format!("{operator}{partial}"));
    prop::collection::vec(comparator, 1..4).prop_map(|list| list.join(", "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// On releases a range agrees with the library whose grammar it reads; where it is refused as empty, that takes none either.
    #[test]
    fn a_range_agrees_with_the_requirement_it_was_read_from(text in a_requirement()) {
        let required: semver::VersionReq = text.parse().unwrap();
        let range = Range::parse(&text);
        let known = matches!(range, Ok(_) | Err(InvalidRange::Empty { .. }));
        prop_assert!(known, "{}", text);
        for place in 0..125_u64 {
            let release = semver::Version::new(place / 25, place / 5 % 5, place % 5);
            let inside = range.as_ref().is_ok_and(|range| range.contains(&version(&release.to_string())) == Some(true));
            prop_assert_eq!(inside, required.matches(&release), "{} in {}", release, text);
        }
    }
}
