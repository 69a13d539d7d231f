//! What the entries of a walk change, and whether each may stand: who holds the run, what was announced, what was done.

use promotion_ledger::meaning::event::promotion::{RegistryTagged, StepStarted, TagLeft};
use promotion_ledger::meaning::id::PromotionId;

use super::{Model, Run, Tag, Visit};
use crate::cast::Who;

/// Whether an entry of a walk may stand; if not, what is wrong.
pub(crate) type Walked = Result<(), String>;

/// What a completion says.
pub(crate) struct Done<'a> {
    pub(crate) id: PromotionId,
    pub(crate) epoch: u32,
    /// Of a promotion: the gates that it names, each with its result's entry.
    pub(crate) gates: Option<&'a Vec<(String, u64)>>,
}

impl Model {
    fn held(&self, who: Who, id: &PromotionId, epoch: u32) -> Result<&Run, String> {
        if !self.is_live(who) {
            return Err(format!("{} was revoked", who.person().name));
        }
        let run = self.runs.get(id).ok_or("the run is not under way")?;
        if self.holds(who, id, epoch) {
            return Ok(run);
        }
        Err(format!("the run is held by {} in epoch {}, not by {} in epoch {epoch}", run.holder, run.epoch, who.person().actor))
    }

    fn held_mut(&mut self, who: Who, id: &PromotionId, epoch: u32) -> Result<&mut Run, String> {
        self.held(who, id, epoch)?;
        self.runs.get_mut(id).ok_or_else(|| "the run is not under way".to_owned())
    }

    /// Somebody goes on where another stopped, or is about to end it.
    pub(crate) fn taken_over(&mut self, who: Who, id: &PromotionId, to_abort: bool) {
        if let Some(run) = self.runs.get_mut(id) {
            run.epoch += 1;
            who.person().actor.clone_into(&mut run.holder);
            run.unwinding = to_abort;
            if !to_abort {
                run.hands.extend(who.persons());
            }
        }
    }

    /// A tag is about to be written; from here on nobody knows where it points.
    pub(crate) fn started(&mut self, who: Who, step: &StepStarted, repository: &str) -> Walked {
        let run = self.held_mut(who, &step.promotion.promotion_id, step.epoch.get())?;
        let (name, digest) = (step.tag.to_string(), step.digest.to_string());
        let due = run.tags_due();
        if !due.contains(&name) {
            return Err(format!("the tags due are {due:?}, not {name}"));
        }
        let before = step.previous.as_ref().map(ToString::to_string);
        match run.tags.iter_mut().find(|tag| tag.name == name) {
            Some(tag) => tag.pending = Some(digest),
            None => run.tags.push(Tag { name: name.clone(), before, confirmed: None, pending: Some(digest) }),
        }
        self.tags.remove(&(repository.to_owned(), name));
        Ok(())
    }

    /// A tag was written: it must point there, and does from here on.
    pub(crate) fn tagged(&mut self, who: Who, tagged: &RegistryTagged, found: Option<Option<&String>>) -> Walked {
        let run = self.held_mut(who, &tagged.promotion.promotion_id, tagged.epoch.get())?;
        let (name, digest, repository) = (tagged.tag.to_string(), tagged.digest.to_string(), tagged.repository.to_string());
        let tag = run.tags.iter_mut().find(|tag| tag.name == name).ok_or("it was never announced")?;
        if tag.pending.as_ref() != Some(&digest) {
            return Err(format!("{:?} was announced, not {digest}", tag.pending));
        }
        (tag.pending, tag.confirmed) = (None, Some(digest.clone()));
        // The log knows tags by their names: where the rules moved a component, one that is back is back in the new place alone.
        run.moved |= !run.repository.is_empty() && run.repository != repository;
        run.repository.clone_from(&repository);
        if self.rules.repository(tagged.promotion.component.as_str()) != Some(repository.as_str()) {
            return Err(format!("the rules have another repository for it than {repository}"));
        }
        let Some(found) = found else { return Ok(()) };
        if found != Some(&digest) {
            return Err(format!("it is recorded as written and points at {found:?}"));
        }
        self.tags.insert((repository, name), digest);
        Ok(())
    }

