//! The law of keys: who may append what, and how keys come and go.

use promotion_ledger::evidence::hash::sha256;
use promotion_ledger::meaning::grant::Role;
use serde_json::{Value, json};

use super::Case;
use super::hand::{Hand, Key, LEDGER, ORIGIN, everything, permitted};
use super::run::{COMPONENT, GATE, PIPELINE, Run, gate, registration, rules, with};

pub(crate) fn all() -> Vec<Case> {
    [created(), added(), changed(), endorsed(), thresholds(), granted(), narrowed(), vec![recovery_is_no_admin()]]
        .into_iter()
        .flatten()
        .collect()
}

/// The rules for entry 0.
fn created() -> Vec<Case> {
    let (alice, bob, ci) = (Key::alice(), Key::bob(), Key::ci());
    let data = |keys: Value| json!({"admin_threshold": 1, "format": 1, "keys": keys, "ledger_id": LEDGER, "origin": ORIGIN});
    let case = |name: &str, about: &str, signer: &Key, data: Value, rule: &'static str| {
        let mut hand = Hand::default();
        hand.write(signer, "ledger.created", data);
        Case::unlawful(format!("law-{name}"), about, &hand, rule)
    };
    let one = || data(json!([alice.first()]));
    let proof = |of: &Key| of.first().get("proof").cloned().unwrap_or_default();
    let other_ledger = json!("0198f0a4-0000-7000-8000-000000000002");
    let mut actor = Hand::default();
    actor.write_with(&alice, "ledger.created", one(), |draft| draft.actor = "bob".to_owned().try_into().expect("a principal"));
    let alias = Key::new("acme.example/alias", "alice", [1; 32], json!([everything()]));
    let narrowed = Key::new("acme.example/bob", "bob", [2; 32], json!([with(everything(), "pipelines", json!([PIPELINE]))]));
    let [erin, frank] = twins();
    vec![
        case("format-level-of-genesis", "A ledger that begins with level 2.", &alice, with(one(), "format", json!(2)), "format level"),
        case("key-reuse-in-genesis", "One public key under two names.", &alice, data(json!([alice.first(), alias.first()])), "key reuse"),
        case(
            "key-reuse-by-recovery",
            "A recovery key that is one of the first keys.",
            &alice,
            with(one(), "recovery", alias.first()),
            "key reuse",
        ),
        case("admin-threshold-zero", "A threshold of zero.", &alice, with(one(), "admin_threshold", json!(0)), "admin threshold"),
        case(
            "admin-threshold-too-high",
            "A threshold above the number of admins.",
            &alice,
            with(one(), "admin_threshold", json!(2)),
            "admin threshold",
        ),
        case(
            "admin-threshold-one-person",
            "A threshold of two, and one person with two keys.",
            &alice,
            {
                let second = Key::new("acme.example/alice-2", "alice", [6; 32], json!([everything()]));
                with(data(json!([alice.first(), second.first()])), "admin_threshold", json!(2))
            },
            "admin threshold",
        ),
        case(
            "admin-threshold-narrowed",
            "A threshold of two, and a second person whose grant is narrowed to a pipeline.",
            &alice,
            with(data(json!([alice.first(), narrowed.first()])), "admin_threshold", json!(2)),
            "admin threshold",
        ),
        case(
            "grant-of-genesis-narrowed",
            "Entry 0 signed by a first key that may add keys in one pipeline.",
            &narrowed,
            data(json!([alice.first(), narrowed.first()])),
            "grant",
        ),
        case(
            "key-reuse-of-name-and-id-in-genesis",
            "Two first keys of one name and one id.",
            &alice,
            data(json!([alice.first(), erin.first(), frank.first()])),
            "key reuse",
        ),
        case(
            "grant-of-genesis",
            "Entry 0 signed by a first key that is not an admin's.",
            &ci,
            data(json!([alice.first(), ci.first()])),
            "grant",
        ),
        Case::unlawful("law-actor-of-genesis", "Entry 0 in somebody else's name.", &actor, "actor"),
        case(
            "proof-of-first-key-altered",
            "A first key whose proof is another's.",
            &alice,
            data(json!([alice.first(), with(bob.first(), "proof", proof(&alice))])),
            "proof",
        ),
        case(
            "proof-of-first-key-principal",
            "A first key whose proof is for another principal.",
            &alice,
            data(json!([alice.first(), with(bob.first(), "principal", json!("carol"))])),
            "proof",
        ),
        case(
            "proof-of-first-key-ledger",
            "First keys whose proofs are for another ledger.",
            &alice,
            with(one(), "ledger_id", other_ledger),
            "proof",
        ),
        case(
            "proof-of-recovery-key",
            "A recovery key without proof.",
            &alice,
            with(one(), "recovery", with(bob.first(), "proof", json!(""))),
            "proof",
        ),
    ]
}

