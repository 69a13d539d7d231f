//! A gate's result, before it is recorded.

use promotion_ledger::custody::store::Body;
use promotion_ledger::meaning::event::artifact::{GateCompleted, GateStatus};
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::names::{GateName, Reason};

/// The most bytes that a reason may have.
const LONGEST: usize = 1024;

/// What came of a gate, and what it wrote.
pub(super) struct Examined {
    pub(super) event: GateCompleted,
    pub(super) body: Option<Body>,
}

/// The result of a gate that was examined for the promotion.
pub(super) fn result(promotion: &Promotion, gate: &GateName, status: GateStatus, message: Option<String>) -> GateCompleted {
    GateCompleted {
        component: promotion.component.clone(),
        digest: promotion.digest.clone(),
        duration_ms: None,
        environment: promotion.to.clone(),
        evidence: None,
        gate: gate.clone(),
        message: message.as_deref().and_then(sentence),
        pipeline: promotion.pipeline.clone(),
        policy: None,
        scan: None,
        status,
    }
}

/// As much of the text as a reason may have.
pub(super) fn sentence(text: &str) -> Option<Reason> {
    let end = text.floor_char_boundary(LONGEST - '…'.len_utf8());
    let cut = if text.len() > LONGEST { format!("{}…", text.get(..end).unwrap_or_default()) } else { text.to_owned() };
    Reason::new(cut).ok()
}
