//! `rihla scatter`: the genome in parts of like work.

use std::fs;
use std::path::Path;

use anyhow::Result;
use rihla_core::{Interval, IntervalSet, Reference};
use rihla_io::IoError;
use rihla_io::alignments::AlignmentReader;
use rihla_io::bed::write_bed;

use crate::cli::{RunArgs, ScatterArgs};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::pipeline::bins::read_regions;
use crate::pipeline::scatter::{Weights, cut};
use crate::pipeline::sex;
use crate::progress::grouped;
use crate::reference;

/// Cuts and writes.
///
/// # Errors
/// Inputs missing, damaged or of another reference; more parts than bases; a folder that holds other parts, or that
/// cannot be written.
pub fn run(args: &ScatterArgs) -> Result<()> {
    let context = Context::new(&RunArgs::from(&args.run))?;
    let index = reference::open(&context, &args.reference)?;
    let reference = index.reference();
    let regions = read_regions(args.regions.as_deref(), reference.contigs())?;
    let weights = weights(args, reference, regions.as_ref())?;
    let Some(parts) = cut(reference.contigs(), &weights, args.parts) else {
        let message = format!("--parts {}: there are fewer bases to be called; give fewer parts", args.parts);
        return Err(fault(Failure::Usage, message));
    };
    index.confirm()?;
    fs::create_dir_all(&args.out_dir).map_err(|source| IoError::creating(&args.out_dir, source))?;
    refuse_others(&args.out_dir, args.parts)?;
    for (number, part) in (1..).zip(&parts) {
        let path = args.out_dir.join(name(number));
        write_bed(path, &IntervalSet::new(part.clone()), reference.contigs())?;
    }
    let dir = args.out_dir.display();
    context.progress.say(&format!("wrote {} parts to {dir}", grouped(parts.len() as u64)));
    Ok(())
}

fn name(number: u32) -> String {
    format!("part_{number:04}.bed")
}

fn weights(args: &ScatterArgs, reference: &Reference, regions: Option<&IntervalSet>) -> Result<Weights> {
    let whole = |(id, contig): (u32, &rihla_core::Contig)| Interval::new(id, 0, contig.length);
    let genome = || IntervalSet::new((0..).zip(reference.contigs().iter()).map(whole).collect());
    let weights = Weights::new(reference, &regions.cloned().unwrap_or_else(genome));
    let Some(bam) = &args.bam else { return Ok(weights) };
    let alignments = AlignmentReader::open(bam, reference, &args.reference.reference)?;
    let (amounts, _) = sex::of_index(&alignments, reference.contigs());
    Ok(weights.with_reads(&amounts))
}

/// A part of an earlier, finer scatter would be taken for one of this.
fn refuse_others(dir: &Path, parts: u32) -> Result<()> {
    let other = fs::read_dir(dir).map_err(|source| IoError::creating(dir, source))?.flatten().find(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix("part_").and_then(|name| name.strip_suffix(".bed"));
        number.is_some_and(|number| number.parse::<u32>().is_ok_and(|number| number == 0 || number > parts))
    });
    let Some(other) = other else { return Ok(()) };
    let message = format!(
        "{}: is a part of another scatter; give a folder of its own, or remove it",
        other.path().display()
    );
    Err(fault(Failure::CannotCreate, message))
}
