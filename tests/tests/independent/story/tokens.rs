//! Tokens of a story: who shows one before they do what only its groups may do, and tokens at the edges.

use serde_json::{Value, json};

use super::edges::{self, LAST};
use super::people::{ANA, BEN, Person};
use super::{COMPONENTS, PIPELINE, Story, digest};
use crate::case::Case;

const ISSUER: &str = "https://ci.harbour.example";
/// How long a token of a story is good, and for how long it must still be good when somebody relies on it.
const VALID: i64 = 86_400;
const ENOUGH: i64 = 43_200;

/// Whose tokens are believed: some give the pilots, and some nobody.
pub(super) fn issuers() -> Value {
    let claim = |value: &str| json!({"name": "repository", "value": value});
    let group = |name: &str, values: &[&str]| json!({"claims": values.iter().map(|value| claim(value)).collect::<Vec<_>>(), "name": name});
    let groups =
        json!([group("pilots", &["harbour/ops", "harbour/shop"]), group("gulls", &["harbour/é"]), group("pilots", &["harbour/shop"])]);
    json!([
        {"audience": "promoledger", "groups": groups, "issuer": ISSUER, "keys": "{\"keys\":[]}", "principal": "ci:{repository}"},
        {"audience": "promoledger", "issuer": "https://sso.harbour.example", "principal": "{email}"},
    ])
}

impl Story {
    /// Shows a token, where one may be needed, unless one was shown that is good for long enough.
    pub(super) fn show_token(&mut self, person: &'static Person, stage: usize) {
        let shown = self.tokens.get(person.principal).copied().unwrap_or(i64::MIN);
        if stage != 2 || self.scheme.is_none() || shown >= self.seconds + ENOUGH {
            return;
        }
        self.tick();
        let until = self.seconds + VALID - i64::from(self.dice.byte());
        let groups = if self.dice.once_in(2) { json!(["gulls", "pilots"]) } else { json!(["pilots"]) };
        let data = token(&groups, &self.time(until));
        self.write_now(person, "identity.proven", data);
        self.tokens.insert(person.principal, until);
    }
}

fn token(groups: &Value, expires: &str) -> Value {
    json!({
        "expires": expires, "groups": groups, "issuer": ISSUER, "pipeline": PIPELINE, "subject": "repo:harbour/shop", "token": digest(5, 5),
    })
}

/// A lock that rests on a token: just before, when and after it is over; after somebody else showed one, and after the clock fell.
pub(super) fn tokens() -> Vec<Case> {
    let of = |(name, expires, other, falls_to, then): (&str, i64, Option<i64>, Option<i64>, i64)| {
        let mut story = edges::story(&format!("token-{name}"));
        story.create(1);
        let mut rules = story.rules();
        rules["issuers"] = issuers();
        rules["environments"][0]["authorization"] = json!({"groups": ["pilots"], "operators": ["nobody"]});
        story.write(&ANA, "manifest.adopted", json!({"rules": rules}));
        story.seconds = 10_000;
        let data = token(&json!(["pilots"]), &story.time(expires));
        story.write_now(&BEN, "identity.proven", data);
        if let Some(at) = other {
            story.seconds = at;
            let data = token(&json!([]), &story.time((at + 10).min(LAST)));
            story.write_now(&ANA, "identity.proven", data);
        }
        if let Some(at) = falls_to {
            story.seconds = at;
            story.write_now(&ANA, "clock.corrected", json!({"reason": "it was ahead"}));
        }
        story.seconds = then;
        let lock = json!({"component": COMPONENTS[0], "environment": "dev", "pipeline": PIPELINE, "reason": "on a token"});
        story.write_now(&BEN, "environment.locked", lock);
        story.case
    };
    let day = 10_000 + VALID;
    vec![
        of(("before", 10_100, None, None, 10_099)),
        of(("when", 10_100, None, None, 10_100)),
        of(("after", 10_100, None, None, 10_101)),
        of(("over", 10_000, None, None, 10_000)),
        of(("for-a-day", day, None, None, day - 1)),
        of(("for-longer", day + 1, None, None, 10_000)),
        of(("for-ever", LAST, None, None, 10_000)),
        of(("beside-another", 10_100, Some(10_099), None, 10_099)),
        of(("fallen", 10_100, None, Some(9_000), 9_001)),
        of(("not-forgotten", 10_100, Some(10_099), Some(10_050), 10_060)),
        of(("forgotten", 10_100, Some(10_100), Some(10_050), 10_060)),
    ]
}
