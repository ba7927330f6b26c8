//! `--resume`: finished work is kept in a folder beside the outputs until the run is complete, and a run that finds
//! it there goes on from it.
//!
//! What is kept: of each batch of reads what the aligner made of it, without what the reads say themselves (they are
//! read again, so that they are checked, counted and digested as ever); of each bin all that comes of it. A piece is
//! taken over when it was made of the same: a batch of the same reads, a bin of a run all of whose reads were the
//! same. Everything else that a piece depends on is in the folder's key.

mod folder;
mod journal;
mod key;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use rihla_align::AlignedBatch;
use rihla_core::{Pack, ReadBatch};
use rihla_io::IoError;
use rihla_io::reads::TemplateBatch;
use rihla_shard::Shards;
use xxhash_rust::xxh3::Xxh3;

use crate::cli::ResumeArgs;
use crate::exit::{Failure, fault};
use crate::paths::with_extension_behind;
use crate::progress::{Progress, grouped};

use folder::Folder;
use journal::Journal;
pub use key::{Key, of_program};

/// What the folder is called behind the name of what is written.
const EXTENSION: &str = "resume";

/// The work that is kept, and that was found.
pub struct Resume {
    folder: Folder,
    batches: Journal,
    bins: Journal,
    /// The digests of all batches that have passed, summed up: they come in any order.
    reads: Mutex<u128>,
    batches_taken: AtomicU64,
    bins_taken: AtomicU64,
}

impl Resume {
    /// Takes the folder of a run, if there shall be one; one that an earlier run left is removed else. `name` is what
    /// is written, or what the names of all outputs begin with.
    ///
    /// # Errors
    /// Another run works with the folder; it cannot be written.
    pub fn start(
        args: &ResumeArgs,
        name: &Path,
        key: impl FnOnce() -> Key,
        progress: &Progress,
    ) -> Result<Option<Self>> {
        let beside = with_extension_behind(name, EXTENSION);
        let path = match &args.resume {
            None => {
                folder::discard(&beside, progress);
                return Ok(None);
            }
            Some(None) => beside,
            Some(Some(dir)) => {
                std::fs::create_dir_all(dir).map_err(|source| IoError::creating(dir, source))?;
                dir.join(beside.file_name().unwrap_or_default())
            }
        };
        let folder = Folder::take(&path, &key(), progress)?;
        let (batches, bins) = (Journal::open(&folder.batches())?, Journal::open(&folder.bins())?);
        let found = [&batches, &bins].map(|journal| grouped(journal.found() as u64));
        if batches.found() + bins.found() > 0 {
            let [batches, bins] = found;
            let path = folder.path().display();
            progress.say(&format!("{path}: holds {batches} aligned batches and {bins} finished bins"));
        }
        let (batches_taken, bins_taken) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Some(Self { folder, batches, bins, reads: Mutex::new(0), batches_taken, bins_taken }))
    }

    /// What is made of a batch: taken over, or made by `align` and kept. `model` is what the result depends on beside
    /// the reads and the key.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn align(
        &self,
        batch: &ReadBatch,
        model: &str,
        out: &mut AlignedBatch,
        align: impl FnOnce(&mut AlignedBatch),
    ) -> Result<(), IoError> {
        let source = digest(batch, model);
        self.add(source);
        let kept = self.batches.get(batch.number, source);
        if kept.and_then(|kept| out.unpack(batch, &kept)).is_some() {
            self.batches_taken.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        align(out);
        let mut piece = Vec::new();
        out.pack(batch, &mut piece);
        self.batches.add(batch.number, source, &piece)
    }

    /// Notes records that are taken as they are, which bins depend on.
    pub fn note(&self, lane: usize, batch: &TemplateBatch) {
        let mut hash = Xxh3::new();
        hash.update(&(lane as u64).to_le_bytes());
        batch.numbers.iter().for_each(|number| hash.update(&number.to_le_bytes()));
        batch.ends.iter().for_each(|end| hash.update(&end.to_le_bytes()));
        for record in batch.records.iter() {
            hash.update(&(record.bytes().len() as u64).to_le_bytes());
            hash.update(record.bytes());
        }
        self.add(hash.digest128());
    }

    fn add(&self, source: u128) {
        let mut reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        *reads = reads.wrapping_add(source);
    }

    /// Says how many batches were taken over, once all have passed.
    pub fn tell_batches(&self, progress: &Progress) {
        self.tell(progress, &self.batches, &self.batches_taken, "aligned batches");
    }

    /// The same of bins.
    pub fn tell_bins(&self, progress: &Progress) {
        self.tell(progress, &self.bins, &self.bins_taken, "finished bins");
    }

    /// Where it is, and the bytes that are there.
    pub fn held(&self) -> (PathBuf, u64) {
        (self.folder.path().to_owned(), self.batches.bytes() + self.bins.bytes())
    }

    /// Ends it, the outputs having their names.
    pub fn finish(self) {
        let Self { folder, batches, bins, .. } = self;
        drop((batches, bins));
        folder.remove();
    }

    fn tell(&self, progress: &Progress, journal: &Journal, taken: &AtomicU64, what: &str) {
        let (found, taken) = (journal.found() as u64, taken.load(Ordering::Relaxed));
        if found == 0 {
            return;
        }
        progress.say(&format!("took over {} {what}", grouped(taken)));
        if taken < found {
            let left = grouped(found - taken);
            let path = self.folder.path().display();
            progress
                .warn(&format!("{path}: {left} {what} are damaged or of other reads; they were made anew"));
        }
    }
}

