//! The table of exit codes in the book is the one in the code.

use std::fs;

use promoledger_tests::source::root;
use promotion_ledger::meaning::refusal::ExitCode;

// proves: FR-034
#[test]
fn the_books_table_is_the_programs() {
    let file = root().join("docs/exit-codes.md");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        Some((cells.first()?.trim_matches('`').parse::<u8>().ok()?, (*cells.get(1)?).to_owned()))
    };
    let documented: Vec<(u8, String)> = text.lines().filter(|line| line.starts_with('|')).filter_map(row).collect();
    let known: Vec<(u8, String)> = ExitCode::ALL.into_iter().map(|code| (code.number(), code.meaning().to_owned())).collect();
    assert_eq!(documented, known);
}
