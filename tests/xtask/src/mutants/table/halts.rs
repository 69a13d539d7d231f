//! Halts: what stops a promotion while a failure is not resolved, and what resolves it.

use crate::mutants::mutant::{Mutant, check};

const LAW: &str = "meaning/law/halt.rs";
const GUARDS: &str = "meaning/law/guards.rs";
const ALL: &str = "meaning/law/mod.rs";
const TAKING_OVER: &str = "meaning/guard/taking_over.rs";
const FOLD: &str = "meaning/state/fold.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law halt: no promotion",
        GUARDS,
        "let mut stops = «guard::halts(state, &asked.promotion.pipeline)»;",
        "Vec::new()",
        "law-halt law-halt-again law-halt-before-locks law-halt-elsewhere law-halt-of-a-component law-halt-of-another-component
         law-halt-of-two law-halt-overridden",
    ),
    check(
        "law halt: nobody goes on with a promotion",
        TAKING_OVER,
        "let mut stops = «halts(state, &run.promotion.pipeline)»;",
        "Vec::new()",
        "law-halt-taken-over*",
    ),
    check(
        "law known: of a halt",
        LAW,
        "«known(state, &event.pipeline, &event.environment, event.component.as_ref()).map(|_| ())»",
        "Ok(())",
        "law-known-halted-*",
    ),
    check(
        "law halt: the one that is named",
        LAW,
        "find(|halt| «halt.sequence == event.halt»)",
        "true",
        "law-halt-of-nothing valid/halted valid/halted-by-narrow-keys valid/halted-where-nothing-is-known",
    ),
    check(
        "law halt: of the environment",
        LAW,
        "is_some_and(|halt| «halt.environment == event.environment» &&",
        "true",
        "law-halt-another-environment",
    ),
    check(
        "law halt: of the component",
        LAW,
        "&& «halt.component == event.component»)",
        "true",
        "law-halt-a-component law-halt-another-component law-halt-no-component",
    ),
    check(
        "law halt: one that stands",
        LAW,
        "«Err(Unlawful::new(Rule::Halt, format!(\"entry {} must be a failure of {what} that is not resolved\", event.halt)))»",
        "Ok(())",
        "law-halt-a-component law-halt-another-component law-halt-another-environment law-halt-no-component
         law-halt-of-another-pipeline law-halt-of-nothing law-halt-twice",
    ),
    check(
        "law authorization: of a resolution",
        ALL,
        "halt::resumed(state, event)?; «guards::authorized(state, &event.pipeline, &event.environment, entry, signer)»",
        "Ok(())",
        "law-authorization-resume law-authorization-token-resume",
    ),
    check(
        "state: halts stand side by side",
        FOLD,
        "let mut halts = «self.halts(&event.pipeline).to_vec()»; halts.push(",
        "Vec::new()",
        "law-halt-again law-halt-of-two valid/halted valid/halted-by-narrow-keys valid/halted-where-nothing-is-known",
    ),
    check(
        "state: one halt is resolved",
        FOLD,
        "halts.retain(|halt| «halt.sequence != event.halt»);",
        "false",
        "law-halt-again law-halt-of-two valid/halted valid/halted-by-narrow-keys valid/halted-where-nothing-is-known",
    ),
];
