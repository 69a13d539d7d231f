//! Promotions that are taken over: who goes on with them, and what is only there to be ended.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, everything};
use super::super::run::{Run, digest, with};
use super::approvals::{asking, granting, needing};
use super::overriding::word;
use super::{FIRST, STAGING, adopted, begun, bob, dave, last};

pub(super) fn all() -> Vec<Case> {
    [movers(), approvers(), ended(), vec![taken_over(), overridden()]].into_iter().flatten().collect()
}

/// The run as it is after it was taken over so often.
const fn again(run: Run, times: u32) -> Run {
    Run { epoch: 1 + times, ..run }
}

/// Taken over from that holder to be ended.
fn to_abort(run: &Run, from_holder: &str) -> Value {
    with(run.taken_over(from_holder), "to_abort", json!(true))
}

fn separated() -> Value {
    json!({"separation_of_duties": true})
}

/// Whoever brought the digest to dev does not take over what brings it to staging.
fn movers() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let mut hand = begun(&separated());
    hand.begin(&bob, &STAGING, None);
    let mut of_bob = adopted(&json!({}), &separated());
    of_bob.carry_out(&bob, &FIRST, None, None, &[]);
    of_bob.begin(&dave, &STAGING, None);
    let mut unwinding = hand.clone();
    unwinding.write(&alice, "promotion.taken_over", to_abort(&STAGING, "bob"));
    let about = "Whoever brought the digest to dev took its promotion to staging over to end it, and goes on with it.";
    vec![
        last(&hand, "duties-going-on", "Whoever brought the digest to dev takes its promotion to staging over.", "duties", |hand| {
            hand.write(&alice, "promotion.taken_over", STAGING.taken_over("bob"));
        }),
        last(&of_bob, "duties-going-on-key", "The same with their key in another's name.", "duties", |hand| {
            hand.write_as(&bob, "frank", "promotion.taken_over", STAGING.taken_over("dave"));
        }),
        last(&unwinding, "duties-going-on-after-all", about, "duties", |hand| {
            hand.write(&alice, "promotion.taken_over", again(STAGING, 1).taken_over("alice"));
        }),
    ]
}

/// Dave asks for one approval, which somebody gives, and begins at entry 13.
fn approved(grant: impl FnOnce(&mut Hand, Value)) -> Hand {
    let mut hand = begun(&needing(1, &json!([])));
    let request = hand.write(&dave(), "approval.requested", asking(60));
    grant(&mut hand, granting(request));
    hand.begin(&dave(), &STAGING, None);
    hand
}

/// Nobody carries out what they approved.
fn approvers() -> Vec<Case> {
    let (alice, bob) = (Key::alice(), bob());
    let by_bob = approved(|hand, grant| {
        hand.write(&bob, "approval.granted", grant);
    });
    let by_frank = approved(|hand, grant| {
        hand.write_as(&bob, "frank", "approval.granted", grant);
    });
    let mut by_alice = begun(&needing(1, &json!([])));
    let request = by_alice.write_as(&bob, "frank", "approval.requested", asking(60));
    by_alice.write(&alice, "approval.granted", granting(request));
    let mut anew = by_bob.clone();
    anew.write(&dave(), "approval.requested", asking(60));
    let take = |hand: &Hand, name: &str, about: &str, (key, actor): (&Key, &str)| {
        last(hand, &format!("approvals-carried-out-{name}"), about, "approvals", |hand| {
            hand.write_as(key, actor, "promotion.taken_over", STAGING.taken_over("dave"));
        })
    };
    let acting_for = |principal: &'static str, name: &str| {
        let grants = json!([with(everything(), "act_for", json!([name]))]);
        Key::new("acme.example/spare", principal, [9; 32], grants)
    };
    let with_key = |hand: &Hand, key: &Key| {
        let mut hand = hand.clone();
        let genesis = hand.genesis();
        hand.write(&Key::alice(), "key.added", json!({"key": key.requested(&genesis)}));
        hand
    };
    let speaker = acting_for("grace", "bob");
    let spare = acting_for("alice", "frank");
    let mut begun_by_frank = with_key(&by_alice, &spare);
    begun_by_frank.write_as(&bob, "frank", "promotion.requested", STAGING.request().1);
    let mut for_frank = begun(&needing(1, &json!([])));
    let request = for_frank.write(&dave(), "approval.requested", asking(60));
    for_frank = with_key(&for_frank, &spare);
    for_frank.write_as(&spare, "frank", "approval.granted", granting(request));
    for_frank.begin(&bob, &STAGING, None);
    let about = "Whoever approved a promotion takes it over in the name of whoever holds it.";
    vec![
        take(&by_bob, "own", "Whoever approved a promotion takes it over.", (&bob, "bob")),
        take(&by_bob, "key", "Whoever approved a promotion takes it over with their key in another's name.", (&bob, "frank")),
        take(&by_frank, "for-another", "Whoever approved a promotion in another's name takes it over.", (&bob, "bob")),
        take(&with_key(&by_bob, &speaker), "name", "A key takes a promotion over for whoever approved it.", (&speaker, "bob")),
        take(&anew, "anew", "Whoever approved a promotion takes it over after approvals were asked for anew.", (&bob, "bob")),
        last(&begun_by_frank, "approvals-carried-out-for-the-holder", about, "approvals", |hand| {
            hand.write_as(&spare, "frank", "promotion.taken_over", STAGING.taken_over("frank"));
        }),
        last(
            &for_frank,
            "approvals-carried-out-with-the-holders-key",
            "The key of whoever holds a promotion takes it over for whoever approved it.",
            "approvals",
            |hand| {
                hand.write_as(&bob, "frank", "promotion.taken_over", STAGING.taken_over("bob"));
            },
        ),
    ]
}

