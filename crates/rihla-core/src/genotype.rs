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

/// Index of a genotype, its allele numbers ascending, in the order of VCF 4.2, section 1.4.2 (`GL`).
#[must_use]
pub fn genotype_index(alleles: &[usize]) -> usize {
    alleles.iter().enumerate().map(|(at, &allele)| choose(allele + at, at + 1)).sum()
}

fn choose(n: usize, k: usize) -> usize {
    (1..=k).fold(1, |product, i| product * (n + 1 - i) / i)
}

/// All genotypes of some alleles at a ploidy, in VCF order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genotypes {
    ploidy: usize,
    /// Allele numbers of each genotype, ascending.
    members: Vec<usize>,
}

impl Genotypes {
    /// Lists them; none without a chromosome copy or an allele.
    #[must_use]
    pub fn new(alleles: usize, ploidy: usize) -> Self {
        let mut members = Vec::new();
        let mut genotype = vec![0; ploidy];
        if ploidy == 0 || alleles == 0 {
            return Self { ploidy, members };
        }
        loop {
            members.extend_from_slice(&genotype);
            // The first copy that may have a higher allele gets it; those before start again.
            let next =
                |at: &usize| genotype[*at] + 1 < genotype.get(at + 1).map_or(alleles, |&next| next + 1);
            let Some(at) = (0..ploidy).find(next) else { break };
            genotype[at] += 1;
            genotype[..at].fill(0);
        }
        Self { ploidy, members }
    }

    /// Number of genotypes of so many alleles: `alleles + ploidy - 1` choose `ploidy`.
    #[must_use]
    pub fn count(alleles: usize, ploidy: usize) -> usize {
        if alleles == 0 { 0 } else { choose(alleles + ploidy - 1, ploidy) }
    }

    /// Number of genotypes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len().checked_div(self.ploidy).unwrap_or(0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Copies of the chromosome.
    #[must_use]
    pub fn ploidy(&self) -> usize {
        self.ploidy
    }

    /// The allele numbers of one, ascending.
    #[must_use]
    pub fn get(&self, index: usize) -> &[usize] {
        &self.members[index * self.ploidy..][..self.ploidy]
    }

    /// The allele numbers of each, ascending.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[usize]> + Clone {
        self.members.chunks_exact(self.ploidy.max(1))
    }
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
    fn any_ploidy_is_listed_in_vcfs_order() {
        let listed =
            |alleles, ploidy| Genotypes::new(alleles, ploidy).iter().map(<[_]>::to_vec).collect::<Vec<_>>();
        assert_eq!(listed(3, 1), [[0], [1], [2]]);
        assert_eq!(listed(2, 3), [[0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1]]);
        // The example of VCF 4.2 for three alleles in a triploid.
        let expected = ["000", "001", "011", "111", "002", "012", "112", "022", "122", "222"];
        let text = |genotype: &Vec<usize>| genotype.iter().map(ToString::to_string).collect::<String>();
        assert_eq!(listed(3, 3).iter().map(text).collect::<Vec<_>>(), expected);
        assert_eq!(listed(4, 2), diploid_genotypes(4).into_iter().map(|(a, b)| [a, b]).collect::<Vec<_>>());
        for (alleles, ploidy) in [(5, 1), (5, 2), (4, 3), (3, 5)] {
            let all = Genotypes::new(alleles, ploidy);
            assert_eq!((all.len(), all.ploidy()), (Genotypes::count(alleles, ploidy), ploidy));
            assert!(all.iter().enumerate().all(|(i, genotype)| genotype_index(genotype) == i));
        }
        assert!(Genotypes::new(3, 0).is_empty() && Genotypes::new(0, 2).is_empty());
    }

    #[test]
    fn zygosity() {
        assert!(Genotype::diploid(1, 0).is_het());
        assert!(Genotype::diploid(1, 1).is_hom_alt() && Genotype::diploid(0, 0).is_hom_ref());
    }
}
