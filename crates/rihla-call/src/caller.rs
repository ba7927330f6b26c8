//! Calls an interval: pileup, then region after region.

mod looks;
mod proposals;

use std::ops::RangeInclusive;

use rihla_core::{Interval, RecordArena, Reference, VariantRecord};
use rihla_kernels::{PairHmm, Simd};
use rihla_pileup::{ActiveRegion, Pileup};

use crate::depth::Depth;
use crate::events::Event;
use crate::forced::{self, ForcedAlleles, ForcedHere};
use crate::foreign::Foreign;
use crate::genotype::{self, Diplotypes, EventPriors};
use crate::gvcf::{self, Findings, GvcfPart};
use crate::haplotype::Haplotype;
use crate::likelihood::{self, HmmBuffers};
use crate::locus::Locus;
use crate::options::CallOptions;
use crate::phase::{self, Found};
use crate::ploidy::Ploidies;
use crate::reads;
use crate::site::Scene;
use crate::stutter::Slips;
use crate::systematic::SystematicErrors;
use crate::window::Window;
use crate::{Bands, filters, locus, mixture, mnp, prior};
use looks::Look;

/// Calls small variants of one sample.
#[derive(Clone, Debug)]
pub struct Caller {
    options: CallOptions,
    /// Those of mixtures.
    mixed: CallOptions,
    ploidies: Ploidies,
    forced: ForcedAlleles,
    simd: Simd,
}

/// A region and all that is known around it.
struct Place<'a> {
    reference: &'a Reference,
    interval: Interval,
    pileup: &'a Pileup,
    region: &'a ActiveRegion,
    /// Anchors that are the region's beside those of the stretch that it owns.
    adopted: Vec<u32>,
    /// Whether the columns say all there is to say.
    plain: bool,
    /// Alleles that are judged in any case.
    forced: ForcedHere<'a>,
    /// Copies of the chromosome.
    ploidy: usize,
    /// Whether the copies are a mixture.
    is_mixture: bool,
    /// The options for such a place.
    options: &'a CallOptions,
    /// Whether a gVCF is wanted too.
    for_gvcf: bool,
}

impl Place<'_> {
    /// Whether variants with this anchor are the region's.
    fn owns(&self, anchor: u32) -> bool {
        (self.region.owned_start..self.region.owned_end).contains(&anchor) || self.adopted.contains(&anchor)
    }
}

/// Memory that one thread keeps between calls.
#[derive(Debug)]
pub struct CallScratch {
    hmm: PairHmm,
    buffers: HmmBuffers,
}

/// What was called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallOutput {
    /// Records by position.
    pub variants: Vec<VariantRecord>,
    /// What else a gVCF is made of, when one is wanted.
    findings: Findings,
    /// Forced events that stand in a record.
    reported: Vec<Event>,
    /// How much work it was.
    pub counts: CallCounts,
}

/// How much work a call was; sums over intervals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// Active regions looked at.
    pub regions: u64,
    /// Those that were assembled and run through the model.
    pub assembled_regions: u64,
    /// Bases of all active regions.
    pub region_bases: u64,
    /// Haplotypes compared.
    pub haplotypes: u64,
}

impl CallOutput {
    /// Notes that the forced alleles of a locus stand in a record.
    fn report(&mut self, place: &Place<'_>, locus: &Locus) {
        let forced = locus.single_events(|event| place.forced.holds(event));
        self.reported.extend(forced.into_iter().filter_map(|allele| locus.event_of(allele)).cloned());
    }
}

impl CallCounts {
    /// Adds another interval's counts.
    pub fn add(&mut self, other: &Self) {
        self.regions += other.regions;
        self.assembled_regions += other.assembled_regions;
        self.region_bases += other.region_bases;
        self.haplotypes += other.haplotypes;
    }
}

impl Caller {
    /// A caller for a diploid sample whose kernels run at the level that `simd` proves.
    #[must_use]
    pub fn new(options: CallOptions, simd: Simd) -> Self {
        let mixed = options.for_mixtures();
        Self { options, mixed, ploidies: Ploidies::default(), forced: ForcedAlleles::default(), simd }
    }

