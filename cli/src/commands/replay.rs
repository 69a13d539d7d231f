//! `replay`: makes the index again from the log alone, or compares the one there is with what the log says.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use promotion_delivery::registry::retry::Pace as _;
use promotion_ledger::custody::ledger;
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_replay::{CheckError, check};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::{CommandError, file};
use crate::machine::SystemPace;
use crate::page::{DIM, GOOD, Page, count};
use crate::session::{self, ledger_path};
use crate::shown::{paint, shown};
use crate::views::audit::Replayed;

/// Makes the index again from the log alone. The index is where answers come from; it holds nothing that the log does not.
///
/// With --check nothing is changed: everything is replayed beside the index and compared with it, row by row.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Compare the index with the log, and change nothing
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(context: &Context, arguments: &Replay) -> Result<Answer, CommandError> {
    if arguments.check { compare(context) } else { rebuild(context) }
}

fn compare(context: &Context) -> Result<Answer, CommandError> {
    let pace = SystemPace::new();
    let opened = session::open_to_read(context)?;
    let place = opened.index.genesis().and_then(|genesis| session::index_path(context, &genesis).ok());
    let checked = check(&opened.index, &opened.store).map_err(|error| {
        let hint = match (&error, &place) {
            (CheckError::Difference(_), Some(place)) => format!("`promoledger replay` makes it again; it is {}", context.tidy(place)),
            _ => "`promoledger verify` tells what the ledger itself is worth".to_owned(),
        };
        CommandError::new(error.exit_code(), error.to_string()).hint(hint)
    })?;
    let view = view("same", checked.entries, Some(checked.rows), pace.elapsed(), place.as_deref());
    let mut page = Page::new();
    let counts = format!("{}, {}", count(checked.entries, "entry", "entries"), count(checked.rows, "row", "rows"));
    page.line(shown!(
        "{}  the index is what the log says  {}",
        paint(GOOD, "Same"),
        paint(DIM, format!("{counts}, {}", took(pace.elapsed())))
    ));
    Ok(Answer::new(page, &view))
}

fn rebuild(context: &Context) -> Result<Answer, CommandError> {
    let store = Sqlite::open_read_only(ledger_path(&context.global.ledger)?)?;
    let place = ledger::genesis(&store)?.and_then(|genesis| session::index_path(context, &genesis).ok());
    drop(store);
    if let Some(place) = &place {
        remove(place)?;
    }
    let pace = SystemPace::new();
    let opened = session::open_to_read(context)?;
    let entries = opened.index.head().size;
    let view = view("rebuilt", entries, None, pace.elapsed(), place.as_deref());
    let mut page = Page::new();
    let counts = format!("{}, {}", count(entries, "entry", "entries"), took(pace.elapsed()));
    let kept = place.map_or("in memory: no file can be kept here".to_owned(), |place| context.tidy(&place));
    page.line(shown!("{}  {}  {}", paint(GOOD, "Rebuilt"), kept, paint(DIM, counts)));
    Ok(Answer::new(page, &view))
}

/// Removes the index with what SQLite keeps beside it.
fn remove(place: &Path) -> Result<(), CommandError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = OsString::from(place);
        name.push(suffix);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(file(Path::new(&name), "deleted", &error)),
            _ => {}
        }
    }
    Ok(())
}

fn view(outcome: &str, entries: u64, rows: Option<u64>, took: Duration, index: Option<&Path>) -> Replayed {
    Replayed {
        outcome: outcome.to_owned(),
        entries,
        rows,
        milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        index: index.map(|index| index.display().to_string()),
    }
}

fn took(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_goes_with_all_that_is_beside_it_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("ab.index");
        for name in ["ab.index", "ab.index-wal", "ab.index-shm", "cd.index"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        remove(&index).unwrap();
        remove(&index).unwrap();
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["cd.index"]);
    }
}
