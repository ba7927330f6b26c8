//! From a judged locus to what is written of it: a record for the VCF, and for the gVCF.

use std::ops::Range;

use rihla_core::GvcfVariant;
use rihla_core::phred::log10_sum;
use rihla_pileup::ReadSet;

use crate::depth::Depth;
use crate::genotype::{Judgment, LocusGenotypes, first_highest};
use crate::gvcf::Findings;
use crate::likelihood::Likelihoods;
use crate::locus::Locus;
use crate::mixture::judgment::Mixed;
use crate::options::CallOptions;
use crate::reads::WindowRead;
use crate::symbolic::Judged;
use crate::window::Window;
use crate::{annotate, emit, score, slippage, symbolic};

/// What all loci of a window share.
pub struct Scene<'a> {
    /// The reads of the neighborhood.
    pub set: &'a ReadSet,
    /// Those of the window.
    pub reads: &'a [WindowRead],
    /// The window.
    pub window: &'a Window,
    /// Likelihoods by read.
    pub likelihoods: &'a Likelihoods,
    /// Likelihoods by fragment.
    pub fragments: &'a Likelihoods,
    /// The options.
    pub options: &'a CallOptions,
}

/// The record of a locus; its likelihoods are still without the symbolic allele's.
#[derive(Debug)]
pub struct SiteRecord {
    /// Numbers of the alleles that it lists, REF first.
    pub chosen: Vec<usize>,
    /// The record.
    pub variant: GvcfVariant,
}

impl Scene<'_> {
    /// The depth of a stretch, where it is known what is usual for so many copies of the chromosome.
    #[must_use]
    pub fn depth(&self, stretch: Range<u32>, ploidy: usize) -> Option<Depth> {
        let usual = self.options.usual_depth.filter(|_| ploidy == 2)?;
        Some(Depth::new(self.set.mean_depth(stretch.start, stretch.end), usual))
    }

    /// The record of a locus, if its genotype has an ALT of the locus, or some alleles are `forced`.
    #[must_use]
    pub fn record(
        &self,
        locus: &Locus,
        genotypes: &LocusGenotypes,
        judgment: &Judgment,
        forced: &[usize],
    ) -> Option<SiteRecord> {
        self.record_of(locus, (Some(genotypes), judgment), forced)
    }

    /// The record of a locus of a mixture: it has the alleles' shares, and no likelihoods.
    #[must_use]
    pub fn mixed_record(&self, locus: &Locus, mixed: &Mixed, forced: &[usize]) -> Option<SiteRecord> {
        let mut site = self.record_of(locus, (None, &mixed.judgment), forced)?;
        site.variant.record.sample.allele_shares =
            site.chosen[1..].iter().map(|&allele| mixed.shares[allele] as f32).collect();
        Some(site)
    }

    /// What a gVCF has of the record of a locus of a mixture, with these likelihoods.
    #[must_use]
    pub fn mixed_variant(&self, locus: &Locus, site: &SiteRecord, likelihoods: Vec<u32>) -> GvcfVariant {
        let other_depth = symbolic::other_depth(locus, &site.chosen, self.likelihoods);
        let mut variant = GvcfVariant { likelihoods, other_depth, ..site.variant.clone() };
        variant.record.annotations.by_allele.clear();
        variant
    }

    fn record_of(
        &self,
        locus: &Locus,
        told: (Option<&LocusGenotypes>, &Judgment),
        forced: &[usize],
    ) -> Option<SiteRecord> {
        let chosen = emit::chosen_alleles(locus, told.1, forced)?;
        let evidence = annotate::evidence(self.set, self.reads, self.likelihoods, locus, &chosen);
        let (strands, squared_mapping_quality) = (evidence.strands(), evidence.squared_mapping_quality());
        let (alleles, means) = (evidence.by_allele(), evidence.means());
        let ploidy = told.0.map_or(0, |genotypes| genotypes.ploidy);
        let depth = self.depth(locus.anchor..locus.anchor + 1, ploidy);
        let mut record = emit::record(self.window, locus, &chosen, told, (evidence, depth), self.options);
        // The model was trained on two copies.
        if ploidy == 2 {
            score::apply(&mut record, means, self.slip_rate(locus, &chosen), self.options);
        }
        record.is_forced = !forced.is_empty();
        if self.options.allele_annotations {
            let qualities = allele_qualities(locus, &chosen, told);
            record.annotations.by_allele = annotate::of_alleles(&alleles, &qualities);
        }
        let likelihoods = Vec::new();
        let variant =
            GvcfVariant { record, other_depth: 0, likelihoods, strands, squared_mapping_quality, alleles };
        Some(SiteRecord { chosen, variant })
    }

    /// The highest rate at which the sample's reads slip in repeats whose length the `chosen` alleles change.
    fn slip_rate(&self, locus: &Locus, chosen: &[usize]) -> f64 {
        let events =
            chosen.iter().filter_map(|&allele| locus.event_of(allele)).filter(|event| event.is_gap());
        let repeats = events.filter_map(|event| slippage::repeat_of(event, self.window));
        let rates = repeats.map(|(repeat, _)| self.options.slips.mean_rate(repeat.period, repeat.units));
        rates.fold(0.0, f64::max)
    }

    /// Adds what a gVCF says of a locus: `called` is its record, where it is a call.
    ///
    /// A locus that is none has a record all the same where the reads alone, without the prior, are for a variant: whoever
    /// judges many samples together will want to see it. Else it is settled.
    pub fn find(
        &self,
        locus: &Locus,
        genotypes: &LocusGenotypes,
        (judgment, called): (&Judgment, Option<SiteRecord>),
        findings: &mut Findings,
    ) {
        let favored = favored(locus, genotypes, judgment);
        if called.is_none() && favored.genotype.iter().all(|&allele| allele == 0) {
            findings.settled.push((locus.anchor, against_reference(locus, genotypes)));
            return;
        }
        let Some(site) = called.or_else(|| self.record(locus, genotypes, &favored, &[])) else { return };
        let SiteRecord { chosen, mut variant } = site;
        // The gVCF has what others make them of.
        variant.record.annotations.by_allele.clear();
        let (reads, fragments) = (self.likelihoods, self.fragments);
        let judged = Judged { locus, chosen: &chosen, genotypes, reads, fragments };
        variant.likelihoods = judged.likelihoods(&variant.record.sample.likelihoods);
        variant.other_depth = judged.other_depth();
        findings.variants.push(variant);
    }
}

