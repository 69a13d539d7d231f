//! The outside world that a promotion touches, and the runner that walks a promotion through it.
//!
//! * [`again`]: what stands beside the log, judged once more;
//! * [`calendar`]: times in which an environment takes no promotion, from what people write to intervals;
//! * [`evidence`]: bytes that are kept beside the log;
//! * [`gate`]: gates as commands, run within bounds;
//! * [`history`]: what happened before the ledger, as people write it down;
//! * [`identity`]: who somebody is, proven by a token of their CI system;
//! * [`manifest`]: the rules of a pipeline as people write them;
//! * [`policy`]: what may be promoted, said in Rego by whoever runs the pipeline;
//! * [`registry`]: where artifacts and their tags are kept;
//! * [`scanner`]: reports of vulnerability scanners, and what they mean for a promotion;
//! * [`signature`]: signatures of artifacts, as cosign writes them, held against a policy;
//! * [`session`]: a ledger and its index, opened to ask, decide and append;
//! * [`runner`]: promotions and rollbacks, step by step, each announced before it is made and recorded after.

pub mod again;
pub mod calendar;
pub mod evidence;
pub mod gate;
pub mod history;
pub mod identity;
pub mod manifest;
pub mod policy;
pub mod registry;
pub mod runner;
pub mod scanner;
pub mod session;
pub mod signature;
