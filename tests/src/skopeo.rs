//! Skopeo: what a program that shares no code with ours finds in a registry, and puts there.

use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::programs;

/// Skopeo's view of one registry (or of a proxy before it). Certificates are not checked: what is asked is what is there.
#[derive(Debug, Clone)]
pub struct Skopeo {
    host: String,
    credentials: Option<String>,
}

impl Skopeo {
    /// The registry at `host`, which is `127.0.0.1:PORT`.
    #[must_use]
    pub fn at(host: &str) -> Self {
        Self { host: host.to_owned(), credentials: None }
    }

    /// The same, logged in.
    #[must_use]
    pub fn with_credentials(mut self, user: &str, password: &str) -> Self {
        self.credentials = Some(format!("{user}:{password}"));
        self
    }

    /// The digest that `tag` stands on; fails where the tag is absent.
    #[must_use]
    pub fn digest(&self, repository: &str, tag: &str) -> String {
        digest_of(&programs::stdout(&mut self.inspect(repository, tag)))
    }

    /// The digest that `tag` stands on, `None` where there is no such tag or repository; any other trouble fails.
    #[must_use]
    pub fn find_digest(&self, repository: &str, tag: &str) -> Option<String> {
        let mut command = self.inspect(repository, tag);
        let output = programs::output(&mut command);
        if output.status.success() {
            return Some(digest_of(&output.stdout));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("manifest unknown") || said.contains("name unknown"), "{command:?} ended with {}:\n{said}", output.status);
        None
    }

    /// The manifest that `tag` stands on, byte for byte.
    #[must_use]
    pub fn manifest(&self, repository: &str, tag: &str) -> Vec<u8> {
        programs::stdout(&mut self.inspect(repository, tag))
    }

    /// The repository's tags, sorted.
    #[must_use]
    pub fn list_tags(&self, repository: &str) -> Vec<String> {
        let mut command = self.command("list-tags", "");
        let listing = programs::stdout(command.arg(format!("docker://{}/{repository}", self.host)));
        let listing: serde_json::Value = serde_json::from_slice(&listing).expect("skopeo lists tags as JSON");
        let tags = listing["Tags"].as_array().expect("the listing holds an array of tags");
        let mut tags: Vec<String> = tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        tags.sort();
        tags
    }

    /// Pushes the image that `name` stands on in a layout to `repository:tag`, its digest kept.
    pub fn push_layout(&self, layout: &Path, name: &str, repository: &str, tag: &str) {
        let mut command = self.command("copy", "dest-");
        command.arg("--preserve-digests").arg(format!("oci:{}:{name}", layout.display())).arg(self.reference(repository, tag));
        programs::stdout(&mut command);
    }

    fn inspect(&self, repository: &str, tag: &str) -> Command {
        let mut command = self.command("inspect", "");
        command.arg("--raw").arg(self.reference(repository, tag));
        command
    }

    fn reference(&self, repository: &str, tag: &str) -> String {
        format!("docker://{}/{repository}:{tag}", self.host)
    }

    /// `skopeo VERB` with what lets it in; the options of a copy's far end have a prefix.
    fn command(&self, verb: &str, prefix: &str) -> Command {
        let mut command = programs::quiet("skopeo");
        command.args(["--insecure-policy", verb, &format!("--{prefix}tls-verify=false")]);
        if let Some(credentials) = &self.credentials {
            command.arg(format!("--{prefix}creds={credentials}"));
        }
        command
    }
}

/// `sha256:` and the hexadecimal digest of a manifest's bytes.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;
    use crate::registry::{Options, Registry};

    #[test]
    fn it_sees_what_a_layout_pushed() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut layout = Layout::create(folder.path());
        let digest = layout.add_image("shop 1.0.0");
        layout.tag(&digest, "1.0.0");
        let registry = Registry::start();
        let skopeo = registry.skopeo();
        skopeo.push_layout(layout.path(), "1.0.0", "acme/shop", "1.0.0");
        assert_eq!(skopeo.digest("acme/shop", "1.0.0"), digest);
        assert_eq!(skopeo.find_digest("acme/shop", "1.0.1"), None);
        assert_eq!(skopeo.list_tags("acme/shop"), ["1.0.0"]);
        assert_eq!(digest_of(&skopeo.manifest("acme/shop", "1.0.0")), digest);
    }

    #[test]
    fn it_is_let_in_with_a_password_over_tls() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut layout = Layout::create(folder.path());
        let digest = layout.add_image("shop 1.0.0");
        layout.tag(&digest, "1.0.0");
        let registry = Registry::start_with(Options { auth: Some(("ci".to_owned(), "secret".to_owned())), tls: true });
        registry.skopeo().push_layout(layout.path(), "1.0.0", "acme/shop", "1.0.0");
        assert_eq!(registry.skopeo().digest("acme/shop", "1.0.0"), digest);
    }

    #[test]
    #[should_panic(expected = "refused")]
    fn a_registry_that_is_gone_is_not_an_absent_tag() {
        let mut registry = Registry::start();
        registry.stop();
        let _ = registry.skopeo().find_digest("acme/shop", "1.0.0");
    }
}
