//! Reads out of BAM and CRAM: unaligned ones, and aligned ones turned back to how they were sequenced.
//!
//! Every template comes once, mates together, whatever the order of the records; secondary and supplementary
//! records say nothing that the primary ones do not, and are passed over. A batch holds reads of one read
//! group. What is lost on the way are the tags of the records (`RG` but for its group) and the QC-fail flag.

mod batches;
mod collate;
mod fields;
mod source;
mod templates;

use std::path::{Path, PathBuf};

use rihla_core::record::flags;
use rihla_core::{Contigs, FileDigest, ReadBatch, RecordRef, Reference};

use crate::bam::ReadGroup;
use crate::bam::header::InputHeader;
use crate::error::{IoError, Place};

use batches::Batches;
use collate::{Collator, Mates, Unpaired};
use fields::Read;
use source::Source;

pub use source::holds_records;
pub use templates::{TemplateBatch, TemplateReads, push_read, take_record};

/// How reads are taken.
#[derive(Clone, Debug)]
pub struct RecordReadOptions {
    /// A batch ends with the first template that brings it to this many bases.
    pub batch_bases: usize,
    /// The longest read that is taken, in bases.
    pub max_length: usize,
    /// Where reads wait whose mates are far away in the file.
    pub temp_dir: PathBuf,
}

/// Reads templates in batches whose content depends on the file and [`RecordReadOptions::batch_bases`] alone.
pub struct RecordReads {
    path: PathBuf,
    source: Source,
    header: InputHeader,
    collator: Collator,
    out: Batches,
    max_length: usize,
    records: u64,
    is_done: bool,
}

impl std::fmt::Debug for RecordReads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordReads").field("path", &self.path).finish_non_exhaustive()
    }
}

