//! What a run counted, in the form of other programs: files that MultiQC reads.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_core::{Contigs, IntervalSet};
use rihla_io::AtomicSet;
use rihla_io::atomic::write_text;
use rihla_qc::forms::mosdepth::Scope;
use rihla_qc::forms::{self, Source};
use rihla_qc::{CallCounts, Contamination, WrittenMetrics};

use super::provenance::{CommandLine, VERSION};
use crate::paths::with_extension_behind;

/// The files, each named as users of the program name its output.
#[derive(Clone, Debug)]
pub struct FormPaths {
    flagstat: PathBuf,
    idxstats: PathBuf,
    stats: PathBuf,
    summary: PathBuf,
    global: PathBuf,
    /// Where regions were asked for.
    region: Option<PathBuf>,
    insert_size: PathBuf,
    alignment_summary: PathBuf,
    wgs: PathBuf,
    /// Where regions were asked for.
    hs: Option<PathBuf>,
    gc_details: PathBuf,
    gc_summary: PathBuf,
    bcftools: PathBuf,
    /// Where contamination is looked for.
    self_sm: Option<PathBuf>,
    /// Where the files of a sample begin: `FOLDER/SAMPLE`.
    prefix: PathBuf,
}

impl FormPaths {
    /// Those of samtools are named after the alignments, the others after the sample: `prefix` is `FOLDER/SAMPLE`.
    #[must_use]
    pub fn of(alignments: &Path, prefix: &Path, has_regions: bool) -> Self {
        let of_alignments = |extension| with_extension_behind(alignments, extension);
        let of_sample = |extension| with_extension_behind(prefix, extension);
        Self {
            flagstat: of_alignments("flagstat"),
            idxstats: of_alignments("idxstats"),
            stats: of_alignments("stats"),
            summary: of_sample("mosdepth.summary.txt"),
            global: of_sample("mosdepth.global.dist.txt"),
            region: has_regions.then(|| of_sample("mosdepth.region.dist.txt")),
            insert_size: of_sample("insert_size_metrics"),
            alignment_summary: of_sample("alignment_summary_metrics"),
            wgs: of_sample("wgs_metrics"),
            hs: has_regions.then(|| of_sample("hs_metrics")),
            gc_details: of_sample("gc_bias.detail_metrics"),
            gc_summary: of_sample("gc_bias.summary_metrics"),
            bcftools: of_sample("bcftools_stats.txt"),
            self_sm: None,
            prefix: prefix.to_owned(),
        }
    }

    /// With the file of contamination, where it is looked for.
    #[must_use]
    pub fn with_contamination(self, is_wanted: bool) -> Self {
        Self { self_sm: is_wanted.then(|| with_extension_behind(&self.prefix, "selfSM")), ..self }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Path> {
        let samtools = [&self.flagstat, &self.idxstats, &self.stats];
        let mosdepth = [&self.summary, &self.global].into_iter().chain(&self.region);
        let picard =
            [&self.insert_size, &self.alignment_summary, &self.wgs, &self.gc_details, &self.gc_summary];
        samtools
            .into_iter()
            .chain(mosdepth)
            .chain(picard)
            .chain(&self.hs)
            .chain([&self.bcftools])
            .chain(&self.self_sm)
            .map(PathBuf::as_path)
    }

    /// Writes them; they wait for their names.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn write(
        &self,
        (command, sample): (&CommandLine, &str),
        (contigs, regions): (&Contigs, Option<(&str, &IntervalSet)>),
        (metrics, calls): (&WrittenMetrics, &CallCounts),
        contamination: Option<&Contamination>,
    ) -> Result<AtomicSet> {
        let program = format!("rihla {VERSION}");
        let source = Source { program: &program, command: command.text(), sample };
        let WrittenMetrics { kinds, reads, contigs: table, spans, mates, good_depth, gc, capture } = metrics;
        let distribution = |scope| forms::mosdepth::distribution(table, contigs, scope);
        let summary = forms::mosdepth::summary(table, contigs, self.region.is_some());
        let mut files = AtomicSet::new();
        let mut write = |path: &Path, text: &str| -> Result<()> {
            files.push(write_text(path, text)?);
            Ok(())
        };
        write(&self.flagstat, &forms::flagstat::text(kinds))?;
        write(&self.idxstats, &forms::idxstats::text(table, contigs))?;
        write(&self.stats, &forms::stats::text(source, reads))?;
        write(&self.summary, &summary)?;
        write(&self.global, &distribution(Scope::Global))?;
        if let Some(region) = &self.region {
            write(region, &distribution(Scope::Region))?;
        }
        write(&self.insert_size, &forms::insert_size::text(source, spans))?;
        write(&self.alignment_summary, &forms::alignment_summary::text(source, mates))?;
        write(&self.wgs, &forms::wgs::text(source, good_depth))?;
        if let (Some(path), Some((name, set))) = (&self.hs, regions) {
            write(path, &forms::hs::text(source, (name, set), contigs, capture))?;
        }
        write(&self.gc_details, &forms::gc_bias::details(source, gc))?;
        write(&self.gc_summary, &forms::gc_bias::summary(source, gc))?;
        write(&self.bcftools, &forms::bcftools::text(source, calls))?;
        if let Some(path) = &self.self_sm {
            write(path, &forms::self_sm::text(sample, contamination))?;
        }
        Ok(files)
    }
}
