//! Open syncmers: the positions of a sequence that are looked up, chosen by their own letters alone.
//!
//! A 20-mer is kept when the smallest of its five canonical 16-mers (by hash) is the middle one
//! (Edgar 2021, "Syncmers are more sensitive than minimizers"). The choice is the same on both
//! strands and needs no neighbors, so a 20-mer that occurs once in the table occurs once in the
//! genome: the fact that mapping quality rests on.

/// Length of a seed.
pub const K: usize = 20;
/// Length of the short words inside a seed that decide whether it is kept.
pub const S: usize = 16;
/// Bits of a seed's hash: two a base, as the hash is a bijection.
pub const HASH_BITS: u32 = 2 * K as u32;

/// The middle of five words is compared with the other four.
const _: () = assert!(K - S + 1 == 5);
const K_MASK: u64 = (1 << (2 * K)) - 1;
const S_MASK: u64 = (1 << (2 * S)) - 1;

/// One seed of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syncmer {
    /// Hash of the canonical 20-mer, [`HASH_BITS`] wide; different 20-mers have different hashes.
    pub hash: u64,
    /// Where it starts in the sequence.
    pub position: u32,
    /// Whether the canonical form is the reverse complement of what stands in the sequence.
    pub reverse: bool,
    /// Whether it is its own reverse complement, so that its strand cannot be told.
    pub palindrome: bool,
}

/// Calls `found` for each syncmer of `codes`, left to right. Words with a base above 3 are passed over.
pub fn for_each(codes: &[u8], mut found: impl FnMut(Syncmer)) {
    let (mut forward, mut backward, mut run) = (0u64, 0u64, 0usize);
    // Hashes of the last five short words, the newest in `e`.
    let (mut b, mut c, mut d, mut e) = (0u64, 0u64, 0u64, 0u64);
    for (at, &code) in codes.iter().enumerate() {
        if code > 3 {
            run = 0;
            continue;
        }
        let code = u64::from(code);
        forward = (forward << 2 | code) & K_MASK;
        backward = backward >> 2 | (3 - code) << (2 * (K - 1));
        run += 1;
        let a;
        (a, b, c, d) = (b, c, d, e);
        e = mix_short((forward & S_MASK).min(backward >> (2 * (K - S))));
        // No short cut: which words lose cannot be predicted.
        let smallest = (c <= a) & (c <= b) & (c <= d) & (c <= e);
        if smallest && run >= K {
            found(Syncmer {
                hash: mix(forward.min(backward)),
                position: (at + 1 - K) as u32,
                reverse: backward < forward,
                palindrome: backward == forward,
            });
        }
    }
}

/// A digest of how seeds are chosen and hashed: those of a fixed sequence. An index whose digest differs
/// was built by another definition and would find nothing, or too little, without a word.
#[must_use]
pub fn definition() -> u64 {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 62) as u8
    };
    let codes: Vec<u8> = (0..4096).map(|_| next()).collect();
    let mut seeds = Vec::new();
    for_each(&codes, |Syncmer { hash, position, reverse, palindrome }| {
        let flags = u64::from(reverse) | u64::from(palindrome) << 1;
        seeds.extend([hash, u64::from(position), flags].map(u64::to_le_bytes).concat());
    });
    xxhash_rust::xxh3::xxh3_64(&seeds)
}

/// A bijection of 40-bit words that spreads them evenly.
fn mix(word: u64) -> u64 {
    let mut x = word & K_MASK;
    x ^= x >> 21;
    x = x.wrapping_mul(0x9E_3779_B97F_4A7D) & K_MASK;
    x ^= x >> 19;
    x = x.wrapping_mul(0xD1_B549_32D9_5A53) & K_MASK;
    x ^ (x >> 20)
}

fn mix_short(word: u64) -> u64 {
    let x = (word ^ 0x5851_F42D_4C95_7F2D).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^ (x >> 29)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rihla_core::base;

    use super::*;

    fn all(codes: &[u8]) -> Vec<Syncmer> {
        let mut out = Vec::new();
        for_each(codes, |syncmer| out.push(syncmer));
        out
    }

    #[test]
    fn the_mix_keeps_words_apart() {
        let mut seen: Vec<u64> = (0..200_000u64).map(|i| mix(i * 5_497_558)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 200_000);
        assert!(seen.iter().all(|&hash| hash <= K_MASK));
    }

    #[test]
    fn palindromes_are_marked() {
        let half = [0u8, 1, 2, 2, 0, 3, 1, 1, 0, 2];
        let mut codes = half.to_vec();
        codes.extend(half.iter().rev().map(|&code| 3 - code));
        for syncmer in all(&codes) {
            assert!(syncmer.palindrome && !syncmer.reverse);
        }
    }

    proptest! {
        #[test]
        fn both_strands_choose_the_same_words(codes in prop::collection::vec(0u8..5, 20..300)) {
            let mut reversed = Vec::new();
            base::reverse_complement_into(&codes, &mut reversed);
            let here = all(&codes);
            let mut there = all(&reversed);
            there.reverse();
            prop_assert_eq!(here.len(), there.len());
            for (a, b) in here.iter().zip(&there) {
                prop_assert_eq!(a.hash, b.hash);
                prop_assert_eq!(a.position as usize + K, codes.len() - b.position as usize);
                prop_assert!(a.palindrome == b.palindrome && (a.palindrome || a.reverse != b.reverse));
            }
        }

        #[test]
        fn one_position_in_five_is_kept(codes in prop::collection::vec(0u8..4, 4000)) {
            let kept = all(&codes).len();
            prop_assert!((600..1000).contains(&kept), "{} kept", kept);
        }
    }
}
