//! Ends of reads that a fold made.
//!
//! A single strand whose end finds its complement a little further inside, or in the other strand, pairs with it and is filled
//! up from there, in end repair or amplification: the template then begins with the reverse complement of what follows
//! behind a hairpin, or, where the genome has the hairpin, what is between its arms is turned round (Star et al., `PLoS` ONE
//! 9:e89676, 2014; Gregory et al., NAR Genomics and Bioinformatics 2:lqaa070, 2020; Chen et al., BMC Genomics 25:227, 2024).
//! An aligner clips such an end or, where the arms are long, makes changes and gaps of it, the same ones in each template
//! that ends there. Its bases say nothing of the sample.

use std::ops::Range;

use rihla_core::{CigarOp, OpKind, base};

/// Differences further inside are none of an end's.
const REACH: usize = 32;
/// Score that makes an end suspicious, and where so many bases of it are clipped.
const MIN_SCORE: usize = 9;
const MIN_CLIPPED: usize = 8;
const MIN_CLIP: usize = 4;
/// A pair of bases within the arms that is not complementary counts as so many less; a second one ends them.
const MISMATCH: usize = 5;
/// By how much the score must exceed that of the reference's own hairpin.
const MIN_LEAD: usize = 4;
/// Where the reference has the hairpin as well, each difference from it that is gone when the end is turned round counts as
/// so many pairs; there must be two such differences.
const TURNED: usize = 2;
const MIN_TURNED: usize = 2;

/// Two arms of a read's end that are complementary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Hairpin {
    /// Pairs of bases, less for one that is none.
    score: usize,
    /// Bases from the end up to the inner arm: the outer arm and what is between them.
    outer: usize,
    /// Of the distances from the end of two paired bases.
    sum: usize,
}

/// The 5' end of an aligned read.
pub(crate) struct ReadEnd<'a> {
    /// Codes and qualities of the whole read, as it lies along the reference.
    pub bases: &'a [u8],
    pub qualities: &'a [u8],
    /// Soft clips, M, I and D.
    pub ops: &'a [CigarOp],
    /// Codes of a stretch of the reference, and where in it the read's alignment begins and ends, perhaps outside.
    pub reference: &'a [u8],
    pub target: Range<i64>,
    /// Whether it is the end with the higher positions.
    pub right: bool,
}

impl ReadEnd<'_> {
    /// How many of its bases a fold made; 0 where they are the sample's. Bases of a quality below `min_quality` differ
    /// from none.
    pub fn folded(&self, min_quality: u8) -> usize {
        let Some(op) = (if self.right { self.ops.last() } else { self.ops.first() }) else { return 0 };
        let length = op.len() as usize;
        let (clip, aligned) = match op.kind() {
            OpKind::SoftClip => (length, 0),
            OpKind::Match => (0, length),
            _ => (0, 0),
        };
        if aligned >= REACH && self.agrees() {
            return 0;
        }
        let (read, qualities, expected) =
            (self.inward(self.bases), self.inward(self.qualities), self.expected(clip));
        let differs = |&i: &usize| {
            read[i] != expected[i] && read[i].max(expected[i]) < base::N && qualities[i] >= min_quality
        };
        // The first base from outside that differs, or is behind a gap.
        let difference = (0..aligned.min(REACH)).find(differs).unwrap_or(aligned);
        if difference >= REACH {
            return 0;
        }
        let least = if clip >= MIN_CLIP { MIN_CLIPPED } else { MIN_SCORE };
        let explains = |found: &Hairpin, score| score >= least && found.outer > difference;
        let new =
            hairpins(&read).max_by_key(|found| found.score).filter(|found| explains(found, found.score));
        let of_reference = || hairpins(&expected).map(|own| own.score).max().unwrap_or(0);
        let found = new.filter(|new| new.score >= of_reference() + MIN_LEAD).or_else(|| {
            let scored = hairpins(&read).filter_map(|found| {
                let turned = turned_differences(&read, &expected, found.sum)?;
                Some((found, found.score + TURNED * turned)).filter(|&(found, score)| explains(&found, score))
            });
            scored.max_by_key(|&(_, score)| score).map(|(found, _)| found)
        });
        found.map_or(0, |found| found.outer.max(clip))
    }

    /// Whether its outermost bases are the reference's.
    fn agrees(&self) -> bool {
        let (at, from) = if self.right {
            (self.bases.len() - REACH, self.target.end - REACH as i64)
        } else {
            (0, self.target.start)
        };
        let expected = usize::try_from(from).ok().and_then(|from| self.reference.get(from..from + REACH));
        expected == Some(&self.bases[at..at + REACH])
    }

    /// What belongs to the read's bases, from this end inward.
    fn inward(&self, of_bases: &[u8]) -> Vec<u8> {
        if self.right { of_bases.iter().rev().copied().collect() } else { of_bases.to_vec() }
    }

    /// The reference's bases at the read's, from this end inward, where `clip` are clipped and there are no gaps.
    fn expected(&self, clip: usize) -> Vec<u8> {
        let clip = clip as i64;
        let position =
            |i: i64| if self.right { self.target.end + clip - 1 - i } else { self.target.start - clip + i };
        let code = |i| usize::try_from(position(i)).ok().and_then(|at| self.reference.get(at)).copied();
        (0..self.bases.len() as i64).map(|i| code(i).unwrap_or(base::N)).collect()
    }
}