/// What was taken over to be ended goes no further.
fn ended() -> Vec<Case> {
    let (alice, bob) = (Key::alice(), bob());
    let mut hand = begun(&json!({}));
    hand.begin(&bob, &STAGING, None);
    let mut tagged = hand.clone();
    tagged.tags(&bob, &STAGING, None);
    for hand in [&mut hand, &mut tagged] {
        hand.write(&alice, "promotion.taken_over", to_abort(&STAGING, "bob"));
    }
    let run = again(STAGING, 1);
    vec![
        last(&hand, "tags-unwinding", "A tag is announced for what was taken over to be ended.", "tags", |hand| {
            hand.write(&alice, "step.started", run.start("immutable", 1, None));
        }),
        last(&tagged, "epoch-unwinding", "What was taken over to be ended is completed.", "epoch", |hand| {
            hand.complete(&alice, &run, &[]);
        }),
    ]
}

fn taken_over() -> Case {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let mut hand = adopted(&separated(), &separated());
    // Dave means to end it, and alice goes on: he brought nothing to dev.
    hand.begin(&alice, &FIRST, None);
    hand.write(&dave, "promotion.taken_over", to_abort(&FIRST, "alice"));
    hand.write(&alice, "promotion.taken_over", again(FIRST, 1).taken_over("dave"));
    let run = again(FIRST, 2);
    hand.tags(&alice, &run, None);
    hand.complete(&alice, &run, &[]);
    hand.carry_out(&dave, &STAGING, None, None, &[]);
    hand.register(&alice, "v1.1.0", 2);
    put_back(&mut hand);
    hand.carry_out(&alice, &Run::promotion(4, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    let back = Run::rollback(5, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1);
    hand.begin(&bob, &back, None);
    hand.write(&alice, "promotion.taken_over", back.taken_over("bob"));
    let back = again(back, 1);
    hand.tags(&alice, &back, Some(2));
    hand.complete(&alice, &back, &[]);
    Case::valid(
        "taken-over",
        "Promotions are taken over to be gone on with and to be ended, and a rollback by whoever was there before.",
        &hand,
    )
}

/// v1.1.0 is on its way to dev when whoever holds it is told to end it.
fn put_back(hand: &mut Hand) {
    let (alice, bob) = (Key::alice(), bob());
    let run = Run::promotion(3, "v1.1.0", 2, "none", "dev");
    hand.begin(&bob, &run, Some(("v1.0.0", "newer")));
    hand.tags(&bob, &run, Some(1));
    hand.write(&alice, "promotion.taken_over", to_abort(&run, "bob"));
    let run = again(run, 1);
    hand.write(&alice, "step.started", run.start("latest", 1, Some(2)));
    hand.write(&alice, "registry.tagged", run.tagged("latest", 1));
    hand.write(&alice, "promotion.aborted", run.aborted(&json!([{"digest": digest(2), "tag": "v1.1.0-dev"}])));
}

/// Whoever is at a promotion goes on with it whatever they approved, and everybody where approvals were overridden.
fn overridden() -> Case {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let mut hand = begun(&needing(1, &json!([])));
    let request = hand.write(&dave, "approval.requested", asking(60));
    for key in [&alice, &bob] {
        hand.write(key, "approval.granted", granting(request));
    }
    hand.begin(&bob, &STAGING, None);
    hand.write(&bob, "promotion.taken_over", STAGING.taken_over("bob"));
    let run = again(STAGING, 1);
    hand.write(&bob, "promotion.aborted", run.aborted(&json!([])));
    hand.write(&alice, "approval.rejected", with(granting(request), "reason", json!("not on a Friday")));
    let run = Run { number: 3, ..STAGING };
    hand.write(&dave, "guard.overridden", word(&run, &["approvals"]));
    hand.begin(&dave, &run, None);
    hand.write(&bob, "promotion.taken_over", run.taken_over("dave"));
    let run = again(run, 1);
    hand.tags(&bob, &run, None);
    hand.complete(&bob, &run, &[]);
    Case::valid("taken-over-by-approvers", "Promotions are taken over by those who approved them and may go on all the same.", &hand)
}
