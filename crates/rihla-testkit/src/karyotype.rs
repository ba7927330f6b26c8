//! Sex and copy number: which chromosomes a donor has, and how many copies of each.
//!
//! Haplotype 0 is the father's, haplotype 1 the mother's, in the order of GIAB's phased truth sets
//! (`paternal|maternal`). A male has X from his mother and Y from his father; the pseudoautosomal regions
//! (PAR) of Y are read from those of X, as in the analysis sets of GRCh37 and GRCh38, where they are masked
//! on Y. Mitochondria come from the mother.

use std::fmt;
use std::str::FromStr;

use rihla_core::{Contig, Contigs, Interval, IntervalSet};

/// Sex of a donor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sex {
    /// Two X, no Y.
    #[default]
    Female,
    /// One X, one Y.
    Male,
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Female => "female",
            Self::Male => "male",
        })
    }
}

impl FromStr for Sex {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "female" => Ok(Self::Female),
            "male" => Ok(Self::Male),
            _ => Err(format!("{text} is not a sex: use female or male")),
        }
    }
}

/// Copies of the two haplotypes in a cell; 0 where a haplotype has no such sequence.
pub type Copies = [f64; 2];

/// Number of haplotypes that are there.
#[must_use]
pub fn ploidy(copies: Copies) -> usize {
    copies.iter().filter(|&&copies| copies > 0.0).count()
}

/// The contigs whose copy number is not two, and the pseudoautosomal regions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chromosomes {
    x: Option<u32>,
    y: Option<u32>,
    mitochondrion: Option<u32>,
    par: IntervalSet,
}

/// Lengths of X and Y, and their PAR1 and PAR2 (0-based, half-open), of an assembly.
struct Assembly {
    x: (u32, [(u32, u32); 2]),
    y: (u32, [(u32, u32); 2]),
}

/// GRCh37 and GRCh38, as the Genome Reference Consortium defines the regions, and T2T-CHM13 2.0, as its authors do.
const ASSEMBLIES: [Assembly; 3] = [
    Assembly {
        x: (155_270_560, [(60_000, 2_699_520), (154_931_043, 155_260_560)]),
        y: (59_373_566, [(10_000, 2_649_520), (59_034_049, 59_363_566)]),
    },
    Assembly {
        x: (156_040_895, [(10_000, 2_781_479), (155_701_382, 156_030_895)]),
        y: (57_227_415, [(10_000, 2_781_479), (56_887_902, 57_217_415)]),
    },
    Assembly {
        x: (154_259_566, [(0, 2_394_410), (153_925_834, 154_259_566)]),
        y: (62_460_029, [(0, 2_458_320), (62_122_809, 62_460_029)]),
    },
];

impl Chromosomes {
    /// Recognizes X, Y and the mitochondrion by their names (with or without `chr`), and the assembly by the
    /// length of X or Y. `par`, where given, is used in place of the assembly's regions.
    #[must_use]
    pub fn of(contigs: &Contigs, par: Option<&IntervalSet>) -> Self {
        let named = |names: &[&str]| {
            let is = |contig: &Contig| {
                names.contains(&contig.name.strip_prefix("chr").unwrap_or(contig.name.as_str()))
            };
            contigs.iter().position(is).map(|id| id as u32)
        };
        let (x, y) = (named(&["X"]), named(&["Y"]));
        let known = || {
            let length = |id: Option<u32>| id.map(|id| contigs.get(id).length);
            let mut regions = Vec::new();
            for assembly in &ASSEMBLIES {
                for (id, (expected, spans)) in [(x, &assembly.x), (y, &assembly.y)] {
                    if let (Some(id), true) = (id, length(id) == Some(*expected)) {
                        regions.extend(spans.iter().map(|&(start, end)| Interval::new(id, start, end)));
                    }
                }
            }
            IntervalSet::new(regions)
        };
        let par = par.cloned().unwrap_or_else(known);
        Self { x, y, mitochondrion: named(&["M", "MT"]), par }
    }

