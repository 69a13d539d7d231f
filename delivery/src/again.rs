//! Judging again: what stands beside the log, held once more against the rules that were in force, and against what was recorded.
//!
//! The law holds what a result says to the rules. Whether the result follows from its evidence shows only here: policies are asked their
//! question again, reports of scanners are read again, and the claims of a token are held against its issuer again.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use promotion_ledger::custody::log::{Log, LogError};
use promotion_ledger::evidence::entry::{Content, Entry};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::{Evidence, GateCompleted, PolicyAsked};
use promotion_ledger::meaning::event::identity::IdentityProven;
use promotion_ledger::meaning::event::scan::ScanFound;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::{Pipeline, Principal};
use promotion_ledger::meaning::rules::Rules;

use crate::identity::{Issuer, claimed};
use crate::policy::{Input, Policies};
use crate::scanner::{self, Policy};

/// What judging again came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Again {
    /// How many answers of policies follow from their question.
    pub policies: u64,
    /// How many results of scans follow from their report.
    pub scans: u64,
    /// How many tokens say what was recorded of them.
    pub tokens: u64,
    /// How many have no evidence that could be judged: none was named, or it was removed.
    pub without: u64,
    /// What does not follow from its evidence.
    pub contradictions: Vec<Contradiction>,
}

/// An entry that does not follow from its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Where it stands.
    pub entry: Sequence,
    /// In words: what the evidence comes to, and what was recorded.
    pub message: String,
}

/// Judges again whatever in a log can be. The log must have been verified: nothing of that is done here.
///
/// # Errors
///
/// When the log cannot be read.
pub fn judge(log: &dyn Log) -> Result<Again, LogError> {
    let mut judging = Judging { log, rules: BTreeMap::new(), again: Again::default() };
    let mut failed = None;
    log.entries(&mut |kept| {
        let Ok(entry) = Entry::parse(&kept.note) else { return ControlFlow::Break(()) };
        match judging.take(&entry) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed.map_or(Ok(judging.again), Err)
}

struct Judging<'a> {
    log: &'a dyn Log,
    /// The rules in force here.
    rules: BTreeMap<Pipeline, Rules>,
    again: Again,
}

/// What judging one piece of evidence came to.
type Judged = Result<(), String>;

impl Judging<'_> {
    fn take(&mut self, entry: &Entry<'_>) -> Result<(), LogError> {
        let Content::Event(event) = entry.content() else { return Ok(()) };
        match event {
            Event::ManifestAdopted(event) => {
                self.rules.insert(event.rules.pipeline().clone(), event.rules);
            }
            Event::GateCompleted(event) => self.gate(entry.sequence(), &event)?,
            Event::IdentityProven(event) => {
                let judged = |rules: &Rules, body: &[u8]| token(rules, &event, entry.actor(), body);
                let judged = self.judged(&event.pipeline, event.evidence.as_ref(), judged)?;
                self.note(entry.sequence(), judged, |again| &mut again.tokens);
            }
            _ => {}
        }
        Ok(())
    }

    fn gate(&mut self, at: Sequence, event: &GateCompleted) -> Result<(), LogError> {
        let of = event.evidence.as_ref();
        if let Some(asked) = &event.policy {
            // Where there are no policies nothing was asked, and nothing is kept of it.
            let none = self.rules.get(&event.pipeline).is_some_and(|rules| rules.policies().is_empty());
            if !none {
                let judged = self.judged(&event.pipeline, of, |rules, body| answer(rules, event, asked, body))?;
                self.note(at, judged, |again| &mut again.policies);
            }
        }
        if let Some(found) = &event.scan {
            let judged = self.judged(&event.pipeline, of, |_, body| report(event, found, body))?;
            self.note(at, judged, |again| &mut again.scans);
        }
        Ok(())
    }

    /// Judges the evidence; nothing where there is none.
    fn judged(
        &self,
        pipeline: &Pipeline,
        evidence: Option<&Evidence>,
        judge: impl FnOnce(&Rules, &[u8]) -> Judged,
    ) -> Result<Option<Judged>, LogError> {
        let body = evidence.map(|evidence| self.log.body(&evidence.digest)).transpose()?.flatten();
        Ok(self.rules.get(pipeline).zip(body).map(|(rules, body)| judge(rules, &body.bytes)))
    }

    fn note(&mut self, entry: Sequence, judged: Option<Judged>, count: impl FnOnce(&mut Again) -> &mut u64) {
        match judged {
            Some(Ok(())) => *count(&mut self.again) += 1,
            Some(Err(message)) => self.again.contradictions.push(Contradiction { entry, message }),
            None => self.again.without += 1,
        }
    }
}

