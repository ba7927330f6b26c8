//! Names of reads, and pairs as FASTQ.

use rihla_core::Contigs;

use super::fragments::Spot;
use super::{Origin, Pair, PairKind};

/// What stands behind the name, as a sequencer's software writes it.
pub(super) const COMMENTS: [&[u8]; 2] = [b"1:N:0:ATCACG", b"2:N:0:ATCACG"];

/// Letters of a contig's name at most; all the rest of a read's name takes 134 at most, and SAM allows 254.
const LONGEST_LABEL: usize = 120;

/// Contig names as they stand in read names, where a colon parts the fields and SAM allows no `@`.
pub(super) fn labels(contigs: &Contigs) -> Vec<String> {
    let label = |(number, name): (usize, &str)| {
        let mut label = String::with_capacity(name.len());
        for letter in name.chars() {
            match letter {
                ':' | '@' | '%' => label.push_str(&format!("%{:02X}", u32::from(letter))),
                '!'..='~' => label.push(letter),
                _ => label.push_str("%3F"),
            }
        }
        if label.len() > LONGEST_LABEL { format!("%{}", number + 1) } else { label }
    };
    contigs.iter().map(|contig| contig.name.as_str()).enumerate().map(label).collect()
}

/// Name of a run's flow cell: `FC<seed>`, and `R<run>` for every run but the first of a seed.
pub(super) fn flow_cell(seed: u64, run: u32) -> String {
    if run == 0 { format!("FC{seed}") } else { format!("FC{seed}R{run}") }
}

/// Appends the name of a pair.
pub(super) fn write_name(
    (ordinal, cell): (u64, &str),
    origin: &Origin,
    label: &str,
    spot: Spot,
    out: &mut Vec<u8>,
) {
    out.push(b'S');
    push_number(ordinal, out);
    out.push(b'_');
    out.extend_from_slice(label.as_bytes());
    for mate in 0..2 {
        out.push(b'_');
        push_number(u64::from(origin.positions[mate]) + 1, out);
        out.push(if origin.reverse[mate] { b'-' } else { b'+' });
    }
    out.push(b'_');
    push_number(u64::from(origin.component), out);
    let kind = match origin.kind {
        PairKind::Original => b'o',
        PairKind::PcrDuplicate => b'p',
        PairKind::OpticalDuplicate => b'q',
    };
    out.extend_from_slice(&[b'.', b'1' + origin.haplotype, b'.', kind]);
    out.extend_from_slice(b":1:");
    out.extend_from_slice(cell.as_bytes());
    for number in [u16::from(spot.lane), spot.tile, spot.x, spot.y] {
        out.push(b':');
        push_number(u64::from(number), out);
    }
}

/// Appends a number in decimal.
fn push_number(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

impl Pair<'_> {
    /// Appends one mate (0 or 1) as a FASTQ record.
    pub fn write_fastq(&self, mate: usize, out: &mut Vec<u8>) {
        let read = &self.reads[mate];
        write_fastq(self.name, read.comment, read.sequence, read.qualities, out);
    }

    /// Appends the pair's origin as a line of a table, without the contig's name being changed: name, for each
    /// mate contig, 1-based leftmost position and strand, then the haplotype (1 or 2), 0 for an original, 1 for
    /// a PCR copy or 2 for an optical one, and the component of the mixture.
    pub fn write_origin(&self, contig: &str, out: &mut Vec<u8>) {
        let origin = &self.origin;
        out.extend_from_slice(self.name);
        for mate in 0..2 {
            out.push(b'\t');
            out.extend_from_slice(contig.as_bytes());
            out.push(b'\t');
            push_number(u64::from(origin.positions[mate]) + 1, out);
            out.extend_from_slice(if origin.reverse[mate] { b"\t-" } else { b"\t+" });
        }
        out.extend_from_slice(&[b'\t', b'1' + origin.haplotype, b'\t', b'0' + origin.kind as u8, b'\t']);
        push_number(u64::from(origin.component), out);
        out.push(b'\n');
    }
}

/// Appends a FASTQ record; no comment when it is empty.
pub(crate) fn write_fastq(name: &[u8], comment: &[u8], sequence: &[u8], qualities: &[u8], out: &mut Vec<u8>) {
    out.push(b'@');
    out.extend_from_slice(name);
    if !comment.is_empty() {
        out.push(b' ');
        out.extend_from_slice(comment);
    }
    out.push(b'\n');
    out.extend_from_slice(sequence);
    out.extend_from_slice(b"\n+\n");
    out.extend(qualities.iter().map(|quality| quality + 33));
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::Contig;

    #[test]
    fn names_are_short_and_legal() {
        let long = "x".repeat(300);
        let names = ["chr1_KI270706v1", "HLA-A*01:01", "a@b%c", &long];
        let contig = |name: &&str| Contig { name: (*name).to_owned(), length: u32::MAX, md5: [0; 16] };
        let labels = labels(&Contigs::new(names.iter().map(contig).collect()));
        assert_eq!(labels, ["chr1_KI270706v1", "HLA-A*01%3A01", "a%40b%25c", "%4"]);
        let origin = Origin {
            contig: 0,
            positions: [u32::MAX - 1; 2],
            reverse: [false, true],
            component: 255,
            haplotype: 1,
            fragment_length: 400,
            kind: PairKind::OpticalDuplicate,
        };
        let spot = Spot { lane: 4, tile: 2678, x: 31_999, y: 49_999 };
        let mut name = Vec::new();
        let cell = flow_cell(u64::MAX, u32::MAX);
        write_name((u64::MAX, &cell), &origin, &"y".repeat(LONGEST_LABEL), spot, &mut name);
        assert!(name.len() <= 254, "{}", name.len());
        name.clear();
        write_name((7, &flow_cell(42, 0)), &origin, &labels[1], spot, &mut name);
        let text = "S7_HLA-A*01%3A01_4294967295+_4294967295-_255.2.q:1:FC42:4:2678:31999:49999";
        assert_eq!(String::from_utf8(name).expect("ASCII"), text);
    }
}
