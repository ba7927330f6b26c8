//! Records compressed into BGZF blocks: the part of BAM writing that costs, free of any file.

use std::io::Write;

use noodles::bgzf::io::writer::{Builder, CompressionLevel};
use rihla_core::record::flags;
use rihla_core::{Interval, RecordRef};

use crate::index::Span;

/// Uncompressed bytes of a block; a record that would go beyond starts the next block, as in htslib, so
/// that a jump by index reads no block for nothing.
const BLOCK: usize = 0xff00;

/// Complete BGZF blocks (without the end marker) with the places of their records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BamBlock {
    pub(super) bytes: Vec<u8>,
    pub(super) entries: Vec<Entry>,
    pub(super) unplaced: u64,
    /// The first record without a place, as a local virtual position.
    pub(super) first_unplaced: Option<u64>,
}

/// Place of one record; the span's virtual positions count blocks from the buffer's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub place: Interval,
    pub is_mapped: bool,
    pub span: Span,
}

impl BamBlock {
    /// Compressed bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Number of records.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.entries.len() as u64 + self.unplaced
    }
}

/// Compresses sorted records, those without a place last. The bytes depend on the records and the level
/// alone.
///
/// `level` is libdeflate's, 0 (stored) to 12; higher values count as 12.
#[must_use]
pub fn compress_records<'a>(records: impl IntoIterator<Item = RecordRef<'a>>, level: u8) -> BamBlock {
    let level = CompressionLevel::new(level).unwrap_or(CompressionLevel::BEST);
    let mut writer = Builder::default().set_compression_level(level).build_from_writer(Vec::new());
    let mut block = BamBlock::default();
    let mut last: Option<Entry> = None;
    for record in records {
        let bytes = record.bytes();
        if usize::from(writer.virtual_position().uncompressed()) + bytes.len() + 4 > BLOCK {
            writer.flush().expect(IN_MEMORY);
        }
        let begin = u64::from(writer.virtual_position());
        block.end_entry(last.take(), begin);
        match place_of(&record) {
            Some(place) => {
                let is_mapped = !record.has_any(flags::UNMAPPED);
                last = Some(Entry { place, is_mapped, span: Span { begin, end: begin } });
            }
            None => {
                block.unplaced += 1;
                block.first_unplaced.get_or_insert(begin);
            }
        }
        writer.write_all(&(bytes.len() as u32).to_le_bytes()).expect(IN_MEMORY);
        writer.write_all(bytes).expect(IN_MEMORY);
    }
    writer.flush().expect(IN_MEMORY);
    block.end_entry(last, u64::from(writer.virtual_position()));
    block.bytes = writer.into_inner();
    block
}

const IN_MEMORY: &str = "a block of at most 64 KiB always compresses into memory";

impl BamBlock {
    /// A record ends where the next one begins, be it in the next block.
    fn end_entry(&mut self, entry: Option<Entry>, end: u64) {
        if let Some(mut entry) = entry {
            entry.span.end = end;
            self.entries.push(entry);
        }
    }
}

/// The reference bases under a record; one base for an unmapped record at its mate's place.
fn place_of(record: &RecordRef<'_>) -> Option<Interval> {
    let (contig, start) = (record.contig()?, record.position()?);
    let span = if record.has_any(flags::UNMAPPED) { 1 } else { record.reference_span().max(1) };
    Some(Interval::new(contig, start, start.saturating_add(span)))
}
