//! A tumor: somatic variants, in all of its cells or in one clone, and normal cells between them.

use std::sync::Arc;

use crate::TestkitError;
use crate::diploid::sites::scattered_sites;
use crate::diploid::{TruthRecord, VariantOptions};
use crate::donor::{Component, Donor};
use crate::karyotype::ploidy;
use crate::layout::Layout;
use crate::options::within;
use crate::stream::{Domain, Stream};
use crate::variants::Variants;

/// Share of the somatic variants that are in all cells of a tumor with subclones.
const CLONAL: f64 = 0.5;

/// What a tumor looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct TumorOptions {
    /// Share of the sample's cells that are the tumor's.
    pub purity: f64,
    /// Somatic variants (SNVs and indels) in a million bases.
    pub rate: f64,
    /// Shares of the tumor's cells in each subclone; no cell is in two of them.
    pub subclones: Vec<f64>,
    /// Indels for each SNV, their lengths and so on.
    pub variants: VariantOptions,
}

impl Default for TumorOptions {
    fn default() -> Self {
        let variants =
            VariantOptions { indels_per_snv: 0.08, multiallelic: 0.0, ..VariantOptions::default() };
        Self { purity: 0.7, rate: 5.0, subclones: Vec::new(), variants }
    }
}

impl TumorOptions {
    /// Checks every range.
    ///
    /// # Errors
    /// [`TestkitError::Option`] for the first option out of its range.
    pub fn validate(&self) -> Result<(), TestkitError> {
        within("tumor purity", self.purity, 0.0..=1.0, "from 0 to 1")?;
        within("rate of somatic variants", self.rate, 0.0..=1000.0, "from 0 to 1000 in a million bases")?;
        for &share in &self.subclones {
            within("share of a subclone", share, 0.001..=1.0, "from 0.001 to 1")?;
        }
        let total = self.subclones.iter().sum();
        within("sum of the shares of the subclones", total, 0.0..=1.000_001, "at most 1")?;
        within("number of subclones", self.subclones.len() as f64, 0.0..=100.0, "at most 100")?;
        self.variants.validate()
    }
}

/// A somatic variant with its truth.
#[derive(Clone, Debug, PartialEq)]
pub struct SomaticRecord {
    /// The variant; its genotype is that of the cells that have it.
    pub record: TruthRecord,
    /// 0 for all cells of the tumor, else the subclone from 1.
    pub clone: usize,
    /// Share of the tumor's cells that have it.
    pub cell_fraction: f64,
    /// Share of the chromosome copies in the tumor sample that have it: what its allele fraction is expected
    /// to be.
    pub allele_fraction: f64,
}

/// A tumor sample: germline, and the variants of the trunk and of each subclone.
pub struct Tumor {
    layout: Arc<Layout>,
    options: TumorOptions,
    germline: Donor,
    /// The trunk's, then those of each subclone.
    clones: Vec<Arc<Variants>>,
}

/// The random somatic variants of one window, sorted, away from the germline's: a pure function, so that windows
/// can be drawn in any order.
#[must_use]
pub fn somatic_window(
    layout: &Layout,
    options: &TumorOptions,
    germline: &Donor,
    seed: u64,
    window: usize,
) -> Vec<TruthRecord> {
    let interval = layout.windows()[window];
    let copies = layout.copies(germline.karyotype(), window);
    let mut stream = Stream::new(seed, Domain::Somatic, window as u64, 0);
    let wanted = stream.round(layout.known_bases(window) as f64 * options.rate / 1e6) as u32;
    if wanted == 0 || ploidy(copies) == 0 {
        return Vec::new();
    }
    let near = germline.overlapping(interval);
    let sites = Stream::new(seed, Domain::Somatic, window as u64, 1);
    let sites = scattered_sites((layout.reference(), interval), &options.variants, sites, (wanted, &near));
    let mut on_one_copy = |site: TruthRecord| {
        let first = if stream.chance(0.5) { [1, 0] } else { [0, 1] };
        let other = || TruthRecord::on_existing([first[1], first[0]], copies);
        let genotype = TruthRecord::on_existing(first, copies).or_else(other)?;
        Some(TruthRecord { genotype, ..site })
    };
    sites.into_iter().filter_map(&mut on_one_copy).collect()
}

