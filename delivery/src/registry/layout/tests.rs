//! An image layout in a temporary directory: what is read, what is kept, who takes turns.

use promotion_ledger::meaning::names::MediaType;
use serde_json::json;

use promotion_ledger::meaning::exit_code::ExitCode;

use super::*;

const KIND: &str = "application/vnd.oci.image.manifest.v1+json";

fn tag(name: &str) -> TagName {
    TagName::new(name).unwrap()
}

fn manifest(note: &str) -> Manifest {
    let bytes = json!({"schemaVersion": 2, "mediaType": KIND, "annotations": {"note": note}}).to_string().into_bytes();
    Manifest::new(MediaType::new(KIND).unwrap(), bytes)
}

/// A layout with two manifests: one tagged `v1` with fields that nobody here knows, one without a tag.
struct Bench {
    directory: tempfile::TempDir,
    one: Manifest,
    two: Manifest,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { directory: tempfile::tempdir().unwrap(), one: manifest("one"), two: manifest("two") };
        bench.write("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);
        fs::create_dir_all(bench.directory.path().join("blobs/sha256")).unwrap();
        for manifest in [&bench.one, &bench.two] {
            bench.write(&bench.blob(manifest), manifest.bytes());
        }
        let index = json!({
            "schemaVersion": 2, "x-unknown": {"kept": [1, 2.5, null]},
            "manifests": [
                {"mediaType": KIND, "digest": bench.one.digest().as_str(), "size": bench.one.bytes().len(),
                 "platform": {"os": "linux", "architecture": "amd64"}, "x-more": true,
                 "annotations": {REF_NAME: "v1", "org.example.note": "stays"}},
                {"mediaType": KIND, "digest": bench.two.digest().as_str(), "size": bench.two.bytes().len()},
            ],
        });
        bench.write("index.json", index.to_string().as_bytes());
        bench
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.directory.path().join(name), bytes).unwrap();
    }

    fn blob(&self, manifest: &Manifest) -> String {
        format!("blobs/sha256/{}", manifest.digest().hex())
    }

    fn layout(&self) -> Layout {
        let repository = Repository::new(format!("oci-layout:{}", self.directory.path().display())).unwrap();
        Layout::new(repository, self.directory.path().to_owned())
    }

    fn document(&self) -> Value {
        serde_json::from_slice(&fs::read(self.directory.path().join("index.json")).unwrap()).unwrap()
    }
}

const REF_NAME: &str = "org.opencontainers.image.ref.name";

#[test]
fn tags_resolve_and_manifests_come_raw() {
    let bench = Bench::new();
    let layout = bench.layout();
    assert_eq!(layout.resolve(&tag("v1")).unwrap().as_ref(), Some(bench.one.digest()));
    assert_eq!(layout.resolve(&tag("v2")).unwrap(), None);
    assert_eq!(layout.manifest(bench.one.digest()).unwrap(), bench.one);
    assert_eq!(layout.tags().unwrap(), [tag("v1")]);
    let error = layout.manifest(manifest("absent").digest()).unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::NotFound, "{error}");
}

#[test]
fn tagging_keeps_everything_else() {
    let bench = Bench::new();
    bench.layout().tag(&tag("v1-prod"), &bench.one).unwrap();
    let document = bench.document();
    assert_eq!(document["x-unknown"], json!({"kept": [1, 2.5, null]}));
    let entries = document["manifests"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[0]["annotations"][REF_NAME], "v1");
    for entry in [&entries[0], &entries[2]] {
        assert_eq!((&entry["x-more"], &entry["platform"]["os"]), (&json!(true), &json!("linux")));
        assert_eq!(entry["annotations"]["org.example.note"], "stays");
    }
    assert_eq!(entries[2]["annotations"][REF_NAME], "v1-prod");
}

