//! Commands, short to write; what a test cares for is set on top.

use std::sync::atomic::{AtomicU64, Ordering};

use promotion_ledger::meaning::command::{
    Approve, Command, Halt, Import, Lock, Promote, Register, Resolve, Review, Rollback, Seen, Unlock, Verdict,
};
use promotion_ledger::meaning::event::artifact::GateCompleted;
use promotion_ledger::meaning::event::ledger::{KeyAddition, KeyRevoked};
use promotion_ledger::meaning::event::overriding::Finding;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::rules::Rules;

use super::names::{built, component, entry, environment, reason, run_id, shop, source, version};

/// Whatever can be asked of `decide`.
pub(crate) trait Ask {
    fn command(self) -> Command;
}

macro_rules! asks {
    ($($kind:ty => $variant:ident,)*) => {
        $(impl Ask for $kind {
            fn command(self) -> Command {
                Command::$variant(self)
            }
        })*
    };
}

asks! {
    Register => Register,
    Promote => Promote,
    Rollback => Rollback,
    Import => Import,
    Approve => Approve,
    Review => Review,
    Lock => Lock,
    Unlock => Unlock,
    Halt => Halt,
    Resolve => Resolve,
    GateCompleted => RecordGate,
    Rules => AdoptManifest,
    KeyAddition => AddKey,
    KeyRevoked => RevokeKey,
}

impl Ask for Command {
    fn command(self) -> Command {
        self
    }
}

pub(crate) fn register(component_name: &str, version_name: &str) -> Register {
    Register {
        pipeline: shop(),
        component: component(component_name),
        version: version(version_name),
        digest: built(component_name, version_name),
        source_sha: None,
        breaking: Vec::new(),
    }
}

/// Asks with an id of its own, and with nothing seen in the registry.
pub(crate) fn promote(component_name: &str, version_name: &str, from: &str, to: &str) -> Promote {
    Promote {
        promotion_id: fresh_run(),
        pipeline: shop(),
        component: component(component_name),
        version: version(version_name),
        from: source(from),
        to: environment(to),
        accept_asserted: false,
        allow_breaking: false,
        allow_downgrade: false,
        break_glass: None,
        force: false,
        reason: None,
        seen: Seen::default(),
    }
}

/// Asks with an id of its own, and with nothing seen in the registry.
pub(crate) fn rollback(component_name: &str, version_name: &str, environment_name: &str) -> Rollback {
    Rollback {
        promotion_id: fresh_run(),
        pipeline: shop(),
        component: component(component_name),
        version: version(version_name),
        environment: environment(environment_name),
        accept_asserted: false,
        reason: reason("checkout is broken"),
        target_tag: None,
    }
}

pub(crate) fn lock(environment_name: &str, why: &str) -> Lock {
    Lock { pipeline: shop(), environment: environment(environment_name), component: None, expires: None, reason: reason(why) }
}

pub(crate) fn unlock(environment_name: &str) -> Unlock {
    Unlock { pipeline: shop(), environment: environment(environment_name), component: None, others: false, reason: None }
}

pub(crate) fn halt(environment_name: &str, what: &str) -> Halt {
    Halt { pipeline: shop(), environment: environment(environment_name), component: None, reason: reason(what) }
}

pub(crate) fn halt_of(component_name: &str, environment_name: &str, what: &str) -> Halt {
    Halt { component: Some(component(component_name)), ..halt(environment_name, what) }
}

pub(crate) fn resolve(environment_name: &str, how: &str) -> Resolve {
    Resolve { pipeline: shop(), environment: environment(environment_name), component: None, reason: reason(how) }
}

pub(crate) fn resolve_of(component_name: &str, environment_name: &str, how: &str) -> Resolve {
    Resolve { component: Some(component(component_name)), ..resolve(environment_name, how) }
}

pub(crate) fn abort(run: PromotionId) -> Command {
    Command::Abort(run, reason("nobody is at it"))
}

/// Says yes to what the entry asks for.
pub(crate) fn approve(component_name: &str, version_name: &str, environment_name: &str, request: u64) -> Approve {
    Approve {
        pipeline: shop(),
        component: component(component_name),
        digest: built(component_name, version_name),
        environment: environment(environment_name),
        request: entry(request),
        verdict: Verdict::Yes(None),
    }
}

/// Says no to it.
pub(crate) fn reject(component_name: &str, version_name: &str, environment_name: &str, request: u64) -> Approve {
    Approve { verdict: Verdict::No(reason("not before the sale")), ..approve(component_name, version_name, environment_name, request) }
}

pub(crate) fn review(promotion_id: PromotionId) -> Review {
    Review { promotion_id, finding: Finding::Justified, note: reason("the shop was down") }
}

fn fresh_run() -> PromotionId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    run_id(NEXT.fetch_add(1, Ordering::Relaxed))
}
