//! The built-in gate `label_shape`: an image says which commit it was built from, in a form that a rollback can compare.

use std::collections::BTreeMap;

use promotion_ledger::meaning::names::SourceSha;

/// The annotation that names the commit (OCI image specification 1.1, annotations).
pub const REVISION: &str = "org.opencontainers.image.revision";

/// The length of a whole git object id.
const DIGITS: usize = 40;

/// What is wrong with the label: a sentence for the gate's result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelFault {
    /// It is not there.
    #[error("the image has no label {REVISION}: expected the commit that it was built from, as 40 hexadecimal digits")]
    Missing,
    /// It is something else than a whole commit id.
    #[error("label {REVISION} is {found:?}: expected 40 hexadecimal digits, a whole commit id")]
    Shape {
        /// What it says, shortened to 80 characters.
        found: String,
    },
    /// The image's label and its manifest's annotation say different things.
    #[error("the image's label {REVISION} is {label}, and its annotation of that name is {annotation}: expected one commit")]
    Disagree {
        /// The label.
        label: SourceSha,
        /// The annotation.
        annotation: SourceSha,
    },
}

/// Which commit the image was built from, by its configuration's labels and its manifest's annotations.
///
/// # Errors
///
/// When neither says it, or one says it in another form, or they disagree.
pub fn label_shape(labels: &BTreeMap<String, String>, annotations: &BTreeMap<String, String>) -> Result<SourceSha, LabelFault> {
    let label = labels.get(REVISION).map(|text| revision(text)).transpose()?;
    let annotation = annotations.get(REVISION).map(|text| revision(text)).transpose()?;
    match (label, annotation) {
        (Some(label), Some(annotation)) if label != annotation => Err(LabelFault::Disagree { label, annotation }),
        (Some(revision), _) | (None, Some(revision)) => Ok(revision),
        (None, None) => Err(LabelFault::Missing),
    }
}

/// A commit id, in lower case as git writes it.
fn revision(text: &str) -> Result<SourceSha, LabelFault> {
    let fault = || LabelFault::Shape { found: text.chars().take(80).collect() };
    if text.len() != DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(fault());
    }
    SourceSha::new(text.to_ascii_lowercase()).map_err(|_| fault())
}
