//! Tests only: see `tests/ceremonies.rs`.
