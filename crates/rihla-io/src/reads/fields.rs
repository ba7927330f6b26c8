//! A record turned back into the read that it came from.

use rihla_core::record::flags;
use rihla_core::{OpKind, RecordRef};

use crate::bam::header::InputHeader;

/// Letters of the sequence's nibbles; what is none of A, C, G and T is N.
const LETTERS: [u8; 16] = *b"NACNGNNNTNNNNNNN";
/// Those of the other strand.
const COMPLEMENTS: [u8; 16] = *b"NTGNCNNNANNNNNNN";

/// A read as the sequencer gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// Number of its read group in the header.
    pub group: u32,
    pub is_paired: bool,
    /// Whether it is the last of its template; the first else.
    pub is_last: bool,
    pub name: Vec<u8>,
    /// Letters.
    pub sequence: Vec<u8>,
    /// Phred.
    pub qualities: Vec<u8>,
}

/// Fills a read from a primary record.
///
/// # Errors
/// In words, when the record does not hold the whole read.
pub(super) fn fill(
    read: &mut Read,
    record: &RecordRef<'_>,
    header: &InputHeader,
    max_length: usize,
) -> Result<(), String> {
    if record.cigar().any(|op| op.kind() == OpKind::HardClip) {
        return Err(
            "it is hard-clipped, so that a part of the read is lost; take the reads from where they \
                    are whole"
                .into(),
        );
    }
    let length = record.sequence_len();
    if length > max_length {
        return Err(format!("it has {length} bases; reads of up to {max_length} are taken"));
    }
    if record.qualities().first() == Some(&0xff) {
        return Err("it has no base qualities; they are needed".into());
    }
    if let Some(contig) = record.contig() {
        let known = header.contigs.iter().nth(contig as usize);
        let known =
            known.ok_or_else(|| format!("it names contig number {contig}, which the header lacks"))?;
        if record.position().is_some_and(|at| at >= known.length) {
            return Err(format!("it begins behind the end of {}", known.name));
        }
    }
    let ends = record.flags() & (flags::FIRST | flags::LAST);
    read.is_paired = record.has_any(flags::PAIRED);
    read.is_last = ends == flags::LAST;
    if read.is_paired && ends != flags::FIRST && ends != flags::LAST {
        return Err("its FLAG says that it has a mate, but not which of the two it is".into());
    }
    read.group = group_of(record, header)?;
    read.name.clear();
    read.name.extend_from_slice(record.name());
    fill_bases(read, record);
    Ok(())
}

/// Fills letters and qualities, as the sequencer gave them.
pub(super) fn fill_bases(read: &mut Read, record: &RecordRef<'_>) {
    let is_reverse = record.has_any(flags::REVERSE);
    let letters = if is_reverse { &COMPLEMENTS } else { &LETTERS };
    let pairs = record.sequence_nibbles().iter();
    read.sequence.clear();
    read.sequence
        .extend(pairs.flat_map(|pair| [letters[usize::from(pair >> 4)], letters[usize::from(pair & 15)]]));
    read.sequence.truncate(record.sequence_len());
    read.qualities.clear();
    read.qualities.extend_from_slice(record.qualities());
    if is_reverse {
        read.sequence.reverse();
        read.qualities.reverse();
    }
}

/// Number of the record's read group. Without a tag it is the only one there is.
///
/// # Errors
/// In words, when it is one of several and not told, or not in the header.
pub(super) fn group_of(record: &RecordRef<'_>, header: &InputHeader) -> Result<u32, String> {
    let groups = &header.read_groups;
    match record.tag_text(*b"RG") {
        None if groups.len() < 2 => Ok(0),
        None => Err("it has no read group (RG), and the header has several; give it one: samtools \
                     addreplacerg"
            .into()),
        Some(_) if groups.is_empty() => Ok(0),
        Some(id) => {
            let known = groups.iter().position(|group| group.id.as_bytes() == id);
            let unknown = || {
                format!("its read group {} is not in the header; add the line", String::from_utf8_lossy(id))
            };
            known.map(|at| at as u32).ok_or_else(unknown)
        }
    }
}
