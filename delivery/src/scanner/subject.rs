//! What a report is about, as far as it says so by digest.

use std::collections::BTreeSet;

use promotion_ledger::meaning::digest::Digest;

use super::error::ReportError;

/// How many digests an error names.
const NAMED: usize = 3;

/// The digests by which a report names what was scanned: of one image there may be several, of its index and of the
/// platform's own manifest. Tags and image ids say nothing here: tags move, and an id is the digest of something else.
#[derive(Debug, Default)]
pub(super) struct Subject {
    digests: BTreeSet<Digest>,
}

impl Subject {
    /// Takes the digest out of `sha256:…`, `NAME@sha256:…`, or either with words after it, as scanners write targets.
    pub(super) fn add(&mut self, reference: &str) {
        let last = reference.rsplit('@').next().unwrap_or(reference);
        let word = last.split_whitespace().next().unwrap_or_default();
        self.digests.extend(Digest::new(word));
    }

    /// Whether it names nothing.
    pub(super) fn is_unnamed(&self) -> bool {
        self.digests.is_empty()
    }

    /// Refuses a report that names something else.
    pub(super) fn expect(&self, about: &Digest) -> Result<(), ReportError> {
        if self.is_unnamed() || self.digests.contains(about) {
            return Ok(());
        }
        let names: Vec<&str> = self.digests.iter().take(NAMED).map(Digest::as_str).collect();
        let further = self.digests.len().saturating_sub(NAMED);
        let more = if further > 0 { format!(" and {further} more") } else { String::new() };
        Err(ReportError::OtherImage { named: format!("{}{more}", names.join(", ")), about: about.clone() })
    }
}
