//! What is said of a promotion or rollback: how it went, how it would go, and which one is meant.

use promotion_delivery::runner::{Done, Plan, PlannedGate, Standing};
use promotion_ledger::meaning::command::SignatureSeen;
use promotion_ledger::meaning::decide::Decision;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::promotion::{AuthorizationDecided, DowngradeDecided, Outcome};
use promotion_ledger::meaning::event::signature::{SignatureChecked, SignatureFound};
use promotion_ledger::meaning::facts::{FactKey, Run};
use promotion_ledger::meaning::names::{Component, Environment, GateName, Pipeline, Repository, Version};
use promotion_ledger::meaning::refusal::{ExitCode, Refusal};
use promotion_ledger::meaning::rules::{Rules, Source};
use promotion_ledger::meaning::versions::Comparison;
use promotion_replay::Horizon;
use promotion_replay::models::rows::Kind;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{BAD, BOLD, DIM, GOOD, Page, Table, WARN, short};
use crate::session::{self, Opened};
use crate::shown::{Shown, paint, shown, visible};
use crate::views::run::{EntryRange, Estimate, GateResult, Promoted, Tag};

/// How many earlier runs an estimate rests on at most.
const RUNS: u32 = 50;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Promote,
    Rollback,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) action: Action,
    pub(crate) pipeline: Pipeline,
    pub(crate) component: Component,
    pub(crate) version: Version,
    pub(crate) from: Source,
    pub(crate) to: Environment,
}

impl Subject {
    /// What a run that is under way was asked for.
    pub(crate) fn of(run: &Run) -> Self {
        let promotion = run.promotion.clone();
        Self {
            action: if run.leaves.is_some() { Action::Rollback } else { Action::Promote },
            pipeline: promotion.pipeline,
            component: promotion.component,
            version: promotion.version,
            from: promotion.from,
            to: promotion.to,
        }
    }

    /// `api v1.4.2  staging → prod`, or `api v1.4.1  back in prod`.
    pub(crate) fn words(&self) -> String {
        match self.action {
            Action::Promote => format!("{} {}  {} → {}", self.component, self.version, self.from, self.to),
            Action::Rollback => format!("{} {}  back into {}", self.component, self.version, self.to),
        }
    }

    fn view(&self) -> Promoted {
        Promoted {
            action: if self.action == Action::Promote { "promote" } else { "rollback" }.to_owned(),
            promotion_id: None,
            pipeline: self.pipeline.to_string(),
            component: self.component.to_string(),
            version: self.version.to_string(),
            artifact_digest: None,
            from: self.from.to_string(),
            to: self.to.to_string(),
            already: false,
            resumed: false,
            dry_run: false,
            tags: Vec::new(),
            gate_results: Vec::new(),
            authorization_passed: false,
            authorized_via: None,
            signature_status: "not_required".to_owned(),
            estimate: None,
            warnings: Vec::new(),
            entries: None,
        }
    }
}

/// How it went.
pub(crate) fn done(context: &Context, opened: &Opened, subject: &Subject, done: &Done) -> Result<Answer, CommandError> {
    let mut view = subject.view();
    view.warnings.clone_from(&done.warnings);
    view.resumed = done.resumed;
    let Some(promotion) = &done.promotion else {
        return already(opened, subject, view);
    };
    view.promotion_id = Some(promotion.promotion_id.to_string());
    view.artifact_digest = Some(promotion.digest.to_string());
    view.entries = EntryRange::of(&done.entries);
    let (mut downgrade, mut signature) = (None, None);
    for entry in &done.entries {
        match &entry.recorded().event {
            Event::AuthorizationDecided(decided) => authorized(&mut view, decided),
            Event::DowngradeDecided(decided) => downgrade = Some(decided),
            Event::RegistryTagged(tagged) => {
                view.tags.retain(|tag| tag.tag != tagged.tag.as_str());
                view.tags.push(Tag { tag: tagged.tag.to_string(), digest: tagged.digest.to_string() });
            }
            Event::SignatureChecked(checked) => signature = Some(checked),
            Event::PromotionCompleted(completed) => {
                view.signature_status = completed.signature_status.to_string();
                view.authorization_passed = completed.authorization_passed;
                view.authorized_via = Some(completed.authorized_via.to_string());
                let cited = completed.gates.iter();
                view.gate_results = cited.map(|gate| gate_result(&gate.gate, gate.status.as_str(), Some(gate.entry.get()))).collect();
            }
            Event::RollbackCompleted(completed) => {
                view.authorization_passed = completed.authorization_passed;
                view.authorized_via = Some(completed.authorized_via.to_string());
            }
            _ => {}
        }
    }
    Ok(Answer::new(done_page(context, subject, &view, (downgrade, signature)), &view))
}

