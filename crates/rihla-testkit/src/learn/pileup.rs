//! Which places of a window differ from the reference because the sample does, not because a read errs.

use std::collections::BTreeMap;

use rihla_core::record::flags;
use rihla_core::{OpKind, RecordRef};

/// Lowest mapping quality of a record whose differences count.
const MAPQ: u8 = 30;
/// Depth at which an error can be told from a variant.
const DEPTH: u32 = 8;
/// Reads, and share of the depth, with the same difference that make a variant: errors are rarer, and few
/// heterozygous sites have less.
const VARIANT_READS: u32 = 2;
const VARIANT_SHARE: f64 = 0.125;
/// The same for gaps.
const GAP_SHARE: f64 = 0.2;
/// Bases on either side of a true gap where reads that end in it seem to mismatch.
const NEAR_GAP: u32 = 10;
/// Share of mismatches from which on a record is thought to lie at a wrong place.
const WRONG_PLACE: f64 = 0.12;

/// Flags of records that are no plain evidence.
const UNFIT: u16 =
    flags::UNMAPPED | flags::SECONDARY | flags::SUPPLEMENTARY | flags::QC_FAIL | flags::DUPLICATE;

/// The reference's codes from a position on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch<'a> {
    pub(super) start: u32,
    pub(super) codes: &'a [u8],
}

impl Stretch<'_> {
    /// Index of a position, if it lies within.
    pub(super) fn index(&self, position: u32) -> Option<usize> {
        let at = position.checked_sub(self.start)? as usize;
        (at < self.codes.len()).then_some(at)
    }
}

/// A gap of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gap {
    /// Reference position of the next base (insertion), or of the first base that is missing.
    pub(super) at: u32,
    /// Bases inserted; negative when bases are missing.
    pub(super) length: i32,
}

impl Gap {
    /// Bases of the reference that are missing.
    pub(super) fn missing(&self) -> u32 {
        (-self.length).max(0) as u32
    }
}

/// Counts at one position.
#[derive(Clone, Copy, Debug, Default)]
struct Site {
    depth: u32,
    /// Reads with each base that the reference lacks.
    others: [u32; 4],
}

/// What the records of a window have in common.
#[derive(Debug)]
pub(super) struct Pileup {
    sites: Vec<Site>,
    gaps: BTreeMap<Gap, u32>,
    /// Positions where a difference may be no error.
    doubtful: Vec<bool>,
}

/// Whether a record's differences count.
pub(super) fn is_fit(record: &RecordRef<'_>) -> bool {
    !record.has_any(UNFIT)
        && record.mapq() >= MAPQ
        && record.position().is_some()
        && record.sequence_len() > 0
}

/// Gives every aligned base of a record: index in the read, reference position.
pub(super) fn aligned<'a>(record: &RecordRef<'a>) -> impl Iterator<Item = (usize, u32)> + use<'a> {
    let (mut read, mut position) = (0, record.position().unwrap_or_default());
    record.cigar().flat_map(move |op| {
        let (first, start) = (read, position);
        read += if op.kind().consumes_read() { op.len() as usize } else { 0 };
        position += if op.kind().consumes_reference() { op.len() } else { 0 };
        let length = if op.kind().is_aligned() { op.len() } else { 0 };
        (0..length).map(move |i| (first + i as usize, start + i))
    })
}

/// The gaps of a record, and the index in the read of the base behind each.
pub(super) fn gaps<'a>(record: &RecordRef<'a>) -> impl Iterator<Item = (Gap, usize)> + use<'a> {
    let (mut read, mut position) = (0, record.position().unwrap_or_default());
    record.cigar().filter_map(move |op| {
        let at = position;
        read += if op.kind().consumes_read() { op.len() as usize } else { 0 };
        position += if op.kind().consumes_reference() { op.len() } else { 0 };
        let length = match op.kind() {
            OpKind::Insertion => op.len() as i32,
            OpKind::Deletion => -(op.len() as i32),
            _ => return None,
        };
        Some((Gap { at, length }, read))
    })
}

impl Pileup {
    /// Counts all records.
    pub(super) fn new<'a>(stretch: Stretch<'_>, records: impl Iterator<Item = RecordRef<'a>>) -> Self {
        let mut sites = vec![Site::default(); stretch.codes.len()];
        let mut common = BTreeMap::new();
        for record in records.filter(is_fit) {
            for (i, position) in aligned(&record) {
                let Some(at) = stretch.index(position) else { continue };
                sites[at].depth += 1;
                let base = record.base(i);
                if base < 4 && base != stretch.codes[at] {
                    sites[at].others[usize::from(base)] += 1;
                }
            }
            gaps(&record).for_each(|(gap, _)| *common.entry(gap).or_default() += 1);
        }
        let doubtful = sites.iter().map(Site::is_doubtful).collect();
        let mut pileup = Self { sites, gaps: common, doubtful };
        pileup.doubt_gaps(stretch);
        pileup
    }

    /// Marks the surroundings of true gaps.
    fn doubt_gaps(&mut self, stretch: Stretch<'_>) {
        let found: Vec<Gap> =
            self.gaps.keys().copied().filter(|&gap| self.is_true_gap(stretch, gap)).collect();
        for gap in found {
            let from = gap.at.saturating_sub(NEAR_GAP);
            let to = gap.at + gap.missing() + NEAR_GAP;
            for position in from..to {
                if let Some(at) = stretch.index(position) {
                    self.doubtful[at] = true;
                }
            }
        }
    }

    /// Whether so many records have a gap that the sample must have it.
    pub(super) fn is_true_gap(&self, stretch: Stretch<'_>, gap: Gap) -> bool {
        let depth = stretch.index(gap.at).map_or(0, |at| self.sites[at].depth);
        let reads = self.gaps.get(&gap).copied().unwrap_or(0);
        depth < DEPTH || reads >= VARIANT_READS && f64::from(reads) >= GAP_SHARE * f64::from(depth)
    }

    /// Whether a difference at this index of the stretch may be no error.
    pub(super) fn is_doubtful(&self, at: usize) -> bool {
        self.doubtful[at]
    }
}

impl Site {
    fn is_doubtful(&self) -> bool {
        let most = self.others.iter().copied().max().unwrap_or(0);
        self.depth < DEPTH
            || most >= VARIANT_READS && f64::from(most) >= VARIANT_SHARE * f64::from(self.depth)
    }
}

/// Whether a record differs from the reference so much that it seems to lie at a wrong place.
pub(super) fn is_misplaced(record: &RecordRef<'_>, stretch: Stretch<'_>) -> bool {
    let (mut bases, mut differences) = (0, 0);
    for (i, position) in aligned(record) {
        let Some(at) = stretch.index(position) else { continue };
        bases += 1;
        differences += u32::from(record.base(i) < 4 && record.base(i) != stretch.codes[at]);
    }
    f64::from(differences) > WRONG_PLACE * f64::from(bases)
}

/// Whether so many reads across a repeat have the same change that the sample must have it, or too few reads
/// were seen to tell.
pub(super) fn is_variable(reads: u64, changed: u64) -> bool {
    reads < u64::from(DEPTH)
        || changed >= u64::from(VARIANT_READS) && changed as f64 >= GAP_SHARE * reads as f64
}
