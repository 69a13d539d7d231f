//! A run: processes started and given the turn as the seed says, everything compared after each step, and an end at which
//! nothing hangs any more.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use promotion_ledger::custody::clock::Stopped;
use promotion_ledger::custody::ledger::{Writer, append};
use promotion_ledger::custody::random::Counter;
use promotion_ledger::custody::store::Store;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::ledger::{LedgerCreated, ManifestAdopted};
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::Agent;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::{Horizon, Index};
use tempfile::TempDir;

use crate::ask::Ask;
use crate::cast::{ADA, BEN, Who, ledger_id, origin};
use crate::chance::Chance;
use crate::compare;
use crate::life::Life;
use crate::model::Model;
use crate::process::{Cache, Luck, Process, Turn};
use crate::scene::{BEGIN, COMPONENTS, VERSIONS, digest};
use crate::variants::{GUARDED, VARIANTS, variant};
use crate::wishes::Wishes;
use crate::world::{Planted, World};

const HOUR: i64 = 3_600_000_000;

/// What a run came to.
pub(crate) struct Outcome {
    /// What was found wrong, and after how many steps.
    pub(crate) wrong: Option<(u64, String)>,
    /// What happened at least once.
    pub(crate) seen: BTreeSet<String>,
    pub(crate) entries: u64,
    pub(crate) trace: Vec<String>,
}

/// Runs that seed to its end, or to where something is wrong.
pub(crate) fn run(seed: u64, planted: Option<Planted>, traced: bool) -> Outcome {
    let mut play = Play::begin(seed, planted, traced);
    let mut steps = 0;
    let length = 18 + play.wishes.chance.below(35);
    let mut wrong = None;
    while wrong.is_none() && (play.asked < length || !play.processes.is_empty()) {
        steps += 1;
        play.step(length);
        wrong = play.compare().err();
    }
    let wrong = wrong.or_else(|| play.finish().err());
    play.stop();
    let mut world = play.world();
    Outcome {
        wrong: wrong.map(|wrong| (steps, wrong)),
        seen: std::mem::take(&mut world.seen),
        entries: world.acknowledged.len() as u64,
        trace: world.trace.take().unwrap_or_default(),
    }
}

/// Where ledger and indexes are kept.
enum Place {
    Memory(Memory),
    Disk(TempDir),
}

impl Place {
    fn store(&self) -> Box<dyn Store> {
        match self {
            Self::Memory(memory) => Box::new(memory.clone()),
            Self::Disk(folder) => Box::new(Sqlite::open(folder.path().join("ledger.db")).expect("the ledger is there")),
        }
    }
}

struct Play {
    world: Arc<Mutex<World>>,
    wishes: Wishes,
    place: Place,
    /// The caches of machines; a machine whose cache is away lends none.
    machines: BTreeMap<usize, Cache>,
    processes: Vec<Process>,
    /// Follows the log beside everybody else.
    observer: Index,
    started: usize,
    asked: u64,
    /// How many entries there were when everything was compared last.
    compared: usize,
    /// The model as it was now and then, and how many entries there were.
    past: Vec<(u64, Model)>,
    /// How wrong things may go.
    calm: bool,
}

const MACHINES: usize = 2;

