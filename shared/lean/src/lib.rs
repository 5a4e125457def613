//! For the build scripts of bootstraps: a bootstrap aborts at a panic, so it leaves out the tables that unwinding would need,
//! a tenth of its zip.

use std::path::Path;

/// Tells cargo to link the package's binaries without unwind tables, in the profile that aborts at a panic: `release`. Cargo does
/// not tell build scripts what a profile does at a panic.
#[allow(clippy::disallowed_methods)] // cargo speaks to build scripts through the environment
pub fn leave_out_unwind_tables() {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if !is("PROFILE", "release") || !is("CARGO_CFG_TARGET_OS", "linux") {
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/discard.ld");
    println!("cargo::rerun-if-changed={}", script.display());
    println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
    println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
}
