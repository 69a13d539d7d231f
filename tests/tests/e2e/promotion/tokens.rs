//! ID tokens of CI systems: who somebody is by one, what it gives them, and what is refused.

use promoledger_tests::command::Promoledger;
use promoledger_tests::tokens::Issuer;
use serde_json::json;

use crate::promotion::add_key;
use crate::shop::{Rules, Shop};

const PROD: &str = "    environments:\n      - dev\n      - {name: prod, authorization: { allowed_groups: [shippers] }}\n";
const AUDIENCE: &str = "acme.example/ledger";

/// Where the issuer's tokens make a shipper of whoever deploys to production from the shop's repository.
fn shop(issuer: &Issuer, keys: &str) -> Shop {
    let shop = Shop::without_ledger(Rules { components: &["api"], promotion: PROD });
    let manifest = std::fs::read_to_string(shop.workspace.path().join("manifest.yaml")).expect("a manifest");
    let rules = format!(
        "    issuers:
      - issuer: {}
        audience: {AUDIENCE}
        principal: 'ci:{{repository}}'
{keys}        groups:
          - {{group: shippers, claims: {{repository: acme/shop, environment: production}}}}
",
        issuer.url
    );
    shop.workspace.write("manifest.yaml", manifest + &rules);
    shop.workspace.write("ci.jwks.json", issuer.key_set());
    shop.open(&[]);
    shop.register_all();
    shop
}

const PINNED: &str = "        keys: ci.jwks.json\n";

fn with(ci: &Promoledger, token: &str) -> Promoledger {
    ci.clone().env("PROMOLEDGER_ID_TOKEN", token)
}

fn ci(shop: &Shop) -> Promoledger {
    add_key(shop, "ci", "ci:runner", &["--role", "ci,identity", "--act-for", "ci:acme/shop,ci:acme/other"])
}

// proves: FR-045, FR-046, FR-047, FR-048, FR-027
#[test]
fn a_token_says_who_promotes_and_by_which_group() {
    let issuer = Issuer::named("https://ci.example", 7);
    let shop = shop(&issuer, PINNED);
    let ci = ci(&shop);
    let token = issuer.token(AUDIENCE, &json!({"repository": "acme/shop", "environment": "production"}));
    ci.run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    let error = ci.run(&shop.promotion("v1.0.0", "dev", "prod")).expect_code(12).stderr;
    assert!(error.contains("prod may be changed by members of shippers; ci:runner is in no group"), "{error}");

    with(&ci, &token).run(&shop.promotion("v1.0.0", "dev", "prod")).expect_code(0);
    let proven = shop.newest("identity.proven");
    assert_eq!(proven.text("actor"), "ci:acme/shop");
    let data = proven.data();
    assert_eq!(
        (&data["issuer"], &data["subject"], &data["groups"]),
        (&issuer.url.as_str().into(), &"repo:acme/shop".into(), &json!(["shippers"]))
    );
    let via = shop.newest("promotion.completed").data()["authorized_via"].as_str().unwrap_or_default().to_owned();
    assert!(via.ends_with(&format!("group shippers by a token of https://ci.example (entry {})", proven.0["seq"])), "{via}");

    // What is kept says what was claimed, and is no credential.
    let kept = String::from_utf8(shop.body(data["evidence"]["digest"].as_str().expect("evidence"))).expect("text");
    assert!(kept.contains("\"environment\":\"production\""), "{kept}");
    let signature = token.rsplit('.').next().expect("a signature");
    let log = std::fs::read(shop.ledger()).expect("a ledger");
    assert!(!log.windows(signature.len()).any(|window| window == signature.as_bytes()), "no token is kept");

    // Used again, it is not recorded again.
    let before = shop.entries().iter().filter(|entry| entry.text("type") == "identity.proven").count();
    with(&ci, &token).run(&["rollback", "v1.0.0", "--env", "prod", "--reason", "x"]).expect_code(0);
    with(&ci, &token).run(&[&shop.promotion("v1.0.0", "dev", "prod")[..], &["--force"]].concat()).expect_code(0);
    assert_eq!(shop.entries().iter().filter(|entry| entry.text("type") == "identity.proven").count(), before);
    shop.expect_sound();
    assert_eq!(shop.json(&["verify", "--evidence"])["evidence"]["tokens"], 1);
}