/// The rules for a key that is added.
fn added() -> Vec<Case> {
    let (alice, dave) = (Key::alice(), Key::dave());
    let hand = Hand::with(&[&alice]);
    let genesis = hand.genesis();
    let case = |name: &str, about: &str, key: Value, rule: &'static str| {
        let mut hand = hand.clone();
        hand.write(&alice, "key.added", json!({"key": key}));
        Case::unlawful(format!("law-{name}"), about, &hand, rule)
    };
    let requested = || dave.requested(&genesis);
    let unacceptable =
        |name: &str, about: &str, public: &str, says| case(name, about, with(requested(), "public", json!(public)), "proof").says(says);
    let alias = Key::new("acme.example/alias", "alice", [1; 32], json!([]));
    let mut proposed = hand.clone();
    proposed.write(&alice, "key.proposed", json!({"change": {"add": with(requested(), "proof", json!("x"))}}));
    let mut twinned = hand.clone();
    for twin in twins() {
        twinned.write(&alice, "key.added", json!({"key": twin.requested(&genesis)}));
    }
    let mut again = hand.clone();
    again.write(&alice, "key.added", json!({"key": requested()}));
    again.write(&alice, "key.revoked", dave.revocation());
    again.write(&alice, "key.added", json!({"key": requested()}));
    let small = format!("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc{}", "05");
    vec![
        case("proof-missing", "A key whose proof is empty.", with(requested(), "proof", json!("")), "proof"),
        case(
            "proof-of-another-ledger",
            "A key whose proof is for another ledger.",
            dave.requested(&promotion_ledger::meaning::digest::EntryHash::NONE),
            "proof",
        ),
        case("proof-of-another-kind", "A key whose proof is that of a first key.", dave.first(), "proof"),
        case(
            "proof-of-another-name",
            "A key whose proof is for another name.",
            with(requested(), "name", json!("acme.example/eve")),
            "proof",
        ),
        case(
            "proof-of-another-principal",
            "A key whose proof is for another principal.",
            with(requested(), "principal", json!("eve")),
            "proof",
        ),
        Case::unlawful("law-proof-proposed", "A key that is proposed without proof.", &proposed, "proof"),
        unacceptable(
            "proof-no-point",
            "A key that is no point of the curve.",
            &format!("02{}", "00".repeat(31)),
            "unlawful: public key 0200",
        ),
        unacceptable(
            "proof-second-spelling",
            "A key in a second spelling.",
            &format!("01{}80", "00".repeat(30)),
            "unlawful: public key 0100",
        ),
        unacceptable("proof-small-order", "A key of small order.", &small, "unlawful: public key 26e8"),
        unacceptable("proof-torsion", "A key with a torsion component.", TORSION, "unlawful: public key "),
        case("key-reuse", "A public key that the ledger has, under another name.", alias.requested(&genesis), "key reuse"),
        Case::unlawful("law-key-reuse-after-revocation", "A key that was revoked is added again.", &again, "key reuse"),
        Case::unlawful("law-key-reuse-of-name-and-id", "Another key of the same name and id.", &twinned, "key reuse"),
    ]
}

