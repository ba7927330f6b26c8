//! The metrics of a run, gathered as reads and bins pass by.

use std::time::{Duration, Instant};

use anyhow::Result;
use rihla_core::{IntervalSet, Reference, VariantRecord};
use rihla_fastq::{CycleCounts, ReadCounts};
use rihla_qc::{
    BinMetrics, CallCounts, CallingMetrics, Contamination, ContigMetrics, CopyMetrics, CopyState,
    CycleMetrics, CycleSums, Ground, GroupMetrics, HomozygosityMetrics, IdentityMetrics, InputCounts,
    InsertModel, Karyotype, LibraryMetrics, Places, Program, RunCounters, RunMetrics, SexMetrics, Stage,
    TargetDepths, TargetList, Timing, VariantCounts, WrittenMetrics, reconcile,
};
use rihla_shard::{Bin, DuplicateMetrics};

use super::ingest::Ingested;
use super::lanes::Sample;
use super::provenance::VERSION;
use super::sex::known_bases;
use crate::exit::{Failure, fault};
use crate::memory::{cpu_seconds, peak_bytes};
use crate::objects::shown;
use crate::progress::Progress;

/// How many times the sequencing a library is looked at with.
const TIMES: u8 = 10;

/// What a report is made of beside what [`Metrics`] counted.
pub struct RunParts<'a> {
    /// What was aligned.
    pub sample: &'a Sample,
    /// The reference.
    pub reference: &'a Reference,
    /// Its reads.
    pub ingested: &'a Ingested,
    /// Its read groups.
    pub read_groups: Vec<GroupMetrics>,
    /// What is known of its genome.
    pub genome: Genome,
    /// Worker threads.
    pub threads: usize,
}

/// Counters and stage times of one run.
pub struct Metrics {
    bins: BinMetrics,
    variants: VariantCounts,
    calls: CallCounts,
    stages: Vec<Stage>,
    start: Instant,
    cpu_before: f64,
}

/// What tells whether a sample is the one it should be.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    /// Sex; `None` when it cannot show.
    pub sex: Option<SexMetrics>,
    /// Contamination; `None` when not looked for, or too little is there to judge.
    pub contamination: Option<Contamination>,
    /// Who the sample is; `None` when not looked for.
    pub identity: Option<IdentityMetrics>,
}

/// What is known of the sample's genome.
pub struct Genome {
    /// Copies that are expected.
    pub karyotype: Karyotype,
    /// What the caller learnt of it.
    pub calling: Option<CallingMetrics>,
    /// What tells whether it is the right one.
    pub checks: Checks,
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
    pub fn report(self, run: RunParts<'_>) -> Result<RunMetrics> {
        let RunParts { sample, reference, ingested, read_groups, genome, threads } = run;
        reconcile(ingested.reads.reads, ingested.paired_reads, &self.bins.records)
            .map_err(|error| fault(Failure::Internal, error.to_string()))?;
        let insert = ingested.insert;
        let Genome { karyotype, calling, checks, in_regions, targets } = genome;
        let landscape = &self.bins.landscape;
        let ploidy = CopyMetrics::of(landscape, reference.contigs(), &karyotype);
        let roh = || HomozygosityMetrics::of(landscape, reference.contigs(), &karyotype.chromosomes);
        let roh = if in_regions { None } else { roh() };
        let known = known_bases(reference);
        let table = &self.bins.written.contigs;
        let contigs = ContigMetrics::list(reference.contigs(), &known, table, in_regions);
        let duplicates = ingested.shards.duplicate_metrics();
        let counters = RunCounters {
            input: Some(input_counts(&ingested.reads)),
            bins: self.bins,
            optical_duplicate_pairs: Some(
                duplicates.iter().map(|one| one.read_pair_optical_duplicates).sum(),
            ),
            insert_model: insert
                .main()
                .map(|(_, lengths)| InsertModel { mean: lengths.mean, sd: lengths.sd }),
            calling,
            variants: Some(self.variants),
            read_groups: Some(read_groups),
            cycles: cycles(&ingested.reads),
            libraries: sample.libraries.iter().zip(duplicates).map(library).collect(),
            contigs,
            sex: checks.sex,
            contamination: checks.contamination,
            identity: checks.identity,
            targets,
            ploidy,
            roh,
        };
        let inputs = sample.inputs().iter().map(|path| shown(&path.to_string_lossy()).into_owned()).collect();
        let program = Program { name: "rihla".to_owned(), version: VERSION.to_owned() };
        let mut report = RunMetrics::new(&sample.name, program, inputs, &counters);
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

/// The reads by cycle, those of each end that there is.
fn cycles(reads: &ReadCounts) -> Vec<CycleMetrics> {
    let ends = (1..).zip(&reads.cycles).filter(|(_, cycles)| !cycles.is_empty());
    ends.map(|(mate, cycles)| {
        let sums = |cycle: &CycleCounts| CycleSums {
            quality: cycle.quality,
            bases: cycle.bases,
            letters: cycle.letters,
        };
        CycleMetrics::new(mate, cycles.iter().map(sums))
    })
    .collect()
}

/// The duplicates of a library.
fn library((name, counts): (&String, &DuplicateMetrics)) -> LibraryMetrics {
    let gains = (1..=TIMES).map_while(|times| counts.coverage_gain(times.into()));
    LibraryMetrics {
        library: name.clone(),
        pairs: counts.read_pairs_examined,
        duplicate_pairs: counts.read_pair_duplicates,
        optical_duplicate_pairs: counts.read_pair_optical_duplicates,
        unpaired_reads: counts.unpaired_reads_examined,
        duplicate_unpaired_reads: counts.unpaired_read_duplicates,
        duplicate_fraction: (1e6 * counts.duplication()).round() / 1e6,
        estimated_size: counts.estimated_library_size(),
        gains: gains.map(|gain| (1e4 * gain).round() / 1e4).collect(),
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