// proves: FR-045
#[test]
fn the_keys_of_an_issuer_may_be_its_own_to_publish() {
    let issuer = Issuer::serving(9);
    let shop = shop(&issuer, "");
    let ci = ci(&shop);
    let token = issuer.token(AUDIENCE, &json!({"repository": "acme/shop", "environment": "production"}));
    let file = shop.workspace.write("id-token", format!("{token}\n"));
    let file = file.to_str().expect("a path that is text");
    ci.run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    ci.run(&[&["--id-token-file", file][..], &shop.promotion("v1.0.0", "dev", "prod")].concat()).expect_code(0);
    shop.expect_sound();
}

// proves: FR-045, FR-049
#[test]
fn what_is_no_token_for_this_ledger_is_refused_and_nothing_is_recorded() {
    let issuer = Issuer::named("https://ci.example", 7);
    let shop = shop(&issuer, PINNED);
    let ci = ci(&shop);
    let good = json!({"repository": "acme/shop", "environment": "production"});
    let claims = |more: serde_json::Value| {
        let mut all = good.clone();
        all.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        all
    };
    let refused = [
        ("junk".to_owned(), 2),
        (issuer.token("somebody else", &good), 2),
        (issuer.token(AUDIENCE, &claims(json!({"exp": 1}))), 2),
        (Issuer::named("https://ci.example", 8).token(AUDIENCE, &good), 2),
        (Issuer::named("https://elsewhere.example", 7).token(AUDIENCE, &good), 2),
        // Whom the key may not act for.
        (issuer.token(AUDIENCE, &claims(json!({"repository": "acme/third"}))), 12),
    ];
    let before = shop.entries().len();
    for (token, code) in refused {
        let run = with(&ci, &token).run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(code);
        assert!(!run.stderr.contains(&token) || token == "junk", "a token is never shown: {}", run.stderr);
        assert_eq!(shop.entries().len(), before, "{}", run.stderr);
    }
    let third = issuer.token(AUDIENCE, &claims(json!({"repository": "acme/third"})));
    let error = with(&ci, &third).run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(12).stderr;
    assert!(error.contains("--act-for ci:acme/third"), "{error}");

    // Another job of the repository has no group, and another repository neither.
    with(&ci, &issuer.token(AUDIENCE, &good)).run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    for other in
        [json!({"repository": "acme/shop", "environment": "staging"}), json!({"repository": "acme/other", "environment": "production"})]
    {
        let error = with(&ci, &issuer.token(AUDIENCE, &other)).run(&shop.promotion("v1.0.0", "dev", "prod")).expect_code(12).stderr;
        assert!(error.contains("is in no group"), "{error}");
    }
    let both = with(&ci, &issuer.token(AUDIENCE, &good)).run(&["--actor", "ci:acme/other", "lock", "--env", "dev", "--reason", "x"]);
    assert!(both.expect_code(2).stderr.contains("the token is of ci:acme/shop, and --actor says ci:acme/other"));
    shop.expect_sound();
}

// proves: FR-045
#[test]
fn where_nobody_is_believed_a_token_says_nothing() {
    let issuer = Issuer::named("https://ci.example", 7);
    let shop = Shop::in_layouts(crate::shop::PLAIN);
    let told = shop.admin().env("PROMOLEDGER_ID_TOKEN", issuer.token(AUDIENCE, &json!({}))).run(&shop.promotion("v1.0.0", "none", "dev"));
    assert!(told.expect_code(0).stderr.contains("the rules of shop believe no issuer: it says nothing here"));
    assert!(shop.entries().iter().all(|entry| entry.text("type") != "identity.proven"));
}

// proves: FR-045, FR-049
#[test]
fn a_key_vouches_for_tokens_only_where_it_is_granted_to() {
    let issuer = Issuer::named("https://ci.example", 7);
    let shop = shop(&issuer, PINNED);
    let ci = add_key(&shop, "ci", "ci:runner", &["--role", "ci", "--act-for", "ci:acme/shop"]);
    let token = issuer.token(AUDIENCE, &json!({"repository": "acme/shop"}));
    let error = with(&ci, &token).run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(12).stderr;
    assert!(error.contains("holds no grant for identity.proven") && error.contains("or show no token"), "{error}");
}
