//! Policies in Rego: what may be promoted, said by whoever runs the pipeline, decided from one document and nothing else.
//!
//! A policy is a pure function of its [`Input`]. It has no clock, no network, no chance and no environment: the functions that
//! would give it those are not there. What it may take is counted in steps and bytes, so that the same question gets the same
//! answer on every machine. Whatever is not certainly an answer is an error, and an error refuses. `docs/policies.md` is for
//! those who write policies.

mod answer;
mod apart;
mod builtins;
mod calls;
mod error;
mod hash;
mod input;
mod meter;
mod place;
mod rego;
#[cfg(test)]
mod tests;
mod tree;

pub use answer::{LONGEST_REASON, MOST_REASONS};
pub use apart::{LONGEST, Lost};
pub use error::{LARGEST_INPUT, LARGEST_POLICY, MOST_RULES, PolicyError, Unanswered, Why};
pub use hash::{DecisionId, PolicyDigest};
pub use input::{Action, Artifact, Facts, Gate, GateStatus, Input, Lock, Request, Standing, Visit};
pub use meter::{MOST_BYTES, MOST_STEPS};
pub use place::Place;

use serde::Serialize;

use rego::Prepared;

/// Policies that are ready to be asked.
#[derive(Debug, Clone)]
pub struct Policies {
    digest: PolicyDigest,
    /// Nothing, where there are no policies.
    prepared: Option<Prepared>,
}

/// What policies say of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether the request is allowed.
    pub allowed: bool,
    /// Why not, sorted. Empty where it is allowed, and nowhere else.
    pub denials: Vec<String>,
    /// What somebody should look at, sorted.
    pub warnings: Vec<String>,
    /// Which policies said so.
    pub policy_digest: PolicyDigest,
    /// Which question they were asked.
    pub decision_id: DecisionId,
}

impl Policies {
    /// Reads policies, each a name and its text, and checks all that can be known before they are asked.
    ///
    /// # Errors
    ///
    /// What is no Rego, calls a function that is not one of its arguments alone, is too large, or can decide nothing.
    pub fn compile(sources: &[(&str, &str)]) -> Result<Self, PolicyError> {
        let digest = PolicyDigest::of(sources);
        let prepared = if sources.is_empty() { None } else { Some(Prepared::new(sources)?) };
        Ok(Self { digest, prepared })
    }

    /// Which policies these are.
    #[must_use]
    pub fn digest(&self) -> PolicyDigest {
        self.digest
    }

    /// Which question this is. It is known whether there is an answer or not.
    #[must_use]
    pub fn decision_id(&self, input: &Input) -> DecisionId {
        DecisionId::of(&self.digest, &hash::canonical(input))
    }

    /// Asks the policies. Without policies everything is allowed.
    ///
    /// # Errors
    ///
    /// Where there is no answer: the request is then refused, since nobody allowed it.
    pub fn judge(&self, input: &Input) -> Result<Verdict, Unanswered> {
        let question = hash::canonical(input);
        let (policy_digest, decision_id) = (self.digest, DecisionId::of(&self.digest, &question));
        let said = self.prepared.as_ref().map_or_else(|| Ok(rego::Said::default()), |prepared| prepared.ask(&question));
        match said {
            Ok(said) => {
                Ok(Verdict { allowed: said.denials.is_empty(), denials: said.denials, warnings: said.warnings, policy_digest, decision_id })
            }
            Err(why) => Err(Unanswered { policy_digest, decision_id, why }),
        }
    }
}
