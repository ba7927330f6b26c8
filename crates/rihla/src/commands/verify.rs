//! `rihla verify`: are the files of a run as its manifest says?

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_io::{IoError, IoErrorKind, digest_file};
use rihla_qc::{FileEntry, Manifest};

use crate::cli::VerifyArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::ordered::for_each_ordered;

/// What a manifest's name ends with.
const SUFFIX: &str = ".manifest.json";

/// A file that a manifest names, and where it should be now.
struct Expected {
    path: PathBuf,
    entry: FileEntry,
}

/// How a file is found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Ok,
    Missing,
    Changed,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Changed => "changed",
        }
    }
}

/// Compares every file with its manifest, and prints a line for each: state, size, path.
///
/// # Errors
/// No manifest, or a damaged one; files that are missing or not the same, once all are looked at.
pub fn run(args: &VerifyArgs) -> Result<()> {
    let context = Context::new(&(&args.run).into())?;
    let mut expected = Vec::new();
    for path in &args.paths {
        for manifest in manifests(path)? {
            expected.extend(files_of(&manifest, args.inputs)?);
        }
    }
    let mut wrong = Vec::new();
    let mut out = std::io::stdout().lock();
    let stage = context.progress.stage("verify", "files", expected.len() as u64);
    for_each_ordered(
        &context.pool,
        expected.len(),
        |number| state(&expected[number]),
        |number, state| {
            stage.add(1);
            let Expected { path, entry } = &expected[number];
            writeln!(out, "{}\t{}\t{}", state.word(), entry.bytes, path.display())
                .map_err(|source| IoError::writing(Path::new("standard output"), source))?;
            if state != State::Ok {
                wrong.push(format!("{} is {}", path.display(), state.word()));
            }
            Ok(())
        },
    )?;
    stage.finish();
    if wrong.is_empty() {
        return Ok(());
    }
    let (count, all) = (wrong.len(), expected.len());
    let message = format!("{count} of {all} files are not as their manifests say: {}", wrong.join(", "));
    Err(fault(Failure::Data, message))
}

/// The manifests that a path means: itself, or those in it, in the order of their names.
fn manifests(path: &Path) -> Result<Vec<PathBuf>> {
    let missing = |problem: String| fault(Failure::Missing, format!("{}: {problem}", path.display()));
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| missing(format!("cannot be read: {error}")))? {
        let entry = entry.map_err(|error| missing(format!("cannot be read: {error}")))?.path();
        if entry.file_name().is_some_and(|name| name.to_string_lossy().ends_with(SUFFIX)) {
            found.push(entry);
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(missing(format!(
            "holds no *{SUFFIX}, which a run writes last: the run did not end, or this is another folder"
        )));
    }
    Ok(found)
}

/// The files of a manifest; those with relative paths lie beside it.
fn files_of(path: &Path, with_inputs: bool) -> Result<Vec<Expected>> {
    let text = fs::read_to_string(path)
        .map_err(|error| fault(Failure::Missing, format!("{}: cannot be read: {error}", path.display())))?;
    let manifest = Manifest::from_json(&text)
        .map_err(|problem| fault(Failure::Data, format!("{}: {problem}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let inputs = manifest.inputs.into_iter().filter(|entry| with_inputs && entry.path != "-");
    let files = manifest.outputs.into_iter().chain(inputs);
    Ok(files.map(|entry| Expected { path: folder.join(&entry.path), entry }).collect())
}

fn state(expected: &Expected) -> Result<State> {
    let Expected { path, entry } = expected;
    // A file of another size need not be read.
    let same_size = fs::metadata(path).map(|found| found.len() == entry.bytes);
    match same_size {
        Ok(false) => return Ok(State::Changed),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(State::Missing),
        _ => {}
    }
    match digest_file(path) {
        Ok(digest) if digest.sha256_hex() == entry.sha256 => Ok(State::Ok),
        Ok(_) => Ok(State::Changed),
        Err(error) if error.kind() == IoErrorKind::MissingInput => Ok(State::Missing),
        Err(error) => Err(error.into()),
    }
}
