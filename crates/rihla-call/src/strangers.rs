//! How many of a sample's reads are another person's.
//!
//! A little of another library is in most: clusters of one index are read as those of another, tips are used twice. Where a person
//! has a variant on both copies, such reads mostly show REF, without an error, and two among thirty look like a heterozygote's. So
//! they are counted where good reads nearly all show ALT, in a part of the genome; what errors would explain, as often as they make a third
//! base, does not count. Each fragment is then a stranger's with that probability
//! ([`crate::foreign`]). GATK is told such a share, and leaves so many reads out.

use std::collections::BTreeMap;

use rihla_core::{Interval, base};
use rihla_pileup::{Change, Pileup};
use statrs::function::beta::ln_beta;

use crate::artifact::{SHARE, SURE_QUALITY};
use crate::reads::base_at;

/// The share where nothing is known, and as many fragments as count as much as it does.
pub const USUAL: f64 = 1e-4;
const USUAL_READS: f64 = 1_000.0;
/// Bases of lower quality show nothing.
const MIN_QUALITY: u8 = 20;
/// Places with fewer good reads tell nothing, and deeper ones are left out.
const DEPTHS: std::ops::RangeInclusive<u32> = 10..=400;
/// Among so many with ALT there is at most one without, or it may be a heterozygote.
const PER_OTHER: u32 = 4;
/// Before reads are counted: heterozygotes for one place with ALT on both copies, and places where reads come from a copy.
const HETEROZYGOTES: f64 = 2.0;
const UNCLEAN: f64 = 0.02;
/// Rounds of expectation and maximization (Dempster 1977), from this share on.
const ROUNDS: usize = 40;
const FIRST: f64 = 1e-3;

/// Places where nearly all good reads show one base that is not the reference's. Integers, so that parts add up to the same whatever
/// their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StrangerCounts {
    /// How many places have so many reads, and so many of them with REF.
    places: BTreeMap<(u32, u32), u64>,
    /// Reads of all these places that show a third base.
    third: u64,
}

impl StrangerCounts {
    /// Those of an interval that was scanned; `codes` are the reference's around it from `origin` on.
    #[must_use]
    pub fn of(interval: Interval, pileup: &Pileup, (codes, origin): (&[u8], u32)) -> Self {
        let mut counts = Self::default();
        let plain = pileup.regions.iter().filter(|region| region.is_plain());
        for candidate in plain.flat_map(|region| &region.candidates) {
            let place = candidate.position;
            let is_most = 2 * candidate.support > candidate.depth;
            let Change::Snp(alternate) = candidate.change else { continue };
            if is_most && interval.contains(interval.contig, place) {
                counts.add_place(shown(pileup, place), alternate, codes[(place - origin) as usize]);
            }
        }
        counts
    }

    fn add_place(&mut self, shown: [u32; 4], alternate: u8, reference: u8) {
        let Some(&with_reference) = shown.get(usize::from(reference)) else { return };
        let (all, with_alternate): (u32, u32) = (shown.iter().sum(), shown[usize::from(alternate)]);
        if DEPTHS.contains(&all) && PER_OTHER * (all - with_alternate) <= with_alternate {
            *self.places.entry((all, with_reference)).or_default() += 1;
            self.third += u64::from(all - with_reference - with_alternate);
        }
    }

    /// Adds another part's counts.
    pub fn add(&mut self, other: &Self) {
        self.third += other.third;
        for (&key, places) in &other.places {
            *self.places.entry(key).or_default() += places;
        }
    }

    /// The share of strangers' reads that show REF.
    #[must_use]
    pub fn share(&self) -> f64 {
        let (mut share, mut with_reference, mut reads) = (FIRST, 0.0, 0.0);
        for _ in 0..ROUNDS {
            (with_reference, reads) = (0.0, 0.0);
            for (&(depth, strangers), &places) in &self.places {
                let weight = places as f64 * homozygous(depth, strangers, share);
                with_reference += weight * f64::from(strangers);
                reads += weight * f64::from(depth);
            }
            share = (with_reference + USUAL * USUAL_READS) / (reads + USUAL_READS);
        }
        // Of three errors one shows REF.
        let unexplained = (with_reference - self.third as f64 / 2.0).max(0.0);
        (unexplained + USUAL * USUAL_READS) / (reads + USUAL_READS)
    }
}

