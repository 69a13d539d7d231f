//! Groups of principals, and lists that name groups or principals.

use promotion_ledger::meaning::names::{Group, Principal};
use promotion_ledger::meaning::rules::GroupRule;

use super::cursor::Cursor;
use super::error::{ManifestError, Path};
use super::shape::{MOST_GROUPS, MOST_PRINCIPALS};
use super::yaml::Entry;

const GROUP: &str = "a group name";

/// Reads the groups that the rules describe.
pub(super) fn groups(at: &Cursor<'_>) -> Result<Vec<GroupRule>, ManifestError> {
    let entries = at.entries("a mapping from group names to lists of principals")?;
    if entries.len() > MOST_GROUPS {
        return Err(at.error(format!("at most {MOST_GROUPS} groups"), entries.len().to_string()));
    }
    entries.iter().map(|entry| group(entry, at.path())).collect()
}

fn group(entry: &Entry<'_>, path: &Path<'_>) -> Result<GroupRule, ManifestError> {
    let path = Path::Key(path, entry.key.scalar().unwrap_or_default());
    let name = Cursor::new(&entry.key, path).name::<Group>(GROUP)?;
    Ok(GroupRule { members: principals(&Cursor::new(&entry.value, path))?, name })
}

/// Reads a list of principals, each once.
pub(super) fn principals(at: &Cursor<'_>) -> Result<Vec<Principal>, ManifestError> {
    at.set("a list of principals", ("principal", MOST_PRINCIPALS), |at| at.name("a principal"))
}

/// Reads a list of group names, each once.
pub(super) fn named(at: &Cursor<'_>) -> Result<Vec<Group>, ManifestError> {
    at.set("a list of group names", ("group", MOST_GROUPS), |at| at.name(GROUP))
}
