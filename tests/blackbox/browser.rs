//! The web device and the portal in a real Chromium.

mod harness;
mod pictures;
mod scene;
