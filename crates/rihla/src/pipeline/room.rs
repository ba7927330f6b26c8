//! How `--memory` is shared out.
//!
//! While reads are aligned, the records take what batches and buffers leave. Afterwards bins are worked on, each of
//! which takes a few times its records: a worker waits until there is room for its bin, and records that are in the
//! way are spilled. A single bin that is larger than all the memory is worked on alone.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rihla_kernels::heap;
use rihla_shard::{ShardError, ShardOptions, Shards};

use super::lanes::Sample;
use crate::context::Context;
use crate::objects::{self, is_url};

/// What a run takes that depends on neither threads nor reads: tables, buffers, the first reads of a lane.
const BASE: u64 = 80 << 20;

/// What a thread takes: batches on their way, working memory.
const PER_THREAD: u64 = 28 << 20;

/// One part in so many is the allocator's: pieces that were freed and fit nothing.
const ALLOCATOR_SHARE: u64 = 16;

/// What reads of BAM and CRAM take while they wait for their mates: 64 MB of them, and buffers.
const WAITING: u64 = 100 << 20;

/// What a bin takes while it is worked on, by the bytes of its records: as it is read back, sorted, and what is made
/// of it, which waits for those before.
const BIN_SHARE: u64 = 3;

/// Least memory for so many threads that is kept to: room for one bin, be it a deep one.
#[must_use]
pub const fn least(threads: usize) -> u64 {
    BASE + PER_THREAD * threads as u64 + BIN_SHARE * ShardOptions::PART_BYTES
}

/// Bytes that records may hold while reads are aligned.
#[must_use]
pub fn for_records(context: &Context) -> u64 {
    let others = BASE + PER_THREAD * context.threads() as u64;
    let rest = context.memory.saturating_sub(others);
    (rest - rest / ALLOCATOR_SHARE).max(context.memory / 3)
}

/// The same where reads come out of BAM or CRAM, of which some wait for their mates meanwhile, or out of object stores.
#[must_use]
pub fn for_records_of(context: &Context, sample: &Sample) -> u64 {
    let all = for_records(context);
    let waits = sample.lanes.iter().any(|lane| lane.records.is_some());
    let ahead = if sample.inputs().iter().any(|path| is_url(path)) { objects::BUFFERS } else { 0 };
    let others = ahead + if waits { WAITING } else { 0 };
    if others > 0 { all.saturating_sub(others).max(context.memory / 4) } else { all }
}

/// The room for bins and the records that wait for their turn.
pub struct Room<'a> {
    shards: &'a Shards,
    limit: u64,
    taken: Mutex<u64>,
    freed: Condvar,
    /// Bytes freed since memory was given back to the system.
    kept: AtomicU64,
}

/// Room for one bin, until it is dropped.
pub struct Taken<'a> {
    room: &'a Room<'a>,
    bytes: u64,
}

impl<'a> Room<'a> {
    /// The room of a run whose reads are all aligned; records that leave no room for a bin on every thread are
    /// spilled now.
    ///
    /// # Errors
    /// When spilling fails.
    pub fn new(context: &Context, shards: &'a Shards) -> Result<Self, ShardError> {
        let limit = for_records(context).saturating_sub(shards.mark_bytes());
        let largest = (0..shards.bins()).map(|bin| shards.bin_bytes(bin)).max().unwrap_or(0);
        let wanted = needed(largest).saturating_mul(context.threads() as u64).min(limit / 2);
        shards.shrink((limit - wanted) as usize)?;
        heap::give_back();
        Ok(Self { shards, limit, taken: Mutex::new(0), freed: Condvar::new(), kept: AtomicU64::new(0) })
    }

    /// Waits until there is room for a bin.
    ///
    /// # Errors
    /// When spilling fails.
    pub fn take(&self, bin: usize) -> Result<Taken<'_>, ShardError> {
        let bytes = needed(self.shards.bin_bytes(bin));
        let mut taken = self.lock();
        // What works now frees its room whatever the others do.
        while *taken > 0 && *taken + bytes + self.shards.held_bytes() as u64 > self.limit {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        self.shards.shrink(self.limit.saturating_sub(*taken + bytes) as usize)?;
        *taken += bytes;
        Ok(Taken { room: self, bytes })
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let room = self.room;
        if room.kept.fetch_add(self.bytes, Ordering::Relaxed) + self.bytes > room.limit / 8 {
            room.kept.store(0, Ordering::Relaxed);
            heap::give_back();
        }
        *room.lock() -= self.bytes;
        room.freed.notify_all();
    }
}

fn needed(records: u64) -> u64 {
    records.saturating_mul(BIN_SHARE)
}
