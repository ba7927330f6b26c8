//! Packed records as lines of SAM (SAM specification, sections 1.4 and 1.5).
//!
//! Text goes from the packed bytes straight into the caller's buffer: letters two at a time from a table,
//! numbers eight digits at a time. A general writer, which builds a record first, takes several times as long.

use std::io::Write;

use rihla_core::{Contigs, RecordRef, decimal};

/// Letters of the sequence's nibbles.
const LETTERS: [u8; 16] = *b"=ACMGRSVTWYHKDBN";

/// Both letters of every byte.
const PAIRS: [[u8; 2]; 256] = {
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [LETTERS[byte >> 4], LETTERS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Quality of a base that has none.
const NO_QUALITY: u8 = 255;

/// Appends the line of a record, with its line end.
///
/// # Panics
/// If the record names a contig that is not in the list.
pub fn push_line(record: &RecordRef<'_>, contigs: &Contigs, out: &mut Vec<u8>) {
    out.extend_from_slice(record.name());
    push_int(out, record.flags().into());
    push_place(out, record.contig(), record.position(), contigs);
    push_int(out, record.mapq().into());
    out.push(b'\t');
    push_cigar(out, record);
    match record.mate_contig() {
        Some(mate) if record.contig() == Some(mate) => {
            out.extend_from_slice(b"\t=");
            push_position(out, record.mate_position());
        }
        mate => push_place(out, mate, record.mate_position(), contigs),
    }
    push_int(out, record.template_length().into());
    push_sequence(out, record);
    push_tags(out, record.tags());
    out.push(b'\n');
}

/// Contig and position between tabs, `*` and 0 where there is none.
fn push_place(out: &mut Vec<u8>, contig: Option<u32>, position: Option<u32>, contigs: &Contigs) {
    out.push(b'\t');
    match contig {
        Some(contig) => out.extend_from_slice(contigs.get(contig).name.as_bytes()),
        None => out.push(b'*'),
    }
    push_position(out, position);
}

/// Position, 1-based, behind a tab.
fn push_position(out: &mut Vec<u8>, position: Option<u32>) {
    push_int(out, position.map_or(0, |position| i64::from(position) + 1));
}

fn push_cigar(out: &mut Vec<u8>, record: &RecordRef<'_>) {
    let cigar = record.cigar();
    if cigar.len() == 0 {
        out.push(b'*');
    }
    for op in cigar {
        decimal::push(op.len(), out);
        out.push(op.kind().letter() as u8);
    }
}

/// Sequence and qualities, each behind a tab.
fn push_sequence(out: &mut Vec<u8>, record: &RecordRef<'_>) {
    let length = record.sequence_len();
    if length == 0 {
        out.extend_from_slice(b"\t*\t*");
        return;
    }
    out.push(b'\t');
    let begin = out.len();
    out.resize(begin + 2 * length.div_ceil(2), 0);
    for (two, &byte) in out[begin..].chunks_exact_mut(2).zip(record.sequence_nibbles()) {
        two.copy_from_slice(&PAIRS[usize::from(byte)]);
    }
    out.truncate(begin + length);
    out.push(b'\t');
    let qualities = record.qualities();
    if qualities[0] == NO_QUALITY {
        out.push(b'*');
    } else {
        out.extend(qualities.iter().map(|quality| quality.wrapping_add(33)));
    }
}

/// All tags; what cannot be one, which no writer of records makes, ends them.
fn push_tags(out: &mut Vec<u8>, mut tags: &[u8]) {
    while let [a, b, kind, rest @ ..] = tags {
        let letter = if matches!(kind, b'Z' | b'H' | b'B' | b'A' | b'f') { *kind } else { b'i' };
        out.extend_from_slice(&[b'\t', *a, *b, b':', letter, b':']);
        let size = match kind {
            b'Z' | b'H' => {
                let end = memchr::memchr(0, rest).unwrap_or(rest.len());
                out.extend_from_slice(&rest[..end]);
                end + 1
            }
            b'B' => push_array(out, rest),
            b'A' => {
                out.push(rest.first().copied().unwrap_or(b' '));
                1
            }
            _ => push_value(out, *kind, rest),
        };
        tags = rest.get(size..).unwrap_or_default();
    }
}

/// An array: its type letter and its values between commas; gives the bytes that it takes.
fn push_array(out: &mut Vec<u8>, bytes: &[u8]) -> usize {
    let Some((&[kind, a, b, c, d], values)) = bytes.split_first_chunk::<5>() else {
        return bytes.len();
    };
    out.push(kind);
    let mut at = 0;
    for _ in 0..u32::from_le_bytes([a, b, c, d]) {
        out.push(b',');
        at += push_value(out, kind, values.get(at..).unwrap_or_default());
    }
    5 + at
}

/// A number of this type; gives the bytes that it takes.
fn push_value(out: &mut Vec<u8>, kind: u8, bytes: &[u8]) -> usize {
    let mut value = [0; 4];
    for (to, from) in value.iter_mut().zip(bytes) {
        *to = *from;
    }
    let [a, b, ..] = value;
    let (size, number) = match kind {
        b'c' => (1, i64::from(a as i8)),
        b'C' => (1, i64::from(a)),
        b's' => (2, i64::from(i16::from_le_bytes([a, b]))),
        b'S' => (2, i64::from(u16::from_le_bytes([a, b]))),
        b'I' => (4, i64::from(u32::from_le_bytes(value))),
        b'f' => {
            // Writing to a vector does not fail.
            let _ = write!(out, "{}", f32::from_le_bytes(value));
            return 4;
        }
        _ => (4, i64::from(i32::from_le_bytes(value))),
    };
    push_signed(out, number);
    size
}

/// A number behind a tab.
fn push_int(out: &mut Vec<u8>, number: i64) {
    out.push(b'\t');
    push_signed(out, number);
}

/// A number of at most 32 bits beside its sign.
fn push_signed(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    decimal::push(number.unsigned_abs() as u32, out);
}

#[cfg(test)]
mod tests;
