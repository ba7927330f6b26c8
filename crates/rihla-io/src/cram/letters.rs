//! The letters of the reference, for those who decode: whole contigs, one at a time.

use std::io;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use noodles::fasta::record::{Definition, Sequence};
use noodles::fasta::repository::Adapter;
use noodles::fasta::{Record, Repository};
use rihla_core::{Reference, base};

use crate::error::IoError;
use crate::lines::LineReader;

/// Bases that are turned into letters at a time.
const STRETCH: u32 = 1 << 16;

/// Whether a contig's sequence with N for every ambiguous letter is its sequence, by its digest; else it has
/// other IUPAC letters, which the packed reference does not know.
pub(crate) fn has_only_n(reference: &Reference, contig: u32) -> bool {
    let mut digest = Md5::new();
    each_stretch(reference, contig, |letters| digest.update(letters));
    <[u8; 16]>::from(digest.finalize()) == reference.contigs().get(contig).md5
}

/// The letters of base codes.
pub(crate) fn letters(codes: &[u8]) -> Vec<u8> {
    codes.iter().map(|&code| base::decode(code)).collect()
}

fn each_stretch(reference: &Reference, contig: u32, mut take: impl FnMut(&[u8])) {
    let mut codes = Vec::new();
    for start in (0..reference.contigs().get(contig).length).step_by(STRETCH as usize) {
        reference.fetch_into(contig, start, start.saturating_add(STRETCH), &mut codes);
        take(&letters(&codes));
    }
}

/// A store of letters: from the packed reference, and from its FASTA file for contigs with letters that the
/// packed form does not know.
pub(crate) fn repository(reference: &Reference, fasta: &Path) -> Repository {
    Repository::new(Source { reference: reference.clone(), fasta: fasta.to_owned() })
}

struct Source {
    reference: Reference,
    fasta: PathBuf,
}

impl Adapter for Source {
    fn get(&mut self, name: &[u8]) -> Option<io::Result<Record>> {
        let name = str::from_utf8(name).ok()?;
        let contig = self.reference.contigs().id(name)?;
        let letters = if has_only_n(&self.reference, contig) {
            let mut all = Vec::with_capacity(self.reference.contigs().get(contig).length as usize);
            each_stretch(&self.reference, contig, |letters| all.extend_from_slice(letters));
            Ok(all)
        } else {
            read_contig(&self.fasta, name).map_err(io::Error::other)
        };
        Some(letters.map(|letters| Record::new(Definition::new(name, None), Sequence::from(letters))))
    }
}

/// The letters of a contig in a FASTA file, in upper case.
fn read_contig(fasta: &Path, name: &str) -> Result<Vec<u8>, IoError> {
    let mut lines = LineReader::open(fasta)?;
    let (mut is_here, mut letters) = (false, Vec::new());
    while let Some(line) = lines.next_line()? {
        if let Some(header) = line.strip_prefix(b">") {
            if is_here {
                break;
            }
            is_here = header.split(u8::is_ascii_whitespace).next() == Some(name.as_bytes());
        } else if is_here {
            letters.extend(line.trim_ascii_end().iter().map(u8::to_ascii_uppercase));
        }
    }
    Ok(letters)
}
