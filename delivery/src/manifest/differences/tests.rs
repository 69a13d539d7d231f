//! What differs between two manifests, in words.

use promotion_ledger::meaning::time::Timestamp;

use super::super::parse;
use super::super::tests::shelf::SHELF;
use super::differences;

mod checks;
mod issuers;

const COMPONENTS: &str = "{api: shop/api}";
const NOW: &str = "2026-11-21T12:00:00.000000Z";

fn at(time: &str) -> Timestamp {
    Timestamp::parse(time).unwrap()
}

fn text(components: &str, environments: &str, rest: &str) -> String {
    format!(
        "artifacts:\n  registry: r.example\n  verification: {{keys: [release.pub]}}\n  promotion:\n    components: {components}\n    environments: {environments}\n{rest}"
    )
}

fn between(old: &str, new: &str) -> Vec<String> {
    let rules = |text: &str| parse(text.as_bytes(), at(NOW), &SHELF).unwrap();
    differences(&rules(old), &rules(new), at(NOW)).iter().map(ToString::to_string).collect()
}

fn environments(old: &str, new: &str) -> Vec<String> {
    between(&text(COMPONENTS, old, ""), &text(COMPONENTS, new, ""))
}

/// What changes when an environment with the first demands gets the second ones.
pub(super) fn prod(old: &str, new: &str) -> Vec<String> {
    environments(&format!("[dev, {{name: prod{old}}}]"), &format!("[dev, {{name: prod{new}}}]"))
}

#[test]
fn equal_rules_do_not_differ() {
    assert!(environments("[dev, {name: prod, gates: [a]}]", "[dev, {name: prod, gates: [a]}]").is_empty());
}

#[test]
fn environments_that_come_and_go_are_named_with_their_neighbours() {
    assert_eq!(
        environments("[dev, staging]", "[dev, qa, staging]"),
        ["environment qa was added between dev and staging; it requires gate policy_compliance"]
    );
    assert_eq!(
        environments("[dev]", "[dev, {name: prod, gates: [a], approvals: {count: 1}, soak: 24h}]"),
        [
            "environment prod was added after dev, as the last; it requires gates policy_compliance, a; it needs 1 approval, each valid for 7 days; it takes a release after 1 day in the environment before"
        ]
    );
    assert_eq!(
        environments("[dev]", "[{name: lab, gates: [a, b]}, dev]"),
        ["environment lab was added before dev, as the first; it requires gates policy_compliance, a, b"]
    );
    assert_eq!(environments("[dev, qa, prod]", "[dev, prod]"), ["loosens: environment qa was removed (it stood between dev and prod)"]);
    assert_eq!(
        environments("[dev]", "[prod]"),
        [
            "loosens: environment dev was removed (it stood on its own)",
            "environment prod was added on its own; it requires gate policy_compliance"
        ]
    );
}

#[test]
fn another_order_is_a_difference() {
    assert_eq!(
        environments("[dev, qa, prod]", "[qa, dev, prod]"),
        ["loosens: the order of environments changed from dev, qa, prod to qa, dev, prod"]
    );
    assert_eq!(prod(", gates: [a, b]", ", gates: [b, a]"), ["the order of gates in prod is now policy_compliance, b, a"]);
    assert_eq!(
        prod(", gates: [a]", ", gates: [b, a]"),
        ["prod now requires gate b", "the order of gates in prod is now policy_compliance, b, a"]
    );
}

#[test]
fn gates_that_come_and_go_are_named_and_what_loosens_stands_first() {
    assert_eq!(
        prod(", gates: [tests, scan]", ", gates: [scan, smoke]"),
        ["loosens: prod no longer requires gate tests", "prod now requires gate smoke"]
    );
    assert_eq!(
        prod(", gates: [scan]", ", gates: [scan, {name: smoke, max_age: 2h}]"),
        ["prod now requires gate smoke, with a result of at most 2 hours"]
    );
    let aged = |age: &str| format!(", gates: [{{name: scan{age}}}]");
    let ages = |old: &str, new: &str| prod(&aged(old), &aged(new));
    assert_eq!(
        ages(", max_age: 1d", ", max_age: 7d"),
        ["loosens: prod now takes results of gate scan for 7 days (it took them for 1 day)"]
    );
    assert_eq!(ages(", max_age: 7d", ", max_age: 1d"), ["prod now takes results of gate scan for 1 day (it took them for 7 days)"]);
    assert_eq!(ages(", max_age: 7d", ""), ["loosens: prod now takes results of gate scan of any age (it took them for 7 days)"]);
    assert_eq!(ages("", ", max_age: 7d"), ["prod now takes results of gate scan for 7 days (it took them at any age)"]);
}

