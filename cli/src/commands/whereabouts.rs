//! `where`: every place where a digest or version is and was.

use clap::Args;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::EventType;
use promotion_ledger::meaning::names::{Component, Pipeline, Version};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::filters::HistoryFilter;
use promotion_replay::models::horizon::Horizon;
use promotion_replay::models::past::PastRow;
use promotion_replay::models::rows::{HistoryRow, ReleaseRow};

use super::moment::{self as at, Asked, Moment};
use super::status::notes;
use super::status::when::{moment, since};
use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::near::versions as near_versions;
use crate::page::{BOLD, DIM, Page, Table};
use crate::session::{self, Opened};
use crate::shown::{Shown, paint, shown, visible};
use crate::views::whereabouts::Whereabouts;

/// How many of the digits of a digest it takes at least.
const SHORTEST: usize = 8;
/// How many components a version is looked for in at most.
const AT_ONCE: u32 = 1000;
/// Where everything that is known can be found.
const LISTED: &str = "promoledger history --type artifact.registered lists the releases that are known";

/// Where a digest or version is, and was.
///
/// What is there now comes first. A release is its digest. Asked for a version, the answer follows the digest that the
/// version stands for, also under other names. Times are in UTC.
#[derive(Debug, Args)]
pub(crate) struct Where {
    /// A version, a digest (sha256:…), or at least 8 digits of one, such as sha256:0c1f77ab
    #[arg(value_name = "DIGEST|VERSION", value_parser = parse)]
    what: What,
    /// Only this component
    #[arg(long)]
    component: Option<Component>,
    /// As it stood then: a time, a day for its end, or seq:N for the entry that is the last one known
    #[arg(long, value_name = "TIME|seq:N", value_parser = at::parse)]
    at: Option<Moment>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Version(Version),
    Digest(Digest),
    /// `sha256:` and the first digits.
    Beginning(String),
}

fn parse(text: &str) -> Result<What, String> {
    let text = text.trim_end_matches('…');
    let Some(digits) = text.strip_prefix("sha256:") else {
        if let Ok(digest) = Digest::new(format!("sha256:{text}")) {
            return Ok(What::Digest(digest));
        }
        return Version::new(text).map(What::Version).map_err(|error| error.to_string());
    };
    if let Ok(digest) = Digest::new(text) {
        return Ok(What::Digest(digest));
    }
    let hexadecimal = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if hexadecimal && (SHORTEST..64).contains(&digits.len()) {
        return Ok(What::Beginning(text.to_owned()));
    }
    Err(format!("expected sha256: and {SHORTEST} to 64 lower-case hexadecimal digits"))
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
            Self::Beginning(text) => text.fmt(f),
        }
    }
}

/// A digest, or a version of which no digest is known, the releases that it is known as, and where it is and was.
struct Found {
    what: String,
    releases: Vec<ReleaseRow>,
    past: Vec<PastRow>,
}

/// What the question is narrowed to.
struct Scope<'a> {
    opened: &'a Opened,
    pipeline: Option<Pipeline>,
    component: Option<&'a Component>,
    horizon: Horizon,
}

pub(crate) fn run(context: &Context, arguments: &Where) -> Result<Answer, CommandError> {
    let opened = session::open_to_read(context)?;
    let pipeline = context.global.pipeline.as_ref().map(|_| opened.pipeline(context)).transpose()?;
    let asked = Asked::new(&opened, arguments.at)?;
    let scope = Scope { opened: &opened, pipeline, component: arguments.component.as_ref(), horizon: asked.horizon };
    let found = match &arguments.what {
        What::Version(version) => scope.of_version(version)?,
        What::Digest(digest) => vec![scope.of_digest(digest)?],
        What::Beginning(text) => vec![scope.of_digest(&scope.only_digest(text)?)?],
    };
    if found.iter().all(|found| found.releases.is_empty() && found.past.is_empty()) {
        return Err(scope.not_found(&arguments.what));
    }
    let view = Whereabouts {
        asked: arguments.what.to_string(),
        at: asked.at(),
        releases: found.iter().flat_map(|found| &found.releases).map(Into::into).collect(),
        places: found.iter().flat_map(|found| &found.past).map(Into::into).collect(),
    };
    Ok(Answer::new(page(&found, opened.core().pipelines.len() > 1, &asked, context.now()), &view))
}

