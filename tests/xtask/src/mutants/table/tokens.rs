//! Tokens: what rules say of issuers, what a token may say, and for whom and how long its groups count.

use crate::mutants::mutant::{Mutant, check};

const LAW: &str = "meaning/law/identity.rs";
const ISSUER: &str = "meaning/rules/issuer.rs";
const WHO: &str = "meaning/guard/who.rs";
const CORE: &str = "meaning/core.rs";

const PERSON: &str = "meaning/guard/person.rs";
pub(super) const CHECKS: &[Mutant] = &[
    check(
        "rules: issuers ascend, each once",
        ISSUER,
        "if «!ascends(&names)» { return Err(",
        "false",
        "law-shape-issuer-twice law-shape-issuers-unsorted",
    ),
    check("rules: a group for some claim", ISSUER, "«!given.claims.is_empty()» && ascends", "true", "law-shape-issuer-group-for-nothing"),
    check(
        "rules: claims ascend, each once",
        ISSUER,
        "&& «ascends(&given.claims)»;",
        "true",
        "law-shape-issuer-claim-twice law-shape-issuer-claim-values-unsorted law-shape-issuer-claims-unsorted",
    ),
    check(
        "rules: nothing gives a group twice",
        ISSUER,
        "|| «twice(&issuer.groups).is_some()»); wrong.map_or(Ok(()), |issuer| Err(InvalidRules::Issuer(issuer.issuer.clone())))",
        "false",
        "law-shape-issuer-groups-equal law-shape-issuer-groups-equal-apart",
    ),
    check(
        "law known: of a token",
        LAW,
        "let rules = «rules(state, &event.pipeline)?»;",
        "match state.core().rules(&event.pipeline) { Some(rules) => rules, None => return Ok(()) }",
        "law-known-proven",
    ),
    check(
        "law identity: an issuer that is believed",
        LAW,
        "return «Err(Unlawful::new(Rule::Identity, format!(\"tokens {believed} are believed, found one of {}\", event.issuer)))»",
        "Ok(())",
        "law-identity-issuer law-identity-issuer-begins law-identity-no-issuers",
    ),
    check(
        "law identity: groups that the issuer gives",
        LAW,
        "require(«foreign.is_none()», Rule::Identity",
        "true",
        "law-identity-group law-identity-group-of-another-issuer law-identity-group-of-the-rules law-identity-one-group",
    ),
    check("law identity: groups ascend", LAW, "require(«ordered», Rule::Identity", "true", "law-identity-order law-identity-twice"),
    check("law identity: each group once", LAW, "all(|(one, next)| «one < next»)", "one <= next", "law-identity-twice"),
    check(
        "law identity: over after it is shown",
        LAW,
        "require(«at < event.expires» &&",
        "true",
        "law-identity-over law-identity-over-before",
    ),
    check("law identity: for a day at most", LAW, "&& «event.expires <= latest», Rule::Identity", "true", "law-identity-too-long"),
    check(
        "guard: a token until it is over",
        PERSON,
        "&& «at < proven.expires»)",
        "true",
        "law-approvals-token-over law-authorization-token-over law-authorization-token-over-before",
    ),
    check(
        "guard: groups that the rules still give",
        WHO,
        "filter(move |group| «issuer.is_some_and(|issuer| issuer.gives(group))»)",
        "true",
        "law-authorization-token-group-dropped law-authorization-token-groups-dropped law-authorization-token-issuer-dropped
         law-authorization-token-issuers-dropped",
    ),
    check(
        "guard: a token behind the rules and the key",
        WHO,
        "«manifest.chain(by_key).chain(by_token).collect()»",
        "by_token.chain(manifest).chain(by_key).collect()",
        "law-approvals-token-before-the-key law-approvals-token-before-the-rules valid/token-approvals",
    ),
    check(
        "state: a token counts in its pipeline",
        CORE,
        "«self.pipeline == *pipeline» && self.key",
        "true",
        "law-authorization-token-of-another-pipeline valid/tokens-beside-each-other",
    ),
    check(
        "state: a token counts with its key",
        CORE,
        "&& «self.key == *key» && self.actor",
        "true",
        "law-authorization-token-of-a-second-key law-authorization-token-of-another-key",
    ),
    check(
        "state: a token counts for its actor",
        CORE,
        "&& «self.actor == *actor»",
        "true",
        "law-authorization-token-of-another-actor law-authorization-token-of-another-name valid/tokens-beside-each-other",
    ),
    check(
        "state: what is over is forgotten",
        CORE,
        "retain(|other| «at < other.expires» &&",
        "true",
        "law-authorization-token-forgotten law-authorization-token-forgotten-later",
    ),
    check(
        "state: a token in the place of the one before",
        CORE,
        "&& «!other.is_of(&proven.pipeline, &proven.key, &proven.actor)»)",
        "true",
        "law-authorization-token-replaced",
    ),
];
