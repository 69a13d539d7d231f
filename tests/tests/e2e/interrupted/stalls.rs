//! A real registry behind a proxy: a registry that goes away, a stale holder.

use promoledger_tests::proxy::{Fault, Gate, Proxy, Request};
use promoledger_tests::registry::Registry;

use crate::interrupted::{expect_tags_that_are_claimed, faults};
use crate::shop::{PLAIN, Shop, digest};

/// A registry, a proxy before it, and a shop that speaks through the proxy.
pub(super) struct Line {
    pub(super) registry: Registry,
    pub(super) proxy: Proxy,
    pub(super) shop: Shop,
}

impl Line {
    /// Everything up, and one release in dev.
    pub(super) fn new() -> Self {
        let registry = Registry::start();
        let proxy = Proxy::before(&registry.host());
        let shop = Shop::behind(&proxy.host(), &registry, PLAIN);
        shop.promote("v1.0.0", "none", "dev").expect_code(0);
        Self { registry, proxy, shop }
    }

    /// Registers the nth further release. Neighbours stand for different images, so that each promotion moves `latest`.
    pub(super) fn release(&self, nth: usize) -> (String, String) {
        let version = format!("v3.{nth}.0");
        let digest = digest("api", if nth.is_multiple_of(2) { "v1.1.0" } else { "v1.2.0" });
        self.shop.run(&["register", &version, "--ref", &digest]).expect_code(0);
        (version, digest)
    }

    /// The requests of a promotion that nothing disturbs.
    pub(super) fn requests_of_a_promotion(&self) -> Vec<Request> {
        let (version, _) = self.release(0);
        let before = self.proxy.requests().len();
        self.shop.promote(&version, "none", "dev").expect_code(0);
        let requests = self.proxy.requests().split_off(before);
        assert!(requests.len() >= 6, "{requests:?}");
        assert_eq!(requests.iter().filter(|request| request.method == "PUT").count(), 2, "{requests:?}");
        requests
    }

    /// Hurts the nth request (from 1) of the promotion that comes next, which makes those requests.
    pub(super) fn hurt(&self, requests: &[Request], nth: usize, fault: Fault) {
        let method = &requests[nth - 1].method;
        let place = requests[..nth].iter().filter(|request| request.method == *method).count();
        self.proxy.hurt(place, method, "", fault);
    }

    /// Runs the promotion again, undisturbed, and looks that all of it is there.
    #[track_caller]
    pub(super) fn finish(&self, version: &str, digest: &str, what: &str) {
        self.shop.promote(version, "none", "dev").expect_code(0);
        for tag in [&format!("{version}-dev"), "latest-dev"] {
            assert_eq!(self.shop.tag(tag).as_deref(), Some(digest), "{what}: {tag}");
        }
        assert_eq!(self.shop.whereabouts()["dev/api"], format!("{version} {digest}"), "{what}");
    }
}

// proves: NFR-004
#[test]
fn a_registry_that_goes_away_half_way_leaves_a_promotion_that_can_be_finished() {
    let mut line = Line::new();
    let (version, digest) = line.release(1);
    let gate = Gate::new();
    line.proxy.hurt(2, "PUT", "/manifests/", Fault::Stall(gate.clone()));
    let running = line.shop.admin().spawn(&[&line.shop.promotion(&version, "none", "dev")[..], &["--output", "json"]].concat());
    gate.wait_until_reached();
    line.registry.stop();
    gate.open();
    let error = running.wait().expect_code(5).json()["error"].clone();
    assert_eq!(error["kind"], "unavailable");
    assert_eq!(error["resumable"], true);
    let id = error["promotion_id"].as_str().expect("the promotion that is under way is named").to_owned();
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains(&format!("promoledger resume {id}"))), "{error}");

    // Nothing is claimed that did not happen, and another release is kept out meanwhile.
    assert_eq!(line.shop.json(&["status"])["under_way"][0]["promotion_id"], id.as_str());
    line.shop.run(&["verify"]).expect_code(0);
    line.registry.restart();
    assert_eq!(line.shop.tag("latest-dev"), Some(self::digest("api", "v1.0.0")));
    expect_tags_that_are_claimed(&line.shop, 0);
    line.shop.refused(7, &line.shop.promotion("v1.1.0", "none", "dev"));
    line.finish(&version, &digest, "the registry came back");
    line.shop.expect_sound();
}

