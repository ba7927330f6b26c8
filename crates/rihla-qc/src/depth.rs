//! Depth of coverage, base by base.
//!
//! The definition is mosdepth's (Pedersen and Quinlan, 2018): records that are unmapped, secondary,
//! QC-fail or duplicate do not count; of the others each base aligned to a reference base counts
//! (CIGAR `M`, `=`, `X`), whatever its qualities; where the two mates of a pair overlap, the template
//! counts once. Unlike mosdepth's, the positions are only those of the regions given, which leave out
//! the reference's N.

use std::collections::HashMap;

use rihla_core::record::flags;
use rihla_core::{Interval, Pack, RecordArena, RecordRef, Unpack};

use crate::insert::median;

/// The histogram's last entry holds all bases of this depth or more.
pub const DEPTH_CAP: usize = 250;

const EXCLUDED: u16 = flags::UNMAPPED | flags::SECONDARY | flags::QC_FAIL | flags::DUPLICATE;

/// Reference bases by depth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepthCounts {
    /// Reference bases looked at.
    pub bases: u64,
    /// Sum of their depths, not capped.
    pub depth_sum: u64,
    /// Bases of depth 0, 1, ... and at the end of [`DEPTH_CAP`] or more.
    pub histogram: Vec<u64>,
}

impl Default for DepthCounts {
    fn default() -> Self {
        Self { bases: 0, depth_sum: 0, histogram: vec![0; DEPTH_CAP + 1] }
    }
}

impl DepthCounts {
    /// Depth in `regions`, which lie in `window`.
    ///
    /// `records` are sorted by position and hold every record that overlaps the window, whoever owns
    /// it; others do no harm.
    #[must_use]
    pub fn of(window: Interval, regions: &[Interval], records: &RecordArena) -> Self {
        let mut counts = Self::default();
        if regions.is_empty() {
            return counts;
        }
        let depths = depths(window, records);
        for region in regions {
            let slice = (region.start - window.start) as usize..(region.end - window.start) as usize;
            for &depth in &depths[slice] {
                counts.histogram[(depth as usize).min(DEPTH_CAP)] += 1;
                counts.depth_sum += u64::from(depth);
            }
            counts.bases += u64::from(region.len());
        }
        counts
    }

    /// Adds the counts of other bases.
    pub fn merge(&mut self, other: &Self) {
        self.bases += other.bases;
        self.depth_sum += other.depth_sum;
        self.histogram.iter_mut().zip(&other.histogram).for_each(|(mine, more)| *mine += more);
    }

    /// Bases of at least this depth, which must not be above [`DEPTH_CAP`].
    #[must_use]
    pub fn bases_at_least(&self, depth: usize) -> u64 {
        self.histogram[depth..].iter().sum()
    }

    /// Median depth: the smallest that at least half of the bases do not exceed, at most the cap.
    #[must_use]
    pub fn median(&self) -> Option<u32> {
        median(&self.histogram)
    }
}

impl Pack for DepthCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { bases, depth_sum, histogram } = self;
        (*bases, *depth_sum).pack(out);
        histogram.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let counts = Self { bases: from.read()?, depth_sum: from.read()?, histogram: from.read()? };
        (counts.histogram.len() == DEPTH_CAP + 1).then_some(counts)
    }
}

/// Depth of each base of the window.
fn depths(window: Interval, records: &RecordArena) -> Vec<u32> {
    let mut changes = Changes { window, by: vec![0; window.len() as usize + 1] };
    let mut waiting: HashMap<&[u8], RecordRef<'_>> = HashMap::new();
    for record in records.iter() {
        let on_contig = record.contig() == Some(window.contig);
        if !on_contig || record.has_any(EXCLUDED) {
            continue;
        }
        blocks(record).for_each(|(start, end)| changes.add(start, end, 1));
        if let Some(mate) = overlapping_mate(record, &mut waiting) {
            subtract_overlap(mate, record, &mut changes);
        }
    }
    let mut depth = 0;
    let running = changes.by.iter().map(|change| {
        depth += change;
        depth as u32
    });
    running.take(window.len() as usize).collect()
}

/// Changes of depth from one base of a window to the next.
struct Changes {
    window: Interval,
    by: Vec<i32>,
}

impl Changes {
    fn add(&mut self, start: u32, end: u32, by: i32) {
        let start = start.max(self.window.start);
        let end = end.min(self.window.end);
        if start < end {
            self.by[(start - self.window.start) as usize] += by;
            self.by[(end - self.window.start) as usize] -= by;
        }
    }
}

/// Stretches of the reference that stand against bases of the read.
fn blocks(record: RecordRef<'_>) -> impl Iterator<Item = (u32, u32)> + use<'_> {
    let mut at = record.position().unwrap_or(0);
    record.cigar().filter_map(move |op| {
        let start = at;
        if op.kind().consumes_reference() {
            at += op.len();
        }
        op.kind().is_aligned().then_some((start, at))
    })
}

/// The mate that came before and overlaps; a record whose mate is yet to come is kept for it.
fn overlapping_mate<'a>(
    record: RecordRef<'a>,
    waiting: &mut HashMap<&'a [u8], RecordRef<'a>>,
) -> Option<RecordRef<'a>> {
    let single = !record.has_any(flags::PAIRED) || record.has_any(flags::MATE_UNMAPPED);
    if single || record.has_any(flags::SUPPLEMENTARY) || record.mate_contig() != record.contig() {
        return None;
    }
    let (position, mate_position) = (record.position()?, record.mate_position()?);
    if mate_position <= position
        && let Some(mate) = waiting.remove(record.name())
    {
        return Some(mate);
    }
    if mate_position >= position && Some(mate_position) < record.reference_end() {
        waiting.insert(record.name(), record);
    }
    None
}

/// Takes away once what two records both cover.
fn subtract_overlap(one: RecordRef<'_>, two: RecordRef<'_>, changes: &mut Changes) {
    for (start, end) in blocks(one) {
        for (other_start, other_end) in blocks(two) {
            changes.add(start.max(other_start), end.min(other_end), -1);
        }
    }
}
