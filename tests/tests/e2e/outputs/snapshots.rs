//! The pages as people see them: exit code, standard output and standard error together.

use promoledger_tests::command::Run;

use crate::shop::{GATED, Shop, digest, notes};

/// Takes out what differs from run to run: identities, hashes, moments.
pub(super) fn compare(name: &str, run: &Run) {
    let text = format!("exit {}\n--- stdout\n{}--- stderr\n{}", run.code.unwrap_or(-1), run.stdout, run.stderr);
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (pattern, shown) in [
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", "[time]"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)?", "[time]"),
        (r"\b\d\d:\d\d(:\d\d)?( UTC)?", "[time]"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]"),
        (r"promotion 0[0-9a-f]{7}(-[0-9a-f]{4})?", "promotion [id]"),
        (r"trace [0-9a-f]{32}", "trace [trace]"),
        (r"acme.example/(ops|ci)\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+", "acme.example/$1+[key]"),
        (r"(?:sha256:)?[0-9a-f]{64}", "[hash]"),
        (r"sha256:[0-9a-f]{8,}…", "[short hash]"),
        (r"\b[0-9a-f]{8,}…", "[short hash]"),
        (r"\b\d+(\.\d+)? (ms|s|min)( ago)?\b", "[duration]"),
        (r"acme.example/ops\+[0-9a-f]{8}\b", "acme.example/ops+[key id]"),
        // Columns are as wide as what was taken out of them.
        (r"(\(UTC\)|\[time\]|\[duration\]\)|now|–) {2,}", "$1  "),
    ] {
        settings.add_filter(pattern, shown);
    }
    settings.bind(|| insta::assert_snapshot!(name, text));
}

// proves: FR-031, FR-036, FR-039
#[test]
fn pages_read_well() {
    let shop = Shop::without_ledger(GATED);
    compare("init", &shop.open(&[]));
    compare("register", &shop.register("api", "v1.0.0"));
    shop.register("api", "v1.1.0").expect_code(0);
    compare("promote", &shop.promote("v1.0.0", "none", "dev"));
    compare("promote-again", &shop.promote("v1.0.0", "none", "dev"));
    compare("promote-dry-run", &shop.run(&[&shop.promotion("v1.0.0", "dev", "staging")[..], &["--dry-run"]].concat()));
    shop.record_gate("tests", "v1.0.0", "staging", "passed");
    compare("promote-with-gate", &shop.promote("v1.0.0", "dev", "staging"));
    compare("lock", &shop.run(&["lock", "--env", "prod", "--reason", "Incident 123: database migration"]));
    compare("promote-refused", &shop.promote("v1.0.0", "staging", "prod"));
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    compare("rollback", &shop.run(&["rollback", "--env", "dev", "--reason", "it was slow"]));
    compare("status", &shop.run(&["status"]));
    compare("status-at", &shop.run(&["status", "--at", "seq:12"]));
    compare("diff", &shop.run(&["diff", "seq:12"]));
    compare("diff-environments", &shop.run(&["diff", "staging", "dev"]));
    compare("impact", &shop.run(&["impact", "v1.1.0", "--env", "dev"]));
    compare("history", &shop.run(&["history", "--limit", "8"]));
    compare("show-entry", &shop.run(&["show", "2"]));
    let id = shop.newest("rollback.completed").data()["promotion"]["promotion_id"].as_str().expect("a promotion has an id").to_owned();
    compare("show-promotion", &shop.run(&["show", &id]));
    compare("where", &shop.run(&["where", &digest("api", "v1.0.0")]));
    compare("keys-list", &shop.run(&["keys", "list"]));
    compare("verify-good", &shop.run(&["verify"]));

    let mut note = notes(&shop.ledger())[2].clone();
    let at = note.windows(6).position(|window| window == b"v1.0.0").expect("the entry names its version");
    note[at + 5] = b'1';
    crate::tampering::edit(&shop, |ledger| {
        ledger.execute("UPDATE entry SET note = ?1 WHERE sequence = 2", [note]).expect("a row can be changed");
    });
    compare("verify-bad", &shop.run(&["verify"]));
}
