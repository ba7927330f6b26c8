//! Depth of each base of a window, by two definitions, in one walk over its records.
//!
//! *Plain* depth is mosdepth's (Pedersen and Quinlan, 2018): records that are unmapped, secondary, QC-fail or
//! duplicates do not count; of the others each base aligned to a reference base counts (CIGAR `M`, `=`, `X`), whatever
//! its qualities; where the mates of a proper pair overlap, the template counts once.
//!
//! *Good* depth is that of Picard CollectWgsMetrics: of the same records those count whose mapping quality is 20 or
//! more and whose mate is mapped, and of them the bases of quality 20 or more that are not N; a template counts once,
//! by what is left of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rihla_core::lanes::Tally;
use rihla_core::record::flags;
use rihla_core::{Interval, RecordArena, RecordRef, base};
use rustc_hash::FxHashMap;

use crate::depth::part;

/// The qualities, of mapping and of bases, from which on a base is good.
pub(crate) const GOOD: u8 = 20;

/// Records with one of these bits of FLAG do not cover.
pub(crate) const EXCLUDED: u16 = flags::UNMAPPED | flags::SECONDARY | flags::QC_FAIL | flags::DUPLICATE;

/// The depths of a window.
pub(crate) struct Cover {
    /// Plain depth of each base.
    pub plain: Vec<u32>,
    /// Good depth of each base.
    pub good: Vec<u32>,
    /// Aligned bases, in known parts of the window, that are not good, of records that are.
    pub bad_bases: u64,
    /// Good bases, in known parts of the window, of templates that have been counted there.
    pub overlaps: u64,
}

impl Cover {
    /// Depths in `window`, whose parts without ambiguous bases are `known`.
    ///
    /// `records` are sorted by position and hold every record that overlaps the window, whoever owns it; others do
    /// no harm. `splits` has seen all of them.
    pub fn of<'a>(
        window: Interval,
        known: &[Interval],
        records: &'a RecordArena,
        splits: Splits<'a>,
    ) -> Self {
        let mut walk = Walk {
            window,
            plain: Changes::over(window),
            good: Changes::over(window),
            bad: Tally::new(window.len() as usize),
            twice: Tally::new(window.len() as usize),
        };
        let Splits(mut split) = splits;
        let mut waiting = Waiting::default();
        for record in records.iter().filter(|record| counts(window, *record)) {
            walk.add(record);
            let pieces = if split.is_empty() { None } else { split.get_mut(record.name()) };
            if let Some(mate) = waiting.mate_of(record) {
                walk.add_overlap(mate, record, pieces.is_none());
            }
            if let Some(pieces) = pieces.filter(|_| is_good(record)) {
                pieces.push(record);
            }
        }
        split.values().for_each(|pieces| walk.add_pieces(pieces));
        let Walk { plain, good, bad, twice, .. } = walk;
        let (bad, twice) = (bad.finish(), twice.finish());
        let mut good = good.depths();
        for (good, (bad, twice)) in good.iter_mut().zip(bad.iter().zip(&twice)) {
            *good -= bad + twice;
        }
        let in_known = |counts: &[u32]| -> u64 {
            let parts = known.iter().flat_map(|region| part(window, region, counts));
            parts.map(|&count| u64::from(count)).sum()
        };
        Self { plain: plain.depths(), good, bad_bases: in_known(&bad), overlaps: in_known(&twice) }
    }
}

/// Plain depth of each base of a window alone; `records` as for [`Cover::of`].
pub(crate) fn plain_depths(window: Interval, records: &RecordArena) -> Vec<u32> {
    let (mut plain, mut waiting) = (Changes::over(window), Waiting::default());
    for record in records.iter().filter(|record| counts(window, *record)) {
        for block in blocks(record).map(|block| block.within(window)).filter(|block| block.len() > 0) {
            plain.add(block.start, block.end, 1);
        }
        if let Some(mate) = waiting.mate_of(record).filter(|mate| are_proper(*mate, record)) {
            for (start, end, ..) in overlaps(window, mate, record) {
                plain.add(start, end, -1);
            }
        }
    }
    plain.depths()
}

/// Templates of more than two records, by name, each with those of its records that are good; few.
#[derive(Default)]
pub(crate) struct Splits<'a>(BTreeMap<&'a [u8], Vec<RecordRef<'a>>>);

