//! `cargo bench --package countersign-bench`: what the bundle costs on this machine.
//!
//! Nothing here passes or fails; the bars that the figures are put beside are those of docs/operations.md.

mod clients;
mod figures;
mod own_time;
mod processes;
mod stopwatch;
mod throughput;

use figures::Figures;

#[tokio::main]
async fn main() {
    // `cargo test --benches` runs benchmarks too, to see that they start.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    processes::build_bootstraps();
    processes::sizes();
    processes::starts().await;
    own_time::per_operation().await;
    throughput::through_the_gateway().await;
    Figures::note();
}
