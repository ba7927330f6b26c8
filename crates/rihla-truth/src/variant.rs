//! Records as they are given, and as the comparison sees them.

use rihla_core::{Interval, Reference, VariantRecord};

use crate::STRUCTURAL;

/// One record of one sample: truth or call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TruthVariant {
    /// Contig id.
    pub contig: u32,
    /// 0-based position of the first base of `reference`.
    pub position: u32,
    /// REF, upper-case letters.
    pub reference: Vec<u8>,
    /// ALT alleles: upper-case letters, `*`, or symbolic.
    pub alternates: Vec<Vec<u8>>,
    /// Allele numbers (0 is REF, also for a missing allele), one a chromosome copy.
    pub genotype: Vec<u8>,
    /// Whether the order of the genotype is a phase; kept for tables, the comparison doesn't use it.
    pub phased: bool,
}

impl TruthVariant {
    /// The stretch of REF.
    #[must_use]
    pub fn interval(&self) -> Interval {
        let length = u32::try_from(self.reference.len()).unwrap_or(u32::MAX);
        Interval::new(self.contig, self.position, self.position.saturating_add(length))
    }
}

impl From<&VariantRecord> for TruthVariant {
    fn from(record: &VariantRecord) -> Self {
        Self {
            contig: record.contig,
            position: record.position,
            reference: record.reference.clone(),
            alternates: record.alternates.clone(),
            genotype: record.sample.genotype.alleles().to_vec(),
            phased: false,
        }
    }
}

/// Bases of `[start, end)` replaced by letters; both ends trimmed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) letters: Vec<u8>,
}

impl Edit {
    /// None when the allele equals REF.
    fn new(position: u32, reference: &[u8], alternate: &[u8]) -> Option<Self> {
        let same = |(a, b): &(&u8, &u8)| a == b;
        let behind = reference.iter().rev().zip(alternate.iter().rev()).take_while(same).count();
        let (reference, alternate) =
            (&reference[..reference.len() - behind], &alternate[..alternate.len() - behind]);
        let before = reference.iter().zip(alternate).take_while(same).count();
        let (reference, alternate) = (&reference[before..], &alternate[before..]);
        let start = position + before as u32;
        let changes = !reference.is_empty() || !alternate.is_empty();
        changes.then(|| Self { start, end: start + reference.len() as u32, letters: alternate.to_vec() })
    }

    fn keeps_length(&self) -> bool {
        (self.end - self.start) as usize == self.letters.len()
    }
}

/// A record ready to be matched.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// Place in the caller's list.
    pub(crate) index: usize,
    pub(crate) contig: u32,
    /// First and last base that it changes as it is written.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The stretch that it could touch, moved anywhere in its repeat.
    pub(crate) reach: (u32, u32),
    /// What each chromosome copy has; none is REF. Sorted: the phase is not used.
    pub(crate) alleles: [Option<Edit>; 2],
    pub(crate) is_snp: bool,
}

impl Prepared {
    /// None when there is nothing to compare.
    pub(crate) fn new(reference: &Reference, record: &TruthVariant, index: usize) -> Option<Self> {
        let inside = (record.contig as usize) < reference.contigs().len()
            && record.interval().end <= reference.contigs().get(record.contig).length
            && !record.reference.is_empty();
        if !inside {
            return None;
        }
        let (a, b) = match record.genotype[..] {
            [a] => (a, a),
            [a, b] => (a, b),
            _ => return None,
        };
        let mut alleles = [allele(record, a)?, allele(record, b)?];
        alleles.sort_unstable();
        let edits = || alleles.iter().flatten();
        let start = edits().map(|edit| edit.start).min()?;
        let end = edits().map(|edit| edit.end).max()?;
        let is_snp = edits().all(Edit::keeps_length);
        let reach = edits()
            .map(|edit| reach(reference, record.contig, edit))
            .fold((start, end), |all, one| (all.0.min(one.0), all.1.max(one.1)));
        Some(Self { index, contig: record.contig, start, end, reach, alleles, is_snp })
    }

    pub(crate) fn is_het(&self) -> bool {
        self.alleles[0] != self.alleles[1]
    }