#[test]
fn a_moved_tag_leaves_its_manifest_in_the_index() {
    let bench = Bench::new();
    let layout = bench.layout();
    layout.tag(&tag("v1"), &bench.two).unwrap();
    assert_eq!(layout.resolve(&tag("v1")).unwrap().as_ref(), Some(bench.two.digest()));
    let document = bench.document();
    let entries = document["manifests"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "the untagged descriptor took the tag");
    let left = entries.iter().find(|entry| entry["digest"] == bench.one.digest().as_str()).unwrap();
    assert_eq!(left["annotations"], json!({"org.example.note": "stays"}));
    assert_eq!(layout.manifest(bench.one.digest()).unwrap(), bench.one);
}

#[test]
fn tagging_what_is_tagged_writes_nothing() {
    let bench = Bench::new();
    let before = fs::read(bench.directory.path().join("index.json")).unwrap();
    bench.layout().tag(&tag("v1"), &bench.one).unwrap();
    assert_eq!(fs::read(bench.directory.path().join("index.json")).unwrap(), before);
}

#[test]
fn a_manifest_that_is_not_there_gets_no_tag() {
    let bench = Bench::new();
    let error = bench.layout().tag(&tag("v3"), &manifest("absent")).unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::NotFound);
    assert_eq!(bench.layout().resolve(&tag("v3")).unwrap(), None);
}

#[test]
fn changed_bytes_are_noticed() {
    let bench = Bench::new();
    bench.write(&bench.blob(&bench.one), bench.two.bytes());
    let error = bench.layout().manifest(bench.one.digest()).unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::Immutability);
    assert!(error.to_string().contains(bench.two.digest().as_str()), "{error}");
}

#[test]
fn writers_take_turns() {
    let bench = Bench::new();
    std::thread::scope(|scope| {
        for (writer, manifest) in [("a", &bench.one), ("b", &bench.two)] {
            let layout = bench.layout();
            scope.spawn(move || (0..40).for_each(|n| layout.tag(&tag(&format!("{writer}{n}")), manifest).unwrap()));
        }
    });
    assert_eq!(bench.layout().tags().unwrap().len(), 81, "no writer undid the other's tags");
}

#[test]
fn what_is_no_layout_is_named() {
    let bench = Bench::new();
    let marker = bench.directory.path().join("oci-layout");
    bench.write("oci-layout", br#"{"imageLayoutVersion":"2.0.0"}"#);
    let error = bench.layout().check_push().unwrap_err();
    assert!(error.to_string().ends_with("is an image layout of version 2.0.0: expected 1.0.0"), "{error}");
    fs::remove_file(marker).unwrap();
    let error = bench.layout().resolve(&tag("v1")).unwrap_err();
    assert!(error.to_string().ends_with("is not an OCI image layout: it has no file `oci-layout`"), "{error}");
    assert!(error.hint().is_some());
}

#[test]
fn an_index_that_says_two_things_is_refused() {
    let bench = Bench::new();
    let twice = |manifest: &Manifest| json!({"digest": manifest.digest().as_str(), "annotations": {REF_NAME: "v1"}});
    bench.write("index.json", json!({"manifests": [twice(&bench.one), twice(&bench.two)]}).to_string().as_bytes());
    let error = bench.layout().resolve(&tag("v1")).unwrap_err();
    assert!(error.to_string().contains("tag v1 stands on both"), "{error}");
    bench.layout().tag(&tag("v1"), &bench.two).unwrap();
    assert_eq!(bench.layout().resolve(&tag("v1")).unwrap().as_ref(), Some(bench.two.digest()), "tagging mends it");
}

#[test]
fn checking_leaves_nothing_behind() {
    let bench = Bench::new();
    let list = || fs::read_dir(bench.directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    let before = list();
    bench.layout().check_push().unwrap();
    assert_eq!(list(), before);
}

#[test]
fn an_oversized_manifest_is_not_read() {
    let bench = Bench::new();
    bench.write(&bench.blob(&bench.one), &vec![b' '; LONGEST_MANIFEST + 1]);
    let error = bench.layout().manifest(bench.one.digest()).unwrap_err();
    assert!(matches!(error, RegistryError::TooLarge { limit: LONGEST_MANIFEST, .. }), "{error}");
}
