//! Scenes to disturb: a command against a real registry, what it comes to when nothing disturbs it, and copies of it all,
//! each with a repository and a proxy of its own, that are disturbed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use promoledger_tests::command::Run;
use promoledger_tests::proxy::{Fault, Gate, Proxy, Request};
use promoledger_tests::registry::Registry;
use promoledger_tests::repository::Repository;

use crate::interrupted::expect_claims;
use crate::shop::{Entry, GATED, PLAIN, Rules, Shop};

/// What leaves no trace in the outcome: somebody took the run over, somebody was kept out.
const BY_THE_WAY: [&str; 3] = ["promotion.taken_over", "promotion.refused", "rollback.refused"];
/// What ends a run without its release.
const ENDINGS: [&str; 3] = ["promotion.aborted", "promotion.failed", "rollback.failed"];

type Tags = BTreeMap<String, String>;

/// A command that can be disturbed.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) name: &'static str,
    registry: Registry,
    base: Shop,
    pub(super) command: Vec<&'static str>,
    /// What others want in the same place meanwhile.
    rival: Vec<&'static str>,
    /// The requests that it makes when nothing disturbs it, in order.
    pub(super) requests: Vec<Request>,
    /// The tags before the run.
    before: Tags,
    end: End,
    copies: AtomicUsize,
}

/// What a scene came to: the tags as the registry gives them, what is where, and what happened without the attempts that
/// came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    tags: Tags,
    whereabouts: BTreeMap<String, String>,
    story: Vec<String>,
}

/// A scene once more, to be disturbed.
pub(super) struct Copy<'s> {
    scene: &'s Scene,
    pub(super) shop: Shop,
    pub(super) proxy: Proxy,
    repository: Repository,
    /// How many entries there were before the run that it is about.
    begun: usize,
}

impl Scene {
    /// The first release goes into an empty environment.
    pub(super) fn first() -> Self {
        Self::new("first", PLAIN, |_| {}, &["promote", "v1.0.0", "--from", "none", "--to", "dev"], "dev")
    }

    /// A release goes onward through a gate, and replaces another.
    pub(super) fn onward() -> Self {
        let prepare = |shop: &Shop| {
            for version in ["v1.0.0", "v1.1.0", "v1.2.0"] {
                shop.promote(version, "none", "dev").expect_code(0);
                shop.record_gate("tests", version, "staging", "passed");
                if version == "v1.0.0" {
                    shop.promote(version, "dev", "staging").expect_code(0);
                }
            }
        };
        Self::new("onward", GATED, prepare, &["promote", "v1.1.0", "--from", "dev", "--to", "staging"], "staging")
    }

    /// A release that is there already is promoted again.
    pub(super) fn forced() -> Self {
        let prepare = |shop: &Shop| {
            shop.promote("v1.0.0", "none", "dev").expect_code(0);
            shop.promote("v1.1.0", "none", "dev").expect_code(0);
        };
        Self::new("forced", PLAIN, prepare, &["promote", "v1.1.0", "--from", "none", "--to", "dev", "--force"], "dev")
    }

    /// An environment goes back to the release before.
    pub(super) fn rollback() -> Self {
        let prepare = |shop: &Shop| {
            shop.promote("v1.0.0", "none", "dev").expect_code(0);
            shop.promote("v1.1.0", "none", "dev").expect_code(0);
        };
        Self::new("rollback", PLAIN, prepare, &["rollback", "v1.0.0", "--env", "dev", "--reason", "it was slow"], "dev")
    }

    /// A rollback that was killed half-way is gone on with: `latest` has moved, and the log does not know.
    pub(super) fn resumed() -> Self {
        Self::half_way("resumed", &["resume"])
    }

    /// The same is given up.
    pub(super) fn aborted() -> Self {
        Self::half_way("aborted", &["abort", "--reason", "it hung"])
    }

