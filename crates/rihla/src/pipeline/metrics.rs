//! The metrics of a run, gathered as reads and bins pass by.

use std::time::{Duration, Instant};

use anyhow::Result;
use rihla_core::{Contigs, IntervalSet, Reference, VariantRecord};
use rihla_fastq::ReadCounts;
use rihla_qc::{
    BinMetrics, CallCounts, CopyMetrics, CopyState, Ground, GroupMetrics, HomozygosityMetrics, InputCounts,
    InsertModel, Karyotype, Places, Program, RunCounters, RunMetrics, SexMetrics, Stage, TargetDepths,
    TargetList, Timing, VariantCounts, WrittenMetrics, reconcile,
};
use rihla_shard::Bin;

use super::ingest::Ingested;
use super::provenance::VERSION;
use crate::exit::{Failure, fault};
use crate::memory::{cpu_seconds, peak_bytes};
use crate::progress::Progress;

/// Counters and stage times of one run.
pub struct Metrics {
    bins: BinMetrics,
    variants: VariantCounts,
    calls: CallCounts,
    stages: Vec<Stage>,
    start: Instant,
    cpu_before: f64,
}

/// What is known of the sample's genome.
pub struct Genome<'a> {
    /// Contigs of the reference.
    pub contigs: &'a Contigs,
    /// Copies that are expected.
    pub karyotype: Karyotype,
    /// What the reads say of the sex.
    pub sex: Option<SexMetrics>,
    /// Whether only regions were called.
    pub in_regions: bool,
    /// Regions that are looked at one by one.
    pub targets: Option<TargetList>,
}

impl Metrics {
    /// Starts counting, and the clock.
    #[must_use]
    pub fn start() -> Self {
        Self {
            bins: BinMetrics::default(),
            variants: VariantCounts::default(),
            calls: CallCounts::default(),
            stages: Vec::new(),
            start: Instant::now(),
            cpu_before: cpu_seconds().unwrap_or(0.0),
        }
    }

    /// Adds what one bin gave.
    pub fn add(&mut self, bin: &BinMetrics, variants: &[VariantRecord]) {
        self.bins.merge(bin);
        for variant in variants {
            self.variants.add(variant);
            self.calls.add(variant);
            self.bins.landscape.add_variant(variant);
        }
    }

    /// What other programs count of the alignments and of the variants that were written.
    #[must_use]
    pub const fn written(&self) -> (&WrittenMetrics, &CallCounts) {
        (&self.bins.written, &self.calls)
    }

    /// Depth of the regions that are looked at one by one.
    #[must_use]
    pub const fn targets(&self) -> &TargetDepths {
        &self.bins.targets
    }

    /// Notes the end of a stage; what it took is what has passed since the stage before.
    pub fn end_stage(&mut self, name: &str, wall: Duration) {
        let cpu = cpu_seconds().map(|now| now - self.cpu_before);
        self.cpu_before += cpu.unwrap_or(0.0);
        self.stages.push(Stage { name: name.to_owned(), wall_seconds: wall.as_secs_f64(), cpu_seconds: cpu });
    }

    /// The report, once every read is accounted for.
    ///
    /// # Errors
    /// When reads were lost or doubled on the way.
    pub fn report(
        self,
        sample: &str,
        inputs: Vec<String>,
        ingested: &Ingested,
        read_groups: Vec<GroupMetrics>,
        genome: Genome<'_>,
        threads: usize,
    ) -> Result<RunMetrics> {
        reconcile(ingested.reads.reads, ingested.paired_reads, &self.bins.records)
            .map_err(|error| fault(Failure::Internal, error.to_string()))?;
        let insert = ingested.insert;
        let Genome { contigs, karyotype, sex, in_regions, targets } = genome;
        let landscape = &self.bins.landscape;
        let ploidy = CopyMetrics::of(landscape, contigs, &karyotype);
        let roh = || HomozygosityMetrics::of(landscape, contigs, &karyotype.chromosomes);
        let roh = if in_regions { None } else { roh() };
        let counters = RunCounters {
            input: Some(input_counts(&ingested.reads)),
            bins: self.bins,
            optical_duplicate_pairs: Some(
                ingested.shards.duplicate_metrics().iter().map(|one| one.read_pair_optical_duplicates).sum(),
            ),
            insert_model: insert
                .main()
                .map(|(_, lengths)| InsertModel { mean: lengths.mean, sd: lengths.sd }),
            variants: Some(self.variants),
            read_groups: Some(read_groups),
            sex,
            targets,
            ploidy,
            roh,
        };
        let program = Program { name: "rihla".to_owned(), version: VERSION.to_owned() };
        let mut report = RunMetrics::new(sample, program, inputs, &counters);
        report.timing = Some(Timing {
            threads,
            wall_seconds: self.start.elapsed().as_secs_f64(),
            cpu_seconds: cpu_seconds(),
            peak_memory_bytes: peak_bytes(),
            stages: self.stages,
        });
        Ok(report)
    }
}

/// Warns of chromosomes that are there too often or not often enough.
pub fn tell_copies(report: &RunMetrics, progress: &Progress) {
    for one in report.ploidy.iter().flat_map(CopyMetrics::unusual) {
        let (copies, expected) = (one.copies.unwrap_or_default(), one.expected.unwrap_or_default());
        let text = format!("{} has {copies:.2} copies where {expected} are expected", one.name);
        match one.state {
            CopyState::Gain | CopyState::Loss => progress.warn(&text),
            _ => progress.say(&format!("{text}: in a part of the cells, or the library is uneven")),
        }
    }
}

/// What the metrics of a bin go by.
pub struct Measure<'a> {
    /// The reference.
    pub reference: &'a Reference,
    /// Where calls are made; everywhere when `None`.
    pub regions: Option<&'a IntervalSet>,
    /// Regions that are looked at one by one.
    pub targets: Option<&'a TargetList>,
    /// FLAG bits of records that are not written.
    pub left_out: u16,
}

impl Measure<'_> {
    /// The metrics of one bin.
    #[must_use]
    pub fn bin(&self, bin: &Bin) -> BinMetrics {
        let Some(interval) = bin.interval else {
            return BinMetrics::of(None, (&Places::nowhere(self.regions), None), &bin.records, self.left_out);
        };
        let places = Places::of(self.reference, interval, self.regions);
        let places = match self.targets {
            Some(list) => places.with_listed(interval, list),
            None => places,
        };
        let ground = Ground::of(self.reference, interval);
        BinMetrics::of(Some(interval), (&places, Some(&ground)), &bin.records, self.left_out)
    }
}

/// The counts of reads as reports have them.
#[must_use]
pub fn input_counts(reads: &ReadCounts) -> InputCounts {
    InputCounts {
        reads: reads.reads,
        bases: reads.bases,
        q20_bases: reads.q20_bases,
        q30_bases: reads.q30_bases,
        gc_bases: reads.gc_bases,
        n_bases: reads.n_bases,
        min_length: reads.min_length,
        max_length: reads.max_length,
        quality_range: reads.qualities.map(|range| (range.lowest, range.highest)),
    }
}
