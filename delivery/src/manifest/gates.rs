//! Gates of an environment, how old their results may be, and the gate that nobody can leave out.

use promotion_ledger::meaning::names::GateName;
use promotion_ledger::meaning::rules::MaxAge;

use super::cursor::Cursor;
use super::error::{ManifestError, Path};
use super::shape::{GATE, MOST_GATES, POLICY_COMPLIANCE};
use super::yaml::Node;

/// Whether environments demand the gate `policy_compliance` though nobody wrote it.
const POLICY_COMPLIANCE_ALWAYS: bool = false;

const GATE_NAME: &str = "a gate name";

/// A gate as an environment demands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gate {
    name: GateName,
    max_age: Option<u64>,
}

/// The gates of an environment, as rules hold them.
#[derive(Debug, Default)]
pub(super) struct Demanded {
    /// Their names, in order.
    pub(super) names: Vec<GateName>,
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
        return Ok(Gate { name: at.name(GATE_NAME)?, max_age: None });
    }
    if at.peek("name").and_then(Node::scalar) == Some(POLICY_COMPLIANCE) {
        refuse_switch(at, "enabled")?;
    }
    let fields = at.fields(GATE)?;
    let name = fields.must("a gate", "name", |at| at.name(GATE_NAME))?;
    Ok(Gate { name, max_age: fields.read("max_age", |at| at.seconds())? })
}

/// Refuses a key that would switch `policy_compliance` on or off.
pub(super) fn refuse_switch(at: &Cursor<'_>, key: &str) -> Result<(), ManifestError> {
    let Some(node) = at.peek(key) else { return Ok(()) };
    let error =
        Cursor::new(node, Path::Key(at.path(), key)).unlike(format!("no switch for the gate `{POLICY_COMPLIANCE}`, which always runs"));
    Err(error.hinting(format!("remove `{key}`: no manifest disables the pipeline's own policy")))
}

/// What the gates come to: where it is switched on, `policy_compliance` comes first, whether it was written or not.
pub(super) fn with_policy_compliance(gates: Vec<Gate>) -> Demanded {
    demanded(if POLICY_COMPLIANCE_ALWAYS { policy_compliance_first(gates) } else { gates })
}

fn policy_compliance_first(mut gates: Vec<Gate>) -> Vec<Gate> {
    let written = gates.iter().position(|gate| gate.name.as_str() == POLICY_COMPLIANCE).map(|place| gates.remove(place));
    let name = || GateName::new(POLICY_COMPLIANCE).expect("a plain word is a gate's name");
    gates.insert(0, written.unwrap_or_else(|| Gate { name: name(), max_age: None }));
    gates
}

fn demanded(gates: Vec<Gate>) -> Demanded {
    let age = |gate: &Gate| gate.max_age.map(|seconds| MaxAge { gate: gate.name.clone(), seconds });
    Demanded { max_age: gates.iter().filter_map(age).collect(), names: gates.into_iter().map(|gate| gate.name).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(names: &[&str]) -> Vec<String> {
        let gates = names.iter().map(|name| Gate { name: GateName::new(*name).unwrap(), max_age: None }).collect();
        demanded(policy_compliance_first(gates)).names.iter().map(ToString::to_string).collect()
    }

    // proves: FR-010
    #[test]
    fn policy_compliance_comes_first_and_once() {
        assert_eq!(first(&[]), ["policy_compliance"]);
        assert_eq!(first(&["tests", "scan"]), ["policy_compliance", "tests", "scan"]);
        assert_eq!(first(&["tests", "policy_compliance"]), ["policy_compliance", "tests"]);
    }
}
