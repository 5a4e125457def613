//! The operating system's randomness.

use aws_lc_rs::rand;
use countersign_domain::chance::Random;

/// Random bytes from aws-lc's generator, which the operating system seeds.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// Fills `bytes` whole.
    ///
    /// # Panics
    /// When the generator fails: going on with bytes that are not random would be worse.
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes).expect("the system's random generator never fails once it is seeded");
    }
}

#[cfg(test)]
mod tests {
    use countersign_domain::chance;

    use super::*;

    #[test]
    fn two_draws_differ() {
        assert_ne!(chance::bytes::<32>(&SystemRandom), chance::bytes::<32>(&SystemRandom));
    }
}
