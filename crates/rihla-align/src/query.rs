//! A read on both strands, as codes and packed, ready to be compared.

use std::cell::{Cell, OnceCell};

use rihla_core::read::ReadRef;
use rihla_kernels::{Simd, pack};
use xxhash_rust::xxh3::xxh3_64;

/// One read in the forms that the stages need; reused from read to read.
#[derive(Default)]
pub(crate) struct Query {
    length: u32,
    /// What the read was taken in with.
    simd: Option<Simd>,
    /// Base codes as sequenced, and of the reverse complement: made where they are asked for, which for most reads is nowhere.
    codes: [OnceCell<Vec<u8>>; 2],
    /// Room for them.
    rooms: [Cell<Vec<u8>>; 2],
    packed: [Vec<u64>; 2],
    /// Bases that are not A, C, G or T, a bit each; packed as A, or T on the other strand.
    unknown: [Vec<u64>; 2],
    /// Whether there are some.
    pub has_unknown: bool,
    /// Tells it from all other reads that one thread aligns; from 1.
    pub number: u64,
    /// Settles ties, by the name alone, so that the order of input does not.
    pub tie: u64,
}

impl Query {
    /// Takes in a read.
    pub fn load(&mut self, simd: Simd, read: ReadRef<'_>) {
        let length = read.sequence.len();
        let Self { packed: [forward, backward], unknown, .. } = self;
        let [marks, marks_back] = unknown;
        self.has_unknown = pack::pack_letters(simd, read.sequence, forward, marks);
        pack::reverse_complement_words(forward, length, backward);
        pack::reverse_mask(marks, length, marks_back);
        for (codes, room) in self.codes.iter_mut().zip(&self.rooms) {
            if let Some(codes) = codes.take() {
                room.set(codes);
            }
        }
        self.length = length as u32;
        self.simd = Some(simd);
        self.tie = xxh3_64(read.name);
    }

    /// Bases of the read as sequenced that are not A, C, G or T: bit `i % 64` of word `i / 64`.
    pub fn unknown(&self) -> &[u64] {
        &self.unknown[0]
    }

    /// Number of these bases.
    pub fn unknown_count(&self) -> u32 {
        self.unknown().iter().map(|marks| marks.count_ones()).sum()
    }

    /// These bases, from left to right.
    pub fn unknown_bases(&self) -> impl Iterator<Item = u32> {
        let words = self.unknown().iter().enumerate();
        words.flat_map(|(i, &marks)| {
            (0..64).filter(move |bit| marks >> bit & 1 == 1).map(move |bit| 64 * i as u32 + bit)
        })
    }

    /// Number of bases.
    pub fn len(&self) -> u32 {
        self.length
    }

    /// Base codes as they lie along the reference when on that strand.
    pub fn codes(&self, reverse: bool) -> &[u8] {
        let strand = usize::from(reverse);
        self.codes[strand].get_or_init(|| {
            let simd = self.simd.unwrap_or_else(Simd::best);
            let mut codes = self.rooms[strand].take();
            let (words, marks, length) = (&self.packed[strand], &self.unknown[strand], self.length as usize);
            pack::unpack(simd, words, marks, length, &mut codes);
            codes
        })
    }

    /// Appends them as BAM has them, two a byte.
    pub fn append_nibbles(&self, simd: Simd, reverse: bool, out: &mut Vec<u8>) {
        let strand = usize::from(reverse);
        pack::append_nibbles(simd, &self.packed[strand], &self.unknown[strand], self.len() as usize, out);
    }

    /// The same, two bits a base.
    pub fn packed(&self, reverse: bool) -> &[u64] {
        &self.packed[usize::from(reverse)]
    }
}

#[cfg(test)]
mod tests {
    use rihla_core::base;

    use super::*;

    #[test]
    fn codes_are_those_of_the_last_read_whichever_were_asked_for() {
        let mut query = Query::default();
        assert!(query.codes(false).is_empty() && query.codes(true).is_empty());
        let reads: [&[u8]; 4] = [&b"ACGTTGCAN".repeat(20), b"GATTACA", b"", &b"NNACCGT".repeat(9)];
        for (i, sequence) in reads.into_iter().cycle().take(16).enumerate() {
            let qualities = vec![30; sequence.len()];
            query
                .load(Simd::best(), ReadRef { name: b"r", sequence, qualities: &qualities, is_unfit: false });
            let (mut codes, mut reversed) = (Vec::new(), Vec::new());
            base::encode_into(sequence, &mut codes);
            base::reverse_complement_into(&codes, &mut reversed);
            // Both strands, one, or none, in any order.
            let asked: [&[bool]; 5] = [&[false, true], &[true], &[], &[true, false], &[false]];
            for &reverse in asked[i % asked.len()] {
                assert_eq!(query.codes(reverse), if reverse { &reversed } else { &codes });
            }
            assert_eq!(query.len() as usize, sequence.len());
        }
    }
}
