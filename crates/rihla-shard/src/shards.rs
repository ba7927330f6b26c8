//! Giving sorted, duplicate-marked records out, bin by bin.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use rihla_core::record::{flags, set_flags};
use rihla_core::{Interval, RecordArena, RecordRef};

use crate::bins::Bins;
use crate::duplicates::Marked;
use crate::error::ShardError;
use crate::frame;
use crate::library_metrics::DuplicateMetrics;
use crate::parts::Part;
use crate::store::Store;
use crate::writer::{Layout, template_of};

/// Records without a place are cut into bins of about this many bytes.
const UNPLACED_BIN_BYTES: u64 = 64 << 20;

const FRESH: u8 = 0;
const LOADED: u8 = 1;
const RELEASED: u8 = 2;

/// All records, by bin. Bins are loaded from any number of threads, in any order.
#[derive(Debug)]
pub struct Shards {
    bins: Bins,
    parts: Vec<Part>,
    store: Store,
    marked: Marked,
    /// By library.
    metrics: Vec<DuplicateMetrics>,
    records_in: u64,
    records_out: AtomicU64,
    /// The streams of the bins without a place, in input order.
    unplaced: Vec<Range<usize>>,
    states: Vec<AtomicU8>,
}

/// The records of one bin.
#[derive(Clone, Debug)]
pub struct Bin {
    /// The bases that the bin owns; `None` for records without a place.
    pub interval: Option<Interval>,
    /// Records sorted by (position, ordinal), duplicates flagged: the bin's own and, before and after
    /// them, those of its neighbors that overlap the halo around it.
    pub records: RecordArena,
    /// Which records are the bin's own: those whose position is in `interval`, or all without one.
    /// Every record is owned by exactly one bin.
    pub owned: Range<usize>,
}

impl Bin {
    /// The bin's own records, in order.
    pub fn owned_records(&self) -> impl ExactSizeIterator<Item = RecordRef<'_>> + Clone {
        self.owned.clone().map(|i| self.records.get(i))
    }
}

impl Shards {
    pub(crate) fn new(
        bins: Bins,
        parts: Vec<Part>,
        store: Store,
        marked: Marked,
        metrics: Vec<DuplicateMetrics>,
        records_in: u64,
    ) -> Self {
        let unplaced = unplaced_bins(&store, Layout::new(&bins).unplaced());
        let states = std::iter::repeat_with(AtomicU8::default).take(parts.len() + unplaced.len()).collect();
        let records_out = AtomicU64::new(0);
        Self { bins, parts, store, marked, metrics, records_in, records_out, unplaced, states }
    }

    /// Number of bins. Bins are in genome order; after them come one or more for records without a
    /// place, in input order, whose [`interval`](Self::interval) is `None`.
    #[must_use]
    pub fn bins(&self) -> usize {
        self.states.len()
    }

    /// The bases that a bin owns; `None` for bins of records without a place.
    #[must_use]
    pub fn interval(&self, bin: usize) -> Option<Interval> {
        self.parts.get(bin).map(|part| part.interval)
    }

    /// The records of a bin. The same bytes every time, whatever the threads, batches and memory.
    ///
    /// Needs memory for twice the bin's records while it runs, and for one copy after. What the store itself holds of the bin stays until [`release`](Self::release).
    ///
    /// # Errors
    /// [`ShardError::NoBin`] when the bin does not exist or was released; [`ShardError::Twice`] when a read is
    /// in it twice; others when the spill file
    /// fails or its bytes have changed.
    pub fn load(&self, bin: usize) -> Result<Bin, ShardError> {
        let state = self.states.get(bin).filter(|state| state.load(Ordering::Relaxed) != RELEASED);
        let Some(state) = state else {
            return Err(ShardError::NoBin { bin, bins: self.bins() });
        };
        let loaded = match self.parts.get(bin) {
            Some(part) => {
                self.store.read(part.stream, |blocks| self.sorted(blocks, Some(part.interval)))??
            }
            None => self.unplaced_records(self.unplaced[bin - self.parts.len()].clone())?,
        };
        if state.compare_exchange(FRESH, LOADED, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.records_out.fetch_add(loaded.owned.len() as u64, Ordering::Relaxed);
        }
        Ok(loaded)
    }

