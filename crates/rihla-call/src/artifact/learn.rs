//! How common artifacts are in a sample.
//!
//! Chimeric molecules and errors of the polymerase make a hundred places of a megabase look like heterozygotes of a small share in some
//! libraries, and none in others. In a part of the genome such places are counted: their reads with ALT are no errors by their qualities, and
//! too few for a heterozygote. How many there would be if artifacts were as common as usual, and how many heterozygotes look so by
//! chance, follows from the depths alone.

use std::f64::consts::{LN_10, LOG10_2};

use rihla_core::Interval;
use rihla_core::base;
use rihla_pileup::columns::Columns;
use rihla_pileup::events::{Gap, leftmost_gaps};
use rihla_pileup::{ActiveRegion, Candidate, Change, Pileup, PreparedRead};
use statrs::function::beta::ln_beta;
use statrs::function::factorial::ln_binomial;

use super::{SHARE, SURE_QUALITY, THREE_COPIES, count_odds};
use crate::depth::UsualDepth;
use crate::gap_penalty::{PLAIN_OPEN, table_open};
use crate::options::{CallOptions, FilterOptions};
use crate::prior;
use crate::reads::base_at;

/// Where so many are expected, what is seen counts as much as what is usual, which is little: libraries differ by a factor of a hundred
/// (a gamma distribution of this shape).
const USUAL: f64 = 0.5;
/// log10 odds against a place's having the same errors in so many reads, of any: there are fewer than one among the places looked at.
const NO_ERRORS: f64 = 7.0;
/// Deeper places are taken for so deep.
const DEEPEST: usize = 400;
/// Bases of lower quality show nothing.
const MIN_QUALITY: u8 = 10;
/// log10 by which a usual base, and a usual gap, are likelier where ALT is there than as errors.
const OF_BASE: f64 = 4.0;
const OF_GAP: f64 = PLAIN_OPEN as f64 / 10.0;

/// How many times as common as usual artifacts are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArtifactRates {
    /// Those that look like SNPs.
    pub snp: f64,
    /// Those that look like insertions and deletions.
    pub gap: f64,
}

impl Default for ArtifactRates {
    /// As usual.
    fn default() -> Self {
        Self { snp: 1.0, gap: 1.0 }
    }
}

/// What artifacts look like.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Snp,
    Gap,
}

/// Clear cases, and all places, by depth. Integers, so that parts add up to the same whatever their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtifactCounts {
    seen: [Vec<u64>; 2],
    places: Vec<u64>,
}

impl ArtifactCounts {
    /// Counts in an interval that was scanned; `codes` are the reference's around it from `origin` on.
    #[must_use]
    pub fn of(interval: Interval, pileup: &Pileup, (codes, origin): (&[u8], u32)) -> Self {
        let mut counts = Self::default();
        let columns = Columns::count(&pileup.reads, interval);
        for place in interval.start..interval.end {
            add_at(&mut counts.places, columns.depth(place) as usize, 1);
        }
        for region in &pileup.regions {
            for kind in [Kind::Snp, Kind::Gap] {
                if let Some((position, depth)) = kind.case(region, pileup, (codes, origin))
                    && interval.contains(interval.contig, position)
                {
                    add_at(&mut counts.seen[kind as usize], depth, 1);
                }
            }
        }
        counts
    }

    /// So many cases of both kinds, and so many places, of a depth.
    #[cfg(test)]
    fn counted(seen: [u64; 2], depth: usize, places: u64) -> Self {
        let at = |count| {
            let mut counts = Vec::new();
            add_at(&mut counts, depth, count);
            counts
        };
        Self { seen: seen.map(at), places: at(places) }
    }

    /// Adds another part's counts.
    pub fn add(&mut self, other: &Self) {
        let sum = |all: &mut Vec<u64>, part: &[u64]| {
            part.iter().enumerate().for_each(|(depth, &count)| add_at(all, depth, count));
        };
        sum(&mut self.places, &other.places);
        self.seen.iter_mut().zip(&other.seen).for_each(|(all, part)| sum(all, part));
    }

    /// How many clear cases look like SNPs, and how many like insertions and deletions.
    #[must_use]
    pub fn cases(&self) -> [u64; 2] {
        [Kind::Snp, Kind::Gap].map(|kind| self.seen[kind as usize].iter().sum())
    }

