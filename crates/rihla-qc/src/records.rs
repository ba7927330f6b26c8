//! Alignment records by kind.

use rihla_core::record::flags;
use rihla_core::{Pack, RecordRef, Unpack};

/// Counts of records. A primary record is neither secondary nor supplementary: one for each read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordCounts {
    /// Primary records.
    pub primary: u64,
    /// Primary records that are mapped.
    pub mapped: u64,
    /// Primary records of paired reads.
    pub paired: u64,
    /// Primary, mapped records whose pair is as the library's geometry wants it (FLAG 0x2).
    pub properly_paired: u64,
    /// Primary, mapped records marked as duplicates.
    pub duplicates: u64,
    /// Primary records that failed the vendor's checks.
    pub qc_fail: u64,
    /// Primary, mapped records of mapping quality 0.
    pub mapq_0: u64,
    /// Primary, mapped records of mapping quality 20 or more.
    pub mapq_20: u64,
    /// Primary, mapped records whose mate is unmapped.
    pub singletons: u64,
    /// Primary, mapped records whose mate is mapped to another contig.
    pub mate_elsewhere: u64,
    /// Secondary records.
    pub secondary: u64,
    /// Supplementary records.
    pub supplementary: u64,
}

impl RecordCounts {
    /// Counts one record.
    pub fn add(&mut self, record: RecordRef<'_>) {
        let has = |bits| record.has_any(bits);
        if has(flags::SECONDARY) {
            self.secondary += 1;
            return;
        }
        if has(flags::SUPPLEMENTARY) {
            self.supplementary += 1;
            return;
        }
        self.primary += 1;
        self.paired += u64::from(has(flags::PAIRED));
        self.qc_fail += u64::from(has(flags::QC_FAIL));
        if has(flags::UNMAPPED) {
            return;
        }
        self.mapped += 1;
        self.duplicates += u64::from(has(flags::DUPLICATE));
        self.mapq_0 += u64::from(record.mapq() == 0);
        self.mapq_20 += u64::from(record.mapq() >= 20);
        if has(flags::PAIRED) {
            self.properly_paired += u64::from(has(flags::PROPER_PAIR));
            let mate_mapped = !has(flags::MATE_UNMAPPED);
            self.singletons += u64::from(!mate_mapped);
            self.mate_elsewhere += u64::from(mate_mapped && record.mate_contig() != record.contig());
        }
    }

    /// Adds the counts of other records.
    pub fn merge(&mut self, other: &Self) {
        self.primary += other.primary;
        self.mapped += other.mapped;
        self.paired += other.paired;
        self.properly_paired += other.properly_paired;
        self.duplicates += other.duplicates;
        self.qc_fail += other.qc_fail;
        self.mapq_0 += other.mapq_0;
        self.mapq_20 += other.mapq_20;
        self.singletons += other.singletons;
        self.mate_elsewhere += other.mate_elsewhere;
        self.secondary += other.secondary;
        self.supplementary += other.supplementary;
    }
}

impl Pack for RecordCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self {
            primary,
            mapped,
            paired,
            properly_paired,
            duplicates,
            qc_fail,
            mapq_0,
            mapq_20,
            singletons,
            mate_elsewhere,
            secondary,
            supplementary,
        } = self;
        for count in [
            primary,
            mapped,
            paired,
            properly_paired,
            duplicates,
            qc_fail,
            mapq_0,
            mapq_20,
            singletons,
            mate_elsewhere,
            secondary,
            supplementary,
        ] {
            count.pack(out);
        }
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self {
            primary: from.read()?,
            mapped: from.read()?,
            paired: from.read()?,
            properly_paired: from.read()?,
            duplicates: from.read()?,
            qc_fail: from.read()?,
            mapq_0: from.read()?,
            mapq_20: from.read()?,
            singletons: from.read()?,
            mate_elsewhere: from.read()?,
            secondary: from.read()?,
            supplementary: from.read()?,
        })
    }
}
