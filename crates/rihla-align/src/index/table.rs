//! The seed table: syncmers sorted by hash, and a directory by the hash's top bits.

use std::ops::Range;

use rihla_kernels::prefetch;

use crate::syncmer::HASH_BITS;

/// Low bits of the hash that an entry keeps. With the 9 bits above, by which the build partitions,
/// they are the whole hash.
pub const TAG_BITS: u32 = 31;
const TAG_MASK: u64 = (1 << TAG_BITS) - 1;

/// One occurrence of a syncmer: tag (31 bits), position (32), strand (1), from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry(u64);

impl Entry {
    /// Packs an occurrence.
    #[must_use]
    pub const fn new(hash: u64, position: u32, reverse: bool) -> Self {
        Self((hash & TAG_MASK) << 33 | (position as u64) << 1 | reverse as u64)
    }

    /// From its bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Its bits; entries of one partition sort by them.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    const fn tag(self) -> u64 {
        self.0 >> 33
    }

    /// Concatenated offset of the first base.
    #[must_use]
    pub const fn position(self) -> u64 {
        (self.0 & 0x1_FFFF_FFFF) >> 1
    }

    /// Whether the canonical 20-mer is the reverse complement of the reference here.
    #[must_use]
    pub const fn reverse(self) -> bool {
        self.0 & 1 == 1
    }
}

/// A view of the table.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    shift: u32,
    directory: &'a [u32],
    entries: &'a [u64],
}

impl<'a> Table<'a> {
    pub(super) fn new(directory_bits: u32, directory: &'a [u32], entries: &'a [u64]) -> Self {
        Self { shift: HASH_BITS - directory_bits, directory, entries }
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Asks for the memory that [`Table::bucket`] of this hash will read.
    #[inline]
    pub fn prefetch_directory(&self, hash: u64) {
        prefetch(self.directory, (hash >> self.shift) as usize);
    }

    /// Asks for the memory that [`Table::occurrences`] in this bucket will read first.
    #[inline]
    pub fn prefetch_entries(&self, bucket: &Range<u32>) {
        if bucket.start < bucket.end {
            prefetch(self.entries, bucket.start as usize);
        }
    }

    /// The bucket of a hash: entries that share its top bits.
    #[inline]
    #[must_use]
    pub fn bucket(&self, hash: u64) -> Range<u32> {
        let at = (hash >> self.shift) as usize;
        self.directory[at]..self.directory[at + 1]
    }

    /// The entries of one hash inside its bucket: all occurrences of that 20-mer, by position.
    #[inline]
    #[must_use]
    pub fn occurrences(&self, bucket: Range<u32>, hash: u64) -> Range<u32> {
        let tag = hash & TAG_MASK;
        let slice = &self.entries[bucket.start as usize..bucket.end as usize];
        let (before, count) = if slice.len() <= 12 {
            let before = slice.iter().take_while(|&&bits| Entry(bits).tag() < tag).count();
            (before, slice[before..].iter().take_while(|&&bits| Entry(bits).tag() == tag).count())
        } else {
            let before = slice.partition_point(|&bits| Entry(bits).tag() < tag);
            (before, slice[before..].partition_point(|&bits| Entry(bits).tag() == tag))
        };
        let start = bucket.start + before as u32;
        start..start + count as u32
    }

    /// Of the entries of one hash, those whose position is in `positions`.
    pub fn between(
        &self,
        entries: Range<u32>,
        positions: Range<u64>,
    ) -> impl Iterator<Item = Entry> + use<'a> {
        let slice = &self.entries[entries.start as usize..entries.end as usize];
        let first = slice.partition_point(|&bits| Entry(bits).position() < positions.start);
        let rest = slice[first..].iter().map(|&bits| Entry(bits));
        rest.take_while(move |entry| entry.position() < positions.end)
    }

    /// Entry `i`.
    ///
    /// # Panics
    /// If `i` is out of range.
    #[inline]
    #[must_use]
    pub fn entry(&self, i: u32) -> Entry {
        Entry(self.entries[i as usize])
    }
}

/// Asks for the packed reference words ([`rihla_core::Reference::words`]) that hold `bases` bases from a
/// concatenated offset on: up to four cache lines; what lies outside the reference is passed over.
#[inline]
pub fn prefetch_bases(words: &[u64], offset: u64, bases: u32) {
    const LINE: usize = 8;
    let first = (offset >> 5) as usize;
    let last = (offset.saturating_add(u64::from(bases).saturating_sub(1)) >> 5) as usize;
    prefetch(words, first);
    for step in 1..4 {
        // The mapping starts at a page, so lines start at multiples of eight words.
        let at = (first / LINE + step) * LINE;
        if at > last {
            break;
        }
        prefetch(words, at);
    }
}
