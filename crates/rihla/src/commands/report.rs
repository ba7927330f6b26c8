//! `rihla report`: the page of a sample, or that of a batch, from their metrics.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use rihla_io::IoError;
use rihla_io::atomic::write_text;
use rihla_qc::page::{BatchEntry, batch_page, sample_page};
use rihla_qc::verdict::{LimitSet, Outcome, SampleVerdict};
use rihla_qc::{Manifest, Program, RunMetrics};

use crate::cli::ReportArgs;
use crate::exit::{Failure, fault};
use crate::paths;
use crate::pipeline::provenance::VERSION;
use crate::pipeline::verdict;
use crate::progress::Progress;

/// What the names of metrics end with; the other files of a sample have another end behind the same name.
const METRICS: &str = ".metrics.json";
const MANIFEST: &str = ".manifest.json";
const REPORT: &str = ".report.html";

/// The page of a batch, where no other name is given.
const BATCH: &str = "batch.report.html";

/// The metrics of a sample and where they were found.
struct Found {
    path: PathBuf,
    metrics: RunMetrics,
}

impl Found {
    /// The file of the same sample that ends otherwise.
    fn beside(&self, extension: &str) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.path.with_file_name(format!("{}{extension}", name.strip_suffix(METRICS).unwrap_or(&name)))
    }
}

/// Writes the page.
///
/// # Errors
/// Metrics, or limits, that are missing or damaged; one sample twice; a page that cannot be written. With `--gate`,
/// once the page is written, a verdict that is FAIL.
pub fn run(args: &ReportArgs) -> Result<()> {
    if let Some(name) = &args.print_verdicts {
        return print(LimitSet::built_in_text(name).unwrap_or_default());
    }
    let limits = args.verdicts.as_deref().map(verdict::read).transpose()?;
    let mut found = read_all(&args.paths)?;
    for Found { metrics, .. } in &mut found {
        if let Some(limits) = &limits {
            metrics.verdict = Some(SampleVerdict::of(metrics, limits));
        }
    }
    let is_single = found.len() == 1;
    let out = args.out.clone().unwrap_or_else(|| match is_single {
        true => found[0].beside(REPORT).file_name().map(PathBuf::from).unwrap_or_default(),
        false => BATCH.into(),
    });
    found.iter().try_for_each(|one| paths::differ(&out, &one.path))?;
    let failed: Vec<String> =
        found.iter().filter(|one| is_failed(one)).map(|one| one.metrics.sample.clone()).collect();
    let page = match is_single {
        true => {
            sample_page(&found[0].metrics, read_manifest(&found[0].beside(MANIFEST))?.as_ref(), args.language)
        }
        false => batch_page(entries(found, &out), &program(), args.language),
    };
    write_text(&out, &page)?.commit()?;
    Progress::new(args.quiet).say(&format!("wrote {}", out.display()));
    if args.gate && !failed.is_empty() {
        let message = format!("--gate: the verdict is FAIL for {}; see {}", failed.join(", "), out.display());
        return Err(fault(Failure::BelowFloor, message));
    }
    Ok(())
}

fn program() -> Program {
    Program { name: "rihla".to_owned(), version: VERSION.to_owned() }
}

fn is_failed(found: &Found) -> bool {
    found.metrics.verdict.as_ref().is_some_and(|verdict| verdict.outcome == Outcome::Fail)
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(written.map_err(|source| IoError::writing(Path::new("standard output"), source))?)
}

/// The metrics that paths mean, in the order of the samples' names.
fn read_all(paths: &[PathBuf]) -> Result<Vec<Found>> {
    let mut by_sample: BTreeMap<String, Found> = BTreeMap::new();
    for path in paths {
        for found in read_path(path)? {
            let sample = found.metrics.sample.clone();
            if let Some(other) = by_sample.get(&sample) {
                let (one, two) = (other.path.display(), found.path.display());
                let message = format!("{two}: is of sample {sample}, as is {one}; give each sample once");
                return Err(fault(Failure::Data, message));
            }
            by_sample.insert(sample, found);
        }
    }
    Ok(by_sample.into_values().collect())
}

