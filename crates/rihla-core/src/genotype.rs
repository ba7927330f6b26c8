//! Genotypes: which alleles a sample carries at a site.

/// Allele numbers of one sample at one site (0 is REF), sorted; one number a chromosome copy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Genotype {
    alleles: Vec<u8>,
}

impl Genotype {
    /// A genotype; the order of the alleles is not kept.
    #[must_use]
    pub fn new(mut alleles: Vec<u8>) -> Self {
        alleles.sort_unstable();
        Self { alleles }
    }

    /// A diploid genotype.
    #[must_use]
    pub fn diploid(a: u8, b: u8) -> Self {
        Self::new(vec![a, b])
    }

    /// The allele numbers, ascending.
    #[must_use]
    pub fn alleles(&self) -> &[u8] {
        &self.alleles
    }

    /// Number of chromosome copies.
    #[must_use]
    pub fn ploidy(&self) -> usize {
        self.alleles.len()
    }

    /// Whether two copies differ.
    #[must_use]
    pub fn is_het(&self) -> bool {
        self.alleles.windows(2).any(|two| two[0] != two[1])
    }

    /// Whether every copy is REF.
    #[must_use]
    pub fn is_hom_ref(&self) -> bool {
        self.alleles.iter().all(|&allele| allele == 0)
    }

    /// Whether every copy is the same ALT.
    #[must_use]
    pub fn is_hom_alt(&self) -> bool {
        !self.is_het() && !self.is_hom_ref()
    }
}

/// Index of the diploid genotype `a/b` (`a <= b`) in the order of VCF 4.2, section 1.4.2 (`GL`).
#[must_use]
pub const fn diploid_index(a: usize, b: usize) -> usize {
    b * (b + 1) / 2 + a
}

/// All diploid genotypes of `alleles` alleles, in VCF order.
#[must_use]
pub fn diploid_genotypes(alleles: usize) -> Vec<(usize, usize)> {
    (0..alleles).flat_map(|b| (0..=b).map(move |a| (a, b))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_vcfs() {
        let all = diploid_genotypes(3);
        assert_eq!(all, [(0, 0), (0, 1), (1, 1), (0, 2), (1, 2), (2, 2)]);
        for (i, &(a, b)) in all.iter().enumerate() {
            assert_eq!(diploid_index(a, b), i);
        }
    }

    #[test]
    fn zygosity() {
        assert!(Genotype::diploid(1, 0).is_het());
        assert!(Genotype::diploid(1, 1).is_hom_alt() && Genotype::diploid(0, 0).is_hom_ref());
    }
}
