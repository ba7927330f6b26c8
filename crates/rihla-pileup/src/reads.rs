//! Reads made ready for counting and calling: decoded, rid of adapter and poor ends, sorted.

use std::ops::Range;

use rihla_core::record::flags;
use rihla_core::{CigarOp, Interval, OpKind, RecordArena, RecordRef};

use crate::certainty::Certainty;
use crate::depth::Unplaced;
use crate::filter;
use crate::folded::ReadEnd;
use crate::options::PileupOptions;
use crate::reservoir::Reservoir;

/// One prepared read. Bases, qualities and operations lie in the [`ReadSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedRead {
    /// First aligned reference position.
    pub start: u32,
    /// One past the last aligned reference position.
    pub end: u32,
    /// Which template the read is of: a hash of its name.
    pub fragment: u64,
    /// Whether it lies on the reverse strand.
    pub reverse: bool,
    /// Whether it is the template's first read.
    pub first: bool,
    /// Whether the record is supplementary.
    pub supplementary: bool,
    /// Whether its 5' end was made by a fold of its template, and is cut off.
    pub folded: bool,
    /// Mapping quality.
    pub mapping_quality: u8,
    /// What else the aligner says of the place.
    pub certainty: Certainty,
    /// Mismatches of some quality and gaps, once the read was compared with the reference.
    pub edits: u16,
    /// Reference positions where the read keeps silent because its mate speaks.
    pub silent: Range<u32>,
    mate_start: Option<u32>,
    at: usize,
    len: u32,
    ops_at: usize,
    ops_len: u32,
}

impl PreparedRead {
    /// Start of the mate when it is placed on the same contig.
    #[must_use]
    pub fn mate_start(&self) -> Option<u32> {
        self.mate_start
    }
}

/// A stretch of aligned bases: read offset, reference position, length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Offset of the first base in the read.
    pub read: u32,
    /// Reference position of the first base.
    pub reference: u32,
    /// Bases.
    pub len: u32,
}

/// Prepared reads, sorted by start.
#[derive(Debug, Default)]
pub struct ReadSet {
    reads: Vec<PreparedRead>,
    bases: Vec<u8>,
    qualities: Vec<u8>,
    ops: Vec<CigarOp>,
    longest_span: u32,
    unplaced: Unplaced,
}

impl ReadSet {
    /// Prepares the records that are evidence and overlap `area`, over which the reference has these codes.
    #[must_use]
    pub fn prepare(records: &RecordArena, area: Interval, codes: &[u8], options: &PileupOptions) -> Self {
        let mut set = Self { unplaced: Unplaced::over(area), ..Self::default() };
        let mut bases = Vec::new();
        let reservoir = Reservoir::of(records, area, options);
        for record in records.iter() {
            let Some(start) = record.position().filter(|&at| at < area.end) else { continue };
            let out = reservoir.is_crowded(start) && !reservoir.keeps(start, name_hash(record.name()));
            if record.contig() != Some(area.contig) || out {
                continue;
            }
            if filter::is_evidence(&record, options) && record.reference_end().is_some_and(|e| e > area.start)
            {
                set.push(&record, &mut bases, (codes, area.start), options);
            } else if filter::is_unplaced(&record, options) {
                set.unplaced.add(&record);
            }
        }
        set.reads.sort_by_key(|r| (r.start, r.end, r.fragment, r.first, r.supplementary, r.reverse));
        set.longest_span = set.reads.iter().map(|r| r.end - r.start).max().unwrap_or(0);
        set
    }

    /// All reads by start.
    #[must_use]
    pub fn reads(&self) -> &[PreparedRead] {
        &self.reads
    }

    pub(crate) fn unplaced(&self) -> &Unplaced {
        &self.unplaced
    }

    /// Base codes of a read; N where the mate speaks for both.
    #[must_use]
    pub fn bases(&self, read: &PreparedRead) -> &[u8] {
        &self.bases[read.at..read.at + read.len as usize]
    }

