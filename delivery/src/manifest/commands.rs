//! Gates that are commands: what is run, how long it may take, what it is given.

use std::num::NonZeroU8;
use std::ops::RangeInclusive;

use promotion_ledger::meaning::accepted::Accepted;
use promotion_ledger::meaning::names::{Argument, GateName, Variable};
use promotion_ledger::meaning::rules::{CommandRule, LABEL_SHAPE, LONGEST_TIMEOUT, POLICY_COMPLIANCE, SHORTEST_TIMEOUT};

use super::cursor::{Cursor, listed};
use super::error::{ManifestError, Path, quoted};
use super::shape::{COMMAND, MOST_COMMANDS, MOST_VARIABLES, MOST_WORDS};
use super::span;
use super::words::{Unsplit, split};
use super::yaml::{Entry, Value};
use crate::gate::VariableName;

/// The time limits that a gate may have, in seconds.
pub(super) const TIMEOUTS: RangeInclusive<u32> = SHORTEST_TIMEOUT as u32..=LONGEST_TIMEOUT as u32;

const PROGRAM: &str = "a program and its arguments";

/// What is run.
struct Run {
    arguments: Vec<Argument>,
    shell: Option<Accepted>,
}

/// Reads the commands of gates.
pub(super) fn commands(at: &Cursor<'_>) -> Result<Vec<CommandRule>, ManifestError> {
    let entries = at.entries("a mapping from gate names to commands")?;
    if entries.len() > MOST_COMMANDS {
        return Err(at.error(format!("at most {MOST_COMMANDS} commands"), entries.len().to_string()));
    }
    entries.iter().map(|entry| command(entry, at.path())).collect()
}

/// Reads a time limit, in seconds.
pub(super) fn timeout(at: &Cursor<'_>) -> Result<u64, ManifestError> {
    let meant = at.node().scalar().and_then(span::read).filter(|seconds| (SHORTEST_TIMEOUT..=LONGEST_TIMEOUT).contains(seconds));
    let hint = meant.map(|seconds| format!("write the seconds alone: `{seconds}`"));
    at.count(TIMEOUTS).map(u64::from).map_err(|error| error.hinting(hint))
}

fn command(entry: &Entry<'_>, path: &Path<'_>) -> Result<CommandRule, ManifestError> {
    let path = Path::Key(path, entry.key.scalar().unwrap_or_default());
    let gate = gate(&Cursor::new(&entry.key, path))?;
    let at = Cursor::new(&entry.value, path);
    if !at.is_mapping() {
        let Run { arguments, shell } = line(&at)?;
        return Ok(CommandRule { arguments, gate, shell, timeout_seconds: None, variables: Vec::new(), warning_status: None });
    }
    let fields = at.fields(COMMAND)?;
    let Run { arguments, shell } = match (fields.read("command", words)?, fields.read("shell", shell)?) {
        (Some(run), None) | (None, Some(run)) => run,
        (None, None) => {
            return Err(at.error("either `command` or `shell`", "neither").hinting("write `command: make test`".to_owned()));
        }
        (Some(_), Some(_)) => return Err(at.error("either `command` or `shell`", "both").hinting("keep one of them".to_owned())),
    };
    Ok(CommandRule {
        arguments,
        gate,
        shell,
        timeout_seconds: fields.read("timeout_seconds", timeout)?,
        variables: fields.read("variables", variables)?.unwrap_or_default(),
        warning_status: fields.read("warning_status", warning_status)?,
    })
}

fn gate(at: &Cursor<'_>) -> Result<GateName, ManifestError> {
    let gate: GateName = at.name("a gate name")?;
    let hint = match gate.as_str() {
        POLICY_COMPLIANCE => "remove it: what this gate asks stands under `policies`",
        LABEL_SHAPE => "remove it: this gate looks at the label that names the commit",
        _ => return Ok(gate),
    };
    Err(at
        .error("a gate that a command can answer", format!("{}, which promoledger itself answers", quoted(gate.as_str())))
        .hinting(hint.to_owned()))
}

/// A line, or the words themselves.
fn words(at: &Cursor<'_>) -> Result<Run, ManifestError> {
    if !matches!(at.node().value, Value::List(_)) {
        return line(at);
    }
    let arguments: Vec<Argument> = at.each(PROGRAM, MOST_WORDS, |at, earlier: &[Argument]| {
        let empty = earlier.is_empty() && at.node().scalar() == Some("");
        if empty { Err(at.unlike("a program")) } else { at.name("a program or an argument") }
    })?;
    if arguments.is_empty() { Err(at.unlike(PROGRAM)) } else { Ok(Run { arguments, shell: None }) }
}

fn line(at: &Cursor<'_>) -> Result<Run, ManifestError> {
    let expected = "a command on one line, such as `make test`";
    let text = at.text(expected)?;
    let words = split(text).map_err(|unsplit| unread(at, &unsplit))?;
    if words.first().is_none_or(String::is_empty) {
        return Err(at.unlike(expected));
    }
    if words.len() > MOST_WORDS {
        return Err(at.error(format!("at most {MOST_WORDS} words"), words.len().to_string()));
    }
    let argument =
        |word: String| Argument::new(word).map_err(|invalid| at.error(format!("words of {}", invalid.expected), quoted(&invalid.found)));
    Ok(Run { arguments: words.into_iter().map(argument).collect::<Result<_, _>>()?, shell: None })
}

fn unread(at: &Cursor<'_>, unsplit: &Unsplit) -> ManifestError {
    let expected = "a command that needs no shell";
    match unsplit {
        Unsplit::Shell(letter) => at
            .error(expected, format!("{letter:?}, which means something to a shell alone"))
            .hinting("write `{shell: \"…\"}` to have a shell read it, or put the character between single quotes".to_owned()),
        Unsplit::Variable => at
            .error(expected, "a variable set before it")
            .hinting("write `{shell: \"…\"}`, or name the variable under `variables` and set it where you promote".to_owned()),
        Unsplit::Open => {
            at.error("a command whose quotes end", "one that does not").hinting("write a list of words: [make, test]".to_owned())
        }
    }
}

fn shell(at: &Cursor<'_>) -> Result<Run, ManifestError> {
    let text: Argument = at.name("a text for /bin/sh")?;
    if text.as_str().trim().is_empty() {
        return Err(at.unlike("a text for /bin/sh"));
    }
    Ok(Run { arguments: vec![text], shell: Some(Accepted) })
}

fn variables(at: &Cursor<'_>) -> Result<Vec<Variable>, ManifestError> {
    at.set("a list of names of variables", ("variable", MOST_VARIABLES), |at| {
        let expected = "a variable that a gate may be given";
        let name = VariableName::new(at.text(expected)?).map_err(|invalid| at.unlike(expected).hinting(invalid.to_string()))?;
        Variable::new(name.as_str()).map_err(|invalid| at.unlike(expected).hinting(invalid.to_string()))
    })
}

/// Status 0 is always a pass.
fn warning_status(at: &Cursor<'_>) -> Result<NonZeroU8, ManifestError> {
    let status = at.count(1..=u32::from(u8::MAX))?;
    u8::try_from(status).ok().and_then(NonZeroU8::new).ok_or_else(|| at.unlike(listed(&["1", "2", "…", "255"])))
}
