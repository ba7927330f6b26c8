//! The index file: a header, then five sections, each at a multiple of 4096 bytes.
//!
//! | section | what |
//! |---|---|
//! | contigs | per contig: name length u32, length u32, MD5, name |
//! | ambiguous runs | start u64, end u64 of each |
//! | bases | the packed words of the reference, with padding |
//! | directory | u32 each |
//! | seeds | six to eight bytes each, by the size of the directory |
//!
//! Numbers are little-endian. The checksum of a section is xxh3 over the xxh3 of its pieces of some
//! 11 MB, so that it is computed as they are written, and checked in parallel; the header's is over all
//! the header before it.

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

use super::blocks::InBlocks;
use super::check::{self, Expected, PIECE, Unchecked};
use super::table::Layout;
use super::{Index, IndexData, MappedWords, SourceFingerprint, Storage};
use crate::error::IndexError;
use crate::syncmer::{self, K, S};

const MAGIC: [u8; 8] = *b"RIHLAIX\n";
/// Raised with every change of the layout; a change of the choice of seeds shows in
/// `syncmer::definition`.
pub const VERSION: u32 = 4;
const SECTIONS: [&str; 5] =
    ["contig table", "ambiguous runs", "packed bases", "seed directory", "seed table"];
const ALIGNMENT: u64 = 4096;
/// Sections of at most so many bytes in all are checked when they are opened.
const CHECKED_AT_ONCE: u64 = 64 << 20;
/// Sections that are always checked when they are opened: small ones, whose numbers nothing holds in bounds.
const FIRST_LARGE: usize = 2;
const SEEDS: usize = 4;
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

    /// Where the last section ends, when each of them starts behind the one before, at an aligned offset.
    fn end(&self) -> Option<u64> {
        self.offsets.iter().zip(&self.lengths).try_fold(HEADER_BYTES as u64, |end, (&offset, &length)| {
            let is_placed = offset >= end && offset.is_multiple_of(ALIGNMENT);
            offset.checked_add(length).filter(|_| is_placed)
        })
    }

    /// Whether the large sections have the lengths that a reference of so many bases asks for.
    fn fits(&self, bases: u64) -> bool {
        let layout = Layout { directory_bits: self.directory_bits };
        let words = (bases.div_ceil(32) + PADDING_WORDS as u64) * 8;
        bases < 1 << 32
            && self.lengths[2] == words
            && self.lengths[3] == ((1u64 << self.directory_bits) + 1) * 4
            && self.lengths[SEEDS].is_multiple_of(layout.entry_bytes() as u64)
            && self.lengths[SEEDS] / (layout.entry_bytes() as u64) < 1 << 32
    }
}

pub(super) fn write(data: &IndexData, out: impl Write) -> io::Result<()> {
    let mut out = InBlocks::new(out);
    let contigs = contig_bytes(data.reference.contigs());
    let ambiguous: Vec<u64> =
        data.reference.ambiguous().iter().flat_map(|run| [run.start, run.end]).collect();
    // All but the seeds, which are packed as they are written.
    let sections: [&[u8]; SEEDS] = [
        &contigs,
        bytemuck::cast_slice(&ambiguous),
        bytemuck::cast_slice(data.reference.words()),
        bytemuck::cast_slice(&data.directory),
    ];
    let seeds = data.entries.words();
    let mut header = Header {
        k: K as u32,
        s: S as u32,
        directory_bits: data.layout.directory_bits,
        seeds: syncmer::definition(),
        contigs: data.reference.contigs().len() as u64,
        source: data.source,
        ..Header::default()
    };
    let mut at = HEADER_BYTES as u64;
    for i in 0..=SEEDS {
        at = at.next_multiple_of(ALIGNMENT);
        header.offsets[i] = at;
        (header.lengths[i], header.checksums[i]) = match sections.get(i) {
            Some(section) => (section.len() as u64, check::of_section(section)),
            None => ((seeds.len() * data.layout.entry_bytes()) as u64, seeds_checksum(data.layout, seeds)),
        };
        at += header.lengths[i];
    }

    out.write_all(bytemuck::cast_slice(&header.words()))?;
    let mut written = HEADER_BYTES as u64;
    for i in 0..=SEEDS {
        let gap = header.offsets[i] - written;
        out.write_all(&vec![0; gap as usize])?;
        match sections.get(i) {
            Some(section) => out.write_all(section)?,
            None => write_seeds(data.layout, seeds, &mut out)?,
        }
        written = header.offsets[i] + header.lengths[i];
    }
    out.flush()
}

