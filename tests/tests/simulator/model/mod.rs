//! The reference model: a few maps, and the rules of promotion in plain words.
//!
//! It shares nothing with the ledger's own state, decisions and law, and reads of an entry only what it cannot know itself.

mod answers;
mod carry;
mod fate;
mod guards;
mod keys;
mod locks;
mod promote;
mod rights;
mod rollback;
mod taking_over;
mod walk;
mod why;

use std::collections::{BTreeMap, BTreeSet};

use promotion_ledger::meaning::id::PromotionId;

pub(crate) use fate::{Fate, Seen, unheard};
pub(crate) use walk::{Done, Walked};
pub(crate) use why::Why;

use crate::cast::{Persons, Who};
use crate::rules::PlainRules;
use crate::variants::variant;

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
    /// The entry that put the rules in force.
    pub(crate) manifest: u64,
    pub(crate) releases: BTreeMap<(String, String), Release>,
    pub(crate) places: BTreeMap<Spot, Place>,
    pub(crate) visits: BTreeMap<(Spot, String), Visit>,
    /// The newest result: by place, gate and digest.
    pub(crate) gates: BTreeMap<(Spot, String, String), GateResult>,
    pub(crate) locks: Vec<Lock>,
    /// The newest request for approvals, by place and digest, until what it asks for is done.
    pub(crate) requests: BTreeMap<(Spot, String), Request>,
    /// Who brought a digest into a place.
    pub(crate) movers: BTreeMap<(Spot, String), Persons>,
    pub(crate) overrides: BTreeMap<PromotionId, Override>,
    pub(crate) runs: BTreeMap<PromotionId, Run>,
    pub(crate) ended: BTreeSet<PromotionId>,
    /// Where tags must point, by repository and tag: what was recorded as written, and nobody moved since.
    pub(crate) tags: BTreeMap<(String, String), String>,
    /// Rules that are wrong on purpose, to see that the simulator notices.
    pub(crate) forgets_rollbacks: bool,
    pub(crate) forgets_duties: bool,
}

/// A release that was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) digest: String,
    pub(crate) breaking: bool,
}

/// A gate's result. Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GateResult {
    pub(crate) sequence: u64,
    pub(crate) time: i64,
    pub(crate) passes: bool,
}

/// Somebody's word is asked for, and what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) sequence: u64,
    pub(crate) manifest: u64,
    pub(crate) version: String,
    pub(crate) expires: i64,
    pub(crate) asked_by: Persons,
    /// Who granted it, each with those who stand behind the entry.
    pub(crate) granted: Vec<(&'static str, Persons)>,
    pub(crate) rejected: Option<&'static str>,
}

/// Guards that a promotion passed on somebody's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Override {
    pub(crate) sequence: u64,
    pub(crate) spot: Spot,
    pub(crate) guards: Vec<&'static str>,
    pub(crate) by: Persons,
    pub(crate) reviewed: bool,
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
    /// When it came last.
    pub(crate) since: i64,
    pub(crate) left: bool,
    pub(crate) rollbacks: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct Lock {
    pub(crate) sequence: u64,
    pub(crate) environment: String,
    pub(crate) component: Option<String>,
    pub(crate) owner: String,
    /// From when on it stands no more.
    pub(crate) expires: Option<i64>,
}

impl Lock {
    pub(crate) fn stands(&self, at: i64) -> bool {
        self.expires.is_none_or(|expires| at < expires)
    }
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
    pub(crate) gates: Vec<Demanded>,
    /// When it was requested.
    pub(crate) requested: i64,
    /// Everybody who had a hand in it.
    pub(crate) hands: Persons,
    /// Everybody whose word it rests on.
    pub(crate) approvers: Persons,
    /// The guards that it passed on somebody's word.
    pub(crate) overridden: Vec<&'static str>,
    /// Whether it was taken over to be ended.
    pub(crate) unwinding: bool,
    pub(crate) tags: Vec<Tag>,
    /// Where its last tag was written.
    pub(crate) repository: String,
    /// Whether its tags were written in more than one repository.
    pub(crate) moved: bool,
}

/// A gate that a run was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Demanded {
    pub(crate) gate: &'static str,
    /// How old its result may be when the run is requested, in seconds.
    pub(crate) max_age: Option<i64>,
    /// Whether it stops nothing.
    pub(crate) advice: bool,
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

impl Model {
    /// A ledger whose second entry puts those rules in force.
    pub(crate) fn new(threshold: usize, rules: u8) -> Self {
        Self {
            threshold,
            live: Who::everybody().filter(|who| who.person().first).map(|who| (who, true)).collect(),
            proposals: BTreeMap::new(),
            rules: variant(rules),
            manifest: 1,
            releases: BTreeMap::new(),
            places: BTreeMap::new(),
            visits: BTreeMap::new(),
            gates: BTreeMap::new(),
            locks: Vec::new(),
            requests: BTreeMap::new(),
            movers: BTreeMap::new(),
            overrides: BTreeMap::new(),
            runs: BTreeMap::new(),
            ended: BTreeSet::new(),
            tags: BTreeMap::new(),
            forgets_rollbacks: false,
            forgets_duties: false,
        }
    }

    pub(crate) fn is_live(&self, who: Who) -> bool {
        self.live.get(&who).copied().unwrap_or_default()
    }

    pub(crate) fn place(&self, spot: &Spot) -> Place {
        self.places.get(spot).cloned().unwrap_or_default()
    }

    pub(crate) fn visit(&self, spot: &Spot, version: &str) -> Option<&Visit> {
        self.visits.get(&(spot.clone(), version.to_owned()))
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
