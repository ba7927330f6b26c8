//! Errors that a sequence brings about: at the same place, on the same strand, to the same wrong base.
//!
//! While a cluster is read, some of its molecules fall a cycle behind where the sequence before slows the polymerase, and the
//! base before is read once more (Nakamura et al., NAR 39:e90, 2011). One in a thousand places of a genome is such a one, with
//! two equal bases before it more often than not, and only in reads of one strand (Meacham et al., BMC Bioinformatics 12:451,
//! 2011; Minoche et al., Genome Biology 12:R112, 2011). Qualities fall with the errors, there and behind.
//!
//! Which places those are follows from the bases before and the seed, so that copies of a sequence err alike.

use crate::stream::Stream;

use super::ReadBuffer;

/// Bases before a place that decide, and the place's own.
const CONTEXT: usize = 10;
/// Two equal bases before a place make it so many times as likely.
const BEHIND_EQUAL: f64 = 5.0;
/// The share of wrong reads of a place is drawn from Beta(1, 8): one in nine on average, a fifth or more at one place in six.
const SHARE: f64 = 8.0;
/// Cycles that are certain to err are rare: no share is above this.
const MOST: f64 = 0.9;
/// Qualities of wrong bases are below the first of these with the first chance, else below the second with the second one, else
/// as drawn.
const LOWERED: [(u8, f64); 2] = [(12, 0.7), (25, 0.67)];
/// Behind a wrong base, so many of the qualities are below [`BEHIND_QUALITY`], and so many bases are the one before.
const BEHIND_LOWERED: f64 = 0.5;
const BEHIND_QUALITY: u8 = 25;
const BEHIND_WRONG: f64 = 0.05;

/// Where reads err for what stands before, and how.
pub(crate) struct SystematicErrors {
    seed: u64,
    /// Of 2^32 contexts that end in different bases, and that end in two equal ones, so many are such places.
    chances: [u64; 2],
    /// Qualities that there are, ascending.
    alphabet: Vec<u8>,
}

impl SystematicErrors {
    /// Those of a share of all places of a strand, in a sequence of random bases; `None` where there are none.
    pub(crate) fn new(share: f64, seed: u64, alphabet: &[u8]) -> Option<Self> {
        // Of all places three in four have another base before, and of those one in four two equal ones.
        let other = share / (0.75 * (0.75 + 0.25 * BEHIND_EQUAL));
        let chances = [other, BEHIND_EQUAL * other].map(|chance| (chance * 2f64.powi(32)) as u64);
        let mut alphabet = alphabet.to_vec();
        alphabet.sort_unstable();
        (share > 0.0).then_some(Self { seed, chances, alphabet })
    }

    /// Lets a read fall out of step.
    pub(crate) fn apply(&self, stream: &mut Stream, read: &mut ReadBuffer) {
        let mut is_behind = false;
        let mut context = 0u64;
        for at in 1..read.template.len().min(read.letters.len()) {
            let [before, code] = [read.template[at - 1], read.template[at]];
            context = context << 2 | u64::from(code & 3);
            let wrong = if is_behind {
                stream.chance(BEHIND_WRONG)
            } else {
                at >= CONTEXT
                    && code != before
                    && self
                        .share_of(context, before == read.template[at - 2])
                        .is_some_and(|share| stream.chance(share))
            };
            if code > 3 || before > 3 || read.letters[at] == b'N' {
                continue;
            }
            let limit = if wrong {
                read.letters[at] = rihla_core::base::decode(before);
                LOWERED.iter().find(|(_, chance)| stream.chance(*chance)).map(|&(limit, _)| limit)
            } else {
                (is_behind && stream.chance(BEHIND_LOWERED)).then_some(BEHIND_QUALITY)
            };
            is_behind |= wrong;
            if let Some(limit) = limit {
                read.qualities[at] = self.at_most(read.qualities[at], limit);
            }
        }
    }

    /// Share of the reads that err behind these bases, if any do.
    fn share_of(&self, context: u64, is_behind_equal: bool) -> Option<f64> {
        let bits = mixed(self.seed, context & ((1 << (2 * (CONTEXT + 1))) - 1));
        let uniform = (bits >> 32) as f64 / 2f64.powi(32);
        let is_one = bits & u64::from(u32::MAX) < self.chances[usize::from(is_behind_equal)];
        is_one.then(|| (1.0 - uniform.powf(1.0 / SHARE)).min(MOST))
    }

    /// The quality, or the highest one that there is up to a limit.
    fn at_most(&self, quality: u8, limit: u8) -> u8 {
        let highest = self.alphabet.iter().rev().find(|&&known| known <= limit);
        highest.map_or(quality, |&highest| quality.min(highest))
    }
}