/// The public key of seed 1, as a point, plus the point of order two.
const TORSION: &str = "63771c228bf60e6a02ad24d2c345a28d3598f640e26bede40c8b77fe4bf090a3";

/// Two keys whose ids under one name are the same four bytes, found by search.
fn twins() -> [Key; 2] {
    [(88_960_u64, "erin"), (137_965, "frank")]
        .map(|(seed, principal)| Key::new("acme.example/twin", principal, sha256(&seed.to_be_bytes()), json!([])))
}

/// The rules for keys that are revoked, and for changes that are proposed.
fn changed() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), Key::bob(), Key::dave());
    let mut hand = Hand::with(&[&alice]);
    let genesis = hand.genesis();
    let mut whole =
        Hand::with(&[&alice, &Key::new("acme.example/bob", "bob", [2; 32], json!([with(everything(), "gates", json!([GATE]))]))]);
    whole.write(&alice, "key.revoked", alice.revocation());
    let mut never = hand.clone();
    never.write(&alice, "key.revoked", dave.revocation());
    let mut last = hand.clone();
    last.write(&alice, "key.revoked", alice.revocation());
    hand.write(&alice, "key.added", json!({"key": dave.requested(&genesis)}));
    let mut twice = hand.clone();
    twice.write(&alice, "key.revoked", dave.revocation());
    twice.write(&alice, "key.revoked", dave.revocation());
    let mut name = hand.clone();
    name.write(&alice, "key.revoked", with(dave.revocation(), "name", json!("acme.example/eve")));
    let two = || {
        let mut hand = Hand::default();
        hand.created(2, &[&alice, &bob], None);
        hand
    };
    let mut remaining = two();
    remaining.write(&alice, "key.proposed", json!({"change": {"revoke": bob.revocation()}}));
    let mut nothing = two();
    nothing.write(&bob, "key.endorsed", json!({"proposal": 0}));
    let mut own = two();
    let genesis = own.genesis();
    let proposal = own.write(&alice, "key.proposed", json!({"change": {"add": dave.requested(&genesis)}}));
    let mut done = own.clone();
    own.write(&alice, "key.endorsed", json!({"proposal": proposal}));
    done.write(&bob, "key.endorsed", json!({"proposal": proposal}));
    let mut rivals = done.clone();
    done.write(&bob, "key.endorsed", json!({"proposal": proposal}));
    rivals.write(&alice, "key.proposed", json!({"change": {"add": dave.requested(&genesis)}}));
    vec![
        Case::unlawful("law-revocation-of-no-key", "A key that was never added is revoked.", &never, "revocation"),
        Case::unlawful("law-revocation-twice", "A key is revoked twice.", &twice, "revocation"),
        Case::unlawful("law-revocation-name", "A key is revoked under another name.", &name, "revocation"),
        Case::unlawful("law-revocation-of-the-last-admin", "The last admin's key is revoked.", &last, "revocation"),
        Case::unlawful(
            "law-revocation-of-the-last-whole-admin",
            "The last admin's key is revoked, and one is left that may add keys for one gate.",
            &whole,
            "revocation",
        ),
        Case::unlawful(
            "law-revocation-below-the-threshold",
            "A proposal that would leave one admin where two are needed.",
            &remaining,
            "revocation",
        ),
        Case::unlawful("law-endorsement-of-nothing", "An endorsement of an entry that proposes nothing.", &nothing, "endorsement"),
        Case::unlawful("law-endorsement-of-ones-own", "An endorsement by the one who proposed.", &own, "endorsement"),
        Case::unlawful("law-endorsement-too-late", "An endorsement of a change that has taken effect.", &done, "endorsement"),
        Case::unlawful("law-key-reuse-proposed", "A key that the ledger has is proposed.", &rivals, "key reuse"),
    ]
}

