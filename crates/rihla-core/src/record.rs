//! Alignment records in packed form.
//!
//! A packed record is the body of a BAM record (SAM specification, section 4.2, without the leading
//! `block_size`): 32 bytes of fixed fields, name, CIGAR, sequence in nibbles, qualities, tags. The
//! layout serves every stage as it is: shards spill and sort it, the pileup reads it in place, and a
//! BAM writer copies it. Views do not check their bytes on every access, so a record from outside
//! passes through [`RecordRef::parse`] once.

use crate::cigar::{self, CigarOp};

mod builder;

pub use builder::{Placement, RecordBuilder};

/// Bits of the FLAG field (SAM specification, section 1.4.2).
pub mod flags {
    /// The template has several segments.
    pub const PAIRED: u16 = 0x1;
    /// Both mates are placed as the library's geometry wants it.
    pub const PROPER_PAIR: u16 = 0x2;
    /// The read is unmapped.
    pub const UNMAPPED: u16 = 0x4;
    /// The mate is unmapped.
    pub const MATE_UNMAPPED: u16 = 0x8;
    /// The read lies on the reverse strand.
    pub const REVERSE: u16 = 0x10;
    /// The mate lies on the reverse strand.
    pub const MATE_REVERSE: u16 = 0x20;
    /// First of its template.
    pub const FIRST: u16 = 0x40;
    /// Last of its template.
    pub const LAST: u16 = 0x80;
    /// Secondary alignment.
    pub const SECONDARY: u16 = 0x100;
    /// Fails the vendor's quality checks.
    pub const QC_FAIL: u16 = 0x200;
    /// PCR or optical duplicate.
    pub const DUPLICATE: u16 = 0x400;
    /// Supplementary alignment.
    pub const SUPPLEMENTARY: u16 = 0x800;
}

/// MAPQ of a record whose mapping quality is not known.
pub const NO_MAPQ: u8 = 255;

const FIXED: usize = 32;
const CODE_OF_NIBBLE: [u8; 16] = [4, 0, 1, 4, 2, 4, 4, 4, 3, 4, 4, 4, 4, 4, 4, 4];

/// A view of one packed record.
#[derive(Clone, Copy)]
pub struct RecordRef<'a>(&'a [u8]);