impl<'a> Splits<'a> {
    /// Sees a record.
    #[inline]
    pub fn add(&mut self, record: RecordRef<'a>) {
        if record.has_any(flags::SUPPLEMENTARY) && !record.has_any(EXCLUDED) && is_good(record) {
            self.0.insert(record.name(), Vec::new());
        }
    }
}

struct Walk {
    window: Interval,
    plain: Changes,
    /// Aligned bases of records that are good.
    good: Changes,
    /// Those of them that are not, base by base of the window.
    bad: Tally,
    /// Those of templates that count there already.
    twice: Tally,
}

impl Walk {
    fn add(&mut self, record: RecordRef<'_>) {
        let (is_good, window) = (is_good(record), self.window);
        let qualities = record.qualities();
        let has_unknown = is_good && has_unknown(record);
        for block in blocks(record) {
            let block = block.within(window);
            if block.start >= block.end {
                continue;
            }
            self.plain.add(block.start, block.end, 1);
            if !is_good {
                continue;
            }
            self.good.add(block.start, block.end, 1);
            let length = (block.end - block.start) as usize;
            let at = (block.start - window.start) as usize;
            let qualities = qualities.get(block.read..block.read + length).unwrap_or_default();
            self.bad.add(at, qualities, |quality| quality < GOOD);
            if has_unknown {
                let is_unknown = |i: &usize| qualities[*i] >= GOOD && record.base(block.read + i) == base::N;
                (0..qualities.len()).filter(is_unknown).for_each(|i| self.bad.add_one(at + i));
            }
        }
    }

    /// Takes away once what two records both cover; good depth only where they are the whole template.
    fn add_overlap(&mut self, one: RecordRef<'_>, two: RecordRef<'_>, are_all: bool) {
        let are_proper = are_proper(one, two);
        let are_good = are_all && is_good(one) && is_good(two);
        for (start, end, first, second) in overlaps(self.window, one, two) {
            if are_proper {
                self.plain.add(start, end, -1);
            }
            if are_good {
                self.add_good_overlap(start..end, (one, first), (two, second));
            }
        }
    }

    fn add_good_overlap<'a>(
        &mut self,
        range: Range<u32>,
        (one, first): (RecordRef<'a>, Block),
        (two, second): (RecordRef<'a>, Block),
    ) {
        let length = (range.end - range.start) as usize;
        let (from, to) = (first.read_at(range.start), second.read_at(range.start));
        let of = |record: RecordRef<'a>, from: usize| {
            record.qualities().get(from..from + length).unwrap_or_default()
        };
        let at = (range.start - self.window.start) as usize;
        if has_unknown(one) || has_unknown(two) {
            let are_good = |i: &usize| is_good_base(one, from + i) && is_good_base(two, to + i);
            (0..length).filter(are_good).for_each(|i| self.twice.add_one(at + i));
        } else {
            self.twice.add_both(at, (of(one, from), of(two, to)), |quality| quality >= GOOD);
        }
    }

    /// Takes away what good records of one template cover more than once.
    fn add_pieces(&mut self, pieces: &[RecordRef<'_>]) {
        let (window, mut covered) = (self.window, BTreeSet::new());
        for record in pieces {
            for block in blocks(*record).map(|block| block.within(window)) {
                for at in block.start..block.end {
                    if is_good_base(*record, block.read_at(at)) && !covered.insert(at) {
                        self.twice.add_one((at - window.start) as usize);
                    }
                }
            }
        }
    }
}

/// Whether a record covers anything of the window's contig.
fn counts(window: Interval, record: RecordRef<'_>) -> bool {
    record.contig() == Some(window.contig) && !record.has_any(EXCLUDED)
}

fn are_proper(one: RecordRef<'_>, two: RecordRef<'_>) -> bool {
    one.has_any(flags::PROPER_PAIR) && two.has_any(flags::PROPER_PAIR)
}

/// The stretches of a window that two records both cover, from first base to behind the last, and the blocks that do.
fn overlaps<'a>(
    window: Interval,
    one: RecordRef<'a>,
    two: RecordRef<'a>,
) -> impl Iterator<Item = (u32, u32, Block, Block)> + use<'a> {
    let pairs = blocks(one).flat_map(move |first| blocks(two).map(move |second| (first, second)));
    let common = move |(first, second): (Block, Block)| {
        let start = first.start.max(second.start).max(window.start);
        (start, first.end.min(second.end).min(window.end), first, second)
    };
    pairs.map(common).filter(|(start, end, ..)| start < end)
}

