//! A registry that fails, breaks off, forgets to answer and lies, at each request of a promotion.

use std::thread;
use std::time::{Duration, Instant};

use promoledger_tests::proxy::Fault;

use crate::interrupted::expect_tags_that_are_claimed;
use crate::interrupted::stalls::Line;

/// Waits until it holds; fails after a minute.
pub(super) fn wait_until(holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "it did not come to that within a minute");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Hurts each request of a promotion once: the promotion succeeds by trying again, or ends as unavailable and is
/// finished by running it again. Gives how many succeeded at once, and how many requests there were.
fn hurt_each_request(name: &str, fault: &Fault) -> (usize, usize) {
    let line = Line::new();
    let requests = line.requests_of_a_promotion();
    let mut at_once = 0;
    for nth in 1..=requests.len() {
        let (version, digest) = line.release(nth);
        let before = line.shop.entries().len();
        line.hurt(&requests, nth, fault.clone());
        let run = line.shop.promote(&version, "none", "dev");
        let what = format!("{name} at request {nth}, {:?}", requests[nth - 1]);
        assert!(matches!(run.code, Some(0 | 5)), "{what}: {run:?}");
        at_once += usize::from(run.code == Some(0));
        expect_tags_that_are_claimed(&line.shop, before);
        line.finish(&version, &digest, &what);
    }
    line.shop.expect_sound();
    (at_once, requests.len())
}

// proves: NFR-004
#[test]
fn one_fault_at_any_request_is_overcome() {
    let too_many = Fault::Answer { status: 429, headers: vec![("Retry-After", "0".to_owned())], body: Vec::new() };
    // A 500 says that trying again is of no use: it ends the command, and running it again finishes.
    let faults = [
        ("500", Fault::status(500), false),
        ("503", Fault::status(503), true),
        ("429", too_many, true),
        ("half a body", Fault::CutBody, true),
        ("a lost answer", Fault::LoseAnswer, true),
        ("a lost request", Fault::LoseRequest, true),
    ];
    // Most of it is waiting before a retry.
    thread::scope(|scope| {
        let running =
            faults.each_ref().map(|(name, fault, tried_again)| (name, tried_again, scope.spawn(|| hurt_each_request(name, fault))));
        for (name, tried_again, thread) in running {
            let (at_once, all) = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            assert_eq!(at_once, if *tried_again { all } else { 0 }, "{name}: {at_once} of {all} succeeded at once");
        }
    });
}

// proves: NFR-004
#[test]
fn faults_that_go_on_end_as_unavailable_and_the_promotion_is_finished_later() {
    let line = Line::new();
    let (version, digest) = line.release(1);
    for nth in 1..=8 {
        // The second tag: the first is made by then.
        line.proxy.hurt(nth + 1, "PUT", "/manifests/", Fault::status(503));
    }
    let run = line.shop.promote(&version, "none", "dev").expect_code(5);
    assert!(run.stderr.contains("promoledger resume"), "{}", run.stderr);
    assert!(line.proxy.count("PUT", "/manifests/") >= 3, "it was tried more than once");
    expect_tags_that_are_claimed(&line.shop, 0);
    for _ in 0..3 {
        if line.shop.promote(&version, "none", "dev").code == Some(0) {
            break;
        }
    }
    line.finish(&version, &digest, "the faults ended");
    line.shop.expect_sound();
}

#[test]
fn a_registry_that_gives_other_bytes_is_not_believed() {
    let line = Line::new();
    let requests = line.requests_of_a_promotion();
    let forged = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[]}"#;
    let (version, digest) = line.release(1);
    let first = requests.iter().position(|request| request.method == "GET" && request.path.contains("/manifests/sha256:"));
    let nth = first.expect("a promotion reads the manifest by its digest") + 1;
    line.hurt(&requests, nth, Fault::ReplaceBody(forged.to_vec()));
    let error = line.shop.refused(4, &line.shop.promotion(&version, "none", "dev"));
    assert_eq!(error["kind"], "immutability_violated");
    assert!(line.shop.tag(&format!("{version}-dev")).is_none());
    line.finish(&version, &digest, "the registry tells the truth again");
}
