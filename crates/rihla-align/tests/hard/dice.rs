//! Random draws, the same for the same seed.

/// Marsaglia's xorshift.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % n
    }

    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in so many of a thousand cases.
    pub fn permille(&mut self, share: usize) -> bool {
        self.below(1000) < share
    }

    pub fn letters(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| b"ACGT"[self.below(4)]).collect()
    }

    /// Each letter turned into another in so many of a thousand cases.
    pub fn substituted(&mut self, letters: &[u8], share: usize) -> Vec<u8> {
        letters.iter().map(|&letter| if self.permille(share) { self.other(letter) } else { letter }).collect()
    }

    /// A letter that is not this one.
    pub fn other(&mut self, letter: u8) -> u8 {
        let at = b"ACGT".iter().position(|&base| base == letter).unwrap_or(0);
        b"ACGT"[(at + 1 + self.below(3)) % 4]
    }
}

/// The other strand of letters in upper case.
pub fn reverse(letters: &[u8]) -> Vec<u8> {
    let complement = |&letter: &u8| match letter {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' => b'A',
        other => other,
    };
    letters.iter().rev().map(complement).collect()
}
