//! What is where, as people read it.

use promotion_ledger::meaning::names::{Environment, Pipeline};
use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::past::PastRow;
use promotion_replay::models::places::PlaceRow;
use promotion_replay::models::rows::{HaltRow, Kind, LockRow, OverrideRow, RequestRow, RunRow};

use super::found::Found;
use super::when::{last_entry, moment, since};
use crate::commands::moment::Asked;
use crate::page::{BAD, BOLD, DIM, Page, Table, WARN, count, short};
use crate::shown::{Show, Shown, paint, shown, visible};

pub(super) fn page(found: &Found, asked: &Asked, now: Timestamp) -> Page {
    let position = position(asked, now);
    let now = asked.now(now);
    let mut page = Page::new();
    for (name, path) in pipelines(found) {
        if !page.is_empty() {
            page.gap();
        }
        pipeline(&mut page, name, &path, found, &position, now);
    }
    if found.hidden > 0 {
        let places = count(found.hidden, "place that the rules do not list holds", "places that the rules do not list hold");
        page.line(format!("  {places} something: promoledger status --all"));
    }
    if page.is_empty() {
        page.line(shown!("No pipeline yet  {}", paint(DIM, position)));
        if asked.moment.is_none() {
            page.line("Put a manifest's rules in force: promoledger manifest adopt manifest.yaml");
        }
    }
    page
}

/// The pipelines that have rules, then those of which only imported history tells, each with its path.
fn pipelines(found: &Found) -> Vec<(&Pipeline, String)> {
    let path = |rules: &Rules| rules.environments().iter().map(|rule| rule.name.to_string()).collect::<Vec<_>>().join(" → ");
    let mut pipelines: Vec<(&Pipeline, String)> = found.pipelines.iter().map(|rules| (rules.pipeline(), path(rules))).collect();
    for place in &found.unlisted {
        if !pipelines.iter().any(|(name, _)| **name == place.spot.pipeline) {
            pipelines.push((&place.spot.pipeline, "without rules".to_owned()));
        }
    }
    pipelines
}

fn pipeline(page: &mut Page, here: &Pipeline, path: &str, found: &Found, position: &str, now: Timestamp) {
    let name = paint(BOLD, shown!("pipeline {}", visible(here)));
    page.line(shown!("{}  {}  {}", name, visible(path), paint(DIM, position)));
    let all = found.places.iter().chain(&found.unlisted);
    page.table(&places(all.filter(|place| place.spot.pipeline == *here), found, now), 2);
    for row in found.halts.iter().filter(|row| row.pipeline == *here) {
        page.line(shown!("  {}", halt(row, now)));
    }
    for row in found.locks.iter().filter(|row| row.pipeline == *here) {
        page.line(shown!("  {}", lock(row, now)));
    }
    for row in found.under_way.iter().filter(|row| row.promotion.pipeline == *here) {
        run(page, row, now, found.past);
    }
    for row in found.waiting.iter().filter(|row| row.spot.pipeline == *here) {
        request(page, row, now, found.past);
    }
    for row in found.unreviewed.iter().filter(|row| row.spot.pipeline == *here) {
        unreviewed(page, row, now, found.past);
    }
    if let Some(past) = &found.history {
        page.gap();
        page.line(shown!("{} {}", paint(BOLD, "history"), paint(DIM, "newest first")));
        page.table(&history(past.iter().filter(|row| row.spot.pipeline == *here), now), 2);
    }
}

/// How far the log was read: `entry 44, 12:31 UTC`.
fn position(asked: &Asked, now: Timestamp) -> String {
    let last = asked.horizon.last().map_or_else(|| "before the first entry".to_owned(), |last| format!("entry {last}"));
    match (asked.moment, asked.time) {
        (None, Some(time)) => format!("{last}, {}", last_entry(time, now)),
        (None, None) => last,
        (Some(_), _) => format!("as of {}", asked.words()),
    }
}