impl Tumor {
    /// A tumor with these somatic variants; the second number is of those left out because they touch one of
    /// the germline's.
    ///
    /// # Errors
    /// [`TestkitError::Option`] for the first option out of its range.
    pub fn new(
        layout: &Arc<Layout>,
        options: &TumorOptions,
        germline: Donor,
        seed: u64,
        somatic: &Variants,
    ) -> Result<(Self, u64), TestkitError> {
        options.validate()?;
        let is_free = |record: &TruthRecord| {
            let around = rihla_core::Interval::new(
                record.contig,
                record.position.saturating_sub(1),
                record.end().saturating_add(1),
            );
            germline.overlapping(around).is_empty()
        };
        let kept: Vec<TruthRecord> = somatic.iter().filter(is_free).collect();
        let left_out = somatic.len() - kept.len();
        Ok((Self::with(layout, options, germline, seed, kept), left_out as u64))
    }

    /// Spreads variants over trunk and subclones.
    fn with(
        layout: &Arc<Layout>,
        options: &TumorOptions,
        germline: Donor,
        seed: u64,
        somatic: Vec<TruthRecord>,
    ) -> Self {
        let subclones = options.subclones.len();
        let mut clones = vec![Variants::default(); 1 + subclones];
        for record in somatic {
            let place = u64::from(record.contig) << 32 | u64::from(record.position);
            let mut stream = Stream::new(seed, Domain::Somatic, place, 2);
            let is_clonal = subclones == 0 || stream.chance(CLONAL);
            clones[if is_clonal { 0 } else { 1 + stream.index(subclones) }].push(&record);
        }
        let clones = clones.into_iter().map(Arc::new).collect();
        Self { layout: layout.clone(), options: options.clone(), germline, clones }
    }

    /// What is sequenced as the tumor: normal cells, cells of no subclone, and the subclones.
    #[must_use]
    pub fn components(&self) -> Vec<Component> {
        let purity = self.options.purity;
        let trunk = self.germline.clone().with(self.clones[0].clone());
        let outside = (1.0 - self.options.subclones.iter().sum::<f64>()).max(0.0);
        let mut components = vec![
            Component { donor: self.germline.clone(), share: 1.0 - purity },
            Component { donor: trunk.clone(), share: purity * outside },
        ];
        let subclones = self.options.subclones.iter().zip(&self.clones[1..]);
        components.extend(subclones.map(|(share, variants)| Component {
            donor: trunk.clone().with(variants.clone()),
            share: purity * share,
        }));
        components
    }

    /// What is sequenced as the normal sample.
    #[must_use]
    pub fn normal(&self) -> Vec<Component> {
        vec![Component { donor: self.germline.clone(), share: 1.0 }]
    }

