//! `import`: takes in what is said to have happened before the ledger recorded it.

use std::fs::File;
use std::io::{BufReader, Read, stdin};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use promotion_delivery::history::{self, BadLine, Choices, ImportError, Imported};
use promotion_ledger::meaning::refusal::ExitCode;

use crate::answer::Answer;
use crate::args::Output;
use crate::context::Context;
use crate::error::{self, CommandError};
use crate::page::{DIM, GOOD, Page, WARN};
use crate::session;
use crate::shown::{paint, shown, visible};
use crate::views::import::{BadLineRow, HistoryImported};
use crate::views::run::EntryRange;

/// How many bad lines are shown to people; machines get them all.
const SHOWN: usize = 20;

/// Imports history: what is said to have happened before this ledger recorded anything.
///
/// FILE holds one JSON object a line: time, component, version, from, to, actor, kind (promotion, rollback or removal), and
/// optionally pipeline, digest and note. What is imported is shown with the time that it asserts, and marked; it satisfies no
/// guard unless --accept-asserted says so. A line that was imported before is passed over, so the same file can be given
/// again. It takes an admin's grant.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file, or - for standard input
    file: PathBuf,
    /// Take components and environments that the rules do not list as they come
    #[arg(long)]
    declare: bool,
    /// Import the good lines although others are bad; else one bad line stops the whole file
    #[arg(long)]
    keep_going: bool,
    /// Say what would happen, with the exit code that the real run would have; nothing is written
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(context: &Context, arguments: &Import) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let pipeline = opened.pipeline(context)?;
    let key = opened.signing_key(context)?;
    let bar = Bar::new(context);
    let (source, size) = source(&arguments.file)?;
    bar.begin("reading", size);
    let file = history::read(source, &pipeline, |bytes| bar.at(bytes)).map_err(|error| error::file(&arguments.file, "read", &error))?;
    let (lines, digest) = (file.lines, file.digest.clone());
    let Import { declare, keep_going, dry_run, .. } = *arguments;
    bar.begin("importing", Some(lines));
    let choices = Choices { declare, keep_going, dry_run, now: context.now() };
    let outcome = opened.write(context, &key, |session| Ok(history::import(session, file, choices, |lines| bar.at(lines))));
    bar.end();
    let imported = outcome?.map_err(|error| refused(context, error))?;
    let view = HistoryImported {
        pipeline: pipeline.to_string(),
        file: digest.to_string(),
        lines,
        imported: imported.fresh,
        repeated: imported.repeated,
        left_out: imported.bad.iter().map(BadLineRow::from).collect(),
        dry_run,
        entries: EntryRange::of(&imported.entries),
    };
    Ok(Answer::new(page(&view, &imported), &view))
}

/// Where the lines are read from, and how many bytes there are, where that is known.
type Source = (BufReader<Box<dyn Read>>, Option<u64>);

fn source(path: &Path) -> Result<Source, CommandError> {
    if path == Path::new("-") {
        return Ok((BufReader::new(Box::new(stdin())), None));
    }
    let file = File::open(path).map_err(|error| error::file(path, "read", &error))?;
    let size = file.metadata().ok().map(|metadata| metadata.len());
    Ok((BufReader::with_capacity(1 << 16, Box::new(file)), size))
}

fn page(view: &HistoryImported, imported: &Imported) -> Page {
    let mut page = Page::new();
    let verb = if view.dry_run { "Would import" } else { "Imported" };
    let at = view.entries.map(|entries| paint(DIM, entries.words())).unwrap_or_default();
    page.line(shown!("{}  {} of {} lines into pipeline {}  {}", paint(GOOD, verb), view.imported, view.lines, view.pipeline, at));
    if view.repeated > 0 {
        page.line(format!("  {} were imported before, or stand there twice", view.repeated));
    }
    if !imported.bad.is_empty() {
        page.line(shown!("  {}", paint(WARN, format!("{} were left out:", imported.bad.len()))));
        bad_lines(&mut page, &imported.bad);
    }
    page
}

fn bad_lines(page: &mut Page, bad: &[BadLine]) {
    for line in bad.iter().take(SHOWN) {
        page.line(shown!("    {}", visible(line)));
    }
    if let Some(more) = bad.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        page.line(shown!("    {}", paint(DIM, format!("and {more} more; --output json lists them all"))));
    }
}

/// The bad lines are the answer to what was asked: they are listed whatever else is said.
fn refused(context: &Context, error: ImportError) -> CommandError {
    match error {
        ImportError::BadLines { ref bad, .. } => {
            if context.global.output == Output::Table {
                let mut page = Page::new();
                bad_lines(&mut page, bad);
                page.lines().for_each(|line| context.say(line));
            }
            let rows: Vec<BadLineRow> = bad.iter().map(BadLineRow::from).collect();
            let rows = serde_json::to_value(rows).expect("rows hold nothing that JSON cannot");
            let unknown = bad.iter().any(|line| line.code == ExitCode::NotFound);
            let declare = if unknown { "take names that the rules do not list as they come with --declare; " } else { "" };
            CommandError::new(error.exit_code(), error.to_string())
                .hint(format!("{declare}correct the lines, or import the others with --keep-going"))
                .with("bad_lines", rows)
        }
        ImportError::Session(error) => error.into(),
    }
}

/// A progress bar, on a terminal only.
struct Bar(ProgressBar);

impl Bar {
    fn new(context: &Context) -> Self {
        let quiet = context.global.quiet || context.global.output != Output::Table;
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        Self(ProgressBar::with_draw_target(None, target))
    }

    fn begin(&self, doing: &'static str, length: Option<u64>) {
        let template = if length.is_some() { "{msg} {bar:40} {percent:>3}%" } else { "{msg} {pos} bytes" };
        self.0.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.0.set_message(doing);
        self.0.set_position(0);
        if let Some(length) = length {
            self.0.set_length(length);
        }
    }

    fn at(&self, position: u64) {
        self.0.set_position(position);
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}
