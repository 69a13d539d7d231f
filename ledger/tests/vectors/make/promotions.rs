//! The law of releases and promotions: no step without the one before, no completion without all that the rules demand.

use serde_json::{Value, json};

use super::Case;
use super::hand::{Hand, Key};
use super::run::{GATE, PIPELINE, Run, cited, digest, gate, registration, rules, with};

pub(crate) fn all() -> Vec<Case> {
    [known(), requested(), agreed(), decided(), tagged(), gates(), ended()].into_iter().flatten().collect()
}

/// A first promotion of v1.0.0 to dev.
const FIRST: Run = Run::promotion(1, "v1.0.0", 1, "none", "dev");
/// Its next step, to staging, behind a gate.
const STAGING: Run = Run::promotion(2, "v1.0.0", 1, "dev", "staging");

/// Rules in force and v1.0.0 registered.
fn registered() -> (Hand, Key) {
    let alice = Key::alice();
    let mut hand = Hand::with(&[&alice]);
    hand.adopt(&alice);
    hand.register(&alice, "v1.0.0", 1);
    (hand, alice)
}

/// The last entry is that event, and breaks that rule.
fn last(hand: &Hand, name: &str, about: &str, (event_type, data): (&str, Value), rule: &'static str) -> Case {
    let mut hand = hand.clone();
    hand.write(&Key::alice(), event_type, data);
    Case::unlawful(format!("law-{name}"), about, &hand, rule)
}

/// Names must stand in the rules in force, and a version stands for one digest.
fn known() -> Vec<Case> {
    let (hand, alice) = registered();
    let bare = Hand::with(&[&alice]);
    let lock = |environment: &str| json!({"environment": environment, "pipeline": PIPELINE, "reason": "x"});
    let other = |field: &str, value: &str| with(STAGING.json(), field, json!(value));
    let request = |promotion: Value| {
        ("promotion.requested", json!({"allow_downgrade": false, "forced": false, "manifest": 1, "promotion": promotion}))
    };
    let mut tagged = hand.clone();
    tagged.begin(&alice, &FIRST, None);
    tagged.write(&alice, "step.started", FIRST.start("immutable", 1, None));
    let elsewhere = with(FIRST.tagged("immutable", 1), "repository", json!("registry.acme.example/shop/web"));
    vec![
        last(
            &bare,
            "known-pipeline",
            "A release in a pipeline without rules.",
            ("artifact.registered", registration("v1.0.0", 1)),
            "known",
        ),
        last(
            &hand,
            "known-component",
            "A release of a component that the rules do not know.",
            ("artifact.registered", with(registration("v1.0.0", 1), "component", json!("web"))),
            "known",
        ),
        last(
            &hand,
            "known-gate-environment",
            "A gate's result for an environment that the rules do not know.",
            ("gate.completed", with(gate(1, "passed"), "environment", json!("prod"))),
            "known",
        ),
        last(
            &hand,
            "known-gate-component",
            "A gate's result for a component that the rules do not know.",
            ("gate.completed", with(gate(1, "passed"), "component", json!("web"))),
            "known",
        ),
        last(&hand, "known-lock", "A lock on an environment that the rules do not know.", ("environment.locked", lock("prod")), "known"),
        last(&hand, "known-request", "A promotion to an environment that the rules do not know.", request(other("to", "prod")), "known"),
        last(
            &hand,
            "known-downgrade",
            "A judgement in a pipeline without rules.",
            ("downgrade.decided", with(FIRST.compared(None, false, "refused"), "promotion", other("pipeline", "bank"))),
            "known",
        ),
        last(&tagged, "known-repository", "A tag in a repository that is not the component's.", ("registry.tagged", elsewhere), "known"),
        last(
            &hand,
            "release-once",
            "A version is registered again, for another digest.",
            ("artifact.registered", registration("v1.0.0", 2)),
            "release once",
        ),
        last(
            &hand,
            "release-once-same-digest",
            "A version is registered again, for the same digest.",
            ("artifact.registered", registration("v1.0.0", 1)),
            "release once",
        ),
    ]
}