    /// How many times as common as usual artifacts are, at places that are no deeper than those of two copies.
    #[must_use]
    pub fn rates(&self, usual: Option<UsualDepth>) -> ArtifactRates {
        let most = |kind: Kind| usual.map_or(1.0, |_| kind.most());
        let is_usual = |depth: usize| usual.is_none_or(|usual| usual.is_of_two(depth as f64));
        let rate = |kind: Kind| {
            let cases = self.seen[kind as usize].iter().enumerate();
            let seen: u64 = cases.filter(|&(depth, _)| is_usual(depth)).map(|(_, &count)| count).sum();
            let places =
                self.places.iter().enumerate().filter(|&(depth, &count)| count > 0 && is_usual(depth));
            let (mut artifacts, mut heterozygotes) = (0.0, 0.0);
            for (depth, &count) in places {
                let [small, half] = kind.clear_shares(depth);
                artifacts += count as f64 * kind.artifacts() * small;
                heterozygotes += count as f64 * kind.heterozygosity() * half;
            }
            ((USUAL + (seen as f64 - heterozygotes).max(0.0)) / (USUAL + artifacts)).min(most(kind))
        };
        ArtifactRates { snp: rate(Kind::Snp), gap: rate(Kind::Gap) }
    }
}

fn add_at(counts: &mut Vec<u64>, depth: usize, count: u64) {
    let depth = depth.min(DEEPEST);
    counts.resize(counts.len().max(depth + 1), 0);
    counts[depth] += count;
}

impl Kind {
    /// Position and depth of the clear case that a region is. Where aligners place the reads of a gap differently, some show other
    /// changes in its place, so that regions with gaps count where there is nothing else.
    fn case(self, region: &ActiveRegion, pileup: &Pileup, reference: (&[u8], u32)) -> Option<(u32, usize)> {
        let is_told = match self {
            Self::Snp => region.is_plain(),
            Self::Gap => region.candidates.len() == 1,
        };
        // An artifact may be several changes side by side.
        let mut candidates =
            region.candidates.iter().filter(|candidate| is_told && 2 * candidate.support < candidate.depth);
        candidates.find_map(|candidate| {
            let seen = self.seen(candidate, pileup, reference)?;
            seen.is_clear().then_some((candidate.position, seen.depth))
        })
    }

    /// What reads show of a candidate of this kind.
    fn seen(self, candidate: &Candidate, pileup: &Pileup, reference: (&[u8], u32)) -> Option<Seen> {
        match (&candidate.change, self) {
            (&Change::Snp(code), Self::Snp) => Some(Seen::of_base(pileup, candidate.position, code)),
            (Change::Gap { deleted, inserted }, Self::Gap) => {
                let gap = Gap { position: candidate.position, deleted: *deleted, inserted: inserted.clone() };
                Some(Seen::of_gap(pileup, &gap, candidate.end, reference))
            }
            _ => None,
        }
    }

    /// Share of the places that are heterozygous.
    fn heterozygosity(self) -> f64 {
        match self {
            Self::Snp => CallOptions::default().snp_heterozygosity,
            Self::Gap => prior::repeat_rate(1, 1),
        }
    }

    /// More than so many times as many as usual are not believed, and where the usual depth is not known no more than usual. What looks
    /// like many SNPs is from elsewhere, or of strangers, and is weighed by itself.
    fn most(self) -> f64 {
        match self {
            Self::Snp => 1.0,
            Self::Gap => 10.0,
        }
    }

    /// Share of the places that usually have an artifact: the limit of the filter is that at which the odds are even.
    fn artifacts(self) -> f64 {
        self.heterozygosity() * 10f64.powf(-FilterOptions::default().max_artifact_odds)
    }