// proves: NFR-004
#[test]
fn a_registry_that_is_gone_does_not_keep_an_abort_from_being_recorded() {
    let mut line = Line::new();
    let (version, _) = line.release(1);
    let gate = Gate::new();
    line.proxy.hurt(2, "PUT", "/manifests/", Fault::Stall(gate.clone()));
    let running = line.shop.start_promotion(&version, "none", "dev");
    gate.wait_until_reached();
    line.registry.stop();
    gate.open();
    let _ = running.kill();
    let run = line.shop.run(&["abort", "--reason", "give up"]).expect_code(5);
    assert!(run.stderr.contains("--leave-tags"), "{}", run.stderr);
    let aborted = line.shop.json(&["abort", "--reason", "give up", "--leave-tags"]);
    let left: Vec<&str> = aborted["tags_left"].as_array().into_iter().flatten().filter_map(|tag| tag["tag"].as_str()).collect();
    assert!(left.contains(&"latest-dev") && left.contains(&format!("{version}-dev").as_str()), "{aborted}");
    line.registry.restart();
    // The next one goes ahead, and its tag is where the one that was given up would have been.
    line.shop.promote("v1.1.0", "none", "dev").expect_code(0);
    assert_eq!(line.shop.tag("latest-dev"), Some(digest("api", "v1.1.0")));
    line.shop.expect_sound();
}

/// Rules may drop a component while a run of it hangs: nothing goes on then, and the run can still be ended.
// proves: NFR-004
#[test]
fn a_run_whose_component_the_rules_dropped_can_be_ended() {
    let mut line = Line::new();
    let (version, _) = line.release(1);
    let gate = Gate::new();
    line.proxy.hurt(2, "PUT", "/manifests/", Fault::Stall(gate.clone()));
    let running = line.shop.start_promotion(&version, "none", "dev");
    gate.wait_until_reached();
    let _ = running.kill();
    gate.open();
    let other = "artifacts:\n  registry: http://127.0.0.1:1\n  promotion:\n    pipeline: shop\n    components: {web: web}\n";
    line.shop.workspace.write("other.yaml", other);
    line.shop.run(&["manifest", "adopt", "other.yaml"]).expect_code(0);
    for command in [&["resume"][..], &["abort", "--reason", "gone"]] {
        let run = line.shop.run(command).expect_code(3);
        assert!(run.stderr.contains("has no component api") && run.stderr.contains("--leave-tags"), "{}", run.stderr);
    }
    let aborted = line.shop.json(&["abort", "--reason", "the component is gone", "--leave-tags"]);
    assert!(!aborted["tags_left"].as_array().unwrap().is_empty(), "{aborted}");
    line.registry.stop();
    line.shop.expect_sound();
}

// proves: NFR-004, wf.promote.concurrency
#[test]
fn a_promotion_is_one_processs_until_it_dies_and_nobody_moves_latest_back() {
    let line = Line::new();
    let (version, old) = line.release(1);
    let gate = Gate::new();
    line.proxy.hurt(2, "PUT", "/manifests/", Fault::Stall(gate.clone()));
    let mut first = line.shop.start_promotion(&version, "none", "dev");
    gate.wait_until_reached();

    // While it lives nobody else walks there, whichever command they try.
    let error = line.shop.refused(7, &["resume"]);
    assert!(error["message"].as_str().is_some_and(|message| message.contains(&first.id().to_string())), "{error}");
    line.shop.refused(7, &["abort", "--reason", "x"]);
    line.shop.refused(7, &line.shop.promotion(&version, "none", "dev"));
    line.shop.refused(7, &["rollback", "v1.0.0", "--env", "dev", "--reason", "x"]);
    assert!(first.is_running());
    let _ = first.kill().expect_killed();

    // What it had sent arrives late, as it may; only then does the next one come.
    gate.open();
    faults::wait_until(|| line.shop.tag("latest-dev").as_ref() == Some(&old));
    let resumed = line.shop.json(&["resume"]);
    assert_eq!(resumed["resumed"], true);
    assert_eq!(line.shop.newest("promotion.taken_over").data()["epoch"], 2);

    let (newer, new) = line.release(2);
    line.shop.promote(&newer, "none", "dev").expect_code(0);
    line.shop.promote(&version, "none", "dev").expect_code(14);
    line.shop.refused(3, &["resume"]);
    assert_eq!(line.shop.tag("latest-dev").as_ref(), Some(&new));
    assert_eq!(line.shop.whereabouts()["dev/api"], format!("{newer} {new}"));
    line.shop.expect_sound();
}
