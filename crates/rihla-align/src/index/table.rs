//! The seed table: syncmers sorted by hash, and a directory by the hash's top bits.
//!
//! The directory names the entries of each bucket, so an entry keeps only the bits of the hash below: with
//! 2^28 buckets position, strand and the rest of the hash fit in six bytes. Every number that is read from
//! the table is held within its bounds, as a file of gigabytes is in use before all of it is checked.

use std::ops::Range;

use rihla_kernels::prefetch;

use crate::syncmer::{HASH_BITS, K};

/// Low bits of the hash that an entry has room for.
pub(super) const TAG_BITS: u32 = 31;
/// Position and strand.
const PLACE_BITS: u32 = 33;

/// One occurrence of a syncmer: low bits of the hash, position (32 bits), strand (1), from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry(u64);

impl Entry {
    /// Packs an occurrence with the low 31 bits of its hash.
    #[must_use]
    pub const fn new(hash: u64, position: u32, reverse: bool) -> Self {
        Self(hash << PLACE_BITS | (position as u64) << 1 | reverse as u64)
    }

    /// Its bits; entries of one bucket sort by them.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    const fn tag(self) -> u64 {
        self.0 >> PLACE_BITS
    }

    /// Concatenated offset of the first base.
    #[must_use]
    pub const fn position(self) -> u64 {
        (self.0 & ((1 << PLACE_BITS) - 1)) >> 1
    }

    /// Whether the canonical 20-mer is the reverse complement of the reference here.
    #[must_use]
    pub const fn reverse(self) -> bool {
        self.0 & 1 == 1
    }
}

/// How entries lie in memory, which the size of the directory decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The directory has 2 to this many buckets.
    pub directory_bits: u32,
}

impl Layout {
    /// Fewest and most bits of a directory.
    pub const DIRECTORY_BITS: std::ops::RangeInclusive<u32> = 12..=28;

    /// The layout for so many entries: one or two a bucket, within limits.
    pub fn of(entries: usize) -> Self {
        let (least, most) = Self::DIRECTORY_BITS.into_inner();
        Self { directory_bits: entries.max(1).ilog2().clamp(least, most) }
    }

    /// Bits of the hash that tell the seeds of one bucket apart.
    pub const fn tag_bits(self) -> u32 {
        HASH_BITS - self.directory_bits
    }

    /// Bytes of an entry, six to eight.
    pub const fn entry_bytes(self) -> usize {
        (self.tag_bits() + PLACE_BITS).div_ceil(8) as usize
    }

    /// The bits of an entry that are kept.
    const fn mask(self) -> u64 {
        u64::MAX >> (TAG_BITS.saturating_sub(self.tag_bits()))
    }

    /// Writes entries as the table holds them; `out` has [`Layout::entry_bytes`] for each.
    pub fn pack(self, entries: &[u64], out: &mut [u8]) {
        match self.entry_bytes() {
            6 => self.pack_bytes::<6>(entries, out),
            7 => self.pack_bytes::<7>(entries, out),
            _ => self.pack_bytes::<8>(entries, out),
        }
    }

    fn pack_bytes<const BYTES: usize>(self, entries: &[u64], out: &mut [u8]) {
        let (slots, _) = out.as_chunks_mut::<BYTES>();
        for (&entry, slot) in entries.iter().zip(slots) {
            slot.copy_from_slice(&(entry & self.mask()).to_le_bytes()[..BYTES]);
        }
    }
}

/// A view of the table.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    /// [`Layout::tag_bits`].
    tag_bits: u32,
    directory: &'a [u32],
    entries: &'a [u8],
    /// Of an entry: [`Layout::entry_bytes`].
    bytes: usize,
    len: u32,
    /// The last position at which a seed fits.
    last: u64,
}

/// Bytes of a cache line.
const LINE: usize = 64;

/// A bucket of more entries is not looked through from end to end.
const SHORT: u32 = 12;

/// In a bucket of no more entries, as nearly all are, each is looked at.
const FEW: u32 = 4;

