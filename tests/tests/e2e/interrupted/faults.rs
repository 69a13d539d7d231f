//! A registry whose faults go on, and one that gives other bytes: what the user is told, and how it ends.

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
