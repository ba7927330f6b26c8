//! A tumor sample and the normal sample of the same donor.

use std::path::PathBuf;

use anyhow::Result;
use rihla_io::AtomicSet;
use rihla_testkit::spike::Genotypes;
use rihla_testkit::tumor::{SomaticRecord, Tumor, TumorOptions, somatic_window};
use rihla_testkit::{Donor, Simulation};

use crate::cli::SimulateArgs;
use crate::progress::grouped;

use super::donors::{Column, Donors, Person, by_window, spike};
use super::truth::InfoField;
use super::{Job, Outputs, create_dir, samples, usage};

const INFO: [InfoField; 4] = [
    ("SOMATIC", "Flag", "Somatic variant"),
    ("VAF", "Float", "Expected allele fraction in the tumor sample"),
    ("CCF", "Float", "Share of the tumor's cells that have it"),
    ("CLONE", "Integer", "0 for all of the tumor's cells, else the subclone from 1"),
];

/// Simulates a tumor and its normal sample; returns what was written.
///
/// # Errors
/// Inputs that do not fit, outputs not writable.
pub fn run(job: &Job<'_>, donors: &Donors<'_>, args: &SimulateArgs) -> Result<Vec<PathBuf>> {
    let tumor = tumor(job, donors.main()?, args)?;
    create_dir(job.dir)?;
    let mut files = AtomicSet::new();
    let germline = Outputs::of(job.dir);
    let [tumor_dir, normal_dir] = ["tumor", "normal"].map(|name| job.dir.join(name));
    let simulation = job.simulation(0, tumor.components())?;
    samples::write_reads(job, &simulation, &tumor_dir, &mut files)?;
    let mut options = job.options.clone();
    options.depth = args.tumor.normal_depth.unwrap_or(options.depth);
    let normal = Simulation::of(job.layout, &options, 1, tumor.normal()).map_err(usage)?;
    samples::write_reads(job, &normal, &normal_dir, &mut files)?;
    files.append(job.truth.vcf(&germline.truth, &args.sample, normal.truth_records())?);
    files.push(job.truth.bed(&germline.confident, &normal.confident())?);
    let somatic = job.dir.join("somatic.vcf.gz");
    let records = tumor.somatic().into_iter().map(|somatic| (somatic.record.clone(), info(&somatic)));
    files.append(job.truth.vcf_with((&somatic, "TUMOR"), &INFO, records)?);
    files.commit()?;
    let mut written = Vec::new();
    for dir in [&tumor_dir, &normal_dir] {
        written.extend(Outputs::of(dir).reads.into_iter().chain(samples::origins(job, dir)));
    }
    written.extend([germline.truth, germline.confident, somatic]);
    Ok(written)
}

fn tumor(job: &Job<'_>, germline: Donor, args: &SimulateArgs) -> Result<Tumor> {
    let args = &args.tumor;
    let mut options = TumorOptions {
        purity: args.tumor_purity.unwrap_or(1.0),
        rate: args.somatic_rate,
        subclones: args.subclones.clone(),
        ..TumorOptions::default()
    };
    options.variants.longest_indel = job.options.variants.longest_indel;
    options.validate().map_err(usage)?;
    let seed = job.options.seed;
    let variants = match &args.somatic {
        Some(path) => {
            let column = Column { path, sample: None };
            spike(job, column, Person::Tumor, germline.karyotype(), Genotypes::HetIfMissing)?.0
        }
        None => by_window(job.context, job.layout, |window| {
            somatic_window(job.layout, &options, &germline, seed, window)
        })?,
    };
    let (tumor, left_out) = Tumor::new(job.layout, &options, germline, seed, &variants).map_err(usage)?;
    let count = grouped(tumor.somatic().len() as u64);
    job.context.progress.say(&format!("{count} somatic variants"));
    if left_out > 0 {
        let text = format!("{} somatic variants left out that touch germline ones", grouped(left_out));
        job.context.progress.say(&text);
    }
    Ok(tumor)
}

fn info(somatic: &SomaticRecord) -> String {
    let SomaticRecord { allele_fraction, cell_fraction, clone, .. } = somatic;
    format!("SOMATIC;VAF={allele_fraction:.4};CCF={cell_fraction:.4};CLONE={clone}")
}