impl<'a> Table<'a> {
    /// The table of a reference of so many bases; the directory has an entry more than buckets.
    pub(super) fn new(layout: Layout, directory: &'a [u32], entries: &'a [u8], bases: u64) -> Self {
        let (tag_bits, bytes) = (layout.tag_bits(), layout.entry_bytes());
        let len = (entries.len() / bytes) as u32;
        Self { tag_bits, directory, entries, bytes, len, last: bases.saturating_sub(K as u64) }
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Asks for the memory that [`Table::bucket`] of this hash will read.
    #[inline]
    pub fn prefetch_directory(&self, hash: u64) {
        prefetch(self.directory, (hash >> self.tag_bits) as usize);
    }

    /// Asks for the memory that [`Table::occurrences`] in this bucket will read first.
    #[inline]
    pub fn prefetch_entries(&self, bucket: &Range<u32>) {
        if bucket.start < bucket.end {
            let bytes = self.bytes;
            let (first, last) = (bucket.start as usize * bytes, bucket.end as usize * bytes - 1);
            prefetch(self.entries, first);
            if first / LINE != last / LINE {
                prefetch(self.entries, last);
            }
        }
    }

    /// Asks for the memory of some entries.
    #[inline]
    pub fn prefetch_all(&self, entries: &Range<u32>) {
        let [first, end] = [entries.start, entries.end].map(|i| i as usize * self.bytes);
        (first..end).step_by(LINE).for_each(|at| prefetch(self.entries, at));
    }

    /// The bucket of a hash: entries that share its top bits.
    #[inline]
    #[must_use]
    pub fn bucket(&self, hash: u64) -> Range<u32> {
        let at = (hash >> self.tag_bits) as usize;
        let end = self.directory[at + 1].min(self.len);
        self.directory[at].min(end)..end
    }

    /// The entries of one hash inside its bucket: all occurrences of that 20-mer, by position.
    #[inline]
    #[must_use]
    pub fn occurrences(&self, bucket: Range<u32>, hash: u64) -> Range<u32> {
        let tag = hash & ((1 << self.tag_bits) - 1);
        let count = bucket.end - bucket.start;
        if (1..=FEW).contains(&count) {
            // How many there are, and which are those of the hash, cannot be foretold: counting them takes no branch.
            let (mut before, mut equal) = (0, 0);
            for i in 0..FEW {
                let (there, inside) = (self.load(bucket.start + i.min(count - 1)).tag(), i < count);
                before += u32::from(there < tag && inside);
                equal += u32::from(there == tag && inside);
            }
            let start = bucket.start + before;
            return start..start + equal;
        }
        if count <= SHORT {
            let mut start = bucket.start;
            while start < bucket.end && self.load(start).tag() < tag {
                start += 1;
            }
            let mut end = start;
            while end < bucket.end && self.load(end).tag() == tag {
                end += 1;
            }
            return start..end;
        }
        // A long bucket is mostly one 20-mer's, with a few others before and behind it.
        let mut start = bucket.start;
        while start < bucket.start + SHORT && self.load(start).tag() < tag {
            start += 1;
        }
        if self.load(start).tag() < tag {
            start = self.first(start..bucket.end, |entry| entry.tag() >= tag);
        }
        let mut end = bucket.end;
        while end > start && bucket.end - end < SHORT && self.load(end - 1).tag() > tag {
            end -= 1;
        }
        if end > start && self.load(end - 1).tag() > tag {
            end = self.first(start..end, |entry| entry.tag() > tag);
        }
        start..end
    }

    /// Of the entries of one hash, those whose position is in `positions`.
    pub fn between(
        &self,
        entries: Range<u32>,
        positions: Range<u64>,
    ) -> impl Iterator<Item = Entry> + use<'a> {
        let table = *self;
        let start = self.first_from(&entries, positions.start);
        let rest = (start..entries.end).map(move |i| table.entry(i));
        rest.take_while(move |entry| entry.position() < positions.end)
    }

    /// Asks for the memory that [`Table::between`] reads first.
    #[inline]
    pub fn prefetch_between(&self, entries: &Range<u32>, positions: &Range<u64>) {
        prefetch(self.entries, self.guess(entries, positions.start) as usize * self.bytes);
    }

