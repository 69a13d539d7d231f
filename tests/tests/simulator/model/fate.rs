//! What becomes of a command: done already, gone on with, carried out, or refused.

use promotion_ledger::meaning::id::PromotionId;

use super::answers::Answer;
use super::promote::Asked;
use super::rights::{Deed, Touch};
use super::{Model, Why};
use crate::ask::Ask;
use crate::cast::Who;
use crate::scene::digest;
use crate::variants::variant;

/// What becomes of a command, and the types of the entries that say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Nothing,
    /// The same is under way: it is taken over.
    Resume(PromotionId),
    Go(Vec<&'static str>),
    /// Every reason, in the order of checks; the first gives the exit code.
    Refuse(Vec<Why>, Vec<&'static str>),
}

/// What the registry answered to whoever asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) source: Option<String>,
    pub(crate) target: Option<String>,
}

use Fate::{Go, Nothing, Refuse};

/// Turned down before anything was judged.
pub(crate) fn unheard(why: Why) -> Fate {
    Refuse(vec![why], Vec::new())
}

impl Fate {
    /// The exit code of a refusal.
    pub(crate) fn refusal(&self) -> Option<u8> {
        match self {
            Refuse(why, _) => why.first().map(|why| why.code()),
            _ => None,
        }
    }
}

impl Model {
    /// What becomes of that command if it is decided then, in microseconds.
    pub(crate) fn fate(&self, who: Who, ask: &Ask, seen: &Seen, at: i64) -> Fate {
        let own = |name: &str| name.to_owned();
        match ask {
            // Where to is asked of the index first, whoever asks.
            Ask::Rollback { version: None, component, environment, .. } => {
                let target = self.rollback_target(&(own(component), own(environment)));
                if target.is_some() { Go(Vec::new()) } else { unheard(Why::NeverThere) }
            }
            _ if !self.is_live(who) => unheard(Why::NotGranted),
            Ask::Register { component, version, build, .. } => self.register(who, component, version, *build),
            Ask::Promote { .. } => Asked::of(ask).map_or(Nothing, |asked| self.promote(who, &asked, seen, at)),
            Ask::Rollback { id, component, version, environment } => {
                self.rollback(who, id, &(own(component), own(environment)), version.as_deref().unwrap_or_default(), seen, at)
            }
            Ask::Lock { environment, component, expires } => self.lock(who, environment, *component, *expires, at),
            Ask::Unlock { environment, component, others } => self.unlock(who, environment, *component, *others, at),
            Ask::Gate { component, environment, .. } => self.gate(who, component, environment),
            Ask::Answer { component, environment, digest, request, yes } => {
                let answer = Answer { spot: (own(component), own(environment)), digest, request: *request, yes: *yes };
                self.answer(who, &answer, at)
            }
            Ask::Review { id } => self.review(who, id),
            Ask::Resume { id } => self.take_over(who, id),
            Ask::Abort { id, .. } => self.take_over_to_abort(who, id),
            Ask::Adopt { .. } if !self.governs(who) => unheard(Why::NotGranted),
            Ask::Adopt { variant: number } if variant(*number) == self.rules => Nothing,
            Ask::Adopt { .. } => Go(vec!["manifest.adopted"]),
            Ask::AddKey { whose } if self.live.contains_key(whose) => unheard(Why::Usage),
            Ask::AddKey { .. } => self.change_keys(who, "key.added"),
            Ask::Revoke { whose } => self.revoke(who, *whose),
            Ask::Endorse { proposal } => self.endorse(who, *proposal),
            Ask::CorrectClock if !self.governs(who) => unheard(Why::NotGranted),
            Ask::CorrectClock => Go(vec!["clock.corrected"]),
        }
    }

    /// The guards that a promotion passes which goes ahead, and those that it overrides.
    pub(crate) fn told_of_guards(&self, who: Who, ask: &Ask, seen: &Seen, at: i64) -> (Vec<&'static str>, Vec<&'static str>) {
        let Some(asked) = Asked::of(ask) else { return Default::default() };
        let digest = self.releases.get(&(asked.spot.0.clone(), asked.version.to_owned())).map(|release| release.digest.as_str());
        let overridden = self.judge(who, &asked, seen, at).overridden;
        let mut passed = self.passed(who, &asked, digest.unwrap_or_default(), at);
        passed.retain(|guard| !overridden.contains(guard));
        (passed, overridden)
    }

    /// Why component and environment are not known, if they are not.
    pub(super) fn unknown(&self, component: Option<&str>, environment: &str) -> Option<Fate> {
        let known = self.rules.stage(environment).is_some() && component.is_none_or(|name| self.rules.repository(name).is_some());
        (!known).then(|| unheard(Why::NotFound))
    }

    fn register(&self, who: Who, component: &str, version: &str, build: u8) -> Fate {
        if self.rules.repository(component).is_none() {
            return unheard(Why::NotFound);
        }
        if !self.may(who, Deed::Register, Touch::One(component), Touch::Nothing) {
            return unheard(Why::NotGranted);
        }
        match self.releases.get(&(component.to_owned(), version.to_owned())) {
            None => Go(vec!["artifact.registered"]),
            Some(there) if there.digest == digest(component, version, build) => Nothing,
            Some(_) => unheard(Why::Taken),
        }
    }

    fn gate(&self, who: Who, component: &str, environment: &str) -> Fate {
        if let Some(fate) = self.unknown(Some(component), environment) {
            return fate;
        }
        if !self.may(who, Deed::Gate, Touch::One(component), Touch::One(environment)) {
            return unheard(Why::NotGranted);
        }
        Go(vec!["gate.completed"])
    }
}
