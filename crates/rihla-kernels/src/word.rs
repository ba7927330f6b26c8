//! One packed word: 32 bases of 2 bits each, the first in the lowest bits.

/// The reverse complement of the 32 bases.
#[inline(always)]
pub(crate) const fn reverse_complement(word: u64) -> u64 {
    let bytes = !word.swap_bytes();
    let nibbles = bytes >> 4 & 0x0f0f_0f0f_0f0f_0f0f | (bytes & 0x0f0f_0f0f_0f0f_0f0f) << 4;
    nibbles >> 2 & 0x3333_3333_3333_3333 | (nibbles & 0x3333_3333_3333_3333) << 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reverses_and_complements() {
        assert_eq!(reverse_complement(0), u64::MAX);
        // CA, then A: T, then TG.
        assert_eq!(reverse_complement(0b01), !(0b01 << 62));
        let word = 0x0123_4567_89ab_cdef;
        for i in 0..32 {
            assert_eq!(reverse_complement(word) >> (62 - 2 * i) & 3, 3 - (word >> (2 * i) & 3));
        }
        assert_eq!(reverse_complement(reverse_complement(word)), word);
    }
}
