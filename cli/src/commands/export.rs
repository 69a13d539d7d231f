//! `export`: writes the ledger as plain files that anybody can verify with no database.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use promotion_ledger::custody::export::{self, ExportError};
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::meaning::refusal::ExitCode;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{BOLD, DIM, GOOD, Page, count};
use crate::session::ledger_path;
use crate::shown::{paint, shown, visible};
use crate::views::audit::Exported;

/// Writes the ledger as plain files that anybody can verify with no database, checking every entry on the way.
///
/// Tell the auditor the genesis hash and the head on another way than the export itself: who can change the one could
/// change the other.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The directory to make; nothing may be there
    directory: PathBuf,
}

pub(crate) fn run(context: &Context, arguments: &Export) -> Result<Answer, CommandError> {
    let store = Sqlite::open_read_only(ledger_path(&context.global.ledger)?)?;
    let directory = &arguments.directory;
    let written = export::write(&store, directory).map_err(|error| fault(error, directory))?;
    let pins = fs::read_to_string(directory.join("pins")).map_err(|error| crate::error::file(directory, "read", &error))?;
    let pin = |name: &str| pinned(&pins, name).unwrap_or_default().to_owned();
    let (genesis, head) = (pin("genesis"), pin("head"));
    let shown = directory.display().to_string();
    let view = Exported {
        origin: pin("origin"),
        verify: format!("promoledger verify --export {} --genesis {genesis} --head {}:{head}", shell_word(&shown), written.entries),
        directory: shown,
        genesis,
        entries: written.entries,
        head,
        bodies: written.bodies,
    };
    Ok(Answer::new(page(&view), &view))
}

/// What the export says of itself under that name.
fn pinned<'a>(pins: &'a str, name: &str) -> Option<&'a str> {
    pins.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
}

/// The text as one word of a shell: in quotes where it must be.
pub(super) fn shell_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%+=:,./_-".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn fault(error: ExportError, directory: &Path) -> CommandError {
    let message = error.to_string();
    let rest = format!("what was written so far is in {}: delete it", directory.display());
    match error {
        ExportError::Exists(_) => CommandError::usage(message),
        ExportError::Store(error) => error.into(),
        ExportError::Fault(fault) => CommandError::new(fault.fault.exit_code(), message)
            .hint(format!("`promoledger verify` tells the whole of it; `promoledger backup` keeps the evidence as it is; {rest}")),
        ExportError::Write { .. } | ExportError::Bundle(_) | ExportError::Key(_) => {
            CommandError::new(ExitCode::Failure, message).hint(rest)
        }
    }
}

fn page(view: &Exported) -> Page {
    let mut page = Page::new();
    let what = format!("{} and {}", count(view.entries, "entry", "entries"), count(view.bodies, "body", "bodies"));
    page.line(shown!("{}  {} to {}", paint(GOOD, "Exported"), what, visible(&view.directory)));
    page.pairs(&[("origin", visible(&view.origin)), ("genesis", visible(&view.genesis)), ("head", visible(&view.head))], 2);
    page.line(paint(BOLD, "An auditor verifies it, with no database, by:"));
    page.line(shown!("  {}", visible(&view.verify)));
    page.line(paint(DIM, "Tell them genesis and head on another way than the export itself."));
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_a_shell_as_they_are() {
        assert_eq!(shell_word("audit/2026-11"), "audit/2026-11");
        assert_eq!(shell_word("my audit"), "'my audit'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn pins_are_found_by_their_whole_name() {
        let pins = "origin acme.example/p\ngenesis 00ff\nsize 3\nhead aa\nkey a+b+c ops@acme\n";
        assert_eq!(pinned(pins, "head"), Some("aa"));
        assert_eq!(pinned(pins, "origin"), Some("acme.example/p"));
        assert_eq!(pinned(pins, "gen"), None);
    }
}