    /// Frees the memory that a bin holds in the store; it cannot be loaded again.
    pub fn release(&self, bin: usize) {
        let Some(state) = self.states.get(bin) else { return };
        state.store(RELEASED, Ordering::Relaxed);
        self.streams(bin).for_each(|stream| self.store.release(stream));
    }

    /// Bytes of a bin's records, those of its halo included, wherever they are kept.
    #[must_use]
    pub fn bin_bytes(&self, bin: usize) -> u64 {
        self.streams(bin).map(|stream| self.store.stream_bytes(stream)).sum()
    }

    /// Bytes that the marks take: two bits a template.
    #[must_use]
    pub fn mark_bytes(&self) -> u64 {
        self.marked.bytes()
    }

    /// Bytes of records held in memory now.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.store.held_bytes()
    }

    /// Spills until no more than so many bytes of records are held in memory.
    ///
    /// # Errors
    /// When the spill file fails.
    pub fn shrink(&self, bytes: usize) -> Result<(), ShardError> {
        self.store.shrink(bytes)
    }

    fn streams(&self, bin: usize) -> Range<usize> {
        match bin.checked_sub(self.parts.len()) {
            None => self.parts[bin].stream..self.parts[bin].stream + 1,
            Some(at) => self.unplaced.get(at).cloned().unwrap_or_default(),
        }
    }

    /// What duplicate marking says about each library.
    #[must_use]
    pub fn duplicate_metrics(&self) -> &[DuplicateMetrics] {
        &self.metrics
    }

    /// Number of records that were pushed.
    #[must_use]
    pub const fn records_in(&self) -> u64 {
        self.records_in
    }

    /// Number of owned records in the bins loaded so far, each bin counted once: equal to
    /// [`records_in`](Self::records_in) when all bins have been loaded.
    #[must_use]
    pub fn records_out(&self) -> u64 {
        self.records_out.load(Ordering::Relaxed)
    }

    /// Bytes written to the spill file, after compression.
    #[must_use]
    pub fn spilled_bytes(&self) -> u64 {
        self.store.spilled_bytes()
    }

    /// Most bytes of records and keys ever held in memory: the budget and a little more at most.
    #[must_use]
    pub fn peak_bytes(&self) -> usize {
        self.store.peak_bytes()
    }

    /// The streams of a bin without a place, one after the other.
    fn unplaced_records(&self, streams: Range<usize>) -> Result<Bin, ShardError> {
        let mut records = RecordArena::new();
        for stream in streams {
            self.store.read(stream, |blocks| {
                let part = self.sorted(blocks, None)?.records;
                if records.is_empty() {
                    records = part;
                } else {
                    part.iter().for_each(|record| records.push(record.bytes()));
                }
                Ok(())
            })??;
        }
        let owned = 0..records.len();
        Ok(Bin { interval: None, records, owned })
    }

    /// Sorts the framed records of some blocks and flags the duplicates.
    fn sorted(&self, blocks: &[&[u8]], interval: Option<Interval>) -> Result<Bin, ShardError> {
        let mut frames = frames(blocks);
        frames.sort_unstable_by_key(|frame| (frame.position, frame.ordinal));
        let bytes = frames.iter().map(|frame| frame.length as usize).sum();
        let mut records = RecordArena::with_capacity(frames.len(), bytes);
        for (i, frame) in frames.iter().enumerate() {
            let at = frame.at as usize;
            let bytes = &blocks[frame.block as usize][at..at + frame.length as usize];
            records.push(bytes);
            let record = RecordRef::new(bytes);
            let marked = self.flags(&record, template_of(frame.ordinal));
            if marked != record.flags() {
                set_flags(records.get_mut(i), marked);
            }
        }
        let before = |limit: u32| frames.partition_point(|frame| frame.position < limit);
        let owned = interval.map_or(0..frames.len(), |own| before(own.start)..before(own.end));
        if let Some(own) = interval {
            self.check_once(own.contig, &records, owned.clone())?;
        }
        Ok(Bin { interval, records, owned })
    }

    /// No read may be there twice. Copies of one read are duplicates at one place, so that only records beside a
    /// marked one need be compared.
    fn check_once(&self, contig: u32, records: &RecordArena, owned: Range<usize>) -> Result<(), ShardError> {
        const PASSIVE: u16 = flags::UNMAPPED | flags::SECONDARY | flags::SUPPLEMENTARY;
        let mut start = owned.start;
        let mut seen = HashSet::new();
        while start < owned.end {
            let position = records.get(start).position();
            let same = |&i: &usize| i < owned.end && records.get(i).position() == position;
            let end = (start..).take_while(same).last().map_or(start, |last| last) + 1;
            let group = || (start..end).map(|i| records.get(i)).filter(|record| !record.has_any(PASSIVE));
            if end - start > 1 && group().any(|record| record.has_any(flags::DUPLICATE)) {
                seen.clear();
                if let Some(twice) = group().find(|record| !seen.insert(read_of(record))) {
                    return Err(ShardError::Twice {
                        name: String::from_utf8_lossy(twice.name()).into_owned(),
                        place: self.bins.place(contig, position.unwrap_or_default()),
                    });
                }
            }
            start = end;
        }
        Ok(())
    }

    /// The record's flags with the duplicate flag as it should be.
    fn flags(&self, record: &RecordRef<'_>, template: u64) -> u16 {
        const PASSIVE: u16 = flags::UNMAPPED | flags::SECONDARY | flags::SUPPLEMENTARY;
        let last = record.has_any(flags::LAST);
        if !record.has_any(PASSIVE) && self.marked.contains(template, last) {
            record.flags() | flags::DUPLICATE
        } else {
            record.flags() & !flags::DUPLICATE
        }
    }
}

