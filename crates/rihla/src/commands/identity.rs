//! `rihla identity`: whether samples are of one person.

mod groups;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_io::atomic::write_text;
use rihla_io::sites::{NamedSites, read_named_sites};
use rihla_io::vcf::VcfLines;
use rihla_io::{AtomicSet, IoError};
use rihla_qc::identity::table::{self, Row};
use rihla_qc::identity::{Conclusion, Expected, Person};

use crate::cli::{Expect, IdentityArgs};
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::for_each_ordered;
use crate::paths::{check_apart, differ, with_extension_behind};
use crate::pipeline::fingerprint::PANEL_LINE;
use crate::pipeline::people::Sites;
use crate::progress::{Progress, grouped};

use groups::Groups;

/// Endings of the outputs' names.
const ENDINGS: [&str; 3] = ["identity.tsv", "pairs.tsv", "samples.tsv"];
/// Relatives are told by how much of the genome they share, of which a few chromosomes say little.
const FEW_CHROMOSOMES: usize = 10;
/// Less contamination is not warned of.
const NOTEWORTHY: f64 = 0.01;

/// Compares, writes the tables, shows one, and holds it against what was said before.
///
/// # Errors
/// Inputs that are missing or damaged, or without a common panel; outputs that cannot be written; with `--gate` a pair that
/// is not what it should be.
pub fn run(args: &IdentityArgs) -> Result<()> {
    let context = Context::new(&(&args.run).into())?;
    if args.gate && args.expect.is_none() && args.groups.is_none() {
        let message = "--gate needs to know what should be: give --expect or --groups";
        return Err(fault(Failure::Usage, message));
    }
    let outputs = outputs(args)?;
    let groups = args.groups.as_deref().map(Groups::read).transpose()?;
    let sites = panel(args, &context.progress)?;
    let samples = samples(&context, args, &sites)?;
    let named = samples.iter().map(|sample| sample.name.as_str());
    groups.iter().for_each(|groups| groups.tell_absent(named.clone(), &context.progress));
    let people: Vec<Person> = samples.iter().map(|sample| sample.person.clone()).collect();
    warn_of_contamination(&people, &context.progress);
    let expected = |pair: [usize; 2]| match (args.expect, &groups) {
        (Some(Expect::Same), _) => Some(Expected::Same),
        (Some(Expect::Different), _) => Some(Expected::Different),
        (None, Some(groups)) => groups.expected(pair.map(|number| samples[number].name.as_str())),
        (None, None) => None,
    };
    let pairs: Vec<[usize; 2]> =
        (0..people.len()).flat_map(|a| (a + 1..people.len()).map(move |b| [a, b])).collect();
    let mut rows = Vec::with_capacity(pairs.len());
    let work = |number: usize| {
        let [a, b] = pairs[number];
        let pair = sites.pair(&people[a], &people[b], args.lod);
        Ok(Row { people: [a, b], pair, expected: expected([a, b]) })
    };
    for_each_ordered(&context.pool, pairs.len(), work, |_, row| {
        rows.push(row);
        Ok(())
    })?;
    let text = table::identity(&people, &rows);
    if let [identity, pairs, samples] = &outputs[..] {
        let mut files = AtomicSet::new();
        files.push(write_text(identity, &text)?);
        files.push(write_text(pairs, &table::pairs(&people, &rows))?);
        files.push(write_text(samples, &table::samples(&people, sites.places()))?);
        files.commit()?;
    }
    tell_open(&people, &rows, &context.progress);
    let shown = if args.run.quiet { Ok(()) } else { show(&text) };
    match (args.gate, failures(&people, &rows)) {
        (true, failures) if !failures.is_empty() => Err(fault(Failure::BelowFloor, failures.join("; "))),
        _ => shown,
    }
}

/// A sample of a file.
struct Sample {
    name: String,
    file: PathBuf,
    person: Person,
}

