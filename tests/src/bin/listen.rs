//! `cargo listen`. See [`countersign_tests::listen`].

use std::process::ExitCode;

fn main() -> ExitCode {
    countersign_tests::listen::main()
}
