//! What rules may hold: the path, its components and groups, what an environment demands, ranges and schemes of versions.

use crate::mutants::mutant::{Mutant, check};

const RULES: &str = "meaning/rules/mod.rs";
const ENVIRONMENT: &str = "meaning/rules/environment.rs";
const ORDER: &str = "meaning/rules/order.rs";
const ACCEPTED: &str = "meaning/accepted.rs";
const RANGE: &str = "meaning/versions/range.rs";
const PATTERN: &str = "meaning/versions/pattern.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check("rules: an environment", RULES, "if «rules.environments.is_empty()» { return Err(", "false", "law-shape-rules-no-environments"),
    check("rules: a component", RULES, "if «rules.components.is_empty()» { return Err(", "false", "law-shape-rules-no-components"),
    check(
        "rules: components ascend, each once",
        RULES,
        "match «last.name.cmp(&component.name)» { std::cmp::Ordering::Less => {} std::cmp::Ordering::Equal => return Err(InvalidRules::ComponentTwice(component.name.clone())), std::cmp::Ordering::Greater => return Err(",
        "std::cmp::Ordering::Less",
        "law-shape-rules-components-unsorted",
    ),
    check(
        "rules: a repository for each component",
        RULES,
        ".find(|other| «other.repository == component.repository») { return Err(",
        "false",
        "law-shape-rules-repository-twice",
    ),
    check(
        "rules: each environment once",
        RULES,
        "any(|earlier| «earlier.name == environment.name») { return Err(InvalidRules::EnvironmentTwice",
        "false",
        "law-shape-rules-environment-twice",
    ),
    check(
        "rules: each gate once",
        ENVIRONMENT,
        "if let Some(gate) = «twice(&self.gates)» { return Err(",
        "None::<&GateName>",
        "law-shape-rules-gate-twice",
    ),
    check(
        "rules: groups ascend, each once",
        RULES,
        "is_none_or(|earlier| «earlier.name < group.name»)",
        "true",
        "law-shape-group-twice law-shape-groups-unsorted",
    ),
    check(
        "rules: members ascend, each once",
        RULES,
        "if !after || «!ascends(&group.members)» { return Err(",
        "false",
        "law-shape-group-member-twice law-shape-group-members-unsorted",
    ),
    check(
        "rules: what ascends stands once",
        ORDER,
        "all(|(one, next)| «one < next»)",
        "one <= next",
        "law-shape-approvals-group-twice law-shape-authorization-operator-twice law-shape-command-variable-twice
         law-shape-group-member-twice law-shape-issuer-claim-twice law-shape-issuer-twice law-shape-policy-twice
         law-shape-verification-annotation-twice law-shape-verification-identity-twice law-shape-verification-key-twice",
    ),
    check("rules: an age for each gate", ENVIRONMENT, "= «twice(&aged).copied()».or_else(", "None::<&GateName>", "law-shape-max-age-twice"),
    check(
        "rules: an age of a gate that is demanded",
        ENVIRONMENT,
        "aged.into_iter().find(|gate| «!self.gates.contains(gate)» ||",
        "false",
        "law-shape-max-age-of-no-gate",
    ),
    check("rules: approvals of somebody", ENVIRONMENT, "let sound = «*count > 0» &&", "true", "law-shape-approvals-none"),
    check("rules: approvals for some time", ENVIRONMENT, "&& «*valid_seconds > 0» &&", "true", "law-shape-approvals-for-no-time"),
    check(
        "rules: groups that approve ascend",
        ENVIRONMENT,
        "&& *valid_seconds > 0 && «ascends(groups)»; sound.then_some(()).ok_or_else(",
        "true",
        "law-shape-approvals-group-twice law-shape-approvals-groups-unsorted",
    ),
    check(
        "rules: groups that are authorized ascend",
        ENVIRONMENT,
        "let sound = «ascends(groups)» && ascends(operators)",
        "true",
        "law-shape-authorization-groups-unsorted",
    ),
    check(
        "rules: operators ascend, each once",
        ENVIRONMENT,
        "&& «ascends(operators)» &&",
        "true",
        "law-shape-authorization-operator-twice law-shape-authorization-operators-unsorted",
    ),
    check(
        "rules: somebody is authorized",
        ENVIRONMENT,
        "&& «!(groups.is_empty() && operators.is_empty())»; sound.then_some(()).ok_or_else(",
        "true",
        "law-shape-authorization-of-nobody",
    ),
    check("rules: freezes ascend", ENVIRONMENT, "all(|(one, next)| «one.from <= next.from»)", "true", "law-shape-freezes-unsorted"),
    check(
        "rules: a freeze begins before it is over",
        ENVIRONMENT,
        "all(|window| «window.from < window.until»); sound.then_some(()).ok_or_else(",
        "true",
        "law-shape-freeze-backwards law-shape-freeze-of-no-time",
    ),
    check("rules: a soak of some time", ENVIRONMENT, "if «self.soak_seconds == Some(0)» ||", "false", "law-shape-soak-of-nothing"),
    check(
        "rules: an age of some time",
        ENVIRONMENT,
        "any(|age| «age.seconds == 0») { return Err(",
        "false",
        "law-shape-max-age-of-nothing",
    ),
    check(
        "accepted: said or left out",
        ACCEPTED,
        "if «said» { Ok(Self) } else { Err(NotAccepted) }",
        "true",
        "law-asserted-accepted-false",
    ),
    check(
        "range: a bound",
        RANGE,
        "(None, None) => «Err(InvalidRange::Unbounded)»",
        "Ok(Self { at_least: None, below: None })",
        "law-shape-range-of-everything",
    ),
    check(
        "range: a version inside",
        RANGE,
        "if «lower.cmp_precedence(upper).is_ge()» => { Err(",
        "false",
        "law-shape-range-backwards law-shape-range-of-nothing",
    ),
    check(
        "range: bounds without metadata",
        RANGE,
        "filter(|version| «version.build.is_empty()»); plain.ok_or_else(",
        "true",
        "law-shape-range-with-metadata",
    ),
    check(
        "range: from its lower bound on",
        RANGE,
        "let above = «self.at_least.as_ref().is_none_or(|lower| version.cmp_precedence(lower).is_ge())»",
        "true",
        "law-versions-before law-versions-lower law-versions-not-overridden law-versions-prerelease",
    ),
    check(
        "range: below its upper bound",
        RANGE,
        "let under = «self.below.as_ref().is_none_or(|upper| version.cmp_precedence(upper).is_lt())»",
        "true",
        "law-versions-after law-versions-bound law-versions-upper",
    ),
    check(
        "template: a brace is closed",
        PATTERN,
        "let (field, after) = «opened.split_once('}')?»;",
        "opened.split_once('}').unwrap_or((opened, \"\"))",
        "law-shape-template-brace",
    ),
    check("template: a field's name has an end", PATTERN, "«text.len() <= 32» &&", "true", "law-shape-template-field-too-long"),
    check(
        "template: a field's name begins with a letter",
        PATTERN,
        "&& «text.starts_with(|first: char| first.is_ascii_lowercase())»",
        "true",
        "law-shape-template-field-digit law-shape-template-field-empty",
    ),
    check(
        "template: the characters of a field's name",
        PATTERN,
        "&& «text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))»",
        "true",
        "law-shape-template-field-hyphen",
    ),
    check(
        "template: a field's name",
        PATTERN,
        "if «!is_name(field)» { return Err(",
        "false",
        "law-shape-template-field-digit law-shape-template-field-empty law-shape-template-field-hyphen law-shape-template-field-too-long
         law-shape-template-field-upper-case",
    ),
    check(
        "template: each field once",
        PATTERN,
        "if «!seen.insert(field)» { return Err(",
        "!seen.insert(field) && false",
        "law-shape-template-field-twice",
    ),
    check(
        "template: a field has an end",
        PATTERN,
        "if let Some(next) = «parts.get(place + 1).and_then(|next| runs_on(*next))» { return Err(",
        "None::<char>",
        "law-shape-template-digit-after-field law-shape-template-fields-touch",
    ),
    check("template: a field", PATTERN, "if «seen.is_empty()» { return Err(", "false", "law-shape-template-no-field"),
    check(
        "template: some version fits",
        PATTERN,
        "if «Version::new(reads.as_str()).is_err()» { return Err(",
        "false",
        "law-shape-template-latest law-shape-template-no-version",
    ),
];