/// Who stands behind a change: the principals of the keys that sign, and of them only admins.
fn endorsed() -> Vec<Case> {
    let (bob, dave) = (Key::bob(), Key::dave());
    let alice = Key::new("acme.example/alice", "alice", [1; 32], json!([with(everything(), "act_for", json!(["bob"]))]));
    let second = Key::new("acme.example/alice-2", "alice", [6; 32], json!([everything()]));
    let carol = Key::new("acme.example/carol", "carol", [8; 32], json!([everything()]));
    let changes = json!(["key.endorsed", "key.proposed"]);
    let clerk = Key::new("acme.example/clerk", "clerk", [7; 32], json!([with(everything(), "permissions", changes)]));
    let mut hand = Hand::default();
    hand.created(2, &[&alice, &bob, &second, &carol, &clerk], None);
    let genesis = hand.genesis();
    let add = || json!({"change": {"add": dave.requested(&genesis)}});
    let as_bob = |hand: &mut Hand, event_type: &str, data: Value| {
        hand.write_with(&alice, event_type, data, |draft| draft.actor = "bob".to_owned().try_into().expect("a principal"))
    };
    let mut by_clerk = hand.clone();
    by_clerk.write(&clerk, "key.proposed", add());
    let mut proposed_as_bob = hand.clone();
    let borrowed = as_bob(&mut proposed_as_bob, "key.proposed", add());
    proposed_as_bob.write(&alice, "key.endorsed", json!({"proposal": borrowed}));
    let mut former = hand.clone();
    let proposal = hand.write(&alice, "key.proposed", add());
    let endorsement = || json!({"proposal": proposal});
    let endorsed = |name: &str, about: &str, key: &Key| {
        let mut hand = hand.clone();
        hand.write(key, "key.endorsed", endorsement());
        Case::unlawful(format!("law-endorsement-{name}"), about, &hand, "endorsement")
    };
    let mut endorsed_as_bob = hand.clone();
    as_bob(&mut endorsed_as_bob, "key.endorsed", endorsement());
    former.write(&alice, "key.proposed", add());
    let revoke = former.write(&bob, "key.proposed", json!({"change": {"revoke": alice.revocation()}}));
    former.write(&carol, "key.endorsed", json!({"proposal": revoke}));
    let revoke = former.write(&bob, "key.proposed", json!({"change": {"revoke": second.revocation()}}));
    former.write(&carol, "key.endorsed", json!({"proposal": revoke}));
    former.write(&bob, "key.endorsed", endorsement());
    former.write(&dave, "promotion.refused", Run::promotion(1, "v1.0.0", 1, "none", "dev").refused(9));
    vec![
        endorsed("by-a-clerk", "An endorsement by a key that may endorse, and is no admin's.", &clerk),
        endorsed("by-a-second-key", "An endorsement by another key of the one who proposed.", &second),
        Case::unlawful("law-endorsement-of-a-clerk", "A proposal by a key that may propose, and is no admin's.", &by_clerk, "endorsement"),
        Case::unlawful(
            "law-endorsement-as-another",
            "An endorsement by the one who proposed, as actor for somebody else.",
            &endorsed_as_bob,
            "endorsement",
        ),
        Case::unlawful(
            "law-endorsement-proposed-as-another",
            "An endorsement by the one who proposed as actor for somebody else.",
            &proposed_as_bob,
            "endorsement",
        ),
        Case::broken(
            "key-endorsed-by-a-former-admin",
            "A key whose addition two endorsed, of whom one was no admin any more when it came to counting.",
            &former,
            "unknown-key",
        ),
    ]
}

