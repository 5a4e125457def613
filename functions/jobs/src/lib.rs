//! The jobs functions.
