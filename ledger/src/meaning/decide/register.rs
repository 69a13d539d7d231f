//! To register a release.

use super::super::command::Register;
use super::super::core::KeyRecord;
use super::super::event::EventType;
use super::super::event::artifact::ArtifactRegistered;
use super::super::grant::{Reach, Touches};
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::state::State;
use super::common::{Decision, known_component, right, rules};

pub(super) fn register(state: &State, signer: &KeyRecord, register: &Register) -> Result<Decision, Refusal> {
    known_component(rules(state, &register.pipeline)?, &register.component)?;
    let touches = Touches {
        pipeline: Reach::One(&register.pipeline),
        component: Reach::One(&register.component),
        environment: Reach::Nothing,
        gate: Reach::Nothing,
    };
    right(signer, &[EventType::ArtifactRegistered], touches)?;
    if let Some(release) = state.release(&register.pipeline, &register.component, &register.version) {
        if release.digest == register.digest {
            return Ok(Decision::nothing());
        }
        let message = format!(
            "{} {} was registered as {} at entry {}: expected the same digest, found {}",
            register.component, register.version, release.digest, release.registered, register.digest
        );
        return Err(Because::new(ExitCode::TagConflict, message)
            .hint("a version stands for one digest; register the other under a version of its own")
            .into());
    }
    let Register { pipeline, component, version, digest, source_sha, breaking } = register.clone();
    Ok(Decision::append(vec![ArtifactRegistered { breaking, component, digest, pipeline, source_sha, version }.into()]))
}
