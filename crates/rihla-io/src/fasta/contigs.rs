//! One contig of a reference at a time.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memchr_iter;
use rihla_core::reference::Packer;
use rihla_core::{Contig, Contigs, Reference};

use crate::error::{IoError, Place};

use super::source::Source;
use super::table::{self, Table};
use super::{check_letters, read_packed};

/// A FASTA file whose contigs are loaded when they are needed.
///
/// Of a plain or BGZF file, memory holds where each contig lies. That is read from the `.fai` beside the
/// file; without one, or with one that is older than the file, the file is read through once. Another gzip
/// file and a pipe can be read once only and are held packed, two bits a base.
pub struct FastaContigs {
    path: PathBuf,
    contigs: Contigs,
    content: Content,
}

enum Content {
    File { source: Source, table: Table },
    Packed(Reference),
}

impl FastaContigs {
    /// Opens a file and finds its contigs; MD5s are not known (zeros). `-` is standard input.
    ///
    /// # Errors
    /// Those of [`super::read_fasta`], but wrong letters, which are found when their contig is loaded;
    /// [`IoError::Data`] for a `.fai` that does not match the file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IoError> {
        let path = path.as_ref();
        let (contigs, content) = match Source::open(path)? {
            Some(source) => {
                let table = table::find(&source)?;
                (Contigs::new(table.contigs()), Content::File { source, table })
            }
            None => {
                let reference = read_packed(path, false)?;
                (reference.contigs().clone(), Content::Packed(reference))
            }
        };
        Ok(Self { path: path.to_owned(), contigs, content })
    }

    /// Names and lengths, in the file's order.
    #[must_use]
    pub fn contigs(&self) -> &Contigs {
        &self.contigs
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Loads the contig with this id, as the only one (id 0) of a reference; memory is a quarter of a byte a
    /// base. Several threads may load at the same time.
    ///
    /// # Errors
    /// [`IoError::Data`] with the line for a letter that is no nucleotide code, and for a `.fai` that does
    /// not match or a file that was changed meanwhile; [`IoError::Missing`], [`IoError::Read`].
    ///
    /// # Panics
    /// If the id is out of range.
    pub fn load(&self, id: u32) -> Result<Reference, IoError> {
        let contig = self.contigs.get(id).clone();
        let (words, ambiguous) = match &self.content {
            Content::Packed(reference) => return Ok(extract(reference, id, contig)),
            Content::File { source, table } => load(source, table, id, &contig)?.finish(),
        };
        Ok(Reference::new(Contigs::new(vec![contig]), Arc::new(words), ambiguous))
    }
}

/// Packs one contig of a file.
fn load(source: &Source, table: &Table, id: u32, contig: &Contig) -> Result<Packer, IoError> {
    let range = table.range(id);
    let reading =
        |error| IoError::reading(source.path(), Place::At(format!("contig {}", contig.name)), error);
    let mut text = source.open_at(range.start)?.take(range.end - range.start);
    let mut packer = Packer::with_capacity(contig.length.into());
    let mut number = 0;
    let mut add = |line: &[u8]| {
        let letters = line.trim_ascii_end();
        if letters.starts_with(b">") {
            return Err(table.mismatch(source.path(), &contig.name));
        }
        if !packer.push_letters(letters)
            && let Err(problem) = check_letters(letters)
        {
            let first = table.first_line(id, source)?;
            return Err(IoError::record(source.path(), first + number, problem));
        }
        number += 1;
        Ok(())
    };
    // A line that goes on behind the buffer.
    let mut begun = Vec::new();
    loop {
        let part = match text.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            part => part.map_err(reading)?,
        };
        if part.is_empty() {
            break;
        }
        let mut start = 0;
        for end in memchr_iter(b'\n', part) {
            let line = &part[std::mem::replace(&mut start, end + 1)..end];
            if begun.is_empty() {
                add(line)?;
            } else {
                begun.extend_from_slice(line);
                add(&begun)?;
                begun.clear();
            }
        }
        begun.extend_from_slice(&part[start..]);
        let length = part.len();
        text.consume(length);
    }
    add(&begun)?;
    match packer.bases() == u64::from(contig.length) {
        true => Ok(packer),
        false => Err(table.mismatch(source.path(), &contig.name)),
    }
}

/// One contig of a packed reference; `contig` is its entry.
fn extract(reference: &Reference, id: u32, contig: Contig) -> Reference {
    let start = reference.offset(id);
    let end = start + u64::from(contig.length);
    let (first, shift) = ((start >> 5) as usize, (start & 31) * 2);
    let count = (contig.length as usize).div_ceil(32);
    let packed = &reference.words()[first..];
    let word = |i: usize| match shift {
        0 => packed[i],
        _ => packed[i] >> shift | packed[i + 1] << (64 - shift),
    };
    let mut words: Vec<u64> = (0..count).map(word).collect();
    if let (Some(last), 1..) = (words.last_mut(), contig.length % 32) {
        *last &= (1 << (contig.length % 32 * 2)) - 1;
    }
    words.resize(count + rihla_core::reference::PADDING_WORDS, 0);
    let runs = reference.ambiguous().iter().filter(|run| run.start < end && run.end > start);
    let ambiguous = runs.map(|run| run.start.max(start) - start..run.end.min(end) - start).collect();
    Reference::new(Contigs::new(vec![contig]), Arc::new(words), ambiguous)
}
