//! The vector bodies: letters 64 at a time, words one at a time.

use super::{BASES, MARKS};

/// Bytes of the shortest vectors, and of the tables.
pub(super) const LANES: usize = 16;
/// Words of a step.
pub(super) const WORDS: usize = MARKS / BASES;

/// Stamps the packing of letters into a module that has the safe function `pack_letters`, which gives the
/// two words and the marks of 64 letters, compiled for `$feature`.
macro_rules! stamp_pack {
    ($feature:literal) => {
        /// Letters to words and marks.
        #[target_feature(enable = $feature)]
        pub(super) fn pack(letters: &[u8], words: &mut [u64], unknown: &mut [u64]) {
            let (wholes, rest) = letters.as_chunks::<MARKS>();
            let places = words.as_chunks_mut::<WORDS>().0.iter_mut().zip(&mut *unknown);
            for (whole, (words, marks)) in wholes.iter().zip(places) {
                (*words, *marks) = pack_letters(whole);
            }
            if !rest.is_empty() {
                let mut room = [b'A'; MARKS];
                let (last, skip) = last_letters(letters, &mut room);
                let (bases, marks) = pack_letters(last);
                let (bases, marks) = drop_first(bases, marks, skip);
                words[WORDS * wholes.len()] = bases[0];
                if rest.len() > BASES {
                    words[WORDS * wholes.len() + 1] = bases[1];
                }
                unknown[wholes.len()] = marks;
            }
        }
    };
}

/// Stamps the way back into a module that has the safe functions `unpack_word` and `nibbles_of_word`, all
/// compiled for `$feature`.
macro_rules! stamp_unpack {
    ($feature:literal) => {
        /// Words to 32 codes each.
        #[target_feature(enable = $feature)]
        pub(super) fn unpack(words: &[u64], codes: &mut [u8]) {
            for (codes, &word) in codes.as_chunks_mut().0.iter_mut().zip(words) {
                unpack_word(word, codes);
            }
        }

        /// Words to 16 bytes each.
        #[target_feature(enable = $feature)]
        pub(super) fn nibbles(words: &[u64], nibbles: &mut [u8]) {
            for (nibbles, &word) in nibbles.as_chunks_mut().0.iter_mut().zip(words) {
                nibbles_of_word(word, nibbles);
            }
        }
    };
}

pub(super) use {stamp_pack, stamp_unpack};

/// 64 letters that end with those after the last whole 64, and how many others are before them. Fewer than
/// 64 are copied to `room`.
#[inline(always)]
pub(super) fn last_letters<'a>(letters: &'a [u8], room: &'a mut [u8; MARKS]) -> (&'a [u8; MARKS], usize) {
    let rest = letters.len() % MARKS;
    if let Some(last) = letters.last_chunk() {
        return (last, MARKS - rest);
    }
    room[..rest].copy_from_slice(letters);
    (room, 0)
}

/// The words and marks without their first `skip` bases, 0 to 63.
#[inline(always)]
pub(super) fn drop_first([low, high]: [u64; WORDS], marks: u64, skip: usize) -> ([u64; WORDS], u64) {
    let bases = (u128::from(low) | u128::from(high) << 64) >> (2 * skip);
    ([bases as u64, (bases >> 64) as u64], marks >> skip)
}

/// A letter by its low four bits, which are different for each of the four; no letter elsewhere. Entry 0
/// is not 0, as NUL would find itself.
pub(super) const LETTERS: [u8; LANES] = by_low_bits(*b"ACGT", 0xff);
/// Codes in the same order.
pub(super) const CODES: [u8; LANES] = by_low_bits([0, 1, 2, 3], 0);

const fn by_low_bits(of_letters: [u8; 4], first: u8) -> [u8; LANES] {
    let mut table = [0; LANES];
    table[0] = first;
    let mut i = 0;
    while i < 4 {
        table[(b"ACGT"[i] & 15) as usize] = of_letters[i];
        i += 1;
    }
    table
}

/// The bits that tell an upper-case letter.
pub(super) const UPPER: u8 = !0x20;

/// Two bases of BAM by the four bits of two codes, the first base in the low two bits.
pub(super) const NIBBLES: [u8; LANES] = {
    let mut table = [0; LANES];
    let mut i = 0;
    while i < LANES {
        table[i] = 1 << (i & 3) << 4 | 1 << (i >> 2);
        i += 1;
    }
    table
};
