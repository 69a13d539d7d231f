//! The law of keys: who may add and revoke them, and how many it takes.

use crate::mutants::mutant::{Mutant, check, check_by};

const KEYS: &str = "meaning/law/keys.rs";

pub(super) const CHECKS: &[Mutant] = &[
    check(
        "law format level: a ledger begins with 1",
        KEYS,
        "require(«event.format == LEVEL», Rule::FormatLevel",
        "true",
        "law-format-level-of-genesis",
    ),
    check(
        "law key reuse: the first keys differ",
        KEYS,
        "require(«distinct.len() == all().count()», Rule::KeyReuse",
        "true",
        "law-key-reuse-by-recovery law-key-reuse-in-genesis",
    ),
    check(
        "law admin threshold: only admins are counted",
        KEYS,
        "event.keys.iter().filter(|key| «key.grants.iter().any(Grant::is_admin)»).map(",
        "true",
        "law-admin-threshold-narrowed",
    ),
    check(
        "law admin threshold: as many admins as it takes",
        KEYS,
        "require(«(1..=admins.len()).contains(&needed)», Rule::AdminThreshold",
        "true",
        "law-admin-threshold-narrowed law-admin-threshold-one-person law-admin-threshold-too-high law-admin-threshold-zero",
    ),
    check_by(
        "law live key: entry 0 by one of its keys",
        KEYS,
        "event.keys.iter().find(|key| «key.name == entry.key.name && key.public == entry.key.public»); let Some(signer) = signer else { return Err(Unlawful::new(Rule::LiveKey,",
        "true",
        ("meaning", "lawful::ledger::a_ledger_begins_with_different_keys_enough_admins_and_this_format"),
    ),
    check(
        "law grant: entry 0 by an admin",
        KEYS,
        "require(«signer.grants.iter().any(Grant::is_admin)», Rule::Grant",
        "true",
        "law-grant-of-genesis law-grant-of-genesis-narrowed",
    ),
    check("law actor: of entry 0", KEYS, "require(«signer.principal == entry.actor», Rule::Actor", "true", "law-actor-of-genesis"),
    check(
        "law admin threshold: an addition by one alone",
        KEYS,
        "signer: &KeyRecord) -> Result<(), Unlawful> { «alone(state, signer)?»; addition(state, key)",
        "()",
        "law-admin-threshold-addition",
    ),
    check(
        "law admin threshold: a revocation by one alone",
        KEYS,
        "«alone(state, signer)?»; revocation(state, event)",
        "()",
        "law-admin-threshold-revocation",
    ),
    check(
        "law admin threshold: one alone, or the recovery key",
        KEYS,
        "require(«signer.recovery || needed == 1», Rule::AdminThreshold",
        "true",
        "law-admin-threshold-addition law-admin-threshold-revocation",
    ),
    check(
        "law endorsement: proposed by an admin",
        KEYS,
        "«admin(signer)?»; change(state, &event.change)",
        "()",
        "law-endorsement-of-a-clerk",
    ),
    check("law endorsement: endorsed by an admin", KEYS, "«admin(signer)?»; let Some(proposal)", "()", "law-endorsement-by-a-clerk"),
    check(
        "law endorsement: by admins",
        KEYS,
        "require(«signer.is_admin()», Rule::Endorsement",
        "true",
        "law-endorsement-by-a-clerk law-endorsement-of-a-clerk",
    ),
    check(
        "law endorsement: of a proposal that waits",
        KEYS,
        "return «Err(Unlawful::new(Rule::Endorsement, format!(\"entry {} must be a proposal that still waits\", event.proposal)))»",
        "Ok(())",
        "law-endorsement-of-nothing law-endorsement-too-late",
    ),
    check(
        "law endorsement: each once",
        KEYS,
        "require(«!proposal.endorsed_by.contains(&signer.principal)», Rule::Endorsement",
        "true",
        "law-endorsement-as-another law-endorsement-by-a-second-key law-endorsement-of-ones-own
         law-endorsement-proposed-as-another",
    ),
    check(
        "law endorsement: what takes effect is lawful",
        KEYS,
        "if «takes_effect» { change(state, &proposal.change) }",
        "false",
        "law-revocation-endorsed",
    ),
    check("law key reuse: a public key once, ever", KEYS, "require(«known.is_none()», Rule::KeyReuse", "true", "law-key-reuse"),
    check(
        "law revocation: of that name",
        KEYS,
        "|record: &&KeyRecord| «record.key.name == event.name» &&",
        "true",
        "law-revocation-name law-revocation-public",
    ),
    check(
        "law revocation: of that public key",
        KEYS,
        "record.key.name == event.name && «record.key.public == event.public»",
        "true",
        "law-revocation-public",
    ),
    check(
        "law revocation: of a key that is there",
        KEYS,
        "return «Err(Unlawful::new(Rule::Revocation, format!(\"key {} must be live to be revoked\", event.name)))»",
        "Ok(())",
        "law-revocation-endorsed law-revocation-name law-revocation-of-no-key law-revocation-public law-revocation-twice",
    ),
    check(
        "law revocation: of a live key",
        KEYS,
        "find(matches).filter(|record| «record.is_live()»)",
        "true",
        "law-revocation-endorsed law-revocation-twice",
    ),
    check(
        "law revocation: enough admins remain",
        KEYS,
        "require(«!record.is_admin() || remaining.len() >= core.needed()», Rule::Revocation",
        "true",
        "law-revocation-below-the-threshold law-revocation-leaves-the-recovery-key law-revocation-of-the-last-admin
         law-revocation-of-the-last-whole-admin",
    ),
    check(
        "law revocation: only admins remain admins",
        KEYS,
        "filter(|other| «other.is_admin()» && other.key != record.key)",
        "true",
        "law-revocation-leaves-the-recovery-key law-revocation-of-the-last-whole-admin",
    ),
    check(
        "law revocation: who goes does not remain",
        KEYS,
        "filter(|other| other.is_admin() && «other.key != record.key»)",
        "true",
        "law-revocation-below-the-threshold law-revocation-leaves-the-recovery-key law-revocation-of-the-last-admin
         law-revocation-of-the-last-whole-admin",
    ),
];
