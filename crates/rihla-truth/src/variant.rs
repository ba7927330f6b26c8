//! Records as they are given, and as the comparison sees them.

use rihla_core::{Interval, IntervalSet, Reference, VariantRecord, base};
use smallvec::SmallVec;

use crate::class::{Filter, Kind, Subtype, Zygosity};
use crate::report::Fate;
use crate::{CompareOptions, STRUCTURAL};

mod edit;
mod settle;

pub(crate) use edit::Edit;
use edit::{Letters, Place};
pub(crate) use settle::settle;

/// One record of one sample: truth or call.
#[derive(Clone, Debug, PartialEq)]
pub struct TruthVariant {
    /// Contig id.
    pub contig: u32,
    /// 0-based position of the first base of `reference`.
    pub position: u32,
    /// REF, upper-case letters.
    pub reference: Vec<u8>,
    /// ALT alleles: upper-case letters, `*`, or symbolic.
    pub alternates: Vec<Vec<u8>>,
    /// Allele numbers (0 is REF, none is missing), one a chromosome copy; empty when the record has no
    /// genotype.
    pub genotype: Vec<Option<u8>>,
    /// When the order of the genotype is a phase: a number that genotypes phased with each other share.
    pub phase: Option<u64>,
    /// Whether no filter failed.
    pub is_pass: bool,
    /// QUAL.
    pub quality: Option<f32>,
    /// GQ.
    pub genotype_quality: Option<f32>,
}

impl TruthVariant {
    /// A record that passed, not phased, without scores.
    #[must_use]
    pub fn new(
        contig: u32,
        position: u32,
        reference: &[u8],
        alternates: Vec<Vec<u8>>,
        genotype: &[u8],
    ) -> Self {
        Self {
            contig,
            position,
            reference: reference.to_vec(),
            alternates,
            genotype: genotype.iter().map(|&allele| Some(allele)).collect(),
            phase: None,
            is_pass: true,
            quality: None,
            genotype_quality: None,
        }
    }

    /// What is compared, as it is written: an order of records that doesn't depend on their order in a file.
    pub(crate) fn written(&self) -> impl Ord + '_ {
        (self.contig, self.position, &self.reference, &self.alternates, &self.genotype)
    }

    /// The stretch of REF.
    #[must_use]
    pub fn interval(&self) -> Interval {
        let length = u32::try_from(self.reference.len()).unwrap_or(u32::MAX);
        Interval::new(self.contig, self.position, self.position.saturating_add(length))
    }
}

impl TruthVariant {
    /// Whether the record counts in some regions, by vcfeval's rule (`--evaluation-regions`): a base that it
    /// changes lies inside, or, of an insertion, the bases on both sides of it do. A first letter that REF
    /// shares with all called ALT alleles is no changed base.
    #[must_use]
    pub fn is_in(&self, regions: &IntervalSet) -> bool {
        let Interval { contig, start, end } = self.interval();
        let start = start + u32::from(self.has_padding());
        if start < end {
            return regions.overlaps(&Interval::new(contig, start, end));
        }
        regions.covers(&Interval::new(contig, start.saturating_sub(1), start.saturating_add(1)))
    }

    fn has_padding(&self) -> bool {
        let called = self.genotype.iter().flatten().filter_map(|&number| usize::from(number).checked_sub(1));
        let mut called =
            called.filter_map(|number| self.alternates.get(number)).filter(|letters| *letters != b"*");
        let is_base = self.reference.len() == 1 && self.alternates.iter().all(|letters| letters.len() == 1);
        !is_base && called.all(|letters| letters.first() == self.reference.first())
    }
}

impl From<&VariantRecord> for TruthVariant {
    fn from(record: &VariantRecord) -> Self {
        Self {
            contig: record.contig,
            position: record.position,
            reference: record.reference.clone(),
            alternates: record.alternates.clone(),
            genotype: record.sample.genotype.alleles().iter().map(|&allele| Some(allele)).collect(),
            phase: None,
            is_pass: record.is_pass(),
            quality: Some(record.quality),
            genotype_quality: Some(f32::from(record.sample.genotype_quality)),
        }
    }
}

/// What the two chromosome copies have of a record; none is REF.
pub(crate) type Copies = [Option<Edit>; 2];

