//! Logs: JSON lines on standard output, as CloudWatch takes them.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

/// Starts logging at `LOG_LEVEL` (`off`, `error`, `warn`, `info`, `debug` or `trace`; default `info`).
/// The AWS SDK and HTTP speak only from `warn` on, for they log requests.
#[allow(clippy::disallowed_methods)] // logging must stand before settings can be complained about
pub(crate) fn start() {
    let asked = std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".into());
    let level = asked.parse::<LevelFilter>();
    // A second start (tests) keeps the first.
    let _ = tracing_subscriber::registry()
        .with(
            tracing_subscriber::fmt::layer()
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .without_time(),
        )
        .with(ours(level.as_ref().copied().unwrap_or(LevelFilter::INFO)))
        .try_init();
    if level.is_err() {
        tracing::warn!(
            LOG_LEVEL = asked,
            "not a level; set off, error, warn, info, debug or trace; info is taken"
        );
    }
}

/// Our own crates at the level asked for, all others from `warn` on. A target is matched by how it begins, so one
/// name stands for every crate of the workspace; a regular expression filter would weigh a tenth of a bootstrap.
fn ours(level: LevelFilter) -> Targets {
    Targets::new().with_default(LevelFilter::WARN).with_target("countersign", level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn our_crates_follow_the_setting_and_the_others_do_not() {
        let filter = ours(LevelFilter::DEBUG);
        assert!(filter.would_enable("countersign_store::write", &Level::DEBUG));
        assert!(!filter.would_enable("countersign_store::write", &Level::TRACE));
        assert!(!filter.would_enable("aws_smithy_runtime", &Level::INFO));
        assert!(filter.would_enable("aws_smithy_runtime", &Level::WARN));
    }
}