    /// Base qualities of a read.
    #[must_use]
    pub fn qualities(&self, read: &PreparedRead) -> &[u8] {
        &self.qualities[read.at..read.at + read.len as usize]
    }

    /// CIGAR operations of a read: soft clips, M, I and D only.
    #[must_use]
    pub fn ops(&self, read: &PreparedRead) -> &[CigarOp] {
        &self.ops[read.ops_at..read.ops_at + read.ops_len as usize]
    }

    /// Numbers of the reads with an aligned base in `[start, end)`, by start.
    pub fn overlapping(&self, start: u32, end: u32) -> impl Iterator<Item = usize> + '_ {
        let from = start.saturating_sub(self.longest_span);
        let first = self.reads.partition_point(|read| read.start < from);
        self.reads[first..]
            .iter()
            .enumerate()
            .take_while(move |(_, read)| read.start < end)
            .filter(move |(_, read)| read.end > start)
            .map(move |(i, _)| first + i)
    }

    /// The ungapped stretches of a read.
    pub fn blocks(&self, read: &PreparedRead) -> impl Iterator<Item = Block> + '_ {
        let (mut at, mut position) = (0, read.start);
        self.ops(read).iter().filter_map(move |op| {
            let block = Block { read: at, reference: position, len: op.len() };
            at += if op.kind().consumes_read() { op.len() } else { 0 };
            position += if op.kind().consumes_reference() { op.len() } else { 0 };
            op.kind().is_aligned().then_some(block)
        })
    }

    /// Bases and qualities of a read, to be changed.
    pub(crate) fn evidence_mut(&mut self, read: usize) -> (&mut PreparedRead, &mut [u8], &mut [u8]) {
        let read = &mut self.reads[read];
        let span = read.at..read.at + read.len as usize;
        (read, &mut self.bases[span.clone()], &mut self.qualities[span])
    }

    /// Notes in how much each read differs from the reference.
    pub(crate) fn note_edits(&mut self, of_reads: &[u16]) {
        self.reads.iter_mut().zip(of_reads).for_each(|(read, &edits)| read.edits = edits);
    }

    fn push(
        &mut self,
        record: &RecordRef<'_>,
        bases: &mut Vec<u8>,
        reference: (&[u8], u32),
        options: &PileupOptions,
    ) {
        record.sequence_into(bases);
        let Some(start) = record.position() else { return };
        let Some(ops) = plain_ops(record) else { return };
        let folded = folded_bases(record, &ops, bases, reference, options);
        let keep = kept_bases(record, &ops, folded, options);
        if keep.len() < options.min_read_length as usize {
            return;
        }
        let Some((ops, start)) = cut(&ops, start, keep.clone()) else { return };
        let end = start + rihla_core::cigar::reference_span(ops.iter().copied());
        let one_contig = record.mate_contig() == record.contig();
        let paired = record.has_any(flags::PAIRED) && !record.has_any(flags::MATE_UNMAPPED);
        self.reads.push(PreparedRead {
            start,
            end,
            fragment: name_hash(record.name()),
            reverse: record.has_any(flags::REVERSE),
            first: record.has_any(flags::FIRST),
            supplementary: record.has_any(flags::SUPPLEMENTARY),
            folded: folded > 0,
            mapping_quality: record.mapq(),
            certainty: Certainty::of(record),
            edits: 0,
            silent: 0..0,
            mate_start: record.mate_position().filter(|_| one_contig && paired),
            at: self.bases.len(),
            len: keep.len() as u32,
            ops_at: self.ops.len(),
            ops_len: ops.len() as u32,
        });
        self.bases.extend_from_slice(&bases[keep.clone()]);
        self.qualities.extend(record.qualities()[keep].iter().map(|&q| if q == 255 { 30 } else { q }));
        self.ops.extend_from_slice(&ops);
    }
}

