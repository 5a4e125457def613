//! The device functions.