impl Play {
    fn begin(seed: u64, planted: Option<Planted>, traced: bool) -> Self {
        let mut chance = Chance::new(seed);
        let on_disk = chance.below(40) == 0;
        let threshold = if chance.percent(20) { 2 } else { 1 };
        let fenced = planted.is_some() || chance.percent(85);
        let calm = chance.percent(20);
        // Most runs begin with guards.
        let rules = match planted {
            Some(Planted::ForgottenDuties) => GUARDED,
            Some(_) => 0,
            None if chance.percent(25) => 0,
            None => GUARDED + below(&mut chance, VARIANTS - GUARDED),
        };
        let now = Timestamp::from_micros(BEGIN).expect("a time in this century");
        let place = if on_disk {
            let folder = tempfile::tempdir().expect("a folder");
            Sqlite::create(folder.path().join("ledger.db")).expect("a new ledger");
            Place::Disk(folder)
        } else {
            Place::Memory(Memory::new())
        };
        found(place.store().as_ref(), now, threshold, rules);
        let mut model = Model::new(threshold, rules);
        model.forgets_rollbacks = planted == Some(Planted::ForgottenRollback);
        model.forgets_duties = planted == Some(Planted::ForgottenDuties);
        let world = World {
            model,
            tags: BTreeMap::new(),
            moved: BTreeSet::new(),
            late: Vec::new(),
            fenced,
            planted,
            lives: BTreeMap::new(),
            acknowledged: Vec::new(),
            floor: now,
            now: now.as_micros(),
            seen: BTreeSet::new(),
            wrong: None,
            trace: traced.then(Vec::new),
        };
        let observer = Index::in_memory().expect("an index in memory");
        let world = Arc::new(Mutex::new(world));
        let wishes = Wishes::new(chance);
        let mut play = Self {
            world,
            wishes,
            place,
            machines: BTreeMap::new(),
            processes: Vec::new(),
            observer,
            started: 0,
            asked: 0,
            compared: 0,
            past: Vec::new(),
            calm,
        };
        play.world().tell(|| format!("on disk {on_disk}, threshold {threshold}, rules {rules}, fenced {fenced}, calm {calm}"));
        play.machines = (0..MACHINES).map(|machine| (machine, play.new_cache(Some(machine)))).collect();
        play
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cache of a machine as it is found: there from before, or, for a machine that keeps none, new.
    fn new_cache(&self, machine: Option<usize>) -> Cache {
        match (&self.place, machine) {
            (Place::Disk(folder), Some(machine)) => Cache::File(folder.path().join(format!("{machine}.index"))),
            _ => Cache::Memory(Box::new(Index::in_memory().expect("an index in memory"))),
        }
    }

    fn step(&mut self, length: u64) {
        self.pass_time();
        let crowd = self.processes.len();
        let starts = self.asked < length && crowd < 3 && (crowd == 0 || self.wishes.chance.percent(50));
        if starts {
            self.asked += 1;
            if self.wishes.chance.percent(2) {
                return self.meddle();
            }
            let (who, ask) = {
                let world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
                self.wishes.next(&world.model, world.now)
            };
            let process = self.start(who, ask);
            self.give_turn(process);
        } else if crowd > 0 {
            let at = usize::try_from(self.wishes.chance.below(crowd as u64)).expect("a small number");
            let process = self.processes.remove(at);
            self.give_turn(process);
        }
    }

    /// Time goes on by something between a moment and a day; late writes arrive.
    fn pass_time(&mut self) {
        let chance = &mut self.wishes.chance;
        let passed = chance.weighted(&[(70, 1_000_000), (20, 60_000_000), (9, HOUR), (1, 24 * HOUR)]);
        let arrives = chance.percent(10);
        let mut world = self.world();
        world.now += passed;
        if arrives && !world.late.is_empty() {
            let (key, digest) = world.late.remove(0);
            world.tell(|| format!("a late write arrives: {} at {}", key.1, &digest[7..15]));
            world.tags.insert(key, digest);
        }
    }

    /// Somebody moves a tag by hand, or takes it away.
    fn meddle(&mut self) {
        let chance = &mut self.wishes.chance;
        let (component, version) = (chance.pick(&COMPONENTS), chance.pick(&VERSIONS));
        let pick = chance.next();
        let removes = chance.percent(30);
        let mut world = self.world();
        let keys: Vec<_> = world.tags.keys().cloned().collect();
        let Some(key) = usize::try_from(pick).ok().and_then(|pick| keys.get(pick.checked_rem(keys.len())?)).cloned() else { return };
        world.tell(|| format!("somebody {} {} by hand", if removes { "removes" } else { "moves" }, key.1));
        world.cover("a tag moved by hand");
        world.model.tags.remove(&key);
        world.model.taint(&key);
        world.moved.insert(key.clone());
        if removes {
            world.tags.remove(&key);
        } else {
            world.tags.insert(key, digest(component, version, 1));
        }
    }

    fn start(&mut self, who: Who, ask: Ask) -> Process {
        let chance = &mut self.wishes.chance;
        // What walks has more to lose: it dies anywhere on its way.
        let walks = matches!(ask, Ask::Promote { .. } | Ask::Rollback { .. } | Ask::Resume { .. } | Ask::Abort { .. });
        let troubled = !self.calm && chance.percent(if walks { 55 } else { 25 });
        let luck = Luck {
            dies_at: (troubled && chance.percent(60)).then(|| 1 + chance.below(if walks { 60 } else { 12 })),
            faults: if troubled && chance.percent(40) { 5 } else { 0 },
            clock_off: match chance.below(40) {
                0 => -26 * HOUR,
                1 => -2 * HOUR,
                2 => 3 * HOUR,
                3 => 49 * HOUR,
                _ => 0,
            },
        };
        self.launch(who, ask, luck)
    }

    fn launch(&mut self, who: Who, ask: Ask, luck: Luck) -> Process {
        self.started += 1;
        let number = self.started;
        let machine = usize::try_from(self.wishes.chance.below(MACHINES as u64)).expect("a small number");
        let deleted = self.wishes.chance.percent(3);
        let seed = self.wishes.chance.next();
        let mut world = self.world();
        let offset = luck.clock_off / HOUR;
        world.tell(|| format!("p{number} starts: {} asks {ask:?} (clock {offset:+} h)", who.person().name));
        world.lives.insert(number, Life::new(who, ask, luck.clock_off));
        drop(world);
        let kept = self.machines.remove(&machine).filter(|_| !deleted);
        let lent = if kept.is_some() || deleted { Some(machine) } else { None };
        if let (true, Place::Disk(folder)) = (deleted, &self.place) {
            // Others may have it open: they go on with a file that has no name any more.
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(folder.path().join(format!("{machine}.index{end}")));
            }
        }
        let cache = kept.unwrap_or_else(|| self.new_cache(lent));
        Process::start(number, lent, &self.world, self.place.store(), cache, luck, seed)
    }

