//! The world that processes share: the registry's tags, the model, what was acknowledged, and what was found wrong.
//!
//! One thread runs at a time, so what is written here in one go is one moment of the run.

use std::collections::{BTreeMap, BTreeSet};

use promotion_ledger::custody::store::NewEntry;
use promotion_ledger::evidence::entry::{Content, Entry};
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::time::Timestamp;

use crate::ask::Ask;
use crate::life::Life;
use crate::model::{Done, Fate, Model, Walked};
use crate::told;

/// How much time passes, in microseconds, while somebody asks for it.
pub(crate) const TICK: i64 = 1_000;

/// A fault that is put in on purpose, to see that the simulator notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planted {
    /// The registry says that it wrote a tag, and did not.
    LostTag,
    /// The model forgets that a rollback turns the version it leaves away.
    ForgottenRollback,
    /// The model forgets that duties are separated.
    ForgottenDuties,
    /// The store says that it appended, and does not let others see it: a write that was never synced.
    LostEntry,
}

/// Everything that processes share.
pub(crate) struct World {
    pub(crate) model: Model,
    /// Where tags point, by repository and tag.
    pub(crate) tags: BTreeMap<(String, String), String>,
    /// Tags that somebody moved by hand since they were written.
    pub(crate) moved: BTreeSet<(String, String)>,
    /// Tag writes that are still on their way.
    pub(crate) late: Vec<((String, String), String)>,
    /// Whether a run is held by one living process at a time, and no write arrives after its writer is dead.
    pub(crate) fenced: bool,
    pub(crate) planted: Option<Planted>,
    pub(crate) lives: BTreeMap<usize, Life>,
    pub(crate) acknowledged: Vec<(u64, EntryHash)>,
    pub(crate) floor: Timestamp,
    /// The true time, in microseconds; every clock is off by something.
    pub(crate) now: i64,
    pub(crate) seen: BTreeSet<String>,
    pub(crate) wrong: Option<String>,
    pub(crate) trace: Option<Vec<String>>,
}

