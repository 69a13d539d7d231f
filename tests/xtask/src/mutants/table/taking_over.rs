//! Promotions that are taken over: who goes on with them, and what is only there to be ended.

use crate::mutants::mutant::{Mutant, check};

const LAW: &str = "meaning/law/guards.rs";
const ALL: &str = "meaning/law/mod.rs";
const PROMOTION: &str = "meaning/law/promotion.rs";
const GUARD: &str = "meaning/guard/taking_over.rs";
const FOLD: &str = "meaning/state/fold.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law take-over: who goes on",
        ALL,
        "«guards::taken_over(state, event, entry, signer)»",
        "Ok(())",
        "law-approvals-carried-out-* law-duties-going-on law-duties-going-on-after-all law-duties-going-on-key
         law-halt-taken-over law-halt-taken-over-after-all law-halt-taken-over-by-a-mover law-halt-taken-over-by-its-holder",
    ),
    check(
        "law take-over: whoever ends it need not be one who may go on",
        LAW,
        "filter(|_| «event.to_abort.is_none()»)",
        "true",
        "law-duties-going-on-after-all law-halt-taken-over-after-all valid/halted-goes-on",
    ),
    check(
        "guard: duties of whoever goes on",
        GUARD,
        "«rules.and_then(|rules| duties(state, rules.environment(&run.promotion.to)?, &asked))»",
        "None",
        "law-duties-going-on law-duties-going-on-after-all law-duties-going-on-key",
    ),
    check("guard: nobody carries out what they approved", GUARD, "chain(«approved(run, &asked)»)", "None", "law-approvals-carried-out-*"),
    check(
        "guard: a rollback is gone on with by everybody",
        GUARD,
        "if «run.leaves.is_some()» { return Vec::new()",
        "false",
        "valid/halted-goes-on valid/taken-over",
    ),
    check(
        "guard: whoever is at it goes on, and nobody for them",
        GUARD,
        "«at_it(who.actor)» && at_it(&who.key.principal)",
        "true",
        "law-approvals-carried-out-with-the-holders-key",
    ),
    check(
        "guard: whoever is at it goes on, and nobody's key for them",
        GUARD,
        "at_it(who.actor) && «at_it(&who.key.principal)»",
        "true",
        "law-approvals-carried-out-for-the-holder",
    ),
    check("guard: whoever goes on approved it", GUARD, "find(|by| «asked.who.is(by)»)", "false", "law-approvals-carried-out-*"),
    check(
        "state: approvers where approvals are demanded and not overridden",
        FOLD,
        "let heard = rule.approvals.is_some() && «!run.overridden.contains(&Overridable::Approvals)»;",
        "true",
        "valid/taken-over-by-approvers",
    ),
    check(
        "state: approvers stay",
        FOLD,
        "let approved_by = «if heard { self.approved_by(&run.promotion) } else { Vec::new() }»;",
        "Vec::new()",
        "law-approvals-carried-out-*",
    ),
    check(
        "state: whoever ends it has no hand in it",
        FOLD,
        "let persons = if «unwinding» {",
        "false",
        "law-duties-going-on-after-all valid/taken-over",
    ),
    check("state: what is taken over anew goes on", FOLD, "run.unwinding = «unwinding»;", "run.unwinding || unwinding", "valid/taken-over"),
    check(
        "law tags: what is only there to be ended goes back alone",
        PROMOTION,
        "if «run.unwinding» || event.digest",
        "false",
        "law-tags-unwinding",
    ),
    check("law epoch: what is only there to be ended", PROMOTION, "require(«!run.unwinding», Rule::Epoch", "true", "law-epoch-unwinding"),
];