impl RecordReads {
    /// Opens a BAM or CRAM and reads its header; `-` is standard input.
    ///
    /// # Errors
    /// [`IoError::Missing`]; [`IoError::Data`] when it is neither, or damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IoError> {
        let path = path.as_ref();
        let (source, header) = Source::open(path)?;
        Ok(Self {
            path: path.to_owned(),
            source,
            header,
            collator: Collator::new(std::env::temp_dir()),
            out: Batches::default(),
            max_length: usize::MAX,
            records: 0,
            is_done: false,
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its read groups.
    #[must_use]
    pub fn read_groups(&self) -> &[ReadGroup] {
        &self.header.read_groups
    }

    /// Its `@PG` lines.
    #[must_use]
    pub fn programs(&self) -> &[String] {
        &self.header.programs
    }

    /// Its contigs; none where the reads are not aligned.
    #[must_use]
    pub fn contigs(&self) -> &Contigs {
        &self.header.contigs
    }

    /// Makes ready: batches and templates are numbered from `numbers` on. A CRAM of aligned reads is
    /// decoded against the reference, whose FASTA file is read where the packed form lacks its letters.
    ///
    /// # Errors
    /// [`IoError::Data`] for a CRAM of another reference.
    pub fn start(
        &mut self,
        options: RecordReadOptions,
        numbers: (u64, u64),
        (reference, fasta): (&Reference, &Path),
    ) -> Result<(), IoError> {
        self.source.set_reference(&self.path, &self.header.contigs, reference, fasta)?;
        self.collator = Collator::new(options.temp_dir);
        self.out = Batches::new(options.batch_bases, numbers);
        self.max_length = options.max_length;
        Ok(())
    }

    /// Takes the records as they are, whole templates, instead of their reads; they are numbered from `first` on,
    /// and reads wait in `temp_dir` whose mates are far away.
    ///
    /// # Errors
    /// [`IoError::Data`] when the file names no contigs, or others than the reference's.
    pub fn into_templates(
        self,
        temp_dir: PathBuf,
        first: u64,
        reference: (&Reference, &Path),
    ) -> Result<TemplateReads, IoError> {
        TemplateReads::new(self.path, (self.source, self.header), temp_dir, first, reference)
    }

    /// The next batch, replacing what `batch` held, and the number of its read group in the header, 0 where
    /// the header has none; `None` at the end.
    ///
    /// # Errors
    /// [`IoError::Data`] for a damaged or cut file, hard-clipped reads, reads without qualities, reads that
    /// are there twice or whose mates are missing; [`IoError::Read`]; [`IoError::NoSpace`] or
    /// [`IoError::Write`] in the temporary folder.
    pub fn next_batch_into(&mut self, batch: &mut ReadBatch) -> Result<Option<usize>, IoError> {
        loop {
            if let Some(group) = self.out.take(batch, self.is_done) {
                return Ok(Some(group));
            }
            if self.is_done {
                return Ok(None);
            }
            self.step()?;
        }
    }

    /// Takes in some records, or ends.
    fn step(&mut self) -> Result<(), IoError> {
        let Self { path, source, header, collator, out, max_length, records, .. } = self;
        let mut read = Read::default();
        let take = |record: &RecordRef<'_>| {
            *records += 1;
            if record.has_any(flags::SECONDARY | flags::SUPPLEMENTARY) {
                return Ok(());
            }
            let at = |problem: String| {
                let name = String::from_utf8_lossy(record.name());
                IoError::data_at(path, Place::At(format!("record {records} ({name})")), problem)
            };
            fields::fill(&mut read, record, header, *max_length).map_err(at)?;
            if !read.is_paired {
                out.push_single(&read);
                return Ok(());
            }
            match collator.add(read.clone()) {
                Ok(Mates::Waiting | Mates::Alone(_)) => Ok(()),
                Ok(Mates::Pair(first, last)) if first.group == last.group => {
                    out.push_pair(&first, &last);
                    Ok(())
                }
                Ok(Mates::Pair(..)) => Err(at(OTHER_GROUP.into())),
                Ok(Mates::Twice(_)) => Err(at(TWICE.into())),
                Err(source) => Err(IoError::writing(collator.folder(), source)),
            }
        };
        if source.next_part(path, take)? {
            return Ok(());
        }
        self.finish()
    }

    /// Pairs those whose mates were far away.
    fn finish(&mut self) -> Result<(), IoError> {
        self.is_done = true;
        let (path, out) = (&self.path, &mut self.out);
        let folder = self.collator.folder().to_owned();
        let problem = |read: &Read, problem: &str| {
            let name = String::from_utf8_lossy(&read.name).into_owned();
            IoError::data_at(path, Place::At(format!("read {name}")), problem)
        };
        let finished = self.collator.finish(|mates| match mates {
            Mates::Pair(first, last) if first.group == last.group => {
                out.push_pair(&first, &last);
                Ok(())
            }
            Mates::Pair(first, _) => Err(Unpaired::Problem(problem(&first, OTHER_GROUP))),
            Mates::Alone(read) | Mates::Twice(read) => Err(Unpaired::Problem(problem(&read, ALONE))),
            Mates::Waiting => Ok(()),
        });
        finished.map_err(|error| error.in_folder(&folder))
    }

    /// One past the number of the last batch that was given.
    #[must_use]
    pub fn batches(&self) -> u64 {
        self.out.numbers().0
    }

    /// One past the number of the last template that was given.
    #[must_use]
    pub fn templates(&self) -> u64 {
        self.out.numbers().1
    }

    /// Share of the file's bytes that have been read, 0 to 1; `None` when it is no regular file.
    #[must_use]
    pub fn share_read(&self) -> Option<f64> {
        self.source.share_read()
    }

    /// Size and SHA-256 of the file as it was read; `None` before its end.
    #[must_use]
    pub fn digest(&self) -> Option<FileDigest> {
        self.is_done.then(|| self.source.digest())
    }
}

const OTHER_GROUP: &str = "its mate is of another read group";

const ALONE: &str = "its mate is missing, or it is there twice; the file is damaged or a part of another: make it \
                     again from all records";

const TWICE: &str =
    "it is there twice, or its FLAG does not say which mate it is; each read must be there once";

#[cfg(test)]
mod tests;
