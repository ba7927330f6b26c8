//! One sample, contaminated or not; and what all modes share.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_io::AtomicSet;
use rihla_testkit::{Component, Simulation};

use crate::cli::SimulateArgs;
use crate::pipeline::provenance::CommandLine;

use super::donors::Donors;
use super::{Job, Outputs, create_dir, reads};

/// Simulates one sample; returns what was written.
///
/// # Errors
/// Inputs that do not fit, outputs not writable.
pub fn run(job: &Job<'_>, donors: &Donors<'_>, args: &SimulateArgs) -> Result<Vec<PathBuf>> {
    let main = donors.main()?;
    let share = args.contamination.contamination.unwrap_or(0.0);
    let mut components = vec![Component { donor: main, share: 1.0 - share }];
    let mut files = AtomicSet::new();
    let mut written = Vec::new();
    create_dir(job.dir)?;
    if args.contamination.contamination.is_some() {
        let donor = donors.contaminant()?;
        let path = job.dir.join("contaminant.vcf.gz");
        files.append(job.truth.vcf(&path, "CONTAMINANT", donor.records(job.layout))?);
        written.push(path);
        components.push(Component { donor, share });
    }
    let simulation = job.simulation(0, components)?;
    let outputs = write(job, &simulation, (job.dir, &args.sample), &mut files)?;
    files.commit()?;
    written.extend(listed(job, outputs, job.dir));
    Ok(written)
}

/// Writes the reads and the truth of a sample into a folder; the files wait for their names.
///
/// # Errors
/// Outputs not writable.
pub fn write(
    job: &Job<'_>,
    simulation: &Simulation,
    (dir, sample): (&Path, &str),
    files: &mut AtomicSet,
) -> Result<Outputs> {
    create_dir(dir)?;
    let outputs = Outputs::of(dir);
    write_reads(job, simulation, dir, files)?;
    files.append(job.truth.vcf(&outputs.truth, sample, simulation.truth_records())?);
    files.push(job.truth.bed(&outputs.confident, &simulation.confident())?);
    Ok(outputs)
}

/// Writes the reads of a sample, and their origins where asked for, into a folder.
///
/// # Errors
/// Outputs not writable.
pub fn write_reads(job: &Job<'_>, simulation: &Simulation, dir: &Path, files: &mut AtomicSet) -> Result<()> {
    create_dir(dir)?;
    let origins = origins(job, dir);
    reads::write(job, simulation, &Outputs::of(dir).reads, origins.as_deref(), files)
}

/// The table of origins in a folder, where asked for.
pub fn origins(job: &Job<'_>, dir: &Path) -> Option<PathBuf> {
    job.origins.then(|| dir.join("origin.tsv.gz"))
}

/// The files of a sample, for the user.
pub fn listed(job: &Job<'_>, outputs: Outputs, dir: &Path) -> Vec<PathBuf> {
    let Outputs { reads, truth, confident } = outputs;
    reads.into_iter().chain([truth, confident]).chain(origins(job, dir)).collect()
}

/// The command with every option that shapes the outputs.
#[must_use]
pub fn command_line(args: &SimulateArgs) -> CommandLine {
    let (reads, variants) = (&args.simulation, &args.variants);
    let mut command = CommandLine::new("simulate").path("ref", &args.reference);
    let numbers = [
        ("seed", reads.seed.to_string()),
        ("depth", reads.depth.to_string()),
        ("read-length", reads.read_length.to_string()),
        ("profile", reads.profile.clone()),
        ("duplicates", reads.duplicates.to_string()),
        ("optical", reads.optical.to_string()),
        ("snv-rate", variants.snv_rate.to_string()),
        ("indels-per-snv", variants.indels_per_snv.to_string()),
        ("titv", variants.titv.to_string()),
        ("het-share", variants.het_share.to_string()),
        ("multiallelic", variants.multiallelic.to_string()),
        ("repeat-share", variants.repeat_share.to_string()),
        ("mnp-share", variants.mnp_share.to_string()),
        ("complex-share", variants.complex_share.to_string()),
        ("longest-indel", variants.longest_indel.to_string()),
        ("sex", args.karyotype.sex.to_string()),
        ("mito-copies", args.karyotype.mito_copies.to_string()),
    ];
    for (name, value) in numbers {
        command = command.option(name, value);
    }
    command = command
        .flag("even-coverage", reads.even_coverage)
        .optional_path("variants", variants.variants.as_deref())
        .flag("add-random", variants.add_random)
        .optional_path("par", args.karyotype.par.as_deref())
        .optional_path("contaminant-variants", args.contamination.contaminant_variants.as_deref())
        .flag("trio", args.trio.trio)
        .optional_path("somatic", args.tumor.somatic.as_deref());
    for (name, value) in optional(args) {
        if let Some(value) = value {
            command = command.option(name, value);
        }
    }
    command
}

/// Options that are named only where they are given.
fn optional(args: &SimulateArgs) -> Vec<(&'static str, Option<String>)> {
    let (contamination, tumor, trio) = (&args.contamination, &args.tumor, &args.trio);
    let number = |value: Option<f64>| value.map(|value| value.to_string());
    let is_tumor = tumor.tumor_purity.is_some();
    let shares: Vec<String> = tumor.subclones.iter().map(f64::to_string).collect();
    vec![
        ("insert-mean", number(args.simulation.insert_mean)),
        ("insert-sd", number(args.simulation.insert_sd)),
        ("systematic-errors", number(args.simulation.systematic_errors)),
        ("variants-sample", args.variants.variants_sample.clone()),
        ("contamination", number(contamination.contamination)),
        ("contaminant-sample", contamination.contaminant_sample.clone()),
        ("contaminant-sex", contamination.contamination.map(|_| contamination.contaminant_sex.to_string())),
        ("tumor-purity", number(tumor.tumor_purity)),
        ("somatic-rate", is_tumor.then(|| tumor.somatic_rate.to_string())),
        ("subclones", (!shares.is_empty()).then(|| shares.join(","))),
        ("normal-depth", number(tumor.normal_depth)),
        ("father-sample", trio.father_sample.clone()),
        ("mother-sample", trio.mother_sample.clone()),
        ("de-novo", trio.de_novo.map(|count| count.to_string())),
    ]
}
