//! Who may append what: live keys, actors, grants, and the rules that every entry keeps.

use crate::mutants::mutant::{Mutant, check, check_by};

const LAW: &str = "meaning/law/mod.rs";
const GRANT: &str = "meaning/grant.rs";
const CORE: &str = "meaning/core.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law genesis: entry 0 and no other",
        LAW,
        "require(«begins == (entry.sequence.get() == 0)», Rule::Genesis",
        "true",
        "law-genesis-again",
    ),
    check("law time: it does not fall", LAW, "require(«corrected || entry.time >= floor», Rule::Time", "true", "law-time-falls"),
    check_by(
        "law live key: for a writer",
        LAW,
        "record.filter(|record| «record.is_live()») else { let found = record.and_then(|record| record.revoked); let found = found.map_or(\"one that was never added\".to_owned(), |at| format!(\"one that was revoked at entry {at}\")); return Err(Unlawful::new(Rule::LiveKey,",
        "true",
        ("meaning", "lawful::ledger::a_key_signs_from_the_entry_after_it_was_added_to_the_one_that_revokes_it"),
    ),
    check(
        "law actor: the key's principal, or one it acts for",
        LAW,
        "require(«record.may_act_for(&entry.actor)», Rule::Actor",
        "true",
        "law-actor law-actor-not-listed law-actor-of-a-refusal",
    ),
    check("law grant: the recovery key changes keys only", LAW, "return require(«keys_only», Rule::Grant", "true", "law-grant-of-recovery"),
    check(
        "law grant: one grant covers the event",
        LAW,
        "require(«signer.grant_for(permission, event.touches()).is_some()», Rule::Grant",
        "true",
        "law-grant-component law-grant-environment law-grant-gate law-grant-halted-component law-grant-halted-environment
         law-grant-halted-pipeline law-grant-halted-type law-grant-manifest law-grant-narrowed-body law-grant-narrowed-clock
         law-grant-narrowed-decision-on-all law-grant-narrowed-format law-grant-narrowed-halt-of-all
         law-grant-narrowed-key-component law-grant-narrowed-key-environment law-grant-narrowed-key-gate
         law-grant-narrowed-key-pipeline law-grant-narrowed-lock law-grant-narrowed-lock-on-all
         law-grant-narrowed-manifest-component law-grant-narrowed-manifest-environment law-grant-narrowed-manifest-gate
         law-grant-narrowed-resumption-of-all law-grant-narrowed-unlock-of-all law-grant-none law-grant-pipeline
         law-grant-proven-pipeline law-grant-proven-type law-grant-resumed-component law-grant-resumed-environment
         law-grant-resumed-pipeline law-grant-resumed-type law-grant-two-halves law-grant-type law-import-grant",
    ),
    check(
        "law format level: it rises",
        LAW,
        "require(«event.level > state.core().format», Rule::FormatLevel",
        "true",
        "law-format-level-same",
    ),
    check(
        "grant: its permissions",
        GRANT,
        "«self.permissions.covers(&permission)» &&",
        "true",
        "law-endorsement-by-a-clerk law-endorsement-of-a-clerk law-grant-halted-type law-grant-of-genesis law-grant-proven-type
         law-grant-resumed-type law-grant-two-halves law-grant-type law-import-grant law-lock-owner law-lock-owner-narrowed
         law-lock-owner-until",
    ),
    check(
        "grant: its pipelines",
        GRANT,
        "&& «self.pipelines.reaches(touches.pipeline)»",
        "true",
        "law-admin-threshold-narrowed law-grant-halted-pipeline law-grant-manifest law-grant-narrowed-key-pipeline
         law-grant-of-genesis-narrowed law-grant-pipeline law-grant-proven-pipeline law-grant-resumed-pipeline",
    ),
    check(
        "grant: its components",
        GRANT,
        "&& «self.components.reaches(touches.component)»",
        "true",
        "law-grant-component law-grant-halted-component law-grant-narrowed-body law-grant-narrowed-decision-on-all
         law-grant-narrowed-halt-of-all law-grant-narrowed-key-component law-grant-narrowed-lock law-grant-narrowed-lock-on-all
         law-grant-narrowed-manifest-component law-grant-narrowed-resumption-of-all law-grant-narrowed-unlock-of-all
         law-grant-resumed-component law-grant-two-halves law-lock-owner-narrowed",
    ),
    check(
        "grant: its environments",
        GRANT,
        "&& «self.environments.reaches(touches.environment)»",
        "true",
        "law-grant-environment law-grant-halted-environment law-grant-narrowed-clock law-grant-narrowed-key-environment
         law-grant-narrowed-manifest-environment law-grant-resumed-environment law-grant-two-halves",
    ),
    check(
        "grant: its gates",
        GRANT,
        "&& «self.gates.reaches(touches.gate)»",
        "true",
        "law-grant-gate law-grant-narrowed-format law-grant-narrowed-key-gate law-grant-narrowed-manifest-gate
         law-revocation-of-the-last-whole-admin",
    ),
    check(
        "grant: all only by a star",
        GRANT,
        "Reach::All => «matches!(self, Self::Any)»",
        "true",
        "law-admin-threshold-narrowed law-grant-narrowed-body law-grant-narrowed-clock law-grant-narrowed-decision-on-all
         law-grant-narrowed-format law-grant-narrowed-halt-of-all law-grant-narrowed-key-component
         law-grant-narrowed-key-environment law-grant-narrowed-key-gate law-grant-narrowed-key-pipeline
         law-grant-narrowed-lock-on-all law-grant-narrowed-manifest-component law-grant-narrowed-manifest-environment
         law-grant-narrowed-manifest-gate law-grant-narrowed-resumption-of-all law-grant-narrowed-unlock-of-all
         law-grant-of-genesis-narrowed law-lock-owner-narrowed law-revocation-of-the-last-whole-admin",
    ),
    check("admin: not the recovery key", CORE, "self.is_live() && «!self.recovery» &&", "true", "law-revocation-leaves-the-recovery-key"),
    check(
        "admin: not once revoked",
        CORE,
        "«self.is_live()» && !self.recovery",
        "true",
        "key-endorsed-by-a-former-admin valid/three-admins",
    ),
    check(
        "admin: a grant for all keys",
        CORE,
        "&& «self.grants.iter().any(Grant::is_admin)»",
        "true",
        "law-endorsement-by-a-clerk law-endorsement-of-a-clerk law-revocation-of-the-last-whole-admin",
    ),
    check(
        "endorsement: only of those who are admins by now",
        CORE,
        ".filter(|principal| «admins.contains(principal)»)",
        "true",
        "key-endorsed-by-a-former-admin valid/three-admins",
    ),
];
