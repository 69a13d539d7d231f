//! Credentials as docker and podman keep them: which source speaks for a repository.
//!
//! What is given explicitly beats all. Then the first of these files that has something for the repository:
//! `REGISTRY_AUTH_FILE`, podman's `containers/auth.json`, docker's `config.json`. Within a file, as docker does it:
//! the helper named for the registry, the helper named for all, the file's own entries.

mod error;
mod file;
pub(super) mod helper;
mod shown;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use error::CredentialError;
use file::AuthFile;
use helper::Helper;
pub use shown::Login;
pub(super) use shown::{Credential, Target};

/// Where credentials may be found. All of it is passed in; no environment variable is read here.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Given explicitly: beats all else.
    pub explicit: Option<Login>,
    /// The file that `REGISTRY_AUTH_FILE` names.
    pub registry_auth_file: Option<PathBuf>,
    /// The directory that `XDG_RUNTIME_DIR` names; podman's file is below it.
    pub xdg_runtime_dir: Option<PathBuf>,
    /// The directory that `DOCKER_CONFIG` names; docker's file is in it.
    pub docker_config: Option<PathBuf>,
    /// The home directory; docker's file is below it unless `DOCKER_CONFIG` is set.
    pub home: Option<PathBuf>,
    /// The directories in which credential helpers are looked for, in order.
    pub helper_path: Vec<PathBuf>,
    /// How long a helper may take.
    pub helper_time_limit: Duration,
}

impl Default for Sources {
    fn default() -> Self {
        Self {
            explicit: None,
            registry_auth_file: None,
            xdg_runtime_dir: None,
            docker_config: None,
            home: None,
            helper_path: Vec::new(),
            helper_time_limit: Duration::from_secs(20),
        }
    }
}

/// A credential, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) credential: Credential,
    pub(super) origin: String,
}

impl Sources {
    /// The credential that speaks for the repository; `None` when there is none and it must be asked anonymously.
    pub(super) fn find(&self, target: Target<'_>) -> Result<Option<Found>, CredentialError> {
        if let Some(login) = &self.explicit {
            let origin = "the user name and password given".to_owned();
            return Ok(Some(Found { credential: Credential::Password(login.clone()), origin }));
        }
        for (path, variable) in self.files() {
            let Some(file) = AuthFile::read(&path)? else {
                if let Some(variable) = variable {
                    return Err(CredentialError::Missing { path, variable });
                }
                continue;
            };
            if let Some(found) = self.find_in(&file, &path, target)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The files to look into, in order; with the variable where one names the file itself and it must be there.
    fn files(&self) -> Vec<(PathBuf, Option<&'static str>)> {
        let named = self.registry_auth_file.clone().map(|path| (path, Some("REGISTRY_AUTH_FILE")));
        let podman = self.xdg_runtime_dir.as_deref().map(|directory| (directory.join("containers/auth.json"), None));
        let docker = match (&self.docker_config, &self.home) {
            (Some(directory), _) => Some((directory.join("config.json"), None)),
            (None, Some(home)) => Some((home.join(".docker/config.json"), None)),
            (None, None) => None,
        };
        named.into_iter().chain(podman).chain(docker).collect()
    }

    fn find_in(&self, file: &AuthFile, path: &Path, target: Target<'_>) -> Result<Option<Found>, CredentialError> {
        let helpers = [file.helper_for(target), file.helper_for_all(target)];
        for (name, server) in helpers.into_iter().flatten() {
            if let Some(found) = self.ask(name, &server, path)? {
                return Ok(Some(found));
            }
        }
        let entry = file.entry_for(target);
        let credential = entry.map(|(key, entry)| entry.credential(path, key)).transpose()?.flatten();
        Ok(credential.map(|credential| Found { credential, origin: path.display().to_string() }))
    }

    fn ask(&self, name: &str, server: &str, path: &Path) -> Result<Option<Found>, CredentialError> {
        let helper = Helper::new(name, self.helper_time_limit);
        match helper.get(server, &self.helper_path) {
            Ok(credential) => Ok(credential.map(|credential| Found { credential, origin: helper.program().to_owned() })),
            Err(source) => Err(CredentialError::Helper { helper: helper.program().to_owned(), path: path.to_owned(), source }),
        }
    }
}

#[cfg(test)]
mod tests;
