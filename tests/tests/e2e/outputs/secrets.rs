//! Keys: read from where nobody else can read, and never shown.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::shop::{PLAIN, Shop, digest};

/// The admin's key moved from its file into a variable, and its secret part.
fn key_in_a_variable(shop: &Shop) -> (String, String) {
    let text = fs::read_to_string(shop.key_file()).expect("the key has a file");
    fs::remove_file(shop.key_file()).expect("the key's file can be removed");
    let text = text.trim().to_owned();
    let secret = text.splitn(5, '+').last().expect("a key has parts").to_owned();
    assert_eq!(secret.len(), 44, "33 bytes in base64");
    (text, secret)
}

#[test]
fn a_key_in_a_variable_signs_and_is_never_shown() {
    let shop = Shop::in_layouts(PLAIN);
    let (text, secret) = key_in_a_variable(&shop);
    let program = shop.admin().env("PROMOLEDGER_KEY", &text);
    shop.run(&["lock", "--env", "dev", "--reason", "x"]).expect_code(12);
    let digest = digest("api", "v1.0.0");
    let commands: &[&[&str]] = &[
        &["lock", "--env", "dev", "--reason", "x"],
        &["promote", "v1.0.0", "--from", "none", "--to", "dev"],
        &["unlock", "--env", "dev"],
        &["promote", "v1.0.0", "--from", "none", "--to", "dev"],
        &["register", "v1.0.0", "--ref", &digest],
        &["keys", "list"],
        &["keys", "request", "--principal", "a@b", "--name", "acme.example/a"],
        &["doctor"],
        &["show", "3"],
        &["verify"],
        &["export", "audit"],
        &["--help"],
        &["promote", "--help"],
        &["promote", "--nonsense"],
    ];
    for command in commands {
        for further in [&["--verbose"][..], &["--output", "json"]] {
            let run = program.run(&[command, further].concat());
            assert!(!run.stdout.contains(&secret) && !run.stderr.contains(&secret), "{command:?} shows the key");
        }
    }
    assert_eq!(shop.newest("promotion.completed").text("actor"), crate::shop::OPS);
}

#[test]
fn a_key_that_is_not_one_is_not_repeated_in_the_error() {
    let shop = Shop::in_layouts(PLAIN);
    let (text, secret) = key_in_a_variable(&shop);
    let half = &secret[..secret.len() / 2];
    let broken = [text.replace(&secret, half), text.replacen("ops", "opt", 1), secret.clone(), format!("{text}\n{text}")];
    for key in broken {
        let run =
            shop.admin().env("PROMOLEDGER_KEY", &key).run(&["lock", "--env", "dev", "--reason", "x", "--output", "json"]).expect_code(2);
        assert!(!run.stdout.contains(half) && !run.stderr.contains(half), "{run:?}");
        assert!(run.stderr.contains("PROMOLEDGER_KEY"), "{run:?}");
    }
}

#[test]
fn a_key_file_is_its_owners_alone() {
    let shop = Shop::in_layouts(PLAIN);
    let file = shop.key_file();
    let mode = |file: &std::path::Path| fs::metadata(file).expect("the key has a file").permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    let named = shop.admin().env("PROMOLEDGER_KEY_FILE", &file);
    for (bits, code) in [(0o640, 2), (0o604, 2), (0o660, 2), (0o400, 0), (0o600, 0)] {
        fs::set_permissions(&file, fs::Permissions::from_mode(bits)).expect("permissions can be set");
        let run = named.run(&["lock", "--env", "dev", "--reason", "x"]).expect_code(code);
        assert_eq!(run.stderr.contains("chmod 600"), code == 2, "{run:?}");
    }
    // A key is never written over a file that is there.
    let before = fs::read(&file).expect("the key can be read");
    let asked = ["keys", "request", "--principal", "a@b", "--name", "acme.example/ops"];
    shop.run(&asked).expect_code(2);
    assert_eq!(fs::read(&file).expect("the key can be read"), before);
}

#[test]
fn init_makes_its_files_for_the_owner_alone() {
    let shop = Shop::without_ledger(PLAIN);
    shop.open(&["--recovery-key", "recovery.key", "--admin", "ann@acme.example"]);
    let folder = shop.home(".config/promoledger/keys");
    let mut keys: Vec<_> = fs::read_dir(folder).expect("keys are kept").map(|entry| entry.expect("a folder can be read").path()).collect();
    keys.push(shop.workspace.path().join("recovery.key"));
    assert_eq!(keys.len(), 3);
    for key in keys {
        assert_eq!(fs::metadata(&key).expect("a key has a file").permissions().mode() & 0o777, 0o600, "{}", key.display());
    }
    let ignored = fs::read_to_string(shop.workspace.path().join(".promoledger/.gitignore")).expect("the ledger's folder is ignored");
    assert!(ignored.lines().any(|line| line == "*"), "{ignored}");
}
