//! The web device and the portal in a real Chromium.

mod device;
mod film;
mod harness;
mod pictures;
mod portal;
mod scene;
