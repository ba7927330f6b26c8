//! A child, its father and its mother.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use rihla_io::AtomicSet;
use rihla_io::atomic::write_text;
use rihla_testkit::family::{Family, usual_de_novo};
use rihla_testkit::{Component, Donor, Sex};

use crate::cli::SimulateArgs;
use crate::progress::grouped;

use super::donors::{Donors, Person, by_window};
use super::{Job, create_dir, samples, usage};

/// Simulates a family; returns what was written.
///
/// # Errors
/// Inputs that do not fit, outputs not writable.
pub fn run(job: &Job<'_>, donors: &Donors<'_>, args: &SimulateArgs) -> Result<Vec<PathBuf>> {
    let [father, mother] = [donors.parent(Person::Father)?, donors.parent(Person::Mother)?];
    let parents = [father.clone(), mother.clone()];
    let family = Family::new(job.layout, parents, job.karyotype, job.options.seed).map_err(usage)?;
    let inherited = by_window(job.context, job.layout, |window| family.window(window))?;
    let child = Donor::new(job.karyotype, Arc::new(inherited));
    let count = args.trio.de_novo.unwrap_or_else(|| usual_de_novo(job.layout));
    let new = Arc::new(family.de_novo(&child, count, &job.options.variants).map_err(usage)?);
    job.context.progress.say(&format!("{} de novo variants", grouped(new.len() as u64)));
    create_dir(job.dir)?;
    let mut files = AtomicSet::new();
    let mut written = vec![job.dir.join("de_novo.vcf.gz"), job.dir.join("pedigree.ped")];
    files.append(job.truth.vcf(&written[0], "child", new.iter())?);
    files.push(write_text(&written[1], &pedigree(&args.sample, job.karyotype.sex))?);
    let members = [("child", child.with(new.clone())), ("father", father), ("mother", mother)];
    for (number, (name, donor)) in members.into_iter().enumerate() {
        let dir = job.dir.join(name);
        let simulation = job.simulation(number as u32, vec![Component { donor, share: 1.0 }])?;
        let outputs = samples::write(job, &simulation, (&dir, name), &mut files)?;
        written.extend(samples::listed(job, outputs, &dir));
    }
    files.commit()?;
    Ok(written)
}

/// The family in PLINK's PED format: family, sample, father, mother, sex (1 male, 2 female), phenotype (0 not
/// known).
fn pedigree(family: &str, child: Sex) -> String {
    let sex = if child == Sex::Male { 1 } else { 2 };
    format!(
        "{family}\tfather\t0\t0\t1\t0\n{family}\tmother\t0\t0\t2\t0\n\
         {family}\tchild\tfather\tmother\t{sex}\t0\n"
    )
}
