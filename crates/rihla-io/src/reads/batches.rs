//! Templates gathered into batches of one read group, of pairs or of single reads.

use std::collections::VecDeque;

use rihla_core::ReadBatch;

use super::fields::Read;

/// What a read of few bases counts towards the size of a batch, as with FASTQ.
const MIN_READ_WEIGHT: usize = 32;
/// Full batches' worth of bases that may wait in batches which are not full.
const MOST_WAITING: usize = 32;

/// A batch that fills.
#[derive(Default)]
struct Filling {
    batch: ReadBatch,
    weight: usize,
}

/// The batches of all read groups.
#[derive(Default)]
pub(super) struct Batches {
    batch_bases: usize,
    /// Two a read group: single reads, then pairs.
    filling: Vec<Filling>,
    weight: usize,
    full: VecDeque<(usize, ReadBatch)>,
    /// Of the next batch, and of its first template.
    numbers: (u64, u64),
}

impl Batches {
    pub(super) fn new(batch_bases: usize, numbers: (u64, u64)) -> Self {
        Self { batch_bases, numbers, ..Self::default() }
    }

    pub(super) fn numbers(&self) -> (u64, u64) {
        self.numbers
    }

    pub(super) fn push_single(&mut self, read: &Read) {
        self.push(2 * read.group as usize, &[read]);
    }

    pub(super) fn push_pair(&mut self, first: &Read, last: &Read) {
        self.push(2 * first.group as usize + 1, &[first, last]);
    }

    fn push(&mut self, slot: usize, reads: &[&Read]) {
        if self.filling.len() <= slot {
            self.filling.resize_with(slot + 1, Filling::default);
        }
        let filling = &mut self.filling[slot];
        for read in reads {
            filling.batch.push(&read.name, &read.sequence, &read.qualities);
            let weight = read.sequence.len().max(MIN_READ_WEIGHT);
            filling.weight += weight;
            self.weight += weight;
        }
        if filling.weight >= self.batch_bases {
            self.fill(slot);
        } else if self.weight >= MOST_WAITING * self.batch_bases {
            let largest = (0..self.filling.len()).rev().max_by_key(|&slot| self.filling[slot].weight);
            largest.into_iter().for_each(|slot| self.fill(slot));
        }
    }

    /// Takes a batch as full.
    fn fill(&mut self, slot: usize) {
        let Filling { batch, weight } = std::mem::take(&mut self.filling[slot]);
        self.weight -= weight;
        self.full.push_back((slot, batch));
    }

    /// The next full batch and its read group; once all has come, those that are not full too.
    pub(super) fn take(&mut self, into: &mut ReadBatch, is_all: bool) -> Option<usize> {
        if is_all && self.full.is_empty() {
            let rest = (0..self.filling.len()).find(|&slot| !self.filling[slot].batch.is_empty());
            rest.into_iter().for_each(|slot| self.fill(slot));
        }
        let (slot, mut batch) = self.full.pop_front()?;
        batch.paired = slot % 2 == 1;
        (batch.number, batch.first_template) = self.numbers;
        self.numbers = (self.numbers.0 + 1, self.numbers.1 + batch.templates() as u64);
        *into = batch;
        Some(slot / 2)
    }
}
