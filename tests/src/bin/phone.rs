//! `cargo phone`. See [`countersign_tests::phone`].

use std::process::ExitCode;

fn main() -> ExitCode {
    countersign_tests::phone::main()
}