/// What comes of a bin: taken over, or made by `work` and kept where work is.
///
/// # Errors
/// Those of `work`; when it cannot be kept.
pub fn bin<T: Pack>(
    resume: Option<&Resume>,
    shards: &Shards,
    number: usize,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let Some(resume) = resume else { return work() };
    let source = *resume.reads.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = resume.bins.get(number as u64, source);
    if let Some(result) = kept.and_then(|kept| T::of_bytes(&kept)) {
        shards.release(number);
        resume.bins_taken.fetch_add(1, Ordering::Relaxed);
        return Ok(result);
    }
    let result = work()?;
    let mut piece = Vec::new();
    result.pack(&mut piece);
    resume.bins.add(number as u64, source, &piece)?;
    Ok(result)
}

/// Refuses outputs that are gone when a run is: standard output, devices, pipes.
///
/// # Errors
/// Usage.
pub fn check(args: &ResumeArgs, output: &Path) -> Result<()> {
    let is_file = output != Path::new("-") && output.metadata().map_or(true, |found| found.is_file());
    if args.resume.is_none() || is_file {
        return Ok(());
    }
    let output = output.display();
    Err(fault(
        Failure::Usage,
        format!("{output}: --resume is for outputs that are files; leave it out, or write one"),
    ))
}

/// What tells a batch and its model from others.
fn digest(batch: &ReadBatch, model: &str) -> u128 {
    let mut hash = Xxh3::new();
    let head = [batch.number, batch.first_template, u64::from(batch.paired), model.len() as u64];
    head.iter().for_each(|number| hash.update(&number.to_le_bytes()));
    hash.update(model.as_bytes());
    for read in batch.iter() {
        let sizes = [read.name.len() as u32, read.sequence.len() as u32, u32::from(read.is_unfit)];
        sizes.iter().for_each(|size| hash.update(&size.to_le_bytes()));
        [read.name, read.sequence, read.qualities].iter().for_each(|text| hash.update(text));
    }
    hash.digest128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_told_from_those_that_differ_a_little() {
        let batch = |number, paired, name: &[u8], bases: &[u8]| {
            let mut batch = ReadBatch::new(number, 10 * number, paired);
            [name, b"r"].iter().for_each(|name| batch.push(name, bases, &vec![30; bases.len()]));
            batch
        };
        let own = digest(&batch(1, true, b"r", b"ACG"), "model");
        assert_eq!(own, digest(&batch(1, true, b"r", b"ACG"), "model"));
        let mut unfit = batch(1, true, b"r", b"ACG");
        unfit.mark_unfit(1);
        for other in [
            digest(&batch(2, true, b"r", b"ACG"), "model"),
            digest(&batch(1, false, b"r", b"ACG"), "model"),
            digest(&batch(1, true, b"s", b"ACG"), "model"),
            digest(&batch(1, true, b"r", b"ACT"), "model"),
            digest(&batch(1, true, b"rA", b"CG"), "model"),
            digest(&batch(1, true, b"r", b"ACG"), "another"),
            digest(&unfit, "model"),
        ] {
            assert_ne!(own, other);
        }
    }
}
