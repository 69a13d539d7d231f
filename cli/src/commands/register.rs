//! `register`: makes a release known. It changes no environment.

use clap::Args;
use promotion_ledger::meaning::command::{Command, Register as Asked};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{Component, Reason, Repository, SourceSha, Version};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{DIM, GOOD, Page};
use crate::session::{self, RegistryOptions};
use crate::shown::{paint, shown};
use crate::views::run::{EntryRange, Registered};

/// Makes a release known: from here on the version stands for the digest.
///
/// The registry is asked whether it has the artifact. Registering the same version on the same digest again does
/// nothing; on another digest it is refused (exit 10).
#[derive(Debug, Args)]
pub(crate) struct Register {
    /// The release's name, such as v1.4.2
    version: Version,
    /// The component; needed unless the pipeline has one
    #[arg(long)]
    component: Option<Component>,
    /// What it stands for: REPOSITORY@sha256:…, or the digest alone
    #[arg(long = "ref", value_name = "REPOSITORY@DIGEST")]
    reference: String,
    /// The commit that it was built from
    #[arg(long, value_name = "SHA")]
    source_sha: Option<SourceSha>,
    /// A change in it that breaks what others rely on, in words; may be given several times
    #[arg(long, value_name = "WHAT")]
    breaking: Vec<Reason>,
    #[command(flatten)]
    registry: RegistryOptions,
}

pub(crate) fn run(context: &Context, arguments: Register) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let rules = opened.rules(context)?;
    let component = session::component(&rules, arguments.component.as_ref())?;
    let repository = session::repository(&rules, &component)?;
    let digest = digest(&arguments.reference, &repository)?;
    let key = opened.signing_key(context)?;
    session::open_registry(context, &repository, &arguments.registry)?.manifest(&digest)?;
    let asked = Asked {
        pipeline: rules.pipeline().clone(),
        component: component.clone(),
        version: arguments.version.clone(),
        digest: digest.clone(),
        source_sha: arguments.source_sha,
        breaking: arguments.breaking,
    };
    let committed = opened.write(context, &key, |session| Ok(session.commit(&Command::Register(asked), &[])?))?;
    let entries = EntryRange::of(&committed.entries);
    let view = Registered {
        pipeline: rules.pipeline().to_string(),
        component: component.to_string(),
        version: arguments.version.to_string(),
        artifact_digest: digest.to_string(),
        already: entries.is_none(),
        entries,
    };
    Ok(Answer::new(page(&view), &view))
}

/// The digest of the reference, whose repository must be the component's.
fn digest(reference: &str, repository: &Repository) -> Result<Digest, CommandError> {
    let (named, digest) = reference.rsplit_once('@').map_or((None, reference), |(named, digest)| (Some(named), digest));
    if let Some(named) = named.filter(|named| *named != repository.as_str()) {
        return Err(CommandError::usage(format!(
            "the artifact must be in {repository}, where the manifest keeps the component, found {named}"
        )));
    }
    Digest::new(digest).map_err(|error| {
        CommandError::usage(error.to_string())
            .hint("a tag is not enough: name the digest, as `skopeo inspect --format '{{.Digest}}'` shows it")
    })
}

fn page(view: &Registered) -> Page {
    let mut page = Page::new();
    let what = format!("{} {}  {}", view.component, view.version, view.artifact_digest);
    match view.entries {
        Some(entries) => page.line(shown!("{}  {}  {}", paint(GOOD, "Registered"), what, paint(DIM, entries.words()))),
        None => page.line(format!("Already registered  {what}")),
    }
    page
}
