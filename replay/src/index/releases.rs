//! Questions about releases, and about bodies kept beside the log.

use promotion_ledger::meaning::digest::{BodyDigest, Digest};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::{Component, Pipeline, Version};
use rusqlite::{OptionalExtension as _, Row, params};

use super::columns::{self, digest_bytes, integer};
use super::error::IndexError;
use super::picture::Index;
use crate::models::horizon::Horizon;
use crate::models::rows::{BodyRow, ReleaseRow};

impl Index {
    /// The releases that a digest is known as.
    pub fn releases_of_digest(&self, digest: &Digest, horizon: Horizon) -> Result<Vec<ReleaseRow>, IndexError> {
        self.ask(|connection| {
            let mut query = connection.prepare_cached("SELECT * FROM release WHERE digest = ? AND registered < ? ORDER BY registered")?;
            query.query_map(params![digest_bytes(digest), integer(horizon.size())], release)?.collect()
        })
    }

    /// What a version stands for.
    pub fn release(&self, pipeline: &Pipeline, component: &Component, version: &Version) -> Result<Option<ReleaseRow>, IndexError> {
        self.ask(|connection| {
            let mut query = connection.prepare_cached("SELECT * FROM release WHERE pipeline = ? AND component = ? AND version = ?")?;
            query.query_row([pipeline.as_str(), component.as_str(), version.as_str()], release).optional()
        })
    }

    /// The registered versions of a component, newest first.
    pub fn versions(&self, pipeline: &Pipeline, component: &Component) -> Result<Vec<Version>, IndexError> {
        self.ask(|connection| {
            let mut query =
                connection.prepare_cached("SELECT version FROM release WHERE pipeline = ? AND component = ? ORDER BY registered DESC")?;
            query.query_map([pipeline.as_str(), component.as_str()], |row| columns::name(row, "version"))?.collect()
        })
    }

    /// Every body that entries name, in the order of their digests.
    pub fn bodies_cited(&self) -> Result<Vec<BodyRow>, IndexError> {
        self.ask(|connection| {
            let mut query = connection.prepare_cached("SELECT digest, sequence, removed FROM body ORDER BY digest, sequence")?;
            let mut bodies: Vec<BodyRow> = Vec::new();
            for mention in query.query_map([], mention)? {
                add(&mut bodies, mention?);
            }
            Ok(bodies)
        })
    }
}

struct Mention {
    digest: BodyDigest,
    sequence: Sequence,
    removed: bool,
}

fn mention(row: &Row<'_>) -> rusqlite::Result<Mention> {
    Ok(Mention { digest: columns::body(row, "digest")?, sequence: columns::sequence(row, "sequence")?, removed: row.get("removed")? })
}

/// Mentions of one body come one after another.
fn add(bodies: &mut Vec<BodyRow>, mention: Mention) {
    let Mention { digest, sequence, removed } = mention;
    let (cited, removed) = if removed { (None, Some(sequence)) } else { (Some(sequence), None) };
    match bodies.last_mut().filter(|body| body.digest == digest) {
        Some(body) => {
            body.cited.extend(cited);
            body.removed = removed.or(body.removed);
        }
        None => bodies.push(BodyRow { digest, cited: cited.into_iter().collect(), removed }),
    }
}

fn release(row: &Row<'_>) -> rusqlite::Result<ReleaseRow> {
    Ok(ReleaseRow {
        pipeline: columns::name(row, "pipeline")?,
        component: columns::name(row, "component")?,
        version: columns::name(row, "version")?,
        digest: columns::digest(row, "digest")?,
        registered: columns::sequence(row, "registered")?,
        source_sha: columns::name_if_any(row, "source_sha")?,
    })
}
