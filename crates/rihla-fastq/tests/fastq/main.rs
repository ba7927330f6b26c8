//! FASTQ input from outside: formats, faults, properties, real data.

mod faults;
mod interleaved;
mod parts;
mod properties;
mod real;
mod streams;

use std::io::{self, Cursor, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use noodles::bgzf;
use rihla_core::ReadBatch;
use rihla_fastq::{FastqError, FastqReader, ReadOptions, Warning};
use zstd_safe::{CCtx, CParameter};

/// The BGZF end marker has 28 bytes (SAM specification, section 4.1.2).
const END_MARKER: usize = 28;

/// A record of four lines.
fn record(name: &str, sequence: &str, qualities: &str) -> String {
    format!("@{name}\n{sequence}\n+\n{qualities}\n")
}

/// `count` records of 20 bases, named `r1` and up, with `suffix` behind the name.
fn records(count: usize, suffix: &str) -> Vec<u8> {
    let one = |i| record(&format!("r{i}{suffix}"), "ACGTACGTACGTACGTACGT", "IIIIIIIIIIIIIIIIIIII");
    (1..=count).map(one).collect::<String>().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// BGZF in blocks of `block` bytes of text, with the end marker.
fn bgzip(bytes: &[u8], block: usize) -> Vec<u8> {
    let mut writer = bgzf::io::Writer::new(Vec::new());
    for chunk in bytes.chunks(block) {
        writer.write_all(chunk).expect("memory");
        writer.flush().expect("memory");
    }
    writer.finish().expect("memory")
}

/// A zstd frame with a checksum.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut context = CCtx::create();
    context.set_parameter(CParameter::ChecksumFlag(true)).expect("a flag");
    let mut out = Vec::with_capacity(zstd_safe::compress_bound(bytes.len()));
    context.compress2(&mut out, bytes).expect("room");
    out
}

/// A zstd frame that holds no text.
fn skippable(content: &[u8]) -> Vec<u8> {
    [b"\x5a\x2a\x4d\x18", &(content.len() as u32).to_le_bytes()[..], content].concat()
}

/// A reader that gives at most `most` bytes at a time, and is interrupted now and then, as pipes are.
struct Trickle {
    bytes: Cursor<Vec<u8>>,
    most: usize,
    calls: usize,
}

impl Read for Trickle {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let most = self.most.min(out.len());
        self.bytes.read(&mut out[..most])
    }
}

fn trickle(bytes: &[u8], most: usize) -> Box<dyn Read + Send> {
    Box::new(Trickle { bytes: Cursor::new(bytes.to_vec()), most, calls: 0 })
}

/// Files held in memory, called `R1`, `R2` and so on.
fn open(files: &[&[u8]], options: ReadOptions) -> FastqReader {
    let readers = files.iter().enumerate().map(|(i, bytes)| (format!("R{}", i + 1), trickle(bytes, 1 << 20)));
    FastqReader::from_readers(readers.collect(), options).expect("one or two inputs")
}

/// All batches and warnings, or the first error.
fn read(files: &[&[u8]], options: ReadOptions) -> Result<(Vec<ReadBatch>, Vec<Warning>), FastqError> {
    let mut reader = open(files, options);
    let batches = reader.by_ref().collect::<Result<Vec<_>, _>>()?;
    let warnings = reader.warnings();
    Ok((batches, warnings))
}

/// Name, sequence and qualities of one read.
type OwnedRead = (Vec<u8>, Vec<u8>, Vec<u8>);

fn owned(batches: &[ReadBatch]) -> Vec<OwnedRead> {
    let reads = batches.iter().flat_map(|batch| batch.iter());
    reads.map(|r| (r.name.to_vec(), r.sequence.to_vec(), r.qualities.to_vec())).collect()
}

/// The first error that the files give.
fn error(files: &[&[u8]]) -> FastqError {
    read(files, ReadOptions::default()).expect_err("the files are wrong")
}
