//! Guards of the release: which versions an environment takes, and changes that break what others rely on.

use super::stop::{Asked, Guard, Stop};
use crate::meaning::rules::EnvironmentRule;
use crate::meaning::state::State;

/// Whether the environment takes the version.
pub fn versions(rule: &EnvironmentRule, asked: &Asked<'_>) -> Option<Stop> {
    let range = rule.versions.as_ref()?;
    let version = &asked.promotion.version;
    let found = match range.contains(version) {
        Some(true) => return None,
        Some(false) => version.to_string(),
        None => format!("{version}, which is no semantic version"),
    };
    let message = format!("{} takes versions of {} {range}, found {found}", rule.name, asked.promotion.component);
    Some(Stop::new(Guard::Versions, message).hint("promote a version that the environment takes, or have the manifest changed"))
}

/// Whether the release changes what others rely on, and nobody said that it is meant.
pub fn breaking(state: &State, asked: &Asked<'_>) -> Option<Stop> {
    let promotion = asked.promotion;
    let release = state.release(&promotion.pipeline, &promotion.component, &promotion.version)?;
    if !release.breaking || asked.allow_breaking {
        return None;
    }
    let message = format!(
        "{} {} was registered at entry {} with changes that break what others rely on",
        promotion.component, promotion.version, release.registered
    );
    Some(
        Stop::new(Guard::Breaking, message)
            .hint(format!("read them with `promoledger show seq:{}`; if they are meant, say so with --allow-breaking", release.registered)),
    )
}
