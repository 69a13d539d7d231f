//! The interpreter: policies prepared by it, and asked.

use std::collections::BTreeSet;
use std::fmt;

use regorus::{Engine, Rc, Value};

use super::answer::{self, Rule};
use super::apart::apart;
use super::builtins;
use super::calls;
use super::error::{LARGEST_INPUT, LARGEST_POLICY, PolicyError, Why};
use super::meter;
use super::place::located;

/// The most characters that a policy's name may have.
const LONGEST_NAME: usize = 200;

/// The denial of a request that `allow` does not allow.
const NOT_ALLOWED: &str = "`allow` is not true";

/// Policies in the interpreter, and the rules of ours that they have.
#[derive(Clone)]
pub(super) struct Prepared {
    engine: Engine,
    rules: Vec<Rule>,
}

impl fmt::Debug for Prepared {
    /// The rules alone: the engine would tell all trees.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// What the rules say.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) denials: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Prepared {
    pub(super) fn new(sources: &[(&str, &str)]) -> Result<Self, PolicyError> {
        check_names(sources)?;
        let sources: Vec<(String, String)> = sources.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        apart(move || prepare(&sources))?
    }

    /// Asks all rules about one input, given as JSON.
    pub(super) fn ask(&self, input: &[u8]) -> Result<Said, Why> {
        if input.len() > LARGEST_INPUT {
            return Err(Why::InputTooLarge { found: input.len() });
        }
        let (prepared, input) = (self.clone(), input.to_vec());
        apart(move || prepared.evaluate(&input))?
    }

    fn evaluate(mut self, input: &[u8]) -> Result<Said, Why> {
        let limit = meter::limit().ok_or_else(|| Why::TooMuch("its steps cannot be counted".to_owned()))?;
        let failed = |error: &dyn fmt::Display| Why::Failed { place: None, what: error.to_string() };
        let input: serde_json::Value = serde_json::from_slice(input).map_err(|error| failed(&error))?;
        self.engine.set_execution_timer_config(limit);
        self.engine.set_input(Value::from(input));
        let mut said = Said::default();
        for rule in &self.rules {
            let value = value_of(&mut self.engine, *rule)?;
            match rule {
                Rule::Deny => said.denials = answer::reasons(*rule, &value)?,
                Rule::Warn => said.warnings = answer::reasons(*rule, &value)?,
                Rule::Allow if answer::allowed(&value)? => {}
                Rule::Allow => said.denials.insert(0, NOT_ALLOWED.to_owned()),
            }
        }
        Ok(said)
    }
}

/// A rule's value. What was used up is asked for after it in any case: Rego can go on after a function's fault.
fn value_of(engine: &mut Engine, rule: Rule) -> Result<Value, Why> {
    let value = engine.eval_rule(path_of(rule));
    if let Some(spent) = meter::spent() {
        return Err(Why::TooMuch(spent.to_string()));
    }
    value.map_err(|error| {
        let (place, what) = located(&error.to_string());
        Why::Failed { place, what }
    })
}

fn path_of(rule: Rule) -> String {
    format!("data.promoledger.{}", rule.name())
}

fn check_names(sources: &[(&str, &str)]) -> Result<(), PolicyError> {
    let mut names = BTreeSet::new();
    for (name, text) in sources {
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(PolicyError::Name((*name).to_owned()));
        }
        if !names.insert(name) {
            return Err(PolicyError::NamedTwice((*name).to_owned()));
        }
        if text.len() > LARGEST_POLICY {
            return Err(PolicyError::TooLarge { policy: (*name).to_owned(), found: text.len() });
        }
    }
    Ok(())
}

fn prepare(sources: &[(String, String)]) -> Result<Prepared, PolicyError> {
    let mut engine = Engine::new();
    // A function given what it cannot take is an error, not a rule that says nothing.
    engine.set_strict_builtin_errors(true);
    engine.set_gather_prints(true);
    builtins::guard(&mut engine).map_err(PolicyError::Unprepared)?;
    for (name, text) in sources {
        engine.add_policy(name.clone(), text.clone()).map_err(|error| refused(&error.to_string()))?;
    }
    let trees = engine.get_ast_as_json().map_err(|error| refused(&error.to_string()))?;
    let trees = serde_json::from_str(&trees).map_err(|error| PolicyError::Unprepared(format!("nested too deep ({error})")))?;
    let rules = calls::check(&trees, sources)?;
    let first = rules.first().copied().ok_or(PolicyError::DecidesNothing)?;
    engine.compile_with_entrypoint(&Rc::from(path_of(first))).map_err(|error| refused(&error.to_string()))?;
    Ok(Prepared { engine, rules })
}

fn refused(message: &str) -> PolicyError {
    match located(message) {
        (Some(place), what) => PolicyError::Rego { place, what },
        (None, what) => PolicyError::Unprepared(what),
    }
}
