//! The records of a region of the mitochondrion.

use crate::events::Event;
use crate::gvcf::Findings;
use crate::haplotype::Haplotype;
use crate::locus::{Allele, Locus};
use crate::prior;
use crate::site::{Scene, SiteRecord};
use crate::stutter::Slips;

use super::Mixture;
use super::judgment::{Case, Mixed, Rules};

/// The calls among some loci of a region, and the loci with alleles that are `forced`; `findings` get what a gVCF says of all of
/// the loci.
#[must_use]
pub fn records(
    scene: &Scene<'_>,
    haplotypes: &[Haplotype],
    loci: impl Iterator<Item = Locus>,
    is_forced: impl Fn(&Event) -> bool,
    mut findings: Option<&mut Findings>,
) -> Vec<(Locus, SiteRecord)> {
    let options = scene.options;
    let rules = Rules { min_share: options.min_share, min_quality: options.emit_quality };
    let mut mixture = mixture(scene, haplotypes);
    let record = |locus: Locus| {
        let priors: Vec<f64> = locus.alleles.iter().map(|allele| log10_prior(allele, scene)).collect();
        let forced = locus.single_events(&is_forced);
        let case = Case { locus: &locus, priors: &priors, rules };
        let mixed = case.judge(&mut mixture, &forced);
        let is_wanted = mixed.judgment.quality >= options.emit_quality || !forced.is_empty();
        let record = is_wanted.then(|| scene.mixed_record(&locus, &mixed, &forced)).flatten();
        if let Some(findings) = findings.as_deref_mut() {
            find(scene, &case, (&mut mixture, &mixed, record.as_ref()), findings);
        }
        record.map(|record| (locus, record))
    };
    loci.filter_map(record).collect()
}

/// Adds what a gVCF says of a locus: its record, or else, where only the reference is there, how sure that is.
fn find(
    scene: &Scene<'_>,
    case: &Case<'_>,
    (mixture, mixed, record): (&mut Mixture, &Mixed, Option<&SiteRecord>),
    findings: &mut Findings,
) {
    match record {
        Some(site) => {
            let copies = site.variant.record.sample.genotype.ploidy().max(1);
            let likelihoods = case.likelihoods(mixture, &site.chosen, copies);
            findings.variants.push(scene.mixed_variant(case.locus, site, likelihoods));
        }
        None if mixed.judgment.genotype == [0] => {
            findings.settled.push((case.locus.anchor, [case.against_reference(mixture); 2]));
        }
        None => {}
    }
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
