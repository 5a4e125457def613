//! Logs: JSON lines on standard output, as CloudWatch takes them.

use tracing_subscriber::EnvFilter;

/// Starts logging at `LOG_LEVEL` (default `info`; the AWS SDK and HTTP only from `warn` on, for they log requests).
#[allow(clippy::disallowed_methods)] // logging must stand before settings can be complained about
pub(crate) fn start() {
    let level = std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".into()).to_lowercase();
    let filter = EnvFilter::try_new(format!("warn,countersign={level}"))
        .map(|filter| {
            ["domain", "crypto", "store", "push", "lambda", "origin", "device", "jobs"].iter().fold(
                filter,
                |filter, name| match format!("countersign_{name}={level}").parse() {
                    Ok(directive) => filter.add_directive(directive),
                    Err(_) => filter,
                },
            )
        })
        .unwrap_or_else(|_| EnvFilter::new("info"));
    // A second start (tests) keeps the first.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_env_filter(filter)
        .without_time()
        .try_init();
}