/// Whether the bases of a record can be good.
fn is_good(record: RecordRef<'_>) -> bool {
    record.mapq() >= GOOD && record.has_any(flags::PAIRED) && !record.has_any(flags::MATE_UNMAPPED)
}

fn is_good_base(record: RecordRef<'_>, at: usize) -> bool {
    record.qualities().get(at).is_some_and(|&quality| quality >= GOOD) && record.base(at) != base::N
}

/// Whether a read has a base that is none of the four; as an N it has its nibble full.
fn has_unknown(record: RecordRef<'_>) -> bool {
    let nibbles = record.sequence_nibbles().iter();
    nibbles.fold(false, |found, &byte| found | (byte >> 4 == 15) | (byte & 15 == 15))
}

/// Changes of depth from one base of a window to the next.
pub(crate) struct Changes {
    window: Interval,
    by: Vec<i32>,
}

impl Changes {
    /// None yet.
    pub fn over(window: Interval) -> Self {
        Self { window, by: vec![0; window.len() as usize + 1] }
    }

    /// Changes the depth of a stretch of the window.
    pub fn add(&mut self, start: u32, end: u32, by: i32) {
        self.by[(start - self.window.start) as usize] += by;
        self.by[(end - self.window.start) as usize] -= by;
    }

    /// Depth of each base.
    pub fn depths(self) -> Vec<u32> {
        let mut depth = 0;
        let running = self.by.iter().map(|change| {
            depth += change;
            depth as u32
        });
        running.take(self.window.len() as usize).collect()
    }
}

/// A stretch of the reference that stands against bases of a read.
#[derive(Clone, Copy)]
pub(crate) struct Block {
    /// First base.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// The base of the read that stands against the first.
    pub read: usize,
}

impl Block {
    /// The base of the read at a place within.
    fn read_at(&self, at: u32) -> usize {
        self.read + (at - self.start) as usize
    }

    /// Number of bases.
    pub fn len(&self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// What of it lies before a place.
    pub fn until(self, end: u32) -> Self {
        Self { end: self.end.min(end).max(self.start), ..self }
    }

    /// What of it lies in a window; of no length where nothing does.
    pub fn within(self, window: Interval) -> Self {
        let start = self.start.max(window.start).min(self.end);
        Self { start, end: self.end.min(window.end), read: self.read_at(start) }
    }
}

/// The stretches that a record covers.
pub(crate) fn blocks(record: RecordRef<'_>) -> impl Iterator<Item = Block> + use<'_> {
    let (mut at, mut read) = (record.position().unwrap_or(0), 0);
    record.cigar().filter_map(move |op| {
        let block = Block { start: at, end: at + op.len(), read };
        let kind = op.kind();
        at += if kind.consumes_reference() { op.len() } else { 0 };
        read += if kind.consumes_read() { op.len() as usize } else { 0 };
        kind.is_aligned().then_some(block)
    })
}

/// Records whose mate is yet to come, and begins where they lie.
#[derive(Default)]
struct Waiting<'a> {
    by_name: FxHashMap<&'a [u8], RecordRef<'a>>,
    /// The most bases of the reference that one of them has had.
    longest: u32,
}

impl<'a> Waiting<'a> {
    /// The mate that came before and overlaps; a record whose mate is yet to come is kept for it.
    fn mate_of(&mut self, record: RecordRef<'a>) -> Option<RecordRef<'a>> {
        let single = !record.has_any(flags::PAIRED) || record.has_any(flags::MATE_UNMAPPED);
        if single || record.has_any(flags::SUPPLEMENTARY) || record.mate_contig() != record.contig() {
            return None;
        }
        let (position, mate_position) = (record.position()?, record.mate_position()?);
        // Most mates lie too far before to be looked for by name.
        let is_in_reach = mate_position <= position && position - mate_position < self.longest;
        if is_in_reach && let Some(mate) = self.by_name.remove(record.name()) {
            return Some(mate);
        }
        let ahead = mate_position.checked_sub(position)?;
        let span = record.reference_span().max(1);
        if ahead < span {
            self.longest = self.longest.max(span);
            self.by_name.insert(record.name(), record);
        }
        None
    }
}
