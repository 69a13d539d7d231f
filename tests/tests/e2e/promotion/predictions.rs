//! Dry runs of random commands in random states: each is followed by the real run, which must end as it was foretold.

use fastrand::Rng;
use serde_json::Value;

use crate::promotion::add_key;
use crate::shop::{Rules, STEPS, Shop, digest, notes};

/// How many shops are played, and how many turns each.
const SHOPS: u64 = 8;
const TURNS: usize = 22;

const VERSIONS: [&str; 4] = ["v1.0.0", "v1.1.0", "v1.2.0", "nightly"];
const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

/// Every kind of guard, so spread that most promotions meet one or two.
const GUARDED: [&str; 4] = [
    "    policies: [shop.rego]
    gate_commands: {tests: test -e pass}
    environments:
      - dev
      - {name: staging, gates: [tests, {name: load, advisory: true}]}
      - {name: prod, gates: [tests, smoke], approvals: {count: 1}}
",
    "    environments:
      - {name: dev, versions: '>=1.0.0'}
      - {name: staging, authorization: {allowed_operators: ['ana@acme.example'], separation_of_duties: true}}
      - {name: prod, soak: 1h}
    on_incomparable: block
",
    "    environments:
      - dev
      - name: staging
        freezes: [{name: always, from: 2020-01-01, until: 2099-01-01, zone: UTC}]
      - {name: prod, approvals: {count: 1}}
",
    "    environments:
      - {name: dev, gates: [label_shape]}
      - {name: staging, signature: warn}
      - {name: prod, signature: enforce}
  verification: {keys: [release.pub]}
",
];

const POLICY: &str = "package promoledger\n\ndeny contains \"no nightly build\" if {\n\tinput.artifact.version == \"nightly\"\n\tinput.request.to == \"staging\"\n}\n";

fn shop(random: &mut Rng) -> Shop {
    let promotion = GUARDED[random.usize(..GUARDED.len())];
    let shop = Shop::without_ledger(Rules { components: &["api"], promotion });
    shop.workspace.write("shop.rego", POLICY);
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/signature/keys/release.pub");
    shop.workspace.write("release.pub", std::fs::read(key).expect("a key of the fixtures"));
    shop.open(&[]);
    shop.register_all();
    shop
}

/// Something happens that guards look at.
fn happening(shop: &Shop, random: &mut Rng) {
    let environment = ENVIRONMENTS[random.usize(..3)];
    let version = VERSIONS[random.usize(..4)];
    let digest = digest("api", version);
    let ana = || shop.workspace.promoledger_of("ana");
    // Whatever it comes to: that the state is any state is the point.
    match random.u8(..10) {
        0 => drop(shop.run(&["lock", "--env", environment, "--reason", "because"])),
        1 | 2 => drop(shop.run(&["unlock", "--env", environment, "--reason", "enough", "--others"])),
        3 => {
            let status = ["passed", "failed", "warning"][random.usize(..3)];
            let gate = ["tests", "smoke", "load"][random.usize(..3)];
            drop(shop.run(&["record", "gate", gate, "--digest", &digest, "--env", environment, "--status", status]));
        }
        4 => drop(ana().run(&["approve"])),
        5 => drop(shop.workspace.write("pass", "")),
        6 => drop(shop.run(&["halt", "--env", environment, "--reason", "it fails"])),
        7 | 8 => ENVIRONMENTS.iter().for_each(|failed| drop(shop.run(&["resolve", "--env", failed, "--reason", "it works"]))),
        _ => drop(std::fs::remove_file(shop.workspace.path().join("pass"))),
    }
}

fn command(random: &mut Rng) -> Vec<String> {
    let environment = ENVIRONMENTS[random.usize(..3)];
    let version = VERSIONS[random.usize(..4)];
    if random.u8(..5) == 0 {
        return ["rollback", version, "--env", environment, "--reason", "it broke"].map(str::to_owned).into();
    }
    let (from, to) = if random.u8(..8) == 0 { ("dev", environment) } else { STEPS[random.usize(..3)] };
    let mut words: Vec<String> = ["promote", version, "--component", "api", "--from", from, "--to", to].map(str::to_owned).into();
    for (flag, odds) in [("--allow-downgrade", 2), ("--force", 5)] {
        if random.u8(..odds) == 0 {
            words.push(flag.to_owned());
        }
    }
    if random.u8(..6) == 0 {
        words.extend(["--break-glass".to_owned(), "no time".to_owned()]);
    }
    words
}

/// Everything that a refusal says: codes and sentences, in order.
fn reasons(error: &Value) -> Vec<(i64, String)> {
    let others = error["others"].as_array().cloned().unwrap_or_default();
    let reason = |of: &Value| (of["code"].as_i64().unwrap_or(-1), of["message"].as_str().unwrap_or_default().to_owned());
    std::iter::once(error).chain(&others).map(reason).collect()
}

// proves: FR-007
#[test]
fn whatever_the_state_the_dry_run_foretells_the_real_one() {
    let (mut refused, mut done) = (0, 0);
    for seed in 0..SHOPS {
        let mut random = Rng::with_seed(seed);
        let shop = shop(&mut random);
        add_key(&shop, "ana", "ana@acme.example", &["--role", "operator"]);
        for turn in 0..TURNS {
            happening(&shop, &mut random);
            let words = command(&mut random);
            let told = format!("shop {seed}, turn {turn}: {}", words.join(" "));
            let by_ana = random.u8(..3) == 0;
            let run = |further: &[&str]| {
                let arguments: Vec<&str> = words.iter().map(String::as_str).chain(further.iter().copied()).collect();
                let who = if by_ana { shop.workspace.promoledger_of("ana") } else { shop.admin() };
                who.run(&[&arguments[..], &["--output", "json"]].concat())
            };
            let (log, tags) = (notes(&shop.ledger()), shop.tags());
            let dry = run(if words[0] == "promote" { &["--dry-run", "--run-gates"] } else { &["--dry-run"] });
            assert_eq!(notes(&shop.ledger()), log, "{told}: a dry run wrote to the ledger");
            assert_eq!(shop.tags(), tags, "{told}: a dry run wrote to the registry");
            let real = run(&[]);
            assert_eq!(dry.code, real.code, "{told}\ndry: {}\nreal: {}", dry.stdout, real.stdout);
            if real.code == Some(0) {
                done += 1;
                assert_eq!(dry.json()["already"], real.json()["already"], "{told}");
                continue;
            }
            refused += 1;
            let (foretold, found) = (reasons(&dry.json()["error"]), reasons(&real.json()["error"]));
            let codes = |reasons: &[(i64, String)]| reasons.iter().map(|(code, _)| *code).collect::<Vec<_>>();
            assert_eq!(codes(&foretold), codes(&found), "{told}\n{foretold:?}\n{found:?}");
            for ((_, foretold), (_, found)) in foretold.iter().zip(&found) {
                assert!(foretold.ends_with(found.as_str()), "{told}: {foretold:?} against {found:?}");
            }
        }
        shop.expect_sound();
    }
    assert!(refused > 40 && done > 20, "the states must be of all kinds: {refused} refused, {done} done");
}
