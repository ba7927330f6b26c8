//! A profile of reads, learnt from real ones.
//!
//! [`ProfileLearner`] counts; it reads no file. From FASTQ it takes pairs as they come
//! ([`ProfileLearner::add_template`]): qualities and N, and where mates overlap also fragment lengths,
//! adapters and errors. From a BAM it takes the records of one window of the reference after another
//! ([`ProfileLearner::add_window`]): all that a profile holds. Counts are sums, so that the order of the
//! input and the way it was cut do not matter.

use rihla_core::{Interval, ReadRef, RecordArena, Reference, base};

use crate::TestkitError;
use crate::profile::{Evidence, MAX_QUALITY, ReadProfile, SCHEMA_VERSION};

mod adapters;
mod coverage;
mod errors;
mod fragments;
mod indels;
mod overlap;
mod pileup;
mod qualities;
mod ward;
mod window;

use adapters::AdapterCounts;
use coverage::CoverageCounts;
use errors::{ErrorCounts, Seen};
use fragments::FragmentCounts;
use indels::IndelCounts;
use overlap::overlap;
use qualities::QualityCounts;

/// Qualities that are told apart: 0 to [`MAX_QUALITY`].
const LEVELS: usize = MAX_QUALITY as usize + 1;

/// Bases around a window whose records [`ProfileLearner::add_window`] should be given, too.
pub const WINDOW_MARGIN: u32 = 2000;

/// The best length of a window, in bases; coverage is counted in parts of 8192 bases.
pub const WINDOW: u32 = 1 << 16;

/// Longest read that is counted, in bases; cycles behind are left out.
const MAX_CYCLES: usize = 400;

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LearnOptions {
    /// When not empty, each quality counts as the nearest of these (the higher one of two), so that the
    /// profile is one of a sequencer that tells only these apart.
    pub quality_bins: Vec<u8>,
}

/// Counts what a profile is made of.
#[derive(Clone, Debug)]
pub struct ProfileLearner {
    /// What each quality counts as.
    level: [u8; 256],
    qualities: QualityCounts,
    errors: ErrorCounts,
    indels: IndelCounts,
    fragments: FragmentCounts,
    coverage: CoverageCounts,
    adapters: AdapterCounts,
    /// Records that are duplicates, and all records that could be.
    duplicates: [u64; 2],
    aligned: bool,
}

/// A profile, and what it lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// The profile.
    pub profile: ReadProfile,
    /// One sentence for everything that the input could not show, and for what was odd about it.
    pub notes: Vec<String>,
}

impl ProfileLearner {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(options: &LearnOptions) -> Self {
        let nearest = |quality: u8| {
            let bins = options.quality_bins.iter().copied();
            bins.min_by_key(|&bin| (bin.abs_diff(quality), u8::MAX - bin)).unwrap_or(quality)
        };
        Self {
            level: std::array::from_fn(|quality| nearest(quality as u8).min(MAX_QUALITY)),
            qualities: QualityCounts::default(),
            errors: ErrorCounts::default(),
            indels: IndelCounts::default(),
            fragments: FragmentCounts::default(),
            coverage: CoverageCounts::default(),
            adapters: AdapterCounts::default(),
            duplicates: [0; 2],
            aligned: false,
        }
    }

