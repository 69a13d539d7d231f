//! The law of runs under way: steps, tags, takeovers, ends, and rollbacks.

use crate::mutants::mutant::{Mutant, check};

const PROMOTION: &str = "meaning/law/promotion.rs";
const LAW: &str = "meaning/law/mod.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law under way: a run that is",
        PROMOTION,
        "return «Err(Unlawful::new(Rule::UnderWay, format!(\"promotion {} must be under way, found none\", promotion.promotion_id)))»",
        "Ok(crate::switched::run_of(promotion))",
        "law-under-way-nothing law-under-way-signature law-under-way-step",
    ),
    check(
        "law under way: as it was requested",
        PROMOTION,
        "require(«run.promotion == *promotion», Rule::UnderWay",
        "true",
        "law-under-way-other-digest",
    ),
    check(
        "law epoch: the one in force",
        PROMOTION,
        "require(«epoch == run.epoch», Rule::Epoch",
        "true",
        "law-epoch-early law-epoch-late law-epoch-signature-early",
    ),
    check(
        "law epoch: the holder",
        PROMOTION,
        "require(«entry.actor == run.holder», Rule::Epoch",
        "true",
        "law-epoch-completion law-epoch-downgrade law-epoch-holder law-epoch-rollback law-epoch-signature law-epoch-tag",
    ),
    check(
        "law epoch: the next when taken over",
        PROMOTION,
        "require(«event.epoch == run.epoch.next()», Rule::Epoch",
        "true",
        "law-epoch-skipped",
    ),
    check(
        "law epoch: taken from its holder",
        PROMOTION,
        "require(«event.from_holder == run.holder», Rule::Epoch",
        "true",
        "law-epoch-from-holder",
    ),
    check("law epoch: of a step", PROMOTION, "«held(run, event.epoch, entry)?»; let due", "()", "law-epoch-early"),
    check("law epoch: of a tag", PROMOTION, "«held(run, event.epoch, entry)?»; let pending", "()", "law-epoch-tag"),
    check("law epoch: of a completion", PROMOTION, "«held(run, event.epoch, entry)?»; kind(run, false)", "()", "law-epoch-completion"),
    check(
        "law epoch: of a rollback's completion",
        PROMOTION,
        "«held(run, event.epoch, entry)?»; kind(run, true)",
        "()",
        "law-epoch-rollback",
    ),
    check("law epoch: of a failure", PROMOTION, "«held(run, epoch, entry)?»; rollback.map_or", "()", "law-epoch-late"),
    check("law epoch: of an abort", PROMOTION, "require(«event.epoch == run.epoch», Rule::Epoch", "true", "law-epoch-abort"),
    check("law tags: one of the run's", PROMOTION, "require(«due», Rule::Tags", "true", "law-tags-purpose"),
    check(
        "law tags: put back only the mutable one, to where it was",
        PROMOTION,
        "require(«event.purpose == TagPurpose::Latest && before == Some(&event.digest)», Rule::Tags",
        "true",
        "law-tags-digest law-tags-put-back-elsewhere law-tags-put-back-immutable law-tags-unwinding",
    ),
    check(
        "law tags: an immutable one is never moved",
        PROMOTION,
        "require(«foreign.is_none()», Rule::Tags, || format!(\"tag {} is never moved",
        "true",
        "law-tags-moved-immutable law-tags-moved-rollback",
    ),
    check(
        "law entitled: before a step",
        PROMOTION,
        "«entitled(state, run)?»; // A tag says",
        "()",
        "law-authorized-not-decided law-downgrade-not-asked law-gates-failed law-gates-no-result law-gates-none-of-advice
         law-gates-not-overridden law-gates-one-too-old law-gates-other-digest law-gates-other-environment
         law-gates-policy-failed law-gates-policy-failed-beside law-gates-policy-failed-since law-gates-policy-missing
         law-gates-policy-of-another-component law-gates-policy-of-another-digest law-gates-policy-of-another-environment
         law-gates-policy-of-another-environment-since law-gates-policy-of-another-pipeline
         law-gates-policy-of-another-promotion law-gates-policy-of-before-a-refusal law-gates-skipped law-gates-too-old
         law-signature-found-last law-signature-invalid law-signature-not-checked law-signature-not-checked-to-warn
         law-signature-unknown law-signature-unsigned",
    ),
    check("law tags: in their order", PROMOTION, "require(«in_order», Rule::Tags", "true", "law-tags-order"),
    check("law tags: of that purpose", PROMOTION, "filter(|state| «state.purpose == event.purpose»)", "true", "law-tags-recorded-purpose"),
    check(
        "law tags: announced in this epoch",
        PROMOTION,
        "require(«pending.is_some_and(|pending| pending.digest == event.digest && pending.epoch == event.epoch)», Rule::Tags",
        "true",
        "law-tags-announced-before law-tags-not-announced law-tags-recorded-purpose law-tags-written-otherwise",
    ),
    check(
        "law known: the component's repository",
        PROMOTION,
        "require(«repository == Some(&event.repository)», Rule::Known",
        "true",
        "law-known-repository",
    ),
    check("law under way: a completion ends a promotion", PROMOTION, "«kind(run, false)?»;", "()", "law-under-way-as-promotion"),
    check("law under way: a rollback's completion ends a rollback", PROMOTION, "«kind(run, true)?»;", "()", "law-under-way-over-tags"),
    check(
        "law under way: ends as what it is",
        PROMOTION,
        "require(«run.leaves.is_some() == rollback», Rule::UnderWay",
        "true",
        "law-under-way-as-promotion law-under-way-failed-as-rollback law-under-way-over-tags",
    ),
    check(
        "law under way: a failure ends what it is of",
        PROMOTION,
        "«rollback.map_or(Ok(()), |rollback| kind(run, rollback))?»;",
        "()",
        "law-under-way-failed-as-rollback",
    ),
    check(
        "law all done: before a completion",
        PROMOTION,
        "«all_done(state, run)?»; let cited",
        "()",
        "law-epoch-unwinding law-tags-half law-tags-missing law-tags-not-read-back",
    ),
    check(
        "law all done: before a rollback's completion",
        PROMOTION,
        "«all_done(state, run)?»; require(run.leaves",
        "()",
        "law-tags-missing-of-a-rollback",
    ),
    check("law entitled: before an end", PROMOTION, "«entitled(state, run)?»; let due", "()", "law-gates-over-tags"),
    check(
        "law gates: cited as they stand",
        PROMOTION,
        "require(«event.gates == cited», Rule::Gates",
        "true",
        "law-gates-advice-* law-gates-missing law-gates-of-the-request law-gates-other-name law-gates-outdated
         law-gates-overridden-called-passed law-gates-overridden-cited law-gates-overridden-left-out law-gates-policy-left-out
         law-gates-policy-of-another-promotion-cited law-gates-status law-gates-twice",
    ),
    check(
        "law under way: what a rollback leaves",
        PROMOTION,
        "require(«run.leaves.as_ref() == Some(&event.leaves)», Rule::UnderWay",
        "true",
        "law-under-way-leaves",
    ),
    check(
        "law reasons: of a promotion's failure",
        LAW,
        "Event::PromotionFailed(event) => { «promotion::failure_code(event.code)?»;",
        "()",
        "law-reasons-failure-success law-reasons-failure-verdict",
    ),
    check(
        "law reasons: of a rollback's failure",
        LAW,
        "Event::RollbackFailed(event) => { «promotion::failure_code(event.code)?»;",
        "()",
        "law-reasons-failure-of-a-rollback",
    ),
    check(
        "law reasons: of a failure",
        PROMOTION,
        "require(«is_refusal_code(code)», Rule::Reasons",
        "true",
        "law-reasons-failure-of-a-rollback law-reasons-failure-success law-reasons-failure-verdict",
    ),
    check(
        "law tags left: of a failure",
        PROMOTION,
        "kind(run, rollback))?; «tags_left(run, left)»",
        "Ok(())",
        "law-tags-left-one law-tags-left-order law-tags-left-unnamed",
    ),
    check("law tags left: of an abort", PROMOTION, "«tags_left(run, &event.tags_left)»", "Ok(())", "law-tags-left-invented"),
    check(
        "law tags left: named as they stand",
        PROMOTION,
        "require(«left == run.tags_left()», Rule::TagsLeft",
        "true",
        "law-tags-left-invented law-tags-left-one law-tags-left-order law-tags-left-unnamed",
    ),
    check(
        "law authorized: decided before a step",
        PROMOTION,
        "require(«run.authorized_via.is_some()», Rule::Authorized",
        "true",
        "law-authorized-not-decided",
    ),
    check(
        "law downgrade: asked before a step",
        PROMOTION,
        "require(«run.downgrade_passed», Rule::Downgrade",
        "true",
        "law-downgrade-not-asked",
    ),
    check(
        "law gates: passed before a step",
        PROMOTION,
        "return Ok(()); } «gates(state, run)»",
        "Ok(())",
        "law-gates-failed law-gates-no-result law-gates-none-of-advice law-gates-not-overridden law-gates-one-too-old
         law-gates-other-digest law-gates-other-environment law-gates-over-tags law-gates-policy-failed
         law-gates-policy-failed-beside law-gates-policy-failed-since law-gates-policy-missing
         law-gates-policy-of-another-component law-gates-policy-of-another-digest law-gates-policy-of-another-environment
         law-gates-policy-of-another-environment-since law-gates-policy-of-another-pipeline
         law-gates-policy-of-another-promotion law-gates-policy-of-before-a-refusal law-gates-skipped law-gates-too-old",
    ),
    check(
        "law tags: all written and read back",
        PROMOTION,
        "require(«due.is_none()», Rule::Tags",
        "true",
        "law-tags-half law-tags-missing law-tags-missing-of-a-rollback law-tags-not-read-back",
    ),
    check("law authorized: it passed", PROMOTION, "require(«passed» && run.authorized_via", "true", "law-authorized-not-passed"),
    check(
        "law authorized: the right that was decided",
        PROMOTION,
        "&& «run.authorized_via.as_ref() == Some(via)», Rule::Authorized",
        "true",
        "law-authorized-otherwise",
    ),
];
