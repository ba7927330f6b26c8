//! Variants of a VCF put on the haplotypes of a donor.

use std::sync::Arc;

use rihla_core::base;

use crate::TestkitError;
use crate::diploid::TruthRecord;
use crate::karyotype::{Copies, Karyotype, ploidy};
use crate::layout::Layout;
use crate::stream::{Domain, Stream};
use crate::variants::Variants;

/// A record of a VCF, for one sample.
#[derive(Clone, Copy, Debug)]
pub struct GivenRecord<'a> {
    /// Contig id.
    pub contig: u32,
    /// 0-based position of the first base of REF.
    pub position: u32,
    /// REF, upper-case letters.
    pub reference: &'a [u8],
    /// ALT alleles: upper-case letters, `*`, symbolic ones.
    pub alternates: &'a [Vec<u8>],
    /// GT, `None` for a missing allele; `None` as a whole without a genotype.
    pub genotype: Option<&'a [Option<u8>]>,
    /// Whether the genotype is phased, `paternal|maternal`.
    pub is_phased: bool,
    /// Whether FILTER is `PASS` or missing.
    pub is_pass: bool,
}

/// Why a record was not spiked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum NotSpiked {
    /// The genotype has no ALT allele.
    HomRef,
    /// There is no genotype, or an allele of it is missing.
    MissingGenotype,
    /// FILTER names a filter.
    Filtered,
    /// An allele of the genotype is symbolic or a breakend.
    Symbolic,
    /// An allele of the genotype is `*`.
    SpanningDeletion,
    /// An allele of the genotype, or REF, has letters besides A, C, G and T.
    Ambiguous,
    /// It changes bases that another record on the same haplotype changes, in either phase.
    Overlapping,
    /// The donor has no such chromosome.
    NoCopy,
    /// Heterozygous where the donor has one copy, or another number of alleles than copies.
    WrongPloidy,
}

impl NotSpiked {
    /// All reasons, in the order of the checks.
    pub const ALL: [Self; 9] = [
        Self::HomRef,
        Self::MissingGenotype,
        Self::Filtered,
        Self::Symbolic,
        Self::SpanningDeletion,
        Self::Ambiguous,
        Self::Overlapping,
        Self::NoCopy,
        Self::WrongPloidy,
    ];

    /// The reason in words, behind a number of records.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::HomRef => "without an ALT allele in the genotype",
            Self::MissingGenotype => "without a full genotype",
            Self::Filtered => "that fail a filter",
            Self::Symbolic => "symbolic or breakend",
            Self::SpanningDeletion => "with the allele *",
            Self::Ambiguous => "with letters besides A, C, G and T",
            Self::Overlapping => "overlapping another on the same haplotype",
            Self::NoCopy => "on a chromosome that the donor lacks",
            Self::WrongPloidy => "whose genotype does not fit the donor's number of copies",
        }
    }
}

/// What became of the records: spiked and not spiked are all that were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpikeCounts {
    /// Records that the donor carries now.
    pub spiked: u64,
    not_spiked: [u64; NotSpiked::ALL.len()],
}

impl SpikeCounts {
    /// Records not spiked for a reason.
    #[must_use]
    pub const fn not_spiked(&self, reason: NotSpiked) -> u64 {
        self.not_spiked[reason as usize]
    }

    /// All records given.
    #[must_use]
    pub fn given(&self) -> u64 {
        self.spiked + self.not_spiked.iter().sum::<u64>()
    }
}

/// How genotypes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genotypes {
    /// As they are; a record without one is not spiked.
    AsGiven,
    /// A record without one is heterozygous for its first ALT allele (lists of somatic variants have none).
    HetIfMissing,
}

/// Takes the records of a VCF, sorted, and makes a donor's variants of them.
pub struct Spiker {
    layout: Arc<Layout>,
    karyotype: Karyotype,
    genotypes: Genotypes,
    seed: u64,
    /// Tells the donors of one seed apart.
    donor: u32,
    /// Contig and position of the last record.
    last: (u32, u32),
    /// On each haplotype the end of the last change, and whether that was an insertion.
    taken: [(u32, bool); 2],
    variants: Variants,
    counts: SpikeCounts,
}

impl Spiker {
    /// For donor number `donor` of a seed, which draws the phases that are not given.
    #[must_use]
    pub fn new(
        layout: &Arc<Layout>,
        karyotype: Karyotype,
        genotypes: Genotypes,
        seed: u64,
        donor: u32,
    ) -> Self {
        Self {
            layout: layout.clone(),
            karyotype,
            genotypes,
            seed,
            donor,
            last: (0, 0),
            taken: [(0, false); 2],
            variants: Variants::default(),
            counts: SpikeCounts::default(),
        }
    }

    /// Takes one record; whether it was spiked, and else why not, is counted. ALT alleles that the genotype does
    /// not name are dropped; nothing else about the record is changed.
    ///
    /// # Errors
    /// [`TestkitError::Record`] for a REF that the reference has not and for a record before the last one.
    pub fn add(&mut self, record: &GivenRecord<'_>) -> Result<Option<NotSpiked>, TestkitError> {
        let place = (record.contig, record.position);
        if place < self.last {
            return Err(self.complain(record, "it lies before the last one; sort the VCF"));
        }
        if record.contig != self.last.0 {
            self.taken = [(0, false); 2];
        }
        self.last = place;
        self.check_reference(record)?;
        let outcome = self.place(record);
        match outcome {
            Ok(spiked) => {
                self.variants.push(&spiked.trimmed());
                self.counts.spiked += 1;
                Ok(None)
            }
            Err(reason) => {
                self.counts.not_spiked[reason as usize] += 1;
                Ok(Some(reason))
            }
        }
    }

