//! Evidence: bytes that are kept beside the log, and how an event names them.

use promotion_ledger::custody::random::Random;
use promotion_ledger::custody::store::Body;
use promotion_ledger::evidence::hash::body_digest;
use promotion_ledger::meaning::event::artifact::Evidence;
use promotion_ledger::meaning::names::MediaType;

/// The evidence as an event names it, and the body to keep. Salted, so that a guess at its content proves nothing.
pub fn kept(bytes: Vec<u8>, media_type: MediaType, random: &dyn Random) -> (Evidence, Body) {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let digest = body_digest(&salt, &bytes);
    let size = bytes.len() as u64;
    (Evidence { digest, media_type, size }, Body { digest, salt, bytes })
}

/// The media type of what is JSON.
pub fn json() -> MediaType {
    MediaType::new("application/json").expect("a plain media type")
}
