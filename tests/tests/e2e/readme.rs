//! The README's first command: a whole story in a temporary ledger, with nothing set up.

use promoledger_tests::command::Workspace;

#[test]
fn the_demo_tells_a_whole_story_and_leaves_nothing_behind() {
    let workspace = Workspace::new();
    let run = workspace.promoledger().run(&["demo"]).expect_code(0);
    let said = format!("{}{}", run.stdout, run.stderr);
    for word in ["init", "register", "promote", "rollback", "lock", "verify", "exit 13"] {
        assert!(said.contains(word), "the story tells of {word}:\n{said}");
    }
    let left: Vec<_> = std::fs::read_dir(workspace.path()).expect("the folder can be read").collect();
    assert!(left.is_empty(), "{left:?}");
}
