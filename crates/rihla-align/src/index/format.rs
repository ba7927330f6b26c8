//! The index file: a header, then five sections, each at a multiple of 4096 bytes.
//!
//! | section | what |
//! |---|---|
//! | contigs | per contig: name length u32, length u32, MD5, name |
//! | ambiguous runs | start u64, end u64 of each |
//! | bases | the packed words of the reference, with padding |
//! | directory | u32 each |
//! | seeds | u64 each |
//!
//! Numbers are little-endian. The checksum of a section is xxh3 over the xxh3 of its pieces of
//! 16 MiB, so that the check runs in parallel; the header's is over all the header before it.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use rihla_core::reference::PADDING_WORDS;
use rihla_core::{Contig, Contigs, Reference};
use rihla_kernels::mmap::MappedFile;
use xxhash_rust::xxh3::xxh3_64;

use super::{Index, IndexData, MappedWords, SourceFingerprint, Storage};
use crate::error::IndexError;
use crate::syncmer::{self, K, S};

const MAGIC: [u8; 8] = *b"RIHLAIX\n";
/// Raised with every change of the layout; a change of the choice of seeds shows in
/// [`syncmer::definition`].
const VERSION: u32 = 3;
const SECTIONS: [&str; 5] =
    ["contig table", "ambiguous runs", "packed bases", "seed directory", "seed table"];
const ALIGNMENT: u64 = 4096;
const PIECE: usize = 16 << 20;
/// Little-endian words are cast as they lie in the file.
const _: () =
    assert!(cfg!(target_endian = "little"), "index files are mapped on little-endian machines only");

/// The fields of the header, in file order behind the magic; `version | k << 32` share a word, as do
/// `s | directory_bits << 32`.
#[derive(Clone, Copy, Default)]
struct Header {
    k: u32,
    s: u32,
    directory_bits: u32,
    seeds: u64,
    contigs: u64,
    source: SourceFingerprint,
    offsets: [u64; 5],
    lengths: [u64; 5],
    checksums: [u64; 5],
}

const HEADER_WORDS: usize = 25;
const HEADER_BYTES: usize = HEADER_WORDS * 8;

impl Header {
    /// The words of the header; the last is the checksum of those before it.
    fn words(&self) -> [u64; HEADER_WORDS] {
        let mut words = [0; HEADER_WORDS];
        words[0] = u64::from_le_bytes(MAGIC);
        words[1] = u64::from(VERSION) | u64::from(self.k) << 32;
        words[2] = u64::from(self.s) | u64::from(self.directory_bits) << 32;
        words[3] = self.contigs;
        let SourceFingerprint { size, sampled, modified, digest } = self.source;
        words[4..8].copy_from_slice(&[size, sampled, modified.cast_unsigned(), digest]);
        words[8..13].copy_from_slice(&self.offsets);
        words[13..18].copy_from_slice(&self.lengths);
        words[18..23].copy_from_slice(&self.checksums);
        words[23] = self.seeds;
        words[24] = xxh3_64(bytemuck::cast_slice(&words[..24]));
        words
    }

    /// The header of these words; `None` when the checksum differs.
    fn from_words(words: &[u64; HEADER_WORDS]) -> Option<Self> {
        let five = |at: usize| -> [u64; 5] { words[at..at + 5].try_into().expect("five words") };
        let header = Self {
            k: (words[1] >> 32) as u32,
            s: words[2] as u32,
            directory_bits: (words[2] >> 32) as u32,
            contigs: words[3],
            source: SourceFingerprint {
                size: words[4],
                sampled: words[5],
                modified: words[6].cast_signed(),
                digest: words[7],
            },
            offsets: five(8),
            lengths: five(13),
            checksums: five(18),
            seeds: words[23],
        };
        (header.words() == *words).then_some(header)
    }

    fn section(&self, i: usize) -> Range<usize> {
        self.offsets[i] as usize..(self.offsets[i] + self.lengths[i]) as usize
    }
}

pub(super) fn write(data: &IndexData, mut out: impl Write) -> io::Result<()> {
    let contigs = contig_bytes(data.reference.contigs());
    let ambiguous: Vec<u64> =
        data.reference.ambiguous().iter().flat_map(|run| [run.start, run.end]).collect();
    let sections: [&[u8]; 5] = [
        &contigs,
        bytemuck::cast_slice(&ambiguous),
        bytemuck::cast_slice(data.reference.words()),
        bytemuck::cast_slice(&data.directory),
        bytemuck::cast_slice(&data.entries),
    ];
    let mut header = Header {
        k: K as u32,
        s: S as u32,
        directory_bits: data.directory_bits,
        seeds: syncmer::definition(),
        contigs: data.reference.contigs().len() as u64,
        source: data.source,
        ..Header::default()
    };
    let mut at = HEADER_BYTES as u64;
    for (i, section) in sections.iter().enumerate() {
        at = at.next_multiple_of(ALIGNMENT);
        header.offsets[i] = at;
        header.lengths[i] = section.len() as u64;
        header.checksums[i] = checksum(section);
        at += section.len() as u64;
    }

    out.write_all(bytemuck::cast_slice(&header.words()))?;
    let mut written = HEADER_BYTES as u64;
    for (i, section) in sections.iter().enumerate() {
        let gap = header.offsets[i] - written;
        out.write_all(&vec![0; gap as usize])?;
        out.write_all(section)?;
        written = header.offsets[i] + header.lengths[i];
    }
    out.flush()
}

