//! What `rihla compare` reads, checked before the work begins.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_core::{Contigs, IntervalSet};
use rihla_io::bed::{UnknownContigs, read_bed_counted};
use rihla_io::vcf::VcfText;
use rihla_truth::RegionFile;

use crate::cli::{CompareArgs, CompareInputs};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::objects::shown;
use crate::paths;
use crate::pipeline::truth::regions::{NamedRegions, Regions};

/// Checks that the outputs have names which are not those of inputs, that standard input is read once, and that
/// no stratum is given twice.
///
/// # Errors
/// Usage, saying what would be right.
pub fn check(args: &CompareArgs, outputs: &[PathBuf]) -> Result<()> {
    let complain = |problem: String| Err(fault(Failure::Usage, problem));
    let prefix = args.out_prefix.to_string_lossy();
    if ["", ".", ".."].contains(&prefix.rsplit('/').next().unwrap_or_default()) {
        let remedy = "add the beginning of the files' names, such as out/sample";
        return complain(format!("--out-prefix {prefix}: is a folder; {remedy}"));
    }
    for input in args.inputs.paths() {
        outputs.iter().try_for_each(|output| paths::differ(output, input))?;
    }
    if args.inputs.paths().filter(|path| *path == Path::new("-")).count() > 1 {
        return complain(
            "-: standard input can be one of the inputs only; write the others to files".to_owned(),
        );
    }
    let names: Vec<&str> = args.inputs.strata.iter().map(|(name, _)| name.as_str()).collect();
    match names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)) {
        None => Ok(()),
        Some((_, name)) => {
            complain(format!("--strata {name}: the name is given twice; name each stratum once"))
        }
    }
}

/// Confident regions and strata, and what became of the intervals of each file.
pub fn read_regions(
    context: &Context,
    args: &CompareInputs,
    contigs: &Contigs,
) -> Result<(Regions, Vec<RegionFile>)> {
    let mut files = Vec::new();
    let mut read = |name: Option<&str>, path: &Path| read_bed(context, (name, path), contigs, &mut files);
    let confident = args.bed.as_deref().map(|path| read(None, path)).transpose()?;
    let mut named = Vec::new();
    for (name, path) in &args.strata {
        named.push(NamedRegions { name: name.clone(), regions: read(Some(name), path)? });
    }
    Ok((Regions::new(contigs, confident.as_ref(), &named), files))
}

/// Regions of a BED; says what was merged, and what lies on contigs that the reference lacks.
fn read_bed(
    context: &Context,
    (stratum, path): (Option<&str>, &Path),
    contigs: &Contigs,
    files: &mut Vec<RegionFile>,
) -> Result<IntervalSet> {
    let (regions, summary) = read_bed_counted(path, contigs, UnknownContigs::Count)?;
    let name = path.display();
    let all = summary.intervals;
    if summary.unknown > 0 {
        let unknown = summary.unknown;
        context
            .progress
            .warn(&format!("{name}: {unknown} of {all} intervals are on contigs that the reference lacks"));
    }
    if summary.overlapping > 0 {
        let overlapping = summary.overlapping;
        context
            .progress
            .warn(&format!("{name}: {overlapping} of {all} intervals overlap others; they were joined"));
    }
    if regions.is_empty() {
        context.progress.warn(&format!("{name}: no interval lies in the reference"));
    }
    files.push(RegionFile {
        path: shown(&name.to_string()).into_owned(),
        stratum: stratum.map(str::to_owned),
        intervals: all,
        unknown: summary.unknown,
        empty: summary.empty,
        overlapping: summary.overlapping,
        touching: summary.touching,
    });
    Ok(regions)
}

/// Column of the sample that is compared; none of a file without samples, where genotypes are ignored.
pub fn sample(
    header: &VcfText,
    path: &Path,
    (option, name): (&str, Option<&str>),
    ignore_genotype: bool,
) -> Result<Option<usize>> {
    let complain = |problem: String| Err(fault(Failure::Data, format!("{}: {problem}", path.display())));
    match (name, &header.samples[..]) {
        (Some(name), []) => complain(format!("has no sample, so none that is called {name}")),
        (Some(name), samples) => match header.sample(name) {
            Some(column) => Ok(Some(column)),
            None => complain(format!("has no sample {name}; it has: {}", samples.join(", "))),
        },
        (None, []) if ignore_genotype => Ok(None),
        (None, []) => complain(
            "has no sample, so no genotypes; compare alleles alone with --ignore-genotype".to_owned(),
        ),
        (None, [_]) => Ok(Some(0)),
        (None, samples) => complain(format!(
            "has {} samples; choose one with --{option}: {}",
            samples.len(),
            samples.join(", ")
        )),
    }
}
