//! Random moves: who does what, and how often.

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::signature::SignatureFound;
use proptest::prelude::*;
use proptest::sample::select;

use super::guards::{GuardMove, Guards, a_guard_move, some_guards, some_signature};
use crate::support::*;

pub(super) const COMPONENTS: [&str; 2] = ["api", "web"];
pub(super) const VERSIONS: [&str; 3] = ["v1.0.0", "v1.1.0", "nightly"];
pub(super) const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];
pub(super) const SOURCES: [&str; 3] = ["none", "dev", "staging"];
pub(super) const GATES: [&str; 2] = ["tests", "security_scan"];
/// The newcomer looks after `web` alone.
pub(super) const ACTORS: [Actor; 7] = [ADMIN, OPS, CI, GATE, NEWCOMER, ONCALL, PORTAL];

/// What somebody says who asks for a promotion.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flags {
    pub(super) allow_downgrade: bool,
    pub(super) allow_breaking: bool,
    pub(super) force: bool,
    pub(super) glass: bool,
}

/// What somebody does. Runs are chosen among those that are under way, by number.
#[derive(Debug, Clone)]
pub(super) enum Move {
    Register {
        by: Actor,
        component: &'static str,
        version: &'static str,
        breaking: bool,
    },
    /// CI brings the version as far as that, with every gate passed, as far as it is let.
    Deliver {
        component: &'static str,
        version: &'static str,
        to: usize,
    },
    Promote {
        by: Actor,
        component: &'static str,
        version: &'static str,
        to: usize,
        skips: bool,
        flags: Flags,
        moved: [bool; 2],
        signature: Option<SignatureFound>,
        /// What the policies say, where the environment asks them.
        policies: GateStatus,
    },
    Rollback {
        by: Actor,
        component: &'static str,
        version: &'static str,
        environment: &'static str,
        moved: bool,
    },
    /// The holder goes on, that many steps.
    Walk {
        run: usize,
        steps: usize,
    },
    /// The holder writes the tag that it announced, and dies before it records that.
    WriteAndDie {
        run: usize,
    },
    /// The holder puts the mutable tag back, as far as that many steps.
    PutBack {
        run: usize,
        steps: usize,
    },
    TakeOver {
        by: Actor,
        run: usize,
        to_abort: bool,
    },
    Abort {
        by: Actor,
        run: usize,
    },
    Fail {
        run: usize,
    },
    Gate {
        by: Actor,
        gate: &'static str,
        component: &'static str,
        version: &'static str,
        environment: &'static str,
        status: GateStatus,
    },
    Lock {
        by: Actor,
        environment: &'static str,
        component: Option<&'static str>,
        seconds: Option<u64>,
    },
    Unlock {
        by: Actor,
        environment: &'static str,
        component: Option<&'static str>,
        others: bool,
    },
    Adopt {
        by: Actor,
        strict: bool,
        guards: Vec<Guards>,
    },
    Guard(GuardMove),
    CorrectClock {
        by: Actor,
    },
    /// Somebody appends a completion or a step without being asked to.
    Forge {
        by: Actor,
        run: usize,
        complete: bool,
        later: bool,
    },
}

fn an_actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        4 => Just(CI),
        3 => Just(OPS),
        2 => Just(ADMIN),
        2 => Just(NEWCOMER),
        2 => Just(ONCALL),
        1 => Just(SPARE),
        1 => Just(PORTAL.acting_for("ci:acme/shop")),
        1 => Just(GATE),
    ]
}

fn a_release() -> impl Strategy<Value = (&'static str, &'static str)> {
    (select(&COMPONENTS[..]), select(&VERSIONS[..]))
}

pub(super) fn some_component() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![Just(None), select(&COMPONENTS[..]).prop_map(Some)]
}

fn rarely() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.1)
}

