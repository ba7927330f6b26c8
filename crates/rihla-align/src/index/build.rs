//! Building the seed table without a second copy of it.
//!
//! The packed reference is scanned twice: once to count the seeds of each chunk in each partition (the top
//! bits of the hash), so that every chunk has places of its own in the table, and once to put them there.
//! Each partition is then sorted by the rest of the hash; by position it is sorted already.

use std::ops::Range;

use rayon::prelude::*;
use rihla_core::Reference;
use rihla_kernels::mmap::ZeroedMemory;

use super::scan;
use super::table::{Entry, Layout};
use super::{IndexData, SourceFingerprint};
use crate::syncmer::HASH_BITS;

/// Bits of the hash by which the table is partitioned.
const PARTITION_BITS: u32 = 10;
const PARTITIONS: usize = 1 << PARTITION_BITS;
/// Bits by which a partition is sorted, in three passes.
const REST_BITS: u32 = HASH_BITS - PARTITION_BITS;
const PASS_BITS: u32 = REST_BITS / 3;
const _: () = assert!(PASS_BITS * 3 == REST_BITS && REST_BITS <= super::table::TAG_BITS);
/// Partitions with fewer entries, or with so many that a second copy of them would be felt, are sorted in
/// place.
const RADIX_SORTED: Range<usize> = 1 << 10..1 << 25;

/// Builds the index of a reference, on all threads of the current pool; the result does not depend
/// on their number.
///
/// Memory, beside the reference: eight bytes a seed, the directory, and for each thread one partition, of
/// which there are 1024.
///
/// # Panics
/// If the reference has 2^32 bases or more.
#[must_use]
pub fn build(reference: &Reference, source: SourceFingerprint) -> IndexData {
    build_as(reference, source, Layout::of)
}

/// As [`build`], in the layout that suits the number of seeds.
pub(super) fn build_as(
    reference: &Reference,
    source: SourceFingerprint,
    layout: impl Fn(usize) -> Layout,
) -> IndexData {
    assert!(reference.bases() < 1 << 32, "the index holds references below 4,294,967,296 bases");
    let chunks = chunks(reference.bases());
    let counts: Vec<Vec<u32>> = chunks.par_iter().map(|chunk| count(reference, chunk.clone())).collect();
    let sizes: Vec<usize> =
        (0..PARTITIONS).map(|p| counts.iter().map(|chunk| chunk[p] as usize).sum()).collect();
    let total = sizes.iter().sum();
    let mut entries = ZeroedMemory::new(total);
    let places = places(entries.words_mut(), &counts);
    drop(counts);
    chunks.into_par_iter().zip(places).for_each(|(chunk, places)| scatter(reference, chunk, places));

    let layout = layout(total);
    let buckets = 1usize << (layout.directory_bits - PARTITION_BITS);
    let mut directory = vec![0u32; (1 << layout.directory_bits) + 1];
    let parts = split(entries.words_mut(), &sizes);
    parts.into_par_iter().zip(directory.par_chunks_mut(buckets)).for_each_init(
        Vec::new,
        |scratch, ((before, part), buckets)| {
            sort(part, scratch);
            fill_directory(part, before, HASH_BITS - layout.directory_bits, buckets);
        },
    );
    *directory.last_mut().expect("it has one more than the buckets") = total as u32;
    IndexData { reference: reference.clone(), source, layout, directory, entries }
}

/// The concatenated space in pieces that are scanned by one task each.
fn chunks(bases: u64) -> Vec<Range<u64>> {
    let size = (bases / 512).clamp(1 << 16, 1 << 22);
    (0..bases).step_by(size as usize).map(|start| start..(start + size).min(bases)).collect()
}

const fn partition(hash: u64) -> usize {
    (hash >> REST_BITS) as usize
}

/// Number of seeds of a chunk in each partition.
fn count(reference: &Reference, chunk: Range<u64>) -> Vec<u32> {
    let mut counts = vec![0; PARTITIONS];
    scan::for_each(reference, chunk, |seed| counts[partition(seed.hash)] += 1);
    counts
}

/// The places of each chunk in each partition: partitions follow each other, and inside of them chunks.
fn places<'a>(mut entries: &'a mut [u64], counts: &[Vec<u32>]) -> Vec<Vec<&'a mut [u64]>> {
    let mut places: Vec<Vec<_>> = counts.iter().map(|_| Vec::with_capacity(PARTITIONS)).collect();
    for partition in 0..PARTITIONS {
        for (places, counts) in places.iter_mut().zip(counts) {
            let (here, rest) = std::mem::take(&mut entries).split_at_mut(counts[partition] as usize);
            places.push(here);
            entries = rest;
        }
    }
    places
}

/// Puts the seeds of a chunk into its places.
fn scatter(reference: &Reference, chunk: Range<u64>, places: Vec<&mut [u64]>) {
    let mut places: Vec<_> = places.into_iter().map(<[u64]>::iter_mut).collect();
    scan::for_each(reference, chunk, |seed| {
        if let Some(place) = places[partition(seed.hash)].next() {
            *place = Entry::new(seed.hash, seed.position as u32, seed.reverse).bits();
        }
    });
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

/// The hash of an entry below its partition.
const fn rest_of_hash(entry: u64) -> u64 {
    entry << (super::table::TAG_BITS - REST_BITS) >> (64 - REST_BITS)
}

/// Sorts one partition, whose entries are by position, by hash and position.
fn sort(part: &mut [u64], scratch: &mut Vec<u64>) {
    if !RADIX_SORTED.contains(&part.len()) {
        part.sort_unstable();
        return;
    }
    scratch.clear();
    scratch.resize(part.len(), 0);
    sort_pass(part, scratch, 0);
    sort_pass(scratch, part, 1);
    sort_pass(part, scratch, 2);
    part.copy_from_slice(scratch);
}

/// Moves entries by some bits of their hash, keeping the order of those that agree in them.
fn sort_pass(from: &[u64], to: &mut [u64], pass: u32) {
    const DIGITS: usize = 1 << PASS_BITS;
    let digit = |entry: u64| (rest_of_hash(entry) >> (pass * PASS_BITS)) as usize % DIGITS;
    let mut next = [0u32; DIGITS];
    for &entry in from {
        next[digit(entry)] += 1;
    }
    let mut before = 0;
    for count in &mut next {
        before += std::mem::replace(count, before);
    }
    for &entry in from {
        let at = &mut next[digit(entry)];
        to[*at as usize] = entry;
        *at += 1;
    }
}

/// Sets the first entry of each bucket of one partition, whose entries are sorted.
fn fill_directory(part: &[u64], before: u32, tag_bits: u32, buckets: &mut [u32]) {
    let mut at = 0;
    for (bucket, first) in buckets.iter_mut().enumerate() {
        while at < part.len() && ((rest_of_hash(part[at]) >> tag_bits) as usize) < bucket {
            at += 1;
        }
        *first = before + at as u32;
    }
}