    /// Order that depends on the content alone.
    pub(crate) fn sort_key(&self) -> impl Ord + '_ {
        (self.contig, self.start, self.end, &self.alleles)
    }
}

/// What allele `number` does: outer none when it can't be compared, inner none when it is REF.
fn allele(record: &TruthVariant, number: u8) -> Option<Option<Edit>> {
    let Some(alternate) = usize::from(number).checked_sub(1) else { return Some(None) };
    let letters = record.alternates.get(alternate)?;
    if letters == b"*" {
        return Some(None);
    }
    let plain = !letters.is_empty() && letters.iter().all(u8::is_ascii_alphabetic);
    if !plain || letters.len().abs_diff(record.reference.len()) >= STRUCTURAL {
        return None;
    }
    Some(Edit::new(record.position, &record.reference, letters))
}

/// Bases an indel may be moved to each side, at most.
const LONGEST_SHIFT: u32 = 2000;

/// From the leftmost to the rightmost base that an insertion or deletion touches in any of its equal places.
fn reach(reference: &Reference, contig: u32, edit: &Edit) -> (u32, u32) {
    let letter = |position: u32| rihla_core::base::decode(reference.base(contig, position));
    let moving: Vec<u8> = match (edit.end - edit.start, edit.letters.len()) {
        (0, _) => edit.letters.clone(),
        (_, 0) => (edit.start..edit.end).map(letter).collect(),
        _ => return (edit.start, edit.end),
    };
    let length = reference.contigs().get(contig).length;
    let period = moving.len() as u32;
    let (mut left, mut right) = (0, 0);
    while left < LONGEST_SHIFT
        && left < edit.start
        && letter(edit.start - left - 1) == moving[(period - 1 - left % period) as usize]
    {
        left += 1;
    }
    while right < LONGEST_SHIFT
        && edit.end + right < length
        && letter(edit.end + right) == moving[(right % period) as usize]
    {
        right += 1;
    }
    (edit.start - left, edit.end + right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_testkit::builders;

    fn variant(position: u32, reference: &str, alternates: &[&str], genotype: &[u8]) -> TruthVariant {
        TruthVariant {
            contig: 0,
            position,
            reference: reference.into(),
            alternates: alternates.iter().map(|letters| letters.as_bytes().to_vec()).collect(),
            genotype: genotype.to_vec(),
            phased: false,
        }
    }

    #[test]
    fn trims_and_reaches() {
        let reference = builders::reference(&[("c", b"GGTCACACACAGTT")]);
        let prepared = |record: &TruthVariant| Prepared::new(&reference, record, 0);
        let deletion = prepared(&variant(6, "ACA", &["A"], &[0, 1])).expect("comparable");
        assert_eq!((deletion.start, deletion.end, deletion.reach), (6, 8, (3, 11)));
        assert!(!deletion.is_snp && deletion.is_het());
        let insertion = prepared(&variant(10, "A", &["ACA"], &[1, 1])).expect("comparable");
        assert_eq!((insertion.start, insertion.end, insertion.reach), (10, 10, (3, 11)));
        let mnv = prepared(&variant(1, "GTCA", &["GAAA"], &[1])).expect("comparable");
        assert_eq!((mnv.start, mnv.end, mnv.is_snp, mnv.is_het()), (2, 4, true, false));
    }

    #[test]
    fn leaves_out_what_cannot_be_compared() {
        let reference = builders::reference(&[("c", b"GGTCACACACAGTT")]);
        let long = "A".repeat(60);
        for record in [
            variant(0, "G", &["T"], &[0, 0]),
            variant(0, "G", &["<DEL>"], &[0, 1]),
            variant(0, "G", &["*"], &[0, 1]),
            variant(0, "G", &[&long], &[0, 1]),
            variant(0, "G", &["T"], &[0, 2]),
            variant(0, "G", &["T"], &[0, 0, 1]),
            variant(13, "TA", &["T"], &[0, 1]),
            TruthVariant { contig: 4, ..variant(0, "G", &["T"], &[0, 1]) },
        ] {
            assert!(Prepared::new(&reference, &record, 0).is_none(), "{record:?}");
        }
    }
}