fn thresholds() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), Key::bob(), Key::dave());
    let mut hand = Hand::default();
    hand.created(2, &[&alice, &bob], Some(&Key::recovery()));
    let genesis = hand.genesis();
    let mut add = hand.clone();
    add.write(&alice, "key.added", json!({"key": dave.requested(&genesis)}));
    let mut revoke = hand.clone();
    revoke.write(&alice, "key.revoked", bob.revocation());
    let mut beyond = hand.clone();
    beyond.write(&Key::recovery(), "manifest.adopted", json!({"rules": rules("warn")}));
    let mut twinned = hand.clone();
    let [erin, frank] = twins().map(|twin| twin.requested(&genesis));
    let one = twinned.write(&alice, "key.proposed", json!({"change": {"add": erin}}));
    let other = twinned.write(&bob, "key.proposed", json!({"change": {"add": frank}}));
    twinned.write(&bob, "key.endorsed", json!({"proposal": one}));
    twinned.write(&alice, "key.endorsed", json!({"proposal": other}));
    let mut overtaken = hand;
    let first = overtaken.write(&alice, "key.proposed", json!({"change": {"add": dave.requested(&genesis)}}));
    let second = overtaken.write(&bob, "key.proposed", json!({"change": {"add": dave.requested(&genesis)}}));
    overtaken.write(&bob, "key.endorsed", json!({"proposal": first}));
    overtaken.write(&alice, "key.endorsed", json!({"proposal": second}));
    vec![
        Case::unlawful("law-admin-threshold-addition", "One admin adds a key where it takes two.", &add, "admin threshold"),
        Case::unlawful("law-admin-threshold-revocation", "One admin revokes a key where it takes two.", &revoke, "admin threshold"),
        Case::unlawful("law-key-reuse-endorsed", "A proposal takes effect after another has added the same key.", &overtaken, "key reuse"),
        Case::unlawful(
            "law-key-reuse-of-name-and-id-endorsed",
            "A proposal is endorsed after another has added a key of the same name and id.",
            &twinned,
            "key reuse",
        ),
        Case::unlawful("law-grant-of-recovery", "The recovery key adopts a manifest.", &beyond, "grant"),
    ]
}

/// What grants cover, one name narrowed at a time.
fn granted() -> Vec<Case> {
    let alice = Key::alice();
    let case = |name: &str, about: &str, grants: Value, event: (&str, Value), rule: &'static str, actor: Option<&str>| {
        let limited = Key::new("acme.example/limited", "limited", [7; 32], grants);
        let mut hand = Hand::with(&[&alice, &limited]);
        hand.adopt(&alice);
        let (event_type, data) = event;
        hand.write_with(&limited, event_type, data, |draft| {
            if let Some(actor) = actor {
                draft.actor = actor.to_owned().try_into().expect("a principal");
            }
        });
        Case::unlawful(format!("law-{name}"), about, &hand, rule)
    };
    let only = |field: &str, names: Value| with(everything(), field, names);
    let gate = || ("gate.completed", gate(1, "passed"));
    let mut two = vec![only("components", json!(["web"])), only("permissions", json!(["artifact.registered"]))];
    two.push(only("environments", json!(["dev"])));
    let lock = json!({"component": COMPONENT, "environment": "dev", "pipeline": PIPELINE, "reason": "x"});
    let refused = Run::promotion(1, "v1.0.0", 1, "none", "dev").refused(12);
    vec![
        case("grant-none", "A key without grants.", json!([]), ("artifact.registered", registration("v1.0.0", 1)), "grant", None),
        case(
            "grant-type",
            "A key for gates registers a release.",
            json!([permitted(Role::Gate)]),
            ("artifact.registered", registration("v1.0.0", 1)),
            "grant",
            None,
        ),
        case("grant-pipeline", "A key for another pipeline.", json!([only("pipelines", json!(["bank"]))]), gate(), "grant", None),
        case("grant-component", "A key for another component.", json!([only("components", json!(["web"]))]), gate(), "grant", None),
        case("grant-environment", "A key for another environment.", json!([only("environments", json!(["dev"]))]), gate(), "grant", None),
        case("grant-gate", "A key for another gate.", json!([only("gates", json!(["audit"]))]), gate(), "grant", None),
        case("grant-two-halves", "Two grants that together, but neither alone, cover the event.", json!(two), gate(), "grant", None),
        case(
            "grant-narrowed-lock",
            "A key for another component locks this one.",
            json!([only("components", json!(["web"]))]),
            ("environment.locked", lock),
            "grant",
            None,
        ),
        case(
            "grant-manifest",
            "A key for another pipeline adopts this one's manifest.",
            json!([only("pipelines", json!(["bank"]))]),
            ("manifest.adopted", json!({"rules": rules("warn")})),
            "grant",
            None,
        ),
        case("actor", "An actor that the key may not act for.", json!([everything()]), gate(), "actor", Some("alice")),
        case(
            "actor-of-a-refusal",
            "A refusal, which needs no grant, for an actor that the key may not act for.",
            json!([]),
            ("promotion.refused", refused),
            "actor",
            Some("alice"),
        ),
        case(
            "actor-not-listed",
            "An actor beside those that the key may act for.",
            json!([only("act_for", json!(["bob"]))]),
            gate(),
            "actor",
            Some("alice"),
        ),
    ]
}