fn authorized(view: &mut Promoted, decided: &AuthorizationDecided) {
    view.authorization_passed = decided.outcome == Outcome::Passed;
    view.authorized_via = Some(decided.authorized_via.to_string());
}

fn gate_result(gate: &GateName, status: &str, entry: Option<u64>) -> GateResult {
    GateResult { gate: gate.to_string(), status: status.to_owned(), entry }
}

/// All was as asked for: nothing was done.
fn already(opened: &Opened, subject: &Subject, mut view: Promoted) -> Result<Answer, CommandError> {
    let place = FactKey::Place(subject.pipeline.clone(), subject.component.clone(), subject.to.clone());
    let fact = opened.index.fact(&place)?;
    let mut page = Page::new();
    view.already = true;
    let mut since = Shown::default();
    if let Some(promotion_ledger::meaning::facts::Fact::Place(place)) = fact
        && let Some(holder) = place.holder
    {
        view.artifact_digest = Some(holder.digest.to_string());
        view.promotion_id = Some(holder.promotion_id.to_string());
        since = paint(DIM, format!("since entry {}", holder.since));
    }
    let word = if subject.action == Action::Promote { "Already promoted" } else { "Already there" };
    page.line(shown!("{}  {} {} is in {}  {}", word, subject.component, subject.version, subject.to, since));
    Ok(Answer::new(page, &view))
}

fn done_page(
    context: &Context,
    subject: &Subject,
    view: &Promoted,
    (downgrade, signature): (Option<&DowngradeDecided>, Option<&SignatureChecked>),
) -> Page {
    let mut page = Page::new();
    let entries = view.entries.map(EntryRange::words).unwrap_or_default();
    let id = view.promotion_id.as_deref().unwrap_or_default();
    let resumed = if view.resumed { ", resumed" } else { "" };
    page.line(shown!("{}  {}", paint(BOLD, subject.words()), paint(DIM, format!("promotion {}, {entries}{resumed}", brief(id)))));
    let mut rows = Vec::new();
    if let Some(via) = &view.authorized_via {
        rows.push((visible("authorization"), paint(GOOD, "passed"), visible(via)));
    }
    if let Some(downgrade) = downgrade {
        rows.push((visible("downgrade guard"), guard_word(downgrade), visible(guard_words(downgrade))));
    }
    if let Some(signature) = signature {
        let word = if signature.found == SignatureFound::Verified { paint(GOOD, "verified") } else { paint(WARN, "warning") };
        rows.push((visible("signature"), word, visible(&signature.message)));
    }
    for gate in &view.gate_results {
        let entry = gate.entry.map(|entry| paint(DIM, format!("entry {entry}"))).unwrap_or_default();
        rows.push((visible(&gate.gate), status_word(&gate.status), entry));
    }
    let mut table = Table::new(&[]);
    for (name, word, detail) in rows {
        table.row(vec![name, word, detail]);
    }
    page.table(&table, 2);
    let tags: Vec<&str> = view.tags.iter().map(|tag| tag.tag.as_str()).collect();
    if !tags.is_empty() {
        page.line(shown!(
            "{}    {} → {}",
            paint(GOOD, "Tagged"),
            tags.join(", "),
            short(view.artifact_digest.as_deref().unwrap_or_default())
        ));
    }
    let (word, what) = match subject.action {
        Action::Promote => ("Promoted", format!("{} {} to {}", subject.component, subject.version, subject.to)),
        Action::Rollback => ("Rolled back", format!("{} to {} {}", subject.to, subject.component, subject.version)),
    };
    page.line(shown!("{}  {}  {}", paint(GOOD, word), what, paint(DIM, format!("trace {}", context.trace_id))));
    page
}

fn brief(id: &str) -> String {
    id.chars().take(13).collect()
}

fn guard_word(decided: &DowngradeDecided) -> Shown {
    match (decided.outcome, decided.comparison) {
        (Outcome::Refused, _) => paint(BAD, "refused"),
        (Outcome::Passed, Comparison::Older | Comparison::Incomparable) => paint(WARN, "warning"),
        (Outcome::Passed, _) => paint(GOOD, "passed"),
    }
}