    /// The donor's variants, and what became of the records.
    #[must_use]
    pub fn finish(self) -> (Variants, SpikeCounts) {
        (self.variants, self.counts)
    }

    fn check_reference(&self, record: &GivenRecord<'_>) -> Result<(), TestkitError> {
        let end = record.position + record.reference.len() as u32;
        let reference = self.layout.reference();
        if end > reference.contigs().get(record.contig).length {
            return Err(self.complain(record, "it ends behind its contig"));
        }
        let codes = reference.fetch(record.contig, record.position, end);
        if !codes.iter().zip(record.reference).all(|(&code, &letter)| code == base::encode(letter)) {
            let letters = String::from_utf8_lossy(&base::decode_all(&codes)).into_owned();
            let problem =
                format!("the reference has {letters} there; is this VCF of another reference genome?");
            return Err(self.complain(record, problem));
        }
        Ok(())
    }

    fn complain(&self, record: &GivenRecord<'_>, problem: impl Into<String>) -> TestkitError {
        TestkitError::Record {
            contig: self.layout.reference().contigs().get(record.contig).name.clone(),
            position: u64::from(record.position) + 1,
            reference: String::from_utf8_lossy(record.reference).into_owned(),
            problem: problem.into(),
        }
    }

    /// The record as the donor carries it.
    fn place(&mut self, record: &GivenRecord<'_>) -> Result<TruthRecord, NotSpiked> {
        let copies = self.karyotype.copies(self.layout.chromosomes(), record.contig, record.position);
        let alleles = self.alleles(record)?;
        check_letters(record, &alleles)?;
        let mut stream =
            Stream::new(self.seed, Domain::Phase, key(record.contig, record.position), u64::from(self.donor));
        let genotype = fit(&alleles, copies)?;
        let [a, b] = genotype;
        let swaps = !record.is_phased && a != b && ploidy(copies) == 2;
        let phases = match swaps {
            true if stream.chance(0.5) => [[b, a], [a, b]],
            true => [[a, b], [b, a]],
            false => [[a, b]; 2],
        };
        let mut spiked = TruthRecord {
            contig: record.contig,
            position: record.position,
            reference: record.reference.to_vec(),
            alternates: record.alternates.to_vec(),
            genotype,
        };
        for genotype in phases {
            spiked.genotype = genotype;
            if let Some(taken) = self.taken_with(&spiked) {
                self.taken = taken;
                return Ok(spiked);
            }
        }
        Err(NotSpiked::Overlapping)
    }

    /// Allele numbers in the order of GT, one of them at least an ALT allele.
    fn alleles(&self, record: &GivenRecord<'_>) -> Result<Vec<u8>, NotSpiked> {
        let alleles = match record.genotype {
            Some(alleles) => alleles.iter().copied().collect::<Option<Vec<u8>>>(),
            None if self.genotypes == Genotypes::HetIfMissing && !record.alternates.is_empty() => {
                Some(vec![0, 1])
            }
            None => None,
        };
        let alleles = alleles.ok_or(NotSpiked::MissingGenotype)?;
        match alleles.iter().all(|&allele| allele == 0) {
            true => Err(NotSpiked::HomRef),
            false if !record.is_pass => Err(NotSpiked::Filtered),
            false => Ok(alleles),
        }
    }

    /// What is taken once the record is there as well; `None` when it clashes.
    fn taken_with(&self, record: &TruthRecord) -> Option<[(u32, bool); 2]> {
        let mut taken = self.taken;
        for (which, taken) in taken.iter_mut().enumerate() {
            let Some((start, end, _)) = record.change(which) else { continue };
            let inserts = start == end;
            // Of two insertions at one place nobody knows which comes first.
            if start < taken.0 || (inserts && *taken == (start, true)) {
                return None;
            }
            *taken = (end, inserts);
        }
        Some(taken)
    }
}

fn check_letters(record: &GivenRecord<'_>, alleles: &[u8]) -> Result<(), NotSpiked> {
    let named = alleles.iter().filter_map(|&allele| usize::from(allele).checked_sub(1));
    for letters in named.map(|number| &record.alternates[number]) {
        if letters == b"*" {
            return Err(NotSpiked::SpanningDeletion);
        }
        if !letters.iter().all(u8::is_ascii_alphabetic) {
            return Err(NotSpiked::Symbolic);
        }
        if letters.iter().chain(record.reference).any(|&letter| base::encode(letter) == base::N) {
            return Err(NotSpiked::Ambiguous);
        }
    }
    Ok(())
}

/// The alleles on the copies that there are.
fn fit(alleles: &[u8], copies: Copies) -> Result<[u8; 2], NotSpiked> {
    match (ploidy(copies), alleles) {
        (0, _) => Err(NotSpiked::NoCopy),
        (2, &[a, b]) => Ok([a, b]),
        (1, &[a]) => TruthRecord::on_existing([a, a], copies).ok_or(NotSpiked::HomRef),
        (1, &[a, b]) if a == b => TruthRecord::on_existing([a, a], copies).ok_or(NotSpiked::HomRef),
        _ => Err(NotSpiked::WrongPloidy),
    }
}

fn key(contig: u32, position: u32) -> u64 {
    u64::from(contig) << 32 | u64::from(position)
}

#[cfg(test)]
mod tests;
