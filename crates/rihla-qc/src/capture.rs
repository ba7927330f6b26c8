//! How well reads were drawn from chosen regions, as Picard CollectHsMetrics counts, baits and targets being the same.

use std::collections::BTreeMap;

use rihla_core::lanes::{Tally, count};
use rihla_core::record::flags;
use rihla_core::{Interval, IntervalSet, OpKind, Pack, RecordArena, RecordRef, Unpack};

use crate::counters::{add_all, add_at, counters};
use crate::cover::{Block, Changes, EXCLUDED, GOOD, blocks};
use crate::depth::part;
use crate::facts::Facts;

/// Reads so near a target were drawn with it (bases).
const NEAR: u32 = 250;
/// Bases of this quality or less are not even looked at.
const WORST: u8 = 2;
/// Deeper bases are counted as if they were so deep.
const DEEPEST: u32 = 400_000;

counters! {
    /// Sums over records that are not secondary, each in the bin of its position.
    pub struct CaptureSums {
        /// Reads.
        reads,
        /// Of these, passing ones: they did not fail the vendor's checks.
        passing,
        /// Of these, those that are no duplicates.
        unique,
        /// Of these, mapped ones.
        unique_mapped,
        /// Bases of passing reads.
        bases,
        /// Bases of passing records that stand against the reference; what follows is of these records.
        aligned,
        /// Of these, those of no duplicate.
        unique_aligned,
        /// First mates, both mapped, near a target.
        pairs,
        /// Of these, those that are no duplicates.
        unique_pairs,
        /// Aligned bases on a target.
        on,
        /// Those beside, of records near a target.
        near,
        /// Those of other records.
        off,
        /// Those of duplicates; each that follows, to `quality`, of what is left.
        duplicate,
        /// Those of reads that are adapter.
        adapter,
        /// Those of a mapping quality below 20.
        mapq,
        /// Bases from where the mate begins, in the one of the two that begins before.
        overlap,
        /// Those of a quality below 20.
        quality,
        /// Good bases beside the targets.
        off_target,
        /// Good bases on a target; as often as it has.
        on_target,
        /// Of these, those of pairs that are both mapped.
        on_target_in_pairs,
    }
}

/// Good depth of one target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TargetGround {
    /// Bases.
    pub bases: u64,
    /// Those that are G or C.
    pub strong: u64,
    /// Sum of their good depths.
    pub depth_sum: u64,
}

/// What is counted of reads that were drawn from regions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaptureCounts {
    /// Plain sums.
    pub sums: CaptureSums,
    /// Targets by number.
    pub targets: BTreeMap<u32, TargetGround>,
    /// Their bases by good depth.
    pub depths: Vec<u64>,
    /// Bases on targets by quality, without those of 2 and less.
    pub qualities: Vec<u64>,
}

impl CaptureCounts {
    /// Counts a record of the bin.
    pub(crate) fn add(&mut self, facts: &Facts<'_>, set: &IntervalSet) {
        if facts.has(flags::SECONDARY) {
            return;
        }
        let sums = &mut self.sums;
        let is_read = u64::from(!facts.has(flags::SUPPLEMENTARY));
        let is_unique = u64::from(!facts.has(flags::DUPLICATE));
        let is_mapped = u64::from(!facts.has(flags::UNMAPPED));
        sums.reads += is_read;
        if facts.has(flags::QC_FAIL) {
            return;
        }
        sums.passing += is_read;
        sums.unique += is_read * is_unique;
        sums.unique_mapped += is_read * is_unique * is_mapped;
        sums.bases += is_read * facts.record.sequence_len() as u64;
        let (Some(contig), Some(start), Some(end), 1) =
            (facts.record.contig(), facts.record.position(), facts.record.reference_end(), is_mapped)
        else {
            return;
        };
        let aligned = u64::from(facts.aligned);
        sums.aligned += aligned;
        sums.unique_aligned += is_unique * aligned;
        let is_near =
            set.overlaps(&Interval::new(contig, start.saturating_sub(NEAR), end.saturating_add(NEAR)));
        if is_near && is_read == 1 && facts.has(flags::FIRST) && facts.both_mapped() {
            sums.pairs += 1;
            sums.unique_pairs += is_unique;
        }
        let targets = set.overlapping(&Interval::new(contig, start, end));
        let on: u32 = blocks(facts.record)
            .map(|block| targets.iter().map(|target| block.within(*target).len()).sum::<u32>())
            .sum();
        match is_near {
            true => (sums.on, sums.near) = (sums.on + u64::from(on), sums.near + aligned - u64::from(on)),
            false => sums.off += aligned,
        }
        if is_unique == 0 {
            sums.duplicate += aligned;
        } else if facts.is_adapter {
            sums.adapter += aligned;
        } else if facts.record.mapq() < GOOD {
            sums.mapq += aligned;
        } else {
            self.add_bases(facts, targets);
        }
    }