/// Who is narrowed in anything does not reach all of it.
fn narrowed() -> Vec<Case> {
    let alice = Key::alice();
    let case = |name: &str, about: &str, (field, only): (&str, &str), event_type: &str, data: Value| {
        let limited = Key::new("acme.example/limited", "limited", [7; 32], json!([with(everything(), field, json!([only]))]));
        let mut hand = Hand::with(&[&alice, &limited]);
        hand.adopt(&alice);
        hand.write(&limited, event_type, data);
        Case::unlawful(format!("law-grant-narrowed-{name}"), about, &hand, "grant")
    };
    let (pipeline, component) = (("pipelines", PIPELINE), ("components", COMPONENT));
    let (environment, gate) = (("environments", "dev"), ("gates", GATE));
    let lock = json!({"environment": "dev", "pipeline": PIPELINE, "reason": "x"});
    let decided = json!({"action": "lock", "authorized_via": "x", "environment": "dev", "outcome": "passed", "pipeline": PIPELINE});
    let adopted = || json!({"rules": rules("warn")});
    let revocation = || Key::new("acme.example/limited", "limited", [7; 32], json!([])).revocation();
    let removed = json!({"digest": "0".repeat(64), "reason": "x"});
    vec![
        case("lock-on-all", "A key for one component locks all of them.", component, "environment.locked", lock),
        case("decision-on-all", "A key for one component decides on all of them.", component, "authorization.decided", decided),
        case("manifest-component", "A key for one component adopts rules.", component, "manifest.adopted", adopted()),
        case("manifest-environment", "A key for one environment adopts rules.", environment, "manifest.adopted", adopted()),
        case("manifest-gate", "A key for one gate adopts rules.", gate, "manifest.adopted", adopted()),
        case("key-pipeline", "A key for one pipeline revokes a key.", pipeline, "key.revoked", revocation()),
        case("key-component", "A key for one component revokes a key.", component, "key.revoked", revocation()),
        case("key-environment", "A key for one environment revokes a key.", environment, "key.revoked", revocation()),
        case("key-gate", "A key for one gate revokes a key.", gate, "key.revoked", revocation()),
        case("format", "A key for one gate raises the level.", gate, "format.raised", json!({"level": 2})),
        case("clock", "A key for one environment corrects the clock.", environment, "clock.corrected", json!({"reason": "x"})),
        case("body", "A key for one component removes a body.", component, "body.removed", removed),
    ]
}

/// The recovery key may hold every grant and is no admin all the same: it does not count among those who remain.
fn recovery_is_no_admin() -> Case {
    let alice = Key::alice();
    let recovery = Key::new("acme.example/recovery", "recovery", [4; 32], json!([everything()]));
    let mut hand = Hand::default();
    hand.created(1, &[&alice], Some(&recovery));
    hand.write(&alice, "key.revoked", alice.revocation());
    Case::unlawful("law-revocation-leaves-the-recovery-key", "The last admin goes, and only the recovery key is left.", &hand, "revocation")
}
