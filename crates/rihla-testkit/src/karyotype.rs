//! Sex and copy number: which chromosomes a donor has, and how many copies of each.
//!
//! Haplotype 0 is the father's, haplotype 1 the mother's, in the order of GIAB's phased truth sets
//! (`paternal|maternal`). A male has X from his mother and Y from his father; the pseudoautosomal regions
//! (PAR) of Y are read from those of X, as in the analysis sets of GRCh37 and GRCh38, where they are masked
//! on Y. Mitochondria come from the mother.

pub use rihla_core::{Chromosomes, Sex};

/// Copies of the two haplotypes in a cell; 0 where a haplotype has no such sequence.
pub type Copies = [f64; 2];

/// Number of haplotypes that are there.
#[must_use]
pub fn ploidy(copies: Copies) -> usize {
    copies.iter().filter(|&&copies| copies > 0.0).count()
}

/// Copies of the mitochondrial genome for each cell: its depth is fifty times an autosome's, of the order that
/// whole-genome sequencing of blood shows.
pub const MITOCHONDRIA: f64 = 100.0;

/// What a donor's cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Karyotype {
    /// Sex.
    pub sex: Sex,
    /// Copies of the mitochondrial genome.
    pub mitochondria: f64,
}

impl Karyotype {
    /// Copies of the haplotypes at a position.
    #[must_use]
    pub fn copies(self, chromosomes: &Chromosomes, contig: u32, position: u32) -> Copies {
        let id = Some(contig);
        if id == chromosomes.mitochondrion() {
            return [0.0, self.mitochondria];
        }
        let is_par = || chromosomes.par().contains(contig, position);
        match self.sex {
            Sex::Female if id == chromosomes.y() => [0.0, 0.0],
            Sex::Male if id == chromosomes.y() && is_par() => [0.0, 0.0],
            Sex::Male if id == chromosomes.y() => [1.0, 0.0],
            Sex::Male if id == chromosomes.x() && !is_par() => [0.0, 1.0],
            _ => [1.0, 1.0],
        }
    }
}

impl Default for Karyotype {
    fn default() -> Self {
        Self { sex: Sex::Female, mitochondria: MITOCHONDRIA }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::{Contig, Contigs, Interval, IntervalSet};

    fn contigs(list: &[(&str, u32)]) -> Contigs {
        let contig = |&(name, length): &(&str, u32)| Contig { name: name.to_owned(), length, md5: [0; 16] };
        Contigs::new(list.iter().map(contig).collect())
    }

    #[test]
    fn assemblies_are_recognized() {
        let contigs = contigs(&[("1", 1000), ("X", 155_270_560), ("Y", 59_373_566), ("MT", 16_569)]);
        let chromosomes = Chromosomes::of(&contigs, None);
        let male = Karyotype { sex: Sex::Male, ..Karyotype::default() };
        let at = |contig, position| male.copies(&chromosomes, contig, position);
        assert_eq!(at(0, 5), [1.0, 1.0]);
        assert_eq!((at(1, 59_999), at(1, 60_000)), ([0.0, 1.0], [1.0, 1.0]));
        assert_eq!((at(1, 2_699_519), at(1, 2_699_520)), ([1.0, 1.0], [0.0, 1.0]));
        assert_eq!((at(2, 20_000), at(2, 30_000_000)), ([0.0, 0.0], [1.0, 0.0]));
        assert_eq!(at(3, 1), [0.0, 100.0]);
        let female = Karyotype::default();
        assert_eq!(female.copies(&chromosomes, 1, 50_000_000), [1.0, 1.0]);
        assert_eq!(ploidy(female.copies(&chromosomes, 2, 30_000_000)), 0);
        assert_eq!(chromosomes.boundaries(2), [10_000, 2_649_520, 59_034_049, 59_363_566]);
        assert!(!chromosomes.lacks_par());
    }

    #[test]
    fn custom_references_give_their_regions() {
        let contigs = contigs(&[("chrX", 1000), ("chrY", 500), ("chr1", 2000)]);
        assert!(Chromosomes::of(&contigs, None).lacks_par());
        let par = IntervalSet::new(vec![Interval::new(0, 0, 100), Interval::new(1, 0, 100)]);
        let chromosomes = Chromosomes::of(&contigs, Some(&par));
        let male = Karyotype { sex: Sex::Male, ..Karyotype::default() };
        assert_eq!(male.copies(&chromosomes, 0, 99), [1.0, 1.0]);
        assert_eq!(male.copies(&chromosomes, 0, 100), [0.0, 1.0]);
        assert_eq!(male.copies(&chromosomes, 2, 100), [1.0, 1.0]);
    }
}
