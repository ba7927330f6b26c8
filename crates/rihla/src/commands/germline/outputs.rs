//! What a run writes, and where.

use std::path::{Path, PathBuf};

use crate::cli::{GermlineArgs, KeptFormat};
use crate::pipeline::forms::FormPaths;
use crate::pipeline::lanes::Sample;
use crate::pipeline::targets::TargetPaths;

/// The files of one run.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// Sorted, marked BAM or CRAM; its index is beside it.
    pub alignments: PathBuf,
    /// Variants; their index is beside them.
    pub vcf: PathBuf,
    /// Variants and reference blocks, where they are wanted.
    pub gvcf: Option<PathBuf>,
    /// Metrics.
    pub metrics: PathBuf,
    /// The same as a page.
    pub report: PathBuf,
    /// What duplicate marking counted, in Picard's form.
    pub duplicates: PathBuf,
    /// What other programs count, in their form.
    pub forms: FormPaths,
    /// Depth of regions that are looked at one by one, where there are any.
    pub targets: Option<TargetPaths>,
    /// Genotypes at the sites of the panel, where there is one; their index is beside them.
    pub fingerprint: Option<PathBuf>,
    /// What was trimmed, in fastp's form, where something was to be.
    pub trimming: Option<PathBuf>,
    /// What went in and what came out.
    pub manifest: PathBuf,
}

impl Outputs {
    /// Those of a sample.
    #[must_use]
    pub fn of(args: &GermlineArgs, sample: &Sample) -> Self {
        let file = |extension: &str| args.out_dir.join(format!("{}.{extension}", sample.name));
        let alignments = match args.output_format {
            KeptFormat::Bam => file("bam"),
            KeptFormat::Cram => file("cram"),
        };
        let variants = args.vcf_format.extension();
        let has_targets = args.coverage_regions.is_some() || args.regions.is_some();
        let forms = FormPaths::of(&alignments, &args.out_dir.join(&sample.name), args.regions.is_some());
        let forms = forms.with_contamination(args.panel.sites.is_some());
        Self {
            alignments,
            vcf: file(variants),
            gvcf: args.gvcf.then(|| file(&format!("g.{variants}"))),
            metrics: file("metrics.json"),
            report: file("report.html"),
            duplicates: file("duplicate_metrics.txt"),
            forms,
            targets: has_targets.then(|| TargetPaths::of(&args.out_dir.join(&sample.name))),
            fingerprint: args.panel.sites.as_ref().map(|_| file("fingerprint.vcf.gz")),
            trimming: sample.trimming.as_ref().map(|_| file("fastp.json")),
            manifest: file("manifest.json"),
        }
    }

    /// All but the files in the form of other programs.
    pub fn own(&self) -> impl Iterator<Item = &Path> {
        let paths = [&self.alignments, &self.vcf].into_iter().chain(&self.gvcf).chain(&self.fingerprint);
        let paths = paths.chain([&self.metrics, &self.report, &self.duplicates]).chain(&self.trimming);
        let paths = paths.chain(self.targets.iter().flat_map(TargetPaths::iter));
        paths.chain([&self.manifest]).map(PathBuf::as_path)
    }

    /// All of them.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        self.own().chain(self.forms.iter()).collect()
    }
}
