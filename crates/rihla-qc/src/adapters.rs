//! Reads that begin as an adapter does, as Picard tells them.

use std::sync::LazyLock;

use rihla_core::record::flags;
use rihla_core::{RecordRef, base};

/// Bases at the start of a read that are compared.
const BASES: usize = 16;
/// Of which so many may differ.
const ERRORS: u32 = 1;

/// Illumina's adapters of single reads, of pairs and of indexed libraries: Picard's default. Oligonucleotide sequences
/// (c) 2016 Illumina, Inc.
const ADAPTERS: [&[u8]; 4] = [
    b"AATGATACGGCGACCACCGAGATCTACACTCTTTCCCTACACGACGCTCTTCCGATCT",
    b"AGATCGGAAGAGCTCGTATGCCGTCTTCTGCTTG",
    b"AGATCGGAAGAGCGGTTCAGCAGGAATGCCGAGACCGATCTCGTATGCCGTCTTCTGCTTG",
    b"AGATCGGAAGAGCACACGTCTGAACTCCAGTCACNNNNNNNNATCTCGTATGCCGTCTTCTGCTTG",
];

/// Sixteen bases in two bits each, and, in the lower bit of each, which of them are not known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    bases: u32,
    unknown: u32,
}

impl Stretch {
    /// Of base codes.
    fn of(codes: impl Iterator<Item = u8>) -> Self {
        codes.fold(Self { bases: 0, unknown: 0 }, |Self { bases, unknown }, code| {
            let known = code < base::N;
            let bits = if known { u32::from(code) } else { 0 };
            Self { bases: bases << 2 | bits, unknown: unknown << 2 | u32::from(!known) }
        })
    }

    /// Bases in which two differ; what is not known does.
    const fn errors(self, other: Self) -> u32 {
        let differing = self.bases ^ other.bases;
        const LOWER: u32 = 0x5555_5555;
        ((differing | differing >> 1) & LOWER | self.unknown | other.unknown).count_ones()
    }
}

/// The stretches of all adapters, and their reverse complements.
static STRETCHES: LazyLock<Vec<Stretch>> = LazyLock::new(|| {
    let stretches = ADAPTERS.iter().flat_map(|adapter| adapter.windows(BASES)).flat_map(|letters| {
        let codes = letters.iter().map(|&letter| base::encode(letter));
        let turned = codes.clone().rev().map(base::complement);
        [Stretch::of(codes), Stretch::of(turned)]
    });
    let few_unknown = |stretch: &Stretch| stretch.unknown.count_ones() <= ERRORS;
    let mut stretches: Vec<Stretch> = stretches.filter(few_unknown).collect();
    stretches.sort_unstable();
    stretches.dedup();
    stretches
});

/// Whether a read, as it came from the machine, begins like a stretch of an adapter, or of its reverse complement.
pub(crate) fn begins(record: RecordRef<'_>) -> bool {
    let length = record.sequence_len();
    if length < BASES {
        return false;
    }
    let start = match record.has_any(flags::REVERSE) {
        true => Stretch::of((0..BASES).map(|i| base::complement(record.base(length - 1 - i)))),
        false => Stretch::of((0..BASES).map(|i| record.base(i))),
    };
    STRETCHES.iter().any(|stretch| stretch.errors(start) <= ERRORS)
}

#[cfg(test)]
mod tests {
    use rihla_core::record::Placement;
    use rihla_core::{RecordArena, RecordBuilder};

    use super::*;

    fn is_adapter(letters: &str) -> bool {
        let codes: Vec<u8> = letters.bytes().map(base::encode).collect();
        is_adapter_with(flags::UNMAPPED, &codes)
    }

    fn is_adapter_with(flags: u16, codes: &[u8]) -> bool {
        let mut arena = RecordArena::new();
        let placement = Placement { flags, place: None, mapq: 0, mate: None, template_length: 0 };
        RecordBuilder::start(&mut arena, &placement, b"r", &[], codes, &vec![30; codes.len()]).finish();
        begins(arena.get(0))
    }

    #[test]
    fn either_strand_and_one_error_will_do() {
        assert!(is_adapter("AGATCGGAAGAGCACAACGT"), "as it is");
        assert!(is_adapter("TCGGAAGAGCTCGTATACGT"), "from its middle");
        assert!(is_adapter("TGTGCTCTTCCGATCTACGT"), "its reverse complement");
        assert!(is_adapter("AGATCGGTAGAGCACAACGT"), "one error");
        assert!(!is_adapter("AGATCGGTAGTGCACAACGT"), "two errors");
        assert!(!is_adapter("ACGTACGTACGTACGTACGT"));
        assert!(!is_adapter("AGATCGGAAGAGCAC"), "short");
    }

    #[test]
    fn a_turned_read_begins_at_its_end() {
        let mut codes = Vec::new();
        base::encode_into(b"ACGTACGTACGTTTGTGCTCTTCCGATCT", &mut codes);
        assert!(is_adapter_with(flags::REVERSE, &codes) && !is_adapter_with(0, &codes));
    }
}
