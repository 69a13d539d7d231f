//! The context of one run of the command: options, environment, folders, and where what it says goes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;

use anstream::{AutoStream, ColorChoice};
use promotion_ledger::custody::clock::Clock as _;
use promotion_ledger::custody::random::Random as _;
use promotion_ledger::meaning::digest::to_hex;
use promotion_ledger::meaning::names::Agent;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;

use crate::answer::Answer;
use crate::args::{Color, Global, Output};
use crate::error::CommandError;
use crate::formats::{csv, json, yaml};
use crate::machine::{SystemClock, SystemRandom};
use crate::page::{BAD, DIM, Page, WARN};
use crate::shown::{Show, Shown, paint, shown};

/// Options, environment, folders.
pub(crate) struct Context {
    pub(crate) global: Global,
    environment: BTreeMap<String, OsString>,
    /// What ties this run to a trace, in every output.
    pub(crate) trace_id: String,
    /// Whether the caller gave the trace: then people are told it too, whatever the command.
    trace_given: bool,
}

impl Context {
    pub(crate) fn new(global: Global, environment: BTreeMap<String, OsString>) -> Self {
        let given = given_trace(&environment);
        let trace_given = given.is_some();
        Self { global, environment, trace_id: given.unwrap_or_else(fresh_trace), trace_given }
    }

    /// All of the environment, for those that run other programs.
    pub(crate) fn environment(&self) -> &BTreeMap<String, OsString> {
        &self.environment
    }

    /// A variable of the environment; an empty one counts as absent.
    pub(crate) fn variable(&self, name: &str) -> Option<&OsString> {
        self.environment.get(name).filter(|value| !value.is_empty())
    }

    /// A variable that names a path.
    pub(crate) fn path_variable(&self, name: &str) -> Option<PathBuf> {
        self.variable(name).map(PathBuf::from)
    }

