//! Exports: an auditor verifies plain files with no database, and notices what was changed in them.

use std::fs;
use std::path::PathBuf;

use promoledger_tests::command::Promoledger;
use promoledger_tests::tamper::Finding;

use crate::shop::Shop;
use crate::tampering::story;

/// An export in the hands of an auditor who has nothing else: a folder of its own, no ledger, no keys.
struct Audit {
    shop: Shop,
    auditor: Promoledger,
    folder: PathBuf,
    genesis: String,
    head: String,
}

impl Audit {
    fn new() -> Self {
        let shop = story();
        let written = shop.json(&["export", "audit"]);
        let folder = shop.workspace.path().join("elsewhere");
        fs::create_dir(&folder).expect("a folder can be made");
        fs::rename(shop.workspace.path().join("audit"), folder.join("audit")).expect("an export can be moved");
        fs::remove_dir_all(shop.workspace.path().join(".promoledger")).expect("the ledger can be removed");
        let auditor = shop.workspace.promoledger_of("auditor").in_folder(&folder);
        let text = |field: &str| written[field].as_str().unwrap_or_else(|| panic!("{field} of {written}")).to_owned();
        let head = format!("{}:{}", written["entries"], text("head"));
        Self { auditor, folder, genesis: text("genesis"), head, shop }
    }

    #[track_caller]
    fn verify(&self, code: i32, further: &[&str]) -> Vec<Finding> {
        let run = self.auditor.run(&[&["verify", "--export", "audit", "--output", "json"], further].concat()).expect_code(code);
        Finding::all(&run)
    }

    /// The one bundle of a log this short.
    fn bundle(&self) -> PathBuf {
        let partial = fs::read_dir(self.folder.join("audit/tile/entries/000.p")).expect("a short log has a partial bundle");
        partial.map(|entry| entry.expect("a folder can be read").path()).next().expect("there is one bundle")
    }
}

#[test]
fn an_export_is_verified_with_no_database_and_no_key() {
    let audit = Audit::new();
    assert!(audit.verify(0, &[]).is_empty());
    audit.verify(22, &["--require", "pinned"]);
    audit.verify(0, &["--require", "pinned", "--genesis", &audit.genesis]);
    audit.verify(0, &["--require", "pinned", "--head", &audit.head]);
    audit.verify(20, &["--genesis", &"0".repeat(64)]);
    assert!(!audit.shop.ledger().exists());
    let kept: Vec<_> = fs::read_dir(&audit.folder).expect("the folder can be read").collect();
    assert_eq!(kept.len(), 1, "verifying writes nothing");
}

#[test]
fn one_flipped_bit_anywhere_in_a_bundle_is_named() {
    let audit = Audit::new();
    let file = audit.bundle();
    let whole = fs::read(&file).expect("a bundle can be read");
    // Where each entry's bytes end, to know which one a bit belongs to.
    let mut ends = Vec::new();
    let mut at = 0;
    while at < whole.len() {
        at += 2 + usize::from(u16::from_be_bytes([whole[at], whole[at + 1]]));
        ends.push(at);
    }
    // A prime step, so that every part of an entry is met in some entry.
    for place in (0..whole.len()).step_by(311) {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        fs::write(&file, &flipped).expect("a bundle can be written");
        let entry = ends.iter().filter(|end| **end <= place).count() as u64;
        let findings = audit.verify(20, &[]);
        let named = findings[0].entry == Some(entry) || findings[0].message.contains("tile/entries");
        assert!(named, "byte {place}, in entry {entry}: {findings:?}");
    }
    fs::write(&file, &whole).expect("a bundle can be written");
    audit.verify(0, &[]);
}

#[test]
fn a_bundle_that_is_missing_or_cut_is_noticed() {
    let audit = Audit::new();
    let file = audit.bundle();
    let whole = fs::read(&file).expect("a bundle can be read");
    fs::write(&file, &whole[..whole.len() - 1]).expect("a bundle can be written");
    audit.verify(20, &[]);
    fs::remove_file(&file).expect("a bundle can be removed");
    audit.verify(21, &[]);
}

#[test]
fn evidence_in_an_export_is_checked_too() {
    let audit = Audit::new();
    let bodies = fs::read_dir(audit.folder.join("audit/bodies")).expect("evidence is exported");
    let body = bodies.map(|entry| entry.expect("a folder can be read").path()).next().expect("there is one body");
    let whole = fs::read(&body).expect("a body can be read");
    let mut flipped = whole.clone();
    *flipped.last_mut().expect("a body has bytes") ^= 1;
    fs::write(&body, flipped).expect("a body can be written");
    assert!(audit.verify(20, &[])[0].message.contains("body"));
    fs::remove_file(&body).expect("a body can be removed");
    assert!(audit.verify(21, &[])[0].message.contains("missing"));
}

#[test]
fn a_ledger_that_is_not_sound_is_not_exported_as_if_it_were() {
    let shop = story();
    crate::tampering::edit(&shop, |ledger| {
        ledger.execute("UPDATE entry SET note = X'00' WHERE sequence = 3", []).expect("a row can be changed")
    });
    shop.run(&["export", "audit"]).expect_code(20);
}