/// A record ready to be matched.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// Place in the caller's list.
    pub(crate) index: usize,
    pub(crate) contig: u32,
    /// POS of the record: of two insertions at one point the one that is written first comes first.
    position: u32,
    /// First and last base that it changes as it is written.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The stretch that it could touch, moved anywhere in its repeat.
    pub(crate) reach: (u32, u32),
    /// The ways in which it can lie on the copies: a heterozygous one in the order of its genotype and in the
    /// other. Where genotypes are ignored: each of its ALT alleles on both.
    pub(crate) choices: Vec<Copies>,
    /// The same with edits at the other end of the record's stretch; none when they cannot move in it.
    pub(crate) moved: Option<Vec<Copies>>,
    /// Phase set of a phased heterozygous one.
    pub(crate) phase: Option<u64>,
    /// Whether it counts; others help to match those that do.
    pub(crate) inside: bool,
    pub(crate) is_pass: bool,
    pub(crate) kind: Kind,
    pub(crate) subtype: Subtype,
    pub(crate) zygosity: Zygosity,
}

impl Prepared {
    /// The record, or why there is nothing to compare.
    ///
    /// The record lies inside its contig.
    pub(crate) fn new(
        reference: &Reference,
        record: &TruthVariant,
        (index, inside): (usize, bool),
        options: CompareOptions,
    ) -> Result<Self, Fate> {
        let (choices, zygosity) = choices(record, options, Place::First)?;
        let moved = choices_moved(record, options, &choices);
        let is_het = choices.len() > 1 && options.genotypes;
        let phase = record.phase.filter(|_| is_het && options.phase);
        let edits = || choices.iter().flatten().flatten();
        let (start, end) = extent(&choices).unwrap_or((record.position, record.position));
        let reach = edits()
            .map(|edit| reach(reference, record.contig, edit))
            .fold((start, end), |all, one| (all.0.min(one.0), all.1.max(one.1)));
        let kind = if edits().all(Edit::keeps_length) { Kind::Snp } else { Kind::Indel };
        let subtype = subtype(reference, record, kind);
        let (contig, is_pass) = (record.contig, record.is_pass);
        Ok(Self {
            index,
            contig,
            position: record.position,
            start,
            end,
            reach,
            choices,
            moved,
            phase,
            inside,
            is_pass,
            kind,
            subtype,
            zygosity,
        })
    }

    /// Puts its edits to the other end of the record's stretch.
    pub(crate) fn flip(&mut self) {
        let Some(moved) = &mut self.moved else { return };
        std::mem::swap(moved, &mut self.choices);
        (self.start, self.end) = extent(&self.choices).unwrap_or((self.start, self.end));
    }

    /// First and last base that it changes in either place; none when it has but one.
    pub(crate) fn stretch(&self) -> Option<(u32, u32)> {
        let (start, end) = extent(self.moved.as_ref()?)?;
        Some((start.min(self.start), end.max(self.end)))
    }

    /// Whether it takes part under a filter.
    pub(crate) fn is_compared(&self, filter: Filter) -> bool {
        self.is_pass || filter == Filter::All
    }

    /// Order that depends on the content alone.
    pub(crate) fn sort_key(&self) -> impl Ord + '_ {
        (self.contig, self.start, self.end, self.position, &self.choices)
    }

    /// Whether another record does the same to the two copies, whichever comes first.
    pub(crate) fn is_twin(&self, other: &Self) -> bool {
        let reversed = || self.choices.iter().rev().eq(&other.choices);
        (self.contig, self.start, self.end) == (other.contig, other.start, other.end)
            && (self.choices == other.choices || self.choices.len() == 2 && reversed())
    }

    /// All edits, each as often as it occurs.
    pub(crate) fn edits(&self) -> impl Iterator<Item = &Edit> {
        self.choices.iter().flatten().flatten()
    }
}

/// First and last base that edits change.
fn extent(choices: &[Copies]) -> Option<(u32, u32)> {
    let edits = || choices.iter().flatten().flatten();
    Some((edits().map(|edit| edit.start).min()?, edits().map(|edit| edit.end).max()?))
}

/// The ways in which a record can lie on the copies, and its genotype's class; or why there is nothing to compare.
fn choices(
    record: &TruthVariant,
    options: CompareOptions,
    place: Place,
) -> Result<(Vec<Copies>, Zygosity), Fate> {
    let copies = match (&record.genotype[..], options.genotypes) {
        ([], true) => return Err(Fate::NoCall),
        // A record without a genotype, where genotypes are ignored: any of its alleles.
        ([], false) => {
            let alleles = (1..=record.alternates.len()).map(|number| allele(record, number, place));
            let edits: Vec<Edit> = alleles.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
            let zygosity = if edits.len() > 1 { Zygosity::HetAlt } else { Zygosity::Het };
            return if edits.is_empty() { Err(Fate::HomRef) } else { Ok((either(edits), zygosity)) };
        }
        (genotype, _) => copies(record, genotype, place)?,
    };
    let zygosity = match &copies {
        [Some(_), Some(_)] if record.genotype.len() == 1 => Zygosity::Hemi,
        [Some(a), Some(b)] if a == b => Zygosity::HomAlt,
        [Some(_), Some(_)] => Zygosity::HetAlt,
        [None, None] => return Err(Fate::HomRef),
        _ => Zygosity::Het,
    };
    let [a, b] = &copies;
    let choices = match (options.genotypes, a == b) {
        (true, false) => vec![[a.clone(), b.clone()], [b.clone(), a.clone()]],
        (true, true) => vec![copies],
        (false, _) => either(copies.into_iter().flatten().collect()),
    };
    Ok((choices, zygosity))
}

