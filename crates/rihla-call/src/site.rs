//! From a judged locus to what is written of it: a record for the VCF, and for the gVCF.

use rihla_core::GvcfVariant;
use rihla_core::genotype::{diploid_genotypes, diploid_index};
use rihla_pileup::ReadSet;

use crate::genotype::{Judgment, LocusGenotypes};
use crate::gvcf::Findings;
use crate::likelihood::Likelihoods;
use crate::locus::Locus;
use crate::options::CallOptions;
use crate::reads::WindowRead;
use crate::symbolic::Judged;
use crate::window::Window;
use crate::{annotate, emit};

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
    /// The record of a locus, if its genotype has an ALT of the locus.
    #[must_use]
    pub fn record(
        &self,
        locus: &Locus,
        genotypes: &LocusGenotypes,
        judgment: &Judgment,
    ) -> Option<SiteRecord> {
        let chosen = emit::chosen_alleles(locus, judgment)?;
        let evidence = annotate::evidence(self.set, self.reads, self.likelihoods, locus, &chosen);
        let (strands, squared_mapping_quality) = (evidence.strands(), evidence.squared_mapping_quality());
        let record = emit::record(self.window, locus, &chosen, (genotypes, judgment), evidence, self.options);
        let likelihoods = Vec::new();
        let variant = GvcfVariant { record, other_depth: 0, likelihoods, strands, squared_mapping_quality };
        Some(SiteRecord { chosen, variant })
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
        if called.is_none() && favored.genotype == (0, 0) {
            findings.settled.push((locus.anchor, against_reference(locus, genotypes)));
            return;
        }
        let Some(site) = called.or_else(|| self.record(locus, genotypes, &favored)) else { return };
        let SiteRecord { chosen, mut variant } = site;
        let (reads, fragments) = (self.likelihoods, self.fragments);
        let judged = Judged { locus, chosen: &chosen, genotypes, reads, fragments };
        variant.likelihoods = judged.likelihoods(&variant.record.sample.likelihoods);
        variant.other_depth = judged.other_depth();
        findings.variants.push(variant);
    }
}

/// The judgment that the likelihoods alone would give, of equals the first; its QUAL stays.
fn favored(locus: &Locus, genotypes: &LocusGenotypes, judgment: &Judgment) -> Judgment {
    let values = &genotypes.likelihoods;
    let mut best = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = i;
        }
    }
    let others = (0..values.len()).filter(|&i| i != best).map(|i| values[i]);
    let second = others.fold(f64::NEG_INFINITY, f64::max);
    Judgment {
        genotype: diploid_genotypes(locus.alleles.len())[best],
        genotype_quality: (10.0 * (values[best] - second)).clamp(0.0, 99.0) as u8,
        quality: judgment.quality,
    }
}

/// PL with one copy of any other allele and with two, where the reference is likeliest.
fn against_reference(locus: &Locus, genotypes: &LocusGenotypes) -> [u32; 2] {
    let value = |a: usize, b: usize| genotypes.likelihoods[diploid_index(a, b)];
    let alleles = || 1..locus.alleles.len();
    let one = alleles().map(|b| value(0, b)).fold(f64::NEG_INFINITY, f64::max);
    let two = alleles().flat_map(|b| (1..=b).map(move |a| value(a, b))).fold(f64::NEG_INFINITY, f64::max);
    [one, two].map(|other| (10.0 * (value(0, 0) - other)).clamp(0.0, 30_000.0).round() as u32)
}
