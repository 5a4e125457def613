//! How long answers took, estimated from how many took how long.

use countersign_domain::figures::{ANSWER_CLASSES, ANSWER_TIMES};
use serde::Serialize;

/// Seconds within which half of the answers came, nine tenths, and 99 of 100; nothing where there are none.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(crate) struct Percentiles {
    p50: Option<f64>,
    p90: Option<f64>,
    p99: Option<f64>,
}

impl Percentiles {
    /// Estimated from the counts by class of [`ANSWER_TIMES`].
    pub(crate) fn of(counts: &[u64; ANSWER_CLASSES]) -> Self {
        let [p50, p90, p99] = [0.5, 0.9, 0.99].map(|part| estimate(counts, part));
        Self { p50, p90, p99 }
    }
}

/// As if the answers of a class were spread evenly over it; those of the last one, which has no end, count as its begin.
fn estimate(counts: &[u64; ANSWER_CLASSES], part: f64) -> Option<f64> {
    let all: u64 = counts.iter().sum();
    if all == 0 {
        return None;
    }
    let wanted = all as f64 * part;
    let (mut before, mut begin) = (0.0, 0.0);
    for (count, end) in counts.iter().zip(ANSWER_TIMES) {
        let (count, end) = (*count as f64, end as f64);
        if count > 0.0 && before + count >= wanted {
            let seconds = begin + (end - begin) * (wanted - before) / count;
            return Some((seconds * 10.0).round() / 10.0);
        }
        before += count;
        begin = end;
    }
    Some(begin)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_estimate_lies_in_the_class_that_has_it() {
        let none = [0; ANSWER_CLASSES];
        assert_eq!(Percentiles::of(&none), Percentiles::default());
        let mut fast = none;
        fast[0] = 10;
        let told = Percentiles::of(&fast);
        assert_eq!((told.p50, told.p90, told.p99), (Some(2.5), Some(4.5), Some(5.0)));
        let mut slow = none;
        slow[8] = 1;
        assert_eq!(estimate(&slow, 0.5), Some(900.0));
        let mixed = [0, 50, 0, 0, 0, 0, 40, 0, 10];
        assert_eq!(estimate(&mixed, 0.5), Some(10.0));
        assert_eq!(estimate(&mixed, 0.9), Some(300.0));
        assert_eq!(estimate(&mixed, 0.99), Some(900.0));
    }

    proptest! {
        #[test]
        fn percentiles_grow_and_stay_within_the_classes(counts in proptest::array::uniform9(0_u64..1000)) {
            let Percentiles { p50, p90, p99 } = Percentiles::of(&counts);
            if let (Some(p50), Some(p90), Some(p99)) = (p50, p90, p99) {
                prop_assert!((0.0..=900.0).contains(&p50) && p50 <= p90 && p90 <= p99 && p99 <= 900.0);
            } else {
                prop_assert_eq!(counts.iter().sum::<u64>(), 0);
            }
        }
    }
}
