//! Reads and their alignments by mate, as Picard CollectAlignmentSummaryMetrics counts them.

use rihla_core::lanes::count;
use rihla_core::record::flags;
use rihla_core::{Pack, Unpack};

use crate::counters::{add_all, add_at, counters};
use crate::facts::{Facts, mismatches};
use crate::spans::Orientation;

/// The mapping quality, and the base quality, from which on Picard calls it high.
const HIGH: u8 = 20;
/// Pairs that span more bases are chimeric.
const LONGEST_PAIR: u32 = 100_000;
/// Nibble of an N.
const N: u8 = 15;

counters! {
    /// Sums over primary records. "Passing" reads did not fail the vendor's checks; what is not of all reads is of
    /// those.
    pub struct ReadTally {
        /// All reads.
        reads,
        /// Passing ones.
        passing,
        /// Mapped ones.
        mapped,
        /// Their bases that stand against a base of the reference.
        aligned_bases,
        /// Mapped with a mapping quality of 20 or more.
        high,
        /// Their aligned bases.
        high_bases,
        /// Of these, those of quality 20 or more.
        high_q20_bases,
        /// Aligned bases that differ from the reference.
        mismatches,
        /// Those of reads with a mapping quality of 20 or more.
        high_mismatches,
        /// Insertions and deletions.
        indels,
        /// Mapped, and so is the mate.
        mapped_in_pairs,
        /// Mapped reads that come in pairs but not properly.
        improper,
        /// Mapped to the forward strand.
        forward,
        /// Mapped reads that could show to be chimeric: of mapping quality 20 or more, their mates, too.
        judged,
        /// Of these, those whose pair does not belong together, or that are split.
        chimeric,
        /// Reads that are not mapped, or with a mapping quality of 0, and begin as an adapter does.
        adapters,
        /// Soft-clipped bases of mapped reads.
        soft_clipped,
        /// Hard-clipped bases.
        hard_clipped,
        /// Reads that are soft-clipped at the end that was read last.
        clipped_last,
        /// Bases that are clipped there.
        clipped_last_bases,
    }
}

/// Reads of one kind: single ones, first mates or last mates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MateTally {
    /// Plain sums.
    pub sums: ReadTally,
    /// Passing reads by length.
    pub lengths: Vec<u64>,
    /// The same by the bases that are not clipped; none are of a read that is not mapped.
    pub unclipped: Vec<u64>,
    /// Mapped, passing reads by mismatches; those of a mapping quality below 20 have none.
    pub high_mismatches: Vec<u64>,
    /// Mismatches, and N of reads that are not mapped, by cycle of the machine, the first of which is 0.
    pub bad_cycles: Vec<u64>,
}

impl MateTally {
    fn add(&mut self, facts: &Facts<'_>) {
        self.sums.reads += 1;
        if facts.has(flags::QC_FAIL) {
            self.add_unknown_bases(facts);
            return;
        }
        let length = facts.record.sequence_len();
        self.sums.passing += 1;
        add_at(&mut self.lengths, length);
        add_at(&mut self.unclipped, (facts.aligned + facts.inserted) as usize);
        self.sums.hard_clipped += u64::from(facts.hard_clipped);
        self.sums.adapters += u64::from(facts.is_adapter);
        if facts.has(flags::UNMAPPED) {
            self.add_unknown_bases(facts);
            return;
        }
        self.add_place(facts);
        self.add_bases(facts);
    }

    /// How a mapped read lies.
    fn add_place(&mut self, facts: &Facts<'_>) {
        let sums = &mut self.sums;
        sums.mapped += 1;
        sums.soft_clipped += u64::from(facts.soft_clipped);
        sums.clipped_last += u64::from(facts.soft_clipped_last > 0);
        sums.clipped_last_bases += u64::from(facts.soft_clipped_last);
        sums.improper += u64::from(facts.has(flags::PAIRED) && !facts.has(flags::PROPER_PAIR));
        sums.forward += u64::from(!facts.has(flags::REVERSE));
        let high = facts.record.mapq() >= HIGH;
        if facts.both_mapped() {
            sums.mapped_in_pairs += 1;
            let judged = facts.mate_mapq.is_none_or(|mate| high && mate >= HIGH);
            sums.judged += u64::from(judged);
            sums.chimeric += u64::from(judged && is_chimeric(facts));
        } else {
            sums.judged += u64::from(high);
            sums.chimeric += u64::from(high && facts.is_split);
        }
    }

