//! From what the rules of a pipeline say of an issuer to an issuer whose tokens can be held against it.

use promotion_ledger::meaning::names::Document;
use promotion_ledger::meaning::rules::{GroupGiven, IssuerRule};

use super::issuer::{GroupCondition, Issuer, IssuerError};

impl TryFrom<&IssuerRule> for Issuer {
    type Error = IssuerError;

    fn try_from(rule: &IssuerRule) -> Result<Self, IssuerError> {
        let IssuerRule { audience, groups, issuer, keys, principal } = rule;
        let groups = groups.iter().map(condition).collect();
        Self::new(issuer.as_str(), audience.as_str(), principal.as_str(), keys.as_ref().map(Document::as_str), groups)
    }
}

fn condition(given: &GroupGiven) -> GroupCondition {
    let claims = given.claims.iter().map(|claim| (claim.name.to_string(), claim.value.to_string())).collect();
    GroupCondition { group: given.name.clone(), claims }
}