/// The metrics that a path means: itself, or those in the folder, or in the folders right below.
fn read_path(path: &Path) -> Result<Vec<Found>> {
    if !path.is_dir() {
        let text = read_text(path)?;
        return Ok(vec![parse(path.to_owned(), &text)?]);
    }
    let mut files = Vec::new();
    for entry in list(path)? {
        match entry.is_dir() {
            true => files.extend(list(&entry)?.into_iter().filter(|file| is_metrics(file))),
            false if is_metrics(&entry) => files.push(entry),
            false => {}
        }
    }
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = read_text(&file)?;
        // Comparisons with a truth set lie beside the runs that they judge.
        if !RunMetrics::is_of_comparison(&text) {
            found.push(parse(file, &text)?);
        }
    }
    if found.is_empty() {
        let message = format!(
            "{}: holds no *{METRICS}, nor does a folder right below; give folders that rihla germline wrote",
            path.display()
        );
        return Err(fault(Failure::Missing, message));
    }
    Ok(found)
}

fn is_metrics(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(METRICS)) && path.is_file()
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable =
        |error| fault(Failure::Missing, format!("{}: cannot be read: {error}", folder.display()));
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    entries.map(|entry| Ok(entry.map_err(unreadable)?.path())).collect()
}

fn read_text(path: &Path) -> Result<String> {
    let bytes = fs::read(path)
        .map_err(|error| fault(Failure::Missing, format!("{}: cannot be read: {error}", path.display())))?;
    String::from_utf8(bytes)
        .map_err(|_| fault(Failure::Data, format!("{}: is no text, so no metrics", path.display())))
}

fn parse(path: PathBuf, text: &str) -> Result<Found> {
    match RunMetrics::from_json(text) {
        Ok(metrics) => Ok(Found { path, metrics }),
        Err(problem) => Err(fault(Failure::Data, format!("{}: {problem}", path.display()))),
    }
}

/// The manifest of a sample, where there is one.
fn read_manifest(path: &Path) -> Result<Option<Manifest>> {
    if !path.is_file() {
        return Ok(None);
    }
    let manifest = Manifest::from_json(&read_text(path)?);
    Ok(Some(manifest.map_err(|problem| fault(Failure::Data, format!("{}: {problem}", path.display())))?))
}

/// Samples with addresses of their pages, as far as those lie beside the metrics.
fn entries(found: Vec<Found>, out: &Path) -> Vec<BatchEntry> {
    let folder = absolute(out).parent().map(Path::to_owned).unwrap_or_default();
    let entry = |found: Found| {
        let page = found.beside(REPORT);
        let link = page.is_file().then(|| address(&folder, &absolute(&page)));
        BatchEntry { metrics: found.metrics, link }
    };
    found.into_iter().map(entry).collect()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The address of a file for a page in a folder, both from the root.
fn address(folder: &Path, file: &Path) -> String {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (folder.components().collect(), file.components().collect());
    let same = from.iter().zip(&to).take_while(|(one, two)| one == two).count();
    let up = from[same..].iter().map(|_| "..".to_owned());
    let down = to[same..].iter().map(|part| encoded(&part.as_os_str().to_string_lossy()));
    // A first part with a colon would be taken for a scheme.
    let parts: Vec<String> = up.chain(down).collect();
    if parts.first().is_some_and(|part| part == "..") {
        parts.join("/")
    } else {
        format!("./{}", parts.join("/"))
    }
}

/// A name with all but letters, digits and `-._~` in hexadecimal.
fn encoded(name: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_from_the_page_to_the_file() {
        let address = |folder: &str, file: &str| address(Path::new(folder), Path::new(file));
        assert_eq!(address("/a/b", "/a/b/S.report.html"), "./S.report.html");
        assert_eq!(address("/a/b", "/a/c/S 1#.report.html"), "../c/S%201%23.report.html");
        assert_eq!(address("/a", "/a/x:y/\u{e9}.html"), "./x%3Ay/%C3%A9.html");
    }
}
