//! Halts: a failure stops a pipeline until somebody says that it is resolved.

use crate::promotion::add_key;
use crate::shop::{OPS, PLAIN, Rules, Shop};

// proves: R9
#[test]
fn a_failure_halts_the_whole_pipeline_until_it_is_resolved() {
    let shop = Shop::in_layouts(PLAIN);
    for version in ["v1.0.0", "v1.1.0"] {
        shop.promote_up_to(version, "prod");
    }
    let halted = shop.json(&["halt", "--env", "prod", "--reason", "checkout answers 500"]);
    assert_eq!((&halted["outcome"], &halted["remaining"]), (&"halted".into(), &1.into()));
    assert_eq!(shop.newest("pipeline.halted").data()["reason"], "checkout answers 500");

    // Another environment is no way around it, and neither is a word of one's own.
    let error = shop.refused(15, &shop.promotion("v1.2.0", "none", "dev"));
    let message = error["message"].as_str().unwrap_or_default();
    for word in ["pipeline shop is halted by a failure of prod", "checkout answers 500", OPS] {
        assert!(message.contains(word), "{word} in {message}");
    }
    let glass = [&shop.promotion("v1.2.0", "none", "dev")[..], &["--break-glass", "hurry"]].concat();
    shop.refused(15, &glass);
    shop.refused(15, &[&shop.promotion("v1.2.0", "none", "dev")[..], &["--dry-run"]].concat());
    assert_eq!(shop.newest("promotion.refused").data()["reasons"][0]["code"], 15);

    // What mends it goes on.
    shop.run(&["rollback", "v1.0.0", "--env", "prod", "--reason", "it fails"]).expect_code(0);
    let resolved = shop.json(&["resolve", "--env", "prod", "--reason", "rolled back to v1.0.0"]);
    assert_eq!((&resolved["outcome"], &resolved["remaining"]), (&"resolved".into(), &0.into()));
    assert_eq!(resolved["halts"], halted["halts"]);
    shop.promote("v1.2.0", "none", "dev").expect_code(0);
    assert_eq!(shop.json(&["resolve", "--env", "prod", "--reason", "again"])["outcome"], "unchanged");
    shop.expect_sound();
}

