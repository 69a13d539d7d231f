//! Tests of what gates are made of. What needs real processes is in `tests/gates`.

mod captured;
mod endings;
mod labels;
mod named;
