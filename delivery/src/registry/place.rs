//! Where a repository is: its name taken apart.

use std::path::PathBuf;

use oci_distribution::Reference;
use promotion_ledger::meaning::names::Repository;

/// Where a repository is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// An OCI image layout directory.
    Layout(PathBuf),
    /// A repository in a registry.
    Remote(Remote),
}

/// A repository in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remote {
    /// Whether it is reached in the clear, without TLS.
    pub(super) in_the_clear: bool,
    /// `HOST[:PORT]` as people write it: what credentials are kept under.
    pub(super) host: String,
    /// The path in the registry.
    pub(super) path: String,
}

impl Place {
    pub(super) fn of(repository: &Repository) -> Self {
        let text = repository.as_str();
        if let Some(directory) = text.strip_prefix("oci-layout:") {
            return Self::Layout(PathBuf::from(directory));
        }
        let plain = text.strip_prefix("http://");
        let (host, path) = plain.unwrap_or(text).split_once('/').unwrap_or((text, ""));
        Self::Remote(Remote { in_the_clear: plain.is_some(), host: host.to_owned(), path: full_path(host, path) })
    }
}

impl Remote {
    /// `http` or `https`.
    pub(super) fn scheme(&self) -> &'static str {
        if self.in_the_clear { "http" } else { "https" }
    }

    /// The tag, as the registry client names it.
    pub(super) fn reference(&self, tag: &str) -> Reference {
        Reference::with_tag(self.host.clone(), self.path.clone(), tag.to_owned())
    }

    /// `HOST[:PORT]` where the registry answers, which for Docker Hub is not the name that people write.
    pub(super) fn address(&self) -> String {
        self.reference("any").resolve_registry().to_owned()
    }
}

/// Docker Hub keeps what is written with one word under `library/`.
fn full_path(host: &str, path: &str) -> String {
    if host == "docker.io" && !path.contains('/') { format!("library/{path}") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(text: &str) -> Remote {
        match Place::of(&Repository::new(text).unwrap()) {
            Place::Remote(remote) => remote,
            Place::Layout(directory) => panic!("{} is no registry", directory.display()),
        }
    }

    #[test]
    fn repositories_come_apart() {
        let secure = remote("registry.acme.example:8443/shop/api");
        assert_eq!((secure.scheme(), &*secure.host, &*secure.path), ("https", "registry.acme.example:8443", "shop/api"));
        let clear = remote("http://127.0.0.1:5000/api");
        assert_eq!((clear.scheme(), &*clear.host, &*clear.path), ("http", "127.0.0.1:5000", "api"));
        assert_eq!(Place::of(&Repository::new("oci-layout:images/api").unwrap()), Place::Layout("images/api".into()));
    }

    #[test]
    fn docker_hub_answers_elsewhere() {
        let hub = remote("docker.io/busybox");
        assert_eq!((&*hub.address(), &*hub.path), ("index.docker.io", "library/busybox"));
        assert_eq!(remote("quay.io/acme/api").address(), "quay.io");
    }
}
