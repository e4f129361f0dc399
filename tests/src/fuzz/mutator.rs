//! Mutations with a fixed seed: the same in every run.

/// A source of mutations (splitmix64).
#[derive(Debug)]
pub struct Mutator(u64);

/// What has fooled parsers.
const PIECES: [&[u8]; 28] = [
    b"null",
    b"true",
    b"0",
    b"-1",
    b"1e300",
    b"\"\"",
    b"[]",
    b"{}",
    b"\"*\"",
    b"\"x\"",
    b"\\u0000",
    b"\xff",
    b"..",
    b",",
    b"\"alg\":\"none\"",
    b"\"crit\":[]",
    b"\"type\":\"TOKEN\"",
    b"\"version\":\"2.0\"",
    b"\"version\":\"1.0\"",
    b"*",
    b"?",
    b"Bearer ",
    b"authorization",
    b"\"kty\":\"oct\"",
    b"\"d\":\"AQAB\"",
    b"AAAA",
    b"[[[[[[[[[[[[[[[[[",
    b"\"kid\":\"k\"",
];

impl Mutator {
    /// One with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from(z >> 33).unwrap() % end.max(1)
    }

    /// The bytes, changed in a few places.
    pub fn change(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let (from, to) = (self.below(bytes.len() + 1), self.below(bytes.len() + 1));
            let (from, to) = (from.min(to), from.max(to));
            match self.below(5) {
                0 if !bytes.is_empty() => {
                    let at = from.min(bytes.len() - 1);
                    bytes[at] ^= 1 << self.below(8);
                }
                1 => drop(bytes.splice(from..to.min(from + 8), [])),
                2 => {
                    let piece: Vec<_> = bytes[from..to.min(from + 64)].to_vec();
                    drop(bytes.splice(to..to, piece));
                }
                3 => {
                    let piece = PIECES[self.below(PIECES.len())];
                    drop(bytes.splice(from..to.min(from + piece.len()), piece.iter().copied()));
                }
                _ => {
                    let piece = PIECES[self.below(PIECES.len())];
                    drop(bytes.splice(from..from, piece.iter().copied()));
                }
            }
        }
        bytes
    }
}
