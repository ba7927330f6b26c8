//! The length of an insert that both mates read whole, by how they overlap.
//!
//! Where the insert is shorter than the reads, each read goes on into the adapter of the other end; the overlap tells
//! where, whatever the adapter is. The rule and its numbers are those of fastp (Chen et al. 2018).

use super::near::find_near;

/// Fewest bases of an overlap.
pub const LEAST_OVERLAP: usize = 30;

/// Most mismatches among the bases that are compared.
pub const MOST_MISMATCHES: usize = 5;

/// The first bases of an overlap decide: behind them reads may be too bad to agree.
pub const COMPARED: usize = 50;

/// Bases that are compared first.
const HEAD: usize = 16;

/// Finds overlaps; reused from pair to pair.
#[derive(Debug, Default)]
pub struct Overlapper {
    /// The second mate as it lies along the first.
    second: Vec<u8>,
}

impl Overlapper {
    /// Bases of the insert of two mates, of which the first reads `first` and the second `second`; `None` when
    /// they do not overlap.
    ///
    /// Of several lengths that fit, as in repeats, that is taken which cuts nothing, or the least: from the second
    /// mate's length upwards, then from it downwards.
    pub fn insert_length(&mut self, first: &[u8], second: &[u8]) -> Option<usize> {
        self.second.clear();
        self.second.extend(second.iter().rev().map(|&letter| complement(letter)));
        let second = &self.second[..];
        // The second mate begins inside the first, else before it.
        if let Some(at) = first_place(first, second, 0) {
            return Some(second.len() + at);
        }
        first_place(second, first, 1).map(|at| second.len() - at)
    }
}

/// The other strand's letter; an unknown base has none that it could agree with.
const fn complement(letter: u8) -> u8 {
    match letter {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' => b'A',
        _ => b'-',
    }
}

/// The first place of one sequence, not before `least`, from which on it agrees with the other.
fn first_place(one: &[u8], two: &[u8], least: usize) -> Option<usize> {
    let head = two.get(..HEAD)?;
    let places = one.len().checked_sub(LEAST_OVERLAP)?;
    find_near(one, head, least..places + 1, MOST_MISMATCHES, |at| agree(&one[at..], two))
}

/// Whether two sequences overlap from their beginnings on.
fn agree(one: &[u8], two: &[u8]) -> bool {
    let length = one.len().min(two.len());
    if length < LEAST_OVERLAP {
        return false;
    }
    let compared = length.min(COMPARED);
    let pairs = one[..compared].iter().zip(&two[..compared]);
    pairs.filter(|(one, two)| one != two).count() <= MOST_MISMATCHES
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reverse_complement(sequence: &[u8]) -> Vec<u8> {
        sequence.iter().rev().map(|&letter| complement(letter)).collect()
    }

    /// Mates of an insert, each of `length` bases, with adapters behind the insert's ends.
    fn mates(insert: &[u8], length: usize) -> [Vec<u8>; 2] {
        [insert.to_vec(), reverse_complement(insert)].map(|insert| {
            let adapter = b"AGATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATCTCGTATGCCGTCTTCTGCTTG";
            insert.iter().chain(adapter).copied().take(length).collect()
        })
    }

    fn random(length: usize, seed: u64) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut letter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            b"ACGT"[(state >> 62) as usize]
        };
        (0..length).map(|_| letter()).collect()
    }

    #[test]
    fn inserts_of_every_length_are_measured() {
        let mut overlapper = Overlapper::default();
        for length in 30..=170 {
            let [one, two] = mates(&random(length, length as u64), 100);
            assert_eq!(overlapper.insert_length(&one, &two), Some(length), "{length}");
        }
        for length in [20, 171, 400] {
            let [one, two] = mates(&random(length, 5), 100);
            assert_eq!(overlapper.insert_length(&one, &two), None, "{length}");
        }
        assert_eq!(overlapper.insert_length(b"", b""), None);
        assert_eq!(overlapper.insert_length(&[b'A'; 29], &[b'T'; 90]), None);
        assert_eq!(
            overlapper.insert_length(&[b'N'; 90], &[b'N'; 90]),
            None,
            "unknown bases agree with nothing"
        );
    }

    #[test]
    fn of_several_lengths_the_one_that_cuts_least() {
        let mut overlapper = Overlapper::default();
        let repeat = b"AC".repeat(45);
        assert_eq!(overlapper.insert_length(&repeat, &reverse_complement(&repeat)), Some(90));
    }

    #[test]
    fn errors_are_borne_up_to_a_limit() {
        let [one, two] = mates(&random(80, 3), 100);
        let mut overlapper = Overlapper::default();
        let mut with_errors = |places: &[usize]| {
            let mut bad = one.clone();
            places.iter().for_each(|&at| bad[at] = complement(bad[at]));
            overlapper.insert_length(&bad, &two)
        };
        assert_eq!(with_errors(&[3, 9, 20, 31, 49]), Some(80));
        assert_eq!(with_errors(&[3, 9, 20, 31, 40, 49]), None);
        assert_eq!(with_errors(&[50, 51, 52, 60, 70, 79]), Some(80), "behind the first 50");
    }

    /// The rule in plain words.
    fn naive(first: &[u8], second: &[u8]) -> Option<usize> {
        let second = reverse_complement(second);
        let fits = |insert: &i64| {
            // Places of the first mate under which the second lies.
            let shift = insert - second.len() as i64;
            let under: Vec<(u8, u8)> = (0..first.len() as i64)
                .filter(|at| (0..second.len() as i64).contains(&(at - shift)))
                .map(|at| (first[at as usize], second[(at - shift) as usize]))
                .collect();
            under.len() >= 30 && under.iter().take(50).filter(|(a, b)| a != b).count() <= 5
        };
        let length = second.len() as i64;
        let upwards = length..length + first.len() as i64;
        let downwards = (1..length).rev();
        upwards.chain(downwards).find(fits).map(|insert| insert as usize)
    }

    proptest! {
        #[test]
        fn the_rule_is_the_naive_one(
            insert in "[ACGT]{1,120}",
            lengths in (0usize..90, 0usize..90),
            errors in proptest::collection::vec((0usize..90, 0usize..4), 0..9),
            unrelated in proptest::bool::weighted(0.2),
        ) {
            let [mut one, mut two] = mates(insert.as_bytes(), 90);
            one.truncate(lengths.0);
            two.truncate(lengths.1);
            if unrelated {
                two.reverse();
            }
            for (at, letter) in errors {
                if let Some(base) = one.get_mut(at) {
                    *base = b"ACGN"[letter];
                }
            }
            prop_assert_eq!(Overlapper::default().insert_length(&one, &two), naive(&one, &two));
        }
    }
}