/// The hairpins whose outer arm begins with the first of these bases: its first five pairs fit, or seven of eight.
fn hairpins(bases: &[u8]) -> impl Iterator<Item = Hairpin> + '_ {
    const LEAST_SUM: usize = 11;
    // Four bits a base, the first ones lowest; unknown bases fit none.
    let outer = bases.iter().take(8).rev().fold(0u32, |word, &code| word << 4 | u32::from(code));
    let mut inner = 0u32;
    bases.iter().enumerate().filter_map(move |(sum, &code)| {
        inner = inner << 4 | if code < base::N { u32::from(3 - code) } else { 0xf };
        let differ = outer ^ inner;
        let differ = (differ | differ >> 1 | differ >> 2 | differ >> 3) & 0x1111_1111;
        let fits = differ.count_ones() <= 1 || differ.trailing_zeros() >= 4 * 5;
        (sum >= LEAST_SUM && fits).then(|| hairpin_of(bases, sum))
    })
}

/// By how many of the outermost bases, up to the sum, a read differs less when it is turned round; `None` where that is too few.
fn turned_differences(read: &[u8], expected: &[u8], sum: usize) -> Option<usize> {
    let (read, expected) = (&read[..=sum], &expected[..=sum]);
    let straight = read.iter().zip(expected).filter(|(a, b)| a != b).count();
    let turned = read.iter().rev().zip(expected).filter(|&(&a, &b)| base::complement(a) != b).count();
    straight.checked_sub(turned).filter(|&less| less >= MIN_TURNED)
}

