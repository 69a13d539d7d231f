//! Guards: what stops a promotion when it is requested, and what somebody's word passes.

use crate::mutants::mutant::{Mutant, check};

const LAW: &str = "meaning/law/guards.rs";
const RULES: &str = "meaning/rules/environment.rs";
const FACTS: &str = "meaning/facts.rs";
const FOLD: &str = "meaning/state/fold.rs";
const GATES: &str = "meaning/guard/gates.rs";
const MOMENT: &str = "meaning/guard/moment.rs";
const RELEASE: &str = "meaning/guard/release.rs";
const WHO: &str = "meaning/guard/who.rs";
const ENVIRONMENT: &str = "meaning/law/environment.rs";
const ALL: &str = "meaning/law/mod.rs";
const PROMOTION: &str = "meaning/law/promotion.rs";

const PERSON: &str = "meaning/guard/person.rs";
pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law locks: no promotion",
        LAW,
        "stops.extend(«guard::locks(state, asked)»);",
        "Vec::new()",
        "law-locks law-locks-under-another-id law-locks-until",
    ),
    check(
        "law locks: over after it is set",
        ENVIRONMENT,
        "require(«over.is_none()», Rule::Locks",
        "true",
        "law-locks-over-at-once law-locks-over-before",
    ),
    check(
        "guard: a lock stands until it is over",
        FACTS,
        "self.expires.is_none_or(|expires| «at < expires»)",
        "false",
        "law-lock-owner-until law-locks-until law-locks-until-of-others",
    ),
    check("law freeze", LAW, "stops.extend(«guard::freeze(rule, asked)»);", "None", "law-freeze*"),
    check(
        "guard: a freeze from when it begins",
        RULES,
        "«window.from <= at» && at",
        "window.from < at",
        "law-freeze-begins law-freeze-not-overridden",
    ),
    check("guard: nothing is known from then on", RULES, "filter(|until| «at >= *until»)", "at > *until", "law-freeze-known-until"),
    check("law soak", LAW, "stops.extend(«guard::soak(state, rule, asked)»);", "None", "law-soak*"),
    check(
        "guard: soak from the last arrival",
        MOMENT,
        "Some(visit) => «Some(visit.since)»",
        "None",
        "law-freeze-not-overridden law-locks-under-another-id law-override-without-soak law-soak law-soak-again
         law-soak-longest law-versions-not-overridden valid/bounds-of-the-last-time valid/guards-overridden",
    ),
    check(
        "guard: soak from what is asserted",
        MOMENT,
        "«asserted.map(|visit| visit.time)»",
        "None",
        "law-override-of-what-is-asserted law-soak-asserted",
    ),
    check(
        "law authorization: of a promotion",
        LAW,
        "stops.extend(«guard::authorization(rules, rule, &asked.who).err()»);",
        "None",
        "law-authorization-another-group law-authorization-group-of-the-rules law-authorization-key-of-a-member
         law-authorization-promotion law-authorization-token-forgotten law-authorization-token-forgotten-later
         law-authorization-token-group-dropped law-authorization-token-groups-dropped law-authorization-token-issuer-dropped
         law-authorization-token-issuers-dropped law-authorization-token-none law-authorization-token-of-a-second-key
         law-authorization-token-of-another law-authorization-token-of-another-actor law-authorization-token-of-another-group
         law-authorization-token-of-another-key law-authorization-token-of-another-name
         law-authorization-token-of-another-pipeline law-authorization-token-over law-authorization-token-over-before
         law-authorization-token-replaced",
    ),
    check(
        "law authorization: of everything else",
        LAW,
        "«guard::authorization(rules, rule, &who).map(|_| ()).map_err(|stop| Unlawful::new(Rule::Authorization, stop.message))»",
        "Ok(())",
        "law-authorization-abort law-authorization-lock law-authorization-resume law-authorization-rollback
         law-authorization-take-over law-authorization-take-over-halted law-authorization-token-resume law-authorization-unlock",
    ),
    check(
        "law authorization: of a rollback",
        ALL,
        "guards::not_overridden(state, &event.promotion)?; «guards::authorized(state, &event.promotion.pipeline, &event.promotion.to, entry, signer)»",
        "Ok(())",
        "law-authorization-rollback",
    ),
    check(
        "law authorization: of a take-over",
        ALL,
        "promotion::taken_over(state, event)?; «guards::authorized(state, &event.promotion.pipeline, &event.promotion.to, entry, signer)»",
        "Ok(())",
        "law-authorization-take-over law-authorization-take-over-halted",
    ),
    check(
        "law authorization: of an abort",
        ALL,
        "promotion::aborted(state, event)?; «guards::authorized(state, &event.promotion.pipeline, &event.promotion.to, entry, signer)»",
        "Ok(())",
        "law-authorization-abort",
    ),
    check(
        "law authorization: of a lock",
        ALL,
        "environment::locked(state, event, entry)?; «guards::authorized(state, &event.pipeline, &event.environment, entry, signer)»",
        "Ok(())",
        "law-authorization-lock",
    ),
    check(
        "law authorization: of an unlocking",
        ALL,
        "environment::unlocked(state, event, entry, signer)?; «guards::authorized(state, &event.pipeline, &event.environment, entry, signer)»",
        "Ok(())",
        "law-authorization-unlock",
    ),
    check("guard: an operator", WHO, "if «operators.contains(actor)» {", "true", "law-authorization-*"),
    check(
        "guard: a member of the environment's groups",
        WHO,
        "find(|(group, _)| «groups.contains(group)»)",
        "true",
        "law-authorization-abort law-authorization-another-group law-authorization-grant law-authorization-group-of-the-rules
         law-authorization-lock law-authorization-promotion law-authorization-reject law-authorization-resume
         law-authorization-rollback law-authorization-take-over law-authorization-take-over-halted law-authorization-token-*
         law-authorization-unlock",
    ),
    check(
        "guard: a key speaks for its principal's groups",
        WHO,
        "let of_key = if «key.principal == *actor» {",
        "true",
        "law-authorization-key-of-a-member valid/token-approvals",
    ),
    check(
        "guard: a member of a group of the rules",
        WHO,
        "filter(|group| «group.members.contains(actor)»)",
        "true",
        "law-approvals-grant-of-a-former-member law-approvals-grant-of-another-group law-approvals-group-of-others
         valid/approvals valid/token-approvals",
    ),
    check(
        "law duties",
        LAW,
        "stops.extend(«guard::duties(state, rule, asked)»);",
        "None",
        "law-duties-actor law-duties-before-rollback law-duties-key law-duties-key-for-another law-duties-own law-duties-rollback
         law-duties-take-over law-duties-taken-over",
    ),
    check("guard: whoever asks brought it there", WHO, "find(|mover| «asked.who.is(mover)»)", "false", "law-duties-*"),
    check(
        "guard: it is the actor",
        PERSON,
        "«principal == self.actor» || *principal",
        "false",
        "law-approvals-carried-out-name law-approvals-carried-out-with-the-holders-key law-approvals-grant-for-whom-asked law-duties-actor",
    ),
    check(
        "guard: it is the key's principal",
        PERSON,
        "principal == self.actor || «*principal == self.key.principal»",
        "false",
        "law-approvals-carried-out-for-the-holder law-approvals-carried-out-key law-approvals-grant-of-the-keys-own
         law-duties-going-on-key law-duties-key-for-another",
    ),
    check(
        "state: whoever asks has a hand in it",
        FOLD,
        "hands: «self.persons(entry)»,",
        "Vec::new()",
        "law-duties-actor law-duties-before-rollback law-duties-going-on law-duties-going-on-after-all law-duties-going-on-key
         law-duties-key law-duties-key-for-another law-duties-own law-duties-rollback law-duties-taken-over
         valid/taken-over-by-approvers",
    ),
    check(
        "state: whoever takes over has a hand in it",
        FOLD,
        "run.hands = «union(&run.hands, persons)»;",
        "run.hands.clone()",
        "law-duties-take-over",
    ),
    check(
        "state: movers stay",
        FOLD,
        "let movers = «union(self.movers(pipeline, component, to, digest), hands)»;",
        "hands",
        "law-duties-before-rollback",
    ),
    check("law versions", LAW, "stops.extend(«guard::versions(rule, asked)»);", "None", "law-versions-*"),
    check(
        "guard: a version that cannot be compared",
        RELEASE,
        "None => «format!(\"{version}, which is no semantic version\")»",
        "return None",
        "law-versions-not-comparable",
    ),
    check("law breaking", LAW, "stops.extend(«guard::breaking(state, asked)»);", "None", "law-breaking"),
    check(
        "law override: passes what it names",
        LAW,
        "is_some_and(|guard| «overriding.guards.contains(&guard)»)",
        "true",
        "law-freeze-not-overridden",
    ),
    check(
        "law override: what nobody's word passes",
        LAW,
        "let overridable = «guard.overridable()»;",
        "guard.overridable().or(Some(Overridable::Soak))",
        "law-versions-not-overridden",
    ),
    check(
        "law override: of this promotion",
        LAW,
        "require(«overriding.promotion == *promotion», Rule::Override",
        "true",
        "law-override-for-another",
    ),
    check(
        "law override: right before its promotion",
        LAW,
        "require(«sequence.next() == entry.sequence», Rule::Override",
        "true",
        "law-override-late",
    ),
    check(
        "law override: with the key of its promotion",
        LAW,
        "require(«*key == entry.key», Rule::Override",
        "true",
        "law-override-with-another-key",
    ),
    check(
        "law override: in the name of its promotion",
        LAW,
        "require(«*actor == entry.actor», Rule::Override",
        "true",
        "law-override-for-another-actor law-override-for-ones-key",
    ),
    check("law override: none of a rollback", LAW, "require(«overriding.is_none()», Rule::Override", "true", "law-override-of-a-rollback"),
    check(
        "law known: for an override",
        LAW,
        "let (_, rule) = «known(state, &promotion.pipeline, &promotion.to, Some(&promotion.component))?»; let fresh",
        "known(state, &promotion.pipeline, &promotion.to, Some(&promotion.component)).or_else(|_| super::rule::rules(state, &promotion.pipeline).map(|rules| (rules, crate::switched::any_environment())))?",
        "law-known-override",
    ),
    check(
        "law alone: no run of the id of an override",
        LAW,
        "let fresh = «!state.ever_began(&promotion.promotion_id)» &&",
        "true",
        "law-alone-override-of-a-run",
    ),
    check(
        "law alone: one override of an id",
        LAW,
        "&& «state.overriding(&promotion.promotion_id).is_none()»; require(fresh, Rule::Alone",
        "true",
        "law-alone-override-again",
    ),
    check("law override: names something", LAW, "require(«!named.is_empty()» &&", "true", "law-override-of-nothing"),
    check(
        "law override: names just what stands in the way",
        LAW,
        "&& «named == expected», Rule::Override",
        "true",
        "law-override-of-a-lock-that-is-none law-override-of-a-lock-that-is-over law-override-of-advice
         law-override-of-one-twice law-override-of-policies-that-passed law-override-of-too-much
         law-override-of-what-is-asserted law-override-out-of-order law-override-without-*",
    ),
    check(
        "law override: judged as if history were accepted",
        LAW,
        "at: entry.time, accept_asserted: «true»,",
        "false",
        "law-override-of-what-is-asserted",
    ),
    check(
        "law override: a lock",
        LAW,
        "(«!guard::locks(state, asked).is_empty()», Overridable::Lock)",
        "false",
        "law-alone-override-again law-freeze-not-overridden law-gates-not-overridden law-halt-overridden
         law-locks-under-another-id law-override-for-another law-override-for-another-actor law-override-for-ones-key
         law-override-late law-override-of-a-rollback law-override-with-another-key law-override-without-lock law-review-again
         law-review-of-another-entry law-review-of-another-promotion law-review-of-ones-key law-review-own
         law-review-with-ones-key valid/gates-advice-not-overridden valid/gates-policies-overridden valid/guards-overridden
         valid/halted-goes-on",
    ),
    check(
        "law override: a freeze",
        LAW,
        "(«guard::freeze(rule, asked).is_some()», Overridable::Freeze)",
        "false",
        "law-locks-under-another-id law-override-without-freeze valid/guards-overridden",
    ),
    check(
        "law override: a soak",
        LAW,
        "(«guard::soak(state, rule, asked).is_some()», Overridable::Soak)",
        "false",
        "law-freeze-not-overridden law-locks-under-another-id law-override-of-what-is-asserted
         law-override-without-soak law-versions-not-overridden valid/bounds-of-the-last-time valid/guards-overridden",
    ),
    check(
        "law override: approvals",
        LAW,
        "(«guard::approvals(state, rule, asked).is_some()», Overridable::Approvals)",
        "false",
        "law-locks-under-another-id law-override-without-approvals valid/guards-overridden valid/taken-over-by-approvers",
    ),
    check(
        "law override: gates",
        LAW,
        "(«gates», Overridable::Gates)",
        "false",
        "law-gates-overridden-called-passed law-gates-overridden-cited law-gates-overridden-left-out law-locks-under-another-id
         law-override-without-gates law-override-without-the-policies valid/gates-policies-overridden valid/guards-overridden",
    ),
    check(
        "law gates: only where they were overridden",
        PROMOTION,
        "if «run.overridden.contains(&Overridable::Gates)» {",
        "!run.overridden.is_empty()",
        "law-gates-not-overridden",
    ),
    check(
        "guard: a result that is not too old",
        GATES,
        "filter(|age| «result.time.plus_seconds(*age) < at») { Some(max_age) => Err(GateMissing::TooOld",
        "false",
        "law-gates-one-too-old law-gates-too-old valid/guards-overridden",
    ),
    check(
        "law review: of this promotion",
        LAW,
        "filter(|found| «found.promotion == event.promotion» &&",
        "true",
        "law-review-of-another-promotion",
    ),
    check("law review: of this override", LAW, "&& «found.sequence == event.overriding»);", "true", "law-review-of-another-entry"),
    check(
        "law review: of an override",
        LAW,
        "return «Err(Unlawful::new(Rule::Review, format!(\"entry {} must have overridden guards of promotion {id}\", event.overriding)))»",
        "Ok(())",
        "law-review-of-another-entry law-review-of-another-promotion law-review-of-nothing",
    ),
    check("law review: once", LAW, "require(«found.reviewed.is_none()», Rule::Review", "true", "law-review-again"),
    check(
        "law review: by somebody else",
        LAW,
        "require(«own.is_none()», Rule::Review",
        "true",
        "law-review-of-ones-key law-review-own law-review-with-ones-key",
    ),
];
