//! Benches only: see `benches/benches/`.
