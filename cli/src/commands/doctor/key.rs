//! What `doctor` says of keys: which one signs, what it may do, and who else could read its file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use promotion_ledger::evidence::keyring::{SecretKey, Signer as _};
use promotion_ledger::meaning::core::{Core, KeyRecord};
use promotion_ledger::meaning::grant::{Grant, Name, Names, Role};
use promotion_ledger::meaning::refusal::ExitCode;

use crate::context::Context;
use crate::error::CommandError;
use crate::keys;
use crate::page::count;
use crate::views::admin::CheckRow;

/// The key that signs, and the files of keys that others can read.
pub(super) fn key(context: &Context, core: &Core) -> Vec<CheckRow> {
    let mut checks = vec![match keys::signing_key(context, core) {
        Ok(key) => signing(core, &key),
        Err(error) => CheckRow::problem("key", error),
    }];
    let folder = context.config_folder().map(|folder| folder.join("keys"));
    let open = folder.map(|folder| readable_by_others(&folder)).unwrap_or_default();
    checks.extend(open.into_iter().map(|(path, mode)| {
        let message = format!("{} can be read by others (mode {mode:o}), and is not used while it can", context.tidy(&path));
        CheckRow::warning("key file", message, format!("chmod 600 {}", path.display()))
    }));
    checks
}

fn signing(core: &Core, key: &SecretKey) -> CheckRow {
    let name = key.key().name();
    match keys::record_of(core, key) {
        None => {
            let message = format!("key {name} is not in this ledger");
            let hint = "ask an admin to add it: `promoledger keys request` makes what they need";
            CheckRow::problem("key", CommandError::new(ExitCode::NotAuthorized, message).hint(hint))
        }
        Some(KeyRecord { revoked: Some(revoked), .. }) => {
            let message = format!("key {name} was revoked at entry {revoked}");
            CheckRow::problem(
                "key",
                CommandError::new(ExitCode::NotAuthorized, message).hint("make another with `promoledger keys request`"),
            )
        }
        Some(record) => CheckRow::ok("key", format!("{name} signs for {}: {}", record.principal, may(record))),
    }
}

/// What the key may do, in words.
fn may(record: &KeyRecord) -> String {
    if record.recovery {
        return "adds and revokes keys, and nothing else".to_owned();
    }
    if record.grants.is_empty() {
        return "may do nothing".to_owned();
    }
    record.grants.iter().map(grant).collect::<Vec<_>>().join("; ")
}

fn grant(grant: &Grant) -> String {
    let role = Role::ALL.into_iter().find(|role| role.permissions() == grant.permissions);
    let what = match (role, &grant.permissions) {
        (Some(Role::Admin), _) | (None, Names::Any) => "an admin, may do everything, keys and manifests included".to_owned(),
        (Some(Role::Operator), _) => {
            "an operator, may register, promote, roll back, lock, lift any lock, halt, resolve, record gates, approve and review".to_owned()
        }
        (Some(Role::Ci), _) => "may register, promote, roll back, halt and record gates".to_owned(),
        (Some(Role::Approver), _) => "may approve, reject and review".to_owned(),
        (Some(Role::Gate), _) => "may record gate results".to_owned(),
        (Some(Role::Identity), _) => "may vouch for tokens".to_owned(),
        (None, Names::Only(permissions)) => format!("may append {}", count(permissions.len() as u64, "event type", "event types")),
    };
    let places = [
        narrowed("pipeline", &grant.pipelines),
        narrowed("component", &grant.components),
        narrowed("environment", &grant.environments),
        narrowed("gate", &grant.gates),
    ];
    let places: Vec<String> = places.into_iter().flatten().collect();
    let place = if places.is_empty() { "everywhere".to_owned() } else { format!("only for {}", places.join(", ")) };
    let acts = match &grant.act_for {
        Names::Only(names) if names.is_empty() => String::new(),
        Names::Only(names) => format!(", also as {}", listed(names)),
        Names::Any => ", also as anybody".to_owned(),
    };
    format!("{what}, {place}{acts}")
}

fn narrowed<T: Name>(kind: &str, names: &Names<T>) -> Option<String> {
    match names {
        Names::Any => None,
        Names::Only(names) if names.is_empty() => Some(format!("no {kind}")),
        Names::Only(names) => Some(format!("{kind} {}", listed(names))),
    }
}

fn listed<T: Name>(names: &[T]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Files in the folder of keys that others can read, with their mode.
fn readable_by_others(folder: &Path) -> Vec<(PathBuf, u32)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let modes = paths
        .filter_map(|path| fs::metadata(&path).ok().filter(fs::Metadata::is_file).map(|file| (path, file.permissions().mode() & 0o777)));
    let mut open: Vec<(PathBuf, u32)> = modes.filter(|(_, mode)| mode & 0o077 != 0).collect();
    open.sort();
    open
}

#[cfg(test)]
mod tests {
    use promotion_ledger::meaning::names::{Environment, Principal};

    use super::*;

    #[test]
    fn grants_are_told_in_words() {
        assert_eq!(grant(&Grant::everything()), "an admin, may do everything, keys and manifests included, everywhere");
        let narrow = Grant {
            permissions: Role::Ci.permissions(),
            environments: Names::Only(vec![Environment::new("dev").unwrap(), Environment::new("staging").unwrap()]),
            act_for: Names::Only(vec![Principal::new("ci:acme/shop").unwrap()]),
            ..Grant::everything()
        };
        assert_eq!(
            grant(&narrow),
            "may register, promote, roll back, halt and record gates, only for environment dev staging, also as ci:acme/shop"
        );
    }

    #[test]
    fn files_that_others_can_read_are_found() {
        let folder = tempfile::tempdir().unwrap();
        for (name, mode) in [("good", 0o600), ("open", 0o644)] {
            let path = folder.path().join(name);
            fs::write(&path, "x").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        assert_eq!(readable_by_others(folder.path()), [(folder.path().join("open"), 0o644)]);
        assert!(readable_by_others(&folder.path().join("none")).is_empty());
    }
}
