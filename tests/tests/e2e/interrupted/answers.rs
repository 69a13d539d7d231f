//! A real registry that fails, throttles, forgets, breaks off and lies, at every request that a command makes.

use promoledger_tests::proxy::{Fault, Request};
use serde_json::Value;

use crate::interrupted::scene::{Copy, Scene, named_by, side_by_side};
use crate::shop::digest;

/// How many copies of a scene are hurt at a time: most of it is waiting before another try.
const WORKERS: usize = 6;

/// A manifest that nobody pushed.
const FORGED: &[u8] = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[]}"#;

/// What a registry does to one request.
struct Misdeed {
    name: &'static str,
    fault: fn(&Copy<'_>) -> Fault,
    /// The requests that it makes a difference to.
    befalls: fn(&Request) -> bool,
}

const fn any(name: &'static str, fault: fn(&Copy<'_>) -> Fault) -> Misdeed {
    Misdeed { name, fault, befalls: |_| true }
}

fn reads_a_tag(request: &Request) -> bool {
    request.method == "GET" && !request.path.contains("sha256:") && request.path.contains("/manifests/")
}

fn reads_a_digest(request: &Request) -> bool {
    request.method == "GET" && request.path.contains("sha256:")
}

fn has_a_body(request: &Request) -> bool {
    request.method == "GET"
}

/// 429 or another status with `Retry-After`, and `Date`, which a date is read against.
fn asking_to_wait(status: u16, wait: &str) -> Fault {
    let headers = vec![("Date", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned()), ("Retry-After", wait.to_owned())];
    Fault::Answer { status, headers, body: Vec::new() }
}

/// 401, as where a token has run out; the proxy is the token server, too.
fn asking_for_a_token(copy: &Copy<'_>) -> Fault {
    let token = Fault::Answer { status: 200, headers: Vec::new(), body: br#"{"token":"new"}"#.to_vec() };
    copy.proxy.hurt_from(1, "GET", "/token", token);
    let challenge = format!(r#"Bearer realm="http://{}/token",service="test""#, copy.proxy.host());
    Fault::Answer { status: 401, headers: vec![("WWW-Authenticate", challenge)], body: Vec::new() }
}

/// What passes: the next try goes well.
const PASSING: [Misdeed; 13] = [
    any("500", |_| Fault::status(500)),
    any("429, wait 1 s", |_| asking_to_wait(429, "1")),
    any("a token that ran out", asking_for_a_token),
    any("a lost request", |_| Fault::LoseRequest),
    any("a lost answer", |_| Fault::LoseAnswer),
    Misdeed { name: "a tag that is not known yet", fault: |_| Fault::status(404), befalls: reads_a_tag },
    any("502", |_| Fault::status(502)),
    any("503, wait until a date", |_| asking_to_wait(503, "Sun, 06 Nov 1994 08:49:38 GMT")),
    Misdeed { name: "an answer that breaks off", fault: |_| Fault::CutBody, befalls: has_a_body },
    any("504", |_| Fault::status(504)),
    Misdeed { name: "half of a manifest as if it were all", fault: |_| Fault::HalfBody, befalls: reads_a_tag },
    any("408", |_| Fault::status(408)),
    any("429, wait until a date", |_| asking_to_wait(429, "Sun, 06 Nov 1994 08:49:38 GMT")),
];

/// What goes on from one request to the end, and the exit code.
const LASTING: [(Misdeed, i32); 7] = [
    (any("500 for ever", |_| Fault::status(500)), 5),
    (any("429, wait an hour", |_| asking_to_wait(429, "3600")), 5),
    (any("gone", |_| Fault::LoseRequest), 5),
    (any("a login that nobody has", |_| Fault::status(401)), 2),
    (any("answers that break off", |_| Fault::CutBody), 5),
    (any("503 for ever", |_| Fault::status(503)), 5),
    (any("429 for ever", |_| asking_to_wait(429, "0")), 5),
];

/// What is not true. The exit code follows from the request (`verdict`).
const LIES: [Misdeed; 5] = [
    Misdeed { name: "other bytes", fault: |_| Fault::ReplaceBody(FORGED.to_vec()), befalls: has_a_manifest },
    Misdeed { name: "another image", fault: |_| Fault::Instead(digest("api", "v1.2.0")), befalls: names_a_manifest },
    Misdeed { name: "half of it as if it were all", fault: |_| Fault::HalfBody, befalls: reads_a_digest },
    Misdeed { name: "another digest in the header", fault: |_| lying_header(), befalls: |_| true },
    Misdeed { name: "a tag that was not written", fault: |_| Fault::status(201), befalls: |request| request.method == "PUT" },
];

fn has_a_manifest(request: &Request) -> bool {
    reads_a_tag(request) || reads_a_digest(request)
}

fn names_a_manifest(request: &Request) -> bool {
    request.method == "HEAD" || has_a_manifest(request)
}

fn lying_header() -> Fault {
    Fault::Header("Docker-Content-Digest", digest("api", "v1.2.0"))
}

/// A misdeed at a request (from 1).
type Hurt<'m> = (usize, &'m Misdeed);

/// Every misdeed at every request that it makes a difference to.
fn everywhere<'m>(scene: &Scene, misdeeds: &'m [Misdeed]) -> Vec<Hurt<'m>> {
    let requests = scene.requests.iter().enumerate();
    requests
        .flat_map(|(index, request)| misdeeds.iter().filter(|misdeed| (misdeed.befalls)(request)).map(move |misdeed| (index + 1, misdeed)))
        .collect()
}