/// Entries of one piece.
const fn piece_entries(layout: Layout) -> usize {
    PIECE / layout.entry_bytes()
}

fn seeds_checksum(layout: Layout, seeds: &[u64]) -> u64 {
    let pieces = seeds.par_chunks(piece_entries(layout)).map_init(Vec::new, |buffer, piece| {
        buffer.resize(piece.len() * layout.entry_bytes(), 0);
        layout.pack(piece, buffer);
        xxh3_64(buffer)
    });
    check::of_pieces(&pieces.collect::<Vec<u64>>())
}

fn write_seeds(layout: Layout, seeds: &[u64], out: &mut impl Write) -> io::Result<()> {
    let mut buffer = Vec::new();
    for piece in seeds.chunks(piece_entries(layout)) {
        buffer.resize(piece.len() * layout.entry_bytes(), 0);
        layout.pack(piece, &mut buffer);
        out.write_all(&buffer)?;
    }
    Ok(())
}

pub(super) fn open(path: &Path) -> Result<Index, IndexError> {
    open_checking(path, CHECKED_AT_ONCE)
}

/// Opens a file; all of it is checked at once where its sections have at most so many bytes.
pub(super) fn open_checking(path: &Path, most_at_once: u64) -> Result<Index, IndexError> {
    let io_error = |source| IndexError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io_error)?;
    if file.metadata().map_err(io_error)?.len() == 0 {
        return Err(IndexError::NotAnIndex { path: path.to_owned() });
    }
    let mapped = Arc::new(MappedFile::open(&file).map_err(io_error)?);
    let header = checked_header(mapped.bytes(), path)?;
    let corrupt = |i: usize| IndexError::Corrupt { path: path.to_owned(), section: SECTIONS[i] };
    let at_once =
        if header.lengths.iter().sum::<u64>() <= most_at_once { SECTIONS.len() } else { FIRST_LARGE };
    for i in 0..at_once {
        if check::of_section(&mapped.bytes()[header.section(i)]) != header.checksums[i] {
            return Err(corrupt(i));
        }
    }
    let contigs =
        parse_contigs(&mapped.bytes()[header.section(0)], header.contigs).ok_or_else(|| corrupt(0))?;
    let bases: u64 = contigs.iter().map(|contig| u64::from(contig.length)).sum();
    let ambiguous = parse_runs(&mapped.bytes()[header.section(1)], bases).ok_or_else(|| corrupt(1))?;
    if !header.fits(bases) {
        return Err(IndexError::Corrupt { path: path.to_owned(), section: "header" });
    }
    let words = MappedWords { file: Arc::clone(&mapped), range: header.section(2) };
    let later = (at_once..SECTIONS.len()).map(|i| Expected {
        name: SECTIONS[i],
        range: header.section(i),
        checksum: header.checksums[i],
    });
    let sections: Vec<Expected> = later.collect();
    Ok(Index {
        reference: Reference::new(contigs, Arc::new(words), ambiguous),
        source: header.source,
        layout: Layout { directory_bits: header.directory_bits },
        storage: Storage::Mapped {
            directory: header.section(3),
            entries: header.section(4),
            file: Arc::clone(&mapped),
        },
        unchecked: (!sections.is_empty()).then(|| Unchecked {
            path: path.to_owned(),
            file: mapped,
            sections,
        }),
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
    if !Layout::DIRECTORY_BITS.contains(&header.directory_bits) {
        return Err(corrupt());
    }
    let expected = header.end().ok_or_else(corrupt)?;
    if (bytes.len() as u64) < expected {
        return Err(truncated(expected));
    }
    Ok(header)
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

/// The ambiguous runs, ascending and apart, of a reference of so many bases.
fn parse_runs(bytes: &[u8], bases: u64) -> Option<Vec<Range<u64>>> {
    let bounds: &[u64] = bytemuck::try_cast_slice(bytes).ok()?;
    let (runs, rest) = bounds.as_chunks::<2>();
    let ascends = bounds.is_sorted() && bounds.last().is_none_or(|&end| end <= bases);
    (rest.is_empty() && ascends).then(|| runs.iter().map(|run| run[0]..run[1]).collect())
}
