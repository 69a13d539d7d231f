//! Key files: where keys are kept, how one is made, and which one signs.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use promotion_ledger::custody::random::Random as _;
use promotion_ledger::evidence::keyring::{SecretKey, Signer as _};
use promotion_ledger::meaning::core::{Core, KeyRecord};
use promotion_ledger::meaning::names::KeyName;
use promotion_ledger::meaning::refusal::ExitCode;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::error::{CommandError, file};
use crate::machine::SystemRandom;

/// The variable that may hold a key itself.
const KEY_VARIABLE: &str = "PROMOLEDGER_KEY";

/// Makes a key that nobody has had before.
pub(crate) fn fresh(name: KeyName) -> SecretKey {
    let mut seed = Zeroizing::new([0; 32]);
    SystemRandom.fill(seed.as_mut());
    SecretKey::from_seed(name, &seed)
}

/// Where the key of that name is kept unless somebody says otherwise.
pub(crate) fn usual_place(context: &Context, name: &KeyName) -> Result<PathBuf, CommandError> {
    let plain: String =
        name.as_str().chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@') { c } else { '-' }).collect();
    Ok(context.config_folder()?.join("keys").join(plain))
}

/// Writes a key to a file that only its owner can read. Never over another file.
pub(crate) fn write(path: &Path, key: &SecretKey) -> Result<(), CommandError> {
    let write = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(key.to_text().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    };
    write().map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            CommandError::usage(format!("{} is there already: a key is never written over another file", path.display()))
                .hint("name the key or its file otherwise, or use the one that is there with --key")
        }
        _ => file(path, "written", &error),
    })
}

/// Reads a key from a file that nobody else can read.
pub(crate) fn read(path: &Path) -> Result<SecretKey, CommandError> {
    let metadata = fs::metadata(path).map_err(|error| file(path, "read", &error))?;
    let mode = metadata.permissions().mode();
    if mode & 0o077 != 0 {
        let message = format!("{} can be read by others: expected mode 600, found {:o}", path.display(), mode & 0o777);
        return Err(CommandError::usage(message).hint(format!("chmod 600 {}", path.display())));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| file(path, "read", &error))?);
    SecretKey::parse(text.trim_end()).map_err(|error| CommandError::usage(format!("{}: {error}", path.display())))
}

/// The key to sign with: `--key` or its variable, the variable that holds a key, or the one kept key that is live in this ledger.
pub(crate) fn signing_key(context: &Context, core: &Core) -> Result<SecretKey, CommandError> {
    if let Some(path) = &context.global.key {
        return read(path);
    }
    if let Some(text) = context.variable(KEY_VARIABLE) {
        let text = text.to_str().ok_or_else(|| CommandError::usage(format!("{KEY_VARIABLE} is not text")))?;
        return SecretKey::parse(text.trim()).map_err(|error| CommandError::usage(format!("{KEY_VARIABLE}: {error}")));
    }
    let folder = context.config_folder()?.join("keys");
    let mut live: Vec<(PathBuf, SecretKey)> = kept(&folder).into_iter().filter(|(_, key)| is_live(core, key)).collect();
    match (live.len(), live.pop()) {
        (1, Some((_, key))) => Ok(key),
        (0, _) => Err(CommandError::new(ExitCode::NotAuthorized, format!("no key of this ledger was found in {}", context.tidy(&folder)))
            .hint("name one with --key FILE or PROMOLEDGER_KEY_FILE; `promoledger keys request` makes one to ask for")),
        (_, last) => {
            let paths = live.iter().chain(&last).map(|(path, _)| context.tidy(path)).collect::<Vec<_>>().join(", ");
            Err(CommandError::usage(format!("several keys of this ledger are kept here: {paths}"))
                .hint("say which with --key FILE or PROMOLEDGER_KEY_FILE"))
        }
    }
}

/// Every readable key in the folder, in order of file name. Files that are no keys are not this command's business.
fn kept(folder: &Path) -> Vec<(PathBuf, SecretKey)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().filter_map(|path| read(&path).ok().map(|key| (path, key))).collect()
}

fn is_live(core: &Core, key: &SecretKey) -> bool {
    record_of(core, key).is_some_and(KeyRecord::is_live)
}

/// The ledger's record of a key.
pub(crate) fn record_of<'a>(core: &'a Core, key: &SecretKey) -> Option<&'a KeyRecord> {
    let key = key.key();
    core.keys.iter().find(|record| record.key.name == *key.name() && record.key.public == key.public())
}