/// The choices with edits to the right, when those are others.
fn choices_moved(record: &TruthVariant, options: CompareOptions, first: &[Copies]) -> Option<Vec<Copies>> {
    // One base beside the anchor leaves no room.
    if record.reference.len() < 2 {
        return None;
    }
    choices(record, options, Place::Last).ok().map(|(choices, _)| choices).filter(|choices| choices != first)
}

/// Each edit once, on both copies.
fn either(mut edits: Vec<Edit>) -> Vec<Copies> {
    edits.sort_unstable();
    edits.dedup();
    edits.into_iter().map(|edit| [Some(edit.clone()), Some(edit)]).collect()
}

/// What a genotype puts on the two copies; a haploid one fills both, a missing allele is as REF.
fn copies(record: &TruthVariant, genotype: &[Option<u8>], place: Place) -> Result<Copies, Fate> {
    if genotype.iter().all(Option::is_none) {
        return Err(Fate::NoCall);
    }
    let (a, b) = match *genotype {
        [a] => (a, a),
        [a, b] => (a, b),
        _ => return Err(Fate::Ploidy),
    };
    let allele = |number: Option<u8>| allele(record, usize::from(number.unwrap_or(0)), place);
    Ok([allele(a)?, allele(b)?])
}

/// What allele `number` does; none when it is as REF.
fn allele(record: &TruthVariant, number: usize, place: Place) -> Result<Option<Edit>, Fate> {
    let Some(alternate) = number.checked_sub(1) else { return Ok(None) };
    let letters = record.alternates.get(alternate).ok_or(Fate::NoCall)?;
    if letters == b"*" {
        return Ok(None);
    }
    if letters.is_empty() || !letters.iter().all(u8::is_ascii_alphabetic) {
        return Err(Fate::Symbolic);
    }
    if letters.len().abs_diff(record.reference.len()) >= STRUCTURAL {
        return Err(Fate::Structural);
    }
    Ok(Edit::new(record.position, &record.reference, letters, place))
}

/// The finer type, of the called alleles; of all where there is no genotype.
fn subtype(reference: &Reference, record: &TruthVariant, kind: Kind) -> Subtype {
    let edit = |number: usize| allele(record, number, Place::First).ok().flatten();
    let edits: SmallVec<[Edit; 2]> = match &record.genotype[..] {
        [] => (1..=record.alternates.len()).filter_map(edit).collect(),
        genotype => genotype.iter().flatten().filter_map(|&number| edit(usize::from(number))).collect(),
    };
    if kind == Kind::Snp {
        let letter = |at| base::decode(reference.base(record.contig, at));
        let is_transition =
            |a: u8, b: u8| matches!((a, b), (b'A', b'G') | (b'G', b'A') | (b'C', b'T') | (b'T', b'C'));
        let changes = edits.iter().flat_map(|edit| (edit.start..edit.end).zip(&edit.letters));
        let mut changes = changes.map(|(at, &to)| (letter(at), to)).filter(|(from, to)| from != to);
        return if changes.all(|(from, to)| is_transition(from, to)) { Subtype::Ti } else { Subtype::Tv };
    }
    let change = |edit: &Edit| edit.letters.len().abs_diff((edit.end - edit.start) as usize);
    // The first of the largest: `max_by_key` would give the last.
    let largest = edits.iter().rev().max_by_key(|edit| change(edit));
    largest.map_or(Subtype::C1To5, |edit| indel_subtype((edit.end - edit.start) as usize, edit.letters.len()))
}

fn indel_subtype(removed: usize, added: usize) -> Subtype {
    use Subtype::{C1To5, C6To15, C16Plus, D1To5, D6To15, D16Plus, I1To5, I6To15, I16Plus};
    let (classes, size) = match (removed, added) {
        (0, size) => ([I1To5, I6To15, I16Plus], size),
        (size, 0) => ([D1To5, D6To15, D16Plus], size),
        _ => ([C1To5, C6To15, C16Plus], removed.max(added)),
    };
    classes[usize::from(size > 5) + usize::from(size > 15)]
}

