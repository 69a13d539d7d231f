//! How a gate is started: what it is given, and what its exit status means.

use std::ffi::OsString;
use std::fs;
use std::num::NonZeroU8;
use std::os::unix::fs::PermissionsExt as _;

use promotion_delivery::gate::{Ending, Run, VariableName};
use promotion_ledger::meaning::event::artifact::GateStatus;

use crate::stage::{stage, text};

// proves: FR-008
#[test]
fn the_environment_holds_what_is_promised_and_nothing_else() {
    let mut stage = stage();
    let path = stage.environment["PATH"].clone().into_string().unwrap();
    for (name, value) in [
        ("HOME", "/home/ci"),
        ("LANG", "C.UTF-8"),
        ("TZ", "Europe/Berlin"),
        ("TMPDIR", "/tmp"),
        ("TOKEN", "for this gate"),
        ("PROMOLEDGER_KEY", "a key"),
        ("PROMOLEDGER_REGISTRY_PASSWORD", "a password"),
        ("OTHER_TOKEN", "for another gate"),
        ("LD_PRELOAD", "/nowhere.so"),
        ("ARTIFACT_DIGEST", "another"),
        ("TO_ENV", "another"),
    ] {
        stage.environment.insert(name.to_owned(), OsString::from(value));
    }
    let mut gate = stage.argv(&["env"]);
    gate.variables = ["TOKEN", "NOT_SET"].map(|name| VariableName::new(name).unwrap()).to_vec();
    let run = stage.run(&gate);
    assert_eq!(run.ending, Ending::Passed);
    let written = text(&run);
    let mut found: Vec<&str> = written.lines().collect();
    found.sort_unstable();
    let digest = "a".repeat(64);
    let expected = [
        format!("ARTIFACT_DIGEST=sha256:{digest}"),
        format!("ARTIFACT_REF=registry.acme.example/shop/api@sha256:{digest}"),
        "ARTIFACT_TAG=v1.4.2".to_owned(),
        "FROM_ENV=staging".to_owned(),
        "HOME=/home/ci".to_owned(),
        "LANG=C.UTF-8".to_owned(),
        format!("PATH={path}"),
        "PROMOTION_ID=01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        "TMPDIR=/tmp".to_owned(),
        "TOKEN=for this gate".to_owned(),
        "TO_ENV=prod".to_owned(),
        "TZ=Europe/Berlin".to_owned(),
    ];
    assert_eq!(found, expected);
}

// proves: FR-012
#[test]
fn without_a_shell_words_are_what_they_are() {
    let stage = stage();
    let run = stage.run(&stage.argv(&["printf", "%s|", "$HOME", "; echo x", "*", "$(id)"]));
    assert_eq!(text(&run), "$HOME|; echo x|*|$(id)|");
}

// proves: FR-012
#[test]
fn a_shell_runs_a_text_where_it_is_asked_for() {
    let stage = stage();
    let run = stage.run(&stage.sh("cost_analysis", r#"echo "$TO_ENV and $0" | tr a-z A-Z"#));
    assert_eq!(text(&run), "PROD AND COST_ANALYSIS\n");
}

#[test]
fn standard_input_is_empty() {
    let stage = stage();
    let run = stage.run(&stage.argv(&["cat"]));
    assert_eq!((run.ending, run.output.bytes), (Ending::Passed, Vec::new()));
}

#[test]
fn a_gate_runs_in_its_folder() {
    let stage = stage();
    let mut gate = stage.argv(&["pwd"]);
    gate.cwd = stage.path("inner");
    fs::create_dir(&gate.cwd).unwrap();
    assert_eq!(text(&stage.run(&gate)).trim_end(), gate.cwd.canonicalize().unwrap().to_str().unwrap());
}

#[test]
fn both_streams_are_kept_in_the_order_of_writing() {
    let run = stage().run_sh("echo one; echo two >&2; echo three; exit 1");
    assert_eq!((text(&run).as_str(), run.ending), ("one\ntwo\nthree\n", Ending::Failed(1)));
}

// proves: FR-006, FR-009
#[test]
fn the_exit_status_decides() {
    let stage = stage();
    for (script, warning, status, error) in [
        ("exit 0", None, GateStatus::Passed, None),
        ("exit 1", None, GateStatus::Failed, Some("Gate failed with exit status 1")),
        ("exit 3", None, GateStatus::Failed, Some("Gate failed with exit status 3")),
        ("exit 3", NonZeroU8::new(3), GateStatus::Warning, Some("Gate passed with a warning: exit status 3")),
        ("exit 4", NonZeroU8::new(3), GateStatus::Failed, Some("Gate failed with exit status 4")),
        ("exit 0", NonZeroU8::new(3), GateStatus::Passed, None),
        ("kill -SEGV $$", NonZeroU8::new(11), GateStatus::Failed, Some("Gate was ended by signal 11")),
        ("kill -KILL $$", None, GateStatus::Failed, Some("Gate was ended by signal 9")),
        ("kill -TERM $$", None, GateStatus::Failed, Some("Gate was ended by signal 15")),
    ] {
        let mut gate = stage.sh("tests", script);
        gate.warning_status = warning;
        let run = stage.run(&gate);
        assert_eq!((run.status(), run.error().as_deref()), (status, error), "{script}");
        assert!(!run.still_running);
    }
}

// proves: FR-006, FR-009
#[test]
fn what_cannot_be_started_fails_and_is_named() {
    let stage = stage();
    let plain = stage.path("plain");
    fs::write(&plain, "#!/bin/sh\nexit 0\n").unwrap();
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o644)).unwrap();
    // Written by another process: a file that is open for writing, be it in a test beside this one that just forked, is no program.
    stage.run_sh("echo '#!/no/such/interpreter' > orphan; chmod +x orphan");
    for (words, named) in [
        (&["no-such-program-anywhere"][..], "program \"no-such-program-anywhere\" was not found"),
        (&["./plain"], "program \"./plain\" may not be executed"),
        (&["./orphan"], "program \"./orphan\" was not found, or the interpreter"),
        (&["/"], "program \"/\" may not be executed"),
        (&["echo", "a\0b"], "program \"echo\": "),
        (&[], "its command is empty"),
        (&[""], "its command is empty"),
    ] {
        let run = stage.run(&stage.argv(words));
        assert_eq!(run.status(), GateStatus::Failed, "{words:?}");
        let error = run.error().unwrap();
        assert!(error.starts_with("Gate could not be started: ") && error.contains(named), "{words:?}: {error}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let stage = stage();
    let mut gate = stage.gate("tests", Run::Shell("exit 0".to_owned()));
    gate.cwd = "/no/such/folder".into();
    let error = stage.run(&gate).error().unwrap();
    assert_eq!(error, "Gate could not be started: its folder \"/no/such/folder\" is no directory that can be used");
}
