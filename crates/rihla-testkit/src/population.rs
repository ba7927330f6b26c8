//! Donors with random variants, of one population: two of them share two thirds of their sites.

use std::sync::Arc;

use crate::TestkitError;
use crate::diploid::sites::window_sites;
use crate::diploid::{TruthRecord, VariantOptions};
use crate::karyotype::{Karyotype, ploidy};
use crate::layout::Layout;
use crate::stream::{Domain, Stream};
use crate::variants::Variants;

/// Sites of the population for each site of a donor.
const SITES_PER_DONOR: f64 = 1.5;

/// Variable sites of a reference, drawn from a seed window by window.
pub struct Population {
    layout: Arc<Layout>,
    /// Of a donor.
    options: VariantOptions,
    /// Of all sites.
    pool: VariantOptions,
    seed: u64,
}

impl Population {
    /// A population whose donors have variants of these rates each.
    ///
    /// # Errors
    /// [`TestkitError::Option`] for the first option out of its range.
    pub fn new(layout: &Arc<Layout>, options: &VariantOptions, seed: u64) -> Result<Self, TestkitError> {
        options.validate()?;
        let pool = VariantOptions { snv_rate: options.snv_rate * SITES_PER_DONOR, ..options.clone() };
        Ok(Self { layout: layout.clone(), options: options.clone(), pool, seed })
    }

    /// The variants of donor number `donor` in one window: sorted, not overlapping, not touching the window's
    /// edges. A pure function, so that windows can be drawn in any order.
    #[must_use]
    pub fn window(&self, donor: u32, karyotype: Karyotype, window: usize) -> Vec<TruthRecord> {
        let copies = self.layout.copies(karyotype, window);
        if ploidy(copies) == 0 {
            return Vec::new();
        }
        let interval = self.layout.windows()[window];
        let stream = Stream::new(self.seed, Domain::Truth, window as u64, 0);
        let sites = window_sites(self.layout.reference(), interval, &self.pool, stream);
        let mut stream = Stream::new(self.seed, Domain::Carrier, window as u64, u64::from(donor));
        let mut carried = Vec::new();
        for site in sites {
            if !stream.chance(1.0 / SITES_PER_DONOR) {
                continue;
            }
            if let Some(genotype) = self.options.genotype(&mut stream, site.alternates.len(), copies) {
                carried.push(TruthRecord { genotype, ..site }.trimmed());
            }
        }
        carried
    }

    /// All variants of a donor.
    #[must_use]
    pub fn variants(&self, donor: u32, karyotype: Karyotype) -> Variants {
        (0..self.layout.windows().len()).flat_map(|window| self.window(donor, karyotype, window)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders;
    use crate::karyotype::Sex;
    use rihla_core::{Interval, IntervalSet};

    #[test]
    fn donors_share_sites() {
        let letters = builders::random_letters(600_000, 8);
        let reference = builders::reference(&[("c", &letters)]);
        let layout = Layout::new(&reference, None);
        let population = Population::new(&layout, &VariantOptions::default(), 3).expect("valid");
        let [one, two] = [0, 1].map(|donor| population.variants(donor, Karyotype::default()));
        assert_ne!(one, two);
        let places: std::collections::HashSet<_> = two.iter().map(|record| record.position).collect();
        let shared = one.iter().filter(|record| places.contains(&record.position)).count();
        let share = shared as f64 / one.len() as f64;
        assert!((0.55..0.78).contains(&share), "{share} of {} sites are shared", one.len());
    }

    #[test]
    fn haploid_chromosomes_have_haploid_genotypes() {
        let letters = builders::random_letters(200_000, 8);
        let reference = builders::reference(&[("X", &letters), ("Y", &letters), ("MT", &letters[..20_000])]);
        let par = IntervalSet::new(vec![Interval::new(0, 0, 80_000), Interval::new(1, 0, 80_000)]);
        let layout = Layout::new(&reference, Some(&par));
        let options = VariantOptions { snv_rate: 5e-3, ..VariantOptions::default() };
        let population = Population::new(&layout, &options, 3).expect("valid");
        let male = Karyotype { sex: Sex::Male, ..Karyotype::default() };
        let mut seen = [0; 4];
        for record in population.variants(0, male).iter() {
            let absent = record.genotype.map(|allele| allele == TruthRecord::ABSENT);
            let (kind, expected) = match (record.contig, record.position) {
                (0, ..80_000) => (0, [false, false]),
                (0, _) => (1, [true, false]),
                (1, 80_000..) => (2, [false, true]),
                (2, _) => (3, [true, false]),
                _ => panic!("{record:?} where there is no copy"),
            };
            assert_eq!(absent, expected, "{record:?}");
            seen[kind] += 1;
        }
        assert!(seen[0] > 300 && seen[1] > 300 && seen[2] > 300 && seen[3] > 40, "{seen:?}");
        assert!(population.variants(0, Karyotype::default()).iter().all(|record| record.contig != 1));
    }
}
