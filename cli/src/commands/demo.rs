//! `demo`: a whole promotion story in a temporary ledger, every line shown.
//!
//! The commands are run as a user would run them, by this very executable, and each must end as the story says: the
//! demonstration is a test of itself.

mod images;
mod stage;
mod story;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use clap::Args;

use self::stage::Stage;
use crate::answer::Answer;
use crate::args::{Color, Output};
use crate::context::Context;
use crate::error::{CommandError, file};
use crate::page::Page;
use crate::views::admin::DemoRun;

/// A whole promotion story in a temporary ledger, every line shown.
///
/// Promotes, refuses a downgrade, locks, rolls back and verifies, with little images that are made on the spot. Nothing
/// outside of a temporary directory is touched, and no network is used. Exits 1 if a command does not end as expected.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Tell the story in this directory, which is made, and leave everything there
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Tell no story: only make its two little images, in this directory, to try things out with
    #[arg(long, value_name = "DIR", conflicts_with = "keep")]
    images: Option<PathBuf>,
}

pub(crate) fn run(context: &Context, arguments: &Demo) -> Result<Answer, CommandError> {
    if let Some(folder) = &arguments.images {
        return only_images(folder);
    }
    let temporary;
    let folder = match &arguments.keep {
        Some(folder) => make(folder)?,
        None => {
            temporary = temporary_folder()?;
            temporary.path().to_owned()
        }
    };
    let mut stage = Stage::new(folder, audience(context))?;
    story::tell(&mut stage, arguments.keep.as_deref())?;
    let kept = arguments.keep.as_ref().map(|folder| folder.display().to_string());
    let view = DemoRun { steps: stage.into_steps(), kept, images: Vec::new() };
    // The story was shown while it went on: what is left to print is the object for machines.
    Ok(match context.global.output {
        Output::Table => Answer::nothing(),
        _ => Answer::new(Page::new(), &view),
    })
}

/// Makes the story's images and prints their digests, one a line.
fn only_images(folder: &Path) -> Result<Answer, CommandError> {
    let folder = make(folder)?;
    let digests = images::lay_out(&folder, story::TEXTS).map_err(|error| file(&folder, "written", &error))?;
    let mut page = Page::new();
    let images: Vec<String> = digests.iter().map(ToString::to_string).collect();
    images.iter().for_each(|digest| page.line(digest.clone()));
    Ok(Answer::new(page, &DemoRun { steps: Vec::new(), kept: Some(folder.display().to_string()), images }))
}

/// Where the story is shown: nowhere, when standard output is for an object.
fn audience(context: &Context) -> Box<dyn Write> {
    let choice = match context.global.color {
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
        Color::Auto => AutoStream::choice(&std::io::stdout()),
    };
    match context.global.output {
        Output::Table if !context.global.quiet => Box::new(AutoStream::new(std::io::stdout(), choice)),
        _ => Box::new(std::io::sink()),
    }
}

fn temporary_folder() -> Result<tempfile::TempDir, CommandError> {
    let made = tempfile::Builder::new().prefix("promoledger-demo-").tempdir();
    made.map_err(|error| file(&std::env::temp_dir(), "written to", &error))
}

/// Makes the directory that is to stay; whatever is there already stays untouched.
fn make(folder: &Path) -> Result<PathBuf, CommandError> {
    fs::create_dir_all(folder.parent().unwrap_or(Path::new(""))).map_err(|error| file(folder, "made", &error))?;
    fs::create_dir(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            CommandError::usage(format!("{} is there already", folder.display())).hint("name a directory that does not exist yet")
        }
        _ => file(folder, "made", &error),
    })?;
    fs::canonicalize(folder).map_err(|error| file(folder, "read", &error))
}