/// What holds for a promotion that begins.
fn requested() -> Vec<Case> {
    let (hand, alice) = registered();
    let mut again = hand.clone();
    let adopted = again.write(&alice, "manifest.adopted", json!({"rules": rules("block")}));
    let mut begun = hand.clone();
    begun.request(&alice, &FIRST);
    let mut there = hand.clone();
    there.carry_out(&alice, &FIRST, None, None, &[]);
    let mut locked = hand.clone();
    locked.write(&alice, "environment.locked", json!({"environment": "dev", "pipeline": PIPELINE, "reason": "x"}));
    let mut left = there.clone();
    left.register(&alice, "v1.1.0", 2);
    left.carry_out(&alice, &Run::promotion(3, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    left.carry_out(&alice, &Run::rollback(4, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1), None, Some(2), &[]);
    let elsewhere = Run { number: FIRST.number, ..STAGING };
    let rolled = Run::promotion(5, "v1.1.0", 2, "dev", "staging");
    vec![
        last(&again, "manifest-superseded", "A promotion under a manifest that is no more in force.", FIRST.request(), "manifest"),
        last(
            &hand,
            "manifest-never",
            "A promotion under an entry that adopted no manifest.",
            Run { manifest: adopted, ..FIRST }.request(),
            "manifest",
        ),
        last(&begun, "alone", "A second promotion of a component in an environment.", Run { number: 9, ..FIRST }.request(), "alone"),
        last(&begun, "alone-id", "A second promotion under the id of one that is under way.", elsewhere.request(), "alone"),
        last(&hand, "path-skipped", "A promotion that skips an environment.", Run { from: "none", ..STAGING }.request(), "path"),
        last(
            &hand,
            "path-backwards",
            "A promotion from the end of the path to its beginning.",
            Run { from: "staging", ..FIRST }.request(),
            "path",
        ),
        last(&hand, "path-not-there", "A promotion of what was never in the environment before.", STAGING.request(), "path"),
        last(&left, "path-rolled-back", "A promotion of what was rolled back from the environment before.", rolled.request(), "path"),
        last(
            &hand,
            "release-unknown",
            "A promotion of a version that was never registered.",
            Run { version: "v9.9.9", ..FIRST }.request(),
            "release",
        ),
        last(
            &hand,
            "release-digest",
            "A promotion of another digest than the version stands for.",
            Run { digest: 2, ..FIRST }.request(),
            "release",
        ),
        last(&locked, "locks", "A promotion into a locked environment, by the lock's own owner.", FIRST.request(), "locks"),
        last(&there, "alone-id-again", "A promotion under the id of one that has ended.", elsewhere.request(), "alone"),
        last(
            &there,
            "already-there",
            "A promotion of what is there, without force.",
            Run { number: 9, ..FIRST }.request(),
            "already there",
        ),
    ]
}

/// Events of a run belong to one that is under way, agree with it, and come from its holder.
fn agreed() -> Vec<Case> {
    let (hand, alice) = registered();
    let ci = Key::ci();
    let mut two = Hand::with(&[&alice, &ci]);
    two.adopt(&alice);
    two.register(&alice, "v1.0.0", 1);
    two.request(&ci, &FIRST);
    let mut taken = two.clone();
    taken.write(&alice, "promotion.taken_over", FIRST.taken_over("ci:acme/shop"));
    let mut begun = hand.clone();
    begun.request(&alice, &FIRST);
    let mut ready = hand.clone();
    ready.begin(&alice, &FIRST, None);
    let mut done = ready.clone();
    done.tags(&alice, &FIRST, None);
    let as_rollback = json!({
        "authorization_passed": true, "authorized_via": super::run::RIGHT, "epoch": 1, "promotion": FIRST.json(),
        "leaves": {"digest": digest(2), "number": 1, "version": "v0.9.0"},
    });
    let second = Run { epoch: 2, ..FIRST };
    let other = |field: &str, value: Value| with(FIRST.authorized(), field, value);
    vec![
        last(
            &hand,
            "under-way-nothing",
            "A right is decided for a promotion that was never asked for.",
            ("authorization.decided", FIRST.authorized()),
            "under way",
        ),
        last(
            &begun,
            "under-way-other-digest",
            "A right is decided for another digest than was asked for.",
            ("authorization.decided", Run { digest: 2, ..FIRST }.authorized()),
            "under way",
        ),
        last(
            &begun,
            "under-way-environment",
            "A right is decided for another environment than its promotion's.",
            ("authorization.decided", other("environment", json!("staging"))),
            "under way",
        ),
        last(
            &begun,
            "under-way-step",
            "A tag is announced for a promotion that was never asked for.",
            ("step.started", Run { number: 9, ..FIRST }.start("immutable", 1, None)),
            "under way",
        ),
        last(&done, "under-way-as-rollback", "A promotion is completed as a rollback.", ("rollback.completed", as_rollback), "under way"),
        last(
            &begun,
            "under-way-failed-as-rollback",
            "A promotion fails as a rollback.",
            ("rollback.failed", FIRST.failed(&json!([]))),
            "under way",
        ),
        last(
            &begun,
            "authorized-another-action",
            "A right to roll back is decided for a promotion.",
            ("authorization.decided", other("action", json!("rollback"))),
            "authorized",
        ),
        last(
            &two,
            "epoch-holder",
            "A right is decided by somebody who does not hold the promotion.",
            ("authorization.decided", FIRST.authorized()),
            "epoch",
        ),
        last(
            &ready,
            "epoch-early",
            "A tag is announced in an epoch that has not begun.",
            ("step.started", second.start("immutable", 1, None)),
            "epoch",
        ),
        last(
            &taken,
            "epoch-late",
            "A promotion fails in an epoch that has ended.",
            ("promotion.failed", FIRST.failed(&json!([]))),
            "epoch",
        ),
        last(
            &taken,
            "epoch-abort",
            "A promotion is aborted in an epoch that has ended.",
            ("promotion.aborted", FIRST.aborted(&json!([]))),
            "epoch",
        ),
        last(
            &two,
            "epoch-skipped",
            "A promotion is taken over into the epoch after the next.",
            ("promotion.taken_over", second.taken_over("ci:acme/shop")),
            "epoch",
        ),
        last(
            &two,
            "epoch-from-holder",
            "A promotion is taken over from somebody who does not hold it.",
            ("promotion.taken_over", FIRST.taken_over("bob")),
            "epoch",
        ),
    ]
}

/// The downgrade guard and the right to go ahead.
fn decided() -> Vec<Case> {
    let (mut hand, alice) = registered();
    hand.carry_out(&alice, &FIRST, None, None, &[]);
    let older = Run::promotion(3, "v0.9.0", 9, "none", "dev");
    let strange = Run::promotion(4, "nightly", 8, "none", "dev");
    for run in [&older, &strange] {
        hand.register(&alice, run.version, run.digest);
    }
    let newer = Run { meant: true, ..Run::promotion(5, "v1.1.0", 2, "none", "dev") };
    let mut meant = hand.clone();
    meant.register(&alice, newer.version, newer.digest);
    meant.request(&alice, &newer);
    let mut lower = hand.clone();
    lower.request(&alice, &older);
    let mut blocked = hand.clone();
    let manifest = blocked.write(&alice, "manifest.adopted", json!({"rules": rules("block")}));
    let strange = Run { manifest, ..strange };
    blocked.request(&alice, &strange);
    let decided = |run: &Run, current, allow, outcome: &str| ("downgrade.decided", run.compared(current, allow, outcome));
    let (fresh, _) = registered();
    let mut right_only = fresh.clone();
    right_only.request(&alice, &FIRST);
    let mut guard_only = right_only.clone();
    right_only.authorize(&alice, &FIRST);
    let mut refused = right_only.clone();
    guard_only.compare(&alice, &FIRST, None);
    refused.compare(&alice, &FIRST, None);
    let mut completing = refused.clone();
    completing.tags(&alice, &FIRST, None);
    let completed = |field: &str, value: Value| {
        let (event_type, data) = FIRST.completed(&[]);
        (event_type, with(data, field, value))
    };
    let step = || ("step.started", FIRST.start("immutable", 1, None));
    vec![
        last(
            &lower,
            "downgrade-passes",
            "An older version passes without a word.",
            decided(&older, Some(("v1.0.0", "older")), false, "passed"),
            "downgrade",
        ),
        last(
            &lower,
            "downgrade-called-newer",
            "An older version is called a newer one.",
            decided(&older, Some(("v1.0.0", "newer")), false, "passed"),
            "downgrade",
        ),
        last(
            &lower,
            "downgrade-over-nothing",
            "What is there is passed over in silence.",
            decided(&older, None, false, "passed"),
            "downgrade",
        ),
        last(
            &lower,
            "downgrade-over-another",
            "An older version is compared with another than what is there.",
            decided(&older, Some(("v0.1.0", "newer")), false, "passed"),
            "downgrade",
        ),
        last(
            &lower,
            "downgrade-refused",
            "A refusal where the word was given.",
            decided(&older, Some(("v1.0.0", "older")), true, "refused"),
            "downgrade",
        ),
        last(
            &blocked,
            "downgrade-incomparable",
            "Versions that cannot be compared pass where the rules block them.",
            decided(&strange, Some(("v1.0.0", "incomparable")), false, "passed"),
            "downgrade",
        ),
        last(
            &lower,
            "downgrade-not-requested",
            "An older version passes by a word that was not given at the request.",
            decided(&older, Some(("v1.0.0", "older")), true, "passed"),
            "downgrade",
        ),
        last(
            &meant,
            "downgrade-requested-otherwise",
            "A decision leaves out the word that was given at the request.",
            decided(&newer, Some(("v1.0.0", "newer")), false, "passed"),
            "downgrade",
        ),
        last(&right_only, "downgrade-not-asked", "A tag is announced before the downgrade guard was asked.", step(), "downgrade"),
        last(&guard_only, "authorized-not-decided", "A tag is announced before the right was decided.", step(), "authorized"),
        last(
            &completing,
            "authorized-otherwise",
            "A completion names another right than was decided.",
            completed("authorized_via", json!("a friend")),
            "authorized",
        ),
        last(
            &completing,
            "authorized-not-passed",
            "A completion says that the right was not given.",
            completed("authorization_passed", json!(false)),
            "authorized",
        ),
    ]
}

/// Tags are those of the run, in their order, announced before they are written.
fn tagged() -> Vec<Case> {
    let (mut hand, alice) = registered();
    hand.begin(&alice, &FIRST, None);
    let mut announced = hand.clone();
    announced.write(&alice, "step.started", FIRST.start("immutable", 1, None));
    let mut taken = announced.clone();
    taken.write(&alice, "promotion.taken_over", FIRST.taken_over("alice"));
    let second = Run { epoch: 2, ..FIRST };
    let mut half = announced.clone();
    half.write(&alice, "registry.tagged", FIRST.tagged("immutable", 1));
    let mut moved = half.clone();
    moved.tag(&alice, &FIRST, "latest", Some(7));
    let mut unread = half.clone();
    unread.write(&alice, "step.started", FIRST.start("latest", 1, Some(7)));
    vec![
        last(
            &hand,
            "tags-foreign",
            "A tag that is not the promotion's.",
            ("step.started", with(FIRST.start("immutable", 1, None), "tag", json!("v1.0.0-staging"))),
            "tags",
        ),
        last(
            &hand,
            "tags-purpose",
            "A tag of the promotion for another purpose.",
            ("step.started", with(FIRST.start("immutable", 1, None), "purpose", json!("latest"))),
            "tags",
        ),
        last(
            &hand,
            "tags-order",
            "The mutable tag is announced before the immutable one stands.",
            ("step.started", FIRST.start("latest", 1, None)),
            "tags",
        ),
        last(
            &hand,
            "tags-moved-immutable",
            "The immutable tag is announced, and points at another digest already.",
            ("step.started", FIRST.start("immutable", 1, Some(7))),
            "tags",
        ),
        last(
            &half,
            "tags-digest",
            "A tag is announced that points at something else.",
            ("step.started", FIRST.start("latest", 7, Some(7))),
            "tags",
        ),
        last(
            &moved,
            "tags-put-back-elsewhere",
            "The mutable tag is put back to where it never was.",
            ("step.started", FIRST.start("latest", 6, Some(1))),
            "tags",
        ),
        last(
            &moved,
            "tags-put-back-immutable",
            "The immutable tag is put back.",
            ("step.started", FIRST.start("immutable", 7, Some(1))),
            "tags",
        ),
        last(
            &hand,
            "tags-not-announced",
            "A tag was written that was not announced.",
            ("registry.tagged", FIRST.tagged("immutable", 1)),
            "tags",
        ),
        last(
            &announced,
            "tags-written-otherwise",
            "A tag was written to another digest than announced.",
            ("registry.tagged", FIRST.tagged("immutable", 2)),
            "tags",
        ),
        last(
            &taken,
            "tags-announced-before",
            "A tag was written that was announced in an earlier epoch.",
            ("registry.tagged", second.tagged("immutable", 1)),
            "tags",
        ),
        last(&hand, "tags-missing", "A completion without tags.", FIRST.completed(&[]), "tags"),
        last(&half, "tags-half", "A completion with one of two tags.", FIRST.completed(&[]), "tags"),
        last(&unread, "tags-not-read-back", "A completion before the last tag was read back.", FIRST.completed(&[]), "tags"),
    ]
}

/// Every gate that the rules demanded at the request must have passed for this digest and environment, and is cited.
fn gates() -> Vec<Case> {
    let (mut hand, alice) = registered();
    hand.carry_out(&alice, &FIRST, None, None, &[]);
    hand.begin(&alice, &STAGING, None);
    let after = |status: &str| {
        let mut hand = hand.clone();
        hand.gate(&alice, 1, status);
        hand
    };
    let mut other = hand.clone();
    other.gate(&alice, 2, "passed");
    let mut elsewhere = hand.clone();
    elsewhere.write(&alice, "gate.completed", with(gate(1, "passed"), "environment", json!("dev")));
    let mut passed = hand.clone();
    let old = passed.gate(&alice, 1, "passed");
    passed.tags(&alice, &STAGING, None);
    let mut failed = passed.clone();
    failed.gate(&alice, 1, "failed");
    let mut newer = passed.clone();
    let new = newer.gate(&alice, 1, "passed");
    let mut dropped = passed.clone();
    let lenient = with(rules("warn"), "environments", json!([{"gates": [], "name": "dev"}, {"gates": [], "name": "staging"}]));
    dropped.write(&alice, "manifest.adopted", json!({"rules": lenient}));
    let step = || ("step.started", STAGING.start("immutable", 1, None));
    let citing = |gates: Value| {
        let (event_type, data) = STAGING.completed(&[]);
        (event_type, with(data, "gates", gates))
    };
    vec![
        last(&hand, "gates-no-result", "A tag is announced before the gate has a result.", step(), "gates"),
        last(&after("failed"), "gates-failed", "A tag is announced though the gate failed.", step(), "gates"),
        last(&after("skipped"), "gates-skipped", "A tag is announced though the gate was skipped.", step(), "gates"),
        last(&other, "gates-other-digest", "The gate passed for another digest.", step(), "gates"),
        last(&elsewhere, "gates-other-environment", "The gate passed for another environment.", step(), "gates"),
        last(&passed, "gates-missing", "A completion that does not cite its gate.", STAGING.completed(&[]), "gates"),
        last(&failed, "gates-failed-since", "A completion after the gate failed anew.", STAGING.completed(&[old]), "gates"),
        last(&newer, "gates-outdated", "A completion that cites a result which is not the newest.", STAGING.completed(&[old]), "gates"),
        last(
            &passed,
            "gates-status",
            "A completion that cites a result otherwise than it was.",
            citing(json!([cited(old, "warning")])),
            "gates",
        ),
        last(&newer, "gates-twice", "A completion that cites a gate twice.", STAGING.completed(&[new, new]), "gates"),
        last(
            &passed,
            "gates-other-name",
            "A completion that cites another gate.",
            citing(json!([with(cited(old, "passed"), "gate", json!(format!("{GATE}-2")))])),
            "gates",
        ),
        last(
            &dropped,
            "gates-of-the-request",
            "A completion without the gate of its request, which newer rules dropped.",
            STAGING.completed(&[]),
            "gates",
        ),
    ]
}

/// Tags that are not back where they were are named when a run ends without completing; refusals have reasons.
fn ended() -> Vec<Case> {
    let (mut hand, alice) = registered();
    hand.begin(&alice, &FIRST, None);
    let fresh = hand.clone();
    hand.tag(&alice, &FIRST, "immutable", None);
    hand.tag(&alice, &FIRST, "latest", Some(7));
    let left = |purpose: &str| json!({"digest": digest(1), "tag": FIRST.tag(purpose)});
    let failed = |left: Value| ("promotion.failed", FIRST.failed(&left));
    let coded = |code: u8| ("promotion.failed", with(FIRST.failed(&json!([])), "code", json!(code)));
    let refused = |code: u8| ("promotion.refused", FIRST.refused(code));
    vec![
        last(&hand, "tags-left-unnamed", "A failure that names none of the tags that it left.", failed(json!([])), "tags left"),
        last(&hand, "tags-left-one", "A failure that names one of two tags that it left.", failed(json!([left("immutable")])), "tags left"),
        last(
            &hand,
            "tags-left-order",
            "A failure that names the tags that it left in another order.",
            failed(json!([left("latest"), left("immutable")])),
            "tags left",
        ),
        last(
            &fresh,
            "tags-left-invented",
            "An abortion that names a tag which was never written.",
            ("promotion.aborted", FIRST.aborted(&json!([left("immutable")]))),
            "tags left",
        ),
        last(
            &fresh,
            "reasons-none",
            "A refusal without reasons.",
            ("promotion.refused", json!({"promotion": FIRST.json(), "reasons": []})),
            "reasons",
        ),
        last(&fresh, "reasons-success", "A refusal for the reason of success.", refused(0), "reasons"),
        last(&fresh, "reasons-failure-success", "A failure for the reason of success.", coded(0), "reasons"),
        last(&fresh, "reasons-failure-verdict", "A failure with a code that only a verifier gives.", coded(20), "reasons"),
        last(&fresh, "reasons-verdict", "A refusal with a code that only a verifier gives.", refused(20), "reasons"),
    ]
}
