//! Logs with nothing wrong in them, and one that this level of the format cannot judge to its end.

use serde_json::{Value, json};

use super::hand::{Hand, Key, everything};
use super::history::{accepting, declaring, import, line};
use super::run::{COMPONENT, GATE, PIPELINE, RIGHT, Run, digest, gate, registration, rules, with};
use super::{Case, PinsText, Wrong};

pub(crate) fn all() -> Vec<Case> {
    vec![
        genesis(),
        story(),
        two_admins(),
        three_admins(),
        narrowed(),
        downgraded(),
        bodies(),
        imported(),
        longest(),
        edges(),
        pinned(),
        not_understood(),
    ]
}

fn genesis() -> Case {
    Case::valid("genesis", "Entry 0 alone.", &Hand::with(&[&Key::alice()]))
}

/// What somebody says happened before, some of it under names that are gone, and two runs that rest on it.
fn imported() -> Case {
    let alice = Key::alice();
    let mut hand = Hand::with(&[&alice]);
    hand.adopt(&alice);
    hand.register(&alice, "v1.0.0", 1);
    hand.register(&alice, "v1.1.0", 2);
    let web = with(line("2024-05-02T07:08:09.000001Z", "2024.5", 9, "qa", "live"), "component", json!("team/web"));
    let unnamed = |mut line: Value| {
        line.as_object_mut().expect("a line").remove("digest");
        with(with(line, "kind", json!("rollback")), "note", json!("told by\nan old \"spreadsheet\" — 2024"))
    };
    let gone = unnamed(line("2025-01-01T00:00:00.000000Z", "v0.1.0", 1, "dev", "dev"));
    let removed = with(line("2025-02-01T00:00:00.000000Z", "v0.1.0", 1, "none", "dev"), "kind", json!("removal"));
    hand.write(&alice, "history.imported", declaring(json!(["team/web"]), json!(["live", "qa"]), &[web, gone, removed]));
    let in_dev = line("2025-03-01T10:00:00.000000Z", "v1.0.0", 1, "none", "dev");
    hand.write(&alice, "history.imported", import(std::slice::from_ref(&in_dev)));
    let passed = hand.gate(&alice, 1, "passed");
    let onward = Run::promotion(1, "v1.0.0", 1, "dev", "staging");
    let (event_type, data) = accepting(onward.request());
    hand.write(&alice, event_type, data);
    hand.authorize(&alice, &onward);
    hand.compare(&alice, &onward, None);
    hand.tags(&alice, &onward, None);
    hand.complete(&alice, &onward, &[passed]);
    // Recorded at entry 15 or later: what is asserted may still be older than that.
    hand.carry_out(&alice, &Run::promotion(2, "v1.1.0", 2, "none", "dev"), None, None, &[]);
    hand.write(&alice, "history.imported", import(&[line("2025-02-28T10:00:00.000000Z", "v0.9.0", 9, "none", "dev")]));
    let back = Run::rollback(3, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1);
    let (event_type, data) = accepting(back.request());
    hand.write(&alice, event_type, data);
    hand.authorize(&alice, &back);
    hand.tags(&alice, &back, Some(2));
    hand.complete(&alice, &back, &[]);
    Case::valid("imported", "Imported history, and runs that were said to rest on it.", &hand)
}

