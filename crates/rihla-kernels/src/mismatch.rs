//! Mismatches between sequences packed in 2 bits a base: base `i` is bits `2 * (i % 32)` and up of word
//! `i / 32`, as in `rihla_core::Reference`.
//!
//! Words hold no N: whoever packs one gets A, and checks ambiguous bases by other means. Bases beyond the
//! end of a slice of words read as A.

use std::ops::Range;

use crate::simd::Simd;

/// Bases in a word.
pub(crate) const BASES: usize = 32;

/// The low bit of every base.
const LOW: u64 = 0x5555_5555_5555_5555;

/// Packs base codes into `out`, replacing what it held; code 4 (N) becomes A. Bases after the last are A.
pub fn pack(codes: &[u8], out: &mut Vec<u64>) {
    out.clear();
    out.extend(codes.chunks(BASES).map(|chunk| {
        chunk.iter().rev().fold(0, |word, &code| word << 2 | u64::from(if code > 3 { 0 } else { code }))
    }));
}

/// Copies `len` bases from base `offset` of `words` to `out`, replacing what it held: realigned to bit 0,
/// the bases after the last A.
pub fn extract(words: &[u64], offset: u64, len: usize, out: &mut Vec<u64>) {
    out.clear();
    let window = Window::new(words, offset);
    out.extend((0..len.div_ceil(BASES)).map(|k| window.word(k) & bases_mask(len - k * BASES)));
}

/// Mismatches between the first `len` bases of `query` and those from base `offset` of `words`; once more
/// than `limit` are found, `limit + 1` and no further look.
#[must_use]
pub fn count_mismatches(
    simd: Simd,
    query: &[u64],
    words: &[u64],
    offset: u64,
    len: usize,
    limit: u32,
) -> u32 {
    let window = Window::new(words, offset);
    #[cfg(target_arch = "x86_64")]
    if simd.level() != crate::simd::SimdLevel::Scalar
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("bmi2")
    {
        // SAFETY: the CPU has POPCNT and BMI2.
        return unsafe { count_bits(query, window, len, limit) };
    }
    let _ = simd;
    count(query, window, len, limit)
}

/// Mismatches of some bases of a query: of few enough, for each of its words in a byte; of more, all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count(u64);

impl Count {
    /// Most bases whose mismatches are told word by word.
    pub const MOST: usize = 8 * BASES;

    /// The mismatches of all bases, which are so many.
    #[inline]
    #[must_use]
    pub fn all(self, len: usize) -> u32 {
        if len <= Self::MOST { self.sum() } else { self.0 as u32 }
    }

    /// Those in some of the words, where they can be told.
    #[inline]
    #[must_use]
    pub fn inside(self, len: usize, words: Range<usize>) -> Option<u32> {
        let bits = 8 * words.len() as u32;
        let kept = u64::MAX.checked_shr(64 - bits.min(64)).unwrap_or(0);
        (len <= Self::MOST && words.end <= 8)
            .then(|| Self(self.0 & kept << (8 * words.start as u32 % 64)).sum())
    }

    /// The sum of its bytes.
    #[inline]
    fn sum(self) -> u32 {
        // Two bytes each, as 256 takes more than one.
        let pairs = (self.0 & 0x00ff_00ff_00ff_00ff) + (self.0 >> 8 & 0x00ff_00ff_00ff_00ff);
        (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as u32
    }
}

/// Appends to `out` the mismatches between the first `len` bases of `query` and those from each of some offsets of `words`:
/// [`count_mismatches`] to the end, without a call for each.
pub fn count_each(
    simd: Simd,
    query: &[u64],
    words: &[u64],
    offsets: &[u64],
    len: usize,
    out: &mut Vec<Count>,
) {
    #[cfg(target_arch = "x86_64")]
    if simd.level() != crate::simd::SimdLevel::Scalar
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("bmi2")
    {
        // SAFETY: the CPU has POPCNT and BMI2.
        unsafe { count_bits_of_each(query, words, offsets, len, out) };
        return;
    }
    let _ = simd;
    count_all(query, words, offsets, len, out);
}

/// Mismatching bases among the first `len`, as in [`count_mismatches`]: bit `i % 64` of word `i / 64` of
/// `out`, which is replaced.
pub fn mismatch_mask(query: &[u64], words: &[u64], offset: u64, len: usize, out: &mut Vec<u64>) {
    out.clear();
    let window = Window::new(words, offset);
    out.extend((0..len.div_ceil(2 * BASES)).map(|k| {
        let halves = [2 * k, 2 * k + 1].map(|half| gather_low(differing(query, window, half, len)));
        halves[0] | halves[1] << BASES
    }));
}

/// Appends to `out` the indices below `len` of the mismatching bases, ascending.
pub fn mismatch_positions(query: &[u64], words: &[u64], offset: u64, len: usize, out: &mut Vec<u32>) {
    for_each_mismatch(query, words, offset, len, |at| out.push(at));
}

/// Calls `found` with the indices below `len` of the mismatching bases, ascending.
#[inline]
pub fn for_each_mismatch(query: &[u64], words: &[u64], offset: u64, len: usize, mut found: impl FnMut(u32)) {
    let window = Window::new(words, offset);
    for k in 0..len.div_ceil(BASES) {
        let mut differing = differing(query, window, k, len);
        while differing != 0 {
            found((k * BASES) as u32 + differing.trailing_zeros() / 2);
            differing &= differing - 1;
        }
    }
}

/// Packed words seen from a base that need not begin a word.
#[derive(Clone, Copy)]
pub(crate) struct Window<'a> {
    words: &'a [u64],
    shift: u32,
}

