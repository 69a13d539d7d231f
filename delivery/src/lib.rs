//! The outside world that a promotion touches.

pub mod manifest;
pub mod registry;
