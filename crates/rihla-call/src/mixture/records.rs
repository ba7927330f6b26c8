//! The records of a region of the mitochondrion.

use crate::events::Event;
use crate::haplotype::Haplotype;
use crate::locus::{Allele, Locus};
use crate::prior;
use crate::site::{Scene, SiteRecord};
use crate::stutter::Slips;

use super::Mixture;
use super::judgment::{Case, Rules};

/// The calls among some loci of a region, and the loci with alleles that are `forced`.
#[must_use]
pub fn records(
    scene: &Scene<'_>,
    haplotypes: &[Haplotype],
    loci: impl Iterator<Item = Locus>,
    is_forced: impl Fn(&Event) -> bool,
) -> Vec<(Locus, SiteRecord)> {
    let options = scene.options;
    let rules = Rules { min_share: options.min_share, min_quality: options.emit_quality };
    let mut mixture = mixture(scene, haplotypes);
    let record = |locus: Locus| {
        let priors: Vec<f64> = locus.alleles.iter().map(|allele| log10_prior(allele, scene)).collect();
        let forced = locus.single_events(&is_forced);
        let mixed = Case { locus: &locus, priors: &priors, rules }.judge(&mut mixture, &forced);
        let is_wanted = mixed.judgment.quality >= options.emit_quality || !forced.is_empty();
        let record = is_wanted.then(|| scene.mixed_record(&locus, &mixed, &forced)).flatten();
        record.map(|record| (locus, record))
    };
    loci.filter_map(record).collect()
}

fn mixture(scene: &Scene<'_>, haplotypes: &[Haplotype]) -> Mixture {
    let model = &scene.options.slips;
    match Slips::among(haplotypes, scene.window, model) {
        None => Mixture::new(scene.fragments),
        Some(slips) => Mixture::slipping(scene.likelihoods, (&slips, model), |reads| {
            reads.by_fragment(scene.reads.iter().map(|read| read.fragment))
        }),
    }
}

/// log10 prior of an allele's being in all copies; 0 of what is no ALT.
fn log10_prior(allele: &Allele, scene: &Scene<'_>) -> f64 {
    let of = |event: &Event| prior::log10_prior(event, scene.window, scene.options.snp_heterozygosity);
    match allele {
        Allele::Events(events) => events.iter().map(of).sum(),
        Allele::Reference | Allele::Spanned => 0.0,
    }
}