    /// Counts the bases of a record that counts.
    fn add_bases(&mut self, facts: &Facts<'_>, targets: &[Interval]) {
        let record = facts.record;
        let in_pair = facts.both_mapped() && !facts.has(flags::SUPPLEMENTARY);
        let end = end_of(record);
        self.sums.overlap += overlapping(record, end);
        for block in blocks(record).map(|block| block.until(end)) {
            let good = |block: &Block| u64::from(block.len()) - below(record, block);
            let low = below(record, &block);
            let mut on = 0;
            for part in targets.iter().map(|target| block.within(*target)).filter(|part| part.len() > 0) {
                on += good(&part);
                for &quality in qualities(record, &part).iter().filter(|quality| **quality > WORST) {
                    add_at(&mut self.qualities, quality.into());
                }
            }
            self.sums.quality += low;
            self.sums.on_target += on;
            self.sums.on_target_in_pairs += u64::from(in_pair) * on;
            self.sums.off_target += u64::from(block.len()) - low - on;
        }
    }

    /// Counts the bases of the targets in a window; `records` hold every record that overlaps it.
    pub(crate) fn add_depths(
        &mut self,
        window: Interval,
        set: &IntervalSet,
        codes: &[u8],
        records: &RecordArena,
    ) {
        let numbers = set.numbers_of_overlapping(&window);
        if numbers.is_empty() {
            return;
        }
        let mut depth = Changes::over(window);
        let mut bad = Tally::new(window.len() as usize);
        let is_over = |record: &RecordRef<'_>| record.contig() == Some(window.contig);
        let counts = |record: &RecordRef<'_>| !record.has_any(EXCLUDED) && record.mapq() >= GOOD;
        for record in records.iter().filter(|record| is_over(record) && counts(record)) {
            let end = end_of(record);
            for block in blocks(record).map(|block| block.until(end).within(window)) {
                if block.len() > 0 {
                    depth.add(block.start, block.end, 1);
                    let at = (block.start - window.start) as usize;
                    bad.add(at, qualities(record, &block), |quality| quality < GOOD);
                }
            }
        }
        let mut depths = depth.depths();
        depths.iter_mut().zip(bad.finish()).for_each(|(depth, bad)| *depth -= bad);
        for (number, target) in numbers.clone().zip(&set.as_slice()[numbers]) {
            let inside =
                Interval::new(window.contig, target.start.max(window.start), target.end.min(window.end));
            let ground = self.targets.entry(number as u32).or_default();
            ground.bases += u64::from(inside.len());
            let letters = &codes[(inside.start - window.start) as usize..][..inside.len() as usize];
            ground.strong += letters.iter().filter(|code| (1..=2).contains(*code)).count() as u64;
            for &depth in part(window, &inside, &depths) {
                ground.depth_sum += u64::from(depth);
                add_at(&mut self.depths, depth.min(DEEPEST) as usize);
            }
        }
    }

    /// Adds the counts of another bin.
    pub fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        for (&number, more) in &other.targets {
            let ground = self.targets.entry(number).or_default();
            ground.bases += more.bases;
            ground.strong += more.strong;
            ground.depth_sum += more.depth_sum;
        }
        add_all(&mut self.depths, &other.depths);
        add_all(&mut self.qualities, &other.qualities);
    }
}

/// Where a record ends to count: at its mate's begin, if the mate begins behind it; both may begin at one place, then
/// the last mate does not count at all. Picard takes the mate's position for one on the same contig, wherever it is.
fn end_of(record: RecordRef<'_>) -> u32 {
    let is_paired = record.has_any(flags::PAIRED) && !record.has_any(flags::MATE_UNMAPPED);
    match (record.position(), record.mate_position()) {
        (Some(start), Some(mate)) if is_paired && mate > start => mate,
        (Some(start), Some(mate)) if is_paired && mate == start && !record.has_any(flags::FIRST) => start,
        _ => u32::MAX,
    }
}

/// Bases of the read from there on, aligned or inserted.
fn overlapping(record: RecordRef<'_>, end: u32) -> u64 {
    let mut at = record.position().unwrap_or(0);
    let behind = record.cigar().map(|op| {
        let start = at;
        let kind = op.kind();
        at += if kind.consumes_reference() { op.len() } else { 0 };
        match kind.is_aligned() {
            true => at.saturating_sub(start.max(end)),
            false if kind == OpKind::Insertion && end < start => op.len(),
            false => 0,
        }
    });
    behind.map(u64::from).sum()
}

fn qualities<'a>(record: RecordRef<'a>, block: &Block) -> &'a [u8] {
    record.qualities().get(block.read..block.read + block.len() as usize).unwrap_or_default()
}

/// Bases of a block that are not good.
fn below(record: RecordRef<'_>, block: &Block) -> u64 {
    count(qualities(record, block), |quality| quality < GOOD)
}

impl Pack for CaptureCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { sums, targets, depths, qualities } = self;
        sums.pack(out);
        targets.len().pack(out);
        for (number, TargetGround { bases, strong, depth_sum }) in targets {
            (*number, *bases).pack(out);
            (*strong, *depth_sum).pack(out);
        }
        depths.pack(out);
        qualities.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (sums, count) = (from.read()?, from.read::<usize>()?);
        let one = |from: &mut Unpack<'_>| {
            let (number, bases) = from.read()?;
            let (strong, depth_sum) = from.read()?;
            Some((number, TargetGround { bases, strong, depth_sum }))
        };
        let targets = (0..count).map(|_| one(from)).collect::<Option<_>>()?;
        Some(Self { sums, targets, depths: from.read()?, qualities: from.read()? })
    }
}
