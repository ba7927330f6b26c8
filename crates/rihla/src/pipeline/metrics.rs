//! The metrics of a run, gathered as reads and bins pass by.

use std::time::{Duration, Instant};

use anyhow::Result;
use rihla_core::{IntervalSet, Reference, VariantRecord};
use rihla_fastq::ReadCounts;
use rihla_qc::{
    BinMetrics, CallCounts, GroupMetrics, InputCounts, InsertModel, Places, Program, RunCounters, RunMetrics,
    SexMetrics, Stage, Timing, VariantCounts, WrittenMetrics, reconcile,
};
use rihla_shard::Bin;

use super::ingest::Ingested;
use super::provenance::VERSION;
use crate::exit::{Failure, fault};
use crate::memory::{cpu_seconds, peak_bytes};

/// Counters and stage times of one run.
pub struct Metrics {
    bins: BinMetrics,
    variants: VariantCounts,
    calls: CallCounts,
    stages: Vec<Stage>,
    start: Instant,
    cpu_before: f64,
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
        }
    }

    /// What other programs count of the alignments and of the variants that were written.
    #[must_use]
    pub const fn written(&self) -> (&WrittenMetrics, &CallCounts) {
        (&self.bins.written, &self.calls)
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
        (read_groups, sex): (Vec<GroupMetrics>, Option<SexMetrics>),
        threads: usize,
    ) -> Result<RunMetrics> {
        reconcile(ingested.reads.reads, ingested.paired_reads, &self.bins.records)
            .map_err(|error| fault(Failure::Internal, error.to_string()))?;
        let insert = ingested.insert;
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

/// The metrics of one bin, records with a bit of `left_out` not being written.
#[must_use]
pub fn of_bin(reference: &Reference, targets: Option<&IntervalSet>, bin: &Bin, left_out: u16) -> BinMetrics {
    let places = bin.interval.map(|interval| Places::of(reference, interval, targets));
    BinMetrics::of(bin.interval, &places.unwrap_or_default(), &bin.records, left_out)
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
