//! The reasons of an error, which lie below it.

use std::io;

/// The deepest reason of an error: what lies above it only says that a request failed.
pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

/// Whether a TLS library's error is among an error's reasons: they come wrapped as data that is not valid.
pub(super) fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(is_invalid_data)
}

/// An I/O error can wrap another one without calling it its source.
fn is_invalid_data(error: &(dyn std::error::Error + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::InvalidData || error.get_ref().is_some_and(|wrapped| is_invalid_data(wrapped)))
}