    fn half_way(name: &'static str, command: &[&'static str]) -> Self {
        let registry = Registry::start();
        let proxy = Proxy::before(&registry.host());
        let shop = Shop::behind(&proxy.host(), &registry, PLAIN);
        shop.promote("v1.0.0", "none", "dev").expect_code(0);
        shop.promote("v1.1.0", "none", "dev").expect_code(0);
        let before = Repository::of(&registry, "api").tags();
        let gate = Gate::new();
        proxy.hurt(2, "PUT", "/manifests/", Fault::StallAnswer(gate.clone()));
        let rollback = shop.admin().spawn(&["rollback", "v1.0.0", "--env", "dev", "--reason", "it was slow"]);
        gate.wait_until_reached();
        let _ = rollback.kill().expect_killed();
        gate.drop_it();
        Self::of(name, (registry, shop, before), command, "dev")
    }

    fn new(name: &'static str, rules: Rules, prepare: impl Fn(&Shop), command: &[&'static str], place: &'static str) -> Self {
        let registry = Registry::start();
        let base = Shop::in_registry(&registry, rules);
        prepare(&base);
        let before = Repository::of(&registry, "api").tags();
        Self::of(name, (registry, base, before), command, place)
    }

    fn of(name: &'static str, (registry, base, before): (Registry, Shop, Tags), command: &[&'static str], place: &'static str) -> Self {
        let from = if place == "dev" { "none" } else { "dev" };
        let rival = vec!["promote", "v1.2.0", "--from", from, "--to", place];
        let end = End { tags: Tags::new(), whereabouts: BTreeMap::new(), story: Vec::new() };
        let command = command.to_vec();
        let mut scene = Self { name, registry, base, command, rival, requests: Vec::new(), before, end, copies: AtomicUsize::new(0) };
        let undisturbed = scene.copy();
        undisturbed.run().expect_code(0);
        let (end, requests) = (undisturbed.end(), undisturbed.proxy.requests());
        drop(undisturbed);
        scene.end = end;
        scene.requests = requests;
        assert!(scene.requests.iter().any(|request| request.method == "PUT"), "{scene:?}");
        scene
    }

    /// Whether the tag that the request names is there before the command.
    pub(super) fn stands_before(&self, request: &Request) -> bool {
        self.before.contains_key(named_by(request))
    }

    /// Whether the tag that the request names points before the command where it points after it.
    pub(super) fn is_there_already(&self, request: &Request) -> bool {
        self.before.get(named_by(request)) == self.end.tags.get(named_by(request))
    }

    /// The scene as it stood, in a repository of its own behind a proxy of its own.
    pub(super) fn copy(&self) -> Copy<'_> {
        let number = self.copies.fetch_add(1, Ordering::Relaxed);
        let repository = Repository::copy(&self.registry, "api", &format!("copy{number}/api"));
        let proxy = Proxy::before(&self.registry.host());
        let seen_at = format!("{}/copy{number}", self.registry.host());
        let shop = self.base.copy_at(&format!("{}/copy{number}", proxy.host()), &seen_at);
        let entries = shop.entries();
        let types: Vec<String> = entries.iter().map(|entry| entry.text("type")).collect();
        let requested = types.iter().rposition(|name| name.ends_with(".requested"));
        let ended = types.iter().rposition(|name| is_an_end(name));
        // Of what is under way the whole run counts.
        let begun = if requested > ended { requested.unwrap_or_default() } else { entries.len() };
        Copy { scene: self, shop, proxy, repository, begun }
    }
}

