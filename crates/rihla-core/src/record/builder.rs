//! Puts packed records together, part by part.

use super::{FIXED, RecordArena, RecordRef, bin_of};
use crate::base;
use crate::cigar::{self, CigarOp, OpKind};

/// Bytes that the tags of a usual record take.
const TAGS: usize = 96;

/// The fixed fields of a record to be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// FLAG; see [`flags`](super::flags).
    pub flags: u16,
    /// Contig id and 0-based position.
    pub place: Option<(u32, u32)>,
    /// Mapping quality.
    pub mapq: u8,
    /// Contig id and 0-based position of the mate.
    pub mate: Option<(u32, u32)>,
    /// TLEN.
    pub template_length: i32,
}

/// Appends one record to an arena, part by part: fixed fields, name, CIGAR, sequence and qualities,
/// then any number of tags.
pub struct RecordBuilder<'a> {
    arena: &'a mut RecordArena,
    start: usize,
}

impl<'a> RecordBuilder<'a> {
    /// Starts a record. `codes` are base codes, `qualities` Phred values of the same number.
    ///
    /// Names longer than 254 bytes are cut, as BAM cannot hold them.
    ///
    /// A CIGAR of more than 65,535 operations goes to the tag `CG` (SAM specification, section 4.2.2).
    ///
    /// # Panics
    /// If `codes` and `qualities` differ in length.
    #[must_use]
    pub fn start(
        arena: &'a mut RecordArena,
        placement: &Placement,
        name: &[u8],
        cigar: &[CigarOp],
        codes: &[u8],
        qualities: &[u8],
    ) -> Self {
        let nibbles = |out: &mut Vec<u8>| push_nibbles(codes, out);
        Self::start_with(arena, placement, name, cigar, (codes.len(), nibbles), qualities)
    }

    /// The same of so many bases that are appended as BAM has them: two a byte, the first in the high half.
    ///
    /// # Panics
    /// If there are not as many qualities, or the bases take another number of bytes.
    #[must_use]
    pub fn start_with(
        arena: &'a mut RecordArena,
        placement: &Placement,
        name: &[u8],
        cigar: &[CigarOp],
        (bases, nibbles): (usize, impl FnOnce(&mut Vec<u8>)),
        qualities: &[u8],
    ) -> Self {
        assert_eq!(bases, qualities.len(), "sequence and qualities differ in length");
        let start = arena.bytes.len();
        let out = &mut arena.bytes;
        let name = &name[..name.len().min(254)];
        let span = cigar::reference_span(cigar.iter().copied());
        let stand_in = [CigarOp::new(OpKind::SoftClip, bases as u32), CigarOp::new(OpKind::Skip, span)];
        let ops = if u16::try_from(cigar.len()).is_ok() { cigar } else { &stand_in[..] };
        out.reserve(FIXED + name.len() + 1 + 4 * ops.len() + 2 * bases + TAGS);
        out.extend_from_slice(&fixed_fields(placement, name, ops.len() as u16, bases, span));
        out.extend_from_slice(name);
        out.push(0);
        for op in ops {
            out.extend_from_slice(&op.bits().to_le_bytes());
        }
        let end = out.len() + bases.div_ceil(2);
        nibbles(out);
        assert_eq!(out.len(), end, "two bases a byte");
        out.extend_from_slice(qualities);
        if ops.len() < cigar.len() {
            out.extend_from_slice(b"CGBI");
            out.extend_from_slice(&(cigar.len() as u32).to_le_bytes());
            cigar.iter().for_each(|op| out.extend_from_slice(&op.bits().to_le_bytes()));
        }
        Self { arena, start }
    }

    /// Appends an integer tag in the smallest type that holds it.
    pub fn int(&mut self, tag: [u8; 2], value: i32) -> &mut Self {
        let out = &mut self.arena.bytes;
        if let Ok(value) = u8::try_from(value) {
            out.extend_from_slice(&[tag[0], tag[1], b'C', value]);
            return self;
        }
        out.extend_from_slice(&tag);
        if let Ok(value) = i8::try_from(value) {
            out.extend_from_slice(&[b'c', value as u8]);
        } else if let Ok(value) = i16::try_from(value) {
            out.push(b's');
            out.extend_from_slice(&value.to_le_bytes());
        } else {
            out.push(b'i');
            out.extend_from_slice(&value.to_le_bytes());
        }
        self
    }

