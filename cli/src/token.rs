//! The token that says who somebody is: where it is taken from, and what it comes to under the rules in force.

use std::fs;

use promotion_delivery::evidence::{json, kept};
use promotion_delivery::identity::{Discovery, Issuer, LONGEST_LIFE_SECONDS, Proven, prove};
use promotion_delivery::session::ShownToken;
use promotion_ledger::meaning::event::identity::IdentityProven;
use promotion_ledger::meaning::names::{Pipeline, Principal, Reason};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::Rules;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::error::{CommandError, file};
use crate::machine::{SystemPace, SystemRandom};

/// The variable that may hold a token itself, as CI systems give it.
const TOKEN_VARIABLE: &str = "PROMOLEDGER_ID_TOKEN";

/// Somebody whom a token names.
pub(crate) struct Person {
    pub(crate) principal: Principal,
    pub(crate) token: ShownToken,
}

/// Whom the token names that was given; nobody where none was, or where the rules believe no issuer.
pub(crate) fn person(context: &Context, rules: &Rules) -> Result<Option<Person>, CommandError> {
    let Some(text) = given(context)? else { return Ok(None) };
    if rules.issuers().is_empty() {
        context.warn(format!("a token is given, and the rules of {} believe no issuer: it says nothing here", rules.pipeline()));
        return Ok(None);
    }
    let issuers = rules.issuers().iter().map(Issuer::try_from).collect::<Result<Vec<_>, _>>();
    let issuers =
        issuers.map_err(|error| CommandError::usage(format!("the rules in force name an issuer that cannot be used: {error}")))?;
    let mut settings = promotion_delivery::registry::Settings::new(std::sync::Arc::new(SystemPace::new()));
    settings.ca_files = context.path_variable("PROMOLEDGER_CA_FILE").into_iter().collect();
    let proven = prove(&text, &issuers, &Discovery::new(settings), context.now());
    let proven = proven.map_err(|error| CommandError::new(error.exit_code(), error.to_string()).hint(error.hint()))?;
    let principal = proven.principal.clone();
    named_alike(context, &principal)?;
    Ok(Some(Person { principal, token: shown(context, rules.pipeline(), proven)? }))
}

/// The token: out of its file or its variable.
fn given(context: &Context) -> Result<Option<Zeroizing<String>>, CommandError> {
    let text = match (&context.global.id_token_file, context.variable(TOKEN_VARIABLE)) {
        (Some(path), _) => fs::read_to_string(path).map_err(|error| file(path, "read", &error))?,
        (None, Some(text)) => text.to_str().ok_or_else(|| CommandError::usage(format!("{TOKEN_VARIABLE} is not text")))?.to_owned(),
        (None, None) => return Ok(None),
    };
    let text = Zeroizing::new(text);
    Ok(Some(Zeroizing::new(text.trim().to_owned())))
}

fn named_alike(context: &Context, principal: &Principal) -> Result<(), CommandError> {
    match context.global.actor.as_ref().filter(|actor| *actor != principal) {
        None => Ok(()),
        Some(actor) => {
            Err(CommandError::usage(format!("the token is of {principal}, and --actor says {actor}"))
                .hint("leave --actor away, or the token"))
        }
    }
}

fn shown(context: &Context, pipeline: &Pipeline, proven: Proven) -> Result<ShownToken, CommandError> {
    let Proven { issuer, subject, groups, expires, token, claims, .. } = proven;
    let text = |what: &str, text: String| {
        let length = text.len();
        Reason::new(text).map_err(|_| CommandError::usage(format!("the token's {what} has {length} bytes: expected 1 to 1024, not blank")))
    };
    let (evidence, claims) = kept(claims, json(), &SystemRandom);
    let latest = context.now().plus_seconds(LONGEST_LIFE_SECONDS);
    let proven = IdentityProven {
        evidence: Some(evidence),
        expires: expires.min(latest),
        groups,
        issuer: text("issuer", issuer)?,
        pipeline: pipeline.clone(),
        subject: text("subject", subject)?,
        token,
    };
    Ok(ShownToken { proven, claims })
}

/// What the key needs besides when a token names whom it does not stand for.
pub(crate) fn explain(error: CommandError, principal: &Principal) -> CommandError {
    if error.code != ExitCode::NotAuthorized || error.hint.is_some() {
        return error;
    }
    error.hint(format!("an admin lets the key act for whom tokens name: promoledger keys add … --act-for {principal}"))
}