/// Every `step`th of them.
fn spread<T>(all: impl IntoIterator<Item = T>, first: usize, step: usize) -> impl Iterator<Item = T> {
    all.into_iter().skip(first).step_by(step)
}

fn named(scene: &Scene, nth: usize, misdeed: &Misdeed) -> String {
    format!("{}: {} at request {nth}, {:?}", scene.name, misdeed.name, scene.requests[nth - 1])
}

/// Nobody notices: the next try goes well, and the log is that of a run that nothing disturbed.
fn expect_overcome(scene: &Scene, (nth, misdeed): Hurt<'_>) {
    let what = named(scene, nth, misdeed);
    let copy = scene.copy();
    copy.proxy.hurt(nth, "", "", (misdeed.fault)(&copy));
    let run = copy.run();
    assert_eq!(run.code, Some(0), "{what}: {run:?}");
    copy.expect_no_trace(&what);
}

/// It ends with that code, says so, and is finished or given up when the registry is itself again.
fn expect_an_end(scene: &Scene, nth: usize, misdeed: &Misdeed, code: i32) {
    let what = named(scene, nth, misdeed);
    let copy = scene.copy();
    copy.proxy.hurt_from(nth, "", "", (misdeed.fault)(&copy));
    let error = copy.shop.refused(code, &scene.command);
    expect_a_good_sentence(&copy, &scene.requests[nth - 1], &error, &what);
    copy.proxy.heal();
    if nth.is_multiple_of(2) { copy.resume(&what) } else { copy.abort(&what) }
}

fn expect_a_good_sentence(copy: &Copy<'_>, request: &Request, error: &Value, what: &str) {
    let (message, hint) = (error["message"].as_str().unwrap_or_default(), error["hint"].as_str().unwrap_or_default());
    assert!(message.contains(&copy.proxy.host()), "{what}: which registry? {error}");
    assert!(!hint.is_empty(), "{what}: what to do? {error}");
    let unavailable = error["kind"] == "unavailable";
    if unavailable && request.method == "PUT" {
        assert!(
            message.contains(named_by(request)) && message.contains(&copy.digest()),
            "{what}: which tag, and what was it to be? {error}"
        );
    }
    let under_way = copy.expect_honest(what);
    assert_eq!(error["resumable"] == true, under_way, "{what}: {error}");
    assert_eq!(hint.contains("promoledger resume"), under_way, "{what}: {error}");
}

/// The exit code that a lie about the answer to this request leads to.
fn verdict(scene: &Scene, misdeed: &Misdeed, request: &Request) -> &'static [i32] {
    match (misdeed.name, request.method.as_str()) {
        // Bytes are what counts, and a digest is asked for where there are none: of the tag that is moved, it matters
        // only to those who abort.
        ("another digest in the header", "GET" | "PUT") => &[0],
        // What is not there has no header to be believed.
        ("another digest in the header", "HEAD") if !scene.stands_before(request) => &[0],
        (_, "HEAD") if request.path.contains("latest-") => &[0],
        (_, "HEAD") => &[4, 10],
        _ => &[4],
    }
}

