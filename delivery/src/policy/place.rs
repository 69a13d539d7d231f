//! Where in a policy something is wrong, read from what the interpreter says.

use std::fmt;

/// A place in a policy's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The policy's name.
    pub policy: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}, column {}", self.policy, self.line, self.column)
    }
}

/// How much of the interpreter's words is kept, in characters.
const LONGEST: usize = 300;

/// Takes the interpreter's message apart: `--> NAME:LINE:COLUMN`, the line itself, and behind `error:` what is wrong.
pub(super) fn located(message: &str) -> (Option<Place>, String) {
    let place = message.lines().find_map(|line| line.trim().strip_prefix("--> ")).and_then(parse);
    let what = message.split_once("error: ").map_or(message, |(_, what)| what);
    let first = what.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason is given");
    (place, shortened(first, LONGEST))
}

fn parse(place: &str) -> Option<Place> {
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.trim().parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(Place { policy: parts.next()?.to_owned(), line, column })
}

/// The text, or so many of its characters and the sign that there are more.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_from_messages() {
        let (place, what) = located("\n--> a:b.rego:12:7\n   |\n12 | x\n   |   ^\nerror: expecting `)` here\nmore");
        assert_eq!(place, Some(Place { policy: "a:b.rego".to_owned(), line: 12, column: 7 }));
        assert_eq!(what, "expecting `)` here");
        assert_eq!(located("internal"), (None, "internal".to_owned()));
        assert_eq!(located("--> x\nerror: \n\n"), (None, "no reason is given".to_owned()));
        assert_eq!(shortened("äöü", 2), "äö…");
        assert_eq!(shortened("äö", 2), "äö");
    }
}