/// Asks the policies their question again.
fn answer(rules: &Rules, event: &GateCompleted, asked: &PolicyAsked, body: &[u8]) -> Judged {
    let input: Input = serde_json::from_slice(body).map_err(|error| format!("what the policies were asked cannot be read: {error}"))?;
    let (about, request) = (&input.artifact, &input.request);
    let named = [
        ("digest", about.digest.as_str(), event.digest.as_str()),
        ("component", about.component.as_str(), event.component.as_str()),
        ("environment", request.to.as_str(), event.environment.as_str()),
        ("pipeline", request.pipeline.as_str(), event.pipeline.as_str()),
    ];
    for (what, question, entry) in named {
        hold(question == entry, || format!("the policies were asked about {what} {question}, and the entry is about {entry}"))?;
    }
    let promotion = asked.promotion_id.to_string();
    hold(request.promotion_id == promotion, || {
        format!("the policies were asked by promotion {}, and the entry says {promotion}", request.promotion_id)
    })?;
    let sources: Vec<(&str, &str)> = rules.policies().iter().map(|policy| (policy.name.as_str(), policy.text.as_str())).collect();
    let policies = Policies::compile(&sources).map_err(|error| format!("the policies cannot be asked again: {error}"))?;
    let decision = policies.decision_id(&input);
    hold(Digest::from_sha256(decision.as_bytes()) == asked.decision, || "the decision's id is of another question".to_owned())?;
    let allowed = policies.judge(&input).is_ok_and(|verdict| verdict.allowed);
    hold(allowed || !event.status.lets_pass(), || format!("the policies deny this, and the entry says {}", event.status))
}

/// Reads the report again. What was counted must be what is in it; what that comes to by the rules is the law's business.
fn report(event: &GateCompleted, found: &ScanFound, body: &[u8]) -> Judged {
    let read =
        scanner::read(body, Some(found.scanner), &event.digest).map_err(|error| format!("the report cannot be read again: {error}"))?;
    let verdict = Policy { block_on: [].into(), ignore_unfixed: found.ignored > 0 }.judge(&read);
    let counted = (verdict.counts, verdict.ignored, verdict.suppressed);
    hold(counted == (found.counts, found.ignored, found.suppressed), || {
        format!("the report comes to {:?}, {} ignored, {} suppressed, and the entry says otherwise", counted.0, counted.1, counted.2)
    })
}

/// Holds the claims against the issuer again: all but the signature, which is not kept.
fn token(rules: &Rules, event: &IdentityProven, actor: &Principal, body: &[u8]) -> Judged {
    let Some(rule) = rules.issuer(&event.issuer) else { return Ok(()) };
    let issuer = Issuer::try_from(rule).map_err(|error| format!("the issuer cannot be used: {error}"))?;
    let said = claimed(body, &issuer).map_err(|error| format!("the claims do not hold: {error}"))?;
    hold(said.subject == event.subject.as_str(), || format!("the claims are of {}, and the entry says {}", said.subject, event.subject))?;
    hold(said.principal == *actor, || format!("the claims name {}, and the entry is of {actor}", said.principal))?;
    hold(said.groups == event.groups, || "the claims give other groups than the entry says".to_owned())?;
    hold(event.expires <= said.expires, || format!("the claims end at {}, and the entry says {}", said.expires, event.expires))
}

fn hold(condition: bool, otherwise: impl FnOnce() -> String) -> Judged {
    if condition { Ok(()) } else { Err(otherwise()) }
}
