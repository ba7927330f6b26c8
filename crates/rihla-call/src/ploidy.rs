//! How many chromosome copies a sample has, and where.

use rihla_core::{Chromosomes, Sex};

/// Copies of the chromosome at every place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ploidies {
    everywhere: usize,
    person: Option<(Chromosomes, Option<Sex>)>,
}

impl Default for Ploidies {
    fn default() -> Self {
        Self::uniform(2)
    }
}

impl Ploidies {
    /// Most copies that genotypes are weighed for.
    pub const MOST: usize = 8;

    /// As many copies everywhere, from 1 to [`MOST`](Self::MOST).
    #[must_use]
    pub fn uniform(copies: usize) -> Self {
        Self { everywhere: copies.clamp(1, Self::MOST), person: None }
    }

    /// Those of a man or a woman: one of the mitochondrion and, outside of the pseudoautosomal regions, one of a man's X and
    /// Y; two of all else, and of X and Y where the sex is not known. A woman has no Y; what lies on it is called with one
    /// copy and is a [conflict](Self::is_conflict).
    #[must_use]
    pub fn of_person(chromosomes: Chromosomes, sex: Option<Sex>) -> Self {
        Self { everywhere: 2, person: Some((chromosomes, sex)) }
    }

    /// Copies at a position.
    #[must_use]
    pub fn at(&self, contig: u32, position: u32) -> usize {
        let Some((chromosomes, sex)) = &self.person else { return self.everywhere };
        let id = Some(contig);
        let of_sex = match sex {
            Some(Sex::Male) => id == chromosomes.x() || id == chromosomes.y(),
            Some(Sex::Female) => id == chromosomes.y(),
            None => false,
        };
        let is_single =
            id == chromosomes.mitochondrion() || of_sex && !chromosomes.par().contains(contig, position);
        if is_single { 1 } else { self.everywhere }
    }

    /// Whether the contig is known as the mitochondrion, of which a sample has a mixture of copies.
    #[must_use]
    pub fn is_mixture(&self, contig: u32) -> bool {
        self.person.as_ref().is_some_and(|(chromosomes, _)| chromosomes.mitochondrion() == Some(contig))
    }

    /// Whether the sample lacks the chromosome: reads there are misplaced.
    #[must_use]
    pub fn is_conflict(&self, contig: u32, position: u32) -> bool {
        self.person.as_ref().is_some_and(|(chromosomes, sex)| {
            *sex == Some(Sex::Female)
                && chromosomes.y() == Some(contig)
                && !chromosomes.par().contains(contig, position)
        })
    }
}

#[cfg(test)]
mod tests {
    use rihla_core::{Contig, Contigs, Interval, IntervalSet};

    use super::*;

    #[test]
    fn sexes_differ_outside_of_the_pseudoautosomal_regions() {
        let contig = |name: &str| Contig { name: name.to_owned(), length: 1000, md5: [0; 16] };
        let contigs = Contigs::new(["chr1", "chrX", "chrY", "chrM"].map(contig).to_vec());
        let par = IntervalSet::new(vec![Interval::new(1, 0, 100), Interval::new(2, 0, 100)]);
        let of = |sex| Ploidies::of_person(Chromosomes::of(&contigs, Some(&par)), sex);
        let copies =
            |sex| [(0, 5), (1, 99), (1, 100), (2, 99), (2, 100), (3, 5)].map(|(c, p)| of(sex).at(c, p));
        assert_eq!(copies(None), [2, 2, 2, 2, 2, 1]);
        let copies = |sex| copies(Some(sex));
        assert_eq!(copies(Sex::Male), [2, 2, 1, 2, 1, 1]);
        assert_eq!(copies(Sex::Female), [2, 2, 2, 2, 1, 1]);
        assert!(of(Some(Sex::Female)).is_conflict(2, 100) && !of(Some(Sex::Female)).is_conflict(2, 99));
        assert!(!of(Some(Sex::Male)).is_conflict(2, 100) && !Ploidies::uniform(4).is_conflict(2, 100));
        assert_eq!(Ploidies::uniform(4).at(1, 500), 4);
        assert_eq!([0, 1, 2, 3].map(|contig| of(None).is_mixture(contig)), [false, false, false, true]);
        assert!(!Ploidies::uniform(1).is_mixture(3));
    }
}
