//! The reference genome, two bits a base, with the runs of ambiguous bases beside it.
//!
//! All contigs lie back to back in one *concatenated* space; a base there is named by a `u64`
//! offset. Base `i` is bits `2 * (i % 32)` and up of word `i / 32`. Ambiguous bases (N and the
//! IUPAC letters) are packed as A and listed in `ambiguous`, so that plain packed comparison is
//! possible and an exact one is always at hand.

use std::ops::Range;
use std::sync::Arc;

use crate::base;
use crate::contig::Contigs;

/// Where the packed words live: memory of our own or a mapped file.
pub trait PackedWords: Send + Sync {
    /// All words; at least `ceil(bases / 32)` and four words of padding behind.
    fn words(&self) -> &[u64];
}

impl PackedWords for Vec<u64> {
    fn words(&self) -> &[u64] {
        self
    }
}

/// Words of padding behind the last base, so that a kernel may read past a window's end.
pub const PADDING_WORDS: usize = 4;

/// A reference genome.
#[derive(Clone)]
pub struct Reference {
    contigs: Arc<Contigs>,
    /// Offset of each contig in the concatenated space, and the total behind them.
    offsets: Arc<[u64]>,
    packed: Arc<dyn PackedWords>,
    /// Sorted, merged runs of ambiguous bases in the concatenated space.
    ambiguous: Arc<[Range<u64>]>,
}

impl Reference {
    /// A reference from its parts.
    ///
    /// `ambiguous` are sorted, disjoint ranges of concatenated offsets.
    #[must_use]
    pub fn new(contigs: Contigs, packed: Arc<dyn PackedWords>, ambiguous: Vec<Range<u64>>) -> Self {
        let mut offsets = Vec::with_capacity(contigs.len() + 1);
        let mut total = 0u64;
        for contig in contigs.iter() {
            offsets.push(total);
            total += u64::from(contig.length);
        }
        offsets.push(total);
        debug_assert!(packed.words().len() * 32 >= total as usize);
        Self { contigs: Arc::new(contigs), offsets: offsets.into(), packed, ambiguous: ambiguous.into() }
    }

    /// A reference from letters, one sequence a contig; digests stay as given in `contigs`.
    #[must_use]
    pub fn from_letters(contigs: Contigs, sequences: &[Vec<u8>]) -> Self {
        let mut packer = Packer::default();
        for sequence in sequences {
            packer.push_letters(sequence);
        }
        let (words, ambiguous) = packer.finish();
        Self::new(contigs, Arc::new(words), ambiguous)
    }

    /// The contigs.
    #[must_use]
    pub fn contigs(&self) -> &Contigs {
        &self.contigs
    }

    /// Number of bases of all contigs.
    #[must_use]
    pub fn bases(&self) -> u64 {
        self.offsets[self.contigs.len()]
    }

    /// The packed words of the concatenated space.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        self.packed.words()
    }

    /// The runs of ambiguous bases, as concatenated offsets.
    #[must_use]
    pub fn ambiguous(&self) -> &[Range<u64>] {
        &self.ambiguous
    }

    /// Concatenated offset of a contig's first base.
    #[must_use]
    pub fn offset(&self, contig: u32) -> u64 {
        self.offsets[contig as usize]
    }

    /// The contig and 0-based position of a concatenated offset.
    ///
    /// # Panics
    /// If the offset is not below [`Reference::bases`].
    #[must_use]
    pub fn locate(&self, offset: u64) -> (u32, u32) {
        assert!(offset < self.bases(), "offset {offset} behind the reference");
        let contig = self.offsets.partition_point(|&start| start <= offset) - 1;
        (contig as u32, (offset - self.offsets[contig]) as u32)
    }

    /// Base codes (ambiguous bases as [`base::N`]) of `[start, end)` of a contig, cut at its ends;
    /// replaces what `out` held.
    pub fn fetch_into(&self, contig: u32, start: u32, end: u32, out: &mut Vec<u8>) {
        let length = self.contigs.get(contig).length;
        let (start, end) = (start.min(length), end.min(length));
        let offset = self.offset(contig);
        self.fetch_offsets_into(offset + u64::from(start)..offset + u64::from(end.max(start)), out);
    }

    /// Base codes of `[start, end)` of a contig.
    #[must_use]
    pub fn fetch(&self, contig: u32, start: u32, end: u32) -> Vec<u8> {
        let mut out = Vec::new();
        self.fetch_into(contig, start, end, &mut out);
        out
    }

    /// Base codes of a range of concatenated offsets; replaces what `out` held.
    pub fn fetch_offsets_into(&self, range: Range<u64>, out: &mut Vec<u8>) {
        out.clear();
        let words = self.words();
        out.extend(range.clone().map(|at| ((words[(at >> 5) as usize] >> ((at & 31) * 2)) & 3) as u8));
        let first = self.ambiguous.partition_point(|run| run.end <= range.start);
        for run in self.ambiguous[first..].iter().take_while(|run| run.start < range.end) {
            let from = run.start.max(range.start) - range.start;
            let to = run.end.min(range.end) - range.start;
            out[from as usize..to as usize].fill(base::N);
        }
    }

    /// The code of one base.
    #[must_use]
    pub fn base(&self, contig: u32, position: u32) -> u8 {
        let at = self.offset(contig) + u64::from(position);
        let run = self.ambiguous.partition_point(|run| run.end <= at);
        if self.ambiguous.get(run).is_some_and(|run| run.contains(&at)) {
            return base::N;
        }
        ((self.words()[(at >> 5) as usize] >> ((at & 31) * 2)) & 3) as u8
    }
}

