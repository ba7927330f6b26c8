//! The reference and its index: opened, or built first and kept.

use std::ffi::OsString;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result};
use rihla_align::IndexError;
use rihla_align::index::{self, EXTENSION, Index, SourceFingerprint};
use rihla_core::Reference;
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

/// An index in use. The checksums of a large one are compared on a thread of its own, beside the work;
/// [`OpenIndex::confirm`] waits for the answer, before any output gets its final name.
pub struct OpenIndex {
    index: Arc<Index>,
    verification: Mutex<Option<JoinHandle<Result<(), IndexError>>>>,
}

impl OpenIndex {
    fn new(index: Index) -> Result<Self> {
        let index = Arc::new(index);
        let mut verification = None;
        if !index.is_verified() {
            let checked = Arc::clone(&index);
            let thread = thread::Builder::new().name("index check".into()).spawn(move || checked.verify());
            verification = Some(thread.context("cannot start the thread that checks the index")?);
        }
        Ok(Self { index, verification: Mutex::new(verification) })
    }

    /// Waits until all of the index is checked.
    ///
    /// # Errors
    /// The index is damaged, and so is whatever was made with it.
    pub fn confirm(&self) -> Result<()> {
        let thread = self.verification.lock().unwrap_or_else(PoisonError::into_inner).take();
        match thread.map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(checked)) => Ok(checked?),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }
}

impl Deref for OpenIndex {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.index
    }
}

/// Opens the index of a reference; a missing one is built first, said so, and kept.
///
/// # Errors
/// The FASTA missing or damaged; the index stale, foreign, damaged or not writable.
pub fn open(context: &Context, args: &ReferenceArgs) -> Result<OpenIndex> {
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
    OpenIndex::new(index)
}

/// Checks an index that is there, all of it: its checksums, and that it is of this FASTA file.
///
/// # Errors
/// The index missing, foreign, damaged or stale.
pub fn check(context: &Context, fasta: &Path, path: &Path) -> Result<()> {
    let index = context.pool.install(|| Index::open(path))?;
    index.check_source(path, fasta)?;
    index.verify()?;
    context.progress.say(&format!("{}: sound, {}", path.display(), extent(index.reference())));
    Ok(())
}

/// How much a reference holds, in words.
fn extent(reference: &Reference) -> String {
    let (contigs, bases) = (reference.contigs().len() as u64, reference.bases());
    format!("{} contigs, {} bases", grouped(contigs), grouped(bases))
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
    context.progress.say(&format!("{}: {}", path.display(), extent(&reference)));
    Ok(())
}
