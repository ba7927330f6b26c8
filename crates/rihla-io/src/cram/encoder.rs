//! Records encoded into containers: the part of CRAM writing that costs, free of any file.

use std::collections::HashMap;
use std::sync::OnceLock;

use md5::{Digest, Md5};
use rihla_core::record::flags;
use rihla_core::{RecordRef, Reference, base};

use crate::bam::ReadGroup;

use super::block::{Codec, Content, Packer};
use super::container::{Container, Place};
use super::features::{Features, SUBSTITUTIONS, Window};
use super::letters::{has_only_n, letters};
use super::mates::{self, Mate};
use super::series::{self, Series, SeriesData, TEXT_END};
use super::tags::Tags;
use super::version::CramVersion;

/// Records of a slice, as in htslib; a container holds one slice.
const SLICE_RECORDS: usize = 10_000;

/// Bits of `CF`.
mod has {
    pub(super) const QUALITIES: i32 = 1;
    pub(super) const DETACHED_MATE: i32 = 2;
    pub(super) const MATE_DOWNSTREAM: i32 = 4;
    pub(super) const NO_SEQUENCE: i32 = 8;
}

/// Bits of `MF`.
mod mate_is {
    pub(super) const REVERSE: i32 = 1;
    pub(super) const UNMAPPED: i32 = 2;
}

/// Complete containers that wait for their places in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CramBlock {
    pub(super) containers: Vec<Container>,
}

impl CramBlock {
    /// Number of records.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.containers.iter().map(|container| u64::from(container.records)).sum()
    }
}

/// Encodes sorted records against a reference; threads share one.
pub struct CramEncoder {
    reference: Reference,
    read_groups: HashMap<Vec<u8>, i32>,
    level: u8,
    version: CramVersion,
    /// Of each contig whether it has no other ambiguous letter than N, once somebody wanted to know.
    only_n: Vec<OnceLock<bool>>,
}

impl CramEncoder {
    /// For records with these read groups, in the header's order; `level` is libdeflate's, 0 to 12, for names
    /// and texts.
    #[must_use]
    pub fn new(reference: &Reference, read_groups: &[ReadGroup], level: u8) -> Self {
        let ids = read_groups.iter().map(|group| group.id.as_bytes().to_vec());
        let only_n = reference.contigs().iter().map(|_| OnceLock::new()).collect();
        let version = CramVersion::default();
        Self { reference: reference.clone(), read_groups: ids.zip(0..).collect(), level, version, only_n }
    }

    /// The same for a version of the format.
    #[must_use]
    pub fn with_version(self, version: CramVersion) -> Self {
        Self { version, ..self }
    }