/// Packs letters into words and collects the ambiguous runs.
#[derive(Debug, Default)]
pub struct Packer {
    words: Vec<u64>,
    ambiguous: Vec<Range<u64>>,
    bases: u64,
}

impl Packer {
    /// A packer with memory for this many bases.
    #[must_use]
    pub fn with_capacity(bases: u64) -> Self {
        let words = Vec::with_capacity(bases.div_ceil(32) as usize + PADDING_WORDS);
        Self { words, ..Self::default() }
    }

    /// Appends letters, 32 at a time where all of them are A, C, G or T. Whether no letter was any other than
    /// those and N, of either case.
    pub fn push_letters(&mut self, letters: &[u8]) -> bool {
        let (blocks, rest) = letters.as_chunks::<BLOCK>();
        let mut is_plain = true;
        for block in blocks {
            match pack_block(block) {
                Some(bits) => self.push_bits(bits, BLOCK),
                None => is_plain &= self.push_eights(block),
            }
        }
        // The last block of the line holds the rest behind letters that are in already.
        let last = letters.last_chunk().filter(|_| !rest.is_empty()).and_then(pack_block);
        match last {
            Some(bits) => self.push_bits(bits >> ((BLOCK - rest.len()) * 2), rest.len()),
            None => is_plain &= self.push_eights(rest),
        }
        is_plain
    }

    /// As [`Packer::push_letters`], eight at a time.
    fn push_eights(&mut self, letters: &[u8]) -> bool {
        let (eights, rest) = letters.as_chunks::<8>();
        let mut is_plain = true;
        for eight in eights {
            let text = u64::from_le_bytes(*eight);
            match pack_eight(text) {
                (bits, 0) => self.push_bits(bits, 8),
                _ if text & UPPER == u64::from(b'N') * BYTES => {
                    self.extend_ambiguous(8);
                    self.push_bits(0, 8);
                }
                _ => is_plain &= self.push_each(eight),
            }
        }
        self.push_each(rest) && is_plain
    }

    fn push_each(&mut self, letters: &[u8]) -> bool {
        letters.iter().for_each(|&letter| self.push_letter(letter));
        letters.iter().all(|letter| b"ACGTN".contains(&letter.to_ascii_uppercase()))
    }

    fn push_letter(&mut self, letter: u8) {
        let code = base::encode(letter);
        if self.bases & 31 == 0 {
            self.words.push(0);
        }
        if code > 3 {
            self.extend_ambiguous(1);
        } else {
            let last = self.words.len() - 1;
            self.words[last] |= u64::from(code) << ((self.bases & 31) * 2);
        }
        self.bases += 1;
    }

    /// Takes the next bases, which are appended afterwards, as ambiguous.
    fn extend_ambiguous(&mut self, count: u64) {
        match self.ambiguous.last_mut() {
            Some(run) if run.end == self.bases => run.end += count,
            _ => self.ambiguous.push(self.bases..self.bases + count),
        }
    }

    /// Appends up to 32 bases, two bits each; no bit behind them is set.
    fn push_bits(&mut self, bits: u64, count: usize) {
        let at = (self.bases & 31) as usize * 2;
        match self.words.last_mut() {
            Some(last) if at > 0 => *last |= bits << at,
            _ => self.words.push(bits),
        }
        if at + count * 2 > 64 {
            self.words.push(bits >> (64 - at));
        }
        self.bases += count as u64;
    }

    /// Number of bases so far.
    #[must_use]
    pub fn bases(&self) -> u64 {
        self.bases
    }

    /// The words with their padding, and the runs.
    #[must_use]
    pub fn finish(mut self) -> (Vec<u64>, Vec<Range<u64>>) {
        self.words.resize(self.words.len() + PADDING_WORDS, 0);
        (self.words, self.ambiguous)
    }
}

