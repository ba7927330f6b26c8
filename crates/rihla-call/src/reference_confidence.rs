//! How sure a column is that the sample is as the reference.

use rihla_pileup::confidence::{Column, UNITS};

/// Units of a column's sums in one of Phred.
const PHRED: u32 = UNITS / 10;
/// What a read says against a heterozygote, in a column's units.
const LOG10_HALF: u32 = 301;

/// Reads that are counted at most as witnesses against a gap, as GATK has it: more tell no more.
const MAX_WITNESSES: u32 = 40;
/// What a read without a gap says against a homozygous one (Phred): gaps arise in one read of 30,000.
const GAP_QUALITY: u32 = 45;
/// The highest PL of a column.
const MAX_PL: u32 = 30_000;

/// The confidence of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confidence {
    /// Reads that count.
    pub depth: u32,
    /// Copies of the chromosome, one or two.
    pub ploidy: u8,
    /// PL with one copy of any other allele and with two, the same where there is but one; the reference's is 0.
    pub likelihoods: [u32; 2],
}

impl Confidence {
    /// Of the column's bases and of the reads that would show a gap, the less sure of the two.
    ///
    /// Where the bases speak against the reference no genotype is likelier than it, as in GATK: the column then says nothing, and
    /// what there is to say of an alternative allele stands in a record of its own.
    #[must_use]
    pub fn of(column: &Column, ploidy: usize) -> Self {
        let [none, one, two] = column.likelihoods();
        let against =
            |other: i32| ((none.saturating_sub(other).max(0) as u32 + PHRED / 2) / PHRED).min(MAX_PL);
        let bases = [against(one), against(two)];
        let witnesses = column.spanning.min(MAX_WITNESSES);
        let half = (witnesses * LOG10_HALF + PHRED / 2) / PHRED;
        let gaps = [half, witnesses * GAP_QUALITY];
        let lowest = |pair: [u32; 2]| pair[0].min(pair[1]);
        let likelihoods = if lowest(gaps) < lowest(bases) { gaps } else { bases };
        Self::new(column.depth(), ploidy, likelihoods)
    }

    /// Of PL with one copy of any other allele and with two; where a sample has one copy, that is all it has.
    #[must_use]
    pub fn new(depth: u32, ploidy: usize, [one, two]: [u32; 2]) -> Self {
        match ploidy {
            1 => Self { depth, ploidy: 1, likelihoods: [two; 2] },
            _ => Self { depth, ploidy: 2, likelihoods: [one, two] },
        }
    }

    /// Phred of the reference being wrong, at most 99.
    #[must_use]
    pub fn quality(&self) -> u8 {
        self.likelihoods[0].min(self.likelihoods[1]).min(99) as u8
    }
}
