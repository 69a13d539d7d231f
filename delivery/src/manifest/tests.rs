//! The manifest as a whole: good ones, the template, differences, and arbitrary bytes; its faults are in [`faults`].

mod check_faults;
mod checks;
mod faults;
mod guards;
mod issuers;
mod pieces;
mod schema;
pub(super) mod shelf;

use promotion_ledger::meaning::names::{Component, Pipeline, Repository};
use promotion_ledger::meaning::rules::{ComponentRule, OnIncomparable, Rules};
use promotion_ledger::meaning::time::Timestamp;
use proptest::prelude::*;

use super::{ManifestError, differences, template};

/// When the manifests of these tests are adopted.
pub(super) const NOW: &str = "2026-11-21T12:00:00.000000Z";

pub(super) fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

pub(super) fn parse(text: &[u8]) -> Result<Rules, ManifestError> {
    super::parse(text, now(), &shelf::SHELF)
}

const FULL: &str = "\
other: {anything: [1, no, *anchor], anything: twice}
artifacts:
  registry: registry.acme.example
  promotion:
    pipeline: shop
    components:
      web: shop/web
      api: shop/api
    environments:
      - dev
      - name: staging
        gates: [tests]
      - name: prod
        gates: [tests, security_scan]
    on_incomparable: block
";

/// Whose signatures count, as a part of the section.
pub(super) const VERIFICATION: &str = "verification: {keys: [release.pub]}";

fn names(rules: &Rules) -> Vec<&str> {
    rules.environments().iter().map(|environment| environment.name.as_str()).collect()
}

fn kept(rules: &Rules) -> Vec<(&str, &str)> {
    rules.components().iter().map(|component| (component.name.as_str(), component.repository.as_str())).collect()
}

// proves: FR-001a
#[test]
fn a_full_manifest_becomes_its_rules() {
    let rules = parse(FULL.as_bytes()).unwrap();
    assert_eq!(rules.pipeline().as_str(), "shop");
    assert_eq!(names(&rules), ["dev", "staging", "prod"]);
    assert_eq!(kept(&rules), [("api", "registry.acme.example/shop/api"), ("web", "registry.acme.example/shop/web")]);
    let gates: Vec<&str> = rules.environments()[2].gates.iter().map(|gate| gate.as_str()).collect();
    assert_eq!(gates, ["policy_compliance", "tests", "security_scan"]);
    assert_eq!(rules.on_incomparable(), OnIncomparable::Block);
}

// proves: FR-001a
#[test]
fn what_is_left_out_has_its_default() {
    for text in [
        "artifacts:\n  registry: registry.acme.example/shop/api\n",
        "artifacts: {registry: registry.acme.example/shop/api, promotion: {}}",
        "---\n\"artifacts\":\n  registry: 'registry.acme.example/shop/api'\n...\n",
    ] {
        let rules = parse(text.as_bytes()).unwrap();
        assert_eq!(rules.pipeline().as_str(), "main");
        assert_eq!(names(&rules), ["dev", "staging", "prod"]);
        assert!(rules.environments().iter().all(|environment| environment.gates.len() == 1));
        assert_eq!(kept(&rules), [("api", "registry.acme.example/shop/api")]);
        assert_eq!(rules.on_incomparable(), OnIncomparable::Warn);
    }
    let layout = parse(b"artifacts: {registry: 'oci-layout:images/api'}").unwrap();
    assert_eq!(kept(&layout), [("api", "oci-layout:images/api")]);
}

#[test]
fn quotes_make_any_word_a_name() {
    let text = "artifacts: {registry: r.example, promotion: {components: {\"no\": a}, environments: [\"1.0\", 'on']}}";
    let rules = parse(text.as_bytes()).unwrap();
    assert_eq!(names(&rules), ["1.0", "on"]);
    assert_eq!(kept(&rules), [("no", "r.example/a")]);
}

#[test]
fn other_sections_may_hold_anything() {
    let text = "? [complex, key]\n: !vault {a: *unknown}\nbase: &base {a: b}\n<<: *base\n1: &a [*a, *a]\nartifacts: {registry: r.example/api}\n~: x\n";
    assert_eq!(kept(&parse(text.as_bytes()).unwrap()), [("api", "r.example/api")]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    let text = format!("\u{feff}{}", FULL.replace('\n', "\r\n"));
    assert_eq!(parse(text.as_bytes()).unwrap(), parse(FULL.as_bytes()).unwrap());
}

fn component(name: &str, repository: &str) -> ComponentRule {
    ComponentRule { name: Component::new(name).unwrap(), repository: Repository::new(repository).unwrap(), versions: None }
}

#[test]
fn the_template_reads_like_this() {
    let pipeline = Pipeline::new("shop").unwrap();
    let text = template(&pipeline, &[component("api", "registry.acme.example/shop/api"), component("web", "other.example/web")]);
    let written: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#') && !line.is_empty()).collect();
    assert_eq!(
        written,
        [
            "artifacts:",
            "  registry: registry.acme.example",
            "  promotion:",
            "    pipeline: shop",
            "    components:",
            "      api: shop/api",
            "      web: other.example/web",
            "    environments:",
            "      - dev",
            "      - staging",
            "      - prod",
        ]
    );
    let options = ["registry", "pipeline", "components", "environments", "name", "gates", "on_incomparable", "policies", "gate_commands"];
    for option in options.into_iter().chain(["security_scan", "verification", "advisory"]) {
        assert!(text.contains(&format!("{option}:")), "{option} is not shown");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 110 && line.trim_end() == line));
}

