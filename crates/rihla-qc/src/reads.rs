//! Reads and their bases, as `samtools stats` counts them.

use rihla_core::record::flags;
use rihla_core::{Pack, Unpack};

use crate::counters::{add_all, add_at, counters};
use crate::facts::Facts;

/// Pairs further apart are counted as this far apart (bases).
pub const LONGEST_SPAN: usize = 8_000;

counters! {
    /// Sums over records that are not secondary. What is "of reads" is of their primary records.
    pub struct ReadSums {
        /// First mates, and reads that do not come in pairs.
        first,
        /// Last mates.
        last,
        /// Reads that are both mates, or neither.
        other,
        /// Reads that come in pairs.
        paired,
        /// Reads that failed the vendor's checks.
        qc_fail,
        /// Bases of reads.
        bases,
        /// Bases of first mates.
        bases_first,
        /// Bases of last mates.
        bases_last,
        /// Qualities of first and last mates, added up.
        quality,
        /// Reads that are not mapped.
        unmapped,
        /// Mapped reads without a mapped mate.
        mapped_alone,
        /// Mapped reads with a mapped mate.
        both_mapped,
        /// Of these, those whose pair is as the library's geometry wants it.
        properly_paired,
        /// Of these, those whose mate is mapped to another contig.
        mate_elsewhere,
        /// Mapped reads of mapping quality 0.
        mapq_0,
        /// Bases of mapped reads.
        mapped_bases,
        /// Secondary records; they count nowhere else.
        secondary,
        /// Supplementary records.
        supplementary,
        /// Duplicates, supplementary ones too.
        duplicates,
        /// Their bases.
        duplicate_bases,
        /// Aligned and inserted bases of mapped records, supplementary ones too.
        cigar_bases,
        /// `NM` of mapped records, supplementary ones too.
        edits,
    }
}

/// Mates of one contig by how they face each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacingCounts {
    /// Towards each other: reads by the length of their template, from 0 to [`LONGEST_SPAN`]. Each pair is two.
    pub inward: Vec<u64>,
    /// Away from each other.
    pub outward: Vec<u64>,
    /// The same way.
    pub other: Vec<u64>,
}

/// What `samtools stats` sums up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadCounters {
    /// Plain sums.
    pub sums: ReadSums,
    /// Length of the longest read: of all, of first mates, of last mates; hard-clipped bases are in.
    pub longest: [u32; 3],
    /// Pairs.
    pub facing: FacingCounts,
}

impl ReadCounters {
    pub(crate) fn add(&mut self, facts: &Facts<'_>) {
        let has = |bits| facts.has(bits);
        if has(flags::SECONDARY) {
            self.sums.secondary += 1;
            return;
        }
        self.sums.supplementary += u64::from(has(flags::SUPPLEMENTARY));
        let bases = facts.record.sequence_len() as u64;
        if bases == 0 {
            return;
        }
        let mate = Mate::of(facts);
        if has(flags::DUPLICATE) {
            self.sums.duplicates += 1;
            self.sums.duplicate_bases += bases;
        }
        let length = bases as u32 + facts.hard_clipped;
        self.longest[0] = self.longest[0].max(length);
        if let Some(longest) = self.longest.get_mut(mate as usize) {
            *longest = length.max(*longest);
        }
        if !has(flags::SUPPLEMENTARY) {
            self.add_read(facts, mate, bases);
        }
        if !has(flags::UNMAPPED) {
            self.sums.cigar_bases += u64::from(facts.aligned + facts.inserted);
            self.sums.edits += facts.edits.map_or(0, |edits| edits.max(0) as u64);
        }
    }

    fn add_read(&mut self, facts: &Facts<'_>, mate: Mate, bases: u64) {
        let has = |bits| facts.has(bits);
        let sums = &mut self.sums;
        sums.bases += bases;
        sums.qc_fail += u64::from(has(flags::QC_FAIL));
        sums.paired += u64::from(has(flags::PAIRED));
        match mate {
            Mate::First => (sums.first, sums.bases_first) = (sums.first + 1, sums.bases_first + bases),
            Mate::Last => (sums.last, sums.bases_last) = (sums.last + 1, sums.bases_last + bases),
            Mate::Other => sums.other += 1,
        }
        if mate != Mate::Other {
            sums.quality += sum(facts.record.qualities());
        }
        if has(flags::UNMAPPED) {
            sums.unmapped += 1;
            return;
        }
        sums.mapped_bases += bases;
        sums.mapq_0 += u64::from(facts.record.mapq() == 0);
        if !facts.both_mapped() {
            sums.mapped_alone += 1;
            return;
        }
        sums.both_mapped += 1;
        sums.properly_paired += u64::from(has(flags::PROPER_PAIR));
        sums.mate_elsewhere += u64::from(facts.mate_is_elsewhere());
        self.facing.add(facts);
    }

    /// Adds the counts of other records.
    pub fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        self.longest.iter_mut().zip(other.longest).for_each(|(mine, more)| *mine = more.max(*mine));
        add_all(&mut self.facing.inward, &other.facing.inward);
        add_all(&mut self.facing.outward, &other.facing.outward);
        add_all(&mut self.facing.other, &other.facing.other);
    }
}

impl FacingCounts {
    /// Counts a mapped read whose mate is mapped.
    fn add(&mut self, facts: &Facts<'_>) {
        let record = facts.record;
        let span = record.template_length().unsigned_abs() as usize;
        if span == 0 && facts.mate_is_elsewhere() {
            return;
        }
        let is_forward = !facts.has(flags::REVERSE);
        let counts = if is_forward != facts.has(flags::MATE_REVERSE) {
            &mut self.other
        } else {
            // The leftmost of the two; mates of one position stand as if the first were.
            let is_first = facts.has(flags::FIRST);
            let (own, mate) = (record.position(), record.mate_position());
            let is_left = if is_first { own <= mate } else { own < mate };
            if is_left == is_forward { &mut self.inward } else { &mut self.outward }
        };
        add_at(counts, span.min(LONGEST_SPAN));
    }
}

impl Pack for ReadCounters {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { sums, longest: [longest, first, last], facing } = self;
        sums.pack(out);
        [longest, first, last].into_iter().for_each(|length| length.pack(out));
        [&facing.inward, &facing.outward, &facing.other].into_iter().for_each(|counts| counts.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (sums, longest) = (from.read()?, [from.read()?, from.read()?, from.read()?]);
        let facing = FacingCounts { inward: from.read()?, outward: from.read()?, other: from.read()? };
        Some(Self { sums, longest, facing })
    }
}

/// Which mate a read is; the numbers are those of [`ReadCounters::longest`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mate {
    First = 1,
    Last = 2,
    Other = 3,
}

impl Mate {
    fn of(facts: &Facts<'_>) -> Self {
        if !facts.has(flags::PAIRED) {
            return Self::First;
        }
        match (facts.has(flags::FIRST), facts.has(flags::LAST)) {
            (true, false) => Self::First,
            (false, true) => Self::Last,
            _ => Self::Other,
        }
    }
}

/// The sum of bytes, in chunks whose sums fit 16 bits, so that it goes by vectors.
fn sum(bytes: &[u8]) -> u64 {
    bytes.chunks(256).map(|chunk| u64::from(chunk.iter().map(|&byte| u16::from(byte)).sum::<u16>())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_add_up_beyond_sixteen_bits() {
        assert_eq!(sum(&[255; 1000]), 255_000);
        assert_eq!(sum(&[]), 0);
    }
}
