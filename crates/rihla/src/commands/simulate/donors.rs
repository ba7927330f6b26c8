//! Donors: variants of a VCF or random ones, drawn on all threads.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use rihla_core::{Contigs, Interval};
use rihla_io::IoError;
use rihla_io::vcf::{RecordHead, VcfLines, parse_site};
use rihla_testkit::diploid::TruthRecord;
use rihla_testkit::spike::{Genotypes, GivenRecord, NotSpiked, SpikeCounts, Spiker};
use rihla_testkit::{Donor, Karyotype, Layout, Population, Sex, Variants};

use crate::cli::SimulateArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::for_each_ordered;
use crate::progress::grouped;

use super::{Job, usage};

/// Whose variants; tells the random draws of one seed apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// The sample.
    Main = 0,
    /// Who contaminates it.
    Contaminant = 1,
    /// The child's father.
    Father = 2,
    /// The child's mother.
    Mother = 3,
    /// Nobody: the variants of a tumor.
    Tumor = 4,
}

/// Where variants come from.
pub struct Donors<'a> {
    job: &'a Job<'a>,
    args: &'a SimulateArgs,
}

impl<'a> Donors<'a> {
    /// Checks the options that concern donors.
    ///
    /// # Errors
    /// Options that contradict each other.
    pub fn new(job: &'a Job<'a>, args: &'a SimulateArgs) -> Result<Self> {
        if let Some(share) = args.contamination.contamination
            && !(0.0..=1.0).contains(&share)
        {
            return Err(fault(Failure::Usage, format!("--contamination {share}: must be from 0 to 1")));
        }
        if args.trio.trio && args.variants.variants.is_some() && args.trio.father_sample.is_none() {
            let problem =
                "--trio with --variants needs the parents: give --father-sample and --mother-sample";
            return Err(fault(Failure::Usage, problem));
        }
        Ok(Self { job, args })
    }

    /// The sample itself.
    ///
    /// # Errors
    /// The VCF missing, damaged or of another reference.
    pub fn main(&self) -> Result<Donor> {
        self.of(Person::Main, self.job.karyotype, self.args.variants.variants_sample.as_deref())
    }

    /// A parent of a trio.
    ///
    /// # Errors
    /// As [`Donors::main`].
    pub fn parent(&self, person: Person) -> Result<Donor> {
        let trio = &self.args.trio;
        let (sex, sample) = match person {
            Person::Father => (Sex::Male, &trio.father_sample),
            _ => (Sex::Female, &trio.mother_sample),
        };
        self.of(person, Karyotype { sex, ..self.job.karyotype }, sample.as_deref())
    }

    /// Who contaminates the sample.
    ///
    /// # Errors
    /// As [`Donors::main`].
    pub fn contaminant(&self) -> Result<Donor> {
        let args = &self.args.contamination;
        let karyotype = Karyotype { sex: args.contaminant_sex, ..self.job.karyotype };
        match &args.contaminant_variants {
            None => random(self.job, Person::Contaminant, karyotype),
            Some(path) => {
                let column = Column { path, sample: args.contaminant_sample.as_deref() };
                let (variants, _) =
                    spike(self.job, column, Person::Contaminant, karyotype, Genotypes::AsGiven)?;
                Ok(Donor::new(karyotype, Arc::new(variants)))
            }
        }
    }

    fn of(&self, person: Person, karyotype: Karyotype, sample: Option<&str>) -> Result<Donor> {
        let Some(path) = &self.args.variants.variants else { return random(self.job, person, karyotype) };
        let column = Column { path, sample };
        let (variants, phased) = spike(self.job, column, person, karyotype, Genotypes::AsGiven)?;
        if self.args.trio.trio && !phased {
            self.job.context.progress.warn(&format!(
                "{}: not all heterozygous genotypes are phased; their phase is drawn at random, so the parents' \
                 haplotypes are not real ones",
                path.display()
            ));
        }
        let variants = Arc::new(variants);
        let donor = Donor::new(karyotype, variants.clone());
        if !self.args.variants.add_random {
            return Ok(donor);
        }
        let spacing = self.job.options.variants.spacing;
        let keep = |record: &TruthRecord| {
            let start = record.position.saturating_sub(spacing);
            variants.overlapping(Interval::new(record.contig, start, record.end() + spacing)).next().is_none()
        };
        let more = draw(self.job, person, karyotype, keep)?;
        self.job.context.progress.say(&format!("{} random variants besides", grouped(more.len() as u64)));
        Ok(donor.with(Arc::new(more)))
    }
}