fn outputs(args: &IdentityArgs) -> Result<Vec<PathBuf>> {
    let Some(prefix) = &args.out else { return Ok(Vec::new()) };
    let outputs = ENDINGS.map(|ending| with_extension_behind(prefix, ending)).to_vec();
    check_apart(&outputs.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
    for input in args.files.iter().chain(&args.sites).chain(&args.groups) {
        outputs.iter().try_for_each(|output| differ(output, input))?;
    }
    Ok(outputs)
}

/// The panel that was asked for, else the largest of the fingerprints'.
fn panel(args: &IdentityArgs, progress: &Progress) -> Result<Sites> {
    let path = match &args.sites {
        Some(path) => path.clone(),
        None => fingerprint(&args.files, progress)?,
    };
    let NamedSites { contigs, panel, is_ordered } = read_named_sites(&path)?;
    let count = panel.sites().len() as u64;
    let sites = Sites::new(contigs, panel, is_ordered);
    let (blocks, chromosomes) = (sites.blocks().len() as u64, sites.chromosomes());
    let (name, s) = (path.display(), if chromosomes == 1 { "" } else { "s" });
    progress.say(&format!(
        "{name}: {} sites, {} haplotype blocks on {chromosomes} autosome{s}",
        grouped(count),
        grouped(blocks)
    ));
    if chromosomes < FEW_CHROMOSOMES {
        progress.warn(&format!(
            "{name}: its sites are on {chromosomes} autosome{s}; relatives, who share some chromosomes and not others, may look like \
             strangers or like one person there"
        ));
    }
    Ok(sites)
}

/// The fingerprint whose panel is taken: of several panels the first by digest, whatever the order of the files.
fn fingerprint(files: &[PathBuf], progress: &Progress) -> Result<PathBuf> {
    let mut panels: BTreeMap<String, PathBuf> = BTreeMap::new();
    for file in files {
        let lines = VcfLines::open(file)?;
        let digest = lines.header().lines.iter().find_map(|line| line.strip_prefix(PANEL_LINE));
        if let Some(digest) = digest {
            let known = panels.entry(digest.to_owned()).or_insert_with(|| file.clone());
            *known = known.clone().min(file.clone());
        }
    }
    if let [first, second, ..] = &panels.values().collect::<Vec<_>>()[..] {
        progress.warn(&format!(
            "{} and {} were made with different panels; they are compared where the panel of the first has sites",
            first.display(),
            second.display()
        ));
    }
    panels.into_values().next().ok_or_else(|| {
        let message = "none of the files is a fingerprint, which has its panel in it; give one with --sites";
        fault(Failure::Usage, message)
    })
}

/// All samples, by name and file; of one name the file is named, too.
fn samples(context: &Context, args: &IdentityArgs, sites: &Sites) -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    let work = |number: usize| sites.read(&args.files[number]);
    for_each_ordered(&context.pool, args.files.len(), work, |number, people| {
        let file = &args.files[number];
        samples.extend(people.into_iter().map(|person| Sample {
            name: person.name.clone(),
            file: file.clone(),
            person,
        }));
        Ok(())
    })?;
    samples.sort_by(|a, b| (&a.name, &a.file).cmp(&(&b.name, &b.file)));
    if samples.len() < 2 {
        let message = "there is one sample; give two at least";
        return Err(fault(Failure::Usage, message));
    }
    let twice = samples.windows(2).find(|two| (&two[0].name, &two[0].file) == (&two[1].name, &two[1].file));
    if let Some([sample, _]) = twice {
        let message = format!("{}: is given twice", sample.file.display());
        return Err(fault(Failure::Usage, message));
    }
    let names: Vec<String> = samples.iter().map(|sample| sample.name.clone()).collect();
    for sample in &mut samples {
        if names.iter().filter(|name| **name == sample.name).count() > 1 {
            sample.person.name = format!("{}({})", sample.name, sample.file.display());
        }
    }
    Ok(samples)
}

fn warn_of_contamination(people: &[Person], progress: &Progress) {
    for person in people {
        let found = person.contamination.filter(|found| found.low > 0.0 && found.fraction >= NOTEWORTHY);
        if let Some(found) = found {
            progress.warn(&format!(
                "{}: {:.1} % of its reads are of another person ({:.1} to {:.1} %); it is compared by the larger part",
                person.name,
                100.0 * found.fraction,
                100.0 * found.low,
                100.0 * found.high
            ));
        }
    }
}

fn tell_open(people: &[Person], rows: &[Row], progress: &Progress) {
    let open = rows.iter().filter(|row| row.pair.conclusion == Conclusion::Inconclusive).count();
    if open > 0 {
        progress.warn(&format!(
            "{open} of {} pairs of {} samples are inconclusive: too few sites have reads, or what is there fits two things",
            rows.len(),
            people.len()
        ));
    }
}

/// What is not as it should be, in words.
fn failures(people: &[Person], rows: &[Row]) -> Vec<String> {
    let failed = rows.iter().filter(|row| row.is_met() == Some(false));
    failed
        .map(|row| {
            let [a, b] = row.people.map(|number| &people[number].name);
            let expected = match row.expected {
                Some(Expected::Same) => "should be of one person",
                _ => "should be of two people",
            };
            format!("{a} and {b} {expected}, and are {} (LOD {:.1})", row.pair.conclusion, row.pair.lod)
        })
        .collect()
}

/// The table, its columns below each other.
fn show(text: &str) -> Result<()> {
    let cells: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let columns = cells.first().map_or(0, Vec::len);
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut shown = String::new();
    for row in &cells {
        let padded: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        shown.push_str(padded.join("  ").trim_end());
        shown.push('\n');
    }
    let mut out = std::io::stdout().lock();
    let shown = out.write_all(shown.as_bytes()).and_then(|()| out.flush());
    shown.map_err(|source| IoError::writing(Path::new("-"), source).into())
}
