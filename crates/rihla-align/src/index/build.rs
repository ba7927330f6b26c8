//! Building the seed table: scan in parallel, partition by the hash's top bits, sort each partition.
//!
//! Two copies of the entries are held at once, 16 bytes a syncmer or about 3.2 bytes a base.

use rayon::prelude::*;
use rihla_core::Reference;

use super::table::{Entry, TAG_BITS};
use super::{IndexData, SourceFingerprint};
use crate::syncmer::{self, HASH_BITS, K};

/// Bits of the hash above an entry's tag: entries of one partition sort by their bits alone.
const PARTITION_BITS: u32 = HASH_BITS - TAG_BITS;
const PARTITIONS: usize = 1 << PARTITION_BITS;
/// Bases scanned by one task.
const CHUNK: u32 = 1 << 20;

/// Builds the index of a reference, on all threads of the current pool; the result does not depend
/// on their number.
///
/// # Panics
/// If the reference has 2^32 bases or more.
#[must_use]
pub fn build(reference: &Reference, source: SourceFingerprint) -> IndexData {
    assert!(reference.bases() < 1 << 32, "the index holds references below 4,294,967,296 bases");
    let tasks = chunks(reference);
    let scanned: Vec<Chunk> =
        tasks.par_iter().map(|&(contig, start)| scan(reference, contig, start)).collect();
    let sizes: Vec<usize> =
        (0..PARTITIONS).map(|p| scanned.iter().map(|chunk| chunk.partition(p).len()).sum()).collect();
    let mut entries = vec![0u64; sizes.iter().sum()];
    let directory_bits = directory_bits(entries.len());
    let buckets = 1usize << (directory_bits - PARTITION_BITS);
    let mut directory = vec![0u32; (1 << directory_bits) + 1];

    let parts = split(&mut entries, &sizes);
    parts.into_par_iter().zip(directory.par_chunks_mut(buckets)).enumerate().for_each(
        |(partition, ((before, part), buckets))| {
            gather(&scanned, partition, part);
            part.sort_unstable();
            fill_directory(part, before, HASH_BITS - directory_bits, buckets);
        },
    );
    *directory.last_mut().expect("it has one more than the buckets") = entries.len() as u32;
    IndexData { reference: reference.clone(), source, directory_bits, directory, entries }
}

/// Entries of one chunk of the reference, ordered by partition.
struct Chunk {
    entries: Vec<u64>,
    /// Where each partition ends.
    ends: Vec<u32>,
}

impl Chunk {
    fn partition(&self, partition: usize) -> &[u64] {
        let start = partition.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.entries[start as usize..self.ends[partition] as usize]
    }
}

/// Contig and first position of each scan; no chunk crosses a contig's end.
fn chunks(reference: &Reference) -> Vec<(u32, u32)> {
    let contigs = reference.contigs().iter().enumerate();
    contigs
        .flat_map(|(id, contig)| {
            (0..contig.length).step_by(CHUNK as usize).map(move |start| (id as u32, start))
        })
        .collect()
}

fn scan(reference: &Reference, contig: u32, start: u32) -> Chunk {
    let end = u64::from(start) + u64::from(CHUNK) + K as u64 - 1;
    let codes = reference.fetch(contig, start, u32::try_from(end).unwrap_or(u32::MAX));
    let offset = reference.offset(contig) + u64::from(start);
    let mut found = Vec::with_capacity(codes.len() / 4);
    let mut counts = vec![0u32; PARTITIONS];
    syncmer::for_each(&codes, |syncmer| {
        let partition = (syncmer.hash >> TAG_BITS) as u16;
        let position = (offset + u64::from(syncmer.position)) as u32;
        counts[usize::from(partition)] += 1;
        found.push((partition, Entry::new(syncmer.hash, position, syncmer.reverse).bits()));
    });
    let mut next = Vec::with_capacity(PARTITIONS);
    let mut total = 0;
    for &count in &counts {
        next.push(total);
        total += count;
    }
    let mut entries = vec![0; found.len()];
    for (partition, entry) in found {
        let at = &mut next[usize::from(partition)];
        entries[*at as usize] = entry;
        *at += 1;
    }
    Chunk { entries, ends: next }
}

/// Cuts the table into its partitions, each with the number of entries before it.
fn split<'a>(mut entries: &'a mut [u64], sizes: &[usize]) -> Vec<(u32, &'a mut [u64])> {
    let mut before = 0;
    let mut parts = Vec::with_capacity(sizes.len());
    for &size in sizes {
        let (part, rest) = std::mem::take(&mut entries).split_at_mut(size);
        parts.push((before, part));
        before += size as u32;
        entries = rest;
    }
    parts
}

fn gather(scanned: &[Chunk], partition: usize, mut out: &mut [u64]) {
    for chunk in scanned {
        let from = chunk.partition(partition);
        let (here, rest) = out.split_at_mut(from.len());
        here.copy_from_slice(from);
        out = rest;
    }
}

/// Sets the first entry of each bucket of one partition, whose entries are sorted.
fn fill_directory(part: &[u64], before: u32, shift: u32, buckets: &mut [u32]) {
    let tag_shift = 64 - TAG_BITS + shift;
    let mut at = 0;
    for (bucket, first) in buckets.iter_mut().enumerate() {
        while at < part.len() && ((part[at] >> tag_shift) as usize) < bucket {
            at += 1;
        }
        *first = before + at as u32;
    }
}

/// About one entry a bucket, between 2^12 and 2^28 buckets.
fn directory_bits(entries: usize) -> u32 {
    (entries.max(1).ilog2()).clamp(12, 28)
}