    /// Appends a number as a tag of type `f`.
    pub fn float(&mut self, tag: [u8; 2], value: f32) -> &mut Self {
        let out = &mut self.arena.bytes;
        out.extend_from_slice(&tag);
        out.push(b'f');
        out.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Appends a text tag. The text must not hold a NUL.
    pub fn text(&mut self, tag: [u8; 2], text: &[u8]) -> &mut Self {
        let out = &mut self.arena.bytes;
        out.extend_from_slice(&[tag[0], tag[1], b'Z']);
        out.extend_from_slice(text);
        out.push(0);
        self
    }

    /// Ends the record; it is then the arena's last.
    pub fn finish(self) {
        debug_assert!(RecordRef::parse(&self.arena.bytes[self.start..]).is_some());
        self.arena.ends.push(self.arena.bytes.len());
    }
}

/// The first 32 bytes of a record.
fn fixed_fields(placement: &Placement, name: &[u8], ops: u16, bases: usize, span: u32) -> [u8; FIXED] {
    let (contig, position) = as_i32(placement.place);
    let (mate_contig, mate_position) = as_i32(placement.mate);
    let bin = placement.place.map_or(4680, |(_, at)| bin_of(at, at + span.max(1)));
    let mut fixed = [0; FIXED];
    fixed[0..4].copy_from_slice(&contig.to_le_bytes());
    fixed[4..8].copy_from_slice(&position.to_le_bytes());
    fixed[8] = name.len() as u8 + 1;
    fixed[9] = placement.mapq;
    fixed[10..12].copy_from_slice(&bin.to_le_bytes());
    fixed[12..14].copy_from_slice(&ops.to_le_bytes());
    fixed[14..16].copy_from_slice(&placement.flags.to_le_bytes());
    fixed[16..20].copy_from_slice(&(bases as u32).to_le_bytes());
    fixed[20..24].copy_from_slice(&mate_contig.to_le_bytes());
    fixed[24..28].copy_from_slice(&mate_position.to_le_bytes());
    fixed[28..32].copy_from_slice(&placement.template_length.to_le_bytes());
    fixed
}

/// Appends base codes, two a byte, in BAM's letters; eight at a time in one word where there are as many.
fn push_nibbles(codes: &[u8], out: &mut Vec<u8>) {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let (eights, rest) = codes.as_chunks::<8>();
    for &eight in eights {
        let word = u64::from_le_bytes(eight);
        let (first, second, unknown) = (word & LOW, word >> 1 & LOW, word >> 2 & LOW);
        // 1 << code, as (1 or 2) times (1 or 4); anything above 3 is 15.
        let low = LOW + first;
        let mut nibbles = low + (low & (second * 255)) * 3;
        nibbles |= unknown * 15;
        // The earlier base is the upper half.
        let pairs = (nibbles << 4 | nibbles >> 8) & 0x00ff_00ff_00ff_00ff;
        let pairs = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
        out.extend_from_slice(&((pairs | pairs >> 16) as u32).to_le_bytes());
    }
    let nibble = |code: u8| if code < base::N { 1 << code } else { 15 };
    out.extend(rest.chunks(2).map(|two| nibble(two[0]) << 4 | two.get(1).map_or(0, |&code| nibble(code))));
}

fn as_i32(place: Option<(u32, u32)>) -> (i32, i32) {
    place.map_or((-1, -1), |(contig, position)| (contig as i32, position as i32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cigar::Cigar;

    #[test]
    fn bases_pack_alike_at_every_length() {
        let codes: Vec<u8> = (0..41).map(|i| (i * 7 % 5) as u8).collect();
        for length in 0..codes.len() {
            let mut packed = Vec::new();
            push_nibbles(&codes[..length], &mut packed);
            let nibbles = |i: usize| if i < length { [1, 2, 4, 8, 15][usize::from(codes[i])] } else { 0 };
            let expected: Vec<u8> =
                (0..length.div_ceil(2)).map(|i| nibbles(2 * i) << 4 | nibbles(2 * i + 1)).collect();
            assert_eq!(packed, expected, "{length}");
        }
    }

    #[test]
    fn long_cigars_go_to_a_tag() {
        let ops: Vec<CigarOp> =
            (0..70_000).map(|i| CigarOp::new([OpKind::Match, OpKind::Deletion][i % 2], 1)).collect();
        let placement = Placement { flags: 0, place: Some((0, 5)), mapq: 1, mate: None, template_length: 0 };
        let mut arena = RecordArena::new();
        let codes = vec![1; 35_000];
        RecordBuilder::start(&mut arena, &placement, b"r", &ops, &codes, &codes).finish();
        let record = RecordRef::parse(arena.get(0).bytes()).expect("well formed");
        assert_eq!(record.cigar().collect::<Cigar>().to_string(), "35000S70000N");
        let (kind, value) = record.tag(*b"CG").expect("the whole one");
        assert_eq!((kind, value.len()), (b'B', 5 + 4 * ops.len()));
        assert_eq!(record.reference_end(), Some(70_005));
    }
}
