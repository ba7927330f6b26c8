//! What an allele does to the reference.

use smallvec::SmallVec;

/// Letters of an allele; few as a rule.
pub(crate) type Letters = SmallVec<[u8; 16]>;

/// Where in a record's own stretch an indel is put that fits in several places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Right behind its anchor.
    First,
    /// As far to the right as REF goes.
    Last,
}

/// Bases of `[start, end)` replaced by letters; both ends trimmed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) letters: Letters,
}

impl Edit {
    /// None when the allele equals REF.
    ///
    /// A first letter that both share is the anchor and stays, as the VCF specification has it: `AA>A` removes
    /// the second A, so that what `A>AC` puts in comes in its place. Of what is behind the anchor the end is
    /// trimmed first, which puts the edit to the left, or the beginning.
    pub(super) fn new(position: u32, reference: &[u8], alternate: &[u8], place: Place) -> Option<Self> {
        let same = |(a, b): &(&u8, &u8)| a == b;
        let shared =
            |reference: &[u8], alternate: &[u8]| reference.iter().zip(alternate).take_while(same).count();
        let before = match (place, shared(reference, alternate)) {
            (Place::First, shared) => shared.min(1),
            (Place::Last, shared) => shared,
        };
        let (reference, alternate) = (&reference[before..], &alternate[before..]);
        let behind = reference.iter().rev().zip(alternate.iter().rev()).take_while(same).count();
        let (reference, alternate) =
            (&reference[..reference.len() - behind], &alternate[..alternate.len() - behind]);
        let more = shared(reference, alternate);
        let (reference, alternate) = (&reference[more..], &alternate[more..]);
        let start = position + (before + more) as u32;
        let changes = !reference.is_empty() || !alternate.is_empty();
        changes.then(|| Self {
            start,
            end: start + reference.len() as u32,
            letters: Letters::from_slice(alternate),
        })
    }

    /// Whether no haplotype can have both: they change a base in common, or one puts letters between bases that
    /// the other changes.
    pub(super) fn clashes(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    pub(super) fn keeps_length(&self) -> bool {
        (self.end - self.start) as usize == self.letters.len()
    }
}