// proves: R9, FR-039
#[test]
fn status_shows_failures_wherever_one_looks_and_what_is_left_of_them() {
    let shop = Shop::in_layouts(PLAIN);
    shop.run(&["halt", "--env", "prod", "--component", "api", "--reason", "checkout"]).expect_code(0);
    shop.run(&["halt", "--env", "dev", "--reason", "build"]).expect_code(0);
    let page = shop.run(&["status", "--env", "staging"]).expect_code(0).stdout;
    for told in ["halted, api in prod failed: \"checkout\"", "halted, dev failed: \"build\""] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(shop.json(&["status"])["halts"].as_array().map(Vec::len), Some(2));
    let html = shop.run(&["status", "--html"]).expect_code(0).stdout;
    assert!(html.contains("<strong>Halted: </strong>shop takes no promotions"), "{html}");

    let page = shop.run(&["resolve", "--env", "dev", "--reason", "it builds"]).expect_code(0).stdout;
    assert!(page.contains("pipeline shop stays halted: 1 failure is not resolved"), "{page}");
    let page = shop.run(&["resolve", "--env", "prod", "--component", "api", "--reason", "mended"]).expect_code(0).stdout;
    assert!(page.contains("pipeline shop takes promotions again"), "{page}");
    let page = shop.run(&["status"]).expect_code(0).stdout;
    assert!(!page.contains("halted"), "{page}");

    // As it was between the two, and what lies between then and now.
    let told = &shop.newest("pipeline.halted").0["seq"];
    let then = format!("seq:{told}");
    assert_eq!(shop.json(&["status", "--at", &then])["halts"].as_array().map(Vec::len), Some(2));
    let between = &shop.json(&["diff", &then])["halts"];
    let changes: Vec<_> = between.as_array().expect("changes").iter().map(|change| change["change"].as_str()).collect();
    assert_eq!(changes, [Some("resolved"), Some("resolved")], "{between}");
    let page = shop.run(&["diff", "seq:3"]).expect_code(0).stdout;
    for told in ["api in prod failed and halted shop: \"checkout\"", "the failure of dev from entry"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    shop.expect_sound();
}

const STEWARDS: Rules = Rules {
    components: &["api"],
    promotion: "    groups: { shippers: [ana@acme.example] }\n    environments:\n      - dev\n      - {name: prod, authorization: { allowed_groups: [shippers] }}\n",
};

// proves: FR-046, FR-047, FR-048, FR-049
#[test]
fn ci_tells_failures_and_whoever_may_change_the_environment_resolves_them() {
    let shop = Shop::in_layouts(STEWARDS);
    let ana = add_key(&shop, "ana", "ana@acme.example", &["--role", "operator"]);
    let bob = add_key(&shop, "bob", "bob@acme.example", &["--role", "operator"]);
    let ci = add_key(&shop, "ci", "ci:acme/shop", &["--role", "ci"]);
    ci.run(&["halt", "--env", "prod", "--reason", "the smoke test fails"]).expect_code(0);
    let refused = ci.run(&["resolve", "--env", "prod", "--reason", "it passes"]).expect_code(12).stderr;
    assert!(refused.contains("key acme.example/ci holds no grant for pipeline.resumed"), "{refused}");
    let refused = bob.run(&["resolve", "--env", "prod", "--reason", "it passes"]).expect_code(12).stderr;
    assert!(refused.contains("prod may be changed by members of shippers; bob@acme.example is in no group"), "{refused}");
    let decided = shop.newest("authorization.decided");
    assert_eq!((&decided.data()["action"], &decided.data()["outcome"]), (&"resolve".into(), &"refused".into()));
    ana.run(&["resolve", "--env", "prod", "--reason", "it passes"]).expect_code(0);
    ci.run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    shop.expect_sound();
}

/// A shop whose promotion of v1.0.0 into dev was killed after it was requested.
fn interrupted(rules: Rules) -> Shop {
    let killed = |nth: u32| {
        let shop = Shop::in_layouts(rules);
        let traced = shop.admin().under_strace(&format!("fsync:signal=KILL:when={nth}"), &shop.promotion("v1.0.0", "none", "dev"));
        drop(traced);
        (!shop.json(&["status"])["under_way"].as_array().expect("runs").is_empty()).then_some(shop)
    };
    (1..40).find_map(killed).expect("a promotion can be killed on its way")
}

// proves: R9, FR-007
#[test]
fn what_was_interrupted_is_not_gone_on_with_and_the_dry_run_says_so() {
    let shop = interrupted(PLAIN);
    let promotion = shop.promotion("v1.0.0", "none", "dev");
    let dry = [&promotion[..], &["--dry-run"]].concat();
    shop.run(&dry).expect_code(0);
    shop.run(&["halt", "--env", "prod", "--reason", "checkout answers 500"]).expect_code(0);
    let before = shop.entries().len();
    let foretold = shop.refused(15, &dry);
    assert_eq!(shop.entries().len(), before, "a dry run writes nothing");
    let refused = shop.refused(15, &promotion);
    assert!(foretold["message"].as_str().is_some_and(|message| message.contains("is halted by a failure of prod")), "{foretold}");
    assert!(refused["message"].as_str().is_some_and(|message| message.contains("is halted by a failure of prod")), "{refused}");
    shop.refused(15, &["resume"]);
    shop.run(&["resolve", "--env", "prod", "--reason", "mended"]).expect_code(0);
    shop.run(&dry).expect_code(0);
    shop.run(&promotion).expect_code(0);
    shop.expect_sound();
}

// proves: FR-007, FR-049
#[test]
fn a_dry_run_says_who_may_not_take_over() {
    let shop = interrupted(PLAIN);
    let gate = add_key(&shop, "gate", "scanner:acme", &["--role", "gate"]);
    let promotion = shop.promotion("v1.0.0", "none", "dev");
    gate.run(&[&promotion[..], &["--dry-run"]].concat()).expect_code(12);
    gate.run(&promotion).expect_code(12);
}

#[test]
fn what_no_rule_lists_neither_fails_nor_is_resolved() {
    let shop = Shop::in_layouts(PLAIN);
    for command in ["halt", "resolve"] {
        shop.refused(3, &[command, "--env", "nowhere", "--reason", "x"]);
        shop.refused(3, &[command, "--env", "dev", "--component", "nothing", "--reason", "x"]);
        shop.run(&[command, "--env", "dev"]).expect_code(2);
        shop.run(&[command, "--env", "dev", "--reason", " "]).expect_code(2);
    }
}