fn places<'a>(places: impl Iterator<Item = &'a PlaceRow>, found: &Found, now: Timestamp) -> Table {
    let mut table = Table::new(&["environment", "component", "version", "digest", "since (UTC)", "by"]);
    for place in places {
        let mut row = vec![environment(&place.spot.environment, found.is_locked(place)), visible(&place.spot.component)];
        match &place.holder {
            Some(holder) => {
                let by = if holder.kind() == Kind::Rollback.as_str() {
                    shown!("{}, by rollback", visible(holder.by()))
                } else {
                    visible(holder.by())
                };
                row.extend([
                    visible(holder.version()),
                    holder.digest().map_or_else(|| paint(DIM, "–"), |digest| visible(short(digest))),
                    visible(since(holder.since(), now)),
                    imported(by, holder.asserted().is_some()),
                ]);
            }
            None => row.extend(std::iter::repeat_n(paint(DIM, "–"), 4)),
        }
        table.row(row);
    }
    table
}

/// The words, with a mark that needs no colour when only imported history says so.
pub(in crate::commands) fn imported(words: impl Show, asserted: bool) -> Shown {
    if asserted { shown!("{}, {}", words, paint(DIM, "imported")) } else { words.show() }
}

/// The environment's name, with a mark that needs no colour when it is locked.
fn environment(name: &Environment, locked: bool) -> Shown {
    if locked { shown!("{} {}", visible(name), paint(WARN, "(locked)")) } else { visible(name) }
}

fn halt(row: &HaltRow, now: Timestamp) -> Shown {
    let halt = &row.halt;
    let place = match &halt.component {
        Some(component) => shown!("{} in {}", visible(component), visible(&halt.environment)),
        None => visible(&halt.environment),
    };
    let what = paint(BAD, shown!("halted, {} failed:", place));
    let when = since(halt.since, now);
    shown!("{} \"{}\", by {} since {}, entry {}", what, visible(&halt.reason), visible(&halt.by), when, halt.sequence)
}

fn lock(row: &LockRow, now: Timestamp) -> Shown {
    let lock = &row.lock;
    let place = match &lock.component {
        Some(component) => shown!("{} in {}", visible(component), visible(&row.environment)),
        None => visible(&row.environment),
    };
    let what = paint(WARN, shown!("{} is locked:", place));
    let until = lock.expires.map(|expires| format!(", until {}", expires.to_minute())).unwrap_or_default();
    let when = since(lock.since, now);
    shown!("{} \"{}\", by {} since {}{}, entry {}", what, visible(&lock.reason), visible(&lock.owner), when, until, lock.sequence)
}

fn run(page: &mut Page, row: &RunRow, now: Timestamp, past: bool) {
    let promotion = &row.promotion;
    let what = match &row.leaves {
        Some(leaves) => format!("rollback of {} from {} to {} in {}", promotion.component, leaves, promotion.version, promotion.to),
        None => format!("promotion of {} {} from {} to {}", promotion.component, promotion.version, promotion.from, promotion.to),
    };
    let holder = shown!("by {} since {}, last seen {}", visible(&row.holder), since(row.since, now), since(row.last, now));
    page.line(shown!("  {} {}", paint(WARN, shown!("{} is under way:", visible(what))), holder));
    let id = promotion.promotion_id;
    if past {
        return;
    }
    page.line(paint(DIM, format!("    to go on: promoledger resume {id}; to end it: promoledger abort {id} --reason WHY")));
}

fn request(page: &mut Page, row: &RequestRow, now: Timestamp, past: bool) {
    let RequestRow { spot, version, by, granted, sequence, .. } = row;
    let what = paint(WARN, shown!("{} {} waits for approval to enter {}:", spot.component, version, spot.environment));
    let given = count(*granted, "yes so far", "yes so far");
    page.line(shown!("  {} {}, asked by {} since {}, entry {}", what, given, by, since(row.since, now), sequence));
    if !past {
        let until = row.expires.to_minute();
        page.line(paint(
            DIM,
            format!("    before {until}: promoledger approve seq:{sequence}, or promoledger reject seq:{sequence} --reason WHY"),
        ));
    }
}

