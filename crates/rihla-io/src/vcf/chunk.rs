//! Lines of a VCF made ready for a file: the part of writing that costs, free of any file.

use std::io::Write;

use noodles::bgzf::io::Writer;
use noodles::bgzf::io::writer::{Builder, CompressionLevel};
use rihla_core::Interval;

use crate::index::Span;

/// Uncompressed bytes of a block; a line that would go beyond starts the next block, as in htslib, so
/// that a jump by index reads no block for nothing.
const BLOCK: usize = 0xff00;
const IN_MEMORY: &str = "a block of at most 64 KiB always compresses into memory";

/// The form that lines have in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Text as it is.
    Plain,
    /// BGZF, with libdeflate's level: 0 (stored) to 12; higher values count as 12.
    Bgzf(u8),
}

/// Lines that are ready for a file, with their places: whole BGZF blocks (without the end marker) or
/// plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VcfChunk {
    pub(super) packing: Packing,
    pub(super) bytes: Vec<u8>,
    pub(super) entries: Vec<Entry>,
}

/// Place of one line; the span's virtual positions count from the chunk's first byte, and are zero in
/// plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub place: Interval,
    pub span: Span,
}

impl VcfChunk {
    /// Packs record lines, each with its line end and the reference bases of its REF, in genome order. The
    /// bytes depend on the arguments alone; order and places are checked when the chunk is written.
    #[must_use]
    pub fn new<'a>(lines: impl IntoIterator<Item = (Interval, &'a [u8])>, packing: Packing) -> Self {
        let mut packer = Packer::new(packing);
        lines.into_iter().for_each(|(place, line)| packer.push(place, line));
        packer.finish()
    }

    /// Bytes that the chunk takes in a file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Number of lines.
    #[must_use]
    pub fn records(&self) -> usize {
        self.entries.len()
    }
}

/// Packs lines one by one.
pub(super) struct Packer {
    packing: Packing,
    text: Text,
    entries: Vec<Entry>,
    /// Uncompressed bytes so far.
    length: usize,
}

enum Text {
    Plain(Vec<u8>),
    Bgzf(Writer<Vec<u8>>),
}

impl Packer {
    pub fn new(packing: Packing) -> Self {
        let text = match packing {
            Packing::Plain => Text::Plain(Vec::new()),
            Packing::Bgzf(level) => {
                let level = CompressionLevel::new(level).unwrap_or(CompressionLevel::BEST);
                let builder = Builder::default().set_compression_level(level);
                Text::Bgzf(builder.build_from_writer(Vec::new()))
            }
        };
        Self { packing, text, entries: Vec::new(), length: 0 }
    }

    /// Uncompressed bytes so far.
    pub fn length(&self) -> usize {
        self.length
    }

    pub fn push(&mut self, place: Interval, line: &[u8]) {
        self.length += line.len();
        let begin = match &mut self.text {
            Text::Plain(text) => {
                text.extend_from_slice(line);
                0
            }
            Text::Bgzf(writer) => {
                if usize::from(writer.virtual_position().uncompressed()) + line.len() > BLOCK {
                    writer.flush().expect(IN_MEMORY);
                }
                let begin = u64::from(writer.virtual_position());
                writer.write_all(line).expect(IN_MEMORY);
                begin
            }
        };
        end_last(&mut self.entries, begin);
        self.entries.push(Entry { place, span: Span { begin, end: begin } });
    }

    pub fn finish(mut self) -> VcfChunk {
        let (end, bytes) = match self.text {
            Text::Plain(text) => (0, text),
            Text::Bgzf(mut writer) => {
                writer.flush().expect(IN_MEMORY);
                (u64::from(writer.virtual_position()), writer.into_inner())
            }
        };
        end_last(&mut self.entries, end);
        VcfChunk { packing: self.packing, bytes, entries: self.entries }
    }
}

/// A line ends where the next one begins, be it in the next block.
fn end_last(entries: &mut [Entry], end: u64) {
    if let Some(last) = entries.last_mut() {
        last.span.end = end;
    }
}
