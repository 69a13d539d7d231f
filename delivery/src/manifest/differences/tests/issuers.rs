//! What changes about issuers of ID tokens.

use super::{COMPONENTS, between, text};

const ISSUER: &str = "issuer: 'https://a.example', audience: a, principal: 'ci:{sub}'";

fn change(old: &str, new: &str) -> Vec<String> {
    let with = |issuers: &str| text(COMPONENTS, "[dev]", &format!("    issuers: [{issuers}]\n"));
    between(&with(old), &with(new))
}

// proves: FR-045, FR-046
#[test]
fn whoever_may_say_more_of_people_loosens() {
    let one = format!("{{{ISSUER}}}");
    let groups = |groups: &str| format!("{{{ISSUER}, groups: [{groups}]}}");
    assert_eq!(change("", &one), ["loosens: tokens of https://a.example now say who somebody is: ci:{sub}"]);
    assert_eq!(
        change("", &groups("{group: ops, claims: {x: u, b: c}}")),
        ["loosens: tokens of https://a.example now say who somebody is: ci:{sub}, and give ops if b=c and x=u"]
    );
    assert_eq!(change(&one, ""), ["tokens of https://a.example no longer say who somebody is"]);
    assert_eq!(
        change(&groups("{group: ops, claims: {x: u}}"), &groups("{group: ops, claims: {x: z}}")),
        ["loosens: tokens of https://a.example now give ops if x=z", "tokens of https://a.example no longer give ops if x=u"]
    );
    let other = [
        ("audience: a", "audience: b", "tokens of https://a.example must now be made for b, no longer for a"),
        ("'ci:{sub}'", "'x:{sub}'", "tokens of https://a.example now name x:{sub}, no longer ci:{sub}"),
        ("'ci:{sub}'", "'ci:{sub}', keys: ci.jwks.json", "the keys of https://a.example are pinned, and no longer fetched from it"),
    ];
    for (was, is, told) in other {
        assert_eq!(change(&one, &one.replace(was, is)), [format!("loosens: {told}")]);
    }
    let pinned = one.replace("'ci:{sub}'", "'ci:{sub}', keys: ci.jwks.json");
    assert_eq!(change(&pinned, &one), ["loosens: the keys of https://a.example are fetched from it, and no longer pinned"]);
    assert_eq!(change(&one, &one), [""; 0]);
}
