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
use crate::cast::Who;
use crate::model::{Fate, Model, Seen, Walked};

/// A fault that is put in on purpose, to see that the simulator notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planted {
    /// The registry says that it wrote a tag, and did not.
    LostTag,
    /// The model forgets that a rollback turns the version it leaves away.
    ForgottenRollback,
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

/// What is known of a process: who asks what, what it was told, and what it appended.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) who: Who,
    pub(crate) ask: Ask,
    pub(crate) repository: String,
    pub(crate) source_tag: Option<String>,
    pub(crate) answer: Option<String>,
    pub(crate) registry_error: Option<u8>,
    /// Whether store or registry failed it.
    pub(crate) faulted: bool,
    /// Whether another had the run.
    pub(crate) turned_away: bool,
    pub(crate) look: Option<Fate>,
    pub(crate) take_over: Option<Fate>,
    pub(crate) resumes: Option<PromotionId>,
    pub(crate) decided: bool,
    pub(crate) walking: Option<(PromotionId, u32)>,
    pub(crate) last: Option<&'static str>,
    /// The last entry, with the purpose of the tag that it is about.
    pub(crate) stage: String,
    pub(crate) failed_code: u8,
    /// What its clock said since its last append.
    pub(crate) ticks: Vec<Timestamp>,
}

impl Life {
    pub(crate) fn new(who: Who, ask: Ask) -> Self {
        Self {
            who,
            ask,
            repository: String::new(),
            source_tag: None,
            answer: None,
            registry_error: None,
            faulted: false,
            turned_away: false,
            look: None,
            take_over: None,
            resumes: None,
            decided: false,
            walking: None,
            last: None,
            stage: "the start".to_owned(),
            failed_code: 0,
            ticks: Vec::new(),
        }
    }

    /// What it was told of tags: all that it asked about, or nothing.
    fn seen(&self) -> Seen {
        if self.registry_error.is_some() {
            return Seen::default();
        }
        Seen { source: self.source_tag.clone(), target: self.answer.clone() }
    }
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

    /// The process looks where the log ends: what it decides, it decides on this.
    pub(crate) fn looked(&mut self, process: usize) {
        let life = &self.lives[&process];
        if !life.decided {
            let fate = self.model.fate(life.who, &life.ask, &life.seen());
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
            [Event::PromotionCompleted(done)] => self.model.completed(who, &done.promotion.promotion_id, done.epoch.get(), false),
            [Event::RollbackCompleted(done)] => self.model.completed(who, &done.promotion.promotion_id, done.epoch.get(), true),
            [Event::PromotionFailed(failed)] => {
                self.life(process).failed_code = failed.code.number();
                self.model.failed(who, &failed.promotion.promotion_id, failed.epoch.get(), &failed.tags_left)
            }
            [Event::RollbackFailed(failed)] => {
                self.life(process).failed_code = failed.code.number();
                self.model.failed(who, &failed.promotion.promotion_id, failed.epoch.get(), &failed.tags_left)
            }
            [Event::PromotionTakenOver(taken)] => self.taken_over(process, taken.promotion.promotion_id, types),
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

    fn taken_over(&mut self, process: usize, id: PromotionId, types: &[&'static str]) -> Walked {
        let life = &self.lives[&process];
        let meant = match &life.ask {
            Ask::Resume { id: meant } | Ask::Abort { id: meant, .. } => Some(*meant),
            _ => life.resumes,
        };
        if meant != Some(id) {
            return Err(format!("expected {meant:?} to be taken over, found {id}"));
        }
        same(&self.model.take_over(life.who, &id), types)?;
        let who = life.who;
        self.model.taken_over(who, &id);
        let epoch = self.model.runs.get(&id).map_or(0, |run| run.epoch);
        let life = self.life(process);
        (life.decided, life.walking) = (true, Some((id, epoch)));
        Ok(())
    }

    fn decided(&mut self, process: usize, from: u64, events: &[Event], types: &[&'static str]) -> Walked {
        let life = self.lives[&process].clone();
        let fate = self.model.fate(life.who, &life.ask, &life.seen());
        same(&fate, types)?;
        self.life(process).decided = true;
        self.life(process).look = Some(fate.clone());
        if !matches!(fate, Fate::Go(_)) {
            return Ok(());
        }
        self.model.carry_out(life.who, &life.ask, from);
        let Some(id) = events.iter().find_map(begun) else { return Ok(()) };
        self.life(process).walking = Some((id, 1));
        if let Some(code) = life.registry_error {
            return Err(format!("it went ahead although the registry had failed it ({code})"));
        }
        let run = &self.model.runs[&id];
        let agrees = events.iter().all(|event| match event {
            Event::PromotionRequested(asked) => {
                asked.promotion.digest.to_string() == run.digest && asked.promotion.version.as_str() == run.version
            }
            Event::RollbackRequested(asked) => {
                asked.promotion.digest.to_string() == run.digest
                    && run.leaves == Some((asked.leaves.version.to_string(), asked.leaves.number))
            }
            _ => true,
        });
        if agrees { Ok(()) } else { Err(format!("expected {run:?}")) }
    }

    /// The process ended with that exit code.
    pub(crate) fn ended(&mut self, process: usize, code: u8) {
        let life = self.lives.remove(&process).expect("a process ends once");
        self.tell(|| format!("p{process} exits {code}"));
        self.cover(format!("exit {code}"));
        if life.walking.is_some() {
            self.cover(format!("exit {code} half-way"));
        }
        if let Err(wrong) = self.ending(&life, code) {
            self.blame(format!("p{process}, {} asking {:?}: {wrong}", life.who.person().name, life.ask));
        }
    }

    fn ending(&self, life: &Life, code: u8) -> Walked {
        if life.faulted && code == 5 {
            return Ok(());
        }
        let expected = if life.turned_away {
            vec![7]
        } else if let Some((id, epoch)) = life.walking {
            self.walk_endings(life, &id, epoch)
        } else {
            match (life.registry_error, &life.look) {
                (_, Some(Fate::Refuse(code, _))) => vec![*code],
                (Some(code), _) => vec![code],
                (None, Some(Fate::Nothing)) => vec![0],
                (None, Some(Fate::Go(_))) if life.decided => vec![0],
                (None, Some(Fate::Resume(_))) => match &life.take_over {
                    Some(Fate::Refuse(code, _)) => vec![*code],
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            }
        };
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
            expected.extend(match self.model.abort(life.who, id) {
                Fate::Refuse(code, _) => Some(code),
                _ => None,
            });
        }
        let moved = self.model.runs.get(id).is_some_and(|run| self.model.rules.repository(&run.spot.0) != Some(life.repository.as_str()));
        if moved {
            expected.push(1);
        }
        expected
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
