//! From a judged locus to a VCF record.

use rihla_core::genotype::Genotypes;
use rihla_core::variant::{SampleCall, VariantRecord};
use rihla_core::{Genotype, base};

use crate::annotate::Evidence;
use crate::artifact;
use crate::depth::Depth;
use crate::filters::{self, Site};
use crate::genotype::{Judgment, LocusGenotypes};
use crate::locus::{Allele, Locus};
use crate::options::CallOptions;
use crate::window::Window;

/// The alleles that the record shows: REF, then those of the genotype and those that are `forced`; `None` when there is
/// no ALT of this locus among them.
#[must_use]
pub fn chosen_alleles(locus: &Locus, judgment: &Judgment, forced: &[usize]) -> Option<Vec<usize>> {
    let carried = || judgment.genotype.iter().chain(forced).copied();
    let variant = carried().any(|allele| matches!(locus.alleles[allele], Allele::Events(_)));
    let mut chosen = vec![0];
    chosen.extend(carried().filter(|&allele| allele != 0));
    chosen.sort_unstable();
    chosen.dedup();
    // `*` stands behind the alleles that are spelled out.
    chosen[1..].sort_by_key(|&allele| (locus.alleles[allele] == Allele::Spanned, allele));
    variant.then_some(chosen)
}

/// The record of a locus with the `chosen` alleles; without PL where there are no genotypes. Its evidence comes with the depth, where
/// the usual one is known.
#[must_use]
pub fn record(
    window: &Window,
    locus: &Locus,
    chosen: &[usize],
    (genotypes, judgment): (Option<&LocusGenotypes>, &Judgment),
    (evidence, depth): (Evidence, Option<Depth>),
    options: &CallOptions,
) -> VariantRecord {
    let anchor = locus.anchor;
    let length =
        chosen.iter().map(|&allele| locus.alleles[allele].reference_length(anchor)).max().unwrap_or(1);
    let letters = |allele: &usize| locus.alleles[*allele].letters(window, anchor, length);
    let number = |allele: usize| chosen.iter().position(|&known| known == allele).unwrap_or(0) as u8;
    let annotations = evidence.annotations(judgment.quality);
    let strands = evidence.strands();
    let means = evidence.means();
    let reads = [evidence.allele_depths[0], evidence.allele_depths[1..].iter().sum()];
    let loses_reads = artifact::loses_reads(means, reads, depth);
    let native_reference = evidence.native_reference();
    let alternate_quality = means[1].map(|mean| mean.mapping_quality);
    // Without a read there is nothing but the prior to tell a genotype by.
    let is_seen = evidence.depth > 0;
    let carried = judgment.genotype.iter().filter(|_| is_seen);
    let sample = SampleCall {
        genotype: Genotype::new(carried.map(|&allele| number(allele)).collect()),
        depth: evidence.allele_depths.iter().sum(),
        allele_depths: evidence.allele_depths,
        genotype_quality: if is_seen { judgment.genotype_quality } else { 0 },
        allele_shares: Vec::new(),
        likelihoods: genotypes.map_or(Vec::new(), |genotypes| phred_likelihoods(genotypes, chosen)),
        phase: None,
    };
    let alternates: Vec<Vec<u8>> = chosen[1..].iter().map(letters).collect();
    let has_gap = chosen.iter().any(|&allele| locus.alleles[allele].has_gap());
    let is_snp = !has_gap && alternates.iter().all(|alternate| alternate.len() == length as usize);
    let one_strand_odds = match alternates.as_slice() {
        [alternate] if is_snp && length == 1 => {
            let site = (anchor - window.origin) as usize;
            artifact::strand_out_of_step(&window.codes, site, base::encode(alternate[0]))
                .map(|reverse| artifact::one_strand_odds(strands, reverse))
        }
        _ => None,
    };
    let artifacts = options.artifacts;
    let site =
        Site { is_snp, one_strand_odds, loses_reads, native_reference, alternate_quality, depth, artifacts };
    let failed = filters::failed(judgment.quality, &sample, &annotations, site, &options.filters);
    VariantRecord {
        contig: window.contig,
        position: anchor,
        reference: letters(&chosen[0]),
        alternates,
        quality: judgment.quality as f32,
        // Filters refuse variants; a genotype without one is left to its GQ.
        filters: if sample.genotype.is_hom_ref() { Vec::new() } else { failed },
        is_forced: false,
        annotations,
        sample,
    }
}

/// The highest PL that is written.
const MAX_PL: f64 = 30_000.0;

fn phred_likelihoods(genotypes: &LocusGenotypes, chosen: &[usize]) -> Vec<u32> {
    let listed = Genotypes::new(chosen.len(), genotypes.ploidy);
    let of = |genotype: &[usize]| genotypes.likelihood(genotype.iter().map(|&at| chosen[at]).collect());
    let values: Vec<f64> = listed.iter().map(of).collect();
    let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    values.iter().map(|value| (10.0 * (best - value)).min(MAX_PL).round() as u32).collect()
}