    /// The first of the entries of one hash at a position or behind it. They are searched from where it lies if they are
    /// spread evenly, as most are that occur often: a search by halves touches a line of memory a step.
    fn first_from(&self, entries: &Range<u32>, position: u64) -> u32 {
        let is_behind = |i: u32| self.load(i).position() >= position;
        let guess = self.guess(entries, position);
        let mut range = entries.clone();
        if range.is_empty() {
            return range.end;
        }
        let mut step = 1;
        if is_behind(guess) {
            range.end = guess;
            while range.end - range.start >= step {
                let probe = range.end - step;
                if !is_behind(probe) {
                    range.start = probe + 1;
                    break;
                }
                (range.end, step) = (probe, 2 * step);
            }
        } else {
            range.start = guess + 1;
            while range.end - range.start >= step {
                let probe = range.start + step - 1;
                if is_behind(probe) {
                    range.end = probe;
                    break;
                }
                (range.start, step) = (probe + 1, 2 * step);
            }
        }
        self.first(range, |entry| entry.position() >= position)
    }

    /// Where among the entries of one hash a position lies if they are spread evenly over the reference.
    #[inline]
    fn guess(&self, entries: &Range<u32>, position: u64) -> u32 {
        let count = u64::from(entries.end - entries.start);
        entries.start + (position.min(self.last) * count / (self.last + 1)) as u32
    }

    /// Entry `i`; its seed lies inside the reference.
    ///
    /// # Panics
    /// If `i` is out of range.
    #[inline]
    #[must_use]
    pub fn entry(&self, i: u32) -> Entry {
        let Entry(bits) = self.load(i);
        let position = Entry(bits).position().min(self.last);
        Entry(position << 1 | bits & 1)
    }

    /// Entry `i` with its tag, as it was written.
    #[inline]
    fn load(&self, i: u32) -> Entry {
        let bytes = self.bytes;
        let at = i as usize * bytes;
        let bits = match self.entries.get(at..).and_then(<[u8]>::first_chunk) {
            Some(word) => u64::from_le_bytes(*word) << (64 - 8 * bytes) >> (64 - 8 * bytes),
            None => self.load_last(at),
        };
        Entry(bits)
    }

    /// The entry at a byte, with fewer than eight bytes there.
    #[cold]
    fn load_last(&self, at: usize) -> u64 {
        let mut word = [0; 8];
        let rest = &self.entries[at..];
        word[..rest.len()].copy_from_slice(rest);
        u64::from_le_bytes(word)
    }

    /// The first of some entries of which `is_behind` holds, which then holds of all behind it too.
    fn first(&self, mut range: Range<u32>, is_behind: impl Fn(Entry) -> bool) -> u32 {
        while range.start < range.end {
            let middle = range.start + (range.end - range.start) / 2;
            if is_behind(self.load(middle)) {
                range.end = middle;
            } else {
                range.start = middle + 1;
            }
        }
        range.start
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn occurrences_in_any_span_are_found(
            even in prop::collection::vec(0u32..900_000, 0..60),
            heap in (0u32..900_000, 0u32..60, 1u32..50),
            spans in prop::collection::vec((0u64..1_000_000, 0u64..300_000), 1..30),
        ) {
            let (first, count, apart) = heap;
            let mut positions: Vec<u32> = (0..count).map(|i| first + i * apart).chain(even).collect();
            positions.sort_unstable();
            positions.dedup();
            let layout = Layout { directory_bits: 12 };
            let entries: Vec<u64> = positions.iter().map(|&at| Entry::new(0, at, false).bits()).collect();
            let mut packed = vec![0; entries.len() * layout.entry_bytes()];
            layout.pack(&entries, &mut packed);
            let table = Table::new(layout, &[], &packed, 1_000_000);
            for (start, length) in spans {
                let span = start..start + length;
                let all = 0..table.len() as u32;
                table.prefetch_between(&all, &span);
                let found: Vec<u64> = table.between(all, span.clone()).map(Entry::position).collect();
                let inside = positions.iter().map(|&at| u64::from(at)).filter(|at| span.contains(at));
                prop_assert_eq!(found, inside.collect::<Vec<u64>>());
            }
        }
    }
}
