//! `backup`: makes a consistent copy of the ledger, while others go on appending.

use std::path::PathBuf;

use clap::Args;
use promotion_ledger::custody::store::sqlite::Sqlite;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{DIM, GOOD, Page, count};
use crate::session::ledger_path;
use crate::shown::{paint, shown, visible};
use crate::views::audit::BackedUp;

/// Makes a consistent copy of the ledger, while others go on appending.
///
/// The copy is one file and a ledger like any other. It is made whether or not the ledger verifies: a copy of a broken
/// one is evidence. Copying the file by hand leaves out what is still in the `-wal` beside it.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The copy; nothing may be there
    file: PathBuf,
}

pub(crate) fn run(context: &Context, arguments: &Backup) -> Result<Answer, CommandError> {
    let store = Sqlite::open_read_only(ledger_path(&context.global.ledger)?)?;
    let head = store.backup(&arguments.file)?;
    let view = BackedUp { file: arguments.file.display().to_string(), entries: head.size, head: head.hash.to_string() };
    let mut page = Page::new();
    page.line(shown!("{}  {} to {}", paint(GOOD, "Backed up"), count(view.entries, "entry", "entries"), visible(&view.file)));
    page.pairs(&[("head", visible(&view.head))], 2);
    page.line(paint(DIM, shown!("To verify it: promoledger verify --ledger sqlite:{}", visible(&view.file))));
    Ok(Answer::new(page, &view))
}
