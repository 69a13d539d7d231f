//! How a process may end, by what it appended and by what the model says.

use promotion_ledger::meaning::id::PromotionId;

use crate::ask::Ask;
use crate::life::Life;
use crate::model::{Fate, Walked, Why, unheard};
use crate::world::World;

impl World {
    /// The process ended with that exit code.
    pub(crate) fn ended(&mut self, process: usize, code: u8) {
        let life = self.lives.remove(&process).expect("a process ends once");
        self.tell(|| format!("p{process} exits {code}"));
        self.cover(format!("exit {code}"));
        if life.walking.is_some() {
            self.cover(format!("exit {code} half-way"));
        } else if code != 0 {
            self.cover_refusal(&life, code);
        }
        if let Err(wrong) = self.ending(&life, code) {
            self.blame(format!("p{process}, {} asking {:?}: {wrong}", life.who.person().name, life.ask));
        }
    }

    /// By what it was turned down, if that is what ended it.
    fn cover_refusal(&mut self, life: &Life, code: u8) {
        let mut fates = [&life.look, &life.take_over].into_iter().flatten();
        let Some(Fate::Refuse(why, _)) = fates.rfind(|fate| fate.refusal() == Some(code)) else { return };
        let why = why.clone();
        if matches!(life.ask, Ask::Promote { glass: true, .. }) && why.contains(&Why::NotGranted) {
            self.cover("the glass was not theirs to break");
        }
        let going_on = life.resumes.is_some() || matches!(life.ask, Ask::Resume { .. });
        for why in why.iter().filter(|_| going_on) {
            self.cover(format!("going on stopped: {why:?}"));
        }
        for why in why {
            self.cover(format!("{} stopped: {why:?}", life.ask.verb()));
        }
    }

    fn ending(&self, life: &Life, code: u8) -> Walked {
        if life.faulted && code == 5 {
            return Ok(());
        }
        let mut expected = if life.turned_away {
            vec![7]
        } else if let Some((id, epoch)) = life.walking {
            self.walk_endings(life, &id, epoch)
        } else {
            match (life.registry_error, &life.look) {
                (_, Some(fate)) if fate.refusal().is_some() => fate.refusal().into_iter().collect(),
                (Some(code), _) => vec![code],
                (None, Some(Fate::Nothing)) => vec![0],
                (None, Some(Fate::Go(_))) if life.decided => vec![0],
                (None, Some(Fate::Resume(_))) => life.take_over.as_ref().and_then(Fate::refusal).into_iter().collect(),
                _ => Vec::new(),
            }
        };
        if life.walking.is_none() && life.take_over == Some(unheard(Why::NotFound)) {
            // The same was under way, and ended before it was gone on with.
            expected.push(Why::NotFound.code());
        }
        if expected.contains(&code) {
            return Ok(());
        }
        Err(format!("expected exit {expected:?}, found {code}; on its last look: {:?}", life.look))
    }

    /// How a walk may end: by what it appended last, or else by what stood in its way.
    fn walk_endings(&self, life: &Life, id: &PromotionId, epoch: u32) -> Vec<u8> {
        match life.last {
            Some("promotion.completed" | "rollback.completed" | "promotion.aborted") => return vec![0],
            Some("promotion.failed" | "rollback.failed") => return vec![life.failed_code],
            _ => {}
        }
        let mut expected: Vec<u8> = life.registry_error.into_iter().collect();
        if !self.model.is_live(life.who) {
            expected.push(12);
        }
        if !self.model.holds(life.who, id, epoch) {
            expected.push(7);
        }
        if let Ask::Abort { .. } = life.ask {
            expected.extend(self.model.abort(life.who, id).refusal());
        }
        let moved = self.model.runs.get(id).is_some_and(|run| self.model.rules.repository(&run.spot.0) != Some(life.repository.as_str()));
        if moved {
            expected.push(1);
        }
        expected
    }
}