    /// The somatic variants, sorted.
    #[must_use]
    pub fn somatic(&self) -> Vec<SomaticRecord> {
        let mut all = Vec::new();
        for (clone, variants) in self.clones.iter().enumerate() {
            let cell_fraction = clone.checked_sub(1).map_or(1.0, |i| self.options.subclones[i]);
            for record in variants.iter() {
                let karyotype = self.germline.karyotype();
                let copies = karyotype.copies(self.layout.chromosomes(), record.contig, record.position);
                let with: f64 = (0..2).filter(|&i| record.allele(i).is_some()).map(|i| copies[i]).sum();
                let allele_fraction = self.options.purity * cell_fraction * with / (copies[0] + copies[1]);
                all.push(SomaticRecord { record, clone, cell_fraction, allele_fraction });
            }
        }
        all.sort_by_key(|somatic| (somatic.record.contig, somatic.record.position));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders;
    use crate::karyotype::Karyotype;
    use crate::options::SimulateOptions;
    use crate::population::Population;
    use crate::reads::Simulation;
    use std::collections::HashMap;
    use std::convert::Infallible;

    fn germline(layout: &Arc<Layout>) -> Donor {
        let population = Population::new(layout, &VariantOptions::default(), 5).expect("valid");
        let karyotype = Karyotype::default();
        Donor::new(karyotype, Arc::new(population.variants(0, karyotype)))
    }

    fn layout() -> Arc<Layout> {
        let letters = builders::random_letters(300_000, 5);
        Layout::new(&builders::reference(&[("c", &letters)]), None)
    }

    #[test]
    fn allele_fractions_are_those_of_the_reads() {
        let layout = layout();
        let options =
            TumorOptions { purity: 0.8, rate: 200.0, subclones: vec![0.5, 0.2], ..TumorOptions::default() };
        let germline = germline(&layout);
        let windows = 0..layout.windows().len();
        let drawn =
            windows.flat_map(|window| somatic_window(&layout, &options, &germline, 5, window)).collect();
        let (tumor, left_out) = Tumor::new(&layout, &options, germline, 5, &drawn).expect("valid");
        assert_eq!(left_out, 0);
        let somatic = tumor.somatic();
        assert!((50..=61).contains(&somatic.len()), "{} somatic variants", somatic.len());
        let run = SimulateOptions { depth: 60.0, duplicates: 0.0, ..SimulateOptions::default() };
        let components = tumor.components();
        let shares: Vec<f64> = components.iter().map(|component| component.share).collect();
        for (share, expected) in shares.iter().zip([0.2, 0.24, 0.4, 0.16]) {
            assert!((share - expected).abs() < 1e-9, "{shares:?}");
        }
        // Which copy a pair comes from tells which alleles its fragment has.
        let carries =
            |component: usize, clone: usize| component > 0 && (clone == 0 || component == clone + 1);
        let simulation = Simulation::of(&layout, &run, 1, components).expect("valid");
        let mut seen: HashMap<usize, (f64, f64)> = HashMap::new();
        let result: Result<u64, Infallible> = simulation.pairs(|pair| {
            let origin = pair.origin;
            let span = origin.positions.iter().min().copied().unwrap_or(0)..;
            for (number, somatic) in somatic.iter().enumerate() {
                let at = somatic.record.position;
                if span.contains(&at) && at < span.start + origin.fragment_length {
                    let entry = seen.entry(number).or_default();
                    let allele = somatic.record.allele(usize::from(origin.haplotype));
                    let with = carries(usize::from(origin.component), somatic.clone) && allele.is_some();
                    entry.0 += f64::from(u8::from(with));
                    entry.1 += 1.0;
                }
            }
            Ok(())
        });
        assert!(result.is_ok());
        for clone in 0..3 {
            let of_clone = |number: &usize| somatic[*number].clone == clone;
            let sums = seen.iter().filter(|(number, _)| of_clone(number));
            let (with, all) = sums.fold((0.0, 0.0), |sum, (_, two)| (sum.0 + two.0, sum.1 + two.1));
            let expected = [0.4, 0.2, 0.08][clone];
            assert!((with / all - expected).abs() < 0.04, "clone {clone}: {} for {expected}", with / all);
        }
        assert!(somatic.iter().any(|somatic| (somatic.allele_fraction - 0.08).abs() < 1e-9));
    }

    #[test]
    fn given_variants_stay_clear_of_the_germline() {
        let layout = layout();
        let germline = germline(&layout);
        let inherited: Vec<_> = germline.records(&layout).collect();
        let mut given = Variants::default();
        given.push(&inherited[3]);
        let base = |at| rihla_core::base::decode(layout.reference().base(0, at));
        let at = inherited[3].end() + 30;
        let alternates = vec![vec![if base(at) == b'A' { b'C' } else { b'A' }]];
        let record =
            TruthRecord { contig: 0, position: at, reference: vec![base(at)], alternates, genotype: [0, 1] };
        given.push(&record);
        let options = TumorOptions::default();
        let (tumor, left_out) = Tumor::new(&layout, &options, germline, 1, &given).expect("valid");
        assert_eq!(left_out, 1);
        let somatic = tumor.somatic();
        assert_eq!((somatic.len(), &somatic[0].record), (1, &record));
        assert!((somatic[0].allele_fraction - 0.35).abs() < 1e-9);
    }

    #[test]
    fn shares_are_checked() {
        let of = |purity, subclones: &[f64]| {
            TumorOptions { purity, subclones: subclones.to_vec(), ..TumorOptions::default() }.validate()
        };
        assert_eq!(of(0.5, &[0.3, 0.7]), Ok(()));
        assert!(of(1.2, &[]).is_err() && of(0.5, &[0.6, 0.6]).is_err() && of(0.5, &[0.0]).is_err());
    }
}