    fn give_turn(&mut self, process: Process) {
        let chance = &mut self.wishes.chance;
        let turn = match chance.below(20) {
            0 if !self.calm => Turn::Die,
            1..=9 => Turn::On(1 + chance.below(20)),
            _ => Turn::On(u64::MAX),
        };
        self.hand_over(process, turn);
    }

    fn hand_over(&mut self, process: Process, turn: Turn) {
        let number = process.number;
        match process.turn(turn) {
            Ok(process) => {
                self.world().tell(|| format!("  p{number} waits"));
                self.processes.push(process);
            }
            Err((Some(machine), cache)) => {
                self.machines.insert(machine, cache);
            }
            Err((None, _)) => {}
        }
    }

    fn compare(&mut self) -> Result<(), String> {
        if let Some(wrong) = self.world().wrong.clone() {
            return Err(wrong);
        }
        compare::registry(&self.world())?;
        let acknowledged = self.world().acknowledged.len();
        if std::mem::replace(&mut self.compared, acknowledged) == acknowledged {
            return Ok(());
        }
        let store = self.place.store();
        self.observer.follow(store.as_ref()).map_err(|error| error.to_string())?;
        let model = self.world().model.clone();
        compare::status(&self.observer, &model)?;
        if self.wishes.chance.percent(10) {
            self.past.push((self.observer.head().size, model));
        }
        Ok(())
    }

    /// Whatever hangs is gone on with or ended by an admin, and then everything is compared from the first entry on.
    fn finish(&mut self) -> Result<(), String> {
        self.world().tell(|| "the end: what hangs is resumed or aborted".to_owned());
        let hanging: Vec<PromotionId> = self.world().model.runs.keys().copied().collect();
        for id in hanging {
            let resumes = self.wishes.chance.percent(60);
            let tries = [
                resumes.then_some(Ask::Resume { id }),
                Some(Ask::Abort { id, leave_tags: false }),
                Some(Ask::Abort { id, leave_tags: true }),
            ];
            for ask in tries.into_iter().flatten() {
                if !self.world().model.runs.contains_key(&id) {
                    break;
                }
                let admin = if self.world().model.is_live(ADA) { ADA } else { BEN };
                let process = self.launch(admin, ask, Luck { dies_at: None, faults: 0, clock_off: 0 });
                self.hand_over(process, Turn::On(u64::MAX));
                self.compare()?;
            }
            if self.world().model.runs.contains_key(&id) {
                return Err(format!("{id} can be neither resumed nor ended"));
            }
        }
        for (size, model) in &self.past {
            compare::status_at(&self.observer, model, Horizon::of_size(*size))?;
        }
        let store = self.place.store();
        // A replay costs as much as everything else that is compared.
        let replay = self.wishes.chance.percent(25);
        compare::whole(store.as_ref(), &self.observer, &self.world(), replay)
    }

    /// Nobody is left behind.
    fn stop(&mut self) {
        for process in std::mem::take(&mut self.processes) {
            let _ = process.turn(Turn::Die);
        }
    }
}

/// A small number below that.
fn below(chance: &mut Chance, end: u8) -> u8 {
    u8::try_from(chance.below(u64::from(end))).expect("a small number")
}

/// The first two entries: the keys, and rules.
fn found(store: &dyn Store, now: Timestamp, threshold: usize, rules: u8) {
    let keys = Who::everybody().filter(|who| who.person().first).map(Who::first_key).collect();
    let created = LedgerCreated {
        admin_threshold: u32::try_from(threshold).expect("a small number"),
        format: 1,
        keys,
        ledger_id: ledger_id(),
        origin: origin(),
        recovery: None,
    };
    let (signer, actor, agent) = (ADA.secret(), ADA.actor(), Agent::new("promoledger/0.1.0").expect("an agent's name"));
    let random = Counter::new(0);
    let writer = Writer { signer: &signer, actor: &actor, agent: &agent, clock: &Stopped(now), random: &random };
    let mut chain = Chain::begin();
    for event in [Event::from(created), ManifestAdopted { rules: variant(rules).rules() }.into()] {
        append(store, &mut chain, &writer, &[event], &[], |_| Ok::<_, Infallible>(None)).expect("a ledger begins");
    }
}
