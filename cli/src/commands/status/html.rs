//! The status as a page for browsers: one file, no script, nothing loaded from anywhere.

use maud::{DOCTYPE, Markup, Render, html};
use promotion_ledger::meaning::time::Timestamp;

use crate::hidden::visible;
use crate::page::short;
use crate::views::halt::Halted;
use crate::views::status::{EnvironmentRow, LockHeld, Status, UnderWay};
use crate::views::word::{Unreviewed, Waiting};

/// What a browser may do with the page: show it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;padding:.35rem .8rem .35rem 0;border-bottom:1px solid #d8dee4;vertical-align:top}\
code{font-family:ui-monospace,monospace}.shout{border-left:.3rem solid #b42318;padding-left:.8rem}footer{margin-top:3rem;color:#57606a}\
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}footer{color:#8d96a0}}";

/// A text of somebody's, with what is hidden in it spelled out.
struct Text<'a>(&'a str);

impl Render for Text<'_> {
    fn render_to(&self, buffer: &mut String) {
        visible(self.0).render_to(buffer);
    }
}

/// The whole page, as it was made at that time.
pub(super) fn document(status: &Status, made: Timestamp) -> String {
    let title = format!("What is where: {}", status.ledger.origin);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width";
                title { (Text(&title)) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                h1 { (Text(&title)) }
                (halts(&status.halts))
                (overridden(&status.unreviewed))
                @for pipeline in &status.pipelines {
                    h2 { (Text(&pipeline.pipeline)) ": " (Text(&pipeline.path.join(" → "))) }
                    (places(status.environments.iter().filter(|row| row.pipeline == pipeline.pipeline)))
                }
                (under_way(&status.under_way))
                (locks(&status.locks))
                (waiting(&status.waiting))
                footer {
                    p {
                        "Entry " (status.ledger.size.saturating_sub(1)) " of ledger " code { (Text(&status.ledger.genesis)) }
                        @if let Some(time) = status.at.as_ref().and_then(|at| at.time.as_deref()) { ", as it stood at " (Text(time)) }
                        "; made " (made.to_minute()) " by promoledger."
                    }
                }
            }
        }
    };
    page.into_string()
}

/// What must not be overlooked stands first.
fn halts(rows: &[Halted]) -> Markup {
    html! {
        @for row in rows {
            p.shout role="alert" {
                strong { "Halted: " }
                (Text(&row.pipeline)) " takes no promotions since " (Text(&row.since)) ": "
                @if let Some(component) = &row.component { (Text(component)) " in " }
                (Text(&row.environment)) " failed, by " (Text(&row.by)) ": " (Text(&row.reason))
            }
        }
    }
}

fn overridden(unreviewed: &[Unreviewed]) -> Markup {
    html! {
        @for row in unreviewed {
            p.shout role="alert" {
                strong { "Guards overridden, not reviewed: " }
                (Text(&row.component)) " " (Text(&row.version)) " to " (Text(&row.environment)) ": passed "
                (Text(&row.guards.join(", "))) ", by " (Text(&row.by)) ": " (Text(&row.justification))
            }
        }
    }
}

fn places<'a>(rows: impl Iterator<Item = &'a EnvironmentRow>) -> Markup {
    html! {
        table {
            thead { tr { th { "environment" } th { "component" } th { "version" } th { "digest" } th { "since" } th { "by" } th {} } }
            tbody {
                @for row in rows {
                    tr {
                        td { (Text(&row.environment)) }
                        td { (Text(&row.component)) }
                        td { (Text(row.version.as_deref().unwrap_or("nothing"))) }
                        td { @if let Some(digest) = &row.artifact_digest { code title=(digest) { (short(digest)) } } }
                        td { (Text(row.since.as_deref().unwrap_or_default())) }
                        td { (Text(row.by.as_deref().unwrap_or_default())) }
                        td { @if row.locked { "locked " } @if row.asserted { "imported" } }
                    }
                }
            }
        }
    }
}

fn under_way(rows: &[UnderWay]) -> Markup {
    let line = |row: &UnderWay| {
        format!("{} of {} {} into {}, by {} since {}", row.kind, row.component, row.version, row.environment, row.holder, row.since)
    };
    listed("Under way", rows, line)
}

fn locks(rows: &[LockHeld]) -> Markup {
    let line = |row: &LockHeld| {
        let component = row.component.as_ref().map_or(String::new(), |component| format!("{component} in "));
        let until = row.expires.as_ref().map_or(String::new(), |expires| format!(", until {expires}"));
        format!("{component}{}: \"{}\", by {} since {}{until}", row.environment, row.reason, row.by, row.since)
    };
    listed("Locked", rows, line)
}

fn waiting(rows: &[Waiting]) -> Markup {
    let line = |row: &Waiting| {
        format!(
            "{} {} for {}: asked by {} with entry {}, {} given, over {}",
            row.component, row.version, row.environment, row.by, row.request, row.granted, row.expires
        )
    };
    listed("Waiting for approval", rows, line)
}

/// A list under its title; nothing where it is empty.
fn listed<T>(title: &str, rows: &[T], line: impl Fn(&T) -> String) -> Markup {
    html! {
        @if !rows.is_empty() {
            h2 { (title) }
            ul { @for row in rows { li { (Text(&line(row))) } } }
        }
    }
}