fn guard_words(decided: &DowngradeDecided) -> String {
    let version = &decided.promotion.version;
    match (&decided.current, decided.comparison) {
        (None, _) => "nothing was there".to_owned(),
        (Some(current), Comparison::Older) => format!("{current} → {version}, a downgrade that was asked for"),
        (Some(current), Comparison::Incomparable) => format!("{current} → {version}, which cannot be compared"),
        (Some(current), _) => format!("{current} → {version}"),
    }
}

/// What looking for a signature comes to, in the words of a completion.
const fn looked(found: SignatureFound) -> &'static str {
    match found {
        SignatureFound::Verified => "verified",
        SignatureFound::Unsigned | SignatureFound::Invalid | SignatureFound::Unknown => "warned",
    }
}

fn status_word(status: &str) -> Shown {
    match status {
        "passed" => paint(GOOD, status),
        "would_run" => paint(WARN, "would be run"),
        "warning" | "skipped" => paint(WARN, status),
        _ => paint(BAD, status),
    }
}

/// How it would go.
pub(crate) fn planned(opened: &Opened, subject: &Subject, plan: &Plan) -> Result<Answer, CommandError> {
    let mut view = subject.view();
    view.dry_run = true;
    view.artifact_digest = plan.digest.as_ref().map(ToString::to_string);
    view.gate_results = plan.gates.iter().map(planned_gate).collect();
    view.signature_status = plan.signature.as_ref().map_or("not_required", |seen| looked(seen.found)).to_owned();
    view.estimate = estimate(opened, subject)?;
    match &plan.outcome {
        Ok(decision) => Ok(would(subject, view, decision, plan.signature.as_ref())),
        Err(refusal) => Err(would_not(subject, &view, refusal)),
    }
}

fn would(subject: &Subject, mut view: Promoted, decision: &Decision, signature: Option<&SignatureSeen>) -> Answer {
    view.warnings.clone_from(&decision.warnings);
    view.already = decision.events.is_empty() && decision.resume.is_none();
    view.resumed = decision.resume.is_some();
    if let Some(Event::AuthorizationDecided(decided)) = decision.events.iter().find(|event| matches!(event, Event::AuthorizationDecided(_)))
    {
        authorized(&mut view, decided);
    }
    let number = decision.events.iter().find_map(|event| match event {
        Event::RollbackRequested(requested) => Some(requested.leaves.number),
        _ => None,
    });
    let digest = view.artifact_digest.clone().unwrap_or_default();
    if !view.already {
        let first = match number {
            Some(number) => format!("{}-{}-rollback-{number}", subject.version, subject.to),
            None => format!("{}-{}", subject.version, subject.to),
        };
        view.tags = [first, format!("latest-{}", subject.to)].map(|tag| Tag { tag, digest: digest.clone() }).into();
    }
    let mut page = Page::new();
    page.line(shown!("{}  {}", paint(BOLD, subject.words()), paint(DIM, "dry run: nothing is written anywhere")));
    let mut table = Table::new(&[]);
    for gate in &view.gate_results {
        let entry = gate.entry.map(|entry| paint(DIM, format!("entry {entry}"))).unwrap_or_default();
        table.row(vec![visible(&gate.gate), status_word(&gate.status), entry]);
    }
    page.table(&table, 2);
    for warning in &view.warnings {
        page.line(shown!("  {} {}", paint(WARN, "warning:"), visible(warning.strip_prefix("WARNING: ").unwrap_or(warning))));
    }
    for tag in &view.tags {
        page.line(format!("  would tag {} → {}", tag.tag, short(&tag.digest)));
    }
    page.line(match signature {
        None => visible("  signature: not required by the rules in force"),
        Some(seen) => shown!("  signature: {}", seen.message),
    });
    page.line(format!("  {}", estimate_words(view.estimate)));
    let verdict = if view.already {
        "Would succeed: it is there already, and nothing would be done"
    } else if view.resumed {
        "Would succeed: it would go on with the same promotion, which is under way"
    } else {
        "Would succeed"
    };
    page.line(paint(GOOD, verdict));
    Answer::new(page, &view)
}

