//! FASTA in: the reference genome, packed as it is read, as a whole or one contig at a time.

mod contigs;
mod source;
mod table;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use md5::{Digest, Md5};
use rihla_core::reference::Packer;
use rihla_core::{Contig, Contigs, Reference};

use crate::error::IoError;
use crate::lines::LineReader;

pub use contigs::FastaContigs;

/// Bases of all contigs that an index with 32-bit offsets can hold.
const MAX_TOTAL: u64 = u32::MAX as u64;
/// Bases of one contig that BAM and VCF can name.
const MAX_CONTIG: u64 = i32::MAX as u64;
const NO_SEQUENCE: &str = "holds no sequence; a FASTA file with '>' headers is needed";
const NO_HEADER: &str = "there is sequence before the first '>' header; this is not a FASTA file";

/// Reads a FASTA file (plain, gzip or BGZF) into a packed reference with names, lengths and MD5s.
///
/// A name is the header up to the first white space. Lower case is read as upper case; IUPAC letters
/// other than A, C, G and T become N, but count as they are in the MD5 (SAM specification, section
/// 1.3.2). Memory is the packed words and one line.
///
/// # Errors
/// [`IoError::Missing`]; [`IoError::Data`] with the line for sequence before the first header, a name
/// that is empty, given twice or not allowed in SAM, a contig without bases, a letter that is no
/// nucleotide code, more bases than 32-bit offsets reach, and damaged compression; without a line for a
/// file without any sequence.
pub fn read_fasta(path: impl AsRef<Path>) -> Result<Reference, IoError> {
    read_packed(path.as_ref(), true)
}

/// Reads a whole file; MD5s are zero if not asked for.
fn read_packed(path: &Path, with_digests: bool) -> Result<Reference, IoError> {
    let mut lines = LineReader::open(path)?;
    let mut reader = FastaReader { with_digests, ..FastaReader::default() };
    while let Some(line) = lines.next_line()? {
        let added = match line.strip_prefix(b">") {
            Some(header) => reader.header(header),
            None => reader.sequence(line),
        };
        added.map_err(|problem| lines.problem(problem))?;
    }
    reader.end_contig().map_err(|problem| lines.problem(problem))?;
    if reader.contigs.is_empty() {
        return Err(IoError::data(lines.path(), NO_SEQUENCE));
    }
    let (words, ambiguous) = reader.packer.finish();
    Ok(Reference::new(Contigs::new(reader.contigs), Arc::new(words), ambiguous))
}

#[derive(Default)]
struct FastaReader {
    contigs: Vec<Contig>,
    names: HashSet<String>,
    packer: Packer,
    with_digests: bool,
    /// Name, digest and first base of the contig that is being read.
    open: Option<(String, Md5, u64)>,
}

impl FastaReader {
    fn header(&mut self, header: &[u8]) -> Result<(), String> {
        self.end_contig()?;
        let name = new_name(header, &mut self.names)?;
        self.open = Some((name, Md5::new(), self.packer.bases()));
        Ok(())
    }

    fn sequence(&mut self, line: &mut [u8]) -> Result<(), String> {
        let length = line.trim_ascii_end().len();
        let letters = &mut line[..length];
        if letters.is_empty() {
            return Ok(());
        }
        let Some((_, digest, _)) = &mut self.open else {
            return Err(NO_HEADER.into());
        };
        check_letters(letters)?;
        if self.with_digests {
            letters.make_ascii_uppercase();
            digest.update(&*letters);
        }
        self.packer.push_letters(letters);
        if self.packer.bases() > MAX_TOTAL {
            return Err(format!(
                "the reference has more than {MAX_TOTAL} bases, which is the limit; split it"
            ));
        }
        Ok(())
    }

    fn end_contig(&mut self) -> Result<(), String> {
        let Some((name, digest, start)) = self.open.take() else { return Ok(()) };
        let length = check_length(&name, self.packer.bases() - start)?;
        let md5 = if self.with_digests { digest.finalize().into() } else { [0; 16] };
        self.contigs.push(Contig { name, length, md5 });
        Ok(())
    }
}

/// The name in a header (without its `>`), which no contig before has.
fn new_name(header: &[u8], names: &mut HashSet<String>) -> Result<String, String> {
    let name = header.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).into_owned();
    check_name(&name)?;
    if !names.insert(name.clone()) {
        return Err(format!("contig {name} is here for the second time; names must differ"));
    }
    Ok(name)
}

/// The length of a contig that has ended.
fn check_length(name: &str, length: u64) -> Result<u32, String> {
    if length == 0 {
        return Err(format!("contig {name}, which ends here, has no bases; take it out"));
    }
    if length > MAX_CONTIG {
        return Err(format!("contig {name} has {length} bases; BAM and VCF hold at most {MAX_CONTIG}"));
    }
    Ok(length as u32)
}

/// That every letter is a nucleotide code, upper or lower case.
fn check_letters(letters: &[u8]) -> Result<(), String> {
    // The whole line first, without a branch in the loop.
    if letters.iter().fold(true, |all, &letter| all & NUCLEOTIDES[usize::from(letter)]) {
        return Ok(());
    }
    let letter = letters.iter().find(|&&letter| !NUCLEOTIDES[usize::from(letter)]);
    let letter = letter.map_or(b'?', u8::to_ascii_uppercase);
    Err(format!("'{}' is no nucleotide code", letter.escape_ascii()))
}

/// Names that SAM allows (SAM specification, section 1.2.1).
fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("the '>' header has no name".into());
    }
    let is_allowed = |letter: char| letter.is_ascii_graphic() && !"\\,\"'`()[]{}<>".contains(letter);
    match name.chars().find(|&letter| !is_allowed(letter)) {
        Some(letter) => Err(format!("contig name {name} has '{letter}', which SAM forbids; rename it")),
        None if name.starts_with(['*', '=']) => {
            Err(format!("contig name {name} begins with '{}', which SAM forbids; rename it", &name[..1]))
        }
        None => Ok(()),
    }
}

/// Which bytes are nucleotide codes (IUPAC), upper or lower case.
const NUCLEOTIDES: [bool; 256] = {
    let mut table = [false; 256];
    let codes = *b"ACGTUNRYSWKMBDHV";
    let mut i = 0;
    while i < codes.len() {
        table[codes[i] as usize] = true;
        table[codes[i].to_ascii_lowercase() as usize] = true;
        i += 1;
    }
    table
};

#[cfg(test)]
mod tests;