pub(super) fn open(path: &Path) -> Result<Index, IndexError> {
    let io_error = |source| IndexError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io_error)?;
    if file.metadata().map_err(io_error)?.len() == 0 {
        return Err(IndexError::NotAnIndex { path: path.to_owned() });
    }
    let file = Arc::new(MappedFile::open(&file).map_err(io_error)?);
    let header = checked_header(file.bytes(), path)?;
    for (i, section) in SECTIONS.into_iter().enumerate() {
        if checksum(&file.bytes()[header.section(i)]) != header.checksums[i] {
            return Err(IndexError::Corrupt { path: path.to_owned(), section });
        }
    }
    let corrupt = |i: usize| IndexError::Corrupt { path: path.to_owned(), section: SECTIONS[i] };
    let contigs =
        parse_contigs(&file.bytes()[header.section(0)], header.contigs).ok_or_else(|| corrupt(0))?;
    let bounds: &[u64] =
        bytemuck::try_cast_slice(&file.bytes()[header.section(1)]).map_err(|_| corrupt(1))?;
    let ambiguous = bounds.chunks_exact(2).map(|run| run[0]..run[1]).collect();
    let bases: u64 = contigs.iter().map(|contig| u64::from(contig.length)).sum();
    let expected = [
        (2, (bases.div_ceil(32) + PADDING_WORDS as u64) * 8),
        (3, ((1u64 << header.directory_bits) + 1) * 4),
    ];
    for (i, length) in expected {
        if header.lengths[i] != length {
            return Err(corrupt(i));
        }
    }
    let words = MappedWords { file: Arc::clone(&file), range: header.section(2) };
    Ok(Index {
        reference: Reference::new(contigs, Arc::new(words), ambiguous),
        source: header.source,
        directory_bits: header.directory_bits,
        storage: Storage::Mapped { directory: header.section(3), entries: header.section(4), file },
    })
}

/// The header, once its magic, version, checksum and the file's size are as they should be.
fn checked_header(bytes: &[u8], path: &Path) -> Result<Header, IndexError> {
    let path = || path.to_owned();
    let truncated = |expected| IndexError::Truncated { path: path(), found: bytes.len() as u64, expected };
    if !bytes.starts_with(&MAGIC[..MAGIC.len().min(bytes.len())]) {
        return Err(IndexError::NotAnIndex { path: path() });
    }
    if bytes.len() < 12 {
        return Err(truncated(HEADER_BYTES as u64));
    }
    let found = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
    if found != VERSION {
        return Err(IndexError::OldVersion { path: path(), found, expected: VERSION });
    }
    let header = bytes.get(..HEADER_BYTES).ok_or_else(|| truncated(HEADER_BYTES as u64))?;
    let words: [u64; HEADER_WORDS] = bytemuck::pod_read_unaligned(header);
    let corrupt = || IndexError::Corrupt { path: path(), section: "header" };
    let header = Header::from_words(&words).ok_or_else(corrupt)?;
    if (header.k, header.s, header.seeds) != (K as u32, S as u32, syncmer::definition()) {
        return Err(IndexError::OtherSeeds { path: path() });
    }
    let expected = header.offsets[4] + header.lengths[4];
    if (bytes.len() as u64) < expected {
        return Err(truncated(expected));
    }
    Ok(header)
}

fn checksum(section: &[u8]) -> u64 {
    let pieces: Vec<u64> = section.par_chunks(PIECE).map(xxh3_64).collect();
    xxh3_64(bytemuck::cast_slice(&pieces))
}

fn contig_bytes(contigs: &Contigs) -> Vec<u8> {
    let mut out = Vec::new();
    for contig in contigs.iter() {
        out.extend_from_slice(&(contig.name.len() as u32).to_le_bytes());
        out.extend_from_slice(&contig.length.to_le_bytes());
        out.extend_from_slice(&contig.md5);
        out.extend_from_slice(contig.name.as_bytes());
    }
    out
}

fn parse_contigs(mut bytes: &[u8], count: u64) -> Option<Contigs> {
    let mut list = Vec::new();
    for _ in 0..count {
        let (fixed, rest) = bytes.split_at_checked(24)?;
        let number = |at: usize| u32::from_le_bytes(fixed[at..at + 4].try_into().expect("four bytes"));
        let (name, rest) = rest.split_at_checked(number(0) as usize)?;
        list.push(Contig {
            name: String::from_utf8(name.to_vec()).ok()?,
            length: number(4),
            md5: fixed[8..24].try_into().expect("sixteen bytes"),
        });
        bytes = rest;
    }
    bytes.is_empty().then(|| Contigs::new(list))
}
