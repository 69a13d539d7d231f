//! The log of promoledger.
//!
//! Three floors, and imports run one way, downwards:
//!
//! * [`custody`]: where entries are kept, and the front door that appends them;
//! * [`evidence`]: how an entry is written, hashed, signed, chained and checked (`FORMAT.md`);
//! * [`meaning`]: what an event says, what state follows from it, and which events are lawful.
//!   No bytes, no clock, no I/O.

pub mod custody;
pub mod evidence;
pub mod meaning;
