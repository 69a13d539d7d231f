//! What a new manifest changes, in words for those who review it.

use promotion_ledger::meaning::names::{Environment, GateName};
use promotion_ledger::meaning::rules::{EnvironmentRule, OnIncomparable, Rules};

/// Every difference between two sets of rules, one sentence each; none exactly when the rules are equal.
pub fn differences(old: &Rules, new: &Rules) -> Vec<String> {
    let mut found = Vec::new();
    pipelines(old, new, &mut found);
    components(old, new, &mut found);
    presence(old, new, &mut found);
    order(old, new, &mut found);
    demands(old, new, &mut found);
    incomparable(old, new, &mut found);
    found
}

fn pipelines(old: &Rules, new: &Rules, found: &mut Vec<String>) {
    if old.pipeline() != new.pipeline() {
        found.push(format!("the rules are for pipeline {}, not for {}", new.pipeline(), old.pipeline()));
    }
}

fn components(old: &Rules, new: &Rules, found: &mut Vec<String>) {
    for component in old.components() {
        match new.component(&component.name) {
            None => found.push(format!("component {} was removed (it was kept in {})", component.name, component.repository)),
            Some(now) if now.repository != component.repository => {
                found.push(format!("component {} moved from {} to {}", component.name, component.repository, now.repository));
            }
            Some(_) => {}
        }
    }
    for component in new.components().iter().filter(|component| old.component(&component.name).is_none()) {
        found.push(format!("component {} was added, kept in {}", component.name, component.repository));
    }
}

/// Environments that only one of the two has.
fn presence(old: &Rules, new: &Rules, found: &mut Vec<String>) {
    for environment in old.environments().iter().filter(|environment| new.environment(&environment.name).is_none()) {
        found.push(format!("environment {} was removed (it stood {})", environment.name, position(old, &environment.name)));
    }
    for environment in new.environments().iter().filter(|environment| old.environment(&environment.name).is_none()) {
        let demands = demanded(&environment.gates);
        found.push(format!("environment {} was added {}{demands}", environment.name, position(new, &environment.name)));
    }
}

fn demanded(gates: &[GateName]) -> String {
    match gates {
        [] => String::new(),
        [gate] => format!("; it requires gate {gate}"),
        gates => format!("; it requires gates {}", listed(gates)),
    }
}

fn position(rules: &Rules, name: &Environment) -> String {
    let names: Vec<&Environment> = rules.environments().iter().map(|environment| &environment.name).collect();
    let place = names.iter().position(|other| *other == name).unwrap_or_default();
    let before = place.checked_sub(1).and_then(|before| names.get(before));
    match (before, names.get(place + 1)) {
        (Some(before), Some(after)) => format!("between {before} and {after}"),
        (None, Some(after)) => format!("before {after}, as the first"),
        (Some(before), None) => format!("after {before}, as the last"),
        (None, None) => "on its own".to_owned(),
    }
}

/// The order of the environments that both have.
fn order(old: &Rules, new: &Rules, found: &mut Vec<String>) {
    let common = |one: &Rules, other: &Rules| -> Vec<Environment> {
        one.environments().iter().map(|rule| &rule.name).filter(|name| other.environment(name).is_some()).cloned().collect()
    };
    let (before, after) = (common(old, new), common(new, old));
    if before != after {
        found.push(format!("the order of environments changed from {} to {}", listed(&before), listed(&after)));
    }
}

fn demands(old: &Rules, new: &Rules, found: &mut Vec<String>) {
    for now in new.environments() {
        if let Some(before) = old.environment(&now.name) {
            gates(before, now, found);
        }
    }
}

fn gates(before: &EnvironmentRule, now: &EnvironmentRule, found: &mut Vec<String>) {
    let name = &now.name;
    let only =
        |one: &[GateName], other: &[GateName]| -> Vec<GateName> { one.iter().filter(|gate| !other.contains(gate)).cloned().collect() };
    let dropped = only(&before.gates, &now.gates);
    let added = only(&now.gates, &before.gates);
    found.extend(dropped.iter().map(|gate| format!("{name} no longer requires gate {gate}")));
    found.extend(added.iter().map(|gate| format!("{name} now requires gate {gate}")));
    let kept =
        |gates: &[GateName], other: &[GateName]| -> Vec<GateName> { gates.iter().filter(|gate| other.contains(gate)).cloned().collect() };
    let appended = now.gates.ends_with(&added);
    if kept(&before.gates, &now.gates) != kept(&now.gates, &before.gates) || !appended {
        found.push(format!("the order of gates in {name} is now {}", listed(&now.gates)));
    }
}

