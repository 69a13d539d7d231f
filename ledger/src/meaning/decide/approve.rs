//! To say yes or no to a promotion that is asked for, and to look at what was overridden.

use super::super::command::{Approve, Asker, Review, Verdict};
use super::super::core::KeyRecord;
use super::super::event::approval::{ApprovalGranted, ApprovalRejected};
use super::super::event::overriding::OverrideReviewed;
use super::super::event::promotion::Action;
use super::super::event::{Event, EventType, in_environment};
use super::super::guard::{self, Answer, Person};
use super::super::names::Group;
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::state::State;
use super::common::{Decision, at, in_force, known_component, known_environment, refused_authorization, right, rules};

pub(super) fn approve(state: &State, asker: &Asker, signer: &KeyRecord, approve: &Approve) -> Result<Decision, Refusal> {
    let Approve { pipeline, component, digest, environment, request, verdict } = approve;
    let rules = rules(state, pipeline)?;
    known_component(rules, component)?;
    let rule = known_environment(rules, environment, ExitCode::NotFound)?;
    let (yes, event_type) = match verdict {
        Verdict::Yes(_) => (true, EventType::ApprovalGranted),
        Verdict::No(_) => (false, EventType::ApprovalRejected),
    };
    right(signer, &[event_type], in_environment(pipeline, environment, Some(component))).map_err(|reason| not_theirs(approve, reason))?;
    let Some(standing) = state.approvals(pipeline, component, environment, digest) else {
        let message = format!("nobody asks for approval of {digest} in {environment}: entry {request} is answered, or is no request");
        return Err(Because::new(ExitCode::NotFound, message).into());
    };
    if standing.request != *request {
        let message =
            format!("entry {request} is not the newest request for {digest} in {environment}: that is entry {}", standing.request);
        return Err(Because::new(ExitCode::Approval, message)
            .hint(format!("look at it: promoledger show seq:{}", standing.request))
            .into());
    }
    let given = yes && standing.granted.iter().any(|granted| granted.by == asker.actor);
    let now = at(state, asker);
    let who = Person::new(state, pipeline, signer, &asker.actor, now);
    let answerer = Answer { rules, rule, who, at: now, counts: yes && !given };
    let group = guard::approver(&answerer, standing, Some(in_force(state, pipeline))).map_err(|stop| {
        let reason = Because { code: ExitCode::NotAuthorized, message: stop.message, hint: stop.hint };
        not_theirs(approve, reason)
    })?;
    // Whoever repeats their word adds nothing to it.
    let events = if given { Vec::new() } else { vec![answer(approve, group.cloned())] };
    Ok(Decision::append(events))
}

fn answer(approve: &Approve, group: Option<Group>) -> Event {
    let Approve { pipeline, component, digest, environment, request, verdict } = approve.clone();
    match verdict {
        Verdict::Yes(note) => ApprovalGranted { component, digest, environment, group, note, pipeline, request }.into(),
        Verdict::No(reason) => ApprovalRejected { component, digest, environment, group, pipeline, reason, request }.into(),
    }
}

/// To answer is not theirs; that is recorded.
fn not_theirs(approve: &Approve, reason: Because) -> Refusal {
    let action = match approve.verdict {
        Verdict::Yes(_) => Action::Approve,
        Verdict::No(_) => Action::Reject,
    };
    let record = refused_authorization(action, &approve.pipeline, &approve.environment, Some(&approve.component), &reason, None);
    Refusal::new(reason, Vec::new(), vec![record])
}

pub(super) fn review(state: &State, asker: &Asker, signer: &KeyRecord, review: &Review) -> Result<Decision, Refusal> {
    let id = &review.promotion_id;
    let Some(found) = state.overriding(id) else {
        return Err(Because::new(ExitCode::NotFound, format!("promotion {id} overrode no guard"))
            .hint("`promoledger status` names the promotions whose overrides wait for a review")
            .into());
    };
    right(signer, &[EventType::OverrideReviewed], found.promotion.touches())?;
    if let Some(entry) = found.reviewed {
        let message = format!("the override of entry {} was reviewed at entry {entry}", found.sequence);
        return Err(Because::new(ExitCode::InvalidTransition, message).into());
    }
    if let Some(own) = found.by.iter().find(|by| **by == asker.actor || **by == signer.principal) {
        let message = format!("{own} overrode guards at entry {}, and nobody reviews their own", found.sequence);
        return Err(Because::new(ExitCode::NotAuthorized, message).hint("have somebody else review it").into());
    }
    let Review { finding, note, .. } = review.clone();
    let reviewed = OverrideReviewed { finding, note, overriding: found.sequence, promotion: found.promotion.clone() };
    Ok(Decision::append(vec![reviewed.into()]))
}
