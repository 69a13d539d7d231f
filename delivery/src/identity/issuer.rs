//! An issuer whose tokens count: who it is, what its tokens must say, and what they then mean.

use std::collections::BTreeSet;

use promotion_ledger::meaning::names::Group;
use serde_json::{Map, Value};

use super::address::{self, InvalidAddress};
use super::key_set::{KeySet, KeySetError};
use super::template::{Template, TemplateError};

/// A description of an issuer that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// It cannot be there.
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    /// A token that is for nobody is for everybody.
    #[error("the audience of the issuer {issuer} is blank: expected the text that tokens for us have as `aud`")]
    Audience {
        /// The issuer.
        issuer: String,
    },
    /// Nobody could be named.
    #[error("of the issuer {issuer}, {reason}")]
    Principal {
        /// The issuer.
        issuer: String,
        /// What is wrong with the template.
        #[source]
        reason: TemplateError,
    },
    /// The keys given are none.
    #[error("the keys of the issuer {issuer} cannot be used: {reason}")]
    Keys {
        /// The issuer.
        issuer: String,
        /// What is wrong with them.
        #[source]
        reason: KeySetError,
    },
    /// A group that every token gives.
    #[error("the group {group} of the issuer {issuer} asks for no claim: expected at least one, or every token would give it")]
    Everybody {
        /// The issuer.
        issuer: String,
        /// The group.
        group: Group,
    },
    /// A claim without a name.
    #[error("the group {group} of the issuer {issuer} asks for a claim without a name: expected one such as `repository_owner`")]
    NamelessClaim {
        /// The issuer.
        issuer: String,
        /// The group.
        group: Group,
    },
}

/// What a token must say for a group: each claim named must be just that text, or an array that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCondition {
    /// The group that it gives.
    pub group: Group,
    /// The claims, by their names at the top of the token, and what each must say.
    pub claims: Vec<(String, String)>,
}

impl GroupCondition {
    fn holds(&self, claims: &Map<String, Value>) -> bool {
        self.claims.iter().all(|(name, expected)| match claims.get(name) {
            Some(Value::String(found)) => found == expected,
            Some(Value::Array(items)) => items.iter().any(|item| item.as_str() == Some(expected)),
            _ => false,
        })
    }
}

/// An issuer whose tokens count.
#[derive(Debug, Clone)]
pub struct Issuer {
    url: String,
    audience: String,
    principal: Template,
    keys: Option<KeySet>,
    groups: Vec<GroupCondition>,
}

impl Issuer {
    /// `url` is what its tokens have as `iss`, letter by letter; `audience` what they have as `aud` when they are for us;
    /// `principal` a template such as `github:{repository}`; `keys` the JSON of a JWK Set, where the keys are not to be
    /// fetched from the issuer.
    ///
    /// # Errors
    ///
    /// [`IssuerError`] names the part that cannot be used.
    pub fn new(url: &str, audience: &str, principal: &str, keys: Option<&str>, groups: Vec<GroupCondition>) -> Result<Self, IssuerError> {
        address::issuer(url)?;
        let issuer = || url.to_owned();
        if audience.trim().is_empty() {
            return Err(IssuerError::Audience { issuer: issuer() });
        }
        let principal = Template::parse(principal).map_err(|reason| IssuerError::Principal { issuer: issuer(), reason })?;
        let keys = keys.map(|text| KeySet::pinned(text.as_bytes())).transpose();
        let keys = keys.map_err(|reason| IssuerError::Keys { issuer: issuer(), reason })?;
        for GroupCondition { group, claims } in &groups {
            if claims.is_empty() {
                return Err(IssuerError::Everybody { issuer: issuer(), group: group.clone() });
            }
            if claims.iter().any(|(name, _)| name.trim().is_empty()) {
                return Err(IssuerError::NamelessClaim { issuer: issuer(), group: group.clone() });
            }
        }
        Ok(Self { url: issuer(), audience: audience.to_owned(), principal, keys, groups })
    }

    /// What its tokens have as `iss`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What its tokens have as `aud` when they are for us.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The template of the principals that its tokens stand for.
    pub fn principal(&self) -> &str {
        self.principal.as_str()
    }

    /// The keys that are pinned, if any are.
    pub fn pinned_keys(&self) -> Option<&KeySet> {
        self.keys.as_ref()
    }

    pub(super) fn template(&self) -> &Template {
        &self.principal
    }

    /// The groups that these claims give, in order, each once.
    pub(super) fn groups_of(&self, claims: &Map<String, Value>) -> Vec<Group> {
        let given = self.groups.iter().filter(|condition| condition.holds(claims));
        given.map(|condition| condition.group.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }
}
