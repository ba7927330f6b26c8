//! Many append-only byte streams under one memory budget.
//!
//! A stream collects bytes in blocks of [`BLOCK`]. When all streams together hold more than the
//! budget, the largest are compressed and written to one temporary file. Every thread that finds the
//! budget passed spills a stream itself, so writers are slowed to the speed of the disk and the budget
//! is passed by no more than what is being written at the moment.

mod spill;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::ShardError;
use crate::options::ShardOptions;
use spill::{Piece, SpillFile};

/// Bytes of a full block: what LZ4 looks back over, and small enough that thousands of streams with a
/// block each stay in a small budget.
const BLOCK: usize = 64 << 10;

/// Blocks that are compressed and written at once; what this takes beside the budget is a few megabytes a thread.
const SPILL_BLOCKS: usize = 64;

/// The streams, numbered from 0. An idle one costs about a hundred bytes.
#[derive(Debug)]
pub(crate) struct Store {
    streams: Vec<Stream>,
    budget: usize,
    /// Bytes held by all streams.
    held: AtomicUsize,
    peak: AtomicUsize,
    /// The part of `held` that is on its way to the file.
    leaving: AtomicUsize,
    /// Streams to be spilled next, the largest last.
    victims: Mutex<Vec<u32>>,
    spares: Spares,
    file: SpillFile,
}

/// Blocks that were spilled, for the streams that need one next, within the budget: the allocator would cut freed ones
/// up for small things, and memory would grow past the budget.
#[derive(Debug, Default)]
struct Spares {
    blocks: Mutex<Vec<Vec<u8>>>,
    /// Readable without the lock.
    bytes: AtomicUsize,
}

#[derive(Debug, Default)]
struct Stream {
    /// Bytes held, readable without the lock.
    held: AtomicUsize,
    content: Mutex<Content>,
}

/// What a stream holds. Blocks have no order among each other.
#[derive(Debug, Default)]
pub(crate) struct Content {
    open: Vec<u8>,
    full: Vec<Vec<u8>>,
    full_bytes: usize,
    spilled: Vec<Piece>,
}

/// Where entries of a stream are appended.
pub(crate) struct Appender<'a> {
    content: &'a mut Content,
    spares: &'a Spares,
}

impl Appender<'_> {
    /// A place for an entry of `length` bytes, to be appended at once. An entry never straddles blocks.
    pub(crate) fn entry(&mut self, length: usize) -> &mut Vec<u8> {
        let Content { open, full, full_bytes, .. } = &mut *self.content;
        let needed = open.len() + length;
        if needed > BLOCK && !open.is_empty() {
            *full_bytes += open.capacity();
            full.push(std::mem::take(open));
        }
        let needed = open.len() + length;
        if needed > open.capacity() {
            // A stream that has filled a block will fill another; blocks of one size also find each other's place.
            let least = if full.is_empty() { (2 * open.capacity()).min(BLOCK) } else { BLOCK };
            let grown = least.max(needed);
            match (grown == BLOCK).then(|| self.spares.pop()).flatten() {
                Some(mut block) => {
                    block.extend_from_slice(open);
                    *open = block;
                }
                None => open.reserve_exact(grown - open.len()),
            }
        }
        open
    }
}

impl Spares {
    fn pop(&self) -> Option<Vec<u8>> {
        let mut blocks = lock(&self.blocks);
        self.bytes.store(blocks.len().saturating_sub(1) * BLOCK, Ordering::Relaxed);
        blocks.pop()
    }

    fn keep(&self, blocks: Vec<Vec<u8>>) {
        let mut kept = lock(&self.blocks);
        kept.extend(blocks.into_iter().filter(|block| block.capacity() == BLOCK).map(|mut block| {
            block.clear();
            block
        }));
        self.bytes.store(kept.len() * BLOCK, Ordering::Relaxed);
    }

    /// Frees all but so many bytes.
    fn shrink(&self, bytes: usize) {
        if self.bytes.load(Ordering::Relaxed) > bytes {
            let mut blocks = lock(&self.blocks);
            blocks.truncate(bytes / BLOCK);
            self.bytes.store(blocks.len() * BLOCK, Ordering::Relaxed);
        }
    }
}

impl Content {
    fn held(&self) -> usize {
        self.open.capacity() + self.full_bytes
    }

