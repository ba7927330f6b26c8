//! Counters of one genome bin.

use rihla_core::record::flags;
use rihla_core::{Interval, Pack, RecordArena, RecordRef, Unpack};

use crate::capture::CaptureCounts;
use crate::contigs::{ContigCounts, ContigTable};
use crate::counters::{add_all, add_at};
use crate::cover::{Cover, Splits};
use crate::depth::DepthCounts;
use crate::facts::Facts;
use crate::gc::GcCounts;
use crate::ground::Ground;
use crate::insert::InsertHistogram;
use crate::kinds::Kinds;
use crate::landscape::{Landscape, Strip};
use crate::reads::ReadCounters;
use crate::records::RecordCounts;
use crate::regions::Places;
use crate::spans::PairSpans;
use crate::tallies::MateTallies;
use crate::targets::TargetDepths;
use crate::wgs::GoodDepth;

/// What the records of a bin (or, merged, of the genome) are like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BinMetrics {
    /// Records by kind, of those whose position is in the bin.
    pub records: RecordCounts,
    /// Primary, mapped records by mapping quality, of the same records.
    pub mapping_qualities: Vec<u64>,
    /// Insert sizes, of the same records.
    pub inserts: InsertHistogram,
    /// Depth of the bin's bases, of all records.
    pub depth: DepthCounts,
    /// Depth of regions that are looked at one by one.
    pub targets: TargetDepths,
    /// Reads in even windows.
    pub landscape: Landscape,
    /// What other programs count, for files in their form; of the records that are written.
    pub written: WrittenMetrics,
}

/// What other programs count of a file of alignments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenMetrics {
    /// As `samtools flagstat`.
    pub kinds: Kinds,
    /// As `samtools stats`.
    pub reads: ReadCounters,
    /// As `samtools idxstats`, and mosdepth.
    pub contigs: ContigTable,
    /// As Picard CollectInsertSizeMetrics.
    pub spans: PairSpans,
    /// As Picard CollectAlignmentSummaryMetrics.
    pub mates: MateTallies,
    /// As Picard CollectWgsMetrics.
    pub good_depth: GoodDepth,
    /// As Picard CollectGcBiasMetrics.
    pub gc: GcCounts,
    /// As Picard CollectHsMetrics; nothing without regions.
    pub capture: CaptureCounts,
}

impl BinMetrics {
    /// Counts a bin.
    ///
    /// `window` is the bin's stretch of the genome; `None` for the bin of records without a place, in
    /// which every record counts. `places` say where in the window depth is counted, `ground` of what the reference is made
    /// there; without it nothing is counted that needs to know. `records` are sorted by
    /// position, and hold beside the bin's own the copies of its neighbors' records that reach into it: those add to
    /// depth, but are counted as records in the bin of their position only. Records with one of the FLAG bits of
    /// `left_out`, which are those of duplicates or none, are not written.
    #[must_use]
    pub fn of(
        window: Option<Interval>,
        (places, ground): (&Places<'_>, Option<&Ground<'_>>),
        records: &RecordArena,
        left_out: u16,
    ) -> Self {
        let mut metrics = Self::default();
        let mut contig = ContigCounts::default();
        let mut strip = window.zip(ground).map(|(window, ground)| Strip::of(window, ground.codes()));
        if let Some(ground) = ground {
            metrics.written.gc.add_windows(ground);
        }
        let mut splits = Splits::default();
        for record in records.iter() {
            splits.add(record);
            if !is_owned(window, record) {
                continue;
            }
            metrics.records.add(record);
            metrics.add_mapping_quality(record);
            metrics.inserts.add(record);
            if !record.has_any(left_out) {
                let facts = Facts::of(record);
                metrics.written.add(&facts, places, ground);
                strip.iter_mut().for_each(|strip| strip.add(&facts));
                contig.add(record);
            }
        }
        metrics.landscape = strip.map(Strip::finish).unwrap_or_default();
        match window {
            Some(window) => {
                let cover = Cover::of(window, &places.known, records, splits);
                metrics.depth = DepthCounts::in_regions(window, &places.counted, &cover.plain);
                metrics.targets = TargetDepths::of(window, &places.listed, &cover.plain);
                contig.add_depths(window, &places.targets, &cover.plain);
                metrics.written.good_depth.add_depths(window, &places.known, &cover);
                if let (Some(set), Some(ground)) = (places.set, ground) {
                    metrics.written.capture.add_depths(window, set, ground.codes(), records);
                }
                metrics.written.contigs.contigs.insert(window.contig, contig);
            }
            None => metrics.written.contigs.unplaced = contig.records.mapped + contig.records.unmapped,
        }
        metrics
    }

