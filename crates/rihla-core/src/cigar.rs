//! CIGAR: how a read lies on the reference (SAM specification, section 1.4.6).

use std::fmt;

/// Kind of a CIGAR operation; the number is the BAM code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum OpKind {
    /// `M`: aligned, match or mismatch.
    Match = 0,
    /// `I`: bases of the read that the reference lacks.
    Insertion = 1,
    /// `D`: bases of the reference that the read lacks.
    Deletion = 2,
    /// `N`: skipped reference.
    Skip = 3,
    /// `S`: bases of the read outside the alignment, kept in the record.
    SoftClip = 4,
    /// `H`: bases of the read outside the alignment, not in the record.
    HardClip = 5,
    /// `P`: padding.
    Padding = 6,
    /// `=`: match.
    SequenceMatch = 7,
    /// `X`: mismatch.
    SequenceMismatch = 8,
}

impl OpKind {
    /// The kind of a BAM code.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Match,
            1 => Self::Insertion,
            2 => Self::Deletion,
            3 => Self::Skip,
            4 => Self::SoftClip,
            5 => Self::HardClip,
            6 => Self::Padding,
            7 => Self::SequenceMatch,
            8 => Self::SequenceMismatch,
            _ => return None,
        })
    }

    /// The letter in SAM.
    #[must_use]
    pub const fn letter(self) -> char {
        b"MIDNSHP=X"[self as usize] as char
    }

    /// Whether it uses up bases of the read's record.
    #[must_use]
    pub const fn consumes_read(self) -> bool {
        matches!(
            self,
            Self::Match | Self::Insertion | Self::SoftClip | Self::SequenceMatch | Self::SequenceMismatch
        )
    }

    /// Whether it uses up bases of the reference.
    #[must_use]
    pub const fn consumes_reference(self) -> bool {
        matches!(
            self,
            Self::Match | Self::Deletion | Self::Skip | Self::SequenceMatch | Self::SequenceMismatch
        )
    }

    /// Whether read base stands against reference base (`M`, `=`, `X`).
    #[must_use]
    pub const fn is_aligned(self) -> bool {
        matches!(self, Self::Match | Self::SequenceMatch | Self::SequenceMismatch)
    }
}

/// One operation: a kind and a length, in BAM's packing (`length << 4 | code`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CigarOp(u32);

impl CigarOp {
    /// An operation of `length` bases (below 2^28).
    #[must_use]
    pub const fn new(kind: OpKind, length: u32) -> Self {
        Self(length << 4 | kind as u32)
    }

    /// From BAM's packing; codes above 8 are read as padding of no effect.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// BAM's packing.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The kind.
    #[must_use]
    pub const fn kind(self) -> OpKind {
        match OpKind::from_code((self.0 & 15) as u8) {
            Some(kind) => kind,
            None => OpKind::Padding,
        }
    }

    /// The length in bases.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub const fn len(self) -> u32 {
        self.0 >> 4
    }
}

impl fmt::Debug for CigarOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.len(), self.kind().letter())
    }
}

/// A whole CIGAR.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Cigar(Vec<CigarOp>);

impl Cigar {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Appends an operation: merged with the last when of one kind, dropped when of no length.
    pub fn push(&mut self, kind: OpKind, length: u32) {
        if length == 0 {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.kind() == kind => *last = CigarOp::new(kind, last.len() + length),
            _ => self.0.push(CigarOp::new(kind, length)),
        }
    }

    /// The operations.
    #[must_use]
    pub fn ops(&self) -> &[CigarOp] {
        &self.0
    }

    /// Removes all operations.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Reverses the order of the operations.
    pub fn reverse(&mut self) {
        self.0.reverse();
    }

    /// Whether there is no operation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bases of the reference under the alignment.
    #[must_use]
    pub fn reference_span(&self) -> u32 {
        reference_span(self.0.iter().copied())
    }

    /// Bases of the record's sequence.
    #[must_use]
    pub fn read_span(&self) -> u32 {
        self.0.iter().filter(|op| op.kind().consumes_read()).map(|op| op.len()).sum()
    }

    /// Parses SAM text such as `10S90M`; `*` is the empty one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut cigar = Self::new();
        if text == "*" {
            return Some(cigar);
        }
        let mut length = String::new();
        for letter in text.chars() {
            if letter.is_ascii_digit() {
                length.push(letter);
                continue;
            }
            let code = "MIDNSHP=X".find(letter)?;
            cigar.0.push(CigarOp::new(OpKind::from_code(code as u8)?, length.parse().ok()?));
            length.clear();
        }
        length.is_empty().then_some(cigar)
    }
}

impl FromIterator<CigarOp> for Cigar {
    fn from_iter<I: IntoIterator<Item = CigarOp>>(ops: I) -> Self {
        Self(ops.into_iter().collect())
    }
}

impl fmt::Display for Cigar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("*");
        }
        self.0.iter().try_for_each(|op| write!(f, "{op:?}"))
    }
}

impl fmt::Debug for Cigar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Bases of the reference that the operations use up.
pub fn reference_span(ops: impl Iterator<Item = CigarOp>) -> u32 {
    ops.filter(|op| op.kind().consumes_reference()).map(CigarOp::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trip_and_spans() {
        let cigar = Cigar::parse("5S10M2I3D20M1H").expect("valid");
        assert_eq!(cigar.to_string(), "5S10M2I3D20M1H");
        assert_eq!((cigar.reference_span(), cigar.read_span()), (33, 37));
        assert_eq!(Cigar::parse("*").expect("valid").to_string(), "*");
        assert!(Cigar::parse("10").is_none() && Cigar::parse("3Z").is_none());
    }

    #[test]
    fn push_merges() {
        let mut cigar = Cigar::new();
        for (kind, length) in [(OpKind::Match, 3), (OpKind::Match, 4), (OpKind::Deletion, 0)] {
            cigar.push(kind, length);
        }
        assert_eq!(cigar.to_string(), "7M");
    }
}
