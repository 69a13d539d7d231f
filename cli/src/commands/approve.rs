//! `approve` and `reject`: what others say of a promotion that needs their word.

use clap::Args;
use promotion_ledger::meaning::command::{Approve as Asked, Command, Verdict};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::Reason;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_replay::models::rows::RequestRow;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{BAD, DIM, GOOD, Page};
use crate::session::{self, Opened};
use crate::shown::{paint, shown};
use crate::views::run::EntryRange;
use crate::views::word::Answered;

/// Says yes to a promotion that waits for approvals.
///
/// The yes holds for that digest, environment and manifest alone, until the request is over; nobody approves their own. Whoever
/// asked promotes again once enough have said yes.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The entry that asks, such as seq:42; without it, the only request that waits
    #[arg(value_parser = place)]
    request: Option<Sequence>,
    /// What is to be said of it
    #[arg(long)]
    note: Option<Reason>,
}

/// Says no to a promotion that waits for approvals; the request is over.
#[derive(Debug, Args)]
pub(crate) struct Reject {
    /// The entry that asks, such as seq:42; without it, the only request that waits
    #[arg(value_parser = place)]
    request: Option<Sequence>,
    /// Why
    #[arg(long)]
    reason: Reason,
}

pub(crate) fn approve(context: &Context, arguments: Approve) -> Result<Answer, CommandError> {
    answer(context, arguments.request, Verdict::Yes(arguments.note))
}

pub(crate) fn reject(context: &Context, arguments: Reject) -> Result<Answer, CommandError> {
    answer(context, arguments.request, Verdict::No(arguments.reason))
}

fn answer(context: &Context, request: Option<Sequence>, verdict: Verdict) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let request = waiting(context, &opened, request)?;
    let key = opened.signing_key(context)?;
    let yes = matches!(verdict, Verdict::Yes(_));
    let RequestRow { spot, digest, version, sequence, .. } = request;
    let asked = Asked {
        pipeline: spot.pipeline.clone(),
        component: spot.component.clone(),
        digest: digest.clone(),
        environment: spot.environment.clone(),
        request: sequence,
        verdict,
    };
    let committed = opened.write_in(context, &spot.pipeline, &key, |session| Ok(session.commit(&Command::Approve(asked), &[])?))?;
    let entries = EntryRange::of(&committed.entries);
    let view = Answered {
        pipeline: spot.pipeline.to_string(),
        component: spot.component.to_string(),
        environment: spot.environment.to_string(),
        version: version.to_string(),
        artifact_digest: digest.to_string(),
        request: sequence.get(),
        outcome: if yes { "approved" } else { "rejected" }.to_owned(),
        already: entries.is_none(),
        entries,
    };
    let mut page = Page::new();
    let word = if yes { paint(GOOD, "Approved") } else { paint(BAD, "Rejected") };
    let at = entries.map_or_else(|| "you did before".to_owned(), |entries| entries.words());
    page.line(shown!("{}  {} {} for {}  {}", word, spot.component, version, spot.environment, paint(DIM, at)));
    Ok(Answer::new(page, &view))
}

/// The request that was named, or the only one.
fn waiting(context: &Context, opened: &Opened, named: Option<Sequence>) -> Result<RequestRow, CommandError> {
    let requests = opened.index.requests(context.global.pipeline.as_ref(), opened.index.now())?;
    let describe = |row: &RequestRow| format!("seq:{} ({} {} for {})", row.sequence, row.spot.component, row.version, row.spot.environment);
    let all = requests.iter().map(describe).collect::<Vec<_>>().join(", ");
    let hint = if all.is_empty() { "no request waits".to_owned() } else { format!("those that wait: {all}") };
    if let Some(named) = named {
        let missing = || CommandError::new(ExitCode::NotFound, format!("entry {named} is no request that waits")).hint(hint);
        return requests.into_iter().find(|row| row.sequence == named).ok_or_else(missing);
    }
    let mut requests = requests.into_iter();
    match (requests.next(), requests.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(CommandError::new(ExitCode::NotFound, "no request for approval waits")),
        (Some(_), Some(_)) => Err(CommandError::usage("several requests for approval wait").hint(format!("name one of {all}"))),
    }
}

fn place(text: &str) -> Result<Sequence, String> {
    let digits = text.strip_prefix("seq:").unwrap_or(text);
    digits.parse().map(Sequence::new).map_err(|_| "expected seq:N, the entry that asks".to_owned())
}
