//! Position indexes of block-compressed files: BAI, tabix and CSI, built while the data are written.
//!
//! All three divide a contig into nested bins and list the stretches of the file that hold each bin's
//! records (SAM specification, section 5; Li 2011, "Tabix"). BAI and tabix end at 2^29 bases; CSI goes
//! on with more levels.

use std::io::{self, Write};

use noodles::bam::bai;
use noodles::bgzf::VirtualPosition;
use noodles::core::Position;
use noodles::csi;
use noodles::csi::binning_index::index::header::Builder as TextHeader;
use noodles::csi::binning_index::index::reference_sequence::bin::Chunk;
use noodles::csi::binning_index::index::reference_sequence::index::{BinnedIndex, LinearIndex};
use noodles::csi::binning_index::index::{Index, ReferenceSequence};
use noodles::csi::binning_index::{BinningIndex, Indexer};
use noodles::tabix;
use rihla_core::{Contigs, Interval};

/// Bases of the smallest bin, as a power of two; BAI and tabix know no other.
const MIN_SHIFT: u8 = 14;
/// Levels below the root in BAI and tabix.
const DEPTH: u8 = 5;

/// A stretch of a block-compressed file, as virtual positions (block offset << 16 | offset in block).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// First byte.
    pub begin: u64,
    /// One past the last byte; at a block's end the start of the next block.
    pub end: u64,
}

/// Collects the places of sorted records.
#[derive(Debug)]
pub(crate) struct PositionIndexer {
    inner: Indexer<LinearIndex>,
    contigs: usize,
    fits_classic: bool,
}

impl PositionIndexer {
    /// For records of a BAM.
    pub(crate) fn for_bam(contigs: &Contigs) -> Self {
        let depth = depth_for(contigs);
        let inner =
            Indexer::new(MIN_SHIFT, depth).expect("a depth for 32-bit lengths is far below the limit");
        Self { inner, contigs: contigs.len(), fits_classic: depth == DEPTH }
    }

    /// Makes it a CSI, whatever the contigs need.
    pub(crate) fn into_csi(self) -> Self {
        Self { fits_classic: false, ..self }
    }

    /// For records of a VCF.
    pub(crate) fn for_vcf(contigs: &Contigs) -> Self {
        let names = contigs.iter().map(|contig| contig.name.as_str().into()).collect();
        let header = TextHeader::vcf().set_reference_sequence_names(names).build();
        let indexer = Self::for_bam(contigs);
        Self { inner: indexer.inner.set_header(header), ..indexer }
    }

    /// Whether BAI and tabix can hold these contigs; else it must be CSI.
    pub(crate) fn fits_classic(&self) -> bool {
        self.fits_classic
    }

    /// Adds a record with a place.
    ///
    /// # Errors
    /// In words, when the record is out of order or ends behind what the index can hold.
    pub(crate) fn add(&mut self, place: Interval, is_mapped: bool, span: Span) -> Result<(), String> {
        let start = Position::try_from(place.start as usize + 1).expect("one or more");
        let end = Position::try_from(place.end.max(place.start + 1) as usize).expect("one or more");
        let context = Some((place.contig as usize, start, end, is_mapped));
        self.inner.add_record(context, chunk(span)).map_err(|error| error.to_string())
    }

    /// Counts records without a place.
    pub(crate) fn add_unplaced(&mut self, count: u64) {
        for _ in 0..count {
            let counted = self.inner.add_record(None, chunk(Span { begin: 0, end: 0 }));
            debug_assert!(counted.is_ok());
        }
    }

    /// Writes a BAI, or a CSI when that cannot hold the contigs.
    pub(crate) fn write_bam_index(self, writer: impl Write) -> io::Result<()> {
        let (fits, index) = self.build();
        if fits {
            return bai::io::Writer::new(writer).write_index(&index);
        }
        write_csi(writer, &index)
    }

