//! Processes that die. A `child_` test is run by the test it names, in a process of its own; run by hand it finds no
//! ledger and does nothing.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};

use super::*;

/// Runs one of the `child_` tests in a process of its own, with `folder` as its working directory.
pub(super) fn child(test: &str, program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--ignored", "--exact", test, "--nocapture"]).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

pub(super) fn wait_for_line(child: &mut Child, expected: &str) {
    let mut said = Vec::new();
    let output = child.stdout.as_mut().expect("its output is piped");
    let mut byte = [0];
    while !String::from_utf8_lossy(&said).contains(expected) {
        assert_eq!(output.read(&mut byte).expect("its output"), 1, "the child ended: {}", String::from_utf8_lossy(&said));
        said.extend(byte);
    }
}

#[test]
#[ignore = "the child of a_killed_holder_lets_go_at_once"]
fn child_holds_a_run() {
    let Ok(store) = Sqlite::open(LEDGER) else { return };
    let _held = store.hold("shop").unwrap();
    println!("held by the child");
    // Until the parent kills this process; the end of the input would mean that the parent died first.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn a_killed_holder_lets_go_at_once() {
    let (folder, path) = folder();
    let store = ledger(&path, 0);
    let mut holder = child("processes::child_holds_a_run", &std::env::current_exe().unwrap(), folder.path()).spawn().unwrap();
    wait_for_line(&mut holder, "held by the child");
    let by = Some(format!("process {}", holder.id()));
    assert_eq!(store.hold("shop").err(), Some(HoldError::Held { name: "shop".to_owned(), by }));
    // SIGKILL on Unix: no destructor runs.
    holder.kill().unwrap();
    holder.wait().unwrap();
    store.hold("shop").unwrap();
}

#[test]
#[ignore = "the child of a_killed_writer_leaves_whole_batches"]
fn child_appends_until_killed() {
    let Ok(store) = Sqlite::open(LEDGER) else { return };
    for number in 0.. {
        let head = store.head().unwrap();
        store.append(&head, &[entry(2, 3 * number), entry(2, 3 * number + 1), entry(2, 3 * number + 2)], &[]).unwrap();
        println!("appended {number}.");
    }
}

#[test]
fn a_killed_writer_leaves_whole_batches() {
    let (folder, path) = folder();
    drop(ledger(&path, 0));
    let mut writer = child("processes::child_appends_until_killed", &std::env::current_exe().unwrap(), folder.path()).spawn().unwrap();
    wait_for_line(&mut writer, "appended 20.");
    writer.kill().unwrap();
    writer.wait().unwrap();
    let store = Sqlite::open(&path).unwrap();
    let found = notes(&store).unwrap();
    assert!(found.len() >= 63 && found.len().is_multiple_of(3), "{} entries", found.len());
    assert_eq!(found, (0..found.len() as u64).map(|number| entry(2, number).note).collect::<Vec<_>>());
    append(&store, &entry(3, 0));
}

#[test]
#[ignore = "the child of an_append_that_fails_at_its_last_step_says_so"]
fn child_appends_until_files_are_full() {
    let Ok(store) = Sqlite::open(LEDGER) else { return };
    let reader = Connection::open(LEDGER).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM entry").unwrap();
    let failed = (0..1000).find_map(|number| {
        let head = store.head().unwrap();
        let error = store.append(&head, &[entry(2, 2 * number), entry(2, 2 * number + 1)], &[]).err()?;
        Some((number, head, error))
    });
    let (number, head, error) = failed.unwrap();
    // A reader keeps the write-ahead log from being emptied, and so the question from being settled.
    assert!(matches!(error, AppendError::OutcomeUnknown { cause: StoreError::Unavailable { .. } }), "{error}");
    assert_eq!(error.exit_code(), ExitCode::Unavailable);
    assert_eq!(store.head(), Ok(head), "the store can still be asked, and here it was not appended");
    assert_eq!(store.find(&entry(2, 2 * number).id), Ok(None));
    drop(reader);
    let error = store.append(&head, &[entry(2, 2 * number), entry(2, 2 * number + 1)], &[]).unwrap_err();
    assert!(matches!(error, AppendError::Store(StoreError::Unavailable { .. })), "{error}");
    assert_eq!(store.head(), Ok(head));
    println!("{} entries stand.", head.size);
}

#[cfg(unix)]
#[test]
fn an_append_that_fails_at_its_last_step_says_so() {
    let (folder, path) = folder();
    drop(ledger(&path, 0));
    let program = std::env::current_exe().unwrap();
    // A limit on the size of files stands for a full disk: with the signal ignored, a write beyond it is an error.
    let plain = child("processes::child_appends_until_files_are_full", &program, folder.path());
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 400; exec \"$@\"", "sh"]).arg(&program).args(plain.get_args());
    let output = limited.current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let store = Sqlite::open(&path).unwrap();
    let found = notes(&store).unwrap().len();
    assert!(found > 0 && said.contains(&format!("{found} entries stand.")), "{found}: {said}");
    append(&store, &entry(3, 0));
}
