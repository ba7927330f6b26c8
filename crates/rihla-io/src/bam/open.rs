//! Opening a BAM: the stream, its header, its index, and what to say when one of them is not there.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use noodles::bam::bai;
use noodles::bgzf;
use noodles::csi::{self, BinningIndex};

use crate::atomic::beside;
use crate::error::IoError;

use super::header::InputHeader;
use super::index_check::{Counts, check_bai, check_csi};

const BUFFER: usize = 1 << 17;

/// The decompressed bytes of a BAM.
pub(super) type Stream = bgzf::io::Reader<BufReader<File>>;

/// A BAI or a CSI.
pub(super) type AnyIndex = Box<dyn BinningIndex + Send + Sync>;

/// Opens the compressed stream; its size in bytes beside it.
pub(super) fn open_stream(path: &Path) -> Result<(Stream, u64), IoError> {
    let missing = |source| IoError::open(path, source);
    let file = File::open(path).map_err(missing)?;
    let metadata = file.metadata().map_err(missing)?;
    if !metadata.is_file() {
        let problem = "is no regular file; a BAM that is read by region must be one";
        return Err(IoError::data(path, problem));
    }
    Ok((bgzf::io::Reader::new(BufReader::with_capacity(BUFFER, file)), metadata.len()))
}

/// Reads the header, or says what the file is instead.
pub(super) fn read_header(path: &Path, stream: &mut Stream) -> Result<InputHeader, IoError> {
    let problem = match InputHeader::read(stream) {
        Ok(Some(header)) => return Ok(header),
        Ok(None) => "is compressed, but no BAM".into(),
        Err(source) => match start_of(path)? {
            start if start.starts_with(b"CRAM") => {
                format!("is a CRAM; only BAM can be read: samtools view -b -o OUT.bam {}", path.display())
            }
            start if start.starts_with(b"@HD\t") || start.starts_with(b"@SQ\t") => {
                format!("is SAM text; sort it into a BAM: samtools sort -o OUT.bam {}", path.display())
            }
            start if start.starts_with(&[0x1f, 0x8b]) => {
                format!(
                    "its header cannot be read ({source}); the BAM is damaged or cut off: copy or make it again"
                )
            }
            _ => "is not a BAM file".into(),
        },
    };
    Err(IoError::data(path, problem))
}

fn start_of(path: &Path) -> Result<Vec<u8>, IoError> {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut start));
    read.map(|_| start).map_err(|source| IoError::open(path, source))
}

/// The index beside a BAM, and the records of each contig that it counts.
pub(super) struct FoundIndex {
    pub(super) index: AnyIndex,
    pub(super) counts: Counts,
}

type Parse = fn(&[u8]) -> Result<FoundIndex, String>;

/// Reads the index beside a BAM.
pub(super) fn read_index(path: &Path) -> Result<FoundIndex, IoError> {
    let existing = |extension: &str| {
        let names = [beside(path, &format!(".{extension}")), path.with_extension(extension)];
        names.into_iter().find(|name| name.exists())
    };
    let (file, parse) = match (existing("bai"), existing("csi")) {
        (Some(file), _) => (file, parse_bai as Parse),
        (None, Some(file)) => (file, parse_csi as Parse),
        (None, None) => return Err(IoError::NoIndex { path: path.to_owned() }),
    };
    let bytes = fs::read(&file).map_err(|source| IoError::open(&file, source))?;
    parse(&bytes).map_err(|problem| {
        let remedy = format!("make it again: samtools index {}", path.display());
        IoError::data(&file, format!("the index is damaged ({problem}); {remedy}"))
    })
}

fn parse_bai(bytes: &[u8]) -> Result<FoundIndex, String> {
    let counts = check_bai(bytes)?;
    let index = bai::io::Reader::new(bytes).read_index().map_err(|source| source.to_string())?;
    Ok(FoundIndex { index: Box::new(index), counts })
}

fn parse_csi(bytes: &[u8]) -> Result<FoundIndex, String> {
    let mut content = Vec::new();
    let read = bgzf::io::Reader::new(bytes).read_to_end(&mut content);
    read.map_err(|source| source.to_string())?;
    let counts = check_csi(&content)?;
    let index = csi::io::Reader::new(bytes).read_index().map_err(|source| source.to_string())?;
    Ok(FoundIndex { index: Box::new(index), counts })
}
