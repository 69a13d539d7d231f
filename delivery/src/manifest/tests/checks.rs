//! Gates that are run, policies, scanners' reports and signatures: what a manifest's words for them come to.

use promotion_ledger::meaning::event::scan::{Scanner, Severity};
use promotion_ledger::meaning::rules::{CommandRule, Enforcement, EnvironmentRule, Rules, ScanRule};

use super::shelf::{LENIENT, SHELF, SHOP};
use super::{now, parse};
use crate::manifest::{Files as _, NoFiles, demands, provisions};

const FULL: &str = r#"
artifacts:
  registry: r.example/api
  promotion:
    policies: [policies/warn.rego, policies/shop.rego]
    security_scan: { block_on_severity: [medium, Critical, HIGH], ignore_unfixed: true, scanner_format: grype }
    gate_commands:
      tests: make test
      cost_analysis:
        { command: [./cost, --max, "100", ""], timeout_seconds: 600, variables: [TEAM, AWS_REGION], warning_status: 2 }
      smoke: { shell: "curl -fsS https://x.example | grep ok" }
    gate_timeout_seconds: 120
    environments:
      - dev
      - name: prod
        gate_timeout_seconds: 900
        gates: [label_shape, { name: cost_analysis, advisory: true, max_age: 1d }, tests, smoke, security_scan]
        signature: enforce
  verification:
    keys:
      - release.pub
      - |
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAWTOJGrLqZ3tHU0idjwpbRqOBo7wlKbdK0QtYLxOBVNQ=
        -----END PUBLIC KEY-----
    identities: [{ identity: "https://ci.example/*", issuer: https://issuer.example }]
    trust_root: trusted_root.json
    annotations: { env: prod, team: shop }
"#;

pub(super) fn full() -> Rules {
    parse(FULL.as_bytes()).unwrap()
}

fn texts<'a, T: std::fmt::Display + 'a>(items: impl IntoIterator<Item = &'a T>) -> Vec<String> {
    items.into_iter().map(ToString::to_string).collect()
}

fn words(rule: &CommandRule) -> Vec<&str> {
    rule.arguments.iter().map(|argument| argument.as_str()).collect()
}

/// Rules of a manifest with these keys of `promotion`, and an environment prod with those.
fn with(promotion: &str, prod: &str) -> Rules {
    let text = format!("artifacts: {{registry: r.example/a, promotion: {{{promotion}environments: [dev, {{name: prod, {prod}}}]}}}}");
    parse(text.as_bytes()).expect(&text)
}

// proves: FR-006 FR-012a
#[test]
fn commands_become_rules_word_by_word() {
    let rules = full();
    let [cost, smoke, tests] = rules.commands() else { panic!("{:?}", rules.commands()) };
    assert_eq!(words(cost), ["./cost", "--max", "100", ""]);
    assert_eq!((cost.timeout_seconds, cost.warning_status.map(u8::from), cost.shell), (Some(600), Some(2), None));
    assert_eq!(texts(&cost.variables), ["AWS_REGION", "TEAM"]);
    assert_eq!(words(smoke), ["curl -fsS https://x.example | grep ok"]);
    assert!(smoke.shell.is_some());
    assert_eq!((tests.gate.as_str(), words(tests)), ("tests", vec!["make", "test"]));
    assert_eq!((tests.timeout_seconds, tests.shell), (None, None));
    let line = with("gate_commands: {a: {command: \"run 'all of it'\"}}, ", "gates: [a]");
    assert_eq!(words(&line.commands()[0]), ["run", "all of it"]);
}

// proves: FR-006 FR-010 FR-012a
#[test]
fn environments_say_on_what_terms_they_demand_gates() {
    let rules = full();
    let [dev, prod] = rules.environments() else { panic!("{:?}", rules.environments()) };
    assert_eq!(texts(&dev.gates), ["policy_compliance"]);
    assert_eq!(texts(&prod.gates), ["policy_compliance", "label_shape", "cost_analysis", "tests", "smoke", "security_scan"]);
    assert_eq!(texts(&prod.advisory), ["cost_analysis"]);
    assert_eq!(texts(prod.max_age.iter().map(|age| &age.gate)), ["cost_analysis"]);
    assert_eq!((dev.gate_timeout_seconds, prod.gate_timeout_seconds), (Some(120), Some(900)));
    let limit = |rule: &EnvironmentRule| rule.gate_timeout_seconds;
    let shortest = parse(b"artifacts: {registry: r.example/a, promotion: {gate_timeout_seconds: 30}}").unwrap();
    assert!(shortest.environments().iter().all(|rule| limit(rule) == Some(30)));
    assert_eq!(limit(&with("", "gate_timeout_seconds: 3600").environments()[1]), Some(3600));
    assert_eq!(limit(&with("", "gate_timeout_seconds: 3600").environments()[0]), None);
    assert!(with("", "gates: [{name: a, advisory: false}]").environments()[1].advisory.is_empty());
}

// proves: FR-010
#[test]
fn policy_compliance_is_demanded_everywhere_whatever_is_written() {
    for gates in ["[]", "[tests]", "[tests, policy_compliance]", "[{name: policy_compliance}, tests]"] {
        let rules = with("", &format!("gates: {gates}"));
        assert!(rules.environments().iter().all(|rule| rule.gates[0].as_str() == "policy_compliance"), "{gates}");
        assert!(rules.environments().iter().all(|rule| texts(&rule.gates).iter().filter(|gate| *gate == "policy_compliance").count() == 1));
    }
    let shortest = parse(b"artifacts: {registry: r.example/a}").unwrap();
    assert!(shortest.environments().iter().all(|rule| texts(&rule.gates) == ["policy_compliance"]));
}

// proves: FR-054
#[test]
fn severities_stand_the_gravest_first_and_have_defaults() {
    let rules = full();
    let ScanRule { block_on, ignore_unfixed, scanner } = rules.security_scan().unwrap();
    assert_eq!((block_on.as_slice(), *scanner), ([Severity::Critical, Severity::High, Severity::Medium].as_slice(), Scanner::Grype));
    assert!(ignore_unfixed.is_some());
    let rules = with("security_scan: {ignore_unfixed: false}, ", "gates: [security_scan]");
    let usual = ScanRule { block_on: vec![Severity::Critical, Severity::High], ignore_unfixed: None, scanner: Scanner::Trivy };
    assert_eq!(rules.security_scan(), Some(&usual));
    assert_eq!(with("", "gates: [security_scan]").security_scan(), None);
}

#[test]
fn policies_are_called_like_their_files_and_stand_whole_in_the_rules() {
    let rules = full();
    let held: Vec<(&str, &str)> = rules.policies().iter().map(|policy| (policy.name.as_str(), policy.text.as_str())).collect();
    assert_eq!(held, [("shop.rego", SHOP), ("warn.rego", LENIENT)]);
    assert_eq!(with("policies: [], ", "gates: []"), with("", "gates: []"));
}

// proves: FR-018
#[test]
fn verification_becomes_the_rule_of_whose_signatures_count() {
    let rules = full();
    let rule = rules.verification().unwrap();
    assert_eq!(rule.keys.len(), 2);
    assert!(rule.keys.iter().all(|key| key.as_str().starts_with("-----BEGIN PUBLIC KEY-----") && key.as_str().ends_with("-----")));
    assert_eq!(
        (rule.identities[0].identity.as_str(), rule.identities[0].issuer.as_str()),
        ("https://ci.example/*", "https://issuer.example")
    );
    assert_eq!(rule.trust_root.as_ref().unwrap().as_str().as_bytes(), SHELF.read("trusted_root.json").unwrap());
    let annotations: Vec<(&str, &str)> = rule.annotations.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
    assert_eq!(annotations, [("env", "prod"), ("team", "shop")]);
    assert_eq!(rules.environments()[1].signature, Some(Enforcement::Enforce));
}

#[test]
fn rules_as_the_ledger_stores_them_read_back_as_the_same() {
    let rules = full();
    let stored = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<Rules>(&stored).unwrap(), rules);
}

#[test]
fn what_is_provided_is_told_in_words() {
    let rules = full();
    let told = provisions(&rules);
    assert_eq!(told[0], "Gate policy_compliance asks shop.rego, warn.rego");
    assert_eq!(
        told[1],
        "Gate security_scan needs a report of Grype, and findings of CRITICAL, HIGH, MEDIUM stop it, unless they have no fix"
    );
    assert_eq!(
        told[2],
        "Gate cost_analysis runs `./cost --max 100 ''`, for at most 10 minutes, and is given AWS_REGION, TEAM, and passes with a warning with exit status 2"
    );
    assert_eq!(told[3], "Gate smoke runs `curl -fsS https://x.example | grep ok`, read by a shell");
    assert_eq!(told[4], "Gate tests runs `make test`");
    assert!(told[5].starts_with("Signatures count of the key sha256:") && told[5].contains(", the key sha256:"), "{}", told[5]);
    assert!(
        told[5].ends_with(", https://ci.example/* (issuer https://issuer.example) that say env=prod and that say team=shop"),
        "{}",
        told[5]
    );
    assert_eq!(told.len(), 6);
    let prod = demands(&rules.environments()[1]);
    assert_eq!(
        prod,
        [
            "takes gate cost_analysis as advice: it is told, and stops nothing",
            "takes results of gate cost_analysis for 1 day",
            "gives a gate 15 minutes, unless its command says otherwise",
            "refuses artifacts without a good signature",
        ]
    );
}

// proves: FR-006 FR-012a FR-018 FR-054
#[test]
fn the_worked_example_of_the_reference_says_what_it_should() {
    let reference = include_str!("../../../../docs/manifest.md");
    let (_, rest) = reference.split_once("`promotion.gate_timeout_seconds` holds for every environment").unwrap();
    let example = rest.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let rules = parse(example.as_bytes()).unwrap();
    let told = provisions(&rules);
    assert!(told[1].contains("findings of CRITICAL, HIGH, MEDIUM stop it, unless they have no fix"), "{}", told[1]);
    assert_eq!(texts(rules.commands().iter().map(|command| &command.gate)), ["cost_analysis", "security_scan", "tests"]);
    assert_eq!(words(&rules.commands()[1]), ["trivy image --quiet --format json \"$ARTIFACT_REF\""]);
    let limits: Vec<Option<u64>> = rules.environments().iter().map(|rule| rule.gate_timeout_seconds).collect();
    assert_eq!(limits, [Some(300), Some(600)]);
    assert_eq!(rules.environments()[1].signature, Some(Enforcement::Enforce));
    assert_eq!(rules.verification().unwrap().identities.len(), 1);
}

#[test]
fn without_files_a_manifest_that_names_one_is_refused() {
    let text = b"artifacts: {registry: r.example/a, promotion: {policies: [shop.rego]}}";
    let error = crate::manifest::parse(text, now(), &NoFiles).unwrap_err();
    assert!(
        error.to_string().ends_with("expected the path of a file that can be read, found \"shop.rego\": no files are read here"),
        "{error}"
    );
    assert!(crate::manifest::parse(b"artifacts: {registry: r.example/a}", now(), &NoFiles).is_ok());
}
