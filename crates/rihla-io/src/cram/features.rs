//! Features: where a read differs from the reference under it (CRAM 3.0, section 10.6).

use rihla_core::cigar::OpKind;
use rihla_core::{RecordRef, base};

use super::series::{Series, SeriesData, TEXT_END};

/// Letters of the sequence's nibbles.
const LETTERS: [u8; 16] = *b"=ACMGRSVTWYHKDBN";

/// The reference under a slice.
pub(super) struct Window {
    /// Position of its first base.
    pub start: u32,
    /// Base codes.
    pub codes: Vec<u8>,
    /// Whether every base that is none of A, C, G and T is an N; else it may be any letter, and a decoder,
    /// who reads the FASTA file, will see it.
    pub has_only_n: bool,
}

/// Codes of substitutions: for each base of the reference the other four in order, two bits each.
pub(super) const SUBSTITUTIONS: [u8; 5] = [0b00_01_10_11; 5];

/// Writes the features of reads.
#[derive(Default)]
pub(super) struct Features {
    codes: Vec<u8>,
    letters: Vec<u8>,
    count: i32,
    last: usize,
}

impl Features {
    /// The letters of a read, as SAM has them; N for those that the record lacks.
    pub(super) fn letters(&mut self, record: &RecordRef<'_>, length: usize) -> &[u8] {
        self.letters.clear();
        if record.sequence_len() == 0 {
            self.letters.resize(length, b'N');
        }
        let pairs = record.sequence_nibbles().iter();
        self.letters.extend(
            pairs.flat_map(|pair| [LETTERS[usize::from(pair >> 4)], LETTERS[usize::from(pair & 15)]]),
        );
        self.letters.truncate(length);
        &self.letters
    }

    /// Appends the features of a mapped record; `length` are the bases of its read.
    pub(super) fn push(
        &mut self,
        record: &RecordRef<'_>,
        length: usize,
        window: &Window,
        series: &mut SeriesData,
    ) {
        self.letters(record, length);
        record.sequence_into(&mut self.codes);
        (self.count, self.last) = (0, 0);
        let qualities = record.qualities();
        let (mut read, mut reference) = (0, record.position().map_or(0, |at| (at - window.start) as usize));
        for op in record.cigar() {
            let length = op.len() as usize;
            let kind = op.kind();
            match kind {
                // A record without a sequence says nothing of its bases.
                _ if kind.is_aligned() && self.codes.is_empty() => {}
                _ if kind.is_aligned() => {
                    let (bases, under) =
                        (&self.codes[read..read + length], &window.codes[reference..reference + length]);
                    if bases != under || (!window.has_only_n && memchr::memchr(base::N, under).is_some()) {
                        self.push_differences((read, reference, length), qualities, window, series);
                    }
                }
                OpKind::Insertion => self.push_text(b'I', Series::In, read, length, series),
                OpKind::SoftClip => self.push_text(b'S', Series::Sc, read, length, series),
                OpKind::Deletion => self.push_length(b'D', Series::Dl, read, length, series),
                OpKind::Skip => self.push_length(b'N', Series::Rs, read, length, series),
                OpKind::HardClip => self.push_length(b'H', Series::Hc, read, length, series),
                _ => self.push_length(b'P', Series::Pd, read, length, series),
            }
            read += if kind.consumes_read() { length } else { 0 };
            reference += if kind.consumes_reference() { length } else { 0 };
        }
        series.number(Series::Fn, self.count);
    }

    fn push_differences(
        &mut self,
        (read, reference, length): (usize, usize, usize),
        qualities: &[u8],
        window: &Window,
        series: &mut SeriesData,
    ) {
        for i in 0..length {
            let (code, under) = (self.codes[read + i], window.codes[reference + i]);
            let letter = self.letters[read + i];
            let is_plain = code < base::N || letter == b'N';
            if is_plain && code == under && (code < base::N || window.has_only_n) {
                continue;
            }
            if is_plain && under < base::N {
                self.start(b'X', read + i, series);
                series.byte(Series::Bs, code - u8::from(code > under));
            } else {
                self.start(b'B', read + i, series);
                series.byte(Series::Ba, letter);
                series.byte(Series::Qs, qualities[read + i]);
            }
        }
    }

    fn push_text(&mut self, kind: u8, into: Series, read: usize, length: usize, series: &mut SeriesData) {
        self.start(kind, read, series);
        series.bytes(into).extend_from_slice(&self.letters[read..read + length]);
        series.byte(into, TEXT_END);
    }

    fn push_length(&mut self, kind: u8, into: Series, read: usize, length: usize, series: &mut SeriesData) {
        self.start(kind, read, series);
        series.number(into, length as i32);
    }

    /// A feature's kind and place; places count from 1.
    fn start(&mut self, kind: u8, read: usize, series: &mut SeriesData) {
        series.byte(Series::Fc, kind);
        series.number(Series::Fp, (read + 1 - self.last) as i32);
        self.last = read + 1;
        self.count += 1;
    }
}
