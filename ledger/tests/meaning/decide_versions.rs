//! Guards of the release: ranges of versions, schemes of their own, and changes that break what others rely on.

use promotion_ledger::meaning::accepted::Accepted;
use promotion_ledger::meaning::command::{Promote, Register};
use promotion_ledger::meaning::event::promotion::Outcome as Went;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::{ComponentRule, OnIncomparable, Rules};
use promotion_ledger::meaning::versions::{Comparison, Range, Scheme};

use crate::support::*;

fn pinned(range: &str) -> Rules {
    let rules = rules(&[("prod", &[])], OnIncomparable::Warn);
    guarding(&rules, "prod", |prod| prod.versions = Some(Range::parse(range).expect("a range")))
}

fn ask(name: &str) -> Promote {
    Promote { allow_downgrade: true, ..promote("api", name, "none", "prod") }
}

const ADVICE: &str = "promote a version that the environment takes, or have the manifest changed";

// proves: derived
#[test]
fn an_environment_takes_the_versions_of_its_range() {
    let mut world = World::ruled(pinned("^2"));
    let inside = ["v2.0.0", "2.4.0-rc.1", "v2.99.99"];
    let outside = ["v1.99.0", "v2.0.0-rc.1", "v3.0.0-rc.1", "v3.0.0"];
    inside.iter().chain(&outside).for_each(|name| world.given_registered("api", name));
    inside.iter().for_each(|name| world.assert_passes(CI, &ask(name)));
    for name in outside {
        let message = format!("prod takes versions of api at least 2.0.0 and below 3.0.0-0, found {name}");
        let refusal = world.assert_guarded(CI, &ask(name), (9, &message, ADVICE), Rule::Versions);
        assert_eq!(types(refusal.record()), ["promotion.refused"]);
    }
}

#[test]
fn what_is_no_semantic_version_is_in_no_range() {
    let mut world = World::ruled(pinned(">=1.2"));
    world.given_registered("api", "nightly");
    let message = "prod takes versions of api at least 1.2.0, found nightly, which is no semantic version";
    world.assert_guarded(CI, &ask("nightly"), (9, message, ADVICE), Rule::Versions);
}

/// v2.0.0 changes what others rely on.
fn broken() -> World {
    let mut world = World::ruled(rules(&[("dev", &[]), ("prod", &[])], OnIncomparable::Warn));
    let breaking = vec![reason("the basket's address is another"), reason("no XML any more")];
    let registered = world.given_done(CI, Register { breaking: breaking.clone(), ..register("api", "v2.0.0") });
    assert_eq!(data!(registered, ArtifactRegistered).breaking, breaking);
    world
}

// proves: derived
#[test]
fn changes_that_break_what_others_rely_on_are_meant_or_stay_out() {
    let mut world = broken();
    let at = world.number_of_next() - 1;
    let message = format!("api v2.0.0 was registered at entry {at} with changes that break what others rely on");
    let advice = format!("read them with `promoledger show seq:{at}`; if they are meant, say so with --allow-breaking");
    let ask = promote("api", "v2.0.0", "none", "dev");
    let refusal = world.assert_guarded(CI, &ask, (14, &message, &advice), Rule::Breaking);
    assert_eq!(types(refusal.record()), ["promotion.refused"]);
    let meant = Promote { allow_breaking: true, ..ask };
    world.assert_passes(CI, &meant);
    let requested = data!(events(world.when(CI, meant.clone())), PromotionRequested);
    assert_eq!(requested.allow_breaking, Some(Accepted));
    world.given_carried(CI, meant);
    let further = promote("api", "v2.0.0", "dev", "prod");
    assert_eq!(codes(&refused(world.when(CI, further))), [14], "it is meant for every environment anew");
}

#[test]
fn a_release_that_breaks_nothing_needs_no_word() {
    let mut world = broken();
    world.given_registered("api", "v3.0.0");
    let ask = promote("api", "v3.0.0", "none", "dev");
    world.assert_passes(CI, &ask);
    assert_eq!(data!(events(world.when(CI, ask)), PromotionRequested).allow_breaking, None);
}