impl Copy<'_> {
    /// Runs the scene's command.
    pub(super) fn run(&self) -> Run {
        self.shop.run(&self.scene.command)
    }

    /// Another release is kept out.
    #[track_caller]
    pub(super) fn expect_busy(&self) {
        let error = self.shop.refused(7, &self.scene.rival);
        assert_eq!(error["kind"], "busy", "{error}");
    }

    /// Whatever happened: the ledger is in order, what it says was done was done, and what may be half done is shown and
    /// keeps others out. Gives whether a run is under way.
    #[track_caller]
    pub(super) fn expect_honest(&self, what: &str) -> bool {
        self.shop.run(&["verify"]).expect_code(0);
        let (entries, tags) = (self.entries(), self.repository.tags());
        expect_claims(&entries, |tag| tags.get(tag).cloned());
        let mut types = entries.iter().map(|entry| entry.text("type"));
        let last = types.rfind(|name| !BY_THE_WAY.contains(&name.as_str())).unwrap_or_default();
        let over = last.is_empty() || is_an_end(&last);
        let shown = self.shop.json(&["status"])["under_way"].as_array().map_or(0, Vec::len);
        assert_eq!(shown, usize::from(!over), "{what}: status shows {shown} under way, and the log ends with {last:?}");
        if over {
            assert!(!last.is_empty() || tags == self.scene.before, "{what}: tags were touched, and nothing is recorded");
        } else {
            self.expect_busy();
        }
        !over
    }

    /// Goes on, or begins where nothing was begun. Going on once more has nothing to go on with.
    #[track_caller]
    pub(super) fn resume(&self, what: &str) {
        if self.expect_honest(what) {
            self.shop.run(&["resume"]).expect_code(0);
        } else {
            self.run_unless_done();
        }
        let entries = self.shop.entries().len();
        self.shop.run(&["resume"]).expect_code(3);
        assert_eq!(self.shop.entries().len(), entries, "{what}");
        self.expect_end(what);
    }

    /// Ends what is under way, looks that what can be put back is back, and begins anew.
    #[track_caller]
    pub(super) fn abort(&self, what: &str) {
        if self.expect_honest(what) {
            self.shop.run(&["abort", "--reason", "it hung"]).expect_code(0);
            self.expect_put_back(what);
            self.shop.run(&["abort", "--reason", "it hung"]).expect_code(3);
        }
        self.run_unless_done();
        self.expect_end(what);
    }

    /// The process may have died after its last entry.
    #[track_caller]
    fn run_unless_done(&self) {
        if !self.entries().iter().any(|entry| is_a_success(&entry.text("type"))) {
            self.run().expect_code(0);
        }
    }

    /// Gives it up once more; there may be nothing more to give up.
    #[track_caller]
    pub(super) fn give_up_again(&self, what: &str) {
        let left = if self.expect_honest(what) { 0 } else { 3 };
        self.run().expect_code(left);
        self.expect_put_back(what);
        self.expect_end(what);
    }

    /// After a run that ended without its release: tags are as they were, or named in the record.
    #[track_caller]
    pub(super) fn expect_put_back(&self, what: &str) {
        let ended = self.entries().into_iter().rev().find(|entry| ENDINGS.contains(&entry.text("type").as_str()));
        let ended = ended.unwrap_or_else(|| panic!("{what}: no end is recorded"));
        let left: Vec<&str> = ended.data()["tags_left"].as_array().into_iter().flatten().filter_map(|left| left["tag"].as_str()).collect();
        let now = self.repository.tags();
        for (tag, digest) in &now {
            let as_before = self.scene.before.get(tag) == Some(digest);
            assert!(as_before || left.contains(&tag.as_str()), "{what}: {tag} is left at {digest}, and the record names {left:?}");
        }
        assert!(self.scene.before.keys().all(|tag| now.contains_key(tag)), "{what}: a tag is gone");
    }

    /// It came to what it comes to when nothing disturbs it.
    #[track_caller]
    pub(super) fn expect_end(&self, what: &str) {
        self.shop.run(&["verify"]).expect_code(0);
        let (end, expected) = (self.end(), &self.scene.end);
        assert_eq!(end.tags, expected.tags, "{what}");
        assert_eq!(end.whereabouts, expected.whereabouts, "{what}");
        assert_eq!(end.story, expected.story, "{what}");
    }

    /// The story with all attempts is that of the undisturbed run: nothing had to be taken over, or done twice.
    #[track_caller]
    pub(super) fn expect_no_trace(&self, what: &str) {
        self.expect_end(what);
        assert_eq!(self.whole_story(), self.scene.end.story, "{what}");
    }

    /// Whether a run was begun, and not only refused.
    pub(super) fn has_begun(&self) -> bool {
        self.entries().iter().any(|entry| entry.text("type").ends_with(".requested"))
    }

    /// The digest that lands.
    pub(super) fn digest(&self) -> String {
        crate::shop::digest("api", self.scene.command[1])
    }

    /// The entries since the command began.
    fn entries(&self) -> Vec<Entry> {
        self.shop.entries().split_off(self.begun)
    }

    fn end(&self) -> End {
        let mut story = self.whole_story();
        if let Some(last) = story.iter().rposition(|line| ENDINGS.iter().any(|ending| line.starts_with(ending))) {
            story.drain(..=last);
        }
        story.retain(|line| !BY_THE_WAY.iter().any(|name| line.starts_with(name)));
        // A step that was announced before the process died is announced again.
        story.dedup();
        End { tags: self.repository.tags(), whereabouts: self.shop.whereabouts(), story }
    }

    /// What the program tells of the entries since the command began, oldest first, without what differs in every run.
    fn whole_story(&self) -> Vec<String> {
        let history = self.shop.json(&["history", "--limit", "500"]);
        let rows = history["entries"].as_array().unwrap_or_else(|| panic!("the history has no entries: {history}"));
        let recent = rows.iter().filter(|row| row["entry"].as_u64().is_some_and(|entry| entry >= self.begun as u64));
        let text = |row: &serde_json::Value, field: &str| row[field].as_str().unwrap_or("-").to_owned();
        let fields = ["type", "environment", "version", "artifact_digest", "by", "outcome", "summary"];
        recent.map(|row| fields.map(|field| text(row, field)).join(" ")).rev().collect()
    }
}

/// Whether an entry of that type ends a run.
fn is_an_end(event_type: &str) -> bool {
    is_a_success(event_type) || ENDINGS.contains(&event_type)
}

/// Whether an entry of that type ends a run with the release where it was to go.
fn is_a_success(event_type: &str) -> bool {
    ["promotion.completed", "rollback.completed"].contains(&event_type)
}

/// The tag or digest at the end of a request's path.
pub(super) fn named_by(request: &Request) -> &str {
    request.path.rsplit('/').next().unwrap_or_default()
}

/// Does it with each item, so many at a time. The first panic is shown with all that it says.
pub(super) fn side_by_side<T: Send>(workers: usize, items: Vec<T>, act: impl Fn(T) + Sync) {
    let items = Mutex::new(items.into_iter());
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        let work = || {
            while let Some(item) = next() {
                act(item)
            }
        };
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        for thread in running {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}