    /// Of artifacts, and of heterozygotes, at places so deep the share that are clear cases.
    fn clear_shares(self, depth: usize) -> [f64; 2] {
        let options = CallOptions::default().pileup;
        let (each, least) = match self {
            Self::Snp => (OF_BASE, options.min_snp_fraction),
            Self::Gap => (OF_GAP, options.min_indel_fraction),
        };
        let all = depth as f64;
        let nominated = (1..depth).filter(|&reads| reads as f64 >= least * all);
        let clear = nominated.filter(|&reads| is_clear(reads, depth, reads as f64 * each));
        clear.fold([0.0; 2], |[small, half], reads| {
            let ways = ln_binomial(depth as u64, reads as u64);
            let few = reads as f64;
            let of_small = ways + ln_beta(few + 1.0, all - few + SHARE) - ln_beta(1.0, SHARE);
            [small + of_small.exp(), half + (ways - all * LOG10_2 * LN_10).exp()]
        })
    }
}

/// Whether so many `reads` with ALT are neither errors, against which they speak by `evidence` (log10), nor a heterozygote's.
fn is_clear(reads: usize, depth: usize, evidence: f64) -> bool {
    let ways = ln_binomial(depth as u64, reads as u64) / LN_10;
    let odds = || count_odds(reads as f64, (depth - reads) as f64, THREE_COPIES);
    evidence - ways >= NO_ERRORS && odds() > FilterOptions::default().max_artifact_odds
}

/// What reads show of a change.
#[derive(Debug, Default)]
struct Seen {
    reads: usize,
    depth: usize,
    /// How many of the reads that show it have another gap beside it, or are clipped.
    unsure: usize,
    /// Sum of the mapping qualities of the reads that show it.
    quality: f64,
    /// log10 by which they speak against its being errors.
    evidence: f64,
}

impl Seen {
    /// Whether it is surely an artifact of reads that are where they belong, and are aligned as they should be.
    fn is_clear(&self) -> bool {
        let is_sure =
            2 * self.unsure <= self.reads && self.quality > f64::from(SURE_QUALITY) * self.reads as f64;
        is_sure && self.reads < self.depth && is_clear(self.reads, self.depth, self.evidence)
    }

    fn of_base(pileup: &Pileup, place: u32, code: u8) -> Self {
        let CallOptions { max_base_quality, mismapping_quality, .. } = CallOptions::default();
        let mut seen = Self::default();
        for number in pileup.reads.overlapping(place, place + 1) {
            let read = &pileup.reads.reads()[number];
            let Some((at, true)) = base_at(&pileup.reads, read, place) else { continue };
            let (shown, quality) = (pileup.reads.bases(read)[at], pileup.reads.qualities(read)[at]);
            if shown == base::N || quality < MIN_QUALITY || read.silent.contains(&place) {
                continue;
            }
            seen.depth += 1;
            if shown == code {
                let against = f64::from(quality.min(max_base_quality)) / 10.0 + 3f64.log10();
                seen.add(pileup, read, against.min(mismapping_quality / 10.0), 0);
            }
        }
        seen
    }

    /// Of a gap in a repeat that ends at `end`; reads that do not span it say nothing.
    fn of_gap(pileup: &Pileup, gap: &Gap, end: u32, (codes, origin): (&[u8], u32)) -> Self {
        let changed = match gap.inserted.as_slice() {
            [] => &codes[(gap.position - origin) as usize..(gap.position + gap.deleted - origin) as usize],
            inserted => inserted,
        };
        let unit = prior::period(changed);
        let units = ((end - gap.position) as usize / unit).max(1);
        let against = table_open(unit, units).min(f64::from(PLAIN_OPEN)) / 10.0;
        let mut seen = Self::default();
        for number in pileup.reads.overlapping(gap.position - 1, end + 1) {
            let read = &pileup.reads.reads()[number];
            if read.silent.contains(&gap.position) {
                continue;
            }
            let shows = leftmost_gaps(&pileup.reads, read, codes, origin).contains(gap);
            seen.depth += usize::from(shows || read.start < gap.position && read.end > end);
            if shows {
                seen.add(pileup, read, against, 1);
            }
        }
        seen
    }

    /// Adds a read that shows it, in which it is so many gaps.
    fn add(&mut self, pileup: &Pileup, read: &PreparedRead, against: f64, gaps: usize) {
        self.reads += 1;
        self.unsure += usize::from(pileup.reads.ops(read).len() > 1 + 2 * gaps);
        self.quality += f64::from(read.mapping_quality);
        self.evidence += against;
    }
}

#[cfg(test)]
mod tests;
