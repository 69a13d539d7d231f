//! A repository in a registry that asks for no login: its tags as the registry's API gives them, and copies of it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::path::Path;

use crate::http::Message;
use crate::programs;
use crate::registry::Registry;
use crate::skopeo::digest_of;

/// A repository in a registry, asked with none of `promoledger`'s code.
#[derive(Debug, Clone)]
pub struct Repository {
    host: String,
    name: String,
}

impl Repository {
    /// The repository of that name.
    #[must_use]
    pub fn of(registry: &Registry, name: &str) -> Self {
        Self { host: registry.host(), name: name.to_owned() }
    }

    /// Copies a repository to another name, behind the registry's back: much faster than pushing, and blobs are shared.
    #[must_use]
    pub fn copy(registry: &Registry, from: &str, to: &str) -> Self {
        let (source, target) = (registry.repositories().join(from), registry.repositories().join(to));
        fs::create_dir_all(target.parent().unwrap_or(Path::new("/"))).expect("the repository's folder can be made");
        programs::stdout(programs::quiet("cp").arg("-a").arg(&source).arg(&target));
        Self::of(registry, to)
    }

    /// Every tag and the digest of the manifest under it, hashed here.
    #[must_use]
    pub fn tags(&self) -> BTreeMap<String, String> {
        let listing = self.get("tags/list").expect("the repository is there");
        let listing: serde_json::Value = serde_json::from_slice(&listing).expect("a registry lists tags as JSON");
        let names = listing["tags"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        names.filter_map(|name| Some((name.to_owned(), digest_of(&self.get(&format!("manifests/{name}"))?)))).collect()
    }

    /// The body of the answer; nothing where the registry says that there is no such thing.
    fn get(&self, below: &str) -> Option<Vec<u8>> {
        let Self { host, name } = self;
        let path = format!("/v2/{name}/{below}");
        let accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, application/json";
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n");
        let mut stream = TcpStream::connect(host).unwrap_or_else(|error| panic!("the registry {host} is not there: {error}"));
        stream.write_all(request.as_bytes()).expect("a registry takes a request");
        let answer = Message::read_response(&mut BufReader::new(stream)).expect("a registry answers");
        match answer.first_line.split(' ').nth(1) {
            Some("200") => Some(answer.body),
            Some("404") => None,
            _ => panic!("GET {path}: {}", answer.first_line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;

    #[test]
    fn a_copy_has_the_same_tags_and_a_life_of_its_own() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut layout = Layout::create(folder.path());
        let digest = layout.add_image("shop 1.0.0");
        layout.tag(&digest, "1.0.0");
        let registry = Registry::start();
        registry.skopeo().push_layout(layout.path(), "1.0.0", "shop", "1.0.0");
        let copy = Repository::copy(&registry, "shop", "further/shop");
        assert_eq!(copy.tags(), BTreeMap::from([("1.0.0".to_owned(), digest.clone())]));
        registry.skopeo().push_layout(layout.path(), "1.0.0", "further/shop", "1.0.1");
        assert_eq!(copy.tags().len(), 2);
        assert_eq!(Repository::of(&registry, "shop").tags(), BTreeMap::from([("1.0.0".to_owned(), digest)]));
    }
}