/// How many good reads show each base at a place.
fn shown(pileup: &Pileup, place: u32) -> [u32; 4] {
    let mut shown = [0; 4];
    for number in pileup.reads.overlapping(place, place + 1) {
        let read = &pileup.reads.reads()[number];
        let Some((at, true)) = base_at(&pileup.reads, read, place) else { continue };
        let (code, quality) = (pileup.reads.bases(read)[at], pileup.reads.qualities(read)[at]);
        let is_good = quality >= MIN_QUALITY && f32::from(read.mapping_quality) > SURE_QUALITY;
        if code < base::N && is_good && !read.silent.contains(&place) {
            shown[usize::from(code)] += 1;
        }
    }
    shown
}

/// Probability that a place with so many reads, and so few with REF, has ALT on both copies, if strangers' reads have this share.
fn homozygous(depth: u32, strangers: u32, share: f64) -> f64 {
    let (all, few) = (f64::from(depth), f64::from(strangers));
    let both = few * share.ln() + (all - few) * (1.0 - share).ln();
    let half = HETEROZYGOTES.ln() - all * std::f64::consts::LN_2;
    let unclean = UNCLEAN.ln() + ln_beta(few + 1.0, all - few + SHARE) - ln_beta(1.0, SHARE);
    1.0 / (1.0 + (half - both).exp() + (unclean - both).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `places` of 30 good reads, each of which has so many of 1000 reads with REF, and errors.
    fn counted(places: u32, per_thousand: u32, errors: u32) -> f64 {
        let mut counts = StrangerCounts::default();
        let of = |place: u32, share: u32| (30 * (place + 1) * share / 1000) - (30 * place * share / 1000);
        for place in 0..places {
            let (strangers, third) = (of(place, per_thousand + errors), of(place, 2 * errors));
            counts.add_place([strangers, 30 - strangers - third, third, 0], 1, 0);
        }
        counts.share()
    }

    #[test]
    fn strangers_are_counted_and_errors_are_not() {
        assert!(counted(2000, 0, 0) < USUAL / 50.0, "little of what is usual is left");
        assert!(counted(2000, 0, 1) < 1e-4, "errors: {}", counted(2000, 0, 1));
        for share in [2, 5, 20] {
            let found = 1000.0 * counted(2000, share, 1);
            assert!((found / f64::from(share) - 1.0).abs() < 0.15, "{found} of {share}");
        }
        assert!((StrangerCounts::default().share() - USUAL).abs() < 1e-12);
    }

    #[test]
    fn heterozygotes_and_copies_are_no_strangers() {
        let mut counts = StrangerCounts::default();
        for _ in 0..1000 {
            counts.add_place([0, 30, 0, 0], 1, 0);
        }
        for _ in 0..10 {
            counts.add_place([6, 24, 0, 0], 1, 0);
            counts.add_place([5, 25, 0, 0], 1, 0);
            counts.add_place([2, 8, 0, 0], 1, 0);
        }
        counts.add_place([15, 15, 0, 0], 1, 0);
        counts.add_place([2, 3, 0, 0], 1, 0);
        assert_eq!(counts.places.values().sum::<u64>(), 1030);
        assert!(counts.share() < 1e-4, "{}", counts.share());
    }

    #[test]
    fn parts_add_up() {
        let mut all = StrangerCounts::default();
        let parts = [[0, 30, 0, 0], [1, 29, 1, 0], [1, 29, 1, 0]].map(|shown| {
            let mut part = StrangerCounts::default();
            part.add_place(shown, 1, 0);
            all.add_place(shown, 1, 0);
            part
        });
        let mut sum = StrangerCounts::default();
        parts.iter().rev().for_each(|part| sum.add(part));
        assert_eq!(sum, all);
        assert_eq!(sum.third, 2);
    }
}