    /// The user's home folder.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.path_variable("HOME")
    }

    /// Where keys and pins are kept: `$XDG_CONFIG_HOME/promoledger`, else `~/.config/promoledger`.
    pub(crate) fn config_folder(&self) -> Result<PathBuf, CommandError> {
        self.folder("XDG_CONFIG_HOME", ".config")
    }

    /// Where indexes are kept: `$XDG_CACHE_HOME/promoledger`, else `~/.cache/promoledger`.
    pub(crate) fn cache_folder(&self) -> Result<PathBuf, CommandError> {
        self.folder("XDG_CACHE_HOME", ".cache")
    }

    fn folder(&self, variable: &str, below_home: &str) -> Result<PathBuf, CommandError> {
        let absolute = self.path_variable(variable).filter(|path| path.is_absolute());
        let base = absolute.or_else(|| self.home().map(|home| home.join(below_home)));
        base.map(|base| base.join("promoledger"))
            .ok_or_else(|| CommandError::usage(format!("neither {variable} nor HOME names a folder")).hint("set HOME"))
    }

    /// A path as people write it: with `~` for the home folder.
    pub(crate) fn tidy(&self, path: &std::path::Path) -> String {
        match self.home().and_then(|home| path.strip_prefix(home).ok().map(std::path::Path::to_owned)) {
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    /// The program, as entries name it.
    pub(crate) fn agent() -> Agent {
        Agent::new(concat!("promoledger/", env!("CARGO_PKG_VERSION"))).expect("a name and a version of ASCII")
    }

    /// Says something to whoever is watching; not data.
    pub(crate) fn say(&self, text: impl Show) {
        if !self.global.quiet {
            self.say_line(&text.show());
        }
    }

    /// Says something to whoever asked for more.
    pub(crate) fn detail(&self, text: impl Show) {
        if self.global.verbose {
            self.say_line(&paint(DIM, text));
        }
    }

    pub(crate) fn warn(&self, text: impl Show) {
        self.say(shown!("{} {}", paint(WARN, "warning:"), text));
    }

    /// Passes a library's warning on; one that shouts already is not announced once more.
    pub(crate) fn pass_on(&self, warning: &str) {
        match warning.strip_prefix("WARNING: ") {
            Some(rest) => self.say(shown!("{} {}", paint(WARN, "WARNING:"), rest)),
            None => self.warn(warning),
        }
    }

    /// Prints the answer or the error, and gives the process its code.
    pub(crate) fn finish(&self, outcome: Result<Answer, CommandError>) -> std::process::ExitCode {
        let code = match outcome {
            Ok(answer) => {
                self.print(&answer);
                answer.notes.iter().for_each(|note| self.say(note));
                answer.code
            }
            Err(error) => {
                self.print_error(&error);
                error.code
            }
        };
        if self.trace_given && self.global.output == Output::Table {
            self.say(paint(DIM, shown!("trace {}", self.trace_id)));
        }
        std::process::ExitCode::from(code.number())
    }

    fn print(&self, answer: &Answer) {
        let text = match (&answer.script, &answer.value, answer.rows, self.global.output) {
            (Some(script), ..) => script.clone(),
            (_, Some(value), _, Output::Json) => json(&self.traced(value)),
            (_, Some(value), _, Output::Yaml) => yaml(&self.traced(value)),
            (_, Some(value), Some(rows), Output::Csv) => csv(value, rows),
            _ if self.global.quiet && answer.value.is_some() && answer.code == ExitCode::Done => return,
            _ => return self.print_page(&answer.page),
        };
        // A reader that went away has seen enough.
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }

    fn print_page(&self, page: &Page) {
        let mut stream = AutoStream::new(std::io::stdout().lock(), self.choice(&std::io::stdout()));
        let _ = page.lines().try_for_each(|line| writeln!(stream, "{}", line.styled())).and_then(|()| stream.flush());
    }

    /// The object with what ties it to a trace.
    fn traced(&self, value: &serde_json::Value) -> serde_json::Value {
        let mut value = value.clone();
        if let Some(fields) = value.as_object_mut() {
            fields.insert("trace_id".to_owned(), self.trace_id.clone().into());
        }
        value
    }

    fn print_error(&self, error: &CommandError) {
        let object = match self.global.output {
            Output::Table | Output::Csv => String::new(),
            Output::Json => json(&self.error_object(error)),
            Output::Yaml => yaml(&self.error_object(error)),
        };
        let _ = std::io::stdout().lock().write_all(object.as_bytes());
        error_page(error).lines().for_each(|line| self.say_line(&line));
    }

    fn error_object(&self, error: &CommandError) -> serde_json::Value {
        let mut details = serde_json::Map::new();
        details.insert("code".to_owned(), error.code.number().into());
        details.insert("kind".to_owned(), error.code.kind().into());
        details.insert("message".to_owned(), error.message.clone().into());
        details.insert("hint".to_owned(), error.hint.clone().into());
        if !error.others.is_empty() {
            let others = error.others.iter().map(|reason| {
                serde_json::json!({"code": reason.code.number(), "kind": reason.code.kind(), "message": reason.message, "hint": reason.hint})
            });
            details.insert("others".to_owned(), others.collect());
        }
        if let Some((first, last)) = error.recorded {
            details.insert("entries".to_owned(), serde_json::json!({"first": first, "last": last}));
        }
        for (name, value) in &error.attributes {
            details.insert((*name).to_owned(), value.clone());
        }
        serde_json::json!({"schema": "promoledger.error/1", "success": false, "trace_id": self.trace_id, "error": details})
    }

    fn say_line(&self, line: &Shown) {
        let mut stream = AutoStream::new(std::io::stderr().lock(), self.choice(&std::io::stderr()));
        let _ = writeln!(stream, "{}", line.styled());
    }

    fn choice(&self, stream: &dyn anstream::stream::RawStream) -> ColorChoice {
        match self.global.color {
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
            Color::Auto if stream.is_terminal() && self.variable("NO_COLOR").is_none() => ColorChoice::Always,
            Color::Auto => ColorChoice::Never,
        }
    }
}

/// Prints that the arguments make no sense as the object that callers of `--output json` read.
pub(crate) fn print_usage_object(environment: &BTreeMap<String, OsString>, message: &str) {
    let first = message.lines().next().unwrap_or_default();
    let code = ExitCode::Usage;
    let error = serde_json::json!({
        "code": code.number(),
        "kind": code.kind(),
        "message": first.strip_prefix("error: ").unwrap_or(first),
        "hint": "`promoledger help COMMAND` tells what it takes",
    });
    let trace = given_trace(environment).unwrap_or_else(fresh_trace);
    let object = serde_json::json!({"schema": "promoledger.error/1", "success": false, "trace_id": trace, "error": error});
    let _ = std::io::stdout().lock().write_all(json(&object).as_bytes());
}

/// The trace of the caller, if there is one.
fn given_trace(environment: &BTreeMap<String, OsString>) -> Option<String> {
    environment.get("TRACEPARENT").and_then(|value| value.to_str()).and_then(trace_of)
}

fn error_page(error: &CommandError) -> Page {
    let mut page = Page::new();
    let recorded = match error.recorded {
        None => String::new(),
        Some((first, last)) if first == last => format!(", recorded as entry {first}"),
        Some((first, last)) => format!(", recorded as entries {first} to {last}"),
    };
    page.line(shown!("{} {}", paint(BAD, "error:"), error.message));
    page.line(shown!("  {}", paint(DIM, format!("exit {} ({}){recorded}", error.code.number(), error.code.meaning()))));
    if let Some(hint) = &error.hint {
        page.line(shown!("  {} {}", paint(DIM, "hint:"), hint));
    }
    for other in &error.others {
        page.line(shown!("  {} {} {}", paint(DIM, "also:"), other.message, paint(DIM, format!("(exit {})", other.code.number()))));
    }
    page
}

/// The trace id of a W3C `traceparent`: 32 hexadecimal digits, not all zero.
fn trace_of(traceparent: &str) -> Option<String> {
    let mut parts = traceparent.split('-');
    let (_version, trace) = (parts.next()?, parts.next()?);
    let digits = trace.len() == 32 && trace.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (digits && trace.bytes().any(|byte| byte != b'0')).then(|| trace.to_owned())
}

fn fresh_trace() -> String {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    to_hex(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_of_the_caller_is_taken_over() {
        let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(trace_of(given).as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for bad in ["", "00", "00-4bf9-00f0-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"] {
            assert_eq!(trace_of(bad), None, "{bad:?}");
        }
    }
}