fn incomparable(old: &Rules, new: &Rules, found: &mut Vec<String>) {
    if old.on_incomparable() == new.on_incomparable() {
        return;
    }
    found.push(match new.on_incomparable() {
        OnIncomparable::Warn => "versions that cannot be compared now pass with a warning; they were refused".to_owned(),
        OnIncomparable::Block => "versions that cannot be compared are now refused; they passed with a warning".to_owned(),
    });
}

fn listed<T: std::fmt::Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPONENTS: &str = "{api: shop/api}";

    fn rules(components: &str, environments: &str, rest: &str) -> Rules {
        let text = format!(
            "artifacts:\n  registry: r.example\n  promotion:\n    components: {components}\n    environments: {environments}\n{rest}"
        );
        super::super::parse(text.as_bytes()).unwrap()
    }

    fn environments(old: &str, new: &str) -> Vec<String> {
        differences(&rules(COMPONENTS, old, ""), &rules(COMPONENTS, new, ""))
    }

    #[test]
    fn equal_rules_do_not_differ() {
        assert!(environments("[dev, {name: prod, gates: [a]}]", "[dev, {name: prod, gates: [a]}]").is_empty());
    }

    #[test]
    fn environments_that_come_and_go_are_named_with_their_neighbours() {
        assert_eq!(environments("[dev, staging]", "[dev, qa, staging]"), ["environment qa was added between dev and staging"]);
        assert_eq!(
            environments("[dev]", "[dev, {name: prod, gates: [a]}]"),
            ["environment prod was added after dev, as the last; it requires gate a"]
        );
        assert_eq!(
            environments("[dev]", "[{name: lab, gates: [a, b]}, dev]"),
            ["environment lab was added before dev, as the first; it requires gates a, b"]
        );
        assert_eq!(environments("[dev, qa, prod]", "[dev, prod]"), ["environment qa was removed (it stood between dev and prod)"]);
        assert_eq!(
            environments("[dev]", "[prod]"),
            ["environment dev was removed (it stood on its own)", "environment prod was added on its own"]
        );
    }

    #[test]
    fn another_order_is_a_difference() {
        assert_eq!(
            environments("[dev, qa, prod]", "[qa, dev, prod]"),
            ["the order of environments changed from dev, qa, prod to qa, dev, prod"]
        );
        assert_eq!(
            environments("[{name: prod, gates: [a, b]}]", "[{name: prod, gates: [b, a]}]"),
            ["the order of gates in prod is now b, a"]
        );
        assert_eq!(
            environments("[{name: prod, gates: [a]}]", "[{name: prod, gates: [b, a]}]"),
            ["prod now requires gate b", "the order of gates in prod is now b, a"]
        );
    }

    #[test]
    fn gates_that_come_and_go_are_named() {
        assert_eq!(
            environments("[dev, {name: prod, gates: [tests, scan]}]", "[dev, {name: prod, gates: [scan, smoke]}]"),
            ["prod no longer requires gate tests", "prod now requires gate smoke"]
        );
    }

    #[test]
    fn components_and_settings_are_named() {
        let old = rules("{api: shop/api, web: shop/web}", "[dev]", "    pipeline: shop\n");
        let new = rules("{api: store/api, job: shop/job}", "[dev]", "    pipeline: store\n    on_incomparable: block\n");
        assert_eq!(
            differences(&old, &new),
            [
                "the rules are for pipeline store, not for shop",
                "component api moved from r.example/shop/api to r.example/store/api",
                "component web was removed (it was kept in r.example/shop/web)",
                "component job was added, kept in r.example/shop/job",
                "versions that cannot be compared are now refused; they passed with a warning",
            ]
        );
        assert!(
            differences(&new, &old).contains(&"versions that cannot be compared now pass with a warning; they were refused".to_owned())
        );
    }
}
