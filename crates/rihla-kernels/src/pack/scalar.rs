//! The definition, base by base.

use rihla_core::base;

use super::{BASES, MARKS};

/// Letters to words and marks.
pub(super) fn pack(letters: &[u8], words: &mut [u64], unknown: &mut [u64]) {
    words.fill(0);
    unknown.fill(0);
    for (i, &letter) in letters.iter().enumerate() {
        let code = base::encode(letter);
        if code > 3 {
            unknown[i / MARKS] |= 1 << (i % MARKS);
        } else {
            words[i / BASES] |= u64::from(code) << (2 * (i % BASES));
        }
    }
}

/// Words to 32 codes each.
pub(super) fn unpack(words: &[u64], codes: &mut [u8]) {
    for (codes, &word) in codes.chunks_exact_mut(BASES).zip(words) {
        for (i, code) in codes.iter_mut().enumerate() {
            *code = at(word, i);
        }
    }
}

/// Words to 16 bytes each.
pub(super) fn nibbles(words: &[u64], nibbles: &mut [u8]) {
    for (nibbles, &word) in nibbles.chunks_exact_mut(BASES / 2).zip(words) {
        for (i, pair) in nibbles.iter_mut().enumerate() {
            *pair = 1 << at(word, 2 * i) << 4 | 1 << at(word, 2 * i + 1);
        }
    }
}

fn at(word: u64, i: usize) -> u8 {
    (word >> (2 * i)) as u8 & 3
}
