//! What is written when all bins are: metrics, report, tables and manifest.

use anyhow::Result;
use rihla_io::AtomicSet;
use rihla_io::atomic::write_text;
use rihla_qc::page::sample_page;
use rihla_qc::verdict::SampleVerdict;
use rihla_qc::{CallingMetrics, Karyotype, ManifestCounts, SexMetrics};

use super::bins::Totals;
use super::{Job, Looks};
use crate::paths;
use crate::pipeline::bins::Calling;
use crate::pipeline::duplicates::duplicate_table;
use crate::pipeline::fingerprint;
use crate::pipeline::ingest::Ingested;
use crate::pipeline::manifest::{self, Clock, Facts};
use crate::pipeline::metrics::{self, Checks, Genome, Metrics, RunParts};
use crate::pipeline::sex;
use crate::pipeline::verdict::Chosen;

/// What is written of.
pub struct Closing<'a> {
    /// When the run began.
    pub clock: Clock,
    /// By what the sample is judged.
    pub limits: Chosen,
    /// Its reads.
    pub ingested: &'a Ingested,
    /// The chromosomes that it should have.
    pub karyotype: Karyotype,
    /// Its sex, as far as it shows.
    pub sex: Option<SexMetrics>,
    /// What the caller learnt of it.
    pub calling: Option<CallingMetrics>,
}

/// Writes all that is left into `files`, which wait for their names, and judges the sample.
///
/// # Errors
/// Reads were lost on the way; a file cannot be written; an input was not read to its end.
pub fn write(
    job: &Job<'_>,
    closing: Closing<'_>,
    (calling, looks): (&Calling<'_>, Looks),
    (totals, metrics): (Totals<'_>, Metrics),
    files: &mut AtomicSet,
) -> Result<SampleVerdict> {
    let Job { context, args, sample, outputs, reference, command, .. } = *job;
    let Closing { clock, limits, ingested, karyotype, sex, calling: learnt } = closing;
    let Looks { targets, panel } = looks;
    let progress = &context.progress;
    let groups = totals.accounts.close(ingested)?;
    let regions = args.regions.as_deref().map(paths::first_name).zip(calling.regions());
    let named = regions.as_ref().map(|(name, set)| (name.as_str(), *set));
    let contamination = panel.as_ref().and_then(|panel| panel.contamination(&totals.sites, progress));
    files.append(outputs.forms.write(
        (command, &sample.name),
        (reference.contigs(), named),
        metrics.written(),
        contamination.as_ref(),
    )?);
    let genotypes = panel.as_ref().map(|panel| panel.genotypes(&totals.sites));
    let identity = panel.as_ref().zip(genotypes.as_ref());
    let identity = identity.map(|(panel, genotypes)| panel.identity(&sample.name, genotypes, progress));
    if let (Some(panel), Some(path), Some(genotypes)) = (&panel, &outputs.fingerprint, genotypes) {
        let source = fingerprint::Source {
            reference: &args.reference.reference,
            contigs: reference.contigs(),
            sample: &sample.name,
            command,
            digest: panel.digest(),
        };
        files.append(fingerprint::write(path, &source, genotypes.into_iter())?);
    }
    if let (Some(list), Some(paths)) = (&targets, &outputs.targets) {
        files.append(paths.write(list, metrics.targets(), reference.contigs())?);
    }
    files.push(write_text(&outputs.duplicates, &duplicate_table(command, sample, &ingested.shards))?);
    if let (Some(trimming), Some(path), Some(counts)) =
        (&sample.trimming, &outputs.trimming, &ingested.trimmed)
    {
        files.push(trimming.write(path, (command, &sample.name), &ingested.reads, counts)?);
    }
    let checks = Checks { sex, contamination, identity };
    let mut report = metrics.report(RunParts {
        sample,
        reference,
        ingested,
        read_groups: groups,
        genome: Genome { karyotype, calling: learnt, checks, in_regions: args.regions.is_some(), targets },
        threads: context.threads(),
    })?;
    metrics::tell_copies(&report, progress);
    let verdict = limits.judge(&report, sex::known_bases(reference).iter().sum());
    report.verdict = Some(verdict.clone());
    files.push(write_text(&outputs.metrics, &report.to_json())?);
    let facts = Facts {
        context,
        command,
        reference: &args.reference.reference,
        contigs: reference.contigs(),
        sample,
        digests: &ingested.digests,
        counts: ManifestCounts {
            reads: ingested.reads.reads,
            templates: ingested.templates,
            records: totals.records,
            variants: Some(totals.variants),
        },
        temporary_bytes: ingested.shards.spilled_bytes(),
    };
    let about = manifest::describe(&outputs.manifest, &clock, &facts, files)?;
    let page = sample_page(&report, Some(&about), args.verdict.report_language);
    files.push(write_text(&outputs.report, &page)?);
    files.push(manifest::write(&outputs.manifest, &clock, &facts, files)?);
    Ok(verdict)
}