/// Bases an indel may be moved to each side, at most.
pub(crate) const LONGEST_SHIFT: u32 = 2000;

/// From the leftmost to the rightmost base that an insertion or deletion touches in any of its equal places.
fn reach(reference: &Reference, contig: u32, edit: &Edit) -> (u32, u32) {
    let letter = |position: u32| rihla_core::base::decode(reference.base(contig, position));
    let moving: Letters = match (edit.end - edit.start, edit.letters.len()) {
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
        let alternates = alternates.iter().map(|letters| letters.as_bytes().to_vec()).collect();
        TruthVariant::new(0, position, reference.as_bytes(), alternates, genotype)
    }

    fn prepare(reference: &Reference, record: &TruthVariant) -> Result<Prepared, Fate> {
        Prepared::new(reference, record, (0, true), CompareOptions::default())
    }

    #[test]
    fn trims_and_reaches() {
        let reference = builders::reference(&[("c", b"GGTCACACACAGTT")]);
        let prepared = |record: &TruthVariant| prepare(&reference, record).expect("comparable");
        let deletion = prepared(&variant(6, "ACA", &["A"], &[0, 1]));
        assert_eq!((deletion.start, deletion.end, deletion.reach), (7, 9, (3, 11)));
        let mut long = prepared(&variant(6, "ACACA", &["ACA"], &[0, 1]));
        assert_eq!((long.start, long.end, long.reach), (7, 9, (3, 11)));
        long.flip();
        assert_eq!((long.start, long.end, long.reach), (9, 11, (3, 11)));
        assert_eq!((deletion.kind, deletion.zygosity), (Kind::Indel, Zygosity::Het));
        let insertion = prepared(&variant(10, "A", &["ACA"], &[1, 1]));
        assert_eq!((insertion.start, insertion.end, insertion.reach), (11, 11, (3, 11)));
        let mnv = prepared(&variant(1, "GTCA", &["GAAA"], &[1]));
        assert_eq!((mnv.start, mnv.end, mnv.kind, mnv.zygosity), (2, 4, Kind::Snp, Zygosity::Hemi));
    }

    #[test]
    fn finer_types() {
        let reference = builders::reference(&[("c", b"GGTCACACACAGTT")]);
        let of = |record: TruthVariant| prepare(&reference, &record).expect("comparable").subtype;
        assert_eq!(of(variant(2, "T", &["C"], &[0, 1])), Subtype::Ti);
        assert_eq!(of(variant(2, "T", &["C", "A"], &[1, 2])), Subtype::Tv);
        assert_eq!(of(variant(2, "T", &["C", "A"], &[0, 1])), Subtype::Ti);
        assert_eq!(of(variant(2, "TCA", &["CCG"], &[1, 1])), Subtype::Ti);
        assert_eq!(of(variant(2, "TCA", &["T"], &[0, 1])), Subtype::D1To5);
        assert_eq!(of(variant(2, "T", &["TCACACA"], &[0, 1])), Subtype::I6To15);
        assert_eq!(of(variant(2, "TCA", &["T", "TCACACACACACACACACACA"], &[1, 2])), Subtype::I16Plus);
        assert_eq!(of(variant(2, "TCA", &["GG"], &[0, 1])), Subtype::C1To5);
    }

    #[test]
    fn says_why_there_is_nothing_to_compare() {
        let reference = builders::reference(&[("c", b"GGTCACACACAGTT")]);
        let long = "A".repeat(60);
        let missing = TruthVariant { genotype: vec![None, None], ..variant(0, "G", &["T"], &[]) };
        for (record, why) in [
            (variant(0, "G", &["T"], &[0, 0]), Fate::HomRef),
            (variant(0, "G", &["<DEL>"], &[0, 1]), Fate::Symbolic),
            (variant(0, "G", &["*"], &[0, 1]), Fate::HomRef),
            (variant(0, "G", &[&long], &[0, 1]), Fate::Structural),
            (variant(0, "G", &["T"], &[0, 2]), Fate::NoCall),
            (variant(0, "G", &["T"], &[]), Fate::NoCall),
            (missing, Fate::NoCall),
            (variant(0, "G", &["T"], &[0, 0, 1]), Fate::Ploidy),
        ] {
            assert_eq!(prepare(&reference, &record).err(), Some(why), "{record:?}");
        }
    }
}