    /// Takes at most so many of the blocks in memory out.
    fn take(&mut self, most: usize) -> Vec<Vec<u8>> {
        let mut blocks = self.full.split_off(self.full.len().saturating_sub(most));
        self.full_bytes -= blocks.iter().map(Vec::capacity).sum::<usize>();
        if blocks.len() < most && !self.open.is_empty() {
            blocks.push(std::mem::take(&mut self.open));
        }
        blocks
    }
}

impl Store {
    pub(crate) fn new(streams: usize, options: &ShardOptions) -> Self {
        Self {
            streams: std::iter::repeat_with(Stream::default).take(streams).collect(),
            budget: options.memory_bytes,
            held: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            leaving: AtomicUsize::new(0),
            victims: Mutex::new(Vec::new()),
            spares: Spares::default(),
            file: SpillFile::new(options.temp_dir.clone()),
        }
    }

    /// Appends entries to one stream, then brings the memory held back under the budget.
    ///
    /// # Errors
    /// When the spill file fails.
    pub(crate) fn append(
        &self,
        stream: usize,
        write: impl FnOnce(&mut Appender<'_>),
    ) -> Result<(), ShardError> {
        {
            let stream = &self.streams[stream];
            let mut content = lock(&stream.content);
            let before = content.held();
            write(&mut Appender { content: &mut content, spares: &self.spares });
            let grown = content.held() - before;
            if grown > 0 {
                stream.held.store(content.held(), Ordering::Relaxed);
                let held = self.held.fetch_add(grown, Ordering::Relaxed) + grown;
                self.peak.fetch_max(held, Ordering::Relaxed);
                self.spares.shrink(self.budget.saturating_sub(held));
            }
        }
        while self.excess() > 0 {
            let Some(victim) = self.next_victim() else { break };
            self.spill(victim)?;
        }
        Ok(())
    }

    /// Bytes held beyond the budget that are not on their way out.
    fn excess(&self) -> usize {
        let staying = self.held.load(Ordering::Relaxed).saturating_sub(self.leaving.load(Ordering::Relaxed));
        staying.saturating_sub(self.budget)
    }

    /// The largest stream of a list that is made anew when it has run out: enough streams, largest
    /// first, to bring the memory down to three quarters of the budget.
    fn next_victim(&self) -> Option<usize> {
        let mut victims = lock(&self.victims);
        if victims.is_empty() {
            let mut sizes: Vec<(usize, u32)> = self
                .streams
                .iter()
                .enumerate()
                .map(|(at, stream)| (stream.held.load(Ordering::Relaxed), at as u32))
                .filter(|&(held, _)| held > 0)
                .collect();
            sizes.sort_unstable_by(|a, b| b.cmp(a));
            let goal = self.excess() + self.budget / 4;
            let mut found = 0;
            let enough = sizes.iter().position(|&(held, _)| {
                found += held;
                found >= goal
            });
            sizes.truncate(enough.map_or(sizes.len(), |at| at + 1));
            victims.extend(sizes.iter().rev().map(|&(_, at)| at));
        }
        victims.pop().map(|at| at as usize)
    }

    /// Writes what a stream holds to the file.
    fn spill(&self, stream: usize) -> Result<(), ShardError> {
        while self.spill_some(stream)? {}
        Ok(())
    }

    /// Writes some of what a stream holds; `false` when it holds nothing.
    fn spill_some(&self, stream: usize) -> Result<bool, ShardError> {
        let stream = &self.streams[stream];
        let blocks = {
            let mut content = lock(&stream.content);
            let blocks = content.take(SPILL_BLOCKS);
            stream.held.store(content.held(), Ordering::Relaxed);
            blocks
        };
        if blocks.is_empty() {
            return Ok(false);
        }
        let bytes = blocks.iter().map(Vec::capacity).sum();
        self.leaving.fetch_add(bytes, Ordering::Relaxed);
        let written = self.file.write(&blocks);
        let mut content = lock(&stream.content);
        let outcome = match written {
            Ok(pieces) => {
                content.spilled.extend(pieces);
                self.spares.keep(blocks);
                self.held.fetch_sub(bytes, Ordering::Relaxed);
                Ok(true)
            }
            Err(error) => {
                content.full_bytes += bytes;
                content.full.extend(blocks);
                stream.held.store(content.held(), Ordering::Relaxed);
                Err(error)
            }
        };
        self.leaving.fetch_sub(bytes, Ordering::Relaxed);
        outcome
    }

    /// Calls `read` with all blocks of a stream, in no order; spilled ones are read back and checked.
    ///
    /// # Errors
    /// When the spill file fails or its bytes have changed.
    pub(crate) fn read<T>(&self, stream: usize, read: impl FnOnce(&[&[u8]]) -> T) -> Result<T, ShardError> {
        let content = lock(&self.streams[stream].content);
        let unspilled: Vec<Vec<u8>> =
            content.spilled.iter().map(|piece| self.file.read(piece)).collect::<Result<_, _>>()?;
        let blocks: Vec<&[u8]> =
            unspilled.iter().chain(&content.full).chain([&content.open]).map(Vec::as_slice).collect();
        Ok(read(&blocks))
    }

    /// Calls `each` with the blocks of a stream one after the other, in no order, and empties it; a block in memory
    /// is freed before the next is read.
    ///
    /// # Errors
    /// That of `each`; when the spill file fails or its bytes have changed.
    pub(crate) fn drain(
        &self,
        stream: usize,
        mut each: impl FnMut(&[u8]) -> Result<(), ShardError>,
    ) -> Result<(), ShardError> {
        let (mut content, held) = {
            let stream = &self.streams[stream];
            let content = std::mem::take(&mut *lock(&stream.content));
            stream.held.store(0, Ordering::Relaxed);
            let held = content.held();
            (content, held)
        };
        for piece in &content.spilled {
            each(&self.file.read(piece)?)?;
        }
        let mut left = held;
        while let Some(block) = content.take(1).pop() {
            each(&block)?;
            left -= block.capacity();
            self.held.fetch_sub(block.capacity(), Ordering::Relaxed);
        }
        self.held.fetch_sub(left, Ordering::Relaxed);
        Ok(())
    }

    /// Calls `each` with the blocks of a stream one after the other, in no order; one at a time is in memory beside
    /// those that the stream holds.
    ///
    /// # Errors
    /// When the spill file fails or its bytes have changed.
    pub(crate) fn visit(&self, stream: usize, mut each: impl FnMut(&[u8])) -> Result<(), ShardError> {
        let content = lock(&self.streams[stream].content);
        for piece in &content.spilled {
            each(&self.file.read(piece)?);
        }
        content.full.iter().chain([&content.open]).for_each(|block| each(block));
        Ok(())
    }

    /// Adds empty streams behind the others; gives the number of the first.
    pub(crate) fn extend(&mut self, streams: usize) -> usize {
        let first = self.streams.len();
        self.streams.resize_with(first + streams, Stream::default);
        first
    }

    /// Spills the largest streams until no more than so many bytes are held, and frees what was kept for others.
    ///
    /// # Errors
    /// When the spill file fails.
    pub(crate) fn shrink(&self, bytes: usize) -> Result<(), ShardError> {
        self.spares.shrink(0);
        if self.held_bytes() <= bytes {
            return Ok(());
        }
        let mut sizes: Vec<(usize, usize)> = self
            .streams
            .iter()
            .enumerate()
            .map(|(at, stream)| (stream.held.load(Ordering::Relaxed), at))
            .filter(|&(held, _)| held > 0)
            .collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        for (_, stream) in sizes {
            if self.held_bytes() <= bytes {
                break;
            }
            self.spill(stream)?;
        }
        self.spares.shrink(0);
        Ok(())
    }

    /// Bytes held now.
    pub(crate) fn held_bytes(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Frees what a stream holds in memory and forgets what it spilled.
    pub(crate) fn release(&self, stream: usize) {
        let stream = &self.streams[stream];
        let freed = std::mem::take(&mut *lock(&stream.content)).held();
        stream.held.store(0, Ordering::Relaxed);
        self.held.fetch_sub(freed, Ordering::Relaxed);
    }

    /// Bytes of a stream before compression.
    pub(crate) fn stream_bytes(&self, stream: usize) -> u64 {
        let content = lock(&self.streams[stream].content);
        let spilled: u64 = content.spilled.iter().map(Piece::length).sum();
        let full: usize = content.full.iter().map(Vec::len).sum();
        spilled + (full + content.open.len()) as u64
    }

    /// Highest number of bytes held so far.
    pub(crate) fn peak_bytes(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }

    /// Bytes in the spill file.
    pub(crate) fn spilled_bytes(&self) -> u64 {
        self.file.length()
    }
}

/// Locks; a panic elsewhere while the lock was held does not matter, as entries are appended whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