#[test]
fn components_and_settings_are_named() {
    let old = text("{api: shop/api, web: shop/web}", "[dev]", "    pipeline: shop\n");
    let new = text(
        "{api: {repository: store/api, versions: calver}, job: shop/job}",
        "[dev]",
        "    pipeline: store\n    on_incomparable: block\n",
    );
    assert_eq!(
        between(&old, &new),
        [
            "loosens: versions of component api now compare by calver; they compared by semver",
            "the rules are for pipeline store, not for shop",
            "component api moved from r.example/shop/api to r.example/store/api",
            "component web was removed (it was kept in r.example/shop/web)",
            "component job was added, kept in r.example/shop/job",
            "versions that cannot be compared are now refused; they passed with a warning",
        ]
    );
    assert_eq!(between(&new, &old).first().unwrap(), "loosens: versions of component api now compare by semver; they compared by calver");
    assert!(
        between(&new, &old).contains(&"loosens: versions that cannot be compared now pass with a warning; they were refused".to_owned())
    );
}

#[test]
fn groups_and_their_members_are_named() {
    let groups = |groups: &str| text(COMPONENTS, "[dev]", &format!("    groups: {groups}\n"));
    assert_eq!(between(&groups("{}"), &groups("{a: [ana, bob]}")), ["loosens: group a was added with ana, bob"]);
    assert_eq!(
        between(&groups("{a: [ana, bob]}"), &groups("{a: [bob, cy]}")),
        ["loosens: group a now has cy", "group a no longer has ana"]
    );
    assert_eq!(between(&groups("{a: []}"), &groups("{}")), ["group a was removed without members"]);
}

#[test]
fn authorization_is_told_both_ways() {
    let allowed = |rest: &str| format!(", authorization: {{{rest}}}");
    let open = "loosens: prod may now be changed by everybody whose key is granted to (it took members of a or ci:x alone)";
    assert_eq!(prod(&allowed("allowed_groups: [a], allowed_operators: [ci:x]"), ""), [open]);
    assert_eq!(prod("", &allowed("allowed_groups: [b, a]")), ["prod may now be changed by members of a or members of b alone"]);
    assert_eq!(
        prod(&allowed("allowed_groups: [a]"), &allowed("allowed_groups: [b], allowed_operators: [ci:x]")),
        ["loosens: prod may now also be changed by group b, ci:x", "prod may no longer be changed by group a"]
    );
    let apart = allowed("separation_of_duties: true");
    assert_eq!(prod(&apart, ""), ["loosens: separation of duties is lifted in prod"]);
    assert_eq!(prod(&allowed("separation_of_duties: false"), &apart), ["separation of duties now holds in prod"]);
}

#[test]
fn approvals_are_told_both_ways() {
    let approvals = |rest: &str| format!(", approvals: {{{rest}}}");
    let change = |old: &str, new: &str| prod(&approvals(old), &approvals(new));
    assert_eq!(
        prod(&approvals("count: 2, groups: [b, a]"), ""),
        ["loosens: prod no longer needs approvals (it needed 2 approvals of a or b)"]
    );
    assert_eq!(prod("", &approvals("count: 1, valid_for: 90m")), ["prod now needs 1 approval, each valid for 90 minutes"]);
    assert_eq!(
        change("count: 1, groups: [managers]", "count: 2, groups: [managers]"),
        ["prod now needs 2 approvals of managers (it needed 1 approval of managers)"]
    );
    assert_eq!(change("count: 2", "count: 1"), ["loosens: prod now needs 1 approval (it needed 2 approvals)"]);
    assert_eq!(change("count: 2, groups: [a]", "count: 3"), ["loosens: prod now needs 3 approvals (it needed 2 approvals of a)"]);
    assert_eq!(
        change("count: 2, groups: [a, b]", "count: 2, groups: [a]"),
        ["prod now needs 2 approvals of a (it needed 2 approvals of a or b)"]
    );
    assert_eq!(
        change("count: 1, valid_for: 1d", "count: 1, valid_for: 2d"),
        ["loosens: approvals in prod now hold for 2 days (they held for 1 day)"]
    );
    assert_eq!(
        change("count: 1, valid_for: 2d", "count: 1, valid_for: 1d"),
        ["approvals in prod now hold for 1 day (they held for 2 days)"]
    );
}

