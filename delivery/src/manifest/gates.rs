//! Gates of an environment: how old their results may be, which are advice, and the gate that nobody can leave out.

use promotion_ledger::meaning::names::GateName;
use promotion_ledger::meaning::rules::{MaxAge, POLICY_COMPLIANCE};

use super::cursor::{Cursor, Fields};
use super::error::{ManifestError, Path};
use super::shape::{GATE, MOST_GATES};
use super::yaml::Node;

const GATE_NAME: &str = "a gate name";

/// A gate as an environment demands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gate {
    name: GateName,
    advisory: bool,
    max_age: Option<u64>,
}

/// The gates of an environment, as rules hold them.
#[derive(Debug, Default)]
pub(super) struct Demanded {
    /// Their names, in order.
    pub(super) names: Vec<GateName>,
    /// Those that stop nothing.
    pub(super) advisory: Vec<GateName>,
    /// How old results may be, of the gates that say so.
    pub(super) max_age: Vec<MaxAge>,
}

/// Reads a list of gates.
pub(super) fn gates(at: &Cursor<'_>) -> Result<Vec<Gate>, ManifestError> {
    at.each("a list of gate names", MOST_GATES, |at, earlier: &[Gate]| {
        let gate = gate(at)?;
        let again = earlier.iter().any(|other| other.name == gate.name);
        if again { Err(at.again("gate", gate.name.as_str())) } else { Ok(gate) }
    })
}

fn gate(at: &Cursor<'_>) -> Result<Gate, ManifestError> {
    if !at.is_mapping() {
        return Ok(Gate::plain(at.name(GATE_NAME)?));
    }
    let is_ours = at.peek("name").and_then(Node::scalar) == Some(POLICY_COMPLIANCE);
    if is_ours {
        refuse_switch(at, "enabled")?;
    }
    let fields = at.fields(GATE)?;
    if is_ours {
        refuse_terms(&fields)?;
    }
    Ok(Gate {
        name: fields.must("a gate", "name", |at| at.name(GATE_NAME))?,
        advisory: fields.read("advisory", |at| at.flag())?.unwrap_or_default(),
        max_age: fields.read("max_age", |at| at.seconds())?,
    })
}

/// Refuses a key that would switch `policy_compliance` on or off.
pub(super) fn refuse_switch(at: &Cursor<'_>, key: &str) -> Result<(), ManifestError> {
    let Some(node) = at.peek(key) else { return Ok(()) };
    let error =
        Cursor::new(node, Path::Key(at.path(), key)).unlike(format!("no switch for the gate `{POLICY_COMPLIANCE}`, which always runs"));
    Err(error.hinting(format!("remove `{key}`: no manifest disables the pipeline's own policy")))
}

/// Refuses keys of a gate under which `policy_compliance` would stop less, or not be asked anew.
fn refuse_terms(policy_compliance: &Fields<'_>) -> Result<(), ManifestError> {
    for (key, hint) in [
        ("advisory", "remove it: what the pipeline's own policy denies is never promoted"),
        ("max_age", "remove it: every promotion asks the policies anew"),
    ] {
        let refused = |at: &Cursor<'_>| at.unlike(format!("no `{key}` for the gate `{POLICY_COMPLIANCE}`")).hinting(hint.to_owned());
        policy_compliance.of(key, refused).map_or(Ok(()), Err)?;
    }
    Ok(())
}

/// What the gates come to: `policy_compliance` comes first, whether it was written or not.
pub(super) fn demanded(mut gates: Vec<Gate>) -> Demanded {
    gates.retain(|gate| gate.name.as_str() != POLICY_COMPLIANCE);
    gates.insert(0, Gate::plain(GateName::new(POLICY_COMPLIANCE).expect("a plain word is a gate's name")));
    let age = |gate: &Gate| gate.max_age.map(|seconds| MaxAge { gate: gate.name.clone(), seconds });
    Demanded {
        advisory: gates.iter().filter(|gate| gate.advisory).map(|gate| gate.name.clone()).collect(),
        max_age: gates.iter().filter_map(age).collect(),
        names: gates.into_iter().map(|gate| gate.name).collect(),
    }
}

impl Gate {
    fn plain(name: GateName) -> Self {
        Self { name, advisory: false, max_age: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(names: &[&str]) -> Vec<String> {
        let gates = names.iter().map(|name| Gate::plain(GateName::new(*name).unwrap())).collect();
        demanded(gates).names.iter().map(ToString::to_string).collect()
    }

    // proves: FR-010
    #[test]
    fn policy_compliance_comes_first_and_once() {
        assert_eq!(first(&[]), ["policy_compliance"]);
        assert_eq!(first(&["tests", "scan"]), ["policy_compliance", "tests", "scan"]);
        assert_eq!(first(&["tests", "policy_compliance"]), ["policy_compliance", "tests"]);
    }
}