/// What makes a record one read: which end, its name, bases and qualities.
fn read_of<'a>(record: &RecordRef<'a>) -> (u16, &'a [u8], &'a [u8], &'a [u8]) {
    let end = record.flags() & (flags::FIRST | flags::LAST | flags::REVERSE);
    (end, record.name(), record.sequence_nibbles(), record.qualities())
}

/// Where a record lies in the blocks and how it is sorted.
struct Frame {
    ordinal: u64,
    /// 0 for a record without a place: those are sorted by ordinal.
    position: u32,
    block: u32,
    at: u32,
    length: u32,
}

fn frames(blocks: &[&[u8]]) -> Vec<Frame> {
    let mut frames = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        frames.extend(frame::read_all(block).map(|frame::Frame { ordinal, at, record }| Frame {
            ordinal,
            position: record.position().unwrap_or(0),
            block: number as u32,
            at: at as u32,
            length: record.bytes().len() as u32,
        }));
    }
    frames
}

/// Cuts the streams of records without a place into bins; there is always one, be it empty.
fn unplaced_bins(store: &Store, streams: Range<usize>) -> Vec<Range<usize>> {
    let mut bins = Vec::new();
    let (mut start, mut bytes) = (streams.start, 0);
    let mut used = streams.start;
    for stream in streams {
        let more = store.stream_bytes(stream);
        if bytes > 0 && more > 0 && bytes + more > UNPLACED_BIN_BYTES {
            bins.push(start..used);
            (start, bytes) = (stream, 0);
        }
        if more > 0 {
            (used, bytes) = (stream + 1, bytes + more);
        }
    }
    bins.push(start..used);
    bins
}