impl<'a> RecordRef<'a> {
    /// A view after checking that the parts fit the bytes; `None` when they do not.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() < FIXED {
            return None;
        }
        let record = Self(bytes);
        // A negative length would wrap around below.
        if record.i32_at(16) < 0 {
            return None;
        }
        let name_ok = bytes[8] > 0 && bytes.get(FIXED + usize::from(bytes[8]) - 1) == Some(&0);
        (name_ok && record.tags_at() <= bytes.len()).then_some(record)
    }

    /// A view of bytes that [`RecordBuilder`] wrote or [`RecordRef::parse`] has seen.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The packed bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.0
    }

    // These slice first, so that there is one check of bounds.

    #[inline]
    fn u16_at(&self, at: usize) -> u16 {
        let bytes = &self.0[at..at + 2];
        u16::from_le_bytes([bytes[0], bytes[1]])
    }

    #[inline]
    fn i32_at(&self, at: usize) -> i32 {
        let bytes = &self.0[at..at + 4];
        i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    /// Contig id; `None` for a record without a place.
    #[must_use]
    pub fn contig(&self) -> Option<u32> {
        u32::try_from(self.i32_at(0)).ok()
    }

    /// Leftmost reference position, 0-based; `None` for a record without a place.
    #[must_use]
    pub fn position(&self) -> Option<u32> {
        u32::try_from(self.i32_at(4)).ok()
    }

    /// Mapping quality.
    #[must_use]
    pub fn mapq(&self) -> u8 {
        self.0[9]
    }

    /// FLAG; see [`flags`].
    #[must_use]
    pub fn flags(&self) -> u16 {
        self.u16_at(14)
    }

    /// Whether any of these flag bits is set.
    #[must_use]
    pub fn has_any(&self, bits: u16) -> bool {
        self.flags() & bits != 0
    }

    /// Length of the sequence in the record.
    #[must_use]
    pub fn sequence_len(&self) -> usize {
        self.i32_at(16) as usize
    }

    /// Contig id of the mate.
    #[must_use]
    pub fn mate_contig(&self) -> Option<u32> {
        u32::try_from(self.i32_at(20)).ok()
    }

    /// Position of the mate, 0-based.
    #[must_use]
    pub fn mate_position(&self) -> Option<u32> {
        u32::try_from(self.i32_at(24)).ok()
    }

    /// TLEN, the signed observed template length.
    #[must_use]
    pub fn template_length(&self) -> i32 {
        self.i32_at(28)
    }

    /// Read name, without the NUL.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        &self.0[FIXED..FIXED + usize::from(self.0[8]) - 1]
    }

    fn cigar_at(&self) -> usize {
        FIXED + usize::from(self.0[8])
    }

    fn sequence_at(&self) -> usize {
        self.cigar_at() + 4 * usize::from(self.u16_at(12))
    }

    fn qualities_at(&self) -> usize {
        self.sequence_at() + self.sequence_len().div_ceil(2)
    }

    fn tags_at(&self) -> usize {
        self.qualities_at() + self.sequence_len()
    }

    /// CIGAR operations.
    pub fn cigar(&self) -> impl DoubleEndedIterator<Item = CigarOp> + ExactSizeIterator + Clone + use<'a> {
        self.0[self.cigar_at()..self.sequence_at()]
            .chunks_exact(4)
            .map(|b| CigarOp::from_bits(u32::from_le_bytes([b[0], b[1], b[2], b[3]])))
    }

    /// Bases of the reference under the record.
    #[must_use]
    pub fn reference_span(&self) -> u32 {
        cigar::reference_span(self.cigar())
    }

    /// One past the last reference base; the position plus one when the CIGAR spans nothing.
    #[must_use]
    pub fn reference_end(&self) -> Option<u32> {
        self.position().map(|start| start + self.reference_span().max(1))
    }

    /// Base code of read position `i` (see [`base`](crate::base)).
    #[must_use]
    pub fn base(&self, i: usize) -> u8 {
        let byte = self.0[self.sequence_at() + i / 2];
        CODE_OF_NIBBLE[usize::from(if i.is_multiple_of(2) { byte >> 4 } else { byte & 15 })]
    }

    /// The sequence as BAM packs it: two bases a byte, the first in the high bits.
    #[must_use]
    pub fn sequence_nibbles(&self) -> &'a [u8] {
        &self.0[self.sequence_at()..self.qualities_at()]
    }

    /// Base codes of the whole sequence; replaces what `out` held.
    pub fn sequence_into(&self, out: &mut Vec<u8>) {
        out.clear();
        out.extend(
            self.sequence_nibbles()
                .iter()
                .flat_map(|&b| [CODE_OF_NIBBLE[usize::from(b >> 4)], CODE_OF_NIBBLE[usize::from(b & 15)]]),
        );
        out.truncate(self.sequence_len());
    }

    /// Base qualities (Phred); all 255 when the record has none.
    #[must_use]
    pub fn qualities(&self) -> &'a [u8] {
        &self.0[self.qualities_at()..self.tags_at()]
    }

    /// All tags, in BAM form.
    #[must_use]
    pub fn tags(&self) -> &'a [u8] {
        &self.0[self.tags_at()..]
    }

    /// Integer value of a tag of any integer type.
    #[must_use]
    pub fn tag_int(&self, tag: [u8; 2]) -> Option<i64> {
        self.tag_fields().find(|field| field.tag == tag)?.int()
    }

    /// Text value of a `Z` tag, without the NUL.
    #[must_use]
    pub fn tag_text(&self, tag: [u8; 2]) -> Option<&'a [u8]> {
        match self.tag(tag)? {
            (b'Z' | b'H', value) => value.strip_suffix(&[0]),
            _ => None,
        }
    }

    /// Type letter and value bytes of a tag.
    #[must_use]
    pub fn tag(&self, tag: [u8; 2]) -> Option<(u8, &'a [u8])> {
        self.tag_fields().find(|field| field.tag == tag).map(|field| (field.kind, field.value))
    }

    /// The tags one by one; what cannot be one, which no writer of records makes, ends them.
    pub fn tag_fields(&self) -> impl Iterator<Item = TagField<'a>> + use<'a> {
        let mut rest = self.tags();
        std::iter::from_fn(move || {
            let (&[a, b, kind], values) = rest.split_first_chunk()?;
            let value = values.get(..value_size(kind, values)?)?;
            let field;
            (field, rest) = rest.split_at(3 + value.len());
            Some(TagField { tag: [a, b], kind, value, bytes: field })
        })
    }
}

/// One tag of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagField<'a> {
    /// Its name, such as `NM`.
    pub tag: [u8; 2],
    /// Its type letter.
    pub kind: u8,
    /// Its value in BAM form: text with its NUL, arrays with their type and count.
    pub value: &'a [u8],
    /// All of it: name, letter and value.
    pub bytes: &'a [u8],
}

impl TagField<'_> {
    /// Its value, where its type is any of integers.
    #[must_use]
    pub fn int(&self) -> Option<i64> {
        let array = |n: usize| self.value.get(..n);
        Some(match self.kind {
            b'c' => i64::from(array(1)?[0] as i8),
            b'C' => i64::from(array(1)?[0]),
            b's' => i64::from(i16::from_le_bytes(array(2)?.try_into().ok()?)),
            b'S' => i64::from(u16::from_le_bytes(array(2)?.try_into().ok()?)),
            b'i' => i64::from(i32::from_le_bytes(array(4)?.try_into().ok()?)),
            b'I' => i64::from(u32::from_le_bytes(array(4)?.try_into().ok()?)),
            _ => return None,
        })
    }
}

