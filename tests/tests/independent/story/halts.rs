//! Halts of a story: something fails, nothing is promoted, and it is resolved.

use serde_json::{Value, json};

use super::people::{ANA, BEN, CI};
use super::{COMPONENTS, PIPELINE, STAGES, Story, edges};
use crate::case::Case;

impl Story {
    /// Something fails somewhere: the pipeline is halted, or once more.
    pub(super) fn halt(&mut self) {
        let by = *self.dice.pick(&[&CI, &BEN]);
        let mut data = json!({"environment": self.dice.pick(&STAGES).0, "pipeline": PIPELINE, "reason": "orders were lost"});
        if self.dice.once_in(2) {
            data["component"] = json!(self.dice.pick(&COMPONENTS));
        }
        let halt = self.write(by, "pipeline.halted", data.clone());
        data["halt"] = json!(halt);
        data["reason"] = json!("rolled back");
        self.halts.push(data);
    }

    /// Somebody wants to promote where something failed: they are told so, and one failure is resolved.
    pub(super) fn resolve(&mut self, component: usize) {
        self.refuse(component);
        let which = self.dice.below(self.halts.len());
        let resumption = self.halts.remove(which);
        let by = if self.dice.once_in(2) { &ANA } else { &BEN };
        let stage = STAGES.iter().position(|stage| resumption["environment"] == stage.0).unwrap_or_default();
        self.show_token(by, stage);
        self.write(by, "pipeline.resumed", resumption);
    }
}

/// What names a halt, rightly or not, and a promotion behind it.
pub(super) fn resumptions() -> Vec<Case> {
    let of = |(name, data): (&str, Value)| {
        let mut story = edges::story(&format!("resumed-{name}"));
        story.create(1);
        story.adopt_with("/on_incomparable", json!("warn"));
        story.register_as(0, "1.0.0".to_owned());
        let halt = json!({"component": COMPONENTS[0], "environment": "dev", "pipeline": PIPELINE, "reason": "x"});
        story.write(&CI, "pipeline.halted", halt);
        story.write(&ANA, "pipeline.resumed", data);
        let run = story.run(0, 0, 0, None);
        story.bring(run);
        story.case
    };
    let whole = json!({"component": COMPONENTS[0], "environment": "dev", "halt": 3, "pipeline": PIPELINE, "reason": "x"});
    let with = |field: &str, value: Value| {
        let mut data = whole.clone();
        data[field] = value;
        data
    };
    let mut bare = whole.clone();
    bare.as_object_mut().expect("an object").remove("component");
    vec![
        of(("well", whole.clone())),
        of(("of-all", bare)),
        of(("of-another", with("component", json!(COMPONENTS[1])))),
        of(("elsewhere", with("environment", json!("prod")))),
        of(("of-a-release", with("halt", json!(2)))),
        of(("of-a-number", with("halt", json!(3.5)))),
        of(("in-another-pipeline", with("pipeline", json!("bank")))),
    ]
}
