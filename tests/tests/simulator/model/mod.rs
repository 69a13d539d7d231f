//! The reference model: a few maps, and the rules of promotion in plain words.
//!
//! It shares nothing with the ledger's own state, decisions and law, and reads of an entry only what it cannot know itself.

mod carry;
mod fate;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use promotion_ledger::meaning::grant::Role;
use promotion_ledger::meaning::id::PromotionId;

pub(crate) use fate::{Fate, Seen};
pub(crate) use walk::Walked;

use crate::cast::Who;
use crate::scene::{ORDERED, PlainRules, variant};

/// Component and environment.
pub(crate) type Spot = (String, String);

/// Everything that the model knows.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// How many admins it takes to change keys.
    pub(crate) threshold: usize,
    /// Whose keys are known, and whether each is live.
    pub(crate) live: BTreeMap<Who, bool>,
    pub(crate) proposals: BTreeMap<u64, Proposal>,
    pub(crate) rules: PlainRules,
    pub(crate) releases: BTreeMap<(String, String), String>,
    pub(crate) places: BTreeMap<Spot, Place>,
    pub(crate) visits: BTreeMap<(Spot, String), Visit>,
    /// Whether the newest result lets pass: by place, gate and digest.
    pub(crate) gates: BTreeMap<(Spot, String, String), bool>,
    pub(crate) locks: Vec<Lock>,
    pub(crate) runs: BTreeMap<PromotionId, Run>,
    pub(crate) ended: BTreeSet<PromotionId>,
    /// Where tags must point, by repository and tag: what was recorded as written, and nobody moved since.
    pub(crate) tags: BTreeMap<(String, String), String>,
    /// A rule that is wrong on purpose, to see that the simulator notices.
    pub(crate) forgets_rollbacks: bool,
}

/// A change of keys that waits for endorsements.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub(crate) add: bool,
    pub(crate) whose: Who,
    pub(crate) behind: BTreeSet<Who>,
}

/// Who is there, and who was.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) holder: Option<(String, String)>,
    /// Everyone who was ever there, in order, and whether the environment was rolled back from them.
    pub(crate) tenures: Vec<(String, bool)>,
    pub(crate) run: Option<PromotionId>,
    /// The repository that the mutable tag was written in for who is there: rules may move a component, and its tags stay.
    pub(crate) repository: String,
    /// Whether the mutable tag may point elsewhere: a run that ended left it.
    pub(crate) tainted: bool,
}

/// A version that was there.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) digest: String,
    pub(crate) left: bool,
    pub(crate) rollbacks: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct Lock {
    pub(crate) sequence: u64,
    pub(crate) environment: String,
    pub(crate) component: Option<String>,
    pub(crate) owner: String,
}

/// A promotion or rollback under way.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) spot: Spot,
    pub(crate) version: String,
    pub(crate) digest: String,
    pub(crate) from: String,
    /// Of a rollback: what it leaves, and its number.
    pub(crate) leaves: Option<(String, u32)>,
    pub(crate) holder: String,
    pub(crate) epoch: u32,
    pub(crate) gates: Vec<String>,
    pub(crate) tags: Vec<Tag>,
    /// Where its last tag was written.
    pub(crate) repository: String,
}

/// A tag that a run began to write.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) before: Option<String>,
    pub(crate) confirmed: Option<String>,
    pub(crate) pending: Option<String>,
}

impl Tag {
    fn is_at(&self, digest: &str) -> bool {
        self.pending.is_none() && self.confirmed.as_deref() == Some(digest)
    }

    fn is_back(&self) -> bool {
        self.before.as_deref().is_some_and(|before| self.is_at(before))
    }
}

/// What somebody wants to do, as rights see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Run,
    Register,
    Gate,
    Lock,
    LiftOthers,
    Govern,
}

/// How much of a kind a deed touches.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Touch<'a> {
    Nothing,
    One(&'a str),
    All,
}

impl Touch<'_> {
    fn within(self, narrowed: Option<&str>) -> bool {
        match (narrowed, self) {
            (None, _) | (_, Touch::Nothing) => true,
            (Some(only), Touch::One(name)) => only == name,
            (Some(_), Touch::All) => false,
        }
    }
}