    /// The caller that writes substitutions on one chromosome copy, at most so many bases apart, as one record; 0: each has
    /// its own.
    #[must_use]
    pub fn with_max_mnp_distance(mut self, distance: u32) -> Self {
        self.options.max_mnp_distance = distance;
        self
    }

    /// The caller whose records have GATK's `AS_` annotations, too, where they are wanted.
    #[must_use]
    pub fn with_allele_annotations(mut self, wanted: bool) -> Self {
        self.options.allele_annotations = wanted;
        self.mixed.allele_annotations = wanted;
        self
    }

    /// The caller that also judges and writes these alleles, whatever the reads say.
    #[must_use]
    pub fn with_forced(self, forced: ForcedAlleles) -> Self {
        Self { forced, ..self }
    }

    /// The caller for a sample of other ploidies.
    #[must_use]
    pub fn with_ploidies(self, ploidies: Ploidies) -> Self {
        Self { ploidies, ..self }
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &CallOptions {
        &self.options
    }

    /// Memory for one thread.
    #[must_use]
    pub fn scratch(&self) -> CallScratch {
        CallScratch { hmm: PairHmm::new(self.simd), buffers: HmmBuffers::default() }
    }

    /// Calls the variants whose record position lies in `interval`.
    ///
    /// `records` are those that overlap the interval with [`rihla_pileup::options::HALO`] bases on
    /// both sides, sorted by coordinate and marked for duplicates. The result does not depend on how
    /// the genome is cut into intervals.
    #[must_use]
    pub fn call(
        &self,
        reference: &Reference,
        interval: Interval,
        records: &RecordArena,
        scratch: &mut CallScratch,
    ) -> CallOutput {
        self.scan(reference, interval, records, scratch, false).0
    }

    /// As [`Caller::call`], with the gVCF of `pieces`: sorted stretches of the interval, outside of which no
    /// variant is kept in it.
    #[must_use]
    pub fn call_gvcf(
        &self,
        reference: &Reference,
        interval: Interval,
        (pieces, bands): (&[Interval], &Bands),
        records: &RecordArena,
        scratch: &mut CallScratch,
    ) -> (CallOutput, GvcfPart) {
        let (mut output, pileup) = self.scan(reference, interval, records, scratch, true);
        let mut findings = std::mem::take(&mut output.findings);
        let wanted = |at: u32| pieces.iter().any(|piece| (piece.start..piece.end).contains(&at));
        findings.variants.retain(|variant| wanted(variant.record.position));
        (output, gvcf::part((reference, &self.ploidies), &pileup.reads, interval, pieces, findings, bands))
    }

    fn scan(
        &self,
        reference: &Reference,
        interval: Interval,
        records: &RecordArena,
        scratch: &mut CallScratch,
        for_gvcf: bool,
    ) -> (CallOutput, Pileup) {
        let mut output = CallOutput::default();
        if interval.is_empty() {
            return (output, Pileup::default());
        }
        let length = reference.contigs().get(interval.contig).length;
        let forced = self.forced.near(interval.padded(rihla_pileup::options::HALO, length));
        let is_mixture = self.ploidies.is_mixture(interval.contig);
        let options = if is_mixture { &self.mixed } else { &self.options };
        let pileup = rihla_pileup::scan(reference, interval, records, &forced.changes(), &options.pileup);
        let looks = looks::look(reference, interval, &pileup, is_mixture, options);
        for (i, region) in pileup.regions.iter().enumerate() {
            let contig = interval.contig;
            let owned = Interval::new(contig, region.owned_start, region.owned_end);
            let adopted = looks::adopted(&pileup.regions, &looks, i);
            if owned.overlaps(&interval) || adopted.iter().any(|&anchor| interval.contains(contig, anchor)) {
                // A region is called as a whole, by its first base, wherever the genome is cut.
                let ploidy = self.ploidies.at(contig, region.start);
                let Look { plain, told } =
                    looks::among_others((reference, contig), &pileup, &looks, i, options);
                let place = Place {
                    reference,
                    interval,
                    pileup: &pileup,
                    region,
                    adopted,
                    plain,
                    forced,
                    ploidy,
                    is_mixture,
                    options,
                    for_gvcf,
                };
                self.call_region(&place, told, scratch, &mut output);
            }
        }
        self.add_unknown(reference, interval, forced, &mut output);
        output.variants.sort_by_key(|record| record.position);
        (output, pileup)
    }

    /// Writes the forced alleles that no region has judged.
    fn add_unknown(
        &self,
        reference: &Reference,
        interval: Interval,
        forced: ForcedHere<'_>,
        output: &mut CallOutput,
    ) {
        let reported = std::mem::take(&mut output.reported);
        for event in forced.events(interval).into_iter().filter(|event| !reported.contains(event)) {
            let ploidy = self.ploidies.at(interval.contig, event.anchor());
            output.variants.push(forced::unknown(reference, interval.contig, event, ploidy));
        }
    }

    fn call_region(
        &self,
        place: &Place<'_>,
        assembled: Vec<Vec<Event>>,
        scratch: &mut CallScratch,
        output: &mut CallOutput,
    ) {
        let (set, region) = (&place.pileup.reads, place.region);
        let plain = place.plain;
        let contig = place.interval.contig;
        let window = proposals::window(place.reference, contig, region, &assembled, place.options);
        let mut reads = reads::gather(set, &window, place.options);
        let haplotypes = proposals::haplotypes(place, &reads, &window, assembled);
        output.counts.regions += 1;
        output.counts.region_bases += u64::from(region.end - region.start);
        output.counts.assembled_regions += u64::from(!plain);
        output.counts.haplotypes += haplotypes.len() as u64;
        if haplotypes.len() < 2 {
            return;
        }
        let likelihoods = if plain {
            likelihood::by_columns(set, &reads, &haplotypes, window.origin, place.options)
        } else {
            let varied = proposals::varied_stretch(&haplotypes, &window);
            reads.retain(|read| read.extent.start < varied.end && varied.start < read.extent.end);
            let tools = (&mut scratch.hmm, &mut scratch.buffers);
            likelihood::by_model(set, &mut reads, &haplotypes, place.options, tools)
        };
        let fragments = likelihoods.by_fragment(reads.iter().map(|read| read.fragment));
        let scene = Scene {
            set,
            reads: &reads,
            window: &window,
            likelihoods: &likelihoods,
            fragments: &fragments,
            options: place.options,
        };
        self.judge(place, &scene, &haplotypes, output);
    }

    /// Records of the loci of a window that the region owns.
    fn judge(&self, place: &Place<'_>, scene: &Scene<'_>, haplotypes: &[Haplotype], output: &mut CallOutput) {
        match place.is_mixture {
            true => self.judge_mixture(place, scene, haplotypes, output),
            false => self.judge_copies(place, scene, haplotypes, output),
        }
    }

    /// Those of a mixture.
    fn judge_mixture(
        &self,
        place: &Place<'_>,
        scene: &Scene<'_>,
        haplotypes: &[Haplotype],
        output: &mut CallOutput,
    ) {
        let is_inside = |locus: &Locus| {
            place.owns(locus.anchor) && place.interval.contains(place.interval.contig, locus.anchor)
        };
        let loci = locus::loci(haplotypes).into_iter().filter(is_inside);
        let findings = place.for_gvcf.then_some(&mut output.findings);
        let is_forced = |event: &Event| place.forced.holds(event);
        for (locus, site) in mixture::records::records(scene, haplotypes, loci, is_forced, findings) {
            output.report(place, &locus);
            output.variants.push(site.variant.record);
        }
    }

    /// Those of a sample with as many copies of the chromosome as the place has.
    fn judge_copies(
        &self,
        place: &Place<'_>,
        scene: &Scene<'_>,
        haplotypes: &[Haplotype],
        output: &mut CallOutput,
    ) {
        let (events, priors) = Self::priors(place, scene.window, haplotypes);
        let slips = Slips::among(haplotypes, scene.window, &place.options.slips);
        let errors = SystematicErrors::among(
            haplotypes,
            (scene.set, scene.reads),
            scene.window,
            place.options.systematic_errors,
        );
        let stretch = proposals::varied_stretch(haplotypes, scene.window);
        let depth = scene.depth(stretch, place.ploidy);
        let diplotypes = weigh(scene, &priors, slips, place.ploidy, (&errors, depth));
        let loci = locus::loci(haplotypes).into_iter().filter(|locus| place.owns(locus.anchor));
        let judged = |locus: Locus, anchors: RangeInclusive<u32>| {
            let here: Vec<usize> =
                (0..events.len()).filter(|&i| anchors.contains(&events[i].anchor())).collect();
            let genotypes = genotype::at_locus(&diplotypes, &priors, &locus, &here);
            let judgment = genotypes.judge(&locus);
            let is_call = judgment.quality >= place.options.emit_quality;
            let forced = locus.single_events(|event| place.forced.holds(event));
            let is_wanted = is_call || !forced.is_empty();
            let record = || scene.record(&locus, &genotypes, &judgment, &forced);
            let mut called = is_wanted.then(record).flatten();
            if self.ploidies.is_conflict(scene.window.contig, locus.anchor) {
                called.iter_mut().for_each(|site| site.variant.record.filters.push(filters::PLOIDY_CONFLICT));
            }
            Found { locus, genotypes, judgment, called }
        };
        // The whole region's, so that the phase does not depend on where the interval ends.
        let mut found: Vec<Found> = loci
            .map(|locus| {
                let anchor = locus.anchor;
                judged(locus, anchor..=anchor)
            })
            .collect();
        phase::phase(&diplotypes, scene.fragments, &mut found);
        if mnp::join(&mut found, haplotypes, place.options.max_mnp_distance, judged) {
            phase::phase(&diplotypes, scene.fragments, &mut found);
        }
        let inside = |found: &Found| place.interval.contains(place.interval.contig, found.locus.anchor);
        for Found { locus, genotypes, judgment, called } in found.into_iter().filter(inside) {
            called.iter().for_each(|_| output.report(place, &locus));
            output.variants.extend(called.iter().map(|site| site.variant.record.clone()));
            if place.for_gvcf {
                scene.find(&locus, &genotypes, (&judgment, called), &mut output.findings);
            }
        }
    }

    /// All events of the haplotypes and their priors.
    fn priors(place: &Place<'_>, window: &Window, haplotypes: &[Haplotype]) -> (Vec<Event>, EventPriors) {
        let mut events: Vec<Event> = haplotypes.iter().flat_map(|h| h.events.iter().cloned()).collect();
        events.sort();
        events.dedup();
        let numbers = |h: &Haplotype| h.events.iter().filter_map(|e| events.binary_search(e).ok()).collect();
        let of_haplotype = haplotypes.iter().map(numbers).collect();
        let log10 = events
            .iter()
            .map(|event| prior::log10_prior(event, window, place.options.snp_heterozygosity))
            .collect();
        (events, EventPriors { of_haplotype, log10 })
    }
}

/// All sets of haplotypes, with the chance of errors that depend on each other; where reads may slip, at every level at which they
/// may, and else with the chance that some are foreign, of which the depth tells.
fn weigh(
    scene: &Scene<'_>,
    priors: &EventPriors,
    slips: Option<Slips>,
    ploidy: usize,
    (errors, depth): (&SystematicErrors, Option<Depth>),
) -> Diplotypes {
    let Some(slips) = slips else {
        let foreign = Foreign::of(scene.set, scene.reads, depth, scene.options.strangers);
        return Diplotypes::weigh_with(scene.fragments, priors, ploidy, errors, Some(&foreign));
    };
    let strangers = Foreign::of_strangers(scene.options.strangers);
    let at = |level: f64| {
        let reads = slips.applied(scene.likelihoods, level);
        let fragments = reads.by_fragment(scene.reads.iter().map(|read| read.fragment));
        Diplotypes::weigh_with(&fragments, priors, ploidy, errors, Some(&strangers))
    };
    Diplotypes::mixed(scene.options.slips.levels.iter().map(|&(level, share)| (at(level), share)))
}