    /// How the bases of a mapped read fit.
    fn add_bases(&mut self, facts: &Facts<'_>) {
        let record = facts.record;
        let different = facts.mismatches;
        let sums = &mut self.sums;
        sums.aligned_bases += u64::from(facts.aligned);
        sums.mismatches += different;
        sums.indels += u64::from(facts.indels);
        let mut high_different = 0;
        if record.mapq() >= HIGH {
            sums.high += 1;
            sums.high_bases += u64::from(facts.aligned);
            sums.high_q20_bases += u64::from(aligned_at_least(facts, HIGH));
            sums.high_mismatches += different;
            high_different = different;
        }
        add_at(&mut self.high_mismatches, high_different as usize);
        let length = record.sequence_len();
        if let Some(differences) = facts.differences {
            for at in mismatches(differences).filter(|at| *at < length) {
                add_at(&mut self.bad_cycles, if facts.has(flags::REVERSE) { length - 1 - at } else { at });
            }
        }
    }

    /// Counts the N of a read that is not compared with the reference.
    fn add_unknown_bases(&mut self, facts: &Facts<'_>) {
        let length = facts.record.sequence_len();
        let nibbles = facts.record.sequence_nibbles().iter().flat_map(|byte| [byte >> 4, byte & 15]);
        for (at, _) in nibbles.take(length).enumerate().filter(|(_, nibble)| *nibble == N) {
            add_at(&mut self.bad_cycles, if facts.has(flags::REVERSE) { length - 1 - at } else { at });
        }
    }

    /// Adds the counts of other reads.
    pub fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        add_all(&mut self.lengths, &other.lengths);
        add_all(&mut self.unclipped, &other.unclipped);
        add_all(&mut self.high_mismatches, &other.high_mismatches);
        add_all(&mut self.bad_cycles, &other.bad_cycles);
    }
}

impl Pack for MateTally {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { sums, lengths, unclipped, high_mismatches, bad_cycles } = self;
        sums.pack(out);
        [lengths, unclipped, high_mismatches, bad_cycles].into_iter().for_each(|counts| counts.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (sums, lengths, unclipped) = (from.read()?, from.read()?, from.read()?);
        Some(Self { sums, lengths, unclipped, high_mismatches: from.read()?, bad_cycles: from.read()? })
    }
}

/// Reads by mate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MateTallies {
    /// Reads that do not come in pairs.
    pub single: MateTally,
    /// First mates.
    pub first: MateTally,
    /// All other mates.
    pub last: MateTally,
}

impl MateTallies {
    pub(crate) fn add(&mut self, facts: &Facts<'_>) {
        if !facts.is_primary() {
            return;
        }
        match (facts.has(flags::PAIRED), facts.has(flags::FIRST)) {
            (false, _) => self.single.add(facts),
            (true, true) => self.first.add(facts),
            (true, false) => self.last.add(facts),
        }
    }

    /// Adds the counts of other reads.
    pub fn merge(&mut self, other: &Self) {
        self.single.merge(&other.single);
        self.first.merge(&other.first);
        self.last.merge(&other.last);
    }
}

impl Pack for MateTallies {
    fn pack(&self, out: &mut Vec<u8>) {
        [&self.single, &self.first, &self.last].into_iter().for_each(|tally| tally.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { single: from.read()?, first: from.read()?, last: from.read()? })
    }
}

/// Whether the mates do not belong together: on two contigs, far apart, or not facing each other; or the read is split.
fn is_chimeric(facts: &Facts<'_>) -> bool {
    facts.record.template_length().unsigned_abs() > LONGEST_PAIR
        || facts.mate_is_elsewhere()
        || Orientation::of(facts.record) != Orientation::Fr
        || facts.is_split
}

/// Aligned bases of at least this quality.
fn aligned_at_least(facts: &Facts<'_>, quality: u8) -> u32 {
    let qualities = facts.record.qualities();
    let mut at = 0;
    let counts = facts.record.cigar().map(|op| {
        let start = at;
        at += if op.kind().consumes_read() { op.len() as usize } else { 0 };
        match op.kind().is_aligned() {
            true => count(qualities.get(start..at).unwrap_or_default(), |q| q >= quality) as u32,
            false => 0,
        }
    });
    counts.sum()
}
