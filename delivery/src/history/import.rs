//! Appending what a file of history says: all of it, or nothing while a line of it is bad.

use std::collections::BTreeSet;

use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::command::{Command, Import, NumberedLine};
use promotion_ledger::meaning::decide::import::examine;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::exit_code::ExitCode;
use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::refusal::Because;
use promotion_ledger::meaning::state::State;
use promotion_ledger::meaning::time::Timestamp;

use super::file::File;
use super::line::BadLine;
use crate::session::{Session, SessionError};

/// How many lines are decided on, and appended in one transaction, at a time: enough that the rest does not count, few
/// enough that a transaction stays small. An import that is cut short goes on where it was when it is run again.
const AT_A_TIME: usize = 65_536;

/// What may happen.
#[derive(Debug, Clone, Copy)]
pub struct Choices {
    /// Names that the rules do not list are taken as they come.
    pub declare: bool,
    /// Good lines are imported although others are bad.
    pub keep_going: bool,
    /// Nothing is appended.
    pub dry_run: bool,
    /// The time by the caller's clock.
    pub now: Timestamp,
}

/// What an import came to.
#[derive(Debug)]
pub struct Imported {
    /// How many lines are new.
    pub fresh: u64,
    /// How many were there before, or stand in the file twice.
    pub repeated: u64,
    /// Lines that were left out.
    pub bad: Vec<BadLine>,
    /// The entries that were appended.
    pub entries: Vec<Verified>,
}

/// Why nothing was imported, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Lines are bad, and nothing was imported.
    #[error("{} of {lines} lines cannot be imported, so none was; the first is {first}", bad.len())]
    BadLines {
        /// How many lines there are.
        lines: u64,
        /// The first of them.
        first: BadLine,
        /// All of them, in order.
        bad: Vec<BadLine>,
    },
    /// It was refused, or the log did not take it.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl ImportError {
    /// The exit code that it stands for.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::BadLines { first, .. } => first.code,
            Self::Session(error) => error.exit_code(),
        }
    }
}

/// Imports what the file says. Calls `progress` with the number of lines that are dealt with so far.
pub fn import(session: &mut Session<'_>, file: File, choices: Choices, mut progress: impl FnMut(u64)) -> Result<Imported, ImportError> {
    let File { digest, lines, good, mut bad } = file;
    let parts = parts(&digest, good, choices);
    let mut imported = Imported { fresh: 0, repeated: 0, bad: Vec::new(), entries: Vec::new() };
    let alone = parts.len() == 1;
    let mut looked = Vec::with_capacity(parts.len());
    for part in parts {
        let before = bad.len();
        let (state, fresh) = look(session, &part, &mut imported, &mut bad)?;
        looked.push((without(part, bad.get(before..).unwrap_or_default()), fresh, alone.then_some(state)));
    }
    bad.sort_by_key(|line| line.number);
    if let (Some(first), false) = (bad.first().cloned(), choices.keep_going) {
        return Err(ImportError::BadLines { lines, first, bad });
    }
    imported.bad = bad;
    let mut done = imported.repeated;
    for (part, fresh, state) in looked {
        if fresh > 0 && !choices.dry_run {
            imported.entries.extend(session.commit_over(state, &Command::Import(part), &[])?.entries);
        }
        done += fresh;
        progress(done);
    }
    Ok(imported)
}

fn parts(file: &Digest, good: std::collections::BTreeMap<Pipeline, Vec<NumberedLine>>, choices: Choices) -> Vec<Import> {
    let part = |pipeline: &Pipeline, lines: &[NumberedLine]| Import {
        pipeline: pipeline.clone(),
        file: file.clone(),
        lines: lines.to_vec(),
        declare: choices.declare,
        now: choices.now,
    };
    good.iter().flat_map(|(pipeline, lines)| lines.chunks(AT_A_TIME).map(move |lines| part(pipeline, lines))).collect()
}

/// Examines the lines, and says how many are new. A pipeline that is not there makes all of its lines bad.
fn look(session: &mut Session<'_>, part: &Import, imported: &mut Imported, bad: &mut Vec<BadLine>) -> Result<(State, u64), ImportError> {
    let state = session.look(&Command::Import(part.clone()).about())?;
    if state.core().rules(&part.pipeline).is_none() {
        let reason = format!("there is no pipeline {} in this ledger", part.pipeline);
        bad.extend(part.lines.iter().map(|line| BadLine { number: line.number, code: ExitCode::Usage, reason: reason.clone() }));
        return Ok((state, 0));
    }
    let refused = |refusal| SessionError::Refused { refusal, entries: Vec::new() };
    let examined = examine(&state, &session.asker(), part).map_err(refused)?;
    let fresh = u64::try_from(examined.fresh.len()).unwrap_or(u64::MAX);
    imported.fresh += fresh;
    imported.repeated += examined.repeated;
    bad.extend(examined.refused.into_iter().map(|(number, because)| bad_line(number, because)));
    Ok((state, fresh))
}

fn bad_line(number: u64, Because { code, message, hint }: Because) -> BadLine {
    let reason = hint.map_or_else(|| message.clone(), |hint| format!("{message}; {hint}"));
    BadLine { number, code, reason }
}

fn without(part: Import, bad: &[BadLine]) -> Import {
    let bad: BTreeSet<u64> = bad.iter().map(|line| line.number).collect();
    let lines = part.lines.into_iter().filter(|line| !bad.contains(&line.number)).collect();
    Import { lines, ..part }
}
