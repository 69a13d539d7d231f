//! Schemes and ranges: what they say of single versions, and what holds of all.

mod laws;
mod ranges;
mod schemes;

use super::super::names::Version;

fn version(text: &str) -> Version {
    Version::new(text).unwrap()
}
