//! Whose signatures of artifacts count, and what they must say.

use promotion_ledger::meaning::names::{Document, Reason};
use promotion_ledger::meaning::rules::{AnnotationRule, IdentityRule, VerificationRule};

use super::cursor::{Cursor, Fields};
use super::error::{ManifestError, Path};
use super::files::{Files, document};
use super::shape::{IDENTITY, MOST_ANNOTATIONS, MOST_IDENTITIES, MOST_KEYS, VERIFICATION};
use super::yaml::Entry;
use crate::signature::{Pattern, Policy, PolicyError};

/// What a key in PEM form begins with; any other text is a path.
const PEM: &str = "-----BEGIN";

/// Reads `verification`.
pub(super) fn verification(at: &Cursor<'_>, files: &dyn Files) -> Result<VerificationRule, ManifestError> {
    let fields = at.fields(VERIFICATION)?;
    let trust_root = |at: &Cursor<'_>| document(at, files, at.text("the path of a trust root's file")?);
    let rule = VerificationRule {
        annotations: fields.read("annotations", annotations)?.unwrap_or_default(),
        identities: fields.read("identities", identities)?.unwrap_or_default(),
        keys: fields.read("keys", |at| keys(at, files))?.unwrap_or_default(),
        trust_root: fields.read("trust_root", trust_root)?,
    };
    match Policy::try_from(&rule) {
        Ok(_) => Ok(rule),
        Err(error) => Err(unusable(at, &fields, &error)),
    }
}

fn keys(at: &Cursor<'_>, files: &dyn Files) -> Result<Vec<Document>, ManifestError> {
    at.each("a list of public keys", MOST_KEYS, |at, earlier: &[Document]| {
        let text = at.text("the path of a public key's file, or the key itself in PEM form")?;
        let key: Document = if text.starts_with(PEM) { at.name("a public key")? } else { document(at, files, text)? };
        // A file and a quoted text end differently and are one key.
        let key = Document::new(key.as_str().trim()).map_err(|invalid| at.unlike(format!("a public key of {}", invalid.expected)))?;
        if earlier.contains(&key) { Err(at.again("key", text)) } else { Ok(key) }
    })
}

fn identities(at: &Cursor<'_>) -> Result<Vec<IdentityRule>, ManifestError> {
    at.each("a list of identities", MOST_IDENTITIES, |at, earlier: &[IdentityRule]| {
        let fields = at.fields(IDENTITY)?;
        let rule = IdentityRule {
            identity: fields.must("an identity", "identity", pattern)?,
            issuer: fields.must("an identity", "issuer", pattern)?,
        };
        if earlier.contains(&rule) { Err(at.again("identity", rule.identity.as_str())) } else { Ok(rule) }
    })
}

fn pattern(at: &Cursor<'_>) -> Result<Reason, ManifestError> {
    let text: Reason = at.name("a pattern")?;
    let named = Pattern::new(text.as_str()).is_ok();
    let hint = "a `*` stands for anything, and by itself it would let anybody sign";
    if named { Ok(text) } else { Err(at.unlike("a pattern with more in it than `*`").hinting(hint.to_owned())) }
}

fn annotations(at: &Cursor<'_>) -> Result<Vec<AnnotationRule>, ManifestError> {
    let entries = at.entries("a mapping of annotations")?;
    if entries.len() > MOST_ANNOTATIONS {
        return Err(at.error(format!("at most {MOST_ANNOTATIONS} annotations"), entries.len().to_string()));
    }
    entries.iter().map(|entry| annotation(entry, at.path())).collect()
}

fn annotation(entry: &Entry<'_>, path: &Path<'_>) -> Result<AnnotationRule, ManifestError> {
    let path = Path::Key(path, entry.key.scalar().unwrap_or_default());
    let name = Cursor::new(&entry.key, path).name("an annotation's name")?;
    Ok(AnnotationRule { name, value: Cursor::new(&entry.value, path).name("an annotation's value")? })
}

/// What is wrong, at the field or the item that has it.
fn unusable(at: &Cursor<'_>, fields: &Fields<'_>, error: &PolicyError) -> ManifestError {
    let expected = "signatures that can be checked";
    let told = |at: &Cursor<'_>| at.error(expected, error.to_string());
    let below = |key: &str, told: &dyn Fn(&Cursor<'_>) -> ManifestError| fields.of(key, told).unwrap_or_else(|| told(at));
    match error {
        PolicyError::NamesNobody => at.error("`keys` or `identities`", "neither").hinting("write `keys: [release.pub]`".to_owned()),
        PolicyError::NoTrustRoot => {
            let told = |at: &Cursor<'_>| at.error("identities with a `trust_root` beside them", "none");
            below("identities", &told).hinting("write `trust_root: trusted_root.json`: it says whose certificates are believed".to_owned())
        }
        PolicyError::NoIdentity => {
            let told = |at: &Cursor<'_>| at.error("a trust root with `identities` beside it", "none");
            below("trust_root", &told).hinting("write `identities`, or remove it: keys need no trust root".to_owned())
        }
        PolicyError::Key { number, source } => {
            let told = |at: &Cursor<'_>| at.error("a public key that can be used", format!("one that cannot: {source}"));
            let item = |at: &Cursor<'_>| at.of_item(number.saturating_sub(1), told).unwrap_or_else(|| told(at));
            below("keys", &item)
        }
        PolicyError::TrustRoot { reason } => {
            below("trust_root", &|at| at.error("the text of a sigstore `trusted_root.json`", format!("a fault: {reason}")))
        }
        PolicyError::NotRecordable { .. } | PolicyError::Pattern(_) => told(at),
    }
}
