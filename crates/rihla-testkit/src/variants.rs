//! A donor's variants, held compactly: some thirty bytes each, so that a whole genome's fit in memory.

use rihla_core::Interval;

use crate::diploid::TruthRecord;

/// Records sorted by contig and position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variants {
    entries: Vec<Entry>,
    /// Alleles of all records, each behind its length (LEB128).
    letters: Vec<u8>,
    /// Length of the longest REF.
    longest: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    letters: u64,
    contig: u32,
    position: u32,
    genotype: [u8; 2],
    alternates: u8,
}

impl Variants {
    /// Appends a record.
    ///
    /// # Panics
    /// If it lies before the last one, or has more than 255 ALT alleles.
    pub fn push(&mut self, record: &TruthRecord) {
        let place = |entry: &Entry| (entry.contig, entry.position);
        let last = self.entries.last().map_or((0, 0), place);
        assert!(last <= (record.contig, record.position), "{record:?} is out of order");
        self.entries.push(Entry {
            letters: self.letters.len() as u64,
            contig: record.contig,
            position: record.position,
            genotype: record.genotype,
            alternates: u8::try_from(record.alternates.len()).expect("a genotype names two alleles"),
        });
        for allele in std::iter::once(&record.reference).chain(&record.alternates) {
            self.push_allele(allele);
        }
        self.longest = self.longest.max(record.reference.len() as u32);
    }

    fn push_allele(&mut self, allele: &[u8]) {
        let mut length = allele.len();
        while length >= 128 {
            self.letters.push(length as u8 | 128);
            length >>= 7;
        }
        self.letters.push(length as u8);
        self.letters.extend_from_slice(allele);
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Record number `i`.
    ///
    /// # Panics
    /// If `i` is out of range.
    #[must_use]
    pub fn get(&self, i: usize) -> TruthRecord {
        let entry = self.entries[i];
        let mut rest = &self.letters[entry.letters as usize..];
        let reference = take_allele(&mut rest);
        let alternates = (0..entry.alternates).map(|_| take_allele(&mut rest)).collect();
        let Entry { contig, position, genotype, .. } = entry;
        TruthRecord { contig, position, reference, alternates, genotype }
    }

    /// All records, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = TruthRecord> {
        (0..self.len()).map(|i| self.get(i))
    }

    /// The records whose REF shares a base with an interval, in order.
    pub fn overlapping(&self, interval: Interval) -> impl Iterator<Item = TruthRecord> {
        let reach = (interval.contig, interval.start.saturating_sub(self.longest));
        let first = self.entries.partition_point(|entry| (entry.contig, entry.position) < reach);
        let behind = (interval.contig, interval.end);
        let before = move |&i: &usize| (self.entries[i].contig, self.entries[i].position) < behind;
        let records = (first..self.len()).take_while(before).map(|i| self.get(i));
        records.filter(move |record| record.end() > interval.start)
    }
}

impl Extend<TruthRecord> for Variants {
    fn extend<I: IntoIterator<Item = TruthRecord>>(&mut self, records: I) {
        records.into_iter().for_each(|record| self.push(&record));
    }
}

impl FromIterator<TruthRecord> for Variants {
    fn from_iter<I: IntoIterator<Item = TruthRecord>>(records: I) -> Self {
        let mut variants = Self::default();
        variants.extend(records);
        variants
    }
}

fn take_allele(rest: &mut &[u8]) -> Vec<u8> {
    let (mut length, mut shift) = (0usize, 0);
    loop {
        let byte = rest[0];
        *rest = &rest[1..];
        length |= usize::from(byte & 127) << shift;
        shift += 7;
        if byte < 128 {
            break;
        }
    }
    let (allele, behind) = rest.split_at(length);
    *rest = behind;
    allele.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(contig: u32, position: u32, length: usize, alternates: usize) -> TruthRecord {
        let alternates = (0..alternates).map(|n| vec![b'G'; 1 + n * 90]).collect();
        TruthRecord { contig, position, reference: vec![b'C'; length], alternates, genotype: [1, 0] }
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(
            mut places in prop::collection::vec((0u32..3, 0u32..1000, 1usize..300, 1usize..4), 0..60),
            (contig, start, length) in (0u32..3, 0u32..1000, 1u32..200),
        ) {
            places.sort_unstable();
            let records: Vec<_> = places.iter().map(|&(c, p, l, a)| record(c, p, l, a)).collect();
            let variants: Variants = records.iter().cloned().collect();
            prop_assert_eq!(variants.iter().collect::<Vec<_>>(), records.clone());
            let interval = Interval::new(contig, start, start + length);
            let near = |record: &TruthRecord| {
                record.contig == contig && record.position < interval.end && record.end() > start
            };
            let expected: Vec<_> = records.into_iter().filter(near).collect();
            prop_assert_eq!(variants.overlapping(interval).collect::<Vec<_>>(), expected);
        }
    }
}