/// The hairpin whose paired bases' distances from the end have this sum.
fn hairpin_of(bases: &[u8], sum: usize) -> Hairpin {
    let (mut best, mut paired, mut cost) = (Hairpin::default(), 0, 0);
    for i in 0..sum.div_ceil(2) {
        if bases[i] + bases[sum - i] == base::N - 1 {
            paired += 1;
            if paired > best.score + cost {
                best = Hairpin { score: paired - cost, outer: sum - i, sum };
            }
        } else if cost == 0 {
            cost = MISMATCH;
        } else {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::codes;
    use proptest::prelude::*;
    use rihla_core::Cigar;

    fn turned(codes: &[u8]) -> Vec<u8> {
        let mut turned = Vec::new();
        base::reverse_complement_into(codes, &mut turned);
        turned
    }

    /// How many bases at the read's left end a fold made; at its right end it must be as many when all is turned round.
    fn folded(reference: &[u8], start: u32, cigar: &str, bases: &[u8]) -> usize {
        let cigar = Cigar::parse(cigar).expect("a CIGAR");
        let on_reference = |op: &&CigarOp| op.kind().consumes_reference();
        let end = start + cigar.ops().iter().filter(on_reference).map(|op| op.len()).sum::<u32>();
        let qualities = vec![30; bases.len()];
        let (ops, target) = (cigar.ops(), i64::from(start)..i64::from(end));
        let left = ReadEnd { bases, qualities: &qualities, ops, reference, target, right: false }.folded(10);

        let (reference, bases) = (turned(reference), turned(bases));
        let ops: Vec<CigarOp> = cigar.ops().iter().rev().copied().collect();
        let target = reference.len() as i64 - i64::from(end)..reference.len() as i64 - i64::from(start);
        let (bases, qualities, ops, reference) = (&bases, &qualities, &ops, &reference);
        let right = ReadEnd { bases, qualities, ops, reference, target, right: true };
        assert_eq!(right.folded(10), left);
        left
    }

    const BEFORE: &str = "CTTAGCATCGATTACAGGCA";
    const INSIDE: &str = "TTGACCGTACTGAACGGATCTCAAGTGCTAGCCATTGCGTACAAGGT";

    #[test]
    fn an_end_that_is_a_copy_of_what_follows_is_clipped_and_a_folds() {
        let reference = codes([BEFORE, INSIDE].concat());
        let inside = codes(INSIDE);
        let (copy, behind) = (turned(&inside[7..19]), &inside[2..]);
        let cigar = format!("12S{}M", behind.len());
        assert_eq!(folded(&reference, 22, &cigar, &[&copy, behind].concat()), 17);
        let other = codes("GCTTAGCCATAG");
        assert_eq!(folded(&reference, 22, &cigar, &[&other, behind].concat()), 0);
    }

    #[test]
    fn a_hairpin_made_whole_is_a_folds_and_one_that_the_reference_has_is_none() {
        let (arm, between, other) = ("CCAAGTTACGTC", "TTGAC", "GACGTAACTTGG");
        let whole = codes([arm, between, other, INSIDE].concat());
        let mut broken = whole.clone();
        broken[4] = base::encode(b'A');
        let cigar = format!("{}M", whole.len());
        let in_front = codes(BEFORE);
        assert_eq!(folded(&[&in_front[..], &broken].concat(), 20, &cigar, &whole), 17);
        assert_eq!(folded(&[&in_front[..], &whole].concat(), 20, &cigar, &broken), 0);
        let mut changed = whole.clone();
        changed[14] = base::encode(b'A');
        assert_eq!(
            folded(&[&in_front[..], &whole].concat(), 20, &cigar, &changed),
            0,
            "a SNP between the arms"
        );
        assert_eq!(folded(&[&in_front[..], &whole].concat(), 20, &cigar, &whole), 0);
    }

    #[test]
    fn what_a_hairpins_arms_enclose_is_a_folds_where_it_is_turned_round() {
        let (arm, between, other) = ("CCAAGTTACGTC", "TTGGCAC", "GACGTAACTTGG");
        let reference = codes([BEFORE, arm, between, other, INSIDE].concat());
        let read = [codes(arm), turned(&codes(between)), codes([other, INSIDE].concat())].concat();
        let from = |cut: usize| {
            let cigar = format!("{}M", read.len() - cut);
            folded(&reference, 20 + cut as u32, &cigar, &read[cut..])
        };
        assert_eq!([from(0), from(4), from(7)], [19, 15, 12]);
        assert_eq!(from(8), 0, "arms of four bases");
    }

    proptest! {
        #[test]
        fn never_more_than_the_read_and_the_same_from_both_sides(
            reference in proptest::collection::vec(0u8..=4, 160..200),
            read in proptest::collection::vec(0u8..=4, 1..70),
            clip in 0usize..20,
            palindrome in any::<bool>(),
        ) {
            let read = if palindrome { [turned(&read), read].concat() } else { read };
            let clip = clip.min(read.len() - 1);
            let cigar = if clip > 0 { format!("{clip}S{}M", read.len() - clip) } else { format!("{}M", read.len()) };
            prop_assert!(folded(&reference, 10, &cigar, &read) <= read.len());
        }
    }
}