    fn add_mapping_quality(&mut self, record: RecordRef<'_>) {
        if !record.has_any(flags::SECONDARY | flags::SUPPLEMENTARY | flags::UNMAPPED) {
            add_at(&mut self.mapping_qualities, record.mapq().into());
        }
    }

    /// Adds another bin.
    pub fn merge(&mut self, other: &Self) {
        self.records.merge(&other.records);
        add_all(&mut self.mapping_qualities, &other.mapping_qualities);
        self.inserts.merge(&other.inserts);
        self.depth.merge(&other.depth);
        self.targets.merge(&other.targets);
        self.landscape.merge(&other.landscape);
        self.written.merge(&other.written);
    }
}

impl WrittenMetrics {
    fn add(&mut self, facts: &Facts<'_>, places: &Places<'_>, ground: Option<&Ground<'_>>) {
        self.kinds.add(facts);
        self.reads.add(facts);
        self.spans.add(facts);
        self.mates.add(facts);
        self.good_depth.add(facts);
        self.gc.add(facts, ground);
        places.set.iter().for_each(|set| self.capture.add(facts, set));
    }

    fn merge(&mut self, other: &Self) {
        self.kinds.merge(&other.kinds);
        self.reads.merge(&other.reads);
        self.contigs.merge(&other.contigs);
        self.spans.merge(&other.spans);
        self.mates.merge(&other.mates);
        self.good_depth.merge(&other.good_depth);
        self.gc.merge(&other.gc);
        self.capture.merge(&other.capture);
    }
}

/// Whether a record counts in the bin of this window.
fn is_owned(window: Option<Interval>, record: RecordRef<'_>) -> bool {
    match (window, record.contig(), record.position()) {
        (None, _, _) => true,
        (Some(window), Some(contig), Some(position)) => window.contains(contig, position),
        (Some(_), _, _) => false,
    }
}

impl Pack for BinMetrics {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { records, mapping_qualities, inserts, depth, targets, landscape, written } = self;
        records.pack(out);
        mapping_qualities.pack(out);
        inserts.pack(out);
        depth.pack(out);
        targets.pack(out);
        landscape.pack(out);
        written.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (records, mapping_qualities) = (from.read()?, from.read()?);
        let (inserts, depth) = (from.read()?, from.read()?);
        let (targets, landscape) = (from.read()?, from.read()?);
        Some(Self { records, mapping_qualities, inserts, depth, targets, landscape, written: from.read()? })
    }
}

impl Pack for WrittenMetrics {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { kinds, reads, contigs, spans, mates, good_depth, gc, capture } = self;
        kinds.pack(out);
        reads.pack(out);
        contigs.pack(out);
        spans.pack(out);
        mates.pack(out);
        good_depth.pack(out);
        gc.pack(out);
        capture.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (kinds, reads, contigs) = (from.read()?, from.read()?, from.read()?);
        let (spans, mates, good_depth) = (from.read()?, from.read()?, from.read()?);
        let (gc, capture) = (from.read()?, from.read()?);
        Some(Self { kinds, reads, contigs, spans, mates, good_depth, gc, capture })
    }
}