impl Scope<'_> {
    fn admits(&self, pipeline: &Pipeline, component: &Component) -> bool {
        self.pipeline.as_ref().is_none_or(|wanted| wanted == pipeline) && self.component.is_none_or(|wanted| wanted == component)
    }

    fn of_digest(&self, digest: &Digest) -> Result<Found, CommandError> {
        let index = &self.opened.index;
        let mut releases = index.releases_of_digest(digest, self.horizon)?;
        releases.retain(|row| self.admits(&row.pipeline, &row.component));
        let recorded = index.whereabouts(digest, self.horizon)?.into_iter().map(PastRow::from);
        let asserted = index.asserted_whereabouts(digest, self.horizon)?.into_iter().map(PastRow::from);
        let mut past: Vec<PastRow> = recorded.chain(asserted).filter(|row| self.admits(&row.spot.pipeline, &row.spot.component)).collect();
        past.sort_by_key(|row| row.until.is_some());
        Ok(Found { what: digest.to_string(), releases, past })
    }

    /// What the version stands for, in each component that has it.
    fn of_version(&self, version: &Version) -> Result<Vec<Found>, CommandError> {
        let filter = HistoryFilter { version: Some(version.clone()), limit: AT_ONCE, ..self.registrations() };
        let rows = self.opened.index.history(&filter)?;
        let mut found = Vec::new();
        for (pipeline, component, digest) in rows.into_iter().filter_map(release) {
            let mut here = self.of_digest(&digest)?;
            here.releases.retain(|row| row.pipeline == pipeline && row.component == component);
            here.past.retain(|row| row.spot.pipeline == pipeline && row.spot.component == component);
            found.push(here);
        }
        found.extend(self.imported_as(version, &found)?);
        Ok(found)
    }

    /// Where imported history says that the version was, beyond what is told of its digests.
    fn imported_as(&self, version: &Version, told: &[Found]) -> Result<Option<Found>, CommandError> {
        let known: Vec<&PastRow> = told.iter().flat_map(|found| &found.past).collect();
        let past = self.opened.index.asserted_version(version, self.horizon)?.into_iter().map(PastRow::from);
        let past = past.filter(|row| self.admits(&row.spot.pipeline, &row.spot.component) && !known.contains(&row));
        let past: Vec<PastRow> = past.collect();
        Ok((!past.is_empty()).then(|| Found { what: format!("{version}, of imported history"), releases: Vec::new(), past }))
    }

    /// The one digest that begins so.
    fn only_digest(&self, beginning: &str) -> Result<Digest, CommandError> {
        let digits = beginning.strip_prefix("sha256:").unwrap_or(beginning);
        match self.opened.index.digests_like(digits, 2)?.as_slice() {
            [] => Err(no_digest(beginning)),
            [only] => Ok(only.clone()),
            [first, second, ..] => Err(CommandError::usage(format!("several digests begin with {beginning}"))
                .hint(format!("give more digits: {first} or {second}"))),
        }
    }

    fn registrations(&self) -> HistoryFilter {
        HistoryFilter {
            pipeline: self.pipeline.clone(),
            component: self.component.cloned(),
            event_type: Some(EventType::ArtifactRegistered.as_str().to_owned()),
            horizon: Some(self.horizon),
            ..HistoryFilter::default()
        }
    }

    fn not_found(&self, what: &What) -> CommandError {
        let What::Version(version) = what else { return no_digest(&what.to_string()) };
        let rules = self.opened.core().pipelines.values().map(|adopted| &adopted.rules);
        let components = rules.flat_map(|rules| rules.components().iter().map(|component| (rules.pipeline(), &component.name)));
        let near: Vec<String> = components
            .filter(|(pipeline, component)| self.admits(pipeline, component))
            .filter_map(|(pipeline, component)| Some(format!("{component} {}", near_versions(self.opened, pipeline, component, version)?)))
            .collect();
        let hint = if near.is_empty() { LISTED.to_owned() } else { format!("near it: {}", near.join("; ")) };
        CommandError::new(ExitCode::NotFound, format!("no release {version} is known here")).hint(hint)
    }
}

/// What an entry makes known.
fn release(row: HistoryRow) -> Option<(Pipeline, Component, Digest)> {
    Some((row.pipeline?, row.component?, row.digest?))
}

fn no_digest(asked: &str) -> CommandError {
    CommandError::new(ExitCode::NotFound, format!("no release of digest {asked} is known here")).hint(LISTED)
}

fn page(found: &[Found], several_pipelines: bool, asked: &Asked, now: Timestamp) -> Page {
    let mut page = Page::new();
    let now = asked.now(now);
    let present = if asked.moment.is_some() { "then" } else { "now" };
    for found in found {
        if !page.is_empty() {
            page.gap();
        }
        page.line(paint(BOLD, visible(&found.what)));
        for release in &found.releases {
            let source = release.source_sha.as_ref().map(|sha| shown!(", built from {}", visible(sha))).unwrap_or_default();
            let pipeline = if several_pipelines { shown!("{} ", visible(&release.pipeline)) } else { Shown::default() };
            let name = shown!("{}{} {}", pipeline, visible(&release.component), visible(&release.version));
            page.line(shown!("  {}{}", name, paint(DIM, shown!("  registered in entry {}{}", release.registered, source))));
        }
        if found.past.is_empty() {
            page.line(format!("  in no environment, {present} or before"));
        } else {
            page.table(&places(&found.past, several_pipelines, present, now), 2);
        }
    }
    page
}

fn places(past: &[PastRow], several_pipelines: bool, present: &str, now: Timestamp) -> Table {
    let columns = ["pipeline", "environment", "component", "version", "since (UTC)", "until (UTC)", "by", "note"];
    let skipped = usize::from(!several_pipelines);
    let mut table = Table::new(&columns.into_iter().skip(skipped).collect::<Vec<_>>());
    for row in past {
        let cells = [
            visible(&row.spot.pipeline),
            visible(&row.spot.environment),
            visible(&row.spot.component),
            visible(&row.version),
            visible(since(row.since, now)),
            row.until.map_or_else(|| visible(present), |time| visible(moment(time, now))),
            visible(&row.by),
            visible(notes(row)),
        ];
        table.row(cells.into_iter().skip(skipped).collect());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_may_be_shortened_as_tables_shorten_it() {
        let whole = format!("sha256:{}", "0c1f".repeat(16));
        assert_eq!(parse(&whole), Ok(What::Digest(Digest::new(&*whole).unwrap())));
        assert_eq!(parse(&"0c1f".repeat(16)), parse(&whole));
        assert_eq!(parse("sha256:0c1f77ab9e01…"), Ok(What::Beginning("sha256:0c1f77ab9e01".to_owned())));
        assert_eq!(parse("v1.4.2"), Ok(What::Version(Version::new("v1.4.2").unwrap())));
        for bad in ["sha256:0c1f77a", "sha256:0C1F77AB", &format!("{whole}0"), "latest", "", "sha512:00"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