    /// Encodes sorted records, those without a place last. The bytes depend on the arguments alone.
    #[must_use]
    pub fn encode<'a>(&self, records: impl IntoIterator<Item = RecordRef<'a>>) -> CramBlock {
        let records: Vec<RecordRef<'a>> = records.into_iter().collect();
        let mut packer = Packer::new(self.level, self.version);
        let contigs = records.chunk_by(|one, other| one.contig() == other.contig());
        let slices = contigs.flat_map(|records| records.chunks(SLICE_RECORDS));
        CramBlock { containers: slices.map(|slice| self.container(slice, &mut packer)).collect() }
    }

    fn container(&self, records: &[RecordRef<'_>], packer: &mut Packer) -> Container {
        let window = self.window(records);
        let mut slice = Slice::new(self, &window);
        slice.push_all(records);
        let mut compression_header = Vec::new();
        packer.push(
            Content::CompressionHeader,
            0,
            &slice.compression_header(),
            Codec::Raw,
            &mut compression_header,
        );
        let mut container = Container {
            place: slice.place(records),
            records: records.len() as u32,
            bases: slice.bases,
            compression_header,
            digest: self.digest(records, &window),
            ..Container::default()
        };
        packer.push(Content::Core, 0, &[], Codec::Raw, &mut container.blocks);
        for (id, bytes, codec) in slice.series.blocks().chain(slice.tags.blocks()) {
            packer.push(Content::External, id, bytes, codec, &mut container.blocks);
            container.ids.push(id);
        }
        container
    }

    /// The reference under records of one contig.
    fn window(&self, records: &[RecordRef<'_>]) -> Window {
        let starts = records.first().and_then(|first| Some((first.contig()?, first.position()?)));
        let Some((contig, start)) = starts else {
            return Window { start: 0, codes: Vec::new(), has_only_n: true };
        };
        let codes = self.reference.fetch(contig, start, end_of(records));
        let has_only_n = memchr::memchr(base::N, &codes).is_none() || self.has_only_n(contig);
        Window { start, codes, has_only_n }
    }

    fn has_only_n(&self, contig: u32) -> bool {
        *self.only_n[contig as usize].get_or_init(|| has_only_n(&self.reference, contig))
    }

    /// The digest of the reference under a slice; zeros, which mean that it is not known, where its letters
    /// are not.
    fn digest(&self, records: &[RecordRef<'_>], window: &Window) -> [u8; 16] {
        if !window.has_only_n || records.first().is_none_or(|first| first.contig().is_none()) {
            return [0; 16];
        }
        Md5::digest(letters(&window.codes)).into()
    }
}

/// One past the last base of the reference under records.
fn end_of(records: &[RecordRef<'_>]) -> u32 {
    records.iter().filter_map(RecordRef::reference_end).max().unwrap_or(0)
}

/// The series of a slice while they fill.
struct Slice<'a> {
    encoder: &'a CramEncoder,
    window: &'a Window,
    series: SeriesData,
    tags: Tags,
    features: Features,
    bases: u64,
    /// Position of the record before.
    before: i32,
}

impl<'a> Slice<'a> {
    fn new(encoder: &'a CramEncoder, window: &'a Window) -> Self {
        Self {
            encoder,
            window,
            series: SeriesData::default(),
            tags: Tags::default(),
            features: Features::default(),
            bases: 0,
            before: 0,
        }
    }

    fn place(&self, records: &[RecordRef<'_>]) -> Option<Place> {
        let first = records.first()?;
        let (contig, start) = (first.contig()?, first.position()?);
        Some(Place { contig, start, span: end_of(records) - start })
    }

    fn push_all(&mut self, records: &[RecordRef<'_>]) {
        self.before = records.first().map_or(0, position);
        for (record, mate) in records.iter().zip(mates::join(records)) {
            self.push(record, mate);
        }
    }

    /// Appends a record, its series in the order in which a decoder asks for them.
    fn push(&mut self, record: &RecordRef<'_>, mate: Mate) {
        let is_mapped = !record.has_any(flags::UNMAPPED);
        let has_sequence = record.sequence_len() > 0;
        let length = if has_sequence {
            record.sequence_len()
        } else {
            record.cigar().filter(|op| op.kind().consumes_read()).map(|op| op.len() as usize).sum()
        };
        let mut contents = match mate {
            Mate::Detached => has::DETACHED_MATE,
            Mate::Downstream(_) => has::MATE_DOWNSTREAM,
            Mate::Upstream => 0,
        };
        // Qualities that are not known are told as they are in BAM: without any, htslib makes some up for
        // reads that have a base with a quality of its own among their features.
        contents |= if has_sequence { has::QUALITIES } else { has::NO_SEQUENCE };
        self.bases += length as u64;
        self.series.number(Series::Bf, record.flags().into());
        self.series.number(Series::Cf, contents);
        self.series.number(Series::Rl, length as i32);
        let position = position(record);
        self.series.number(Series::Ap, position - self.before);
        self.before = position;
        let group = self.read_group(record);
        self.series.number(Series::Rg, group.unwrap_or(-1));
        self.series.bytes(Series::Rn).extend_from_slice(record.name());
        self.series.byte(Series::Rn, TEXT_END);
        self.push_mate(record, mate);
        let is_kept = |field: &rihla_core::record::TagField<'_>| group.is_none() || field.tag != *b"RG";
        let line = self.tags.push(record.tag_fields().filter(is_kept).collect::<Vec<_>>().into_iter());
        self.series.number(Series::Tl, line);
        if is_mapped {
            self.features.push(record, length, self.window, &mut self.series);
            self.series.number(Series::Mq, record.mapq().into());
        } else if has_sequence {
            let letters = self.features.letters(record, length);
            self.series.bytes(Series::Ba).extend_from_slice(letters);
        }
        self.series.bytes(Series::Qs).extend_from_slice(record.qualities());
    }

    /// Number of the record's read group in the header.
    fn read_group(&self, record: &RecordRef<'_>) -> Option<i32> {
        self.encoder.read_groups.get(record.tag_text(*b"RG")?).copied()
    }

    fn push_mate(&mut self, record: &RecordRef<'_>, mate: Mate) {
        match mate {
            Mate::Detached => {
                let reverse = if record.has_any(flags::MATE_REVERSE) { mate_is::REVERSE } else { 0 };
                let unmapped = if record.has_any(flags::MATE_UNMAPPED) { mate_is::UNMAPPED } else { 0 };
                self.series.number(Series::Mf, reverse | unmapped);
                self.series.number(Series::Ns, record.mate_contig().map_or(-1, |contig| contig as i32));
                self.series.number(Series::Np, record.mate_position().map_or(0, |at| at as i32 + 1));
                self.series.number(Series::Ts, record.template_length());
            }
            Mate::Downstream(between) => self.series.number(Series::Nf, between),
            Mate::Upstream => {}
        }
    }

    /// What a decoder must know of the slice beforehand.
    fn compression_header(&self) -> Vec<u8> {
        // Names are kept, positions are distances, the reference is needed; substitutions; tags.
        let mut entries = vec![5];
        entries.extend(b"RN\x01AP\x01RR\x01SM");
        entries.extend(SUBSTITUTIONS);
        entries.extend(b"TD");
        self.tags.push_dictionary(&mut entries);
        let mut out = Vec::new();
        super::number::push_itf8(entries.len() as i32, &mut out);
        out.extend(entries);
        series::push_encodings(&mut out);
        self.tags.push_encodings(&mut out);
        out
    }
}

/// Position from 1; 0 for a record without a place.
fn position(record: &RecordRef<'_>) -> i32 {
    record.position().map_or(0, |at| at as i32 + 1)
}