    /// Writes a tabix index, or a CSI when that cannot hold the contigs.
    pub(crate) fn write_vcf_index(self, writer: impl Write) -> io::Result<()> {
        let (fits, index) = self.build();
        if fits {
            let mut writer = tabix::io::Writer::new(writer);
            writer.write_index(&index)?;
            return writer.try_finish();
        }
        write_csi(writer, &index)
    }

    fn build(self) -> (bool, Index<LinearIndex>) {
        (self.fits_classic, self.inner.build(self.contigs))
    }
}

fn chunk(span: Span) -> Chunk {
    Chunk::new(VirtualPosition::from(span.begin), VirtualPosition::from(span.end))
}

/// Levels that the longest contig needs, at least those of BAI.
fn depth_for(contigs: &Contigs) -> u8 {
    let longest = contigs.iter().map(|contig| u64::from(contig.length)).max().unwrap_or(0);
    (DEPTH..).find(|depth| longest <= 1 << (MIN_SHIFT + 3 * depth)).expect("every 32-bit length fits")
}

fn write_csi(writer: impl Write, index: &Index<LinearIndex>) -> io::Result<()> {
    let mut writer = csi::io::Writer::new(writer);
    writer.write_index(&to_csi(index))?;
    writer.get_mut().try_finish()
}

/// A CSI index from one with linear offsets.
///
/// CSI keeps the smallest offset of records that reach into a bin with the bin itself. It has to count
/// records that begin before the bin, so it is the linear index's value at the bin's first window.
fn to_csi(index: &Index<LinearIndex>) -> csi::Index {
    let contigs = index.reference_sequences().iter().map(|contig| {
        let window = |bin: usize| first_window(bin, index.depth());
        let offset = |bin: usize| contig.index().get(window(bin)).copied().unwrap_or_default();
        let offsets: BinnedIndex = contig.bins().keys().map(|&bin| (bin, offset(bin))).collect();
        let metadata = noodles::csi::binning_index::ReferenceSequence::metadata(contig).cloned();
        ReferenceSequence::new(contig.bins().clone(), offsets, metadata)
    });
    let mut builder = csi::Index::builder()
        .set_min_shift(index.min_shift())
        .set_depth(index.depth())
        .set_reference_sequences(contigs.collect());
    if let Some(header) = index.header() {
        builder = builder.set_header(header.clone());
    }
    if let Some(count) = index.unplaced_unmapped_record_count() {
        builder = builder.set_unplaced_unmapped_record_count(count);
    }
    builder.build()
}

/// The first smallest window under a bin.
fn first_window(bin: usize, depth: u8) -> usize {
    let mut first_of_level = 0;
    for level in 0..=depth {
        let bins = 1 << (3 * level);
        if bin < first_of_level + bins {
            return (bin - first_of_level) << (3 * (depth - level));
        }
        first_of_level += bins;
    }
    0
}

#[cfg(test)]
mod tests {
    use rihla_core::Contig;

    use super::*;

    fn contigs(length: u32) -> Contigs {
        Contigs::new(vec![Contig { name: "c".into(), length, md5: [0; 16] }])
    }

    #[test]
    fn depth_grows_with_the_longest_contig() {
        assert_eq!(depth_for(&contigs(1)), 5);
        assert_eq!(depth_for(&contigs(1 << 29)), 5);
        assert_eq!(depth_for(&contigs((1 << 29) + 1)), 6);
        assert_eq!(depth_for(&contigs(u32::MAX)), 6);
    }

    #[test]
    fn windows_of_bins() {
        assert_eq!(first_window(0, 5), 0);
        assert_eq!(first_window(4681, 5), 0);
        assert_eq!(first_window(4683, 5), 2);
        assert_eq!(first_window(586, 5), 8);
    }

    #[test]
    fn disorder_is_refused() {
        let mut indexer = PositionIndexer::for_bam(&contigs(1000));
        let span = Span { begin: 0, end: 10 };
        indexer.add(Interval::new(0, 50, 60), true, span).expect("first");
        let problem = indexer.add(Interval::new(0, 49, 60), true, span).expect_err("before it");
        assert!(problem.contains("out of order"), "{problem}");
    }
}