/// The CIGAR in M, I, D and S only; `None` for records with skips or nothing aligned.
fn plain_ops(record: &RecordRef<'_>) -> Option<Vec<CigarOp>> {
    let mut ops = Vec::new();
    for op in record.cigar() {
        match op.kind() {
            OpKind::Skip => return None,
            OpKind::HardClip | OpKind::Padding => {}
            kind if kind.is_aligned() => ops.push(CigarOp::new(OpKind::Match, op.len())),
            kind => ops.push(CigarOp::new(kind, op.len())),
        }
    }
    let reads: u32 = ops.iter().filter(|op| op.kind().consumes_read()).map(|op| op.len()).sum();
    let aligned = ops.iter().any(|op| op.kind() == OpKind::Match);
    (aligned && reads as usize == record.sequence_len()).then_some(ops)
}

/// How many bases of the read's 5' end a fold made. The reference is given by the codes of a stretch and where that begins.
fn folded_bases(
    record: &RecordRef<'_>,
    ops: &[CigarOp],
    bases: &[u8],
    (reference, first): (&[u8], u32),
    options: &PileupOptions,
) -> usize {
    let (Some(start), Some(end)) = (record.position(), record.reference_end()) else { return 0 };
    let target = i64::from(start) - i64::from(first)..i64::from(end) - i64::from(first);
    let (qualities, right) = (record.qualities(), record.has_any(flags::REVERSE));
    ReadEnd { bases, qualities, ops, reference, target, right }.folded(options.min_base_quality)
}

/// Which bases stay: none beyond the template's end, none of the 5' end that a fold made, no poor ones at the ends.
fn kept_bases(
    record: &RecordRef<'_>,
    ops: &[CigarOp],
    folded: usize,
    options: &PileupOptions,
) -> Range<usize> {
    let (mut from, mut to) = (0, record.sequence_len());
    if let Some(boundary) = filter::adapter_boundary(record) {
        let at = base_at(ops, record.position().unwrap_or(0), boundary);
        if record.has_any(flags::REVERSE) { from = at } else { to = at }
    }
    if record.has_any(flags::REVERSE) {
        to = to.min(record.sequence_len() - folded);
    } else {
        from = from.max(folded);
    }
    let qualities = record.qualities();
    while from < to && qualities[to - 1] < options.tail_quality {
        to -= 1;
    }
    while from < to && qualities[from] < options.tail_quality {
        from += 1;
    }
    from..to
}

/// Offset of the first read base at or behind a reference position; clips are unrolled.
fn base_at(ops: &[CigarOp], start: u32, position: u32) -> usize {
    let leading = ops.first().filter(|op| op.kind() == OpKind::SoftClip).map_or(0, |op| op.len());
    let (mut read, mut at) = (0i64, i64::from(start) - i64::from(leading));
    let position = i64::from(position);
    for op in ops {
        let len = i64::from(op.len());
        let on_reference = op.kind().consumes_reference() || op.kind() == OpKind::SoftClip;
        if on_reference && position < at + len {
            let inside = if op.kind().consumes_read() { (position - at).max(0) } else { 0 };
            return (read + inside) as usize;
        }
        at += if on_reference { len } else { 0 };
        read += if op.kind().consumes_read() { len } else { 0 };
    }
    read as usize
}

