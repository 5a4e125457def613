//! Randomness, passed in.

/// A source of cryptographically strong random bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes` whole.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` fresh random bytes.
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut out = [0; N];
    random.fill(&mut out);
    out
}

/// A uniform number below `bound`, by rejection, so that no digit of a code is likelier than another.
pub fn below(random: &dyn Random, bound: u32) -> u32 {
    let reach = u32::MAX - u32::MAX % bound;
    loop {
        let number = u32::from_be_bytes(bytes(random));
        if number < reach {
            return number % bound;
        }
    }
}
