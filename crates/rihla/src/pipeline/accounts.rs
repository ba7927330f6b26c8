//! The books of a run: each read of every read group has one primary record.

use std::path::Path;

use anyhow::Result;
use rihla_core::{Pack, Unpack};
use rihla_qc::{GroupCounts, GroupFinder, GroupMetrics, LaneReads, reconcile_groups};
use rihla_shard::Bin;

use super::duplicates::{kept, removed};
use super::ingest::Ingested;
use super::lanes::Sample;
use super::metrics::input_counts;
use crate::cli::DuplicateArgs;
use crate::exit::{Failure, fault};
use crate::objects::shown;

/// The records of a sample by read group.
pub struct Accounts<'a> {
    sample: &'a Sample,
    counter: Counter<'a>,
    total: BinAccount,
}

/// Counts the records of bins, on any thread.
#[derive(Clone)]
pub struct Counter<'a> {
    duplicates: &'a DuplicateArgs,
    finder: GroupFinder,
}

/// The primary records of one bin.
#[derive(Default)]
pub struct BinAccount {
    /// Records of every kind.
    records: u64,
    written: GroupCounts,
    /// Duplicates that were not to be written.
    removed: GroupCounts,
}

impl Pack for BinAccount {
    fn pack(&self, out: &mut Vec<u8>) {
        self.records.pack(out);
        self.written.pack(out);
        self.removed.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { records: from.read()?, written: from.read()?, removed: from.read()? })
    }
}

impl Counter<'_> {
    /// What a bin holds.
    #[must_use]
    pub fn of(&self, bin: &Bin) -> BinAccount {
        BinAccount {
            records: bin.owned.len() as u64,
            written: GroupCounts::of(&self.finder, kept(bin, self.duplicates)),
            removed: match self.duplicates.remove_duplicates {
                true => GroupCounts::of(&self.finder, removed(bin)),
                false => GroupCounts::default(),
            },
        }
    }
}

impl<'a> Accounts<'a> {
    /// Opens the books.
    #[must_use]
    pub fn new(sample: &'a Sample, duplicates: &'a DuplicateArgs) -> Self {
        let finder = GroupFinder::new(sample.groups.iter().map(|group| group.id.as_str()));
        Self { sample, counter: Counter { duplicates, finder }, total: BinAccount::default() }
    }

    /// Counts what is to be booked.
    #[must_use]
    pub fn counter(&self) -> Counter<'a> {
        self.counter.clone()
    }

    /// Books a bin.
    pub fn add(&mut self, bin: &BinAccount) {
        self.total.records += bin.records;
        self.total.written.merge(&bin.written);
        self.total.removed.merge(&bin.removed);
    }

    /// Closes the books on what came in.
    ///
    /// # Errors
    /// Reads or records that were lost or doubled on the way.
    pub fn close(self, ingested: &Ingested) -> Result<Vec<GroupMetrics>> {
        let BinAccount { records, written, removed } = self.total;
        let taken = ingested.shards.records_in();
        if records != taken {
            let message = format!(
                "{taken} records were put into bins, but {records} came out of them. This is an error in the \
                 program, not in the data: please report it"
            );
            return Err(fault(Failure::Internal, message));
        }
        let mut all = written.clone();
        all.merge(&removed);
        let groups = self.sample.groups.iter().map(|group| group.id.as_str());
        let reads = self.sample.counts_by_group(&ingested.lanes);
        reconcile_groups(groups.zip(reads.iter().map(|counts| counts.reads)), &all)
            .map_err(|error| fault(Failure::Internal, error.to_string()))?;
        let number = |counts: &GroupCounts, group: usize| counts.primary.get(group).copied().unwrap_or(0);
        let metrics =
            self.sample.groups.iter().zip(&reads).enumerate().map(|(i, (group, counts))| GroupMetrics {
                read_group: group.id.clone(),
                library: group.library.clone().unwrap_or_default(),
                files: self
                    .sample
                    .files_of_group(i)
                    .map(|path: &Path| shown(&path.to_string_lossy()).into_owned())
                    .collect(),
                reads: LaneReads::new(&input_counts(counts)),
                written: number(&written, i),
                removed: number(&removed, i),
            });
        Ok(metrics.collect())
    }
}
