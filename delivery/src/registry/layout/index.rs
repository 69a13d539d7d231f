//! The `index.json` of an image layout: descriptors, some with a tag. What is not understood is kept as it stands.

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::TagName;
use serde_json::{Map, Value, json};

use crate::registry::repository::Manifest;

/// The annotation that makes a descriptor a tag (OCI image specification 1.1, "Pre-Defined Annotation Keys").
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// The index of an image layout. Every entry of `manifests` is known to be an object.
pub(super) struct Index {
    document: Map<String, Value>,
    descriptors: Vec<Map<String, Value>>,
}

impl Index {
    /// Takes the descriptors out of the document, or says what is wrong with it.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut document: Map<String, Value> =
            serde_json::from_slice(bytes).map_err(|error| format!("it is not a JSON object: {error}"))?;
        let Some(Value::Array(entries)) = document.remove("manifests") else {
            return Err("it has no list `manifests`".to_owned());
        };
        let descriptors = entries.into_iter().enumerate().map(|(at, entry)| match entry {
            Value::Object(descriptor) => Ok(descriptor),
            _ => Err(format!("entry {at} of `manifests` is not an object")),
        });
        Ok(Self { descriptors: descriptors.collect::<Result<_, _>>()?, document })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut document = self.document.clone();
        document.insert("manifests".to_owned(), self.descriptors.iter().cloned().map(Value::Object).collect());
        Value::Object(document).to_string().into_bytes()
    }

    /// Where the tag points; an error where it points to two places.
    pub(super) fn resolve(&self, tag: &TagName) -> Result<Option<Digest>, String> {
        let mut found: Option<Digest> = None;
        for descriptor in self.descriptors.iter().filter(|descriptor| has_tag(descriptor, tag)) {
            let digest = digest(descriptor).ok_or_else(|| format!("tag {tag} has no sha256 digest"))?;
            if let Some(other) = found.replace(digest.clone()).filter(|other| *other != digest) {
                return Err(format!("tag {tag} stands on both {other} and {digest}"));
            }
        }
        Ok(found)
    }

    /// The kind of manifest that the index announces for the digest.
    pub(super) fn media_type(&self, digest: &Digest) -> Option<&str> {
        self.descriptors.iter().find(|descriptor| is_of(descriptor, digest))?.get("mediaType")?.as_str()
    }

    /// The tags in order. Names that no registry would take are other tools' business.
    pub(super) fn tags(&self) -> Vec<TagName> {
        let mut tags: Vec<_> = self.descriptors.iter().filter_map(|descriptor| TagName::new(ref_name(descriptor)?).ok()).collect();
        tags.sort();
        tags.dedup();
        tags
    }

    /// Points the tag at the manifest; says whether that changed anything.
    pub(super) fn point(&mut self, tag: &TagName, manifest: &Manifest) -> bool {
        let mut standing = self.descriptors.iter().filter(|descriptor| has_tag(descriptor, tag));
        if standing.next().is_some_and(|descriptor| is_of(descriptor, manifest.digest())) && standing.next().is_none() {
            return false;
        }
        self.release(tag);
        self.attach(tag, manifest);
        true
    }

    /// Takes the tag away. A manifest's last descriptor stays, without the tag: cleaning tools delete what no
    /// descriptor names, and an untagged release is still a release.
    fn release(&mut self, tag: &TagName) {
        let (tagged, mut kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.descriptors).into_iter().partition(|d| has_tag(d, tag));
        for mut descriptor in tagged {
            let named_elsewhere = kept.iter().any(|other| other.get("digest") == descriptor.get("digest"));
            if !named_elsewhere {
                remove_tag(&mut descriptor);
                kept.push(descriptor);
            }
        }
        self.descriptors = kept;
    }

    /// Puts the tag on the manifest's untagged descriptor, or on a copy of a tagged one: what else a descriptor says,
    /// such as its platform, holds for every tag.
    fn attach(&mut self, tag: &TagName, manifest: &Manifest) {
        if let Some(untagged) = self.descriptors.iter_mut().find(|d| is_of(d, manifest.digest()) && ref_name(d).is_none()) {
            set_tag(untagged, tag);
            return;
        }
        let known = self.descriptors.iter().find(|descriptor| is_of(descriptor, manifest.digest()));
        let mut descriptor = known.cloned().unwrap_or_else(|| describe(manifest));
        set_tag(&mut descriptor, tag);
        self.descriptors.push(descriptor);
    }
}

fn describe(manifest: &Manifest) -> Map<String, Value> {
    Map::from_iter([
        ("mediaType".to_owned(), json!(manifest.media_type().as_str())),
        ("digest".to_owned(), json!(manifest.digest().as_str())),
        ("size".to_owned(), json!(manifest.bytes().len())),
    ])
}

fn digest(descriptor: &Map<String, Value>) -> Option<Digest> {
    Digest::new(descriptor.get("digest")?.as_str()?).ok()
}

fn is_of(descriptor: &Map<String, Value>, digest: &Digest) -> bool {
    descriptor.get("digest").and_then(Value::as_str) == Some(digest.as_str())
}

fn ref_name(descriptor: &Map<String, Value>) -> Option<&str> {
    descriptor.get("annotations")?.get(REF_NAME)?.as_str()
}

fn has_tag(descriptor: &Map<String, Value>, tag: &TagName) -> bool {
    ref_name(descriptor) == Some(tag.as_str())
}

fn set_tag(descriptor: &mut Map<String, Value>, tag: &TagName) {
    let annotations = descriptor.entry("annotations").or_insert_with(|| json!({}));
    if !annotations.is_object() {
        // `"annotations": null` is what some writers leave.
        *annotations = json!({});
    }
    if let Value::Object(annotations) = annotations {
        annotations.insert(REF_NAME.to_owned(), json!(tag.as_str()));
    }
}

fn remove_tag(descriptor: &mut Map<String, Value>) {
    if let Some(Value::Object(annotations)) = descriptor.get_mut("annotations") {
        annotations.remove(REF_NAME);
        if annotations.is_empty() {
            descriptor.remove("annotations");
        }
    }
}