/// 64 bits that two numbers stand for (SplitMix64's finalizer, Steele, Lea and Flood 2014, of each).
fn mixed(seed: u64, number: u64) -> u64 {
    let finalized = |mut bits: u64| {
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    };
    finalized(number ^ finalized(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders;
    use crate::stream::Domain;
    use rihla_core::base;
    use std::collections::BTreeMap;

    const QUALITIES: [u8; 4] = [2, 12, 23, 37];

    /// Reads of `count` templates, each from `letters` at a place of its own, with the best qualities.
    fn errors(share: f64, letters: &[u8], count: u64) -> BTreeMap<usize, Vec<(u8, u8)>> {
        let codes: Vec<u8> = letters.iter().map(|&letter| base::encode(letter)).collect();
        let systematic = SystematicErrors::new(share, 7, &QUALITIES).expect("a share");
        let mut wrong: BTreeMap<usize, Vec<(u8, u8)>> = BTreeMap::new();
        for k in 0..count {
            let mut stream = Stream::new(3, Domain::Pair, 0, k);
            let start = stream.index(codes.len() - 150);
            let template = codes[start..start + 150].to_vec();
            let mut read = ReadBuffer {
                letters: base::decode_all(&template),
                qualities: vec![37; 150],
                template,
                ..ReadBuffer::default()
            };
            systematic.apply(&mut stream, &mut read);
            // What follows the first error is of the reads that have it.
            let first = (0..150).find(|&at| base::encode(read.letters[at]) != read.template[at]);
            if let Some(at) = first {
                assert_eq!(base::encode(read.letters[at]), read.template[at - 1], "the base before");
                assert!(read.qualities[..at].iter().all(|&quality| quality == 37), "nothing before");
                let behind = &read.qualities[at + 1..];
                let mean =
                    behind.iter().map(|&quality| f64::from(quality)).sum::<f64>() / behind.len() as f64;
                assert!(behind.len() < 30 || (25.0..35.0).contains(&mean), "{mean}");
                wrong.entry(start + at).or_default().push((read.letters[at], read.qualities[at]));
            }
        }
        wrong
    }

    #[test]
    fn few_places_have_all_errors_and_each_one_letter() {
        let letters = builders::random_letters(20_000, 5);
        let wrong = errors(0.002, &letters, 20_000);
        // 40 places are expected; of those of the lowest shares some have no error at a depth of 150.
        assert!((20..=60).contains(&wrong.len()), "{} places", wrong.len());
        let repeated: Vec<_> = wrong.values().filter(|errors| errors.len() >= 15).collect();
        assert!(repeated.len() >= 8, "{} places with a tenth", repeated.len());
        for errors in wrong.values() {
            assert!(errors.iter().all(|(letter, _)| *letter == errors[0].0));
        }
        let mut qualities: Vec<u8> = wrong.values().flatten().map(|&(_, quality)| quality).collect();
        qualities.sort_unstable();
        assert_eq!(qualities[qualities.len() / 2], 12, "most are low");
        assert_eq!(qualities[qualities.len() * 85 / 100], 23);
        assert_eq!(qualities[qualities.len() - 1], 37, "but not all");
    }

    #[test]
    fn two_equal_bases_before_a_place_make_it_likelier() {
        let letters = builders::random_letters(200_000, 6);
        let wrong = errors(0.005, &letters, 40_000);
        let equal = wrong.keys().filter(|&&at| letters[at - 1] == letters[at - 2]).count();
        // 5 of 8: a quarter of the places, five times as likely.
        let share = equal as f64 / wrong.len() as f64;
        assert!((0.55..0.7).contains(&share), "{share} of {}", wrong.len());
    }

    #[test]
    fn copies_of_a_sequence_err_alike_and_no_share_means_none() {
        let letters = builders::random_letters(300, 8);
        let twice = [&letters[..], &letters[..]].concat();
        let wrong = errors(0.02, &twice, 20_000);
        let often = |errors: &&Vec<(u8, u8)>| errors.len() > 100;
        let places: Vec<usize> =
            wrong.iter().filter(|(_, errors)| often(errors)).map(|(&at, _)| at).collect();
        assert!(!places.is_empty());
        for at in places.into_iter().filter(|at| (20..260).contains(at)) {
            assert!(wrong.contains_key(&(at + 300)), "{at}");
        }
        assert!(SystematicErrors::new(0.0, 7, &QUALITIES).is_none());
    }
}
