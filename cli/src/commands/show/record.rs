//! The record of a promotion or rollback, gathered from its events (FR-027).

use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::promotion::{
    Action, AuthorizationDecided, DowngradeDecided, GateCited, Leaves, Outcome, Promotion, RefusedBecause, RegistryTagged, TagLeft,
};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::Principal;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use promotion_ledger::meaning::versions::Comparison;
use promotion_replay::models::rows::Kind;

use crate::views::run::GateResult;
use crate::views::show::{DowngradeShown, EndedBecause, Left, PromotionShown, TagWritten};

/// One entry of the run, as far as its record needs it.
pub(super) struct Moment<'a> {
    pub(super) sequence: Sequence,
    pub(super) time: Timestamp,
    pub(super) actor: &'a Principal,
}

/// The record, before anything is known but what the promotion is.
pub(super) fn begin(promotion: &Promotion, first: &Moment<'_>) -> PromotionShown {
    PromotionShown {
        promotion_id: promotion.promotion_id.to_string(),
        kind: Kind::Promotion.to_string(),
        outcome: "under_way".to_owned(),
        pipeline: promotion.pipeline.to_string(),
        component: promotion.component.to_string(),
        version: promotion.version.to_string(),
        artifact_digest: promotion.digest.to_string(),
        from: promotion.from.to_string(),
        to: promotion.to.to_string(),
        leaves: None,
        operator: first.actor.to_string(),
        reason: None,
        requested: first.time.to_string(),
        ended: None,
        duration_ms: None,
        ended_because: Vec::new(),
        authorization_passed: None,
        authorized_via: None,
        downgrade: None,
        signature_status: None,
        gate_results: Vec::new(),
        tags: Vec::new(),
        tags_left: Vec::new(),
        taken_over_by: Vec::new(),
        entries: Vec::new(),
    }
}

/// Takes one event of the run into its record.
pub(super) fn take(record: &mut PromotionShown, event: &Event, at: &Moment<'_>) {
    match event {
        Event::AuthorizationDecided(event) => authorization(record, event),
        Event::DowngradeDecided(event) => record.downgrade = Some(downgrade(event)),
        Event::PromotionRequested(event) => record.reason = event.reason.as_ref().map(ToString::to_string),
        Event::RollbackRequested(event) => {
            rollback(record, Some(&event.leaves));
            record.reason = Some(event.reason.to_string());
        }
        Event::PromotionTakenOver(_) => record.taken_over_by.push(at.actor.to_string()),
        Event::RegistryTagged(event) => tagged(record, event, at.sequence),
        Event::PromotionCompleted(event) => {
            record.gate_results = event.gates.iter().map(cited).collect();
            record.signature_status = Some(event.signature_status.to_string());
            end(record, "completed", at, Vec::new());
        }
        Event::RollbackCompleted(_) => end(record, "completed", at, Vec::new()),
        Event::PromotionFailed(event) => failed(record, Some(event.code), event.message.as_str(), &event.tags_left, "failed", at),
        Event::RollbackFailed(event) => failed(record, Some(event.code), event.message.as_str(), &event.tags_left, "failed", at),
        Event::PromotionAborted(event) => failed(record, None, event.reason.as_str(), &event.tags_left, "aborted", at),
        Event::PromotionRefused(event) => end(record, "refused", at, event.reasons.iter().map(refused).collect()),
        Event::RollbackRefused(event) => {
            rollback(record, None);
            end(record, "refused", at, event.reasons.iter().map(refused).collect());
        }
        _ => {}
    }
}

/// Whoever ends or takes over a run is judged too; the record's own judgement is that of whoever asked for it.
fn authorization(record: &mut PromotionShown, event: &AuthorizationDecided) {
    if matches!(event.action, Action::Promote | Action::Rollback) {
        record.authorization_passed = Some(event.outcome == Outcome::Passed);
        record.authorized_via = Some(event.authorized_via.to_string());
    }
}