#[test]
fn the_options_of_the_template_can_be_uncommented() {
    let pipeline = Pipeline::new("shop").unwrap();
    let text = template(&pipeline, &[component("api", "r.example/api")]).replace("# on_incomparable: warn", "on_incomparable: block");
    assert_eq!(parse(text.as_bytes()).unwrap().on_incomparable(), OnIncomparable::Block);
    let text = text
        .replace("# policies: [policies/release.rego]", "policies: [policies/shop.rego]")
        .replace("    # gate_commands:\n    #   tests:", "    gate_commands:\n      tests:")
        .replace("# security_scan:", "security_scan:")
        .replace("# verification:", "verification:")
        .replace("- prod", "- {name: prod, gates: [tests, security_scan], signature: enforce}");
    let rules = parse(text.as_bytes()).unwrap();
    assert_eq!((rules.policies().len(), rules.commands().len()), (1, 1));
    assert!(rules.security_scan().is_some() && rules.verification().is_some());
}

#[test]
fn examples_of_the_reference_are_good_manifests() {
    let reference = include_str!("../../../docs/manifest.md");
    let examples: Vec<&str> = reference.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 2);
    for example in examples {
        parse(example.as_bytes()).expect(example);
    }
}

fn repository() -> impl Strategy<Value = String> {
    let host = "(http://[a-z]{1,4}|[a-z]{1,4}\\.example(:5000)?|localhost)/[a-z0-9]{1,4}([./_-][a-z0-9]{1,4}){0,2}";
    prop_oneof![4 => host, 1 => "oci-layout:[!-~]{1,12}"]
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), 0..12_usize, prop::collection::vec(any::<u8>(), 0..6));
    prop::collection::vec(edit, 1..4).prop_map(|edits| {
        let mut text = FULL.as_bytes().to_vec();
        for (place, removed, inserted) in edits {
            let start = place.index(text.len() + 1);
            let end = (start + removed).min(text.len());
            text.splice(start..end, inserted);
        }
        text
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn arbitrary_yaml_in_the_section_never_panics(body in "[-a-z:\\[\\]{}&*!|>'\"#,?%@~ \n\t]{0,200}") {
        let _ = parse(format!("artifacts:\n  {body}").as_bytes());
    }

    #[test]
    fn mutated_manifests_give_rules_or_a_place_in_the_text(text in mutated()) {
        if let Err(error) = parse(&text) {
            let lines = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
            prop_assert!((1..=lines).contains(&error.line()), "{error}");
            prop_assert!(error.column() >= 1);
            prop_assert!(!error.expected().is_empty() && !error.found().is_empty());
        }
    }

    #[test]
    fn the_template_reads_back_as_the_rules_it_was_written_for(
        pipeline in "[a-z0-9][a-z0-9._-]{0,6}",
        kept in prop::collection::btree_map("[a-z0-9][a-z0-9._-]{0,6}", repository(), 1..4),
    ) {
        let distinct: std::collections::BTreeSet<&String> = kept.values().collect();
        prop_assume!(distinct.len() == kept.len());
        let components: Vec<ComponentRule> = kept.iter().map(|(name, repository)| component(name, repository)).collect();
        let text = template(&Pipeline::new(pipeline.as_str()).unwrap(), &components);
        let rules = parse(text.as_bytes()).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(rules.pipeline().as_str(), pipeline);
        prop_assert_eq!(rules.components(), components.as_slice());
        prop_assert_eq!(names(&rules), ["dev", "staging", "prod"]);
        prop_assert_eq!(rules.on_incomparable(), OnIncomparable::Warn);
    }

    #[test]
    fn rules_differ_in_words_exactly_when_they_differ(old in pieces::assembled(), new in pieces::assembled()) {
        prop_assert_eq!(differences(&old, &new, now()).is_empty(), old == new);
        prop_assert!(differences(&old, &old, now()).is_empty());
    }

    #[test]
    fn rules_read_back_from_the_ledger_as_they_were_adopted(rules in pieces::assembled()) {
        let stored = serde_json::to_string(&rules).unwrap();
        prop_assert_eq!(serde_json::from_str::<Rules>(&stored).unwrap(), rules);
    }
}
