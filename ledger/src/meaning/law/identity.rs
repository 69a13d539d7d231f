//! The law of tokens: who is believed, what they may give, and for how long.

use super::super::event::identity::IdentityProven;
use super::super::rules::IssuerRule;
use super::super::state::State;
use super::super::time::Timestamp;
use super::rule::{Rule, Unlawful, require, rules};

/// How long a token counts at most: no issuer gives a job or a person one for longer.
const LONGEST_SECONDS: u64 = 24 * 60 * 60;

/// Whether what a token said may be recorded at that time.
pub(in crate::meaning) fn proven(state: &State, event: &IdentityProven, at: Timestamp) -> Result<(), Unlawful> {
    let rules = rules(state, &event.pipeline)?;
    let Some(issuer) = rules.issuer(&event.issuer) else {
        let believed: Vec<String> = rules.issuers().iter().map(|issuer| issuer.issuer.to_string()).collect();
        let believed = if believed.is_empty() { "of no issuer".to_owned() } else { format!("of {}", believed.join(", ")) };
        return Err(Unlawful::new(Rule::Identity, format!("tokens {believed} are believed, found one of {}", event.issuer)));
    };
    gives(issuer, event)?;
    let latest = at.plus_seconds(LONGEST_SECONDS);
    require(at < event.expires && event.expires <= latest, Rule::Identity, || {
        format!("a token shown at {at} must be over after that, and by {latest}, found {}", event.expires)
    })
}

fn gives(issuer: &IssuerRule, event: &IdentityProven) -> Result<(), Unlawful> {
    let foreign = event.groups.iter().find(|group| !issuer.gives(group));
    require(foreign.is_none(), Rule::Identity, || {
        let foreign = foreign.map_or(String::new(), ToString::to_string);
        format!("tokens of {} give no group {foreign}", issuer.issuer)
    })?;
    let ordered = event.groups.iter().zip(event.groups.iter().skip(1)).all(|(one, next)| one < next);
    require(ordered, Rule::Identity, || "groups must stand in ascending order, each once".to_owned())
}