#[test]
fn what_a_release_brings_along_is_told_both_ways() {
    assert_eq!(prod(", soak: 24h", ""), ["loosens: prod now takes a release at once (it waited for 1 day)"]);
    assert_eq!(prod("", ", soak: 24h"), ["prod now takes a release after 1 day in the environment before"]);
    assert_eq!(
        prod(", soak: 2h", ", soak: 1h"),
        ["loosens: prod now takes a release after 1 hour in the environment before (it waited for 2 hours)"]
    );
    assert_eq!(
        prod(", soak: 1h", ", soak: 2h"),
        ["prod now takes a release after 2 hours in the environment before (it waited for 1 hour)"]
    );
    assert_eq!(prod("", ", versions: ^2"), ["prod now takes versions at least 2.0.0 and below 3.0.0-0 alone"]);
    assert_eq!(
        prod(", versions: ^2", ""),
        ["loosens: prod now takes every version (it took versions at least 2.0.0 and below 3.0.0-0 alone)"]
    );
    assert_eq!(
        prod(", versions: \">=2\"", ", versions: \">=1\""),
        ["loosens: prod now takes versions at least 1.0.0 (it took versions at least 2.0.0)"]
    );
    assert_eq!(
        prod(", signature: enforce", ", signature: warn"),
        ["loosens: prod now warns of artifacts without a good signature (it refused them)"]
    );
    assert_eq!(prod("", ", signature: enforce"), ["prod now refuses artifacts without a good signature (it did not look at signatures)"]);
    assert_eq!(prod(", signature: warn", ", signature: off"), ["loosens: prod now does not look at signatures (it warned of them)"]);
}

const WEEKEND: &str = "{name: weekend, weekly: {from: fri 16:00, until: mon 08:00}, zone: UTC}";
const YEAR_END: &str = "{name: year end, from: 2026-12-20, until: 2027-01-04, zone: UTC}";

fn frozen(freezes: &str) -> String {
    text(COMPONENTS, &format!("[dev, {{name: prod, freezes: [{freezes}]}}]"), "")
}

#[test]
fn freezes_are_told_by_their_names() {
    assert_eq!(between(&frozen(WEEKEND), &frozen("")), ["loosens: prod is no longer frozen for \"weekend\""]);
    assert_eq!(
        between(&frozen(WEEKEND), &frozen(&format!("{WEEKEND}, {YEAR_END}"))),
        ["prod is now frozen for \"year end\" from 2026-12-20 00:00 UTC to 2027-01-05 00:00 UTC"]
    );
    assert_eq!(
        between(&frozen(YEAR_END), &frozen(&YEAR_END.replace("2027-01-04", "2027-01-02"))),
        ["loosens: prod is no longer frozen for \"year end\" from 2027-01-03 00:00 UTC to 2027-01-05 00:00 UTC"]
    );
    let moved = between(&frozen(WEEKEND), &frozen(&WEEKEND.replace("fri 16:00", "fri 18:00")));
    assert_eq!(
        moved,
        ["loosens: prod is no longer frozen for \"weekend\" from 2026-11-27 16:00 UTC to 2026-11-27 18:00 UTC, and 103 times more"]
    );
}

#[test]
fn a_calendar_that_moves_along_is_no_difference() {
    let text = frozen(&format!(
        "{WEEKEND}, {YEAR_END}, {{name: all week, weekly: {{days: [mon, tue, wed, thu, fri, sat, sun], from: \"00:00\", until: \"24:00\"}}, zone: UTC}}"
    ));
    let adopted = |time: &str| parse(text.as_bytes(), at(time), &SHELF).unwrap();
    let old = adopted(NOW);
    for later in ["2026-11-21T12:00:01.000000Z", "2026-12-25T00:00:00.000000Z", "2028-11-01T00:00:00.000000Z"] {
        let new = adopted(later);
        assert_ne!(old, new, "{later}");
        assert_eq!(differences(&old, &new, at(later)), [], "{later}");
    }
    let new = adopted("2030-01-01T00:00:00.000000Z");
    let told: Vec<String> = differences(&old, &new, at("2030-01-01T00:00:00.000000Z")).iter().map(ToString::to_string).collect();
    assert_eq!(told.first().unwrap(), "loosens: prod is no longer frozen for want of a calendar: it was known up to 2028-11-20 12:00 UTC");
}

#[test]
fn a_freeze_beyond_the_horizon_is_compared_too() {
    let far = |until: &str| frozen(&format!("{WEEKEND}, {{name: far, from: 2031-01-01, until: {until}, zone: UTC}}"));
    assert_eq!(
        between(&far("2031-01-02"), &far("2031-01-01")),
        ["loosens: prod is no longer frozen for \"far\" from 2031-01-02 00:00 UTC to 2031-01-03 00:00 UTC"]
    );
}
