//! Ids for requests, messages and endpoints.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_domain::time::Clock;
use uuid::{Builder, Uuid};

/// Makes UUIDs of the clock and a counter: nothing here is a secret, and a test's run repeats exactly.
pub(crate) struct Ids {
    clock: Arc<dyn Clock>,
    next: AtomicU64,
}

impl Ids {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, next: AtomicU64::new(1) }
    }

    pub(crate) fn next(&self) -> Uuid {
        let mut counted = [0; 10];
        counted[2..].copy_from_slice(&self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let millis = u64::try_from(self.clock.now().millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &counted).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::time::Timestamp;

    struct Stopped;
    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_secs(1_700_000_000)
        }
    }

    #[test]
    fn no_id_comes_twice_while_the_clock_stands() {
        let ids = Ids::new(Arc::new(Stopped));
        let made: std::collections::BTreeSet<_> = (0..1000).map(|_| ids.next()).collect();
        assert_eq!(made.len(), 1000);
    }
}
