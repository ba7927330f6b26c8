//! The reference and its index: opened, or built first and kept.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rihla_align::index::{self, EXTENSION, Index, SourceFingerprint};
use rihla_io::AtomicFile;
use rihla_io::fasta::read_fasta;

use crate::cli::ReferenceArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::progress::grouped;

/// Where the index of a FASTA file is kept: `REF.fa.rhx`.
#[must_use]
pub fn index_path(fasta: &Path) -> PathBuf {
    let mut name = OsString::from(fasta);
    name.push(".");
    name.push(EXTENSION);
    name.into()
}

/// Opens the index of a reference; a missing one is built first, said so, and kept.
///
/// # Errors
/// The FASTA missing or damaged; the index stale, foreign, damaged or not writable.
pub fn open(context: &Context, args: &ReferenceArgs) -> Result<Index> {
    let fasta = &args.reference;
    if !fasta.is_file() {
        let message = format!("{}: no such reference file; check --ref", fasta.display());
        return Err(fault(Failure::Missing, message));
    }
    let path = args.index.clone().unwrap_or_else(|| index_path(fasta));
    if !path.exists() {
        context.progress.say(&format!("{}: not there yet; building it once", path.display()));
        build(context, fasta, &path)?;
    }
    let index = context.pool.install(|| Index::open(&path))?;
    index.check_source(&path, fasta)?;
    Ok(index)
}

/// Builds the index of a FASTA file and writes it to `path`.
///
/// # Errors
/// The FASTA missing or damaged; the index not writable.
pub fn build(context: &Context, fasta: &Path, path: &Path) -> Result<()> {
    // The output is opened first: an hour of work should not end at a folder without permission.
    let mut file = AtomicFile::create(path)
        .context("the index cannot be written there: give another place with --index (rihla index: --out)")?;
    let source = SourceFingerprint::of(fasta)?;
    let reference = read_fasta(fasta)?;
    let stage = context.progress.stage("index", "bases", 0);
    let data = context.pool.install(|| index::build(&reference, source));
    data.write_to(&mut file).map_err(|source| rihla_io::IoError::writing(path, source))?;
    file.commit()?;
    stage.add(reference.bases());
    stage.finish();
    context.progress.say(&format!(
        "{}: {} contigs, {} bases",
        path.display(),
        grouped(reference.contigs().len() as u64),
        grouped(reference.bases())
    ));
    Ok(())
}
