//! Guards of who: membership, authorization by environment, and separation of duties.

use super::person::Person;
use super::stop::{Asked, Guard, Stop};
use crate::meaning::core::Proven;
use crate::meaning::names::{Group, Principal};
use crate::meaning::rules::{AuthorizationRule, EnvironmentRule, Rules};
use crate::meaning::state::State;

/// Every group that somebody belongs to, with who says so. A key speaks for whom it stands for alone, a token for what its issuer
/// may still give.
pub fn groups_of<'a>(rules: &'a Rules, who: &Person<'a>) -> Vec<(&'a Group, String)> {
    let Person { actor, key, proven } = *who;
    let listed = rules.groups().iter().filter(|group| group.members.contains(actor));
    let of_key = if key.principal == *actor { key.groups.as_slice() } else { &[] };
    let manifest = listed.map(|group| (&group.name, "the manifest".to_owned()));
    let by_key = of_key.iter().map(|group| (group, format!("key {}", key.key.name)));
    let by_token = proven.into_iter().flat_map(|proven| given(rules, proven));
    manifest.chain(by_key).chain(by_token).collect()
}

fn given<'a>(rules: &'a Rules, proven: &'a Proven) -> impl Iterator<Item = (&'a Group, String)> {
    let issuer = rules.issuer(&proven.issuer);
    let groups = proven.groups.iter().filter(move |group| issuer.is_some_and(|issuer| issuer.gives(group)));
    groups.map(|group| (group, format!("a token of {} (entry {})", proven.issuer, proven.sequence)))
}

/// By what right somebody may change the environment, or why not. Nothing where everybody may.
pub fn authorization(rules: &Rules, rule: &EnvironmentRule, who: &Person<'_>) -> Result<Option<String>, Stop> {
    let Some(AuthorizationRule { groups, operators }) = &rule.authorization else { return Ok(None) };
    let actor = who.actor;
    if operators.contains(actor) {
        return Ok(Some(format!("operator {actor}")));
    }
    let has = groups_of(rules, who);
    if let Some((group, source)) = has.iter().find(|(group, _)| groups.contains(group)) {
        return Ok(Some(format!("group {group} by {source}")));
    }
    let message = format!(
        "{} may be changed by {}; {actor} is {}",
        rule.name,
        required(groups, operators),
        if has.is_empty() { "in no group".to_owned() } else { format!("in {}", list(has.iter().map(|(group, _)| group))) }
    );
    let hint = "an admin names operators, groups and issuers of tokens in the manifest, or the groups of a key when it is added";
    Err(Stop::new(Guard::Authorization, message).hint(hint))
}

fn required(groups: &[Group], operators: &[Principal]) -> String {
    let groups = (!groups.is_empty()).then(|| format!("members of {}", list(groups.iter())));
    let operators = (!operators.is_empty()).then(|| list(operators.iter()));
    [groups, operators].into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

fn list<T: std::fmt::Display>(names: impl Iterator<Item = T>) -> String {
    names.map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}

/// Whether whoever asks brought this digest into the environment that it comes from.
pub fn duties(state: &State, rule: &EnvironmentRule, asked: &Asked<'_>) -> Option<Stop> {
    rule.separation_of_duties?;
    let promotion = asked.promotion;
    let from = promotion.from.environment()?;
    let movers = state.movers(&promotion.pipeline, &promotion.component, from, &promotion.digest);
    let same = movers.iter().find(|mover| asked.who.is(mover))?;
    let message = format!(
        "{same} brought this digest of {} to {from}, and {} separates duties: somebody else must bring it further",
        promotion.component, promotion.to
    );
    Some(Stop::new(Guard::Duties, message).hint(format!("have somebody other than {} promote it", list(movers.iter()))))
}