/// Letters of a word.
const BLOCK: usize = 32;
/// A one in each byte.
const BYTES: u64 = 0x0101_0101_0101_0101;
/// The bits of letters without their case.
const UPPER: u64 = !(0x20 * BYTES);

/// The codes of letters, two bits each, the first lowest; `None` when one is not A, C, G or T.
fn pack_block(letters: &[u8; BLOCK]) -> Option<u64> {
    let (eights, _) = letters.as_chunks::<8>();
    let packed = eights.iter().enumerate().fold((0, 0), |(word, wrong), (i, &eight)| {
        let (bits, other) = pack_eight(u64::from_le_bytes(eight));
        (word | bits << (16 * i), wrong | other)
    });
    (packed.1 == 0).then_some(packed.0)
}

/// The codes of eight letters, two bits each, the first lowest, and bits that are 0 when all are A, C, G or T.
///
/// Bits 1 and 2 of a letter's ASCII tell the four apart: bit 2 is the upper bit of the code, the exclusive
/// or of both its lower one. The letter that the bits stand for must be the letter that was there.
fn pack_eight(letters: u64) -> (u64, u64) {
    let (one, two) = (letters >> 1 & BYTES, letters >> 2 & BYTES);
    let is_t = two & !one;
    let expected = (u64::from(b'A') * BYTES) | (one << 1) | (two << 2);
    // `E` and `T` differ in bits 0 and 4.
    let expected = expected ^ (is_t | is_t << 4);
    // Bytes move together: two, four, eight codes side by side.
    let codes = one ^ two | two << 1;
    let pairs = (codes | codes >> 6) & 0x000f_000f_000f_000f;
    let fours = (pairs | pairs >> 12) & 0x0000_00ff_0000_00ff;
    ((fours | fours >> 24) & 0xffff, (letters & UPPER) ^ expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contig::Contig;

    #[test]
    fn only_four_letters_are_packed_in_eights() {
        for letter in 0..=255u8 {
            for place in 0..8 {
                let mut eight = *b"ACGTtgca";
                eight[place] = letter;
                let codes = eight.iter().rev().fold(0, |bits, &l| bits << 2 | u64::from(base::encode(l)));
                let expected = (base::encode(letter) < 4).then_some(codes);
                let (bits, wrong) = pack_eight(u64::from_le_bytes(eight));
                assert_eq!((wrong == 0).then_some(bits), expected, "{letter} at {place}");
            }
        }
    }

    #[test]
    fn packs_in_blocks_as_one_by_one() {
        let mut state = 7u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        for rare in [4, 40, 4_000] {
            let (mut fast, mut plain) = (Packer::default(), Packer::default());
            for _ in 0..200 {
                let letter = |random: &mut dyn FnMut(u64) -> u64| match random(rare) {
                    0 => b"NnRyK*"[random(6) as usize],
                    _ => b"ACGTacgt"[random(8) as usize],
                };
                let line: Vec<u8> = match random(9) {
                    0 => vec![b'N'; random(140) as usize],
                    _ => (0..random(140)).map(|_| letter(&mut random)).collect(),
                };
                let is_plain = fast.push_letters(&line);
                assert_eq!(is_plain, line.iter().all(|letter| b"ACGTNacgtn".contains(letter)));
                line.iter().for_each(|&letter| plain.push_letter(letter));
            }
            assert_eq!(fast.bases(), plain.bases());
            assert_eq!(fast.finish(), plain.finish());
        }
    }

    fn reference() -> Reference {
        let sequences = [b"ACGTNNAC".to_vec(), b"rGGTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTC".to_vec()];
        let list = sequences.iter().enumerate().map(|(i, s)| Contig {
            name: format!("c{i}"),
            length: s.len() as u32,
            md5: [0; 16],
        });
        Reference::from_letters(Contigs::new(list.collect()), &sequences)
    }

    #[test]
    fn fetches_with_ambiguity() {
        let reference = reference();
        assert_eq!(base::decode_all(&reference.fetch(0, 0, 100)), b"ACGTNNAC");
        assert_eq!(base::decode_all(&reference.fetch(1, 0, 4)), b"NGGT");
        assert_eq!(reference.base(0, 4), base::N);
        assert_eq!(base::decode(reference.base(1, 44)), b'C');
        assert_eq!(reference.fetch(0, 7, 3), []);
    }

    #[test]
    fn locates_offsets() {
        let reference = reference();
        assert_eq!(reference.locate(7), (0, 7));
        assert_eq!(reference.locate(8), (1, 0));
        assert_eq!(reference.offset(1), 8);
    }
}
