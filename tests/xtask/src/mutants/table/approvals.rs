//! Approvals and signatures: whose word a promotion needs, who may give it, and what an artifact without a good signature comes to.

use crate::mutants::mutant::{Mutant, check};

const LAW: &str = "meaning/law/guards.rs";
const GUARD: &str = "meaning/guard/approvals.rs";
const FOLD: &str = "meaning/state/fold.rs";
const PROMOTION: &str = "meaning/law/promotion.rs";

const RUN: &str = "meaning/facts/run.rs";
pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law known: for a request of approvals",
        LAW,
        "let (rules, rule) = «known(state, pipeline, environment, Some(component))?»; let in_force",
        "known(state, pipeline, environment, Some(component)).or_else(|_| super::rule::rules(state, pipeline).map(|rules| (rules, crate::switched::any_environment())))?",
        "law-known-approvals",
    ),
    check(
        "law manifest: of approvals",
        LAW,
        "require(«in_force == Some(event.manifest)», Rule::Manifest",
        "true",
        "law-manifest-of-approvals",
    ),
    check(
        "law path: of approvals",
        LAW,
        "require(«rules.source_of(environment).as_ref() == Some(&event.from)», Rule::Path",
        "true",
        "law-path-of-approvals",
    ),
    check(
        "law release: of approvals",
        LAW,
        "require(«release.is_some_and(|release| release.digest == *digest)», Rule::Release",
        "true",
        "law-release-of-approvals law-release-unknown-of-approvals",
    ),
    check(
        "law approvals: asked for where they are needed, for no longer than that",
        LAW,
        "require(«latest».is_some_and(",
        "Some(event.expires)",
        "law-approvals-not-demanded law-approvals-too-long",
    ),
    check(
        "law approvals: over after they are asked for",
        LAW,
        "|latest| «entry.time < event.expires» &&",
        "true",
        "law-approvals-over-at-once",
    ),
    check(
        "law known: for an answer",
        LAW,
        "let (rules, rule) = «known(state, pipeline, environment, Some(component))?»; let Some(approvals)",
        "known(state, pipeline, environment, Some(component)).or_else(|_| super::rule::rules(state, pipeline).map(|rules| (rules, crate::switched::any_environment())))?",
        "law-known-grant law-known-rejection",
    ),
    check(
        "law approvals: an answer to the newest request",
        LAW,
        "filter(|found| «found.request == request») else",
        "true",
        "law-approvals-grant-of-an-older-request law-approvals-grant-of-nothing",
    ),
    check(
        "law approvals: an answer to a request",
        LAW,
        "return «Err(Unlawful::new(Rule::Approvals, detail))»",
        "Ok(None)",
        "law-approvals-grant-of-an-older-request law-approvals-grant-of-another-digest law-approvals-grant-of-nothing
         law-approvals-reject-elsewhere",
    ),
    check(
        "guard: an answer where approvals are needed",
        GUARD,
        "return «Err(no(format!(\"{} asks for no approvals\", rule.name)))»",
        "Ok(None)",
        "law-approvals-grant-not-demanded",
    ),
    check(
        "guard: an answer under the manifest of the request",
        GUARD,
        "if «Some(approvals.manifest) != in_force» { return Err(",
        "false",
        "law-approvals-grant-under-another-manifest",
    ),
    check(
        "guard: an answer before the request is over",
        GUARD,
        "if «at >= approvals.expires» { return Err(",
        "false",
        "law-approvals-grant-too-late law-approvals-reject-too-late",
    ),
    check(
        "guard: an answer to a request that nobody rejected",
        GUARD,
        "if let Some(rejected) = «&approvals.rejected» { return Err(",
        "&None",
        "law-approvals-grant-after-rejection law-approvals-reject-again",
    ),
    check(
        "guard: an answer of nobody who asked",
        GUARD,
        "find(|by| «who.is(by)») { return Err(",
        "false",
        "law-approvals-grant-for-whom-asked law-approvals-grant-of-ones-own law-approvals-grant-of-the-keys-own
         law-approvals-reject-of-ones-own",
    ),
    check(
        "guard: one answer of a name and of a key",
        GUARD,
        "find(|granted| «granted.is_of(who.actor, &who.key.principal)»); if let Some(before)",
        "false",
        "law-approvals-grant-twice law-approvals-grant-twice-by-one-actor law-approvals-grant-twice-by-one-key law-approvals-grant-twice-own-last",
    ),
    check(
        "guard: whoever said yes may say no",
        GUARD,
        "before.filter(|_| «counts») { return Err(",
        "true",
        "valid/approvals valid/taken-over-by-approvers",
    ),
    check(
        "guard: an answer of whoever may change the environment, where no groups are named",
        GUARD,
        "return «authorization(rules, rule, &who).map(|_| None)»",
        "Ok(None)",
        "law-authorization-grant law-authorization-reject",
    ),
    check(
        "guard: an answer of the groups",
        GUARD,
        "None => { «Err(no(format!(\"{} is approved by members of {}, and {} is in none of them\", rule.name, names(&demanded.groups), who.actor)))»",
        "Ok(None)",
        "law-approvals-grant-of-no-group law-approvals-reject-of-no-group",
    ),
    check(
        "law approvals: the group of an approval",
        LAW,
        "(entry, key), true)?; «by_group(by, group.as_ref())»",
        "Ok(())",
        "law-approvals-group-left-out law-approvals-group-not-asked-for law-approvals-group-of-others
         law-approvals-group-second law-approvals-token-before-the-key law-approvals-token-before-the-rules
         law-approvals-token-second",
    ),
    check(
        "law approvals: the group of a rejection",
        LAW,
        "(entry, key), false)?; «by_group(by, group.as_ref())»",
        "Ok(())",
        "law-approvals-group-left-out-of-a-rejection law-approvals-group-not-asked-for-of-a-rejection",
    ),
    check(
        "law approvals: the group that the rules give",
        LAW,
        "require(«expected == found», Rule::Approvals",
        "true",
        "law-approvals-group-* law-approvals-token-before-the-key law-approvals-token-before-the-rules
         law-approvals-token-second",
    ),
    check(
        "law approvals: of a promotion",
        LAW,
        "stops.extend(«guard::approvals(state, rule, asked)»);",
        "None",
        "law-approvals-missing law-approvals-none law-approvals-of-an-older-request law-approvals-of-another-manifest
         law-approvals-of-another-version law-approvals-over law-approvals-own law-approvals-own-key law-approvals-own-name
         law-approvals-rejected law-approvals-spent law-approvals-too-few",
    ),
    check(
        "guard: approvals that are open",
        GUARD,
        "filter(|found| «is_open(found, in_force, asked.at)» &&",
        "true",
        "law-approvals-of-another-manifest law-approvals-over",
    ),
    check("guard: approvals of the version", GUARD, "&& «found.version == promotion.version»)", "true", "law-approvals-of-another-version"),
    check(
        "guard: approvals under the manifest in force",
        GUARD,
        "«Some(approvals.manifest) == in_force» && at < approvals.expires",
        "true",
        "law-approvals-of-another-manifest",
    ),
    check(
        "guard: approvals that are not over",
        GUARD,
        "Some(approvals.manifest) == in_force && «at < approvals.expires»",
        "true",
        "law-approvals-over",
    ),
    check(
        "guard: approvals that nobody rejected",
        GUARD,
        "if let Some(rejected) = «&standing.rejected» {",
        "&None",
        "law-approvals-rejected valid/taken-over-by-approvers",
    ),
    check(
        "guard: approvals of others than whoever promotes",
        GUARD,
        "filter(|granted| «!granted.is_of(asked.who.actor, &asked.who.key.principal)»)",
        "true",
        "law-approvals-own law-approvals-own-key law-approvals-own-name",
    ),
    check(
        "guard: as many approvals as are needed",
        GUARD,
        "if «given.len() >= usize::try_from(demanded.count).unwrap_or(usize::MAX)» {",
        "true",
        "law-approvals-missing law-approvals-of-an-older-request law-approvals-own law-approvals-own-key law-approvals-own-name
         law-approvals-too-few",
    ),
    check(
        "state: approvals are spent",
        FOLD,
        "«self.put(FactKey::Approvals(pipeline.clone(), component.clone(), to.clone(), digest.clone()), None)»;",
        "()",
        "law-approvals-spent",
    ),
    check(
        "law signature: looked at where it is demanded",
        LAW,
        "let Some(demanded) = &run.signature else { return «Err(Unlawful::new(Rule::Signature, \"the rules must ask for a signature, found that they do not\"))»",
        "Ok(())",
        "law-signature-not-demanded",
    ),
    check(
        "law epoch: of a look at a signature",
        LAW,
        "«held(run, event.epoch, entry)?»; let Some(demanded)",
        "()",
        "law-epoch-signature law-epoch-signature-early",
    ),
    check(
        "law signature: verified by what the rules say",
        LAW,
        "require(«asked || event.found != SignatureFound::Verified», Rule::Signature",
        "true",
        "law-signature-verified-by-*",
    ),
    check(
        "law signature: before a step",
        PROMOTION,
        "require(«!unsigned», Rule::Signature",
        "true",
        "law-signature-found-last law-signature-invalid law-signature-not-checked law-signature-not-checked-to-warn
         law-signature-unknown law-signature-unsigned",
    ),
    check(
        "guard: a good signature where the rules insist",
        RUN,
        "Enforcement::Enforce => «self.found == Some(SignatureFound::Verified)»",
        "self.found.is_some()",
        "law-signature-found-last law-signature-invalid law-signature-unknown law-signature-unsigned",
    ),
    check(
        "guard: a look where the rules warn",
        RUN,
        "Enforcement::Warn => «self.found.is_some()»",
        "true",
        "law-signature-not-checked-to-warn",
    ),
    check(
        "law signature: called what it was found to be",
        PROMOTION,
        "require(«event.signature_status == status», Rule::Signature",
        "true",
        "law-signature-called-*",
    ),
];