fn unreviewed(page: &mut Page, row: &OverrideRow, now: Timestamp, past: bool) {
    let OverrideRow { spot, version, by, justification, sequence, .. } = row;
    let guards = row.guards.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let what = paint(BAD, shown!("GUARDS OVERRIDDEN, not reviewed: {} {} to {}", spot.component, version, spot.environment));
    let who = shown!("{} passed by {} since {}, entry {}: \"{}\"", guards, by, since(row.since, now), sequence, justification);
    page.line(shown!("  {}  {}", what, who));
    if !past {
        let id = row.promotion_id;
        page.line(paint(DIM, format!("    somebody else has to: promoledger review {id} --finding justified|unjustified --note WHAT")));
    }
}

fn history<'a>(past: impl Iterator<Item = &'a PastRow>, now: Timestamp) -> Table {
    let mut table = Table::new(&["environment", "component", "version", "digest", "from (UTC)", "to (UTC)", "by", "note"]);
    for row in past {
        table.row(vec![
            visible(&row.spot.environment),
            visible(&row.spot.component),
            visible(&row.version),
            row.digest.as_ref().map_or_else(|| paint(DIM, "–"), |digest| visible(short(digest))),
            visible(moment(row.since, now)),
            row.until.map_or_else(|| visible("now"), |time| visible(moment(time, now))),
            visible(&row.by),
            visible(notes(row)),
        ]);
    }
    table
}

/// How it came and how it went, where that was by a rollback; and whether only imported history says so.
pub(in crate::commands) fn notes(row: &PastRow) -> String {
    let came = (row.kind == Kind::Rollback.as_str()).then_some("by rollback");
    let went = row.left_by_rollback.then_some("rolled back");
    let said = row.is_asserted().then_some("imported");
    came.into_iter().chain(went).chain(said).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use promotion_ledger::meaning::facts::Lock;
    use promotion_ledger::meaning::id::Sequence;
    use promotion_replay::models::rows::Spot;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn locked(component: Option<&str>, reason: &str) -> LockRow {
        LockRow {
            pipeline: "shop".parse().unwrap(),
            environment: "prod".parse().unwrap(),
            lock: Lock {
                component: component.map(|name| name.parse().unwrap()),
                owner: "sre@acme.example".parse().unwrap(),
                reason: reason.parse().unwrap(),
                sequence: Sequence::new(40),
                since: at("2026-11-18T10:30:00.000000Z"),
                expires: None,
            },
            lifted: None,
        }
    }

    fn place(environment: &str, component: &str) -> PlaceRow {
        let (environment, component) = (environment.parse().unwrap(), component.parse().unwrap());
        let spot = Spot { pipeline: "shop".parse().unwrap(), environment, component };
        PlaceRow { spot, holder: None, under_way: None }
    }

    // proves: FR-039
    #[test]
    fn a_lock_says_why_who_and_since_when_without_colour() {
        let now = at("2026-11-18T12:31:00.000000Z");
        let whole = lock(&locked(None, "Incident 123: \u{1b}[2Jmigration"), now).plain();
        let expected = r#"prod is locked: "Incident 123: \u{1b}[2Jmigration", by sre@acme.example since 10:30 (2 h), entry 40"#;
        assert_eq!(whole, expected);
        assert!(lock(&locked(Some("api"), "freeze"), now).plain().starts_with("api in prod is locked: \"freeze\""));
    }

    // proves: FR-039
    #[test]
    fn places_are_marked_that_a_lock_concerns() {
        let locks = vec![locked(Some("api"), "freeze")];
        let mut found = Found { locks, ..Found::default() };
        assert!(found.is_locked(&place("prod", "api")));
        assert!(!found.is_locked(&place("prod", "web")));
        assert!(!found.is_locked(&place("dev", "api")));
        found.locks.push(locked(None, "incident"));
        assert!(found.is_locked(&place("prod", "web")));
        assert_eq!(environment(&"prod".parse().unwrap(), true).plain(), "prod (locked)");
    }
}
