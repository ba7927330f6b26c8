//! Calls an interval: pileup, then region after region.

use rihla_core::{Interval, RecordArena, Reference, VariantRecord};
use rihla_kernels::{PairHmm, Simd};
use rihla_pileup::{ActiveRegion, ReadSet};

use crate::events::Event;
use crate::genotype::{self, EventPriors, Pairs};
use crate::haplotype::Haplotype;
use crate::likelihood::{self, HmmBuffers, Likelihoods};
use crate::options::CallOptions;
use crate::reads::{self, WindowRead};
use crate::window::Window;
use crate::{annotate, assembly, emit, locus, observed, prior};

/// Calls small variants of one diploid sample.
#[derive(Clone, Debug)]
pub struct Caller {
    options: CallOptions,
    simd: Simd,
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
    /// A caller whose kernels run at the level that `simd` proves.
    #[must_use]
    pub fn new(options: CallOptions, simd: Simd) -> Self {
        Self { options, simd }
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
        let mut output = CallOutput::default();
        if interval.is_empty() {
            return output;
        }
        let pileup = rihla_pileup::scan(reference, interval, records, &self.options.pileup);
        for region in &pileup.regions {
            let owned = Interval::new(interval.contig, region.owned_start, region.owned_end);
            if owned.overlaps(&interval) {
                self.call_region(reference, interval, &pileup.reads, region, scratch, &mut output);
            }
        }
        output.variants.sort_by_key(|record| record.position);
        output
    }

    fn call_region(
        &self,
        reference: &Reference,
        interval: Interval,
        set: &ReadSet,
        region: &ActiveRegion,
        scratch: &mut CallScratch,
        output: &mut CallOutput,
    ) {
        let window = Window::around(reference, interval.contig, region, &self.options);
        let mut reads = reads::gather(set, &window, &self.options);
        let plain = region.is_plain();
        let haplotypes = self.haplotypes(set, &reads, &window, region, plain);
        output.counts.regions += 1;
        output.counts.region_bases += u64::from(region.end - region.start);
        output.counts.assembled_regions += u64::from(!plain);
        output.counts.haplotypes += haplotypes.len() as u64;
        if haplotypes.len() < 2 {
            return;
        }
        let likelihoods = if plain {
            likelihood::by_columns(set, &reads, &haplotypes, window.origin, &self.options)
        } else {
            let tools = (&mut scratch.hmm, &mut scratch.buffers);
            likelihood::by_model(set, &mut reads, &haplotypes, &self.options, tools)
        };
        let called = self.judge(set, &reads, &window, &haplotypes, &likelihoods);
        let owned = |record: &VariantRecord| {
            (region.owned_start..region.owned_end).contains(&record.position)
                && interval.contains(record.contig, record.position)
        };
        output.variants.extend(called.into_iter().filter(owned));
    }

    /// The haplotypes to be compared; the reference is the first.
    fn haplotypes(
        &self,
        set: &ReadSet,
        reads: &[WindowRead],
        window: &Window,
        region: &ActiveRegion,
        plain: bool,
    ) -> Vec<Haplotype> {
        let limit = self.options.max_haplotypes;
        let mut events: Vec<Event> = region.candidates.iter().filter_map(Event::from_candidate).collect();
        events.retain(|event| event.position > window.origin && event.end() < window.codes_end());
        events.sort();
        let sightings = observed::sightings(set, reads, window, &events);
        let mut found = vec![Haplotype::reference(window)];
        let mut add = |haplotype: Haplotype| {
            if !found.iter().any(|known| known.bases == haplotype.bases) {
                found.push(haplotype);
            }
        };
        let assembled = if plain { Vec::new() } else { assembly::assemble(set, reads, window, limit / 2) };
        for bases in assembled {
            if let Some(haplotype) = Haplotype::from_bases(window, bases) {
                add(haplotype);
            }
        }
        for set in observed::combinations(&events, &sightings, limit / 2) {
            add(Haplotype::from_events(window, set));
        }
        found
    }

    /// Records of all loci of a window.
    fn judge(
        &self,
        set: &ReadSet,
        reads: &[WindowRead],
        window: &Window,
        haplotypes: &[Haplotype],
        likelihoods: &Likelihoods,
    ) -> Vec<VariantRecord> {
        let fragments = likelihoods.by_fragment(reads.iter().map(|read| read.fragment));
        let pairs = Pairs::weigh(&fragments);
        let (events, priors) = self.priors(window, haplotypes);
        let mut records = Vec::new();
        for locus in locus::loci(haplotypes) {
            let here: Vec<usize> =
                (0..events.len()).filter(|&i| events[i].anchor() == locus.anchor).collect();
            let genotypes = genotype::at_locus(&pairs, &priors, &locus, &here);
            let judgment = genotypes.judge(&locus);
            if judgment.quality < self.options.emit_quality {
                continue;
            }
            let Some(chosen) = emit::chosen_alleles(&locus, &judgment) else { continue };
            let evidence = annotate::evidence(set, reads, likelihoods, &locus, &chosen);
            let judged = (&genotypes, &judgment);
            records.push(emit::record(window, &locus, &chosen, judged, evidence, &self.options));
        }
        records
    }

    /// All events of the haplotypes and their priors.
    fn priors(&self, window: &Window, haplotypes: &[Haplotype]) -> (Vec<Event>, EventPriors) {
        let mut events: Vec<Event> = haplotypes.iter().flat_map(|h| h.events.iter().cloned()).collect();
        events.sort();
        events.dedup();
        let numbers = |h: &Haplotype| h.events.iter().filter_map(|e| events.binary_search(e).ok()).collect();
        let of_haplotype = haplotypes.iter().map(numbers).collect();
        let log10 = events
            .iter()
            .map(|event| prior::log10_prior(event, window, self.options.snp_heterozygosity))
            .collect();
        (events, EventPriors { of_haplotype, log10 })
    }
}
