//! The allele that stands for all that a record does not list.
//!
//! As in GATK a read is as likely from such an allele as from the listed one that explains it worst: reads that tell the listed
//! alleles apart speak against any other, reads that do not say nothing. Alleles that were compared but are not
//! listed are weighed by their haplotypes.

use rihla_core::genotype::Genotypes;

use crate::annotate::INFORMATIVE;
use crate::genotype::LocusGenotypes;
use crate::likelihood::Likelihoods;
use crate::locus::Locus;

/// The highest PL that is written.
const MAX_PL: f64 = 30_000.0;

/// What is known of a locus.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The locus.
    pub locus: &'a Locus,
    /// Numbers of the alleles that the record lists, REF first.
    pub chosen: &'a [usize],
    /// Likelihoods of the genotypes of all alleles.
    pub genotypes: &'a LocusGenotypes,
    /// Likelihoods by read.
    pub reads: &'a Likelihoods,
    /// Likelihoods by fragment.
    pub fragments: &'a Likelihoods,
}

impl Judged<'_> {
    /// PL of all genotypes of a record's alleles and the symbolic one, of which `listed` are those without it.
    #[must_use]
    pub fn likelihoods(&self, listed: &[u32]) -> Vec<u32> {
        let Self { locus, chosen, genotypes, .. } = *self;
        let best = (0..listed.len()).min_by_key(|&i| listed[i]).unwrap_or(0);
        let of_listed = Genotypes::new(chosen.len(), genotypes.ploidy);
        let table = self.table();
        let best_of_listed = log10_of_set(&table, of_listed.get(best));
        let best_of_all =
            genotypes.likelihood(of_listed.get(best).iter().map(|&allele| chosen[allele]).collect());
        let others: Vec<usize> = (0..locus.alleles.len()).filter(|allele| !chosen.contains(allele)).collect();
        let all = Genotypes::new(chosen.len() + 1, genotypes.ploidy);
        // The symbolic allele is the highest, so that genotypes without it come first.
        let added = all.iter().skip(listed.len()).map(|set| {
            let unseen = best_of_listed - log10_of_set(&table, set);
            let listed: Vec<usize> = set.iter().filter_map(|&allele| chosen.get(allele).copied()).collect();
            // Each copy of it may be any allele that is not listed.
            let standing = Genotypes::new(others.len(), set.len() - listed.len());
            let seen = standing.iter().map(|set| {
                let unlisted = set.iter().map(|&at| others[at]);
                best_of_all - genotypes.likelihood(listed.iter().copied().chain(unlisted).collect())
            });
            (10.0 * seen.fold(unseen, f64::min)).clamp(0.0, MAX_PL).round() as u32
        });
        listed.iter().copied().chain(added).collect()
    }

    /// Reads that clearly show an allele that is not listed.
    #[must_use]
    pub fn other_depth(&self) -> u32 {
        other_depth(self.locus, self.chosen, self.reads)
    }

    /// Likelihood of each listed allele and of the symbolic one, a row for each fragment, relative to the row's best.
    fn table(&self) -> Vec<Vec<f64>> {
        let row = |row: &[f64]| {
            let mut values = vec![f64::NEG_INFINITY; self.chosen.len()];
            for (haplotype, &value) in row.iter().enumerate() {
                let allele = self.locus.of_haplotype[haplotype];
                if let Some(at) = self.chosen.iter().position(|&chosen| chosen == allele) {
                    values[at] = values[at].max(value);
                }
            }
            values.push(values.iter().copied().fold(f64::INFINITY, f64::min));
            let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            values.iter().map(|value| 10f64.powf((value - best).max(-30.0))).collect()
        };
        self.fragments.rows().map(row).collect()
    }
}

/// Reads that clearly show an allele of the locus that is not `chosen`.
#[must_use]
pub fn other_depth(locus: &Locus, chosen: &[usize], reads: &Likelihoods) -> u32 {
    let shows_other = |row: &&[f64]| {
        let best = |listed: bool| {
            let of = |haplotype: &usize| chosen.contains(&locus.of_haplotype[*haplotype]) == listed;
            (0..row.len()).filter(of).map(|haplotype| row[haplotype]).fold(f64::NEG_INFINITY, f64::max)
        };
        best(false) - best(true) >= INFORMATIVE
    };
    reads.rows().filter(shows_other).count() as u32
}

fn log10_of_set(table: &[Vec<f64>], set: &[usize]) -> f64 {
    let share = 1.0 / set.len() as f64;
    table.iter().map(|row| (share * set.iter().map(|&allele| row[allele]).sum::<f64>()).log10()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Event;
    use crate::genotype::{Diplotypes, EventPriors, at_locus};
    use crate::locus::Allele;

    fn snp(code: u8) -> Allele {
        Allele::Events(vec![Event::snp(5, code)])
    }

    /// PL with the symbolic allele, and its depth, of a record that lists the first two of three alleles.
    fn judged(rows: &[[f64; 3]]) -> (Vec<u32>, u32) {
        let fragments = Likelihoods::new(3, rows.concat());
        let priors = EventPriors { of_haplotype: vec![vec![], vec![0], vec![1]], log10: vec![-3.0, -3.0] };
        let locus = Locus {
            anchor: 5,
            alleles: vec![Allele::Reference, snp(1), snp(2)],
            of_haplotype: vec![0, 1, 2],
        };
        let genotypes = at_locus(&Diplotypes::weigh(&fragments, &priors, 2), &priors, &locus, &[0, 1]);
        let judged = Judged {
            locus: &locus,
            chosen: &[0, 1],
            genotypes: &genotypes,
            reads: &fragments,
            fragments: &fragments,
        };
        let best = genotypes.likelihoods[..3].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let listed: Vec<u32> =
            genotypes.likelihoods[..3].iter().map(|value| (10.0 * (best - value)).round() as u32).collect();
        (judged.likelihoods(&listed), judged.other_depth())
    }

    #[test]
    fn reads_of_listed_alleles_speak_against_all_others() {
        let rows = [[0.0, -3.0, -3.0], [-3.0, 0.0, -3.0]].concat();
        let rows: Vec<[f64; 3]> =
            (0..10).map(|i| rows[3 * (i % 2)..][..3].try_into().expect("three")).collect();
        let (likelihoods, depth) = judged(&rows);
        assert_eq!((likelihoods[1], depth), (0, 0), "heterozygous");
        // Half of the reads show the allele that a genotype with the symbolic one lacks.
        assert!(likelihoods[3..].iter().all(|&value| value >= 130), "{likelihoods:?}");
        assert!(likelihoods[5] > likelihoods[3], "{likelihoods:?}");
    }

    #[test]
    fn reads_of_an_unlisted_allele_are_for_it() {
        let mut rows = vec![[0.0, -3.0, -3.0]; 6];
        rows.extend([[-3.0, -3.0, 0.0]; 4]);
        let (likelihoods, depth) = judged(&rows);
        assert_eq!(depth, 4);
        assert_eq!(likelihoods[3], 0, "REF and another: {likelihoods:?}");
        assert!(likelihoods[4] > 50 && likelihoods[5] > 50, "{likelihoods:?}");
    }

    #[test]
    fn silence_says_nothing() {
        let (likelihoods, depth) = judged(&[[0.0; 3]; 5]);
        assert_eq!((likelihoods, depth), (vec![0; 6], 0));
    }
}