impl<'a> Window<'a> {
    pub(crate) fn new(words: &'a [u64], offset: u64) -> Self {
        let first = usize::try_from(offset / BASES as u64).unwrap_or(usize::MAX);
        Self { words: words.get(first..).unwrap_or(&[]), shift: 2 * (offset % BASES as u64) as u32 }
    }

    /// The 32 bases from base `32 * k`.
    #[inline(always)]
    pub(crate) fn word(self, k: usize) -> u64 {
        let at = |k: usize| self.words.get(k).copied().unwrap_or(0);
        align(at(k), at(k + 1), self.shift)
    }
}

/// The 64 bits from bit `shift` of two words.
#[inline(always)]
fn align(low: u64, high: u64, shift: u32) -> u64 {
    // Two shifts, as one by 64 is not allowed.
    low >> shift | high << 1 << (63 - shift)
}

/// The low bit of every base of word `k` that differs, among the first `len` bases.
#[inline(always)]
fn differing(query: &[u64], window: Window<'_>, k: usize, len: usize) -> u64 {
    let Some(rest) = len.checked_sub(k * BASES) else { return 0 };
    let bits = (query.get(k).copied().unwrap_or(0) ^ window.word(k)) & bases_mask(rest);
    (bits | bits >> 1) & LOW
}

/// The bits of the first `len` bases of a word.
#[inline(always)]
fn bases_mask(len: usize) -> u64 {
    if len >= BASES { u64::MAX } else { (1 << (2 * len)) - 1 }
}

/// Moves the even bits of a word to its lower half.
fn gather_low(mut bits: u64) -> u64 {
    bits = (bits | bits >> 1) & 0x3333_3333_3333_3333;
    bits = (bits | bits >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    bits = (bits | bits >> 4) & 0x00ff_00ff_00ff_00ff;
    bits = (bits | bits >> 8) & 0x0000_ffff_0000_ffff;
    (bits | bits >> 16) & 0xffff_ffff
}

#[inline(always)]
fn count(query: &[u64], window: Window<'_>, len: usize, limit: u32) -> u32 {
    let mut mismatches = 0;
    let next = window.words.get(1..).unwrap_or(&[]);
    let whole = (len / BASES).min(query.len()).min(next.len());
    for ((&query, &low), &high) in query[..whole].iter().zip(&window.words[..whole]).zip(&next[..whole]) {
        let bits = query ^ align(low, high, window.shift);
        mismatches += ((bits | bits >> 1) & LOW).count_ones();
        if mismatches > limit {
            return limit + 1;
        }
    }
    // The last word, and whatever a slice is too short for.
    for k in whole..len.div_ceil(BASES) {
        mismatches += differing(query, window, k, len).count_ones();
        if mismatches > limit {
            return limit + 1;
        }
    }
    mismatches
}

/// [`count`] with the instructions that count bits and that shift by any register.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt,bmi2")]
fn count_bits(query: &[u64], window: Window<'_>, len: usize, limit: u32) -> u32 {
    count(query, window, len, limit)
}

#[inline(always)]
fn count_all(query: &[u64], words: &[u64], offsets: &[u64], len: usize, out: &mut Vec<Count>) {
    if len <= Count::MOST {
        count_all_shifted::<8>(query, words, offsets, len, out);
    } else {
        count_all_shifted::<0>(query, words, offsets, len, out);
    }
}

/// The same, each word's mismatches so many bits above those of the word before.
#[inline(always)]
fn count_all_shifted<const BITS: usize>(
    query: &[u64],
    words: &[u64],
    offsets: &[u64],
    len: usize,
    out: &mut Vec<Count>,
) {
    let (whole, rest) = (len / BASES, bases_mask(len % BASES));
    let last = query.get(whole).copied().unwrap_or(0);
    out.reserve(offsets.len());
    // A closure would not be compiled for the instructions of its caller.
    for &offset in offsets {
        let window = Window::new(words, offset);
        let inside = window.words.get(..whole + 2).and_then(<[u64]>::split_first);
        let mut mismatches = 0;
        let (Some(query), Some((&first, next))) = (query.get(..whole), inside) else {
            for k in 0..len.div_ceil(BASES) {
                mismatches += u64::from(differing(query, window, k, len).count_ones()) << (BITS * k);
            }
            out.push(Count(mismatches));
            continue;
        };
        let mut low = first;
        for (k, (&query, &high)) in query.iter().zip(next).enumerate() {
            let bits = query ^ align(low, high, window.shift);
            mismatches += u64::from(((bits | bits >> 1) & LOW).count_ones()) << (BITS * k);
            low = high;
        }
        let bits = (last ^ align(low, next[whole], window.shift)) & rest;
        let behind = u64::from(((bits | bits >> 1) & LOW).count_ones());
        // Eight whole words have none behind them.
        out.push(Count(mismatches + (behind << (BITS * whole % 64))));
    }
}

/// [`count_all`] with the same instructions.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt,bmi2")]
fn count_bits_of_each(query: &[u64], words: &[u64], offsets: &[u64], len: usize, out: &mut Vec<Count>) {
    count_all(query, words, offsets, len, out);
}

#[cfg(test)]
mod tests;