pub(super) fn a_move() -> impl Strategy<Value = Move> {
    let environment = || prop_oneof![3 => Just("dev"), 2 => Just("staging"), 1 => Just("prod")];
    let status = select(vec![GateStatus::Passed, GateStatus::Passed, GateStatus::Warning, GateStatus::Failed, GateStatus::Skipped]);
    let flags = || {
        (any::<bool>(), any::<bool>(), any::<bool>(), prop::bool::weighted(0.3))
            .prop_map(|(allow_downgrade, allow_breaking, force, glass)| Flags { allow_downgrade, allow_breaking, force, glass })
    };
    let run = || 0..4_usize;
    prop_oneof![
        2 => (an_actor(), a_release(), rarely()).prop_map(
            |(by, (component, version), breaking)| Move::Register { by, component, version, breaking }
        ),
        8 => (a_release(), 0..3_usize).prop_map(|((component, version), to)| Move::Deliver { component, version, to }),
        14 => (an_actor(), a_release(), 0..3_usize, rarely(), flags(), [rarely(), rarely()], some_signature(), status.clone()).prop_map(
            |(by, (component, version), to, skips, flags, moved, signature, policies)| {
                Move::Promote { by, component, version, to, skips, flags, moved, signature, policies }
            }
        ),
        16 => (an_actor(), a_release(), environment(), rarely()).prop_map(|(by, (component, version), environment, moved)| {
            Move::Rollback { by, component, version, environment, moved }
        }),
        18 => (run(), 1..6_usize).prop_map(|(run, steps)| Move::Walk { run, steps }),
        2 => run().prop_map(|run| Move::WriteAndDie { run }),
        3 => (run(), 1..3_usize).prop_map(|(run, steps)| Move::PutBack { run, steps }),
        6 => (an_actor(), run(), seldom()).prop_map(|(by, run, to_abort)| Move::TakeOver { by, run, to_abort }),
        2 => (an_actor(), run()).prop_map(|(by, run)| Move::Abort { by, run }),
        1 => run().prop_map(|run| Move::Fail { run }),
        8 => (an_actor(), select(&GATES[..]), a_release(), environment(), status).prop_map(
            |(by, gate, (component, version), environment, status)| Move::Gate { by, gate, component, version, environment, status }
        ),
        2 => (an_actor(), environment(), some_component(), prop::option::of(0..200_u64)).prop_map(
            |(by, environment, component, seconds)| Move::Lock { by, environment, component, seconds }
        ),
        6 => (an_actor(), environment(), some_component(), any::<bool>()).prop_map(|(by, environment, component, others)| Move::Unlock {
            by, environment, component, others
        }),
        6 => (an_actor(), any::<bool>(), some_guards()).prop_map(|(by, strict, guards)| Move::Adopt { by, strict, guards }),
        18 => a_guard_move().prop_map(Move::Guard),
        1 => an_actor().prop_map(|by| Move::CorrectClock { by }),
        6 => (an_actor(), run(), any::<bool>(), any::<bool>()).prop_map(|(by, run, complete, later)| Move::Forge { by, run, complete, later }),
    ]
}

/// Moves that run into guards, most of them meant well.
pub(super) fn a_guarded_move() -> impl Strategy<Value = Move> {
    let by = || select(vec![CI, CI, OPS, OPS, ONCALL, ONCALL, ADMIN, SPARE, PORTAL.acting_for("ci:acme/shop")]);
    let flags = || {
        (any::<bool>(), prop::bool::weighted(0.2), prop::bool::weighted(0.4)).prop_map(|(allow_breaking, force, glass)| Flags {
            allow_downgrade: true,
            allow_breaking,
            force,
            glass,
        })
    };
    let run = || 0..4_usize;
    prop_oneof![
        6 => (a_release(), 0..3_usize).prop_map(|((component, version), to)| Move::Deliver { component, version, to }),
        30 => (by(), a_release(), 0..3_usize, flags(), some_signature(), prop::bool::weighted(0.8)).prop_map(
            |(by, (component, version), to, flags, signature, complies)| {
                let policies = if complies { GateStatus::Passed } else { GateStatus::Failed };
                Move::Promote { by, component, version, to, skips: false, flags, moved: [false; 2], signature, policies }
            }
        ),
        3 => (by(), a_release(), select(&ENVIRONMENTS[..])).prop_map(|(by, (component, version), environment)| {
            Move::Rollback { by, component, version, environment, moved: false }
        }),
        14 => run().prop_map(|run| Move::Walk { run, steps: 5 }),
        3 => (by(), run(), seldom()).prop_map(|(by, run, to_abort)| Move::TakeOver { by, run, to_abort }),
        1 => (by(), run()).prop_map(|(by, run)| Move::Abort { by, run }),
        2 => (by(), select(&ENVIRONMENTS[..]), 1..200_u64).prop_map(|(by, environment, seconds)| Move::Lock {
            by, environment, component: None, seconds: Some(seconds)
        }),
        2 => (by(), select(&ENVIRONMENTS[..])).prop_map(|(by, environment)| Move::Unlock {
            by, environment, component: None, others: true
        }),
        6 => (select(&GATES[..]), a_release(), select(&ENVIRONMENTS[..])).prop_map(|(gate, (component, version), environment)| Move::Gate {
            by: GATE, gate, component, version, environment, status: GateStatus::Passed
        }),
        2 => (any::<bool>(), some_guards()).prop_map(|(strict, guards)| Move::Adopt { by: ADMIN, strict, guards }),
        20 => a_guard_move().prop_map(Move::Guard),
    ]
}

fn seldom() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.2)
}
