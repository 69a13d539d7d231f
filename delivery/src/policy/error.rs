//! Why policies cannot be used, and why a question to them has no answer. Both refuse.

use super::apart::Lost;
use super::hash::{DecisionId, PolicyDigest};
use super::place::Place;

/// The most bytes that one policy may have.
pub const LARGEST_POLICY: usize = 128 * 1024;

/// The most rules that all policies may have together.
pub const MOST_RULES: usize = 1000;

/// The most bytes that an input may have, as canonical JSON.
pub const LARGEST_INPUT: usize = 1024 * 1024;

/// Policies that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A name that cannot be told in a message.
    #[error("{0:?} is no name for a policy: expected 1 to 200 characters, without control characters")]
    Name(String),
    /// Two policies of one name.
    #[error("two policies are called {0:?}: give each its own name, so that a message says which one it is about")]
    NamedTwice(String),
    /// A policy that is too large.
    #[error("{policy} has {found} bytes; a policy has at most {LARGEST_POLICY}")]
    TooLarge {
        /// The policy's name.
        policy: String,
        /// Its length in bytes.
        found: usize,
    },
    /// Something that is not Rego, or Rego that the interpreter refuses.
    #[error("{place}: {what}")]
    Rego {
        /// Where.
        place: Place,
        /// What is wrong.
        what: String,
    },
    /// A function that a policy may not call.
    #[error("{place}: `{function}` cannot be called: {why}")]
    Call {
        /// Where it is called.
        place: Place,
        /// Its name.
        function: String,
        /// Why it cannot.
        why: &'static str,
    },
    /// Too many rules.
    #[error("the policies have {found} rules; all together they may have {MOST_RULES}")]
    TooManyRules {
        /// How many there are.
        found: usize,
    },
    /// Policies that can say nothing.
    #[error("no policy decides anything: expected `package promoledger` with a rule `deny`, `warn` or `allow`")]
    DecidesNothing,
    /// Whatever else the interpreter says.
    #[error("the policies cannot be prepared: {0}")]
    Unprepared(String),
    /// There is no outcome.
    #[error("the policies cannot be prepared: {0}")]
    Lost(#[from] Lost),
}

/// A question that the policies do not answer. It refuses, as a denial does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policies give no answer: {why}")]
pub struct Unanswered {
    /// Which policies.
    pub policy_digest: PolicyDigest,
    /// Which question.
    pub decision_id: DecisionId,
    /// Why there is no answer.
    pub why: Why,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The input is too large.
    #[error("the input has {found} bytes; expected at most {LARGEST_INPUT}")]
    InputTooLarge {
        /// Its length in bytes.
        found: usize,
    },
    /// A rule's evaluation failed.
    #[error("{what}{}", at(.place))]
    Failed {
        /// Where, where that is known.
        place: Option<Place>,
        /// What went wrong.
        what: String,
    },
    /// A rule says something of another kind than it may.
    #[error("`{rule}` gives {found}; expected {expected}")]
    IllTyped {
        /// The rule.
        rule: &'static str,
        /// What kind of thing it may say.
        expected: &'static str,
        /// What it says.
        found: String,
    },
    /// It would take or make too much.
    #[error("{0}")]
    TooMuch(String),
    /// There is no outcome.
    #[error(transparent)]
    Lost(#[from] Lost),
}

fn at(place: &Option<Place>) -> String {
    place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default()
}