    /// Whether X or Y is there without any pseudoautosomal region.
    #[must_use]
    pub fn lacks_par(&self) -> bool {
        (self.x.is_some() || self.y.is_some()) && self.par.is_empty()
    }

    /// Contig id of X.
    #[must_use]
    pub const fn x(&self) -> Option<u32> {
        self.x
    }

    /// Contig id of Y.
    #[must_use]
    pub const fn y(&self) -> Option<u32> {
        self.y
    }

    /// Contig id of the mitochondrion.
    #[must_use]
    pub const fn mitochondrion(&self) -> Option<u32> {
        self.mitochondrion
    }

    /// The pseudoautosomal regions, of X and Y.
    #[must_use]
    pub const fn par(&self) -> &IntervalSet {
        &self.par
    }

    /// Positions inside a contig where copy numbers may change, ascending.
    pub(crate) fn boundaries(&self, contig: u32) -> Vec<u32> {
        let inside = self.par.as_slice().iter().filter(|region| region.contig == contig);
        inside.flat_map(|region| [region.start, region.end]).collect()
    }

    /// Copies of the haplotypes of a donor at a position.
    #[must_use]
    pub fn copies(&self, karyotype: Karyotype, contig: u32, position: u32) -> Copies {
        let id = Some(contig);
        if id == self.mitochondrion {
            return [0.0, karyotype.mitochondria];
        }
        let is_par = || self.par.contains(contig, position);
        match karyotype.sex {
            Sex::Female if id == self.y => [0.0, 0.0],
            Sex::Male if id == self.y && is_par() => [0.0, 0.0],
            Sex::Male if id == self.y => [1.0, 0.0],
            Sex::Male if id == self.x && !is_par() => [0.0, 1.0],
            _ => [1.0, 1.0],
        }
    }
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

impl Default for Karyotype {
    fn default() -> Self {
        Self { sex: Sex::Female, mitochondria: MITOCHONDRIA }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contigs(list: &[(&str, u32)]) -> Contigs {
        let contig = |&(name, length): &(&str, u32)| Contig { name: name.to_owned(), length, md5: [0; 16] };
        Contigs::new(list.iter().map(contig).collect())
    }

    #[test]
    fn assemblies_are_recognized() {
        let contigs = contigs(&[("1", 1000), ("X", 155_270_560), ("Y", 59_373_566), ("MT", 16_569)]);
        let chromosomes = Chromosomes::of(&contigs, None);
        let male = Karyotype { sex: Sex::Male, ..Karyotype::default() };
        let at = |contig, position| chromosomes.copies(male, contig, position);
        assert_eq!(at(0, 5), [1.0, 1.0]);
        assert_eq!((at(1, 59_999), at(1, 60_000)), ([0.0, 1.0], [1.0, 1.0]));
        assert_eq!((at(1, 2_699_519), at(1, 2_699_520)), ([1.0, 1.0], [0.0, 1.0]));
        assert_eq!((at(2, 20_000), at(2, 30_000_000)), ([0.0, 0.0], [1.0, 0.0]));
        assert_eq!(at(3, 1), [0.0, 100.0]);
        let female = Karyotype::default();
        assert_eq!(chromosomes.copies(female, 1, 50_000_000), [1.0, 1.0]);
        assert_eq!(ploidy(chromosomes.copies(female, 2, 30_000_000)), 0);
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
        assert_eq!(chromosomes.copies(male, 0, 99), [1.0, 1.0]);
        assert_eq!(chromosomes.copies(male, 0, 100), [0.0, 1.0]);
        assert_eq!(chromosomes.copies(male, 2, 100), [1.0, 1.0]);
        assert_eq!("male".parse(), Ok(Sex::Male));
        assert!("boy".parse::<Sex>().is_err());
    }
}
