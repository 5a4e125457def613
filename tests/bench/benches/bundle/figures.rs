//! Many measurements as a few figures.

use std::time::Duration;

pub(crate) struct Figures(Vec<Duration>);

impl Figures {
    pub(crate) fn of(mut measured: Vec<Duration>) -> Self {
        measured.sort_unstable();
        Self(measured)
    }

    /// The value that `percent` of all do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// `p50 1.23 ms  p95 2.34 ms  (n = 50)`
    pub(crate) fn line(&self) -> String {
        format!(
            "p50 {:>8}  p95 {:>8}  (n = {})",
            millis(self.percentile(50)),
            millis(self.percentile(95)),
            self.0.len()
        )
    }

    /// What all figures have in common.
    pub(crate) fn note() {
        println!(
            "\nAll on one machine, over the embedded AWS; a real DynamoDB adds its network time to every call."
        );
    }
}

/// A duration in milliseconds, as text.
pub(crate) fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}
