//! How much of a read could be looked up, and what its quality may be for that.
//!
//! Seeds do not show a place that differs from the read within each of them. A placement that such a place could
//! better has no high quality, even where it has no rival; nor has one within a run of one letter or two, which has
//! no seeds and as many places as there are arrays of its letters.

use rihla_kernels::Scoring;

use crate::mapq;
use crate::place::{CLEAR, Read};
use crate::region::Region;
use crate::syncmer::K;

/// One or two letters in turn, so many bases like the last but one, are a run.
const RUN: usize = 16;
/// Reads of which more is such runs have places in every array of theirs.
const MOST_IN_RUNS: f64 = 0.7;
/// How often a read has a second place much like its own: the share of the genome in families of repeats that are
/// alike enough to be mistaken for one another in a read of many errors.
const ANOTHER: f64 = 0.08;
/// Chances in a seed's length that a place shows: seeds overlap, and those with a base changed are looked for, too.
const CHANCES: f64 = 3.0;

/// What limits the qualities of a read's placements.
pub(crate) struct Sight<'r> {
    read: &'r Read,
    /// Most that a placement with none of the known seeds can score.
    unseen: i32,
    length: u32,
}

impl<'r> Sight<'r> {
    /// What the seeds of a placed read say.
    pub fn of(read: &'r Read, scoring: &Scoring) -> Self {
        let length = read.query.len();
        let edit = scoring.match_score + scoring.mismatch;
        let unseen = length as i32 * scoring.match_score - read.seeds.known as i32 * edit;
        Self { read, unseen, length }
    }

    /// The share in runs of one letter or two of the part of the read that a placement aligns, where that is most of it;
    /// what is clipped, of an adapter perhaps, says nothing of the place.
    pub fn in_runs(&self, region: &Region) -> f64 {
        let part = region.sequenced(&self.read.query);
        if part == (0..self.length) {
            return self.read.seeds.in_runs;
        }
        share_in_runs(&self.read.query.codes(false)[part.start as usize..part.end as usize])
    }

    /// Quality of a placement among the read's own.
    pub fn quality(&self, region: &Region, scoring: &Scoring) -> i32 {
        let blind = mapq::blind(&self.read.seeds, region.sequenced(&self.read.query));
        let quality = mapq::single(region, blind.max(self.in_runs(region)), scoring);
        if self.unseen < region.score - CLEAR {
            return quality;
        }
        // Where one change hides a place, of those that are much alike some are seen, and tell of the others.
        let another = if self.read.seeds.all_overlap() && self.read.has_kin() { 1.0 } else { ANOTHER };
        quality.min(mapq::phred(another * escape(mapq::edit_rate(region, scoring), self.length)))
    }
}

/// The chance that no seed shows a place where the read has edits at this rate: each has one.
fn escape(rate: f64, length: u32) -> f64 {
    let broken = 1.0 - (1.0 - rate).powi(K as i32);
    broken.powf(CHANCES * f64::from(length) / K as f64)
}

/// The share of a read in runs of one letter or two, where that is most of it; else 0.
pub(crate) fn share_in_runs(codes: &[u8]) -> f64 {
    let length = codes.len().max(1) as f64;
    let alike: u32 = codes.iter().zip(codes.iter().skip(2)).map(|(a, b)| u32::from(a == b)).sum();
    // A run has two bases more than are like the last but one: most reads have too few for a closer look.
    if f64::from(alike + 2 * (alike / RUN as u32)) <= MOST_IN_RUNS * length {
        return 0.0;
    }
    let (mut inside, mut run) = (0, 0);
    for (a, b) in codes.iter().zip(codes.iter().skip(2)) {
        run = if a == b { run + 1 } else { 0 };
        inside += match run {
            RUN => RUN + 2,
            run => usize::from(run > RUN),
        };
    }
    let share = inside as f64 / length;
    if share > MOST_IN_RUNS { share } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_two_letters_are_told_from_other_sequence() {
        let codes = |text: &str| text.bytes().map(|letter| letter & 7).collect::<Vec<u8>>();
        assert!(share_in_runs(&codes(&"AC".repeat(40))) > 0.95);
        assert!(share_in_runs(&codes(&format!("{}T{}", "AC".repeat(20), "AC".repeat(20)))) > 0.8);
        assert!(share_in_runs(&codes(&"A".repeat(35))) > 0.9);
        assert_eq!(share_in_runs(&codes(&"ACGTTGCAAC".repeat(8))), 0.0);
        assert_eq!(share_in_runs(&codes(&format!("{}{}", "AC".repeat(20), "ACGTTGCAAC".repeat(4)))), 0.0);
        assert_eq!(share_in_runs(&[]), 0.0);
        // 26 bases of 35.
        assert!(share_in_runs(&codes("CGCACCTCGCCCCCCCCCCCCCCCCCCCCCCCCCC")) > 0.7);
    }

    #[test]
    fn places_escape_the_seeds_of_reads_with_many_errors() {
        assert_eq!(escape(0.0, 150), 0.0);
        assert!(escape(0.01, 150) < 1e-9);
        assert!(escape(0.12, 150) > 0.15 && escape(0.12, 150) > escape(0.08, 150));
        assert!(escape(0.08, 100) > escape(0.08, 150));
    }
}
