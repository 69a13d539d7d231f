//! Settings of gates that no environment demands: they would silently do nothing, and mostly their name is mistyped.

use std::collections::BTreeSet;

use promotion_ledger::meaning::rules::{EnvironmentRule, SECURITY_SCAN};

use super::cursor::{Cursor, Fields};
use super::error::{ManifestError, Path, quoted};
use super::near::nearest;

/// Refuses commands and settings of gates that none of the environments demands.
pub(super) fn refuse(promotion: &Fields<'_>, environments: &[EnvironmentRule]) -> Result<(), ManifestError> {
    let demanded: BTreeSet<&str> = environments.iter().flat_map(|environment| &environment.gates).map(|gate| gate.as_str()).collect();
    promotion.read("security_scan", |at| if demanded.contains(SECURITY_SCAN) { Ok(()) } else { Err(scan(at, &demanded)) })?;
    promotion.read("gate_commands", |at| commands(at, &demanded))?;
    Ok(())
}

fn scan(at: &Cursor<'_>, demanded: &BTreeSet<&str>) -> ManifestError {
    let near = near(SECURITY_SCAN, demanded).map(|near| format!("did you mean `{SECURITY_SCAN}` where an environment demands `{near}`?"));
    let hint = near.unwrap_or_else(|| format!("write `{SECURITY_SCAN}` among the `gates` of an environment, or remove this"));
    at.error(format!("an environment that demands the gate `{SECURITY_SCAN}`"), "none").hinting(hint)
}

fn commands(at: &Cursor<'_>, demanded: &BTreeSet<&str>) -> Result<(), ManifestError> {
    let entries = at.entries("a mapping from gate names to commands")?;
    let mut names = entries.iter().filter_map(|entry| Some((&entry.key, entry.key.scalar()?)));
    let Some((key, name)) = names.find(|(_, name)| !demanded.contains(name)) else { return Ok(()) };
    let hint = near(name, demanded).map_or_else(
        || "write it among the `gates` of an environment, or remove its command".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let found = format!("{}, which none demands", quoted(name));
    Err(Cursor::new(key, Path::Key(at.path(), name)).error("a gate that an environment demands", found).hinting(hint))
}

fn near<'d>(name: &str, demanded: &BTreeSet<&'d str>) -> Option<&'d str> {
    nearest(name, &demanded.iter().copied().collect::<Vec<_>>())
}
