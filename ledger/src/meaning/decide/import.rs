//! To import history: what somebody says happened before the ledger recorded it.

use std::collections::BTreeSet;

use super::super::command::{Asker, Import, NumberedLine};
use super::super::core::KeyRecord;
use super::super::event::history::{Asserted, Declared, HistoryImported, Lines};
use super::super::event::{Event, EventType};
use super::super::grant::{Reach, Touches};
use super::super::names::Reason;
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::rules::Rules;
use super::super::state::State;
use super::common::{Decision, right, rules, signer};

/// How many bytes of lines one entry takes at most, as [`weight`] counts them: the rest of an entry's 65,535 is for its envelope.
const FULL: usize = 62_000;

/// What became of the lines of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Examined<'a> {
    /// Lines to append, in order.
    pub fresh: Vec<&'a Asserted>,
    /// How many lines were imported before, or stand twice among these.
    pub repeated: u64,
    /// Lines that cannot be imported, by their number, with the reason.
    pub refused: Vec<(u64, Because)>,
}

pub(super) fn import(state: &State, signer: &KeyRecord, import: &Import) -> Result<Decision, Refusal> {
    let rules = rules(state, &import.pipeline)?;
    allowed(signer, import)?;
    let examined = look(state, rules, import);
    let mut refused = examined.refused.into_iter().map(|(number, because)| numbered(number, because));
    if let Some(first) = refused.next() {
        return Err(Refusal::new(first, refused.collect(), Vec::new()));
    }
    Ok(Decision::append(entries(rules, import, &examined.fresh)))
}

/// Whether the key may import at all: it takes a grant as wide as that of an admin for the pipeline.
fn allowed(signer: &KeyRecord, import: &Import) -> Result<Reason, Because> {
    let touches = Touches { pipeline: Reach::One(&import.pipeline), ..Touches::everything() };
    right(signer, &[EventType::HistoryImported], touches)
}

/// Looks at every line, without deciding anything. The state must hold what `needs` names for the command.
pub fn examine<'a>(state: &State, asker: &Asker, import: &'a Import) -> Result<Examined<'a>, Refusal> {
    let rules = rules(state, &import.pipeline)?;
    allowed(signer(state, asker)?, import)?;
    Ok(look(state, rules, import))
}

/// Looks at every line: whether it is new, known, or impossible.
fn look<'a>(state: &State, rules: &Rules, import: &'a Import) -> Examined<'a> {
    let mut examined = Examined::default();
    let mut seen = BTreeSet::new();
    for NumberedLine { number, line } in &import.lines {
        let id = line.id(&import.pipeline);
        if state.imported(&id) || !seen.insert(id) {
            examined.repeated += 1;
        } else if let Some(because) = impossible(state, rules, import, line) {
            examined.refused.push((*number, because));
        } else {
            examined.fresh.push(line);
        }
    }
    examined
}

fn impossible(state: &State, rules: &Rules, import: &Import, line: &Asserted) -> Option<Because> {
    if !import.declare
        && let Some(because) = unknown(rules, line)
    {
        return Some(because);
    }
    if line.time > import.now {
        let message = format!("it says that it happened at {}, which is still to come", line.time);
        return Some(Because::new(ExitCode::InvalidTransition, message).hint("history is imported up to now; correct the time"));
    }
    let first = state.place(&import.pipeline, &line.component, &line.to).first?;
    (line.time > first).then(|| {
        let message =
            format!("{} in {} is on record here since {first}: expected a time before that, found {}", line.component, line.to, line.time);
        Because::new(ExitCode::InvalidTransition, message).hint("what happened since is in the ledger itself; import only what was before")
    })
}

fn unknown(rules: &Rules, line: &Asserted) -> Option<Because> {
    if rules.component(&line.component).is_none() {
        let message = format!("pipeline {} has no component {}", rules.pipeline(), line.component);
        return Some(Because::new(ExitCode::NotFound, message));
    }
    let mut environments = [Some(&line.to), line.from.environment()].into_iter().flatten();
    let environment = environments.find(|name| rules.environment(name).is_none())?;
    let message = format!("pipeline {} has no environment {environment}", rules.pipeline());
    Some(Because::new(ExitCode::NotFound, message))
}

fn numbered(number: u64, because: Because) -> Because {
    Because { message: format!("line {number}: {}", because.message), ..because }
}

/// As few entries as the lines fit into.
fn entries(rules: &Rules, import: &Import, lines: &[&Asserted]) -> Vec<Event> {
    let mut entries = Vec::new();
    let mut rest = lines;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(fitting(rest));
        entries.extend(entry(rules, import, now));
        rest = later;
    }
    entries
}

/// How many of the first lines fit into one entry; at least one does.
fn fitting(lines: &[&Asserted]) -> usize {
    let mut total = 0;
    let fits = |line: &&&Asserted| {
        total += weight(line);
        total <= FULL
    };
    lines.iter().take_while(fits).count().max(1)
}

fn entry(rules: &Rules, import: &Import, lines: &[&Asserted]) -> Option<Event> {
    let components = lines.iter().map(|line| &line.component).filter(|name| rules.component(name).is_none()).cloned();
    let environments = lines.iter().flat_map(|line| [Some(&line.to), line.from.environment()]).flatten();
    let environments = environments.filter(|name| rules.environment(name).is_none()).cloned();
    let declares = Declared::new(components, environments);
    let lines = Lines::new(lines.iter().copied().cloned().collect()).ok()?;
    Some(HistoryImported { declares, file: import.file.clone(), lines, pipeline: import.pipeline.clone() }.into())
}

/// No fewer bytes than the line takes as JSON, with the names that it may have to declare.
fn weight(line: &Asserted) -> usize {
    // The names of all fields, the longest kind and time, punctuation, and what is declared for it.
    const FIXED: usize = 260;
    let note = line.note.as_ref().map_or(0, |note| note.as_str().bytes().map(escaped).sum());
    FIXED + line.actor.as_str().len() + 2 * line.component.as_str().len() + line.version.as_str().len() + note
}

fn escaped(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    }
}