fn downgrade(event: &DowngradeDecided) -> DowngradeShown {
    let comparison = match event.comparison {
        Comparison::Empty => "empty",
        Comparison::Newer => "newer",
        Comparison::Equal => "equal",
        Comparison::Older => "older",
        Comparison::Incomparable => "incomparable",
    };
    let outcome = match event.outcome {
        Outcome::Passed => "passed",
        Outcome::Refused => "refused",
    };
    DowngradeShown {
        outcome: outcome.to_owned(),
        comparison: comparison.to_owned(),
        current: event.current.as_ref().map(ToString::to_string),
        allow_downgrade: event.allow_downgrade,
    }
}

fn rollback(record: &mut PromotionShown, leaves: Option<&Leaves>) {
    record.kind = Kind::Rollback.to_string();
    record.leaves = leaves.map(|leaves| Left { version: leaves.version.to_string(), artifact_digest: leaves.digest.to_string() });
}

/// A tag that was put back, or made again, counts as it stands last.
fn tagged(record: &mut PromotionShown, event: &RegistryTagged, at: Sequence) {
    let written = TagWritten {
        tag: event.tag.to_string(),
        digest: event.digest.to_string(),
        repository: event.repository.to_string(),
        entry: at.get(),
    };
    record.tags.retain(|tag| tag.tag != written.tag);
    record.tags.push(written);
}

fn cited(gate: &GateCited) -> GateResult {
    GateResult { gate: gate.gate.to_string(), status: gate.status.to_string(), entry: Some(gate.entry.get()) }
}

fn refused(reason: &RefusedBecause) -> EndedBecause {
    EndedBecause { code: Some(reason.code.number()), message: reason.message.to_string() }
}

fn failed(record: &mut PromotionShown, code: Option<ExitCode>, message: &str, left: &[TagLeft], outcome: &str, at: &Moment<'_>) {
    record.tags_left = left.iter().map(|left| left.tag.to_string()).collect();
    end(record, outcome, at, vec![EndedBecause { code: code.map(ExitCode::number), message: message.to_owned() }]);
}