    /// Counts a template as it comes from the sequencer: one read, or both mates.
    pub fn add_template(&mut self, reads: &[ReadRef<'_>]) {
        let mut buckets = [None; 2];
        for ((mate, read), bucket) in (0..2).zip(reads).zip(&mut buckets) {
            let levels: Vec<u8> =
                read.qualities.iter().map(|&quality| self.level[usize::from(quality)]).collect();
            *bucket = self.qualities.add_read(mate, &levels, |i| read.sequence[i] == b'N');
        }
        let &[first, second] = reads else { return };
        if let [Some(one), Some(two)] = buckets {
            self.qualities.add_pair(one, two);
        }
        self.add_overlap(first, second);
    }

    /// Counts what the overlap of two mates shows.
    fn add_overlap(&mut self, first: ReadRef<'_>, second: ReadRef<'_>) {
        let encode = |read: ReadRef<'_>| read.sequence.iter().map(|&letter| base::encode(letter)).collect();
        let codes: [Vec<u8>; 2] = [encode(first), encode(second)];
        self.fragments.add_looked_at();
        let Some(fragment) = overlap(&codes[0], &codes[1]) else { return };
        self.fragments.add(fragment);
        for (mate, codes) in codes.iter().enumerate() {
            self.adapters.add(mate, codes.get(fragment..).unwrap_or_default());
        }
        let qualities = [first, second].map(|read| read.qualities);
        for mate in 0..2 {
            self.compare_mates(mate, fragment, &codes, qualities);
        }
    }

    /// Holds one mate against the other where they overlap: what has the lower quality is the wrong one.
    fn compare_mates(&mut self, mate: usize, fragment: usize, codes: &[Vec<u8>; 2], qualities: [&[u8]; 2]) {
        let (own, other) = (&codes[mate], &codes[1 - mate]);
        let partner = |cycle: usize| fragment.checked_sub(cycle + 1).filter(|&i| i < other.len());
        let truth = |cycle: usize| partner(cycle).map_or(base::N, |i| base::complement(other[i]));
        for cycle in 2..own.len().min(MAX_CYCLES) {
            let Some(at) = partner(cycle) else { continue };
            let (quality, theirs) = (qualities[mate][cycle], qualities[1 - mate][at]);
            // Of two equal ones the first mate is doubted on even cycles, the second on odd ones.
            let doubted = quality < theirs || quality == theirs && cycle % 2 == mate;
            let called = own[cycle];
            let correct = truth(cycle);
            if called > 3 || correct > 3 || called != correct && !doubted {
                continue;
            }
            let before = [own[cycle - 2], own[cycle - 1]];
            let run = own[..cycle].iter().rev().take_while(|&&code| code == before[1]).count();
            let quality = self.level[usize::from(quality)];
            self.errors.add(Seen { mate, cycle, quality, before, run, correct, called });
        }
    }

    /// Counts the records of a window of the reference: those that begin in `interval`. `records` should
    /// hold all that overlap it or the [`WINDOW_MARGIN`] bases on either side, sorted by position.
    ///
    /// Windows should not overlap, and begin at multiples of 8192.
    pub fn add_window(&mut self, reference: &Reference, interval: Interval, records: &RecordArena) {
        self.aligned = true;
        window::add(self, reference, interval, records);
    }

    /// Adds the counts of another learner with the same bins.
    pub fn merge(&mut self, other: &Self) {
        self.qualities.merge(&other.qualities);
        self.errors.merge(&other.errors);
        self.indels.merge(&other.indels);
        self.fragments.merge(&other.fragments);
        self.coverage.merge(&other.coverage);
        self.adapters.merge(&other.adapters);
        add_counts(&mut self.duplicates, &other.duplicates);
        self.aligned |= other.aligned;
    }

    /// Reads counted so far.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.qualities.reads()
    }

    /// The profile of all that was counted.
    ///
    /// # Errors
    /// [`TestkitError::Profile`] when there were no reads, or reads without qualities only.
    pub fn finish(&self, name: &str, source: &str) -> Result<Learned, TestkitError> {
        let mut notes = Vec::new();
        let Some(qualities) = self.qualities.finish(&mut notes) else {
            let problem = "there are no reads with qualities to learn from".to_owned();
            return Err(TestkitError::Profile { problem });
        };
        let errors = self.errors.finish(&qualities, self.aligned, &mut notes);
        let mut observed = self.qualities.observed();
        for (mate, observed) in observed.iter_mut().enumerate() {
            observed.mismatch_rate = errors.as_ref().and_then(|_| self.errors.mismatch_rate(mate));
        }
        let longest = usize::from(qualities.mates.iter().map(|mate| mate.cycles).max().unwrap_or(0));
        let fragments = self.fragments.finish(self.aligned, &mut notes);
        let (compared_bases, mismatches) = self.errors.totals();
        let profile = ReadProfile {
            schema_version: SCHEMA_VERSION,
            name: name.to_owned(),
            source: source.to_owned(),
            evidence: Evidence {
                reads: self.reads(),
                compared_bases,
                mismatches,
                fragments: self.fragments.count(),
            },
            adapters: self.adapters.finish(self.fragments.share_below(longest), &qualities, &mut notes),
            qualities,
            errors,
            indels: self.indels.finish(&mut notes),
            fragments,
            gc_coverage: self.coverage.finish(&mut notes),
            duplicates: self.duplicate_share(&mut notes),
            observed,
        };
        profile.validate()?;
        Ok(Learned { profile, notes })
    }

    fn duplicate_share(&self, notes: &mut Vec<String>) -> Option<f64> {
        let [marked, all] = self.duplicates;
        if marked == 0 {
            notes.push("share of duplicates: no record is marked as a duplicate".to_owned());
            return None;
        }
        Some(rounded(marked as f64 / all as f64))
    }
}

/// Adds counts place by place; the longer list wins.
fn add_counts<T: Copy + std::ops::AddAssign>(into: &mut [T], from: &[T]) {
    for (into, &from) in into.iter_mut().zip(from) {
        *into += from;
    }
}

/// Four digits that count: more would only make the file longer.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10f64.powi(3 - value.abs().log10().floor() as i32);
    let rounded = (value * scale).round() / scale;
    // Powers of ten are not exact; the shortest text of the number is.
    format!("{rounded:.12}").parse().unwrap_or(rounded)
}

#[cfg(test)]
mod tests;
