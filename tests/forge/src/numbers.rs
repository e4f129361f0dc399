//! Numbers that look random.

/// The same numbers in every run (splitmix64), so that a failure can be looked at again.
#[derive(Debug)]
pub struct Numbers(pub u64);

impl Numbers {
    /// One of 64 bits.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.any() % (end.max(1) as u64)).unwrap()
    }

    /// Fewer than `most` bytes of an alphabet.
    pub fn bytes(&mut self, alphabet: &[u8], most: usize) -> Vec<u8> {
        (0..self.below(most)).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }
}
