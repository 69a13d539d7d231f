//! Verdicts that are kept: for one artifact and one policy, for a while, and only good ones.

use std::fs;

use jiff::{SignedDuration, ToSpan};

use super::super::{Cache, FolderCache, Kept, check_cached};
use super::*;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn asked(shelf: &Shelf, image: &str, policy: &Policy, cache: &FolderCache, now: Timestamp) -> Result<Kept, SignatureError> {
    check_cached(shelf, &shelf.image(image), policy, now, cache, DAY)
}

/// A cache that has the verdict on `tag` by the key `release`, and the file that it is in.
fn filled(folder: &tempfile::TempDir) -> (FolderCache, std::path::PathBuf) {
    let folder = folder.path().join("made/when/needed");
    let cache = FolderCache::new(&folder);
    asked(&Shelf::fixtures(), "tag", &keys(&["release"]), &cache, now()).unwrap();
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    (cache, file)
}

/// Whether the verdict is found without reading anything.
fn found(cache: &FolderCache, image: &str, policy: &Policy, now: Timestamp) -> bool {
    let shelf = Shelf::fixtures();
    let kept = asked(&shelf, image, policy, cache, now);
    shelf.reads.get() == 0 && kept.is_ok()
}

// proves: FR-021
#[test]
fn a_verdict_is_kept_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, _) = filled(&folder);
    let policy = keys(&["release"]);
    let kept = asked(&Shelf::fixtures(), "tag", &policy, &cache, now() + 1.hour()).unwrap();
    assert_eq!(kept, Kept { at: now(), checked: checked(&Shelf::fixtures(), "tag", &policy).unwrap() });
    assert!(found(&cache, "tag", &policy, now()) && found(&cache, "tag", &policy, now() + 24.hours()));
    // What was found after it is asked for was found by a clock that runs wrong.
    assert!(!found(&cache, "tag", &policy, now() - 1.second()));
    let (cache, _) = filled(&folder);
    assert!(!found(&cache, "tag", &policy, now() + 24.hours() + 1.second()));
    assert!(found(&cache, "tag", &policy, now() + 48.hours()), "it was found anew, and kept");
}

// proves: FR-021
#[test]
fn a_verdict_is_of_one_artifact_and_one_policy() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, file) = filled(&folder);
    assert!(!found(&cache, "bundle", &keys(&["release"]), now()));
    assert!(!found(&cache, "tag", &annotated("release", ("env", "dev")), now()));
    assert!(asked(&Shelf::fixtures(), "tag", &keys(&["stranger"]), &cache, now()).is_err());
    // A file under another's name is not that other one.
    let shelf = Shelf::fixtures();
    let policy = keys(&["stranger"]);
    let name = format!("{}-{}.json", shelf.image("tag").hex(), policy.digest().hex());
    fs::copy(&file, file.with_file_name(name)).unwrap();
    assert!(asked(&shelf, "tag", &policy, &cache, now()).is_err());
}

// proves: FR-021
#[test]
fn only_good_verdicts_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let cache = FolderCache::new(folder.path());
    for image in ["unsigned", "tag-stranger", "attested"] {
        asked(&Shelf::fixtures(), image, &keys(&["release"]), &cache, now()).unwrap_err();
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

// proves: FR-021
#[test]
fn a_file_that_is_not_whole_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, file) = filled(&folder);
    let whole = fs::read(&file).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    let other_rules = text.replace(r#""rules":1"#, r#""rules":2"#);
    assert_ne!(other_rules, text);
    for bytes in [&b""[..], b"{}", b"\xff", &whole[..whole.len() / 2], other_rules.as_bytes(), &vec![b' '; 100_000]] {
        fs::write(&file, bytes).unwrap();
        assert!(!found(&cache, "tag", &keys(&["release"]), now()), "{bytes:?}");
        assert!(found(&cache, "tag", &keys(&["release"]), now()), "it was found anew, and kept");
    }
}

// proves: FR-021
#[test]
fn a_folder_that_cannot_be_used_keeps_nothing_and_spoils_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    let cache = FolderCache::new(&file);
    asked(&Shelf::fixtures(), "tag", &keys(&["release"]), &cache, now()).unwrap();
    let kept = Kept { at: now(), checked: checked(&Shelf::fixtures(), "tag", &keys(&["release"])).unwrap() };
    assert!(cache.keep(&Shelf::fixtures().image("tag"), keys(&["release"]).digest(), &kept).is_err());
}
