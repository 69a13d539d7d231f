//! A registry in memory, shared by all processes: every call may wait, fail, arrive late, or be the last.

use std::sync::Arc;
use std::time::Duration;

use promotion_delivery::registry::{Manifest, Registry, RegistryError};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{Repository, TagName};

use crate::process::{Fault, Line};
use crate::scene::{COMPONENTS, VERSIONS, artifact};
use crate::world::Planted;

/// One process's handle to one repository.
pub(crate) struct Shelf<'a> {
    pub(crate) line: &'a Arc<Line>,
    pub(crate) repository: Repository,
}

fn server() -> String {
    "registry.acme.example".to_owned()
}

impl Shelf<'_> {
    fn key(&self, tag: &TagName) -> (String, String) {
        (self.repository.to_string(), tag.to_string())
    }

    fn fails<T>(&self, error: RegistryError) -> Result<T, RegistryError> {
        let code = error.exit_code().number();
        self.line.world().life(self.line.process).registry_error = Some(code);
        Err(error)
    }

    fn unreachable<T>(&self) -> Result<T, RegistryError> {
        self.fails(RegistryError::Unreachable { server: server(), reason: "connection refused".to_owned() })
    }
}

impl Registry for Shelf<'_> {
    fn resolve(&self, tag: &TagName) -> Result<Option<Digest>, RegistryError> {
        self.line.point("resolve", true);
        if self.line.fault("resolve", &[Fault::Before]).is_some() {
            return self.unreachable();
        }
        let mut world = self.line.world();
        let found = world.tags.get(&self.key(tag)).cloned();
        let life = world.life(self.line.process);
        if !life.decided {
            life.source_tag = std::mem::replace(&mut life.answer, found.clone());
        }
        Ok(found.map(|digest| Digest::new(digest).expect("a digest")))
    }

    fn manifest(&self, digest: &Digest) -> Result<Manifest, RegistryError> {
        self.line.point("manifest", true);
        match self.line.fault("manifest", &[Fault::Before, Fault::Wrong]) {
            None => {}
            Some(Fault::Wrong) => {
                let found = artifact("api", "other", 0).digest().clone();
                return self.fails(RegistryError::DigestDiffers { repository: self.repository.clone(), expected: digest.clone(), found });
            }
            Some(_) => return self.unreachable(),
        }
        let all = COMPONENTS.iter().flat_map(|component| VERSIONS.iter().map(move |version| (component, version)));
        let mut artifacts = all.flat_map(|(component, version)| [0, 1].map(|build| artifact(component, version, build)));
        match artifacts.find(|manifest| manifest.digest() == digest) {
            Some(manifest) => Ok(manifest),
            None => self.fails(RegistryError::NotFound { repository: self.repository.clone(), what: digest.to_string() }),
        }
    }

    fn tag(&self, tag: &TagName, manifest: &Manifest) -> Result<(), RegistryError> {
        self.line.point("tag", true);
        let (key, digest) = (self.key(tag), manifest.digest().to_string());
        let fault = self.line.fault("tag", &[Fault::Before, Fault::After, Fault::Wrong]);
        if fault == Some(Fault::Before) {
            return self.unreachable();
        }
        if fault == Some(Fault::Wrong) {
            let (repository, tag, expected) = (self.repository.clone(), tag.clone(), manifest.digest().clone());
            return self.fails(RegistryError::ReadBackDiffers { repository, tag, expected, found: None });
        }
        let lost = self.line.world().planted == Some(Planted::LostTag) && self.line.chance().is_multiple_of(8);
        let mut world = self.line.world();
        world.tell(|| format!("  p{} points {} at {}", self.line.process, key.1, &digest[7..15]));
        if !world.fenced && fault == Some(Fault::After) {
            world.late.push((key, digest));
        } else if !lost {
            world.moved.remove(&key);
            world.tags.insert(key, digest);
        }
        drop(world);
        self.line.point("hearing of the tag", true);
        if fault == Some(Fault::After) {
            return self.fails(RegistryError::TimedOut { server: server(), limit: Duration::from_secs(30) });
        }
        Ok(())
    }

    fn tags(&self) -> Result<Vec<TagName>, RegistryError> {
        Ok(Vec::new())
    }

    fn check_push(&self) -> Result<(), RegistryError> {
        Ok(())
    }
}