    /// A run is complete: all gates let pass, all tags were written, and what landed is there.
    pub(crate) fn completed(&mut self, who: Who, done: &Done<'_>, at: i64) -> Walked {
        let run = self.held(who, &done.id, done.epoch)?.clone();
        if run.leaves.is_some() != done.gates.is_none() {
            return Err("a promotion ends as a promotion, a rollback as a rollback".to_owned());
        }
        if run.unwinding {
            return Err("it was taken over to be ended".to_owned());
        }
        let missing = self.gates_missing(&run.spot, &run.digest, &run.gates, run.requested);
        if !missing.is_empty() && !run.overridden.contains(&"gates") {
            return Err(format!("not all of its gates {:?} let pass", run.gates));
        }
        let cited = self.cited(&run);
        if let Some(found) = done.gates.filter(|found| **found != cited) {
            return Err(format!("expected the gates {cited:?} to be cited, found {found:?}"));
        }
        for due in run.tags_due() {
            if !run.tags.iter().any(|tag| tag.name == due && tag.is_at(&run.digest)) {
                return Err(format!("tag {due} is not known to be written"));
            }
        }
        self.end(&done.id);
        self.land(&run, at);
        Ok(())
    }

    /// The gates that a completion names, each with its result's entry: those that pass, and of those that are advice all that
    /// have a result.
    fn cited(&self, run: &Run) -> Vec<(String, u64)> {
        let named = run.gates.iter().filter(|gate| gate.advice || self.gate_missing(&run.spot, &run.digest, gate, run.requested).is_none());
        let result = |gate: &str| self.gates.get(&(run.spot.clone(), gate.to_owned(), run.digest.clone()));
        named.filter_map(|gate| Some((gate.gate.to_owned(), result(gate.gate)?.sequence))).collect()
    }

    fn land(&mut self, run: &Run, at: i64) {
        let about = (run.spot.clone(), run.digest.clone());
        if run.leaves.is_none() {
            self.requests.remove(&about);
        }
        self.movers.entry(about).or_default().extend(&run.hands);
        if let Some((left, _)) = run.leaves.as_ref().filter(|_| !self.forgets_rollbacks) {
            if let Some(visit) = self.visits.get_mut(&(run.spot.clone(), left.clone())) {
                visit.left = true;
            }
            if let Some(last) = self.places.entry(run.spot.clone()).or_default().tenures.last_mut() {
                last.1 = true;
            }
        }
        let fresh = Visit { digest: String::new(), since: at, left: false, rollbacks: 0 };
        let visit = self.visits.entry((run.spot.clone(), run.version.clone())).or_insert(fresh);
        (visit.digest, visit.since, visit.left) = (run.digest.clone(), at, false);
        visit.rollbacks += u32::from(run.leaves.is_some());
        let place = self.places.entry(run.spot.clone()).or_default();
        place.holder = Some((run.version.clone(), run.digest.clone()));
        place.tenures.push((run.version.clone(), false));
        place.tainted = false;
        place.repository.clone_from(&run.repository);
    }

    /// A run ended without its release being there. The tags that are left must be those that it names.
    pub(crate) fn failed(&mut self, who: Who, id: &PromotionId, epoch: u32, left: &[TagLeft]) -> Walked {
        let expected = self.held(who, id, epoch)?.tags_left();
        let found: Vec<String> = left.iter().map(|left| left.tag.to_string()).collect();
        self.end_without_landing(id);
        if found == expected { Ok(()) } else { Err(format!("tags left: expected {expected:?}, found {found:?}")) }
    }

    pub(crate) fn end_without_landing(&mut self, id: &PromotionId) {
        let Some(run) = self.runs.get(id).cloned() else { return };
        let latest = format!("latest-{}", run.spot.1);
        // Back where it was before the run is back where it belongs only if it was there.
        if run.moved || run.tags_left().contains(&latest) {
            self.places.entry(run.spot).or_default().tainted = true;
        }
        self.end(id);
    }

    fn end(&mut self, id: &PromotionId) {
        if let Some(run) = self.runs.remove(id) {
            self.places.entry(run.spot).or_default().run = None;
            self.ended.insert(*id);
        }
    }
}

impl Run {
    fn tags_due(&self) -> [String; 2] {
        let Self { spot: (_, environment), version, leaves, .. } = self;
        let first = match leaves {
            Some((_, number)) => format!("{version}-{environment}-rollback-{number}"),
            None => format!("{version}-{environment}"),
        };
        [first, format!("latest-{environment}")]
    }

    pub(crate) fn tags_left(&self) -> Vec<String> {
        self.tags.iter().filter(|tag| !tag.is_back()).map(|tag| tag.name.clone()).collect()
    }
}
