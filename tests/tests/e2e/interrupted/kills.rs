//! `kill -9` before every system call that writes, against an image layout.

use std::ops::RangeFrom;

use crate::interrupted::{End, expect_tags_that_are_claimed};
use crate::shop::{PLAIN, Shop, digest};

/// A command, the shop that it is run in, and what it comes to when nothing disturbs it.
struct Undisturbed {
    base: Shop,
    command: Vec<&'static str>,
    before: String,
    end: End,
}

impl Undisturbed {
    fn new(base: Shop, command: &[&'static str]) -> Self {
        let whole = base.copy();
        whole.run(command).expect_code(0);
        let before = base.tags()["latest-dev"].clone();
        Self { base, command: command.to_vec(), before, end: End::of(&whole) }
    }

    /// A promotion that moves `latest-dev` on.
    fn promotion() -> Self {
        let shop = Shop::in_layouts(PLAIN);
        shop.promote("v1.0.0", "none", "dev").expect_code(0);
        Self::new(shop, &["promote", "v1.1.0", "--from", "none", "--to", "dev"])
    }

    /// A rollback that moves `latest-dev` back.
    fn rollback() -> Self {
        let shop = Shop::in_layouts(PLAIN);
        shop.promote("v1.0.0", "none", "dev").expect_code(0);
        shop.promote("v1.1.0", "none", "dev").expect_code(0);
        Self::new(shop, &["rollback", "v1.0.0", "--env", "dev", "--reason", "it was slow"])
    }

    /// Kills the command before its nth call of that name, for every nth of the range, until it finishes unharmed.
    /// Gives how often it was killed.
    fn kill_at_every(&self, call: &str, range: RangeFrom<usize>, step: usize) -> usize {
        for (killed, nth) in range.step_by(step).enumerate() {
            let shop = self.base.copy();
            let traced = shop.admin().under_strace(&format!("{call}:signal=KILL:when={nth}"), &self.command);
            if traced.run.signal.is_none() {
                traced.run.expect_code(0);
                return killed;
            }
            traced.run.expect_killed();
            self.recover(&shop, nth, &format!("killed before {call} {nth}"));
        }
        unreachable!("the range has no end")
    }

    /// What was left is in order, and can be gone on with, ended, or run again.
    fn recover(&self, shop: &Shop, nth: usize, when: &str) {
        shop.run(&["verify"]).expect_code(0);
        expect_tags_that_are_claimed(shop, 0);
        let resumed = nth % 2 == 1 && self.end_or_nothing(shop, &["resume"], when).is_some();
        if nth % 4 == 2 && self.end_or_nothing(shop, &["abort", "--reason", "it hung"], when).is_some() {
            self.expect_put_back(shop, when);
        }
        if !resumed || nth % 8 == 1 {
            shop.run(&self.command).expect_code(0);
        }
        assert_eq!(End::of(shop), self.end, "{when}");
        if nth % 8 < 3 {
            shop.run(&["verify"]).expect_code(0);
        }
    }

    /// Runs it; `None` where nothing was under way.
    fn end_or_nothing(&self, shop: &Shop, arguments: &[&str], when: &str) -> Option<()> {
        let run = shop.run(arguments);
        if run.code == Some(3) {
            assert!(run.stderr.contains("nothing is under way"), "{when}: {}", run.stderr);
            return None;
        }
        run.expect_code(0);
        Some(())
    }

    /// The mutable tag is back, and each tag that is new is named in the record.
    fn expect_put_back(&self, shop: &Shop, when: &str) {
        let (old, new) = (self.base.tags(), shop.tags());
        assert_eq!(new["latest-dev"], self.before, "{when}, aborted");
        let aborted = shop.newest("promotion.aborted");
        let left: Vec<&str> =
            aborted.data()["tags_left"].as_array().into_iter().flatten().filter_map(|left| left["tag"].as_str()).collect();
        for tag in new.keys().filter(|tag| !old.contains_key(*tag)) {
            assert!(left.contains(&tag.as_str()), "{when}, aborted: {tag} was left and the record names {left:?}");
        }
    }
}

// The calls of a promotion that write are many: they are shared out, so that tests take them side by side.

// proves: NFR-004
#[test]
fn a_promotion_killed_at_any_write_can_be_finished_1() {
    assert!(Undisturbed::promotion().kill_at_every("pwrite64", 1.., 4) > 20);
}

// proves: NFR-004
#[test]
fn a_promotion_killed_at_any_write_can_be_finished_2() {
    assert!(Undisturbed::promotion().kill_at_every("pwrite64", 2.., 4) > 20);
}

// proves: NFR-004
#[test]
fn a_promotion_killed_at_any_write_can_be_finished_3() {
    assert!(Undisturbed::promotion().kill_at_every("pwrite64", 3.., 4) > 20);
}

// proves: NFR-004
#[test]
fn a_promotion_killed_at_any_write_can_be_finished_4() {
    assert!(Undisturbed::promotion().kill_at_every("pwrite64", 4.., 4) > 20);
}

// proves: NFR-004
#[test]
fn a_promotion_killed_at_any_sync_rename_or_lock_can_be_finished() {
    let promotion = Undisturbed::promotion();
    for (call, at_least) in [("fsync", 8), ("renameat", 1), ("write", 5), ("flock", 2), ("ftruncate", 2)] {
        let killed = promotion.kill_at_every(call, 1.., 1);
        assert!(killed >= at_least, "{call} was met {killed} times");
    }
}

// proves: NFR-004, FR-014, FR-015
#[test]
fn a_rollback_killed_anywhere_can_be_finished() {
    let rollback = Undisturbed::rollback();
    for (call, step, at_least) in [("fsync", 1, 6), ("renameat", 1, 1), ("write", 1, 5), ("pwrite64", 5, 20)] {
        let killed = rollback.kill_at_every(call, 1.., step);
        assert!(killed >= at_least, "{call} was met {killed} times");
    }
}

// proves: NFR-004
#[test]
fn a_ledger_whose_making_was_killed_is_made_by_the_same_command() {
    let whole = Shop::without_ledger(PLAIN);
    for (call, step) in [("fsync", 1), ("pwrite64", 7), ("openat", 9)] {
        for nth in (1..).step_by(step) {
            let shop = whole.copy();
            let init = ["init", "--origin", crate::shop::ORIGIN];
            let traced = shop.admin().under_strace(&format!("{call}:signal=KILL:when={nth}"), &init);
            if traced.run.signal.is_none() {
                traced.run.expect_code(0);
                break;
            }
            let again = shop.run(&init);
            if again.code != Some(0) {
                // Killed after its last write: it was made, and is not made twice.
                again.expect_code(2);
                assert_eq!(shop.entries().len(), 2, "killed before {call} {nth}");
            }
            shop.run(&["register", "v1.0.0", "--ref", &digest("api", "v1.0.0")]).expect_code(0);
            shop.run(&["verify"]).expect_code(0);
        }
    }
}

// proves: NFR-004
#[test]
fn a_disk_that_fails_a_sync_is_no_success_and_can_be_gone_on_from() {
    let promotion = Undisturbed::promotion();
    for nth in 1.. {
        let shop = promotion.base.copy();
        let traced = shop.admin().under_strace(&format!("fsync:error=EIO:when={nth}"), &promotion.command);
        if !traced.calls.iter().any(|call| call.contains("EIO")) {
            traced.run.expect_code(0);
            break;
        }
        assert!(matches!(traced.run.code, Some(0 | 1 | 5)), "{:?}", traced.run);
        promotion.recover(&shop, 0, &format!("fsync {nth} failed"));
    }
}