impl World {
    pub(crate) fn life(&mut self, process: usize) -> &mut Life {
        self.lives.get_mut(&process).expect("a process lives as long as it is asked about")
    }

    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(line());
        }
    }

    /// Notes what is wrong; the first finding counts.
    pub(crate) fn blame(&mut self, what: String) {
        self.tell(|| format!("  WRONG: {what}"));
        self.wrong.get_or_insert(what);
    }

    pub(crate) fn cover(&mut self, what: impl Into<String>) {
        self.seen.insert(what.into());
    }

    /// The process looks where the log ends: what it decides, it decides on this, as soon as it has asked for the time.
    pub(crate) fn looked(&mut self, process: usize) {
        let life = &self.lives[&process];
        let at = (self.now + TICK + life.clock_off).max(self.floor.as_micros());
        if !life.decided {
            let fate = self.model.fate(life.who, &life.ask, &life.seen(), at);
            let life = self.life(process);
            life.resumes = if let Fate::Resume(id) = fate { Some(id) } else { life.resumes };
            life.look = Some(fate);
        }
        let life = &self.lives[&process];
        if let Some(id) = life.resumes {
            let fate = self.model.take_over(life.who, &id);
            self.life(process).take_over = Some(fate);
        }
    }

    /// The store took a batch: from here on it is so.
    pub(crate) fn committed(&mut self, process: usize, from: u64, entries: &[NewEntry]) {
        for (sequence, entry) in (from..).zip(entries) {
            self.acknowledged.push((sequence, entry.hash));
        }
        let events = self.read(process, entries);
        let types: Vec<&'static str> = events.iter().map(|event| event.event_type().as_str()).collect();
        self.tell(|| format!("  p{process} appended {from}: {}", types.join(", ")));
        for event in &types {
            self.cover(format!("event {event}"));
        }
        if let Err(wrong) = self.take_in(process, from, &events, &types) {
            self.blame(format!("entry {from} ({}): {wrong}", types.join(", ")));
        }
        let life = self.life(process);
        life.last = types.last().copied();
        life.stage = stage(&events, &life.ask);
    }

    fn read(&mut self, process: usize, entries: &[NewEntry]) -> Vec<Event> {
        let ticks = std::mem::take(&mut self.life(process).ticks);
        // What was decided bears the time that it was decided at; what follows in a walk asks anew for each entry.
        let decided = *ticks.last().expect("every decision asks for the time");
        let first = ticks.len().checked_sub(entries.len());
        let mut events = Vec::new();
        for (place, new) in entries.iter().enumerate() {
            let entry = Entry::parse(&new.note).expect("an entry that was just written reads back");
            let Content::Event(event) = entry.content() else { continue };
            let bears = |now: Timestamp| if matches!(event, Event::ClockCorrected(_)) { now } else { now.max(self.floor) };
            let asked = first.and_then(|first| ticks.get(first + place)).map(|now| bears(*now));
            let expected = bears(decided);
            if entry.time() != expected && Some(entry.time()) != asked {
                self.blame(format!("its time must be {expected}, found {}", entry.time()));
            }
            self.floor = entry.time();
            events.push(event);
        }
        events
    }

    fn take_in(&mut self, process: usize, from: u64, events: &[Event], types: &[&'static str]) -> Walked {
        let life = self.lives[&process].clone();
        let who = life.who;
        match events {
            [Event::StepStarted(step)] => self.model.started(who, step, &life.repository),
            [Event::RegistryTagged(tagged)] => {
                let key = (tagged.repository.to_string(), tagged.tag.to_string());
                let found = (self.fenced && !self.moved.contains(&key)).then(|| self.tags.get(&key));
                self.model.tagged(who, tagged, found)
            }
            [Event::PromotionCompleted(done)] => {
                let gates = done.gates.iter().map(|cited| (cited.gate.to_string(), cited.entry.get())).collect();
                let done = Done { id: done.promotion.promotion_id, epoch: done.epoch.get(), gates: Some(&gates) };
                self.model.completed(who, &done, self.floor.as_micros())
            }
            [Event::RollbackCompleted(done)] => {
                let done = Done { id: done.promotion.promotion_id, epoch: done.epoch.get(), gates: None };
                self.model.completed(who, &done, self.floor.as_micros())
            }
            [Event::PromotionFailed(failed)] => {
                self.life(process).failed_code = failed.code.number();
                self.model.failed(who, &failed.promotion.promotion_id, failed.epoch.get(), &failed.tags_left)
            }
            [Event::RollbackFailed(failed)] => {
                self.life(process).failed_code = failed.code.number();
                self.model.failed(who, &failed.promotion.promotion_id, failed.epoch.get(), &failed.tags_left)
            }
            [Event::PromotionTakenOver(taken)] => self.taken_over(process, taken.promotion.promotion_id, taken.to_abort.is_some(), types),
            [Event::PromotionAborted(aborted)] => {
                let id = aborted.promotion.promotion_id;
                same(&self.model.abort(who, &id), types)?;
                let expected = self.model.runs.get(&id).map(crate::model::Run::tags_left).unwrap_or_default();
                let found: Vec<String> = aborted.tags_left.iter().map(|left| left.tag.to_string()).collect();
                self.model.end_without_landing(&id);
                if found == expected { Ok(()) } else { Err(format!("tags left: expected {expected:?}, found {found:?}")) }
            }
            _ => self.decided(process, from, events, types),
        }
    }

    fn taken_over(&mut self, process: usize, id: PromotionId, to_abort: bool, types: &[&'static str]) -> Walked {
        let life = &self.lives[&process];
        let (meant, ends) = match &life.ask {
            Ask::Resume { id: meant } => (Some(*meant), false),
            Ask::Abort { id: meant, .. } => (Some(*meant), true),
            _ => (life.resumes, false),
        };
        if (meant, ends) != (Some(id), to_abort) {
            return Err(format!("expected {meant:?} to be taken over, to be ended {ends}, found {id}, {to_abort}"));
        }
        let who = life.who;
        let fate = if to_abort { self.model.take_over_to_abort(who, &id) } else { self.model.take_over(who, &id) };
        same(&fate, types)?;
        let strange = self.model.runs.get(&id).is_some_and(|run| !who.persons().is_subset(&run.hands));
        self.cover(format!(
            "taken over {}",
            if to_abort {
                "to be ended"
            } else if strange {
                "by others"
            } else {
                "by the same"
            }
        ));
        self.model.taken_over(who, &id, to_abort);
        let epoch = self.model.runs.get(&id).map_or(0, |run| run.epoch);
        let life = self.life(process);
        (life.decided, life.walking) = (true, Some((id, epoch)));
        Ok(())
    }

    fn decided(&mut self, process: usize, from: u64, events: &[Event], types: &[&'static str]) -> Walked {
        let life = self.lives[&process].clone();
        let at = self.floor.as_micros();
        let mut fate = self.model.fate(life.who, &life.ask, &life.seen(), at);
        if let Fate::Resume(id) = fate {
            // The same is under way, and to go on with it is not theirs.
            fate = self.model.take_over(life.who, &id);
        }
        same(&fate, types)?;
        self.life(process).decided = true;
        self.life(process).look = Some(fate.clone());
        if let Fate::Refuse(why, _) = &fate {
            told::reasons(why, events)?;
            if types.contains(&"approval.requested") {
                self.model.ask_for_words(life.who, &life.ask, from, at);
            }
            return Ok(());
        }
        let (passed, overridden) = self.model.told_of_guards(life.who, &life.ask, &life.seen(), at);
        told::overridden(&overridden, events)?;
        if let Ask::Answer { environment, .. } = &life.ask {
            told::group(self.model.answers_by(life.who, environment), events)?;
        }
        passed.iter().for_each(|guard| self.cover(format!("passed {guard}")));
        overridden.iter().for_each(|guard| self.cover(format!("overridden {guard}")));
        if self.model.is_under_own_lock(life.who, &life.ask, at) {
            self.cover("rolled back under one's own lock");
        }
        self.model.carry_out(life.who, &life.ask, &life.seen(), from, at);
        let Some(id) = events.iter().find_map(begun) else { return Ok(()) };
        self.life(process).walking = Some((id, 1));
        if let Some(code) = life.registry_error {
            return Err(format!("it went ahead although the registry had failed it ({code})"));
        }
        told::begun(&self.model.runs[&id], events)
    }
}

fn begun(event: &Event) -> Option<PromotionId> {
    match event {
        Event::PromotionRequested(asked) => Some(asked.promotion.promotion_id),
        Event::RollbackRequested(asked) => Some(asked.promotion.promotion_id),
        _ => None,
    }
}

fn same(fate: &Fate, types: &[&'static str]) -> Walked {
    match fate {
        Fate::Go(expected) | Fate::Refuse(_, expected) if expected == types => Ok(()),
        other => Err(format!("expected {other:?}")),
    }
}

/// Where a walk is, in words: its last entry, or its request.
fn stage(events: &[Event], ask: &Ask) -> String {
    let word = |purpose: &dyn std::fmt::Debug| format!("{purpose:?}").to_lowercase();
    let back = if matches!(ask, Ask::Abort { .. }) { " (putting back)" } else { "" };
    let request = events.iter().find(|event| begun(event).is_some());
    match request.or(events.last()) {
        Some(Event::StepStarted(step)) => format!("step.started {}{back}", word(&step.purpose)),
        Some(Event::RegistryTagged(tagged)) => format!("registry.tagged {}{back}", word(&tagged.purpose)),
        Some(event) => event.event_type().as_str().to_owned(),
        None => "nothing".to_owned(),
    }
}
