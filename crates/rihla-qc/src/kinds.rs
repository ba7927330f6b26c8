//! Records by what their FLAG says, as `samtools flagstat` counts them.

use rihla_core::record::flags;
use rihla_core::{Pack, Unpack};

use crate::counters::counters;
use crate::facts::Facts;

counters! {
    /// Records of either kind: those that passed the vendor's checks, or those that failed.
    pub struct KindCounts {
        /// All records.
        all,
        /// Neither secondary nor supplementary.
        primary,
        /// Secondary.
        secondary,
        /// Supplementary, not secondary.
        supplementary,
        /// Marked as duplicates.
        duplicates,
        /// Primary ones marked as duplicates.
        primary_duplicates,
        /// Mapped.
        mapped,
        /// Primary ones that are mapped.
        primary_mapped,
        /// Primary ones of reads that come in pairs; so are all that follow.
        paired,
        /// First mates.
        first,
        /// Last mates.
        last,
        /// Mapped, and the pair is as the library's geometry wants it.
        properly_paired,
        /// Mapped, and so is the mate.
        both_mapped,
        /// Mapped, and the mate is not.
        singletons,
        /// Mapped, and the mate is mapped to another contig.
        mate_elsewhere,
        /// The same with a mapping quality of 5 or more.
        mate_elsewhere_mapq_5,
    }
}

impl KindCounts {
    fn add(&mut self, facts: &Facts<'_>) {
        let has = |bits| facts.has(bits);
        let (mapped, duplicate) = (u64::from(!has(flags::UNMAPPED)), u64::from(has(flags::DUPLICATE)));
        self.all += 1;
        self.mapped += mapped;
        self.duplicates += duplicate;
        if has(flags::SECONDARY) {
            self.secondary += 1;
        } else if has(flags::SUPPLEMENTARY) {
            self.supplementary += 1;
        } else {
            self.primary += 1;
            self.primary_mapped += mapped;
            self.primary_duplicates += duplicate;
            if has(flags::PAIRED) {
                self.add_paired(facts);
            }
        }
    }

    fn add_paired(&mut self, facts: &Facts<'_>) {
        let has = |bits| facts.has(bits);
        self.paired += 1;
        self.first += u64::from(has(flags::FIRST));
        self.last += u64::from(has(flags::LAST));
        if has(flags::UNMAPPED) {
            return;
        }
        self.properly_paired += u64::from(has(flags::PROPER_PAIR));
        if has(flags::MATE_UNMAPPED) {
            self.singletons += 1;
            return;
        }
        self.both_mapped += 1;
        if facts.mate_is_elsewhere() {
            self.mate_elsewhere += 1;
            self.mate_elsewhere_mapq_5 += u64::from(facts.record.mapq() >= 5);
        }
    }
}

/// Records that passed the vendor's checks and those that failed them (FLAG 0x200).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// Those that passed.
    pub passed: KindCounts,
    /// Those that failed.
    pub failed: KindCounts,
}

impl Kinds {
    pub(crate) fn add(&mut self, facts: &Facts<'_>) {
        match facts.has(flags::QC_FAIL) {
            false => self.passed.add(facts),
            true => self.failed.add(facts),
        }
    }

    /// Adds the counts of other records.
    pub fn merge(&mut self, other: &Self) {
        self.passed.merge(&other.passed);
        self.failed.merge(&other.failed);
    }
}

impl Pack for Kinds {
    fn pack(&self, out: &mut Vec<u8>) {
        self.passed.pack(out);
        self.failed.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { passed: from.read()?, failed: from.read()? })
    }
}