/// Phred of each chosen ALT allele's not being there, where it is known: of one alone it is QUAL, of one of several that of all
/// genotypes without it.
fn allele_qualities(
    locus: &Locus,
    chosen: &[usize],
    (genotypes, judgment): (Option<&LocusGenotypes>, &Judgment),
) -> Vec<Option<f64>> {
    let Some(genotypes) = genotypes.filter(|_| chosen.len() > 2) else {
        return vec![(chosen.len() == 2).then_some(judgment.quality); chosen.len() - 1];
    };
    let all = genotypes.genotypes(locus);
    let quality = |allele: &usize| {
        let without = all.iter().zip(&genotypes.posteriors).filter(|(set, _)| !set.contains(allele));
        let posterior = without.map(|(_, &value)| value).fold(f64::NEG_INFINITY, log10_sum);
        Some((-10.0 * posterior).clamp(0.0, 30_000.0))
    };
    chosen[1..].iter().map(quality).collect()
}

/// The judgment that the likelihoods alone would give, of equals the first; its QUAL stays.
fn favored(locus: &Locus, genotypes: &LocusGenotypes, judgment: &Judgment) -> Judgment {
    let values = &genotypes.likelihoods;
    let best = first_highest(values);
    let others = (0..values.len()).filter(|&i| i != best).map(|i| values[i]);
    let second = others.fold(f64::NEG_INFINITY, f64::max);
    Judgment {
        genotype: genotypes.genotypes(locus).get(best).to_vec(),
        genotype_quality: (10.0 * (values[best] - second)).clamp(0.0, 99.0) as u8,
        quality: judgment.quality,
    }
}

/// PL with one copy of any other allele and with more, where the reference is likeliest; the same where there is one copy.
fn against_reference(locus: &Locus, genotypes: &LocusGenotypes) -> [u32; 2] {
    let all = genotypes.genotypes(locus);
    let best_with = |copies: std::ops::RangeInclusive<usize>| {
        let others = |set: &[usize]| set.iter().filter(|&&allele| allele != 0).count();
        let with = all.iter().zip(&genotypes.likelihoods).filter(|(set, _)| copies.contains(&others(set)));
        with.map(|(_, &value)| value).fold(f64::NEG_INFINITY, f64::max)
    };
    let (one, more) = (best_with(1..=1), best_with(genotypes.ploidy.min(2)..=genotypes.ploidy));
    [one, more].map(|other| (10.0 * (genotypes.likelihoods[0] - other)).clamp(0.0, 30_000.0).round() as u32)
}