impl Model {
    pub(crate) fn new(threshold: usize) -> Self {
        Self {
            threshold,
            live: Who::everybody().filter(|who| who.person().first).map(|who| (who, true)).collect(),
            proposals: BTreeMap::new(),
            rules: variant(0),
            releases: BTreeMap::new(),
            places: BTreeMap::new(),
            visits: BTreeMap::new(),
            gates: BTreeMap::new(),
            locks: Vec::new(),
            runs: BTreeMap::new(),
            ended: BTreeSet::new(),
            tags: BTreeMap::new(),
            forgets_rollbacks: false,
        }
    }

    pub(crate) fn is_live(&self, who: Who) -> bool {
        self.live.get(&who).copied().unwrap_or_default()
    }

    fn is_admin(&self, who: Who) -> bool {
        self.is_live(who) && who.person().role == Role::Admin
    }

    /// The live admins besides that one.
    fn admins_without(&self, whose: Who) -> usize {
        self.live.keys().filter(|who| **who != whose && self.is_admin(**who)).count()
    }

    /// Whether the key holds a grant for it. That the key is live is asked before.
    pub(crate) fn may(&self, who: Who, deed: Deed, component: Touch<'_>, environment: Touch<'_>) -> bool {
        let person = who.person();
        let role = match person.role {
            Role::Admin => true,
            Role::Operator => deed != Deed::Govern,
            Role::Ci => matches!(deed, Deed::Run | Deed::Register | Deed::Gate),
            Role::Gate => deed == Deed::Gate,
            Role::Approver | Role::Identity => false,
        };
        role && component.within(person.component) && environment.within(person.environment)
    }

    fn may_run(&self, who: Who, spot: &Spot) -> bool {
        self.may(who, Deed::Run, Touch::One(&spot.0), Touch::One(&spot.1))
    }

    pub(crate) fn place(&self, spot: &Spot) -> Place {
        self.places.get(spot).cloned().unwrap_or_default()
    }

    pub(crate) fn visit(&self, spot: &Spot, version: &str) -> Option<&Visit> {
        self.visits.get(&(spot.clone(), version.to_owned()))
    }

    fn gates_pass(&self, spot: &Spot, digest: &str, gates: &[String]) -> bool {
        gates.iter().all(|gate| self.gates.get(&(spot.clone(), gate.clone(), digest.to_owned())) == Some(&true))
    }

    /// Locks that stand in the way of that component.
    fn locks_on<'a>(&'a self, spot: &'a Spot) -> impl Iterator<Item = &'a Lock> {
        let concerns = |lock: &&Lock| lock.environment == spot.1 && lock.component.as_ref().is_none_or(|component| *component == spot.0);
        self.locks.iter().filter(concerns)
    }

    /// Where a rollback goes that names no version: what is under way if that is a rollback, else the newest that was
    /// there before and was not rolled back from.
    pub(crate) fn rollback_target(&self, spot: &Spot) -> Option<String> {
        let place = self.place(spot);
        let under_way = place.run.and_then(|id| self.runs.get(&id)).filter(|run| run.leaves.is_some());
        if let Some(run) = under_way {
            return Some(run.version.clone());
        }
        let mut known = BTreeSet::new();
        known.extend(place.holder.map(|(version, _)| version));
        let last = place.tenures.iter().rev().filter(|(version, _)| known.insert(version.clone()));
        let mut standing = last.filter(|(_, left)| !left);
        standing.next().map(|(version, _)| version.clone())
    }

    /// Somebody moved a tag by hand. A run that ends puts the mutable tag back to where it was before, right or wrong; only
    /// the next completion sets it right.
    pub(crate) fn taint(&mut self, (_, tag): &(String, String)) {
        for ((_, environment), place) in &mut self.places {
            place.tainted |= *tag == format!("latest-{environment}");
        }
    }

    /// Whether the run is under way and this one's.
    pub(crate) fn holds(&self, who: Who, id: &PromotionId, epoch: u32) -> bool {
        self.runs.get(id).is_some_and(|run| run.epoch == epoch && run.holder == who.person().actor)
    }
}

/// Whether a version may take the place of another without its being meant: `None` where they cannot be compared.
fn is_older(candidate: &str, current: &str) -> Option<bool> {
    if candidate == current {
        return Some(false);
    }
    let place = |version: &str| ORDERED.iter().position(|known| *known == version);
    Some(place(candidate)? < place(current)?)
}
