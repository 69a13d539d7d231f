//! Rules in plain words: what the model knows of a manifest, and the same as the ledger takes it.

use promotion_ledger::meaning::accepted::Accepted;
use promotion_ledger::meaning::names::{Component, Environment, GateName, Group, Principal, Reason, Repository};
use promotion_ledger::meaning::rules::{
    ApprovalRule, AuthorizationRule, ComponentRule, EnvironmentRule, FreezeRule, GroupRule, MaxAge, OnIncomparable, Rules, Window,
};
use promotion_ledger::meaning::time::Timestamp;
use promotion_ledger::meaning::versions::Range;

use crate::scene::{BEGIN, shop};

/// What the model knows of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlainRules {
    /// Environments in the order of the path.
    pub(crate) path: Vec<Stage>,
    /// Components, each with its repository.
    pub(crate) components: Vec<(&'static str, String)>,
    /// Whether versions that cannot be compared are refused.
    pub(crate) block: bool,
    /// Groups in ascending order, each with its members.
    pub(crate) groups: &'static [(&'static str, &'static [&'static str])],
}

/// An environment, and what entering it demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) gates: &'static [&'static str],
    pub(crate) guards: Guards,
}

/// What stands in the way besides gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guards {
    pub(crate) authorization: Option<Authorization>,
    pub(crate) duties: bool,
    pub(crate) approvals: Option<Approvals>,
    pub(crate) freezes: Option<Freezes>,
    pub(crate) soak_seconds: Option<i64>,
    /// The first version that may come, and the first that may not.
    pub(crate) versions: Option<(Option<&'static str>, Option<&'static str>)>,
    /// How old a gate's result may be, in seconds.
    pub(crate) max_age: &'static [(&'static str, i64)],
    /// Gates that stop nothing.
    pub(crate) advisory: &'static [&'static str],
}

/// Who may change an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Authorization {
    pub(crate) groups: &'static [&'static str],
    pub(crate) operators: &'static [&'static str],
}

/// Whose word it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Approvals {
    pub(crate) count: usize,
    pub(crate) groups: &'static [&'static str],
    pub(crate) valid_seconds: i64,
}

/// When nothing is promoted, in minutes since the run began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Freezes {
    pub(crate) windows: &'static [(i64, i64)],
    pub(crate) known_until: Option<i64>,
}

/// Nothing stands in the way but gates.
pub(crate) const FREE: Guards = Guards {
    authorization: None,
    duties: false,
    approvals: None,
    freezes: None,
    soak_seconds: None,
    versions: None,
    max_age: &[],
    advisory: &[],
};

impl Stage {
    pub(crate) const fn new(name: &'static str, gates: &'static [&'static str]) -> Self {
        Self { name, gates, guards: FREE }
    }

    pub(crate) const fn guarded(name: &'static str, gates: &'static [&'static str], guards: Guards) -> Self {
        Self { name, gates, guards }
    }

    /// How old a result of the gate may be, in seconds.
    pub(crate) fn max_age(&self, gate: &str) -> Option<i64> {
        self.guards.max_age.iter().find(|(aged, _)| *aged == gate).map(|(_, seconds)| *seconds)
    }

    /// The same as the ledger takes it.
    fn rule(&self) -> EnvironmentRule {
        let Guards { authorization, duties, approvals, freezes, soak_seconds, versions, max_age, advisory } = self.guards;
        EnvironmentRule {
            advisory: names(advisory),
            approvals: approvals.map(|Approvals { count, groups, valid_seconds }| ApprovalRule {
                count: u32::try_from(count).expect("a small number"),
                groups: names(groups),
                valid_seconds: unsigned(valid_seconds),
            }),
            authorization: authorization
                .map(|Authorization { groups, operators }| AuthorizationRule { groups: names(groups), operators: names(operators) }),
            freezes: freezes.map(|Freezes { windows, known_until }| FreezeRule {
                known_until: known_until.map(minute),
                windows: windows.iter().map(window).collect(),
            }),
            max_age: max_age.iter().map(|(gate, seconds)| MaxAge { gate: name(gate), seconds: unsigned(*seconds) }).collect(),
            separation_of_duties: Accepted::when(duties),
            soak_seconds: soak_seconds.map(unsigned),
            versions: versions.map(range),
            ..EnvironmentRule::new(name::<Environment>(self.name), names::<GateName>(self.gates))
        }
    }
}

impl PlainRules {
    pub(crate) fn repository(&self, component: &str) -> Option<&str> {
        self.components.iter().find(|(name, _)| *name == component).map(|(_, repository)| repository.as_str())
    }

    pub(crate) fn stage(&self, environment: &str) -> Option<&Stage> {
        self.path.iter().find(|stage| stage.name == environment)
    }

    /// Where a promotion into the environment comes from; `none` for the first.
    pub(crate) fn source(&self, environment: &str) -> Option<&'static str> {
        let at = self.path.iter().position(|stage| stage.name == environment)?;
        Some(at.checked_sub(1).map_or("none", |before| self.path[before].name))
    }

    /// The same as the ledger takes them.
    pub(crate) fn rules(&self) -> Rules {
        let component = |(its, repository): &(&str, String)| ComponentRule {
            name: name::<Component>(its),
            repository: Repository::new(repository.clone()).expect("a repository"),
            versions: None,
        };
        let group = |(its, members): &(&str, &[&str])| GroupRule { members: names::<Principal>(members), name: name::<Group>(its) };
        let on_incomparable = if self.block { OnIncomparable::Block } else { OnIncomparable::Warn };
        let components = self.components.iter().map(component).collect();
        let rules = Rules::new(shop(), components, self.path.iter().map(Stage::rule).collect(), on_incomparable);
        let rules = rules.expect("rules without contradictions");
        rules.with_groups(self.groups.iter().map(group).collect()).expect("groups without contradictions")
    }
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a name of the scene")
}

fn names<T: std::str::FromStr<Err: std::fmt::Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| name(text)).collect()
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).expect("no time runs backwards")
}

fn minute(minutes: i64) -> Timestamp {
    Timestamp::from_micros(BEGIN + minutes * 60_000_000).expect("a time in this century")
}

fn window((from, until): &(i64, i64)) -> Window {
    Window { from: minute(*from), name: Reason::new("a quiet time").expect("a reason"), until: minute(*until) }
}

/// Bounds as the format spells them: without `v`.
fn range((at_least, below): (Option<&str>, Option<&str>)) -> Range {
    let bounds = [("at_least", at_least), ("below", below)].into_iter();
    let bounds = bounds.filter_map(|(key, bound)| Some((key.to_owned(), bound?.trim_start_matches('v').into())));
    serde_json::from_value(serde_json::Value::Object(bounds.collect())).expect("a range")
}