/// Everything that happens to a team in a bad week.
fn story() -> Case {
    let (alice, ci, dave) = (Key::alice(), Key::ci(), Key::dave());
    let mut hand = Hand::with(&[&alice, &ci]);
    hand.adopt(&alice);
    hand.write(&ci, "artifact.registered", with(registration("v1.0.0", 1), "source_sha", json!("0123abc")));
    hand.carry_out(&ci, &Run::promotion(1, "v1.0.0", 1, "none", "dev"), None, None, &[]);
    let report = hand.keep(br#"{"found":0}"#);
    let passed = hand.write(
        &ci,
        "gate.completed",
        with(with(with(gate(1, "passed"), "evidence", report), "duration_ms", json!(812)), "message", json!("nothing found — \u{e9}")),
    );
    hand.carry_out(&ci, &Run::promotion(2, "v1.0.0", 1, "dev", "staging"), None, None, &[passed]);
    let added = dave.requested(&hand.genesis());
    hand.write(&alice, "key.added", json!({"key": added}));
    hand.register(&ci, "v1.1.0", 2);
    taken_over(&mut hand, &ci, &dave);
    refused(&mut hand, &ci);
    locked(&mut hand, &alice, &ci);
    rolled_back(&mut hand, &ci);
    aborted(&mut hand, &alice, &ci);
    hand.write(&alice, "key.revoked", dave.revocation());
    hand.write_with(&alice, "clock.corrected", json!({"reason": "the runner's clock was ahead"}), |draft| {
        draft.time = "2026-01-15T09:00:00.000001Z".to_owned().try_into().expect("a time");
    });
    Case::valid("full-story", "Every kind of thing that one admin's ledger can hold, in one log.", &hand)
}

fn taken_over(hand: &mut Hand, ci: &Key, dave: &Key) {
    let mut run = Run::promotion(3, "v1.1.0", 2, "none", "dev");
    hand.begin(ci, &run, Some(("v1.0.0", "newer")));
    hand.tag(ci, &run, "immutable", None);
    hand.write(dave, "promotion.taken_over", run.taken_over("ci:acme/shop"));
    run.epoch = 2;
    hand.tag(dave, &run, "latest", Some(1));
    hand.complete(dave, &run, &[]);
}

fn refused(hand: &mut Hand, ci: &Key) {
    let run = Run::promotion(4, "v1.0.0", 1, "none", "dev");
    let asked = with(with(run.authorized(), "outcome", json!("refused")), "authorized_via", json!("in no group that is allowed"));
    hand.write(ci, "authorization.decided", asked);
    hand.write(ci, "downgrade.decided", run.compared(Some(("v1.1.0", "older")), false, "refused"));
    hand.write(ci, "promotion.refused", run.refused(14));
    hand.write(ci, "rollback.refused", Run::rollback(5, "dev", ("v0.9.0", 9), ("v1.1.0", 2), 1).refused(11));
}

fn locked(hand: &mut Hand, alice: &Key, ci: &Key) {
    let lock = json!({"environment": "staging", "pipeline": PIPELINE, "reason": "the quarter closes"});
    let whole = hand.write(alice, "environment.locked", lock.clone());
    let narrowed = hand.write(alice, "environment.locked", with(lock, "component", json!(COMPONENT)));
    hand.write(ci, "promotion.refused", Run::promotion(6, "v1.1.0", 2, "dev", "staging").refused(13));
    let lift = |lock: u64| json!({"environment": "staging", "lock": lock, "pipeline": PIPELINE, "reason": "closed"});
    hand.write(alice, "environment.unlocked", lift(whole));
    hand.write(alice, "environment.unlocked", with(lift(narrowed), "component", json!(COMPONENT)));
    let allowed = json!({
        "action": "lock", "authorized_via": RIGHT, "environment": "staging", "outcome": "passed", "pipeline": PIPELINE,
    });
    hand.write(ci, "authorization.decided", allowed);
}

fn rolled_back(hand: &mut Hand, ci: &Key) {
    hand.carry_out(ci, &Run::rollback(7, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1), None, Some(2), &[]);
    let failing = Run::rollback(8, "dev", ("v1.1.0", 2), ("v1.0.0", 1), 1);
    hand.request(ci, &failing);
    hand.write(ci, "rollback.failed", failing.failed(&json!([])));
}

/// The mutable tag was moved and is put back; the other cannot be unmade, and is named.
fn aborted(hand: &mut Hand, alice: &Key, ci: &Key) {
    hand.register(ci, "v1.2.0", 3);
    let run = Run::promotion(9, "v1.2.0", 3, "none", "dev");
    hand.begin(ci, &run, Some(("v1.0.0", "newer")));
    hand.tags(ci, &run, Some(1));
    hand.write(ci, "step.started", run.start("latest", 1, Some(3)));
    hand.write(ci, "registry.tagged", run.tagged("latest", 1));
    hand.write(alice, "promotion.aborted", run.aborted(&json!([{"digest": digest(3), "tag": run.tag("immutable")}])));
    let failing = Run { number: 10, ..run };
    hand.request(ci, &failing);
    hand.write(ci, "promotion.failed", failing.failed(&json!([])));
}

fn two_admins() -> Case {
    let (alice, bob, recovery, dave, ci) = (Key::alice(), Key::bob(), Key::recovery(), Key::dave(), Key::ci());
    let mut hand = Hand::default();
    hand.created(2, &[&alice, &bob], Some(&recovery));
    let genesis = hand.genesis();
    let add = hand.write(&alice, "key.proposed", json!({"change": {"add": dave.requested(&genesis)}}));
    hand.write(&bob, "key.endorsed", json!({"proposal": add}));
    hand.write(&dave, "promotion.refused", Run::promotion(1, "v1.0.0", 1, "none", "dev").refused(9));
    let revoke = hand.write(&bob, "key.proposed", json!({"change": {"revoke": dave.revocation()}}));
    hand.write(&alice, "key.endorsed", json!({"proposal": revoke}));
    hand.write(&recovery, "key.added", json!({"key": ci.requested(&genesis)}));
    hand.write(&recovery, "key.revoked", ci.revocation());
    Case::valid("two-admins", "Keys change by proposal and endorsement, and by the recovery key alone.", &hand)
}

/// An endorsement counts for whoever's key signed it, as long as that is an admin.
fn three_admins() -> Case {
    let (alice, dave) = (Key::alice(), Key::dave());
    let bob = Key::new("acme.example/bob", "bob", [2; 32], json!([with(everything(), "act_for", json!(["carol"]))]));
    let carol = Key::new("acme.example/carol", "carol", [8; 32], json!([everything()]));
    let mut hand = Hand::default();
    hand.created(2, &[&alice, &bob, &carol], None);
    let genesis = hand.genesis();
    let add = hand.write(&alice, "key.proposed", json!({"change": {"add": dave.requested(&genesis)}}));
    let revoke = hand.write(&bob, "key.proposed", json!({"change": {"revoke": alice.revocation()}}));
    hand.write(&carol, "key.endorsed", json!({"proposal": revoke}));
    hand.write_with(&bob, "key.endorsed", json!({"proposal": add}), |draft| {
        draft.actor = "carol".to_owned().try_into().expect("a principal");
    });
    hand.write(&carol, "key.endorsed", json!({"proposal": add}));
    hand.write(&dave, "promotion.refused", Run::promotion(1, "v1.0.0", 1, "none", "dev").refused(9));
    Case::valid("three-admins", "Who proposed is no admin any more; two others endorse, one of them as actor for the other.", &hand)
}

/// Every key is narrowed to no more than what it touches.
fn narrowed() -> Case {
    let alice = Key::alice();
    let key = |name: &str, principal, seed, lists: [Value; 4], permissions: Value| {
        let [pipelines, components, environments, gates] = lists;
        let grant = with(with(everything(), "pipelines", pipelines), "components", components);
        let grant = with(with(with(grant, "environments", environments), "gates", gates), "permissions", permissions);
        Key::new(name, principal, [seed; 32], json!([grant]))
    };
    let (none, all) = (|| json!([]), || json!(["*"]));
    let (shop, api, dev) = (|| json!([PIPELINE]), || json!([COMPONENT]), || json!(["dev"]));
    let rules = key("acme.example/rules", "rules", 11, [shop(), all(), all(), all()], json!(["manifest.adopted"]));
    let builder = key("acme.example/builder", "builder", 12, [shop(), api(), none(), none()], json!(["artifact.registered"]));
    let scanner = key("acme.example/scanner", "scanner", 13, [shop(), api(), json!(["staging"]), json!([GATE])], json!(["gate.completed"]));
    let runner = key("acme.example/runner", "runner", 14, [shop(), api(), dev(), none()], all());
    let locks = json!(["environment.locked", "environment.unlocked"]);
    let keeper = key("acme.example/keeper", "keeper", 15, [shop(), all(), dev(), none()], locks);
    let mut hand = Hand::with(&[&alice, &rules, &builder, &scanner, &runner, &keeper]);
    hand.adopt(&rules);
    hand.register(&builder, "v1.0.0", 1);
    hand.gate(&scanner, 1, "passed");
    hand.carry_out(&runner, &Run::promotion(1, "v1.0.0", 1, "none", "dev"), None, None, &[]);
    let lock = hand.write(&keeper, "environment.locked", json!({"environment": "dev", "pipeline": PIPELINE, "reason": "x"}));
    hand.write(&keeper, "environment.unlocked", json!({"environment": "dev", "lock": lock, "pipeline": PIPELINE}));
    let one = json!({"component": COMPONENT, "environment": "dev", "pipeline": PIPELINE, "reason": "x"});
    hand.write(&runner, "environment.locked", one);
    Case::valid("narrowed-grants", "Keys whose grants are narrowed to what they touch, and no further.", &hand)
}

/// What the guard refused to somebody else takes nothing from a run that it let pass.
fn downgraded() -> Case {
    let alice = Key::alice();
    let mut hand = Hand::with(&[&alice]);
    hand.adopt(&alice);
    hand.register(&alice, "v1.1.0", 2);
    hand.carry_out(&alice, &Run::promotion(1, "v1.1.0", 2, "none", "dev"), None, None, &[]);
    hand.register(&alice, "v1.0.0", 1);
    let older = Run { meant: true, ..Run::promotion(2, "v1.0.0", 1, "none", "dev") };
    let there = Some(("v1.1.0", "older"));
    hand.begin(&alice, &older, there);
    hand.write(&alice, "downgrade.decided", older.compared(there, false, "refused"));
    hand.tags(&alice, &older, Some(2));
    hand.complete(&alice, &older, &[]);
    Case::valid("downgrade-meant", "An older version lands because that was meant; a refusal without that word changes nothing.", &hand)
}

fn bodies() -> Case {
    let alice = Key::alice();
    let mut hand = Hand::with(&[&alice]);
    hand.adopt(&alice);
    for (of, body) in [(1, &b"kept"[..]), (2, b"taken away"), (3, b"")] {
        let evidence = hand.keep(body);
        hand.write(&alice, "gate.completed", with(gate(of, "warning"), "evidence", evidence));
    }
    let removed = hand.bodies.remove(1);
    hand.write(&alice, "body.removed", json!({"digest": removed.digest, "reason": "it named a customer"}));
    Case::valid("bodies", "Three bodies are named: one is kept, one is empty, one is gone and an entry says so.", &hand)
}

/// An entry of exactly 65,535 bytes.
fn longest() -> Case {
    let alice = Key::alice();
    let mut hand = Hand::with(&[&alice]);
    let run = Run::promotion(1, "v1.0.0", 1, "none", "dev");
    let fill = |length: usize| {
        let mut reasons = vec![json!({"code": 1, "message": "x".repeat(1024)}); 61];
        reasons.push(json!({"code": 1, "message": "x".repeat(length)}));
        json!({"promotion": run.json(), "reasons": reasons})
    };
    let mut trial = hand.clone();
    trial.write(&alice, "promotion.refused", fill(1));
    let missing = 65_535 - trial.notes.last().expect("an entry").len();
    hand.write(&alice, "promotion.refused", fill(1 + missing));
    Case::valid("longest-entry", "An entry as long as an entry may be: 65,535 bytes.", &hand)
}

/// Values at the edges of what is allowed.
fn edges() -> Case {
    let alice = Key::alice();
    let mut hand = Hand::with(&[&alice]);
    let components = json!([{"name": "api", "repository": "http://0:65535/0"}, {"name": "web", "repository": "oci-layout:~"}]);
    let rules = with(with(rules("block"), "pipeline", json!("9".repeat(64))), "components", components);
    hand.write(&alice, "manifest.adopted", json!({"rules": rules}));
    hand.write(&alice, "artifact.registered", with(registration(&"Z".repeat(75), 1), "pipeline", json!("9".repeat(64))));
    hand.write_with(&alice, "clock.corrected", json!({"reason": "\u{0}\u{7f}\u{2028}\u{10ffff}\"\\/\u{8}\t\n\u{c}\r"}), |draft| {
        draft.time = "1970-01-01T00:00:00.000000Z".to_owned().try_into().expect("a time");
    });
    hand.write_with(&alice, "format.raised", json!({"level": u32::MAX}), |draft| {
        draft.id = "ffffffff-ffff-ffff-ffff-ffffffffffff".to_owned().try_into().expect("an id");
        draft.agent = "!".repeat(64).try_into().expect("an agent");
        draft.time = "9999-12-30T22:00:00.000000Z".to_owned().try_into().expect("a time");
    });
    Case::valid("edges", "Escapes, the first and the last time there are, the longest names, the highest level.", &hand)
}

fn pinned() -> Case {
    let alice = Key::alice();
    let mut hand = Hand::with(&[&alice]);
    let head = hand.head();
    hand.adopt(&alice);
    let pins = PinsText {
        origin: Some(super::hand::ORIGIN.to_owned()),
        genesis: Some(head.to_string()),
        size: Some(1),
        head: Some(head.to_string()),
        key: Some(alice.secret.verifier_key().to_string()),
    };
    Case::valid("pinned", "The log begins as the auditor remembers it.", &hand).pinned(pins, true)
}

fn not_understood() -> Case {
    let (alice, ci) = (Key::alice(), Key::ci());
    let mut hand = Hand::with(&[&alice, &ci]);
    hand.write(&alice, "format.raised", json!({"level": 2}));
    hand.adopt(&alice);
    let unknown = hand.write_raw(&ci, "deploy.finished", 1, &json!({"pipeline": PIPELINE}));
    hand.write_raw(&ci, "artifact.registered", 2, &json!({}));
    hand.register(&ci, "v1.0.0", 1);
    hand.register(&ci, "v1.0.0", 2);
    Case::new(
        "valid",
        "not-understood",
        "An entry of a later level of the format, and known ones behind it, over which the law is not asked.",
        &hand,
        Wrong::Other(22, Some(unknown), "not-understood"),
    )
}
