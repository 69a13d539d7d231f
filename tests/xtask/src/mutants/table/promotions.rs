//! The law of requests, decisions, locks and gates: what a run must have before it may begin.

use crate::mutants::mutant::{Mutant, check};

const PROMOTION: &str = "meaning/law/promotion.rs";
const ENVIRONMENT: &str = "meaning/law/environment.rs";
const GATE: &str = "meaning/law/gate.rs";
const RULE: &str = "meaning/law/rule.rs";
const DOWNGRADE: &str = "meaning/guard/downgrade.rs";
const GATES: &str = "meaning/guard/gates.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law known: the pipeline has rules",
        RULE,
        "«state.core().rules(pipeline)».ok_or_else(|| Unlawful::new(Rule::Known",
        "state.core().rules(pipeline).or_else(|| state.core().pipelines.values().next().map(|adopted| &adopted.rules))",
        "law-known-downgrade law-known-halted-pipeline law-known-proven",
    ),
    check(
        "law known: the environment",
        ENVIRONMENT,
        "let Some(rule) = «rules.environment(environment)» else { return Err(Unlawful::new(Rule::Known",
        "rules.environment(environment).or_else(|| rules.environments().first())",
        "law-known-approvals law-known-gate-environment law-known-grant law-known-halted-environment law-known-lock
         law-known-override law-known-request",
    ),
    check(
        "law known: the component",
        ENVIRONMENT,
        "require(«rules.component(component).is_some()», Rule::Known",
        "true",
        "law-known-gate-component law-known-halted-component law-known-rejection",
    ),
    check(
        "law known: for a gate's result",
        GATE,
        "let (rules, _) = «known(state, &event.pipeline, &event.environment, Some(&event.component))?»;",
        "known(state, &event.pipeline, &event.environment, Some(&event.component)).or_else(|_| super::rule::rules(state, &event.pipeline).map(|rules| (rules, crate::switched::any_environment())))?",
        "law-known-gate-component law-known-gate-environment",
    ),
    check(
        "law known: for a lock",
        ENVIRONMENT,
        "«known(state, &event.pipeline, &event.environment, event.component.as_ref())?»; let over",
        "(rules(state, &event.pipeline)?, crate::switched::any_environment())",
        "law-known-lock",
    ),
    check(
        "law lock owner: a lock that stands",
        ENVIRONMENT,
        "return «Err(Unlawful::new(Rule::LockOwner, format!(\"entry {} must be a lock of {} that stands\", event.lock, event.environment)))»",
        "Ok(())",
        "law-lock-owner-component law-lock-owner-environment law-lock-owner-of-nothing law-lock-owner-twice",
    ),
    check(
        "law lock owner: of that component",
        ENVIRONMENT,
        "lock.filter(|lock| «lock.component == event.component»)",
        "true",
        "law-lock-owner-component",
    ),
    check(
        "law lock owner: one's own",
        ENVIRONMENT,
        "require(«lock.owner == entry.actor || may_lift_others || !lock.stands(entry.time)», Rule::LockOwner",
        "true",
        "law-lock-owner law-lock-owner-narrowed law-lock-owner-until",
    ),
    check(
        "law known: the component of a release",
        PROMOTION,
        "require(«rules.component(&event.component).is_some()», Rule::Known",
        "true",
        "law-known-component",
    ),
    check(
        "law release once",
        PROMOTION,
        "require(«before.is_none()», Rule::ReleaseOnce",
        "true",
        "law-release-once law-release-once-same-digest unlawful-then-misshapen unlawful-then-unjudged",
    ),
    check("law path: one step", PROMOTION, "require(«rules.source_of(to).as_ref() == Some(from)», Rule::Path", "true", "law-path-skipped"),
    check(
        "law release: registered, with its digest",
        PROMOTION,
        "require(«release.is_some_and(|release| release.digest == *digest)», Rule::Release",
        "true",
        "law-release-digest law-release-unknown",
    ),
    check(
        "law path: from where the release is",
        PROMOTION,
        "require(«there», Rule::Path",
        "true",
        "law-asserted-source-left law-asserted-source-not-accepted law-asserted-source-removed law-path-not-there
         law-path-rolled-back",
    ),
    check("law already there: only by force", PROMOTION, "require(«!there || event.forced», Rule::Already", "true", "law-already-there"),
    check("law path: of a rollback", PROMOTION, "require(«from.environment() == Some(to)», Rule::Path", "true", "law-path-of-a-rollback"),
    check(
        "law rollback target: leaves what is there",
        PROMOTION,
        "require(«holder.is_some_and(|holder| holder.version == leaves.version && holder.digest == leaves.digest)», Rule::RollbackTarget",
        "true",
        "law-rollback-target-left-digest law-rollback-target-not-left",
    ),
    check(
        "law rollback target: another version",
        PROMOTION,
        "require(«*version != leaves.version», Rule::RollbackTarget",
        "true",
        "law-rollback-target-itself",
    ),
    check(
        "law rollback target: was there",
        PROMOTION,
        "require(«visit.map_or_else(asserted, |visit| visit.digest == *digest)», Rule::RollbackTarget",
        "true",
        "law-asserted-target-digest law-asserted-target-not-accepted law-rollback-target-digest law-rollback-target-never-there",
    ),
    check(
        "law rollback target: its number",
        PROMOTION,
        "require(«leaves.number == number», Rule::RollbackTarget",
        "true",
        "law-rollback-target-number",
    ),
    check(
        "law locks: no rollback under another's",
        PROMOTION,
        "require(«foreign.is_none()», Rule::Locks",
        "true",
        "law-locks-of-others law-locks-until-of-others",
    ),
    check(
        "law known: for a request",
        PROMOTION,
        "let (rules, _) = «known(state, pipeline, to, Some(component))?»;",
        "(rules(state, pipeline)?, crate::switched::any_environment())",
        "law-known-request",
    ),
    check(
        "law manifest: the one in force",
        PROMOTION,
        "require(«in_force == Some(manifest)», Rule::Manifest",
        "true",
        "law-manifest-never law-manifest-of-a-rollback law-manifest-superseded",
    ),
    check(
        "law alone: nothing under way there",
        PROMOTION,
        "require(«run.is_none()» && !state.ever_began(promotion_id), Rule::Alone",
        "true",
        "law-alone law-alone-rollback",
    ),
    check(
        "law alone: an id of its own",
        PROMOTION,
        "require(run.is_none() && «!state.ever_began(promotion_id)», Rule::Alone",
        "true",
        "law-alone-id law-alone-id-again",
    ),
    check("law reasons: a refusal has some", PROMOTION, "require(«!reasons.is_empty()» && reasons", "true", "law-reasons-none"),
    check(
        "law reasons: of a refusal",
        PROMOTION,
        "&& «reasons.iter().all(|reason| is_refusal_code(reason.code))», Rule::Reasons",
        "true",
        "law-reasons-success law-reasons-verdict",
    ),
    check("law under way: what is authorized", PROMOTION, "require(«agrees», Rule::UnderWay", "true", "law-under-way-environment"),
    check(
        "law authorized: the action asked for",
        PROMOTION,
        "require(«event.action == asked», Rule::Authorized",
        "true",
        "law-authorized-another-action law-authorized-as-a-promotion",
    ),
    check(
        "law epoch: who authorizes",
        PROMOTION,
        "\"the action must be the one that was requested\".to_owned())?; «held(run, run.epoch, entry)»",
        "Ok(())",
        "law-epoch-holder",
    ),
    check(
        "law downgrade: the arithmetic",
        PROMOTION,
        "require(«judged == *event», Rule::Downgrade",
        "true",
        "law-downgrade-called-newer law-downgrade-incomparable law-downgrade-over-another law-downgrade-over-nothing
         law-downgrade-passes law-downgrade-refused law-downgrade-scheme-another law-downgrade-scheme-invented
         law-downgrade-scheme-left-out",
    ),
    check(
        "law downgrade: meant as it was requested",
        PROMOTION,
        "require(«event.allow_downgrade == run.allow_downgrade», Rule::Downgrade",
        "true",
        "law-downgrade-not-requested law-downgrade-of-a-rollback law-downgrade-requested-otherwise",
    ),
    check(
        "law epoch: who asks the downgrade guard",
        PROMOTION,
        "\"whether a downgrade is meant must be as it was requested\".to_owned() })?; «held(run, run.epoch, entry)»",
        "Ok(())",
        "law-epoch-downgrade",
    ),
    check(
        "guard: an older version only when it is meant",
        DOWNGRADE,
        "Comparison::Older => «allow_downgrade»",
        "true",
        "law-downgrade-passes valid/downgrade-meant valid/full-story",
    ),
    check(
        "guard: an incomparable one as the rules say",
        DOWNGRADE,
        "Comparison::Incomparable => «allow_downgrade || rules.on_incomparable() == OnIncomparable::Warn»",
        "true",
        "law-downgrade-incomparable",
    ),
    check(
        "guard: a gate that has a result",
        GATES,
        "let Some(result) = «found» else { return Err(if policies",
        "Some(found.unwrap_or(crate::switched::passed()))",
        "law-gates-no-result law-gates-other-digest law-gates-other-environment law-gates-policy-missing
         law-gates-policy-of-another-component law-gates-policy-of-another-digest law-gates-policy-of-another-environment
         law-gates-policy-of-another-environment-since law-gates-policy-of-another-pipeline
         law-gates-policy-of-another-promotion law-gates-policy-of-before-a-refusal law-override-without-the-policies
         valid/gates-advice-too-old valid/gates-of-every-kind valid/gates-policies-overridden",
    ),
    check(
        "guard: a result that lets pass",
        GATES,
        "if «!result.status.lets_pass()» { return Err(GateMissing::NotPassed",
        "false",
        "law-gates-failed law-gates-none-of-advice law-gates-not-overridden law-gates-over-tags
         law-gates-overridden-called-passed law-gates-overridden-cited law-gates-overridden-left-out law-gates-policy-failed
         law-gates-policy-failed-beside law-gates-policy-failed-since law-gates-skipped",
    ),
];
