//! Promotions that wait for others, and those that go on by themselves once nothing stands in their way.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::promotion::add_key;
use crate::shop::{Rules, Shop};

const APPROVED: Rules =
    Rules { components: &["api"], promotion: "    environments:\n      - dev\n      - {name: staging, approvals: {count: 1}}\n" };

/// Until the log holds an entry of that type.
#[track_caller]
fn until(shop: &Shop, event_type: &str) {
    let began = Instant::now();
    while !shop.types_from(0).contains(&event_type.to_owned()) {
        assert!(began.elapsed() < Duration::from_secs(60), "no {event_type} came");
        sleep(Duration::from_millis(50));
    }
}

// proves: REQ approvals required before an environment (groups, number)
#[test]
fn one_that_waits_goes_on_when_it_is_approved_and_ends_when_it_is_rejected() {
    let shop = Shop::in_layouts(APPROVED);
    let ana = add_key(&shop, "ana", "ana@acme.example", &["--role", "approver"]);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    let waiting = shop.admin().spawn(&[&shop.promotion("v1.0.0", "dev", "staging")[..], &["--wait"]].concat());
    until(&shop, "approval.requested");
    ana.run(&["approve"]).expect_code(0);
    let run = waiting.wait().expect_code(0);
    assert!(run.stderr.contains("waiting for approvals of entry"), "{}", run.stderr);
    assert!(run.stdout.contains("Promoted  api v1.0.0 to staging"), "{}", run.stdout);

    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    let before = shop.entries().len();
    let waiting = shop.admin().spawn(&[&shop.promotion("v1.1.0", "dev", "staging")[..], &["--wait"]].concat());
    let began = Instant::now();
    while !shop.types_from(before).contains(&"approval.requested".to_owned()) {
        assert!(began.elapsed() < Duration::from_secs(60), "nobody was asked");
        sleep(Duration::from_millis(50));
    }
    ana.run(&["reject", "--reason", "not on a Friday"]).expect_code(0);
    let run = waiting.wait().expect_code(16);
    assert!(run.stderr.contains("error: ana@acme.example rejected the request of entry"), "{}", run.stderr);
    shop.expect_sound();
}

const TWO: Rules = Rules { components: &["api", "web"], promotion: "    environments: [dev, {name: staging, versions: '<1.5'}, prod]\n" };

// proves: REQ auto-promotion when criteria are met
#[test]
fn all_that_is_eligible_goes_on_and_the_rest_is_told() {
    let shop = Shop::in_layouts(TWO);
    let all = ["promote", "--all-eligible", "--from", "dev", "--to", "staging"];
    let outcomes = |further: &[&str]| -> Vec<(String, i64)> {
        let said = shop.json(&[&all[..], further].concat());
        let rows = said["releases"].as_array().expect("releases").clone();
        rows.iter().map(|row| (row["outcome"].as_str().unwrap_or_default().to_owned(), row["code"].as_i64().unwrap_or(-1))).collect()
    };
    let told = |api: (&str, i64), web: (&str, i64)| vec![(api.0.to_owned(), api.1), (web.0.to_owned(), web.1)];
    assert_eq!(outcomes(&[]), told(("nothing_there", 0), ("nothing_there", 0)));
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.run(&["promote", "v2.0.0-rc.1", "--component", "web", "--from", "none", "--to", "dev"]).expect_code(0);

    let before = shop.entries().len();
    assert_eq!(outcomes(&["--dry-run"]), told(("would_promote", 0), ("not_eligible", 9)));
    assert_eq!(shop.entries().len(), before, "a dry run writes nothing");
    assert_eq!(outcomes(&[]), told(("promoted", 0), ("not_eligible", 9)));
    assert!(!shop.types_from(before).contains(&"promotion.refused".to_owned()), "nobody asked for what was not eligible");
    assert_eq!(outcomes(&[]), told(("already", 0), ("not_eligible", 9)));
    let page = shop.run(&all).expect_code(0).stdout;
    assert!(page.contains("already there") && page.contains("staging takes versions of web"), "{page}");
    shop.run(&["promote", "--all-eligible", "--from", "none", "--to", "dev"]).expect_code(2);
    shop.run(&["promote", "--from", "dev", "--to", "staging"]).expect_code(2);
    shop.expect_sound();
}
