//! `show`: one entry, or the whole record of a promotion.

mod entry;
pub(super) mod find;
mod promotion;
mod record;

use std::io::{IsTerminal as _, Write as _};

use clap::Args;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::refusal::ExitCode;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::session::{self, Opened};
use crate::shown::visible;
use find::{Target, What};

/// One entry, or the whole record of a promotion.
///
/// WHAT is seq:N or a number, an entry's hash, or the id of a promotion; of hashes and ids the first 8 digits are enough
/// where no other begins so. Digits alone are a number: write sha256: before those that begin a hash. Times are in UTC.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// seq:N, an entry's hash, or a promotion's id
    #[arg(value_name = "WHAT", value_parser = find::parse)]
    what: What,
    /// Print the entry exactly as it is stored and signed (on a terminal, hidden characters are made visible)
    #[arg(long)]
    raw: bool,
}

pub(crate) fn run(context: &Context, arguments: &Show) -> Result<Answer, CommandError> {
    let opened = session::open_to_read(context)?;
    match find::find(&opened, &arguments.what)? {
        Target::Entry(place) if arguments.raw => raw(&opened, place),
        Target::Entry(place) => entry::show(&opened, place, context.now()),
        Target::Promotion(id) if arguments.raw => Err(CommandError::usage(format!("{id} is a promotion, and --raw prints one entry"))
            .hint(format!("its entries: promoledger show {id}"))),
        Target::Promotion(id) => promotion::show(&opened, &id, context.now()),
    }
}

/// Prints the stored bytes. They go past the page, which would tidy them.
fn raw(opened: &Opened, place: Sequence) -> Result<Answer, CommandError> {
    let note = find::read(opened, place)?.note;
    let mut out = std::io::stdout().lock();
    let written = if out.is_terminal() {
        let lines = String::from_utf8_lossy(&note);
        lines.lines().try_for_each(|line| writeln!(out, "{}", visible(line).styled()))
    } else {
        out.write_all(&note)
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CommandError::new(ExitCode::Failure, format!("entry {place} cannot be printed: {error}")))
        }
        _ => Ok(Answer::nothing()),
    }
}
