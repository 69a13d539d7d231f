//! The scene: the pipeline `shop`, its versions and its artifacts.

use promotion_delivery::registry::Manifest;
use promotion_ledger::meaning::names::{MediaType, Pipeline};

pub(crate) const COMPONENTS: [&str; 2] = ["api", "web"];
/// In the order of their precedence; what is behind them cannot be compared.
pub(crate) const ORDERED: [&str; 4] = ["v1.0.0", "v1.1.0", "v2.0.0-rc.1", "v2.0.0"];
pub(crate) const VERSIONS: [&str; 5] = ["v1.0.0", "v1.1.0", "v2.0.0-rc.1", "v2.0.0", "nightly"];
pub(crate) const ENVIRONMENTS: [&str; 4] = ["dev", "qa", "staging", "prod"];
pub(crate) const GATES: [&str; 2] = ["scan", "tests"];

/// When a run begins, in microseconds: 2026-01-15, 14:45 UTC.
pub(crate) const BEGIN: i64 = 1_768_488_300_000_000;

pub(crate) fn shop() -> Pipeline {
    Pipeline::new("shop").expect("a pipeline's name")
}

/// The build that no registry has.
pub(crate) const LOST_BUILD: u8 = 9;

/// What a build of a version is, to the byte. Build 0 is the one that is meant.
pub(crate) fn artifact(component: &str, version: &str, build: u8) -> Manifest {
    let media_type = MediaType::new("application/vnd.oci.image.manifest.v1+json").expect("a media type");
    Manifest::new(media_type, format!("{{\"component\":\"{component}\",\"version\":\"{version}\",\"build\":{build}}}").into_bytes())
}

pub(crate) fn digest(component: &str, version: &str, build: u8) -> String {
    artifact(component, version, build).digest().to_string()
}