fn value_size(kind: u8, rest: &[u8]) -> Option<usize> {
    let element = |kind| match kind {
        b'A' | b'c' | b'C' => Some(1_usize),
        b's' | b'S' => Some(2),
        b'i' | b'I' | b'f' => Some(4),
        _ => None,
    };
    match kind {
        b'Z' | b'H' => rest.iter().position(|&b| b == 0).map(|at| at + 1),
        b'B' => {
            let count = u32::from_le_bytes(rest.get(1..5)?.try_into().ok()?);
            element(rest[0])?.checked_mul(count as usize)?.checked_add(5)
        }
        _ => element(kind),
    }
}

/// Sets the FLAG of a packed record in place.
///
/// # Panics
/// If the bytes are no packed record.
pub fn set_flags(record: &mut [u8], flags: u16) {
    record[14..16].copy_from_slice(&flags.to_le_bytes());
}

/// The bin of `[start, end)` in the BAI scheme (SAM specification, section 5.3).
#[must_use]
pub fn bin_of(start: u32, end: u32) -> u16 {
    let end = end - 1;
    for (shift, offset) in [(14, 4681), (17, 585), (20, 73), (23, 9), (26, 1)] {
        if start >> shift == end >> shift {
            return (offset + (start >> shift)) as u16;
        }
    }
    0
}

/// Packed records back to back.
#[derive(Clone, Debug, Default)]
pub struct RecordArena {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl RecordArena {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), ends: Vec::new() }
    }

    /// An empty one with memory for so many records of so many bytes in all.
    #[must_use]
    pub fn with_capacity(records: usize, bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::with_capacity(records) }
    }

    /// Appends a copy of a packed record.
    pub fn push(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len());
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes held.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// Removes all records, keeping the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn span(&self, i: usize) -> std::ops::Range<usize> {
        i.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[i]
    }

    /// Record `i`.
    ///
    /// # Panics
    /// If `i` is out of range.
    #[must_use]
    pub fn get(&self, i: usize) -> RecordRef<'_> {
        RecordRef::new(&self.bytes[self.span(i)])
    }

    /// The bytes of record `i`, to be changed in place.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn get_mut(&mut self, i: usize) -> &mut [u8] {
        let span = self.span(i);
        &mut self.bytes[span]
    }

    /// All records in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = RecordRef<'_>> + Clone {
        (0..self.len()).map(|i| self.get(i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cigar::Cigar;

    fn sample(arena: &mut RecordArena) {
        let placement = Placement {
            flags: flags::PAIRED | flags::REVERSE,
            place: Some((2, 99)),
            mapq: 37,
            mate: Some((2, 300)),
            template_length: -250,
        };
        let cigar = Cigar::parse("2S3M").expect("valid");
        let mut record = RecordBuilder::start(
            arena,
            &placement,
            b"r1",
            cigar.ops(),
            &[0, 1, 2, 3, 4],
            &[30, 31, 32, 33, 2],
        );
        record.int(*b"NM", 1).text(*b"MD", b"3").int(*b"AS", -5).int(*b"XX", 70_000).int(*b"XS", 300);
        record.finish();
    }

    #[test]
    fn built_record_reads_back() {
        let mut arena = RecordArena::new();
        sample(&mut arena);
        sample(&mut arena);
        let record = RecordRef::parse(arena.get(1).bytes()).expect("well formed");
        assert_eq!((record.contig(), record.position(), record.mapq()), (Some(2), Some(99), 37));
        assert_eq!((record.mate_contig(), record.mate_position()), (Some(2), Some(300)));
        assert_eq!((record.template_length(), record.flags()), (-250, 0x11));
        assert_eq!(record.name(), b"r1");
        assert_eq!(record.cigar().collect::<Cigar>().to_string(), "2S3M");
        assert_eq!(record.reference_end(), Some(102));
        let mut codes = Vec::new();
        record.sequence_into(&mut codes);
        assert_eq!(codes, [0, 1, 2, 3, 4]);
        assert_eq!((record.base(3), record.base(4)), (3, 4));
        assert_eq!(record.qualities(), [30, 31, 32, 33, 2]);
        assert_eq!((record.tag_int(*b"NM"), record.tag_int(*b"AS")), (Some(1), Some(-5)));
        assert_eq!((record.tag_int(*b"XX"), record.tag_int(*b"XS")), (Some(70_000), Some(300)));
        assert_eq!(record.tag_text(*b"MD"), Some(&b"3"[..]));
        assert_eq!(record.tag_int(*b"ZZ"), None);
    }

    #[test]
    fn flags_change_in_place_and_cut_records_are_refused() {
        let mut arena = RecordArena::new();
        sample(&mut arena);
        set_flags(arena.get_mut(0), 0x400);
        assert_eq!(arena.get(0).flags(), 0x400);
        let bytes = arena.get(0).bytes();
        assert!(RecordRef::parse(&bytes[..40]).is_none() && RecordRef::parse(&bytes[..10]).is_none());
        let mut negative = bytes.to_vec();
        negative[16..20].copy_from_slice(&(-9i32).to_le_bytes());
        assert!(RecordRef::parse(&negative).is_none());
    }

    #[test]
    fn bins_follow_the_specification() {
        assert_eq!(bin_of(0, 1), 4681);
        assert_eq!(bin_of(16_383, 16_385), 585);
        assert_eq!(bin_of(0, 1 << 29), 0);
    }
}