/// A donor of random variants.
///
/// # Errors
/// Options out of range.
pub fn random(job: &Job<'_>, person: Person, karyotype: Karyotype) -> Result<Donor> {
    Ok(Donor::new(karyotype, Arc::new(draw(job, person, karyotype, |_| true)?)))
}

fn draw(
    job: &Job<'_>,
    person: Person,
    karyotype: Karyotype,
    keep: impl Fn(&TruthRecord) -> bool + Sync,
) -> Result<Variants> {
    let population = Population::new(job.layout, &job.options.variants, job.options.seed).map_err(usage)?;
    by_window(job.context, job.layout, |window| {
        let mut records = population.window(person as u32, karyotype, window);
        records.retain(&keep);
        records
    })
}

/// Collects the records of all windows, made on all threads.
///
/// # Errors
/// None of its own.
pub fn by_window(
    context: &Context,
    layout: &Layout,
    records: impl Fn(usize) -> Vec<TruthRecord> + Sync,
) -> Result<Variants> {
    let mut variants = Variants::default();
    for_each_ordered(
        &context.pool,
        layout.windows().len(),
        |window| Ok(records(window)),
        |_, records| {
            variants.extend(records);
            Ok(())
        },
    )?;
    Ok(variants)
}

/// A sample of a VCF.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    /// The file.
    pub path: &'a Path,
    /// The sample's name; the first one without.
    pub sample: Option<&'a str>,
}

/// Reads the variants of a VCF, and whether all heterozygous genotypes were phased; says what was spiked and
/// what was not.
///
/// # Errors
/// The VCF missing, damaged, unsorted or of another reference; no such sample in it.
pub fn spike(
    job: &Job<'_>,
    column: Column<'_>,
    person: Person,
    karyotype: Karyotype,
    genotypes: Genotypes,
) -> Result<(Variants, bool)> {
    let mut lines = VcfLines::open(column.path)?;
    let sample = find_sample(&lines, column, genotypes)?;
    let contigs = job.layout.reference().contigs();
    let mut spiker = Spiker::new(job.layout, karyotype, genotypes, job.options.seed, person as u32);
    let mut phased = true;
    while let Some(line) = lines.next_line()? {
        let added = add(line, sample, contigs, &mut spiker);
        phased &= added.map_err(|problem| lines.problem(problem))?;
    }
    let (variants, counts) = spiker.finish();
    job.context.progress.say(&format!("{}: {}", column.path.display(), sentence(&counts)));
    Ok((variants, phased))
}

fn find_sample(
    lines: &VcfLines,
    column: Column<'_>,
    genotypes: Genotypes,
) -> Result<Option<usize>, anyhow::Error> {
    let samples = &lines.header().samples;
    let Some(name) = column.sample else {
        if samples.is_empty() && genotypes == Genotypes::AsGiven {
            let problem = "has no sample column; a donor's variants need genotypes";
            return Err(IoError::data(column.path, problem).into());
        }
        return Ok((!samples.is_empty()).then_some(0));
    };
    let found = lines.header().sample(name);
    if found.is_none() {
        let first: Vec<&str> = samples.iter().map(String::as_str).take(5).collect();
        let problem = format!("has no sample {name}; it has {} ({} ...)", samples.len(), first.join(", "));
        return Err(IoError::data(column.path, problem).into());
    }
    Ok(found)
}

/// Adds one line; tells whether it is phased or need not be.
fn add(line: &[u8], sample: Option<usize>, contigs: &Contigs, spiker: &mut Spiker) -> Result<bool, String> {
    let name = RecordHead::scan(line)?.contig;
    let contig = contigs.id(name).ok_or_else(|| {
        let hint = contigs.suggestion(name).map_or(String::new(), |other| format!("; it has {other}"));
        format!("contig {name} is not in the reference{hint}")
    })?;
    let site = parse_site(line, sample)?;
    let given = GivenRecord {
        contig,
        position: site.position,
        reference: &site.reference,
        alternates: &site.alternates,
        genotype: site.genotype.as_deref(),
        is_phased: site.is_phased,
        is_pass: site.is_pass,
    };
    let outcome = spiker.add(&given).map_err(|error| error.to_string())?;
    let is_het = site.genotype.is_some_and(|alleles| alleles.windows(2).any(|two| two[0] != two[1]));
    Ok(outcome.is_some() || site.is_phased || !is_het)
}

/// What became of the records, in words.
fn sentence(counts: &SpikeCounts) -> String {
    let mut text = format!("{} of {} records spiked", grouped(counts.spiked), grouped(counts.given()));
    for reason in NotSpiked::ALL {
        let count = counts.not_spiked(reason);
        if count > 0 {
            text.push_str(&format!("; left out {} {}", grouped(count), reason.text()));
        }
    }
    text
}