fn would_not(subject: &Subject, view: &Promoted, refusal: &Refusal) -> CommandError {
    let mut error = CommandError::refused(refusal, &[]);
    let gates: Vec<serde_json::Value> =
        view.gate_results.iter().map(|gate| serde_json::json!({"gate": gate.gate, "status": gate.status, "entry": gate.entry})).collect();
    error.message = format!("{} would be refused: {}", subject.words(), error.message);
    error.with("dry_run", true).with("gate_results", gates)
}

/// How a gate stands before a promotion.
fn planned_gate(planned: &PlannedGate) -> GateResult {
    let (status, entry) = match planned.standing {
        Standing::Answered(status) => (status.as_str(), None),
        Standing::WouldRun => ("would_run", None),
        Standing::Recorded(status, entry) => (status.as_str(), Some(entry.get())),
        Standing::Missing => ("missing", None),
    };
    gate_result(&planned.gate, status, entry)
}

/// The median of what earlier runs took.
fn estimate(opened: &Opened, subject: &Subject) -> Result<Option<Estimate>, CommandError> {
    let mut durations = opened.index.durations(Kind::Promotion, &subject.pipeline, &subject.component, &subject.to, RUNS)?;
    durations.sort_unstable();
    let median = durations.get(durations.len() / 2);
    Ok(median.map(|median| Estimate { milliseconds: u64::try_from(median.as_millis()).unwrap_or(u64::MAX), runs: durations.len() }))
}

fn estimate_words(estimate: Option<Estimate>) -> String {
    match estimate {
        None => "estimated time: unknown, no earlier run to go by".to_owned(),
        Some(Estimate { milliseconds, runs }) => {
            let seconds = milliseconds as f64 / 1000.0;
            format!("estimated time: {seconds:.1} s, the median of {}", crate::page::count(runs as u64, "earlier run", "earlier runs"))
        }
    }
}

/// The rules in force for a pipeline that something under way names.
pub(crate) fn rules_of(opened: &Opened, pipeline: &Pipeline) -> Result<Rules, CommandError> {
    opened.core().rules(pipeline).cloned().ok_or_else(|| CommandError::usage(format!("there is no pipeline {pipeline} in this ledger")))
}

/// Where the run's tags are. The rules may have dropped its component since: then there is nothing to go on with, and it can be
/// ended with its tags left as they are.
pub(crate) fn repository_of(opened: &Opened, run: &Run, tags_are_left: bool) -> Result<Repository, CommandError> {
    let component = &run.promotion.component;
    let missing = match session::repository(&rules_of(opened, &run.promotion.pipeline)?, component) {
        Ok(repository) => return Ok(repository),
        Err(missing) => missing,
    };
    if tags_are_left {
        let then = opened.index.rules(Horizon::of_size(run.requested.get()))?;
        let rules = then.iter().find(|rules| *rules.pipeline() == run.promotion.pipeline);
        if let Some(rule) = rules.and_then(|rules| rules.component(component)) {
            return Ok(rule.repository.clone());
        }
    }
    let id = run.promotion.promotion_id;
    Err(missing.hint(format!(
        "adopt a manifest that lists it again, or end this run with its tags as they are: promoledger abort {id} --leave-tags --reason …"
    )))
}

/// The run that is meant: by its id, by the beginning of it, or because there is only one.
pub(crate) fn run_under_way(context: &Context, opened: &Opened, named: Option<&str>) -> Result<Run, CommandError> {
    let all = opened.index.under_way(context.global.pipeline.as_ref(), opened.index.now())?;
    let ids = all.iter().map(|row| row.promotion.promotion_id).filter(|id| named.is_none_or(|named| id.to_string().starts_with(named)));
    let runs = ids.map(|id| opened.index.run(&id)).collect::<Result<Vec<_>, _>>()?;
    let mut meant: Vec<Run> = runs.into_iter().flatten().collect();
    match (meant.len(), meant.pop()) {
        (1, Some(run)) => Ok(run),
        (0, _) => {
            let what = named.map_or("nothing is under way".to_owned(), |named| format!("promotion {named} is not under way"));
            Err(CommandError::new(ExitCode::NotFound, what)
                .hint("`promoledger status` lists what is; `promoledger show` tells how a promotion ended"))
        }
        (_, last) => {
            let list: Vec<String> =
                meant.iter().chain(&last).map(|run| format!("{} ({})", run.promotion.promotion_id, Subject::of(run).words())).collect();
            Err(CommandError::usage(format!("several are under way: {}", list.join("; "))).hint("name the one you mean"))
        }
    }
}
