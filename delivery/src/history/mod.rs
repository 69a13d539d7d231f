//! History from before the ledger, as people write it down: one JSON object a line (<https://jsonlines.org>), each said to have happened.
//!
//! | field | |
//! |---|---|
//! | `time` | when it happened: RFC 3339, with any offset, to the microsecond |
//! | `pipeline` | optional; the pipeline that is imported into, unless it says otherwise |
//! | `component`, `version` | the release |
//! | `digest` | optional; `sha256:` and 64 hexadecimal digits |
//! | `from`, `to` | environments; `from` may be `none` |
//! | `actor` | who did it |
//! | `kind` | `promotion`, `rollback` or `removal` |
//! | `note` | optional |

mod file;
mod import;
mod line;

pub use file::{File, read};
pub use import::{Choices, ImportError, Imported, import};
pub use line::BadLine;
