//! Genotypes that two samples share, counted as somalier counts them.

use super::evidence::Observed;

/// Counts at sites where both genotypes are known; `a` and `b` are the two samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SharedGenotypes {
    /// Such sites.
    pub sites: u64,
    /// Sites at which no allele is shared: homozygous for one, and for the other.
    pub ibs0: u64,
    /// Sites at which the genotypes are the same.
    pub ibs2: u64,
    /// Heterozygous sites of each.
    pub hets: [u64; 2],
    /// Homozygous ALT sites of each.
    pub hom_alts: [u64; 2],
    /// Sites at which both are heterozygous.
    pub shared_hets: u64,
    /// Sites at which both are homozygous for ALT.
    pub shared_hom_alts: u64,
}

impl SharedGenotypes {
    /// Counts the sites that are asked for.
    pub(super) fn of(a: &[Observed], b: &[Observed], is_counted: impl Fn(usize) -> bool) -> Self {
        let mut counts = Self::default();
        for (number, (a, b)) in a.iter().zip(b).enumerate() {
            if let (Some(a), Some(b), true) = (a.copies, b.copies, is_counted(number)) {
                counts.add([a, b]);
            }
        }
        counts
    }

    fn add(&mut self, copies: [u8; 2]) {
        let [a, b] = copies;
        self.sites += 1;
        self.ibs0 += u64::from(a.abs_diff(b) == 2);
        self.ibs2 += u64::from(a == b);
        for (side, copies) in copies.into_iter().enumerate() {
            self.hets[side] += u64::from(copies == 1);
            self.hom_alts[side] += u64::from(copies == 2);
        }
        self.shared_hets += u64::from(a == 1 && b == 1);
        self.shared_hom_alts += u64::from(a == 2 && b == 2);
    }

    /// somalier's relatedness: 1 for one person, about 1/2 for parents and siblings, 0 for strangers; `None` without
    /// heterozygous sites.
    #[must_use]
    pub fn relatedness(&self) -> Option<f64> {
        self.kinship().map(|kinship| 2.0 * kinship)
    }

    /// The same of homozygous ALT sites.
    #[must_use]
    pub fn hom_concordance(&self) -> Option<f64> {
        quotient(self.shared_hom_alts, self.ibs0, self.hom_alts[0].min(self.hom_alts[1]))
    }

    /// Kinship, half of the relatedness, by both samples' heterozygous sites (Manichaikul et al., Bioinformatics 26:2867, 2010).
    #[must_use]
    pub fn kinship(&self) -> Option<f64> {
        quotient(self.shared_hets, self.ibs0, self.hets[0] + self.hets[1])
    }
}

fn quotient(shared: u64, opposite: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| (shared as f64 - 2.0 * opposite as f64) / of as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_somaliers() {
        let person = |copies: &[Option<u8>]| -> Vec<Observed> {
            copies.iter().map(|&copies| Observed { copies, ..Observed::default() }).collect()
        };
        let a = person(&[Some(0), Some(1), Some(1), Some(2), Some(2), None, Some(1), Some(0)]);
        let b = person(&[Some(2), Some(1), Some(0), Some(2), Some(1), Some(1), Some(1), Some(1)]);
        let counts = SharedGenotypes::of(&a, &b, |number| number != 7);
        let expected = SharedGenotypes {
            sites: 6,
            ibs0: 1,
            ibs2: 3,
            hets: [3, 3],
            hom_alts: [2, 2],
            shared_hets: 2,
            shared_hom_alts: 1,
        };
        assert_eq!(counts, expected);
        assert_eq!(
            (counts.relatedness(), counts.hom_concordance(), counts.kinship()),
            (Some(0.0), Some(-0.5), Some(0.0))
        );
        assert_eq!(SharedGenotypes::default().relatedness(), None);
    }
}
