//! Whose ID tokens say who somebody is, and which groups they give.

use promotion_ledger::meaning::names::Group;
use promotion_ledger::meaning::rules::{ClaimRule, GroupGiven, IssuerRule};

use super::cursor::{Cursor, Fields};
use super::error::{ManifestError, Path};
use super::files::{Files, document};
use super::shape::{GROUP_GIVEN, ISSUER, MOST_CLAIMS, MOST_GROUPS, MOST_ISSUERS};
use super::yaml::Entry;
use crate::identity::{Issuer, IssuerError};

/// Reads `issuers`.
pub(super) fn issuers(at: &Cursor<'_>, files: &dyn Files) -> Result<Vec<IssuerRule>, ManifestError> {
    at.each("a list of issuers", MOST_ISSUERS, |at, earlier: &[IssuerRule]| {
        let rule = issuer(at, files)?;
        if earlier.iter().any(|other| other.issuer == rule.issuer) { Err(at.again("issuer", rule.issuer.as_str())) } else { Ok(rule) }
    })
}

fn issuer(at: &Cursor<'_>, files: &dyn Files) -> Result<IssuerRule, ManifestError> {
    const WHAT: &str = "an issuer";
    let fields = at.fields(ISSUER)?;
    let rule = IssuerRule {
        issuer: fields.must(WHAT, "issuer", |at| at.name("the issuer's URL, as its tokens say it"))?,
        audience: fields.must(WHAT, "audience", |at| at.name("for whom its tokens must be made"))?,
        principal: fields.must(WHAT, "principal", |at| at.name("how claims name a principal, such as `github:{repository}`"))?,
        keys: fields.read("keys", |at| document(at, files, at.text("the path of a JWK Set's file")?))?,
        groups: fields.read("groups", groups)?.unwrap_or_default(),
    };
    match Issuer::try_from(&rule) {
        Ok(_) => Ok(rule),
        Err(error) => Err(unusable(at, &fields, &error)),
    }
}

fn groups(at: &Cursor<'_>) -> Result<Vec<GroupGiven>, ManifestError> {
    at.each("a list of groups with the claims that give them", MOST_GROUPS, |at, earlier: &[GroupGiven]| {
        const WHAT: &str = "a group that tokens give";
        let fields = at.fields(GROUP_GIVEN)?;
        let name: Group = fields.must(WHAT, "group", |at| at.name("a group name"))?;
        let mut claims = fields.must(WHAT, "claims", claims)?;
        claims.sort();
        let given = GroupGiven { claims, name };
        if earlier.contains(&given) { Err(at.again("group with the same claims", given.name.as_str())) } else { Ok(given) }
    })
}

fn claims(at: &Cursor<'_>) -> Result<Vec<ClaimRule>, ManifestError> {
    let entries = at.entries("a mapping of claims to what they must say")?;
    if entries.is_empty() || entries.len() > MOST_CLAIMS {
        let found =
            if entries.is_empty() { "none, so that every token would give the group".to_owned() } else { entries.len().to_string() };
        return Err(at.error(format!("1 to {MOST_CLAIMS} claims"), found));
    }
    entries.iter().map(|entry| claim(entry, at.path())).collect()
}

fn claim(entry: &Entry<'_>, path: &Path<'_>) -> Result<ClaimRule, ManifestError> {
    let path = Path::Key(path, entry.key.scalar().unwrap_or_default());
    let name = Cursor::new(&entry.key, path).name("a claim's name")?;
    Ok(ClaimRule { name, value: Cursor::new(&entry.value, path).name("what the claim must say")? })
}

/// What is wrong, at the field that has it.
fn unusable(at: &Cursor<'_>, fields: &Fields<'_>, error: &IssuerError) -> ManifestError {
    let told = |at: &Cursor<'_>| at.error("an issuer whose tokens can be checked", error.to_string());
    let field = match error {
        IssuerError::Audience { .. } => "audience",
        IssuerError::Principal { .. } => "principal",
        IssuerError::Keys { .. } => "keys",
        IssuerError::Everybody { .. } | IssuerError::NamelessClaim { .. } => "groups",
        _ => "issuer",
    };
    fields.of(field, told).unwrap_or_else(|| told(at))
}
