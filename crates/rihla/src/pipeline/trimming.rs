//! Trimming of reads on their way to the aligner, and what is said about it.

use std::path::Path;

use anyhow::Result;
use rihla_core::ReadBatch;
use rihla_fastq::ReadCounts;
use rihla_fastq::trim::{Cut, TrimCounts, TrimOptions, Trimmer, is_two_color};
use rihla_io::AtomicFile;
use rihla_io::atomic::write_text;
use rihla_qc::{FastpCut, FastpMate, FastpReads, FastpReport};

use super::metrics::input_counts;
use super::provenance::CommandLine;
use crate::cli::{PolyG, TrimArgs};

/// How the reads of a sample are trimmed.
#[derive(Clone, Debug)]
pub struct Trimming {
    /// But for tails of G, which lanes may differ in.
    options: TrimOptions,
    poly_g: PolyG,
}

impl Trimming {
    /// By the options of a command; `None` when nothing is to be trimmed.
    #[must_use]
    pub fn new(args: &TrimArgs) -> Option<Self> {
        let default = TrimOptions::default();
        let given = |text: &String| vec![text.clone().into_bytes()];
        let adapters = match &args.adapter {
            Some(first) => [given(first), given(args.adapter_r2.as_ref().unwrap_or(first))],
            None => default.adapters,
        };
        let options = TrimOptions {
            adapters,
            poly_g: false,
            quality: args.trim_quality,
            min_length: args.min_length.map_or(TrimOptions::MIN_LENGTH, usize::from),
        };
        args.trim.then_some(Self { options, poly_g: args.trim_poly_g.unwrap_or_default() })
    }

    /// The trimmer of a lane that begins with these batches.
    #[must_use]
    pub fn trimmer(&self, head: &[&ReadBatch]) -> Trimmer {
        let poly_g = match self.poly_g {
            PolyG::On => true,
            PolyG::Off => false,
            PolyG::Auto => head.first().is_some_and(|batch| is_two_color(batch.read(0).name)),
        };
        Trimmer::new(TrimOptions { poly_g, ..self.options.clone() })
    }

    /// Adds the options to a command line.
    #[must_use]
    pub fn describe(&self, command: CommandLine) -> CommandLine {
        let Self { options, poly_g } = self;
        let mut command = command.flag("trim", true);
        if options.adapters != TrimOptions::default().adapters {
            let [first, second] = self.adapters();
            command = command.option("adapter", first).option("adapter-r2", second);
        }
        let poly_g = match poly_g {
            PolyG::Auto => "auto",
            PolyG::On => "on",
            PolyG::Off => "off",
        };
        command = command.option("trim-poly-g", poly_g);
        if let Some(least) = options.quality {
            command = command.option("trim-quality", least.to_string());
        }
        command.option("min-length", options.min_length.to_string())
    }

    /// Writes what was trimmed in the form of fastp's JSON; `before` are the counts of the reads as they came.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(
        &self,
        path: &Path,
        (command, sample): (&CommandLine, &str),
        before: &ReadCounts,
        counts: &TrimCounts,
    ) -> Result<AtomicFile> {
        let cut = |cut: Cut| FastpCut { reads: cut.reads, bases: cut.bases };
        let report = FastpReport {
            command: command.text().to_owned(),
            sample: sample.to_owned(),
            before: reads(before),
            after: reads(&counts.after),
            too_short: counts.too_short,
            adapter: cut(counts.adapter),
            adapters: self.adapters(),
            poly_g: cut(counts.poly_g),
            quality: cut(counts.quality),
        };
        Ok(write_text(path, &report.to_json())?)
    }

    /// Those behind first and second mates, as text.
    fn adapters(&self) -> [String; 2] {
        self.options.adapters.each_ref().map(|adapters| {
            let texts: Vec<_> = adapters.iter().map(|adapter| String::from_utf8_lossy(adapter)).collect();
            texts.join(",")
        })
    }
}

/// In a few words.
#[must_use]
pub fn summary(counts: &TrimCounts, reads: u64) -> String {
    let percent = |part: u64| 100.0 * part as f64 / reads.max(1) as f64;
    format!(
        "trimmed: {:.2} % of the reads had adapters, {:.2} % tails of G; {:.2} % were left too short",
        percent(counts.adapter.reads),
        percent(counts.poly_g.reads),
        percent(counts.too_short)
    )
}

fn reads(counts: &ReadCounts) -> FastpReads {
    let mates = counts.cycles.iter().filter(|cycles| !cycles.is_empty());
    let mates = mates.map(|cycles| FastpMate {
        reads: cycles.first().map_or(0, |cycle| cycle.bases),
        bases: cycles.iter().map(|cycle| cycle.bases).sum(),
        mean_qualities: cycles.iter().map(|cycle| cycle.mean().unwrap_or(0.0)).collect(),
    });
    FastpReads { counts: input_counts(counts), mates: mates.collect() }
}
