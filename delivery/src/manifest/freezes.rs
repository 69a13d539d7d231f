//! Freezes of an environment: read in the three ways that people write them, and written out up to a horizon.

use promotion_ledger::meaning::rules::{FreezeRule, Window};
use promotion_ledger::meaning::time::Timestamp;

use super::cursor::{Cursor, Fields};
use super::error::{ManifestError, Path};
use super::shape::{DATES, EVERY_WEEK, MOST_FREEZES, MOST_OPEN_DAYS, MOST_WEEKDAYS, RECURRING, WEEKLY};
use super::yaml::Value;
use crate::calendar::{Dates, Expanded, Freeze, InvalidFreeze, Lasting, Limits, Recurring, Weekly, expand};

const FREEZE: &str = "a freeze";
const LASTING: &str = "either `duration` or `end`";

/// Reads the freezes and writes out those that are not over at `now`; none where nothing is left of them.
pub(super) fn freezes(at: &Cursor<'_>, now: Timestamp) -> Result<Option<FreezeRule>, ManifestError> {
    let freezes = at.each("a list of freezes", MOST_FREEZES, |at, earlier: &[Freeze]| {
        let freeze = freeze(at)?;
        let again = earlier.iter().any(|other| other.name() == freeze.name());
        if again { Err(at.again("freeze", freeze.name().as_str())) } else { Ok(freeze) }
    })?;
    let Expanded { intervals, known_until } = expand(&freezes, now, Limits::two_years_from(now))
        .map_err(|error| at.error("freezes that can be written out", error.to_string()))?;
    let windows: Vec<Window> =
        intervals.into_iter().map(|interval| Window { from: interval.from, name: interval.name, until: interval.until }).collect();
    Ok((!windows.is_empty() || known_until.is_some()).then_some(FreezeRule { known_until, windows }))
}

fn freeze(at: &Cursor<'_>) -> Result<Freeze, ManifestError> {
    if at.peek("weekly").is_some() {
        weekly(at)
    } else if at.peek("rule").is_some() {
        recurring(at)
    } else {
        dates(at)
    }
}

fn dates(at: &Cursor<'_>) -> Result<Freeze, ManifestError> {
    let fields = at.fields(DATES)?;
    let name = fields.must(FREEZE, "name", name)?;
    let from = fields.must(FREEZE, "from", date)?;
    let until = fields.must(FREEZE, "until", date)?;
    let zone = fields.must(FREEZE, "zone", zone)?;
    made(at, &fields, Freeze::dates(&name, &Dates { from: &from, until: &until, zone: &zone }))
}

fn weekly(at: &Cursor<'_>) -> Result<Freeze, ManifestError> {
    let fields = at.fields(EVERY_WEEK)?;
    let name = fields.must(FREEZE, "name", name)?;
    let Week { days, from, until } = fields.must(FREEZE, "weekly", week)?;
    let zone = fields.must(FREEZE, "zone", zone)?;
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    made(at, &fields, Freeze::weekly(&name, &Weekly { days: &days, from: &from, until: &until, zone: &zone }))
}

fn recurring(at: &Cursor<'_>) -> Result<Freeze, ManifestError> {
    let fields = at.fields(RECURRING)?;
    let name = fields.must(FREEZE, "name", name)?;
    let rule = fields.must(FREEZE, "rule", |at| owned(at.text("a rule of RFC 5545 such as FREQ=MONTHLY;BYDAY=2TU")))?;
    let start = fields.must(FREEZE, "start", date)?;
    let duration = fields.read("duration", |at| owned(at.text("a duration of RFC 5545 such as PT8H or P2D")))?;
    let end = fields.read("end", date)?;
    let zone = fields.must(FREEZE, "zone", zone)?;
    let lasting = match (&duration, &end) {
        (Some(duration), None) => Lasting::Duration(duration),
        (None, Some(end)) => Lasting::End(end),
        (Some(_), Some(_)) => return Err(at.error(LASTING, "both").hinting("keep one of the two".to_owned())),
        (None, None) => return Err(at.error(LASTING, "neither").hinting("write how long it lasts: `duration: PT8H`".to_owned())),
    };
    made(at, &fields, Freeze::recurring(&name, &Recurring { start: &start, rule: &rule, lasting, zone: &zone }))
}

struct Week {
    days: Vec<String>,
    from: String,
    until: String,
}

fn week(at: &Cursor<'_>) -> Result<Week, ManifestError> {
    let fields = at.fields(WEEKLY)?;
    let days = fields.read("days", |at| {
        let days = at.each("a list of days such as [sat, sun]", MOST_WEEKDAYS, |at, _| owned(at.text("a day such as sat")))?;
        if days.is_empty() { Err(at.unlike("at least one day")) } else { Ok(days) }
    })?;
    let clock = |at: &Cursor<'_>| owned(at.text("a clock time in quotes such as \"16:00\", or a day and a clock time such as fri 16:00"));
    let from = fields.must("a weekly freeze", "from", clock)?;
    let until = fields.must("a weekly freeze", "until", clock)?;
    Ok(Week { days: days.unwrap_or_default(), from, until })
}

fn name(at: &Cursor<'_>) -> Result<String, ManifestError> {
    owned(at.text("a name, which says why nothing is promoted"))
}

fn zone(at: &Cursor<'_>) -> Result<String, ManifestError> {
    owned(at.text("a time zone such as Europe/Berlin, or UTC"))
}

fn date(at: &Cursor<'_>) -> Result<String, ManifestError> {
    owned(at.date_or_text("a date or a local time such as 2026-12-20 or 2026-12-20T18:00"))
}

fn owned(text: Result<&str, ManifestError>) -> Result<String, ManifestError> {
    text.map(str::to_owned)
}

/// The freeze with its open days, or the fault with its place.
fn made(at: &Cursor<'_>, fields: &Fields<'_>, freeze: Result<Freeze, InvalidFreeze>) -> Result<Freeze, ManifestError> {
    let open = fields.read("open", |at| at.each("a list of dates", MOST_OPEN_DAYS, |at, _| date(at)))?.unwrap_or_default();
    let open: Vec<&str> = open.iter().map(String::as_str).collect();
    freeze.and_then(|freeze| freeze.leaving_open(&open)).map_err(|fault| placed(at, &fault))
}

/// Gives a fault the place of the field that it is about.
fn placed(at: &Cursor<'_>, fault: &InvalidFreeze) -> ManifestError {
    if let Some(node) = at.peek(fault.field()) {
        let field = Cursor::new(node, Path::Key(at.path(), fault.field()));
        return item(&field, fault);
    }
    match at.peek("weekly") {
        Some(node) => placed(&Cursor::new(node, Path::Key(at.path(), "weekly")), fault),
        None => told(at, fault),
    }
}

fn item(at: &Cursor<'_>, fault: &InvalidFreeze) -> ManifestError {
    match (&at.node().value, fault.place()) {
        (Value::List(items), Some(place)) => {
            items.get(place).map_or_else(|| told(at, fault), |node| told(&Cursor::new(node, Path::Item(at.path(), place)), fault))
        }
        _ => told(at, fault),
    }
}

fn told(at: &Cursor<'_>, fault: &InvalidFreeze) -> ManifestError {
    at.error(fault.expected(), fault.found()).hinting(fault.hint().map(str::to_owned))
}