/// `older` was registered first, then `newer`, which is in dev; versions of `api` follow the scheme.
fn following(scheme: Scheme, older: &str, newer: &str, on_incomparable: OnIncomparable) -> World {
    let open = rules(&[("dev", &[])], on_incomparable);
    let scheme = |rule: &ComponentRule| ComponentRule { versions: (rule.name == component("api")).then(|| scheme.clone()), ..rule.clone() };
    let components = open.components().iter().map(scheme).collect();
    let rules = Rules::new(shop(), components, open.environments().to_vec(), on_incomparable).expect("rules without contradictions");
    let mut world = World::ruled(rules);
    world.given_registered("api", older);
    world.given_promoted("api", newer, &["dev"]);
    world
}

fn schemes() -> [(Scheme, &'static str, &'static str); 3] {
    let template = "release-{n}".to_owned().try_into().expect("a template");
    // By semantic versions each of these pairs would be the other way round, or could not be compared.
    [(Scheme::Recency, "v9.0.0", "v1.0.0"), (Scheme::Calver, "2026.9", "2026.10"), (Scheme::Pattern(template), "release-9", "release-10")]
}

// proves: life.downgrade-guard, wf.promote.downgrade-gate
#[test]
fn what_is_older_is_for_the_components_scheme_to_say() {
    for (scheme, older, newer) in schemes() {
        let mut world = following(scheme.clone(), older, newer, OnIncomparable::Block);
        let back = promote("api", older, "none", "dev");
        let message = format!("api {older} is older than {newer}, which is in dev");
        let refusal = assert_refused(world.when(CI, back.clone()), &[(14, &message)]);
        let decided = data!(refusal.record(), DowngradeDecided);
        assert_eq!((decided.comparison, decided.outcome, &decided.scheme), (Comparison::Older, Went::Refused, &Some(scheme)));
        world.given_refused(CI, back.clone());

        let meant = Promote { allow_downgrade: true, ..back };
        let decision = world.when(CI, meant.clone()).expect("the flag is the caller's word");
        assert_eq!(decision.warnings, [format!("downgrade: {message}")]);
        world.given_carried(CI, meant);
        let forward = data!(events(world.when(CI, promote("api", newer, "none", "dev"))), DowngradeDecided);
        assert_eq!((forward.comparison, forward.outcome), (Comparison::Newer, Went::Passed));
        agrees_by_slices(&world);
    }
}

// proves: life.downgrade-guard
#[test]
fn a_downgrade_does_not_pass_by_another_scheme() {
    for (scheme, older, newer) in schemes() {
        let mut world = following(scheme, older, newer, OnIncomparable::Warn);
        let back = promote("api", older, "none", "dev");
        let told = refused(world.when(CI, back.clone()));
        let decided = data!(told.record(), DowngradeDecided);
        let request = unasked(&world, &back);
        world.given([(CI, request.into())]);
        let mut passed = decided.clone();
        passed.outcome = Went::Passed;
        world.assert_unlawful(CI, passed.clone(), Rule::Downgrade);
        for comparison in [Comparison::Newer, Comparison::Incomparable, Comparison::Equal] {
            passed.comparison = comparison;
            world.assert_unlawful(CI, passed.clone(), Rule::Downgrade);
        }
        passed.scheme = None;
        world.assert_unlawful(CI, passed, Rule::Downgrade);
        let step = world.next_event(&world.run(back.promotion_id));
        world.assert_unlawful(CI, step, Rule::Authorized);
    }
}

// proves: life.downgrade-guard
#[test]
fn versions_that_the_scheme_cannot_tell_are_warned_of_or_blocked_as_the_manifest_says() {
    let template = || Scheme::Pattern("release-{n}".to_owned().try_into().expect("a template"));
    let names = [(Scheme::Calver, "main", "2026.10", "calver"), (template(), "hotfix", "release-10", "pattern release-{n}")];
    for (scheme, strange, there, name) in names {
        let ask = promote("api", strange, "none", "dev");
        let warned = following(scheme.clone(), strange, there, OnIncomparable::Warn).when(CI, ask.clone()).expect("a warning");
        let expected =
            format!("api {strange} cannot be compared with {there}, which is in dev: the scheme {name} does not tell at least one of them");
        assert_eq!(warned.warnings, [expected]);
        let blocked = following(scheme, strange, there, OnIncomparable::Block).when(CI, ask);
        let message = format!("api {strange} cannot be compared with {there}, which is in dev, and the manifest blocks that");
        assert_refused(blocked, &[(14, &message)]);
    }
}
