//! What becomes of locks that are to be set, and to be lifted.

use super::fate::{Fate, unheard};
use super::rights::{Deed, Touch};
use super::{Lock, Model, Why};
use crate::ask::Ask;
use crate::cast::Who;

impl Model {
    pub(super) fn lock(&self, who: Who, environment: &str, component: Option<&str>, expires: Option<i64>, at: i64) -> Fate {
        if let Some(fate) = self.unknown(component, environment) {
            return fate;
        }
        if expires.is_some_and(|expires| expires <= at) {
            return unheard(Why::Usage);
        }
        match self.forbidden(who, &[Deed::Lock], component.map_or(Touch::All, Touch::One), environment) {
            Some(why) => Fate::Refuse(vec![why], vec!["authorization.decided"]),
            None => Fate::Go(vec!["environment.locked"]),
        }
    }

    pub(super) fn unlock(&self, who: Who, environment: &str, component: Option<&str>, others: bool, at: i64) -> Fate {
        let (own, foreign) = self.locks_meant(who, environment, component, at);
        if own.is_empty() && foreign.is_empty() {
            return self.unknown(component, environment).unwrap_or(Fate::Nothing);
        }
        if own.is_empty() && !others {
            return unheard(Why::OthersLocks);
        }
        let lifted: Vec<(&Lock, &[Deed])> = own
            .into_iter()
            .map(|lock| (lock, &[Deed::Lock] as &[Deed]))
            .chain(foreign.into_iter().filter(|_| others).map(|lock| (lock, &[Deed::Lock, Deed::LiftOthers] as &[Deed])))
            .collect();
        let forbidden = lifted.iter().find_map(|(lock, deeds)| {
            let component = lock.component.as_deref().map_or(Touch::All, Touch::One);
            // What is said first of a lock: the grant to lift locks, the environment, then the grant to lift others'.
            let first = self.forbidden(who, &deeds[..1], component, environment);
            first.or_else(|| self.forbidden(who, deeds, component, environment))
        });
        match forbidden {
            Some(why) => Fate::Refuse(vec![why], vec!["authorization.decided"]),
            None => Fate::Go(vec!["environment.unlocked"; lifted.len()]),
        }
    }

    /// Whether it is a rollback of what whoever asks has locked themselves.
    pub(crate) fn is_under_own_lock(&self, who: Who, ask: &Ask, at: i64) -> bool {
        let Ask::Rollback { component, environment, .. } = ask else { return false };
        let spot = ((*component).to_owned(), (*environment).to_owned());
        self.locks_on(&spot, at).any(|lock| lock.owner == who.person().actor)
    }

    /// The locks that an unlock is about: one's own and those that are over, and others' that stand.
    pub(super) fn locks_meant(&self, who: Who, environment: &str, component: Option<&str>, at: i64) -> (Vec<&Lock>, Vec<&Lock>) {
        let meant = self.locks.iter().filter(|lock| lock.environment == environment);
        let meant = meant.filter(|lock| component.is_none() || lock.component.as_deref() == component);
        meant.partition(|lock| lock.owner == who.person().actor || !lock.stands(at))
    }
}