/// What a lie leads to is recorded or left to be gone on with; nothing is believed, nothing is left unsaid.
fn expect_disbelief(scene: &Scene, (nth, misdeed): Hurt<'_>) {
    let (what, request) = (named(scene, nth, misdeed), &scene.requests[nth - 1]);
    let copy = scene.copy();
    copy.proxy.hurt(nth, "", "", (misdeed.fault)(&copy));
    let run = copy.shop.run(&[&scene.command[..], &["--output", "json"]].concat());
    let expected = verdict(scene, misdeed, request);
    // A tag that is there already does not have to be written.
    let spared = request.method == "PUT" && scene.is_there_already(request);
    let code = run.code.unwrap_or(-1);
    assert!(expected.contains(&code) || (spared && code == 0), "{what}: {expected:?} was expected: {run:?}");
    if code != 0 {
        let error = run.json()["error"].clone();
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains("sha256:"), "{what}: which digests? {error}");
        if !copy.expect_honest(&what) && copy.has_begun() {
            copy.expect_put_back(&what);
        }
    }
    copy.proxy.heal();
    copy.resume(&what);
}

/// One thing that a registry does in a scene, and what is expected of it.
enum Trial<'m> {
    Overcome(Hurt<'m>),
    AnEnd(usize, &'m Misdeed, i32),
    Disbelief(Hurt<'m>),
}

/// Of the trials of each kind every so manyth. Steps that share no divisor with the number of misdeeds of a kind come to
/// each of them in turn.
#[derive(Clone, Copy)]
struct Steps {
    first: usize,
    passing: usize,
    lasting: usize,
    lies: usize,
}

const ALL: Steps = Steps { first: 0, passing: 1, lasting: 1, lies: 1 };

/// A few for each request, beginning with another one in each scene.
const fn some(first: usize) -> Steps {
    Steps { first, passing: 7, lasting: 8, lies: 4 }
}

fn try_out(scene: &Scene, steps: Steps) {
    let lasting = (1..=scene.requests.len()).flat_map(|nth| LASTING.iter().map(move |(misdeed, code)| (nth, misdeed, *code)));
    // Those that wait longest come first.
    let mut trials: Vec<Trial<'_>> = Vec::new();
    trials.extend(spread(lasting, steps.first, steps.lasting).map(|(nth, misdeed, code)| Trial::AnEnd(nth, misdeed, code)));
    trials.extend(spread(everywhere(scene, &PASSING), steps.first, steps.passing).map(Trial::Overcome));
    trials.extend(spread(everywhere(scene, &LIES), steps.first, steps.lies).map(Trial::Disbelief));
    side_by_side(WORKERS, trials, |trial| match trial {
        Trial::Overcome(hurt) => expect_overcome(scene, hurt),
        Trial::AnEnd(nth, misdeed, code) => expect_an_end(scene, nth, misdeed, code),
        Trial::Disbelief(hurt) => expect_disbelief(scene, hurt),
    });
}

// proves: NFR-004
#[test]
fn a_first_promotion_comes_through_whatever_the_registry_answers() {
    try_out(&Scene::first(), some(0));
}

// proves: NFR-004
#[test]
fn a_promotion_onward_comes_through_whatever_the_registry_answers() {
    try_out(&Scene::onward(), some(1));
}

// proves: NFR-004
#[test]
fn a_forced_promotion_comes_through_whatever_the_registry_answers() {
    try_out(&Scene::forced(), some(2));
}

// proves: NFR-004, FR-014, FR-015
#[test]
fn a_rollback_comes_through_whatever_the_registry_answers() {
    try_out(&Scene::rollback(), some(3));
}

// proves: NFR-004
#[test]
#[ignore = "takes minutes: `cargo xtask faults` runs it"]
fn whole_a_first_promotion_and_every_answer() {
    try_out(&Scene::first(), ALL);
}

// proves: NFR-004
#[test]
#[ignore = "takes minutes: `cargo xtask faults` runs it"]
fn whole_a_promotion_onward_and_every_answer() {
    try_out(&Scene::onward(), ALL);
}

// proves: NFR-004
#[test]
#[ignore = "takes minutes: `cargo xtask faults` runs it"]
fn whole_a_forced_promotion_and_every_answer() {
    try_out(&Scene::forced(), ALL);
}

// proves: NFR-004, FR-014, FR-015
#[test]
#[ignore = "takes minutes: `cargo xtask faults` runs it"]
fn whole_a_rollback_and_every_answer() {
    try_out(&Scene::rollback(), ALL);
}

// proves: NFR-004
#[test]
#[ignore = "takes minutes: `cargo xtask faults` runs it"]
fn whole_an_answer_that_never_ends_is_waited_for_no_longer_than_the_limit() {
    let scene = Scene::rollback();
    let slow = Misdeed { name: "a slow body", fault: |_| Fault::Drip(std::time::Duration::from_secs(1)), befalls: has_a_manifest };
    side_by_side(WORKERS, everywhere(&scene, &[slow]), |hurt| expect_overcome(&scene, hurt));
}