fn end(record: &mut PromotionShown, outcome: &str, at: &Moment<'_>, because: Vec<EndedBecause>) {
    record.outcome = outcome.to_owned();
    record.ended = Some(at.time.to_string());
    record.ended_because = because;
    let began = Timestamp::parse(&record.requested).unwrap_or(at.time);
    record.duration_ms = u64::try_from((at.time.as_micros() - began.as_micros()) / 1000).ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use promotion_ledger::meaning::event::artifact::GateStatus;
    use promotion_ledger::meaning::event::promotion::{
        PromotionAborted, PromotionCompleted, PromotionRequested, SignatureStatus, TagPurpose,
    };
    use promotion_ledger::meaning::id::Epoch;
    use serde_json::json;

    fn promotion() -> Promotion {
        let digest = format!("sha256:{}", "0c1f77ab".repeat(8));
        let fields = json!({"component": "api", "digest": digest, "from": "staging", "pipeline": "shop",
            "promotion_id": "0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77", "to": "prod", "version": "v1.4.2"});
        serde_json::from_value(fields).unwrap()
    }

    fn reason(text: &str) -> promotion_ledger::meaning::names::Reason {
        text.parse().unwrap()
    }

    /// The record that these events make, one a second.
    fn record(events: &[Event]) -> PromotionShown {
        let actor = Principal::new("ops@acme.example").unwrap();
        let moment = |at: u64| Moment {
            sequence: Sequence::new(at),
            time: Timestamp::from_micros(i64::try_from(at).unwrap() * 1_000_000).unwrap(),
            actor: &actor,
        };
        let mut record = begin(&promotion(), &moment(30));
        for (at, event) in (30..).zip(events) {
            take(&mut record, event, &moment(at));
        }
        record
    }

    fn requested() -> Event {
        let (promotion, manifest) = (promotion(), Sequence::new(1));
        PromotionRequested {
            accept_asserted: None,
            allow_breaking: None,
            allow_downgrade: false,
            forced: false,
            manifest,
            promotion,
            reason: Some(reason("the release of May")),
        }
        .into()
    }

    fn decided(action: Action, outcome: Outcome, via: &str) -> Event {
        let promotion = promotion();
        AuthorizationDecided {
            action,
            authorized_via: reason(via),
            component: Some(promotion.component.clone()),
            environment: promotion.to.clone(),
            outcome,
            pipeline: promotion.pipeline.clone(),
            promotion: Some(promotion),
        }
        .into()
    }

    fn tagged(tag: &str) -> Event {
        RegistryTagged {
            digest: promotion().digest,
            epoch: Epoch::FIRST,
            promotion: promotion(),
            purpose: TagPurpose::Latest,
            repository: "registry.acme.example/shop/api".parse().unwrap(),
            tag: tag.parse().unwrap(),
        }
        .into()
    }

    // proves: FR-027
    #[test]
    fn a_completed_promotion_has_its_whole_record() {
        let completed = PromotionCompleted {
            authorization_passed: true,
            authorized_via: reason("grant 1"),
            epoch: Epoch::FIRST,
            gates: vec![GateCited { entry: Sequence::new(9), gate: "tests".parse().unwrap(), status: GateStatus::Passed }],
            promotion: promotion(),
            signature_status: SignatureStatus::NotRequired,
        };
        let record = record(&[
            requested(),
            decided(Action::Promote, Outcome::Passed, "grant 1"),
            tagged("v1.4.2-prod"),
            tagged("latest-prod"),
            completed.into(),
        ]);
        assert_eq!(record.promotion_id, "0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77");
        assert_eq!(record.artifact_digest, promotion().digest.as_str());
        assert_eq!((record.from.as_str(), record.to.as_str(), record.operator.as_str()), ("staging", "prod", "ops@acme.example"));
        assert_eq!(record.requested, "1970-01-01T00:00:30.000000Z");
        assert_eq!((record.outcome.as_str(), record.duration_ms), ("completed", Some(4000)));
        assert_eq!(record.reason.as_deref(), Some("the release of May"));
        assert_eq!((record.authorization_passed, record.authorized_via.as_deref()), (Some(true), Some("grant 1")));
        assert_eq!(record.signature_status.as_deref(), Some("not_required"));
        let gates: Vec<_> = record.gate_results.iter().map(|gate| (gate.gate.as_str(), gate.status.as_str(), gate.entry)).collect();
        assert_eq!(gates, [("tests", "passed", Some(9))]);
        let tags: Vec<_> = record.tags.iter().map(|tag| (tag.tag.as_str(), tag.entry)).collect();
        assert_eq!(tags, [("v1.4.2-prod", 32), ("latest-prod", 33)]);
    }

    #[test]
    fn who_ends_a_promotion_is_not_who_asked_for_it() {
        let left = vec![TagLeft { digest: promotion().digest, tag: "latest-prod".parse().unwrap() }];
        let aborted = PromotionAborted { epoch: Epoch::FIRST, promotion: promotion(), reason: reason("stuck"), tags_left: left };
        let record = record(&[
            requested(),
            decided(Action::Promote, Outcome::Passed, "grant 1"),
            decided(Action::Abort, Outcome::Passed, "grant 2"),
            aborted.into(),
        ]);
        assert_eq!(record.authorized_via.as_deref(), Some("grant 1"));
        assert_eq!((record.outcome.as_str(), record.tags_left.as_slice()), ("aborted", ["latest-prod".to_owned()].as_slice()));
        assert_eq!(
            record.ended_because.iter().map(|because| (because.code, because.message.as_str())).collect::<Vec<_>>(),
            [(None, "stuck")]
        );
    }
}