/// Operations and start of the alignment after all bases outside `keep` are removed; gaps that come
/// to lie at an end become clips or vanish. `None` when nothing aligned is left.
fn cut(ops: &[CigarOp], start: u32, keep: Range<usize>) -> Option<(Vec<CigarOp>, u32)> {
    let mut out: Vec<CigarOp> = Vec::with_capacity(ops.len());
    let (mut read, mut position, mut first) = (0usize, start, None);
    for op in ops {
        let len = op.len() as usize;
        let reads = if op.kind().consumes_read() { len } else { 0 };
        let from = keep.start.clamp(read, read + reads) - read;
        let to = keep.end.clamp(read, read + reads) - read;
        let inside = op.kind() == OpKind::Deletion && read > keep.start && read < keep.end && first.is_some();
        let left = if inside { len } else { to - from };
        if left > 0 {
            if op.kind() == OpKind::Match && first.is_none() {
                first = Some(position + from as u32);
            }
            let kind =
                if op.kind() == OpKind::Insertion && first.is_none() { OpKind::SoftClip } else { op.kind() };
            push_op(&mut out, kind, left as u32);
        }
        read += reads;
        position += if op.kind().consumes_reference() { op.len() } else { 0 };
    }
    tidy_end(&mut out);
    Some((out, first?))
}

fn push_op(out: &mut Vec<CigarOp>, kind: OpKind, len: u32) {
    match out.last_mut() {
        Some(last) if last.kind() == kind => *last = CigarOp::new(kind, last.len() + len),
        _ => out.push(CigarOp::new(kind, len)),
    }
}

/// Turns what stands behind the last match into one soft clip.
fn tidy_end(out: &mut Vec<CigarOp>) {
    let mut clipped = 0;
    while let Some(last) = out.last().filter(|op| op.kind() != OpKind::Match) {
        clipped += if last.kind().consumes_read() { last.len() } else { 0 };
        out.pop();
    }
    if clipped > 0 {
        out.push(CigarOp::new(OpKind::SoftClip, clipped));
    }
}

/// A well-mixed hash of a read name (FNV-1a with the finisher of SplitMix64).
#[must_use]
pub fn name_hash(name: &[u8]) -> u64 {
    let fnv = name.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (fnv ^ (fnv >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rihla_core::Cigar;

    fn cut_text(cigar: &str, keep: Range<usize>) -> Option<(String, u32)> {
        let cigar = Cigar::parse(cigar).expect("valid");
        cut(cigar.ops(), 100, keep)
            .map(|(ops, start)| (ops.into_iter().collect::<Cigar>().to_string(), start))
    }

    #[test]
    fn cutting_moves_the_start() {
        assert_eq!(cut_text("5S10M", 3..15), Some(("2S10M".into(), 100)));
        assert_eq!(cut_text("10M", 2..9), Some(("7M".into(), 102)));
        assert_eq!(cut_text("3M2D7M", 3..10), Some(("7M".into(), 105)));
        assert_eq!(cut_text("3M2I7M", 4..12), Some(("1S7M".into(), 103)));
        assert_eq!(cut_text("3M2I7M", 0..4), Some(("3M1S".into(), 100)));
        assert_eq!(cut_text("3M2D7M", 0..3), Some(("3M".into(), 100)));
        assert_eq!(cut_text("5S10M", 0..5), None);
    }

    #[test]
    fn unrolled_offsets() {
        let cigar = Cigar::parse("5S10M2D4M").expect("valid");
        assert_eq!(base_at(cigar.ops(), 100, 98), 3);
        assert_eq!(base_at(cigar.ops(), 100, 104), 9);
        assert_eq!(base_at(cigar.ops(), 100, 111), 15);
        assert_eq!(base_at(cigar.ops(), 100, 113), 16);
        assert_eq!(base_at(cigar.ops(), 100, 500), 19);
    }

    proptest! {
        #[test]
        fn cutting_keeps_as_many_bases_as_asked(a in 0usize..40, b in 0usize..40) {
            let cigar = Cigar::parse("4S10M3I8M5D9M6S").expect("valid");
            let keep = a.min(b)..a.max(b);
            if let Some((ops, start)) = cut(cigar.ops(), 100, keep.clone()) {
                let cut: Cigar = ops.into_iter().collect();
                prop_assert_eq!(cut.read_span() as usize, keep.len());
                prop_assert!(start + cut.reference_span() <= 100 + cigar.reference_span());
            }
        }
    }
}
