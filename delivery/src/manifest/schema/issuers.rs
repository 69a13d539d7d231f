//! The schema of issuers of ID tokens.

use promotion_ledger::meaning::names::Group;
use serde_json::{Value, json};

use super::super::shape::{GROUP_GIVEN, ISSUER, MOST_CLAIMS, MOST_GROUPS, MOST_ISSUERS};
use super::forms::{about, list, object, text, visible};

pub(super) fn issuers() -> Value {
    list(issuer(), 0, MOST_ISSUERS, "Whose ID tokens say who somebody is.")
}

fn issuer() -> Value {
    let values = [
        about("Its URL, as its tokens say it.", text()),
        about("For whom its tokens must be made.", text()),
        about("How the claims of a token name a principal, such as github:{repository}.", text()),
        about("The path of a file with its public keys, a JWK Set; without it they are fetched from the issuer.", text()),
        list(group(), 0, MOST_GROUPS, "The groups that its tokens give."),
    ];
    object(ISSUER, &["issuer", "audience", "principal"], "Somebody whose ID tokens are believed.", values)
}

fn group() -> Value {
    let claims = json!({
        "description": "What a token must claim, all of it: each claim is this text, or a list that holds it.",
        "type": "object",
        "minProperties": 1,
        "maxProperties": MOST_CLAIMS,
        "propertyNames": text(),
        "additionalProperties": text(),
    });
    let values = [about("The group.", visible(Group::RULE)), claims];
    object(GROUP_GIVEN, GROUP_GIVEN, "A group, and the claims that give it.", values)
}
