//! Gates as commands: programs that look at an artifact before it is promoted, run within bounds.
//!
//! Nothing here decides whether a promotion may go on, and nothing is recorded: [`run_all`] says how each command ended,
//! and what it wrote. Whatever is not plainly a pass is a failure. How a gate is run is told to users in `docs/gates.md`.

mod cancel;
mod capture;
mod command;
mod conditions;
mod ending;
mod group;
mod label_shape;
mod limits;
mod output;
mod progress;
mod run;
mod side_by_side;
mod subject;
mod variables;
mod watch;

#[cfg(test)]
mod tests;

pub use cancel::Cancel;
pub use capture::Output;
pub use command::{GateCommand, Run};
pub use conditions::Conditions;
pub use ending::Ending;
pub use label_shape::{LabelFault, REVISION, label_shape};
pub use limits::{DEFAULT_TIMEOUT, LONGEST_TIMEOUT, Limits, SHORTEST_TIMEOUT};
pub use progress::Progress;
pub use run::GateRun;
pub use side_by_side::run_all;
pub use subject::Subject;
pub use variables::{InvalidVariable, VariableName};
