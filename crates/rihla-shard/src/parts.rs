//! Bins as they are given out: whole, or cut into parts where reads pile up, so that what is sorted at a time stays
//! small at any depth.
//!
//! Where a bin is cut follows from its records alone. A deep bin is read twice: to count the bytes that begin at
//! each position, and to file its records by part. A part is never narrower than one position.

use rayon::prelude::*;
use rihla_core::{Interval, RecordRef};

use crate::bins::Bins;
use crate::error::ShardError;
use crate::frame;
use crate::options::ShardOptions;
use crate::store::Store;

/// A stretch of a bin, or all of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// The bases that it owns.
    pub(crate) interval: Interval,
    /// The stream of its records, and of its neighbors' that reach into its halo.
    pub(crate) stream: usize,
}

/// Cuts the bins whose streams are longer than a part may be, and moves their records.
pub(crate) fn cut(bins: &Bins, store: &mut Store, options: &ShardOptions) -> Result<Vec<Part>, ShardError> {
    let starts: Vec<Vec<u32>> = (0..bins.len())
        .into_par_iter()
        .map(|bin| match bins.interval(bin) {
            Some(own) if store.stream_bytes(bin) > options.part_bytes => {
                starts(own, store, bin, options.part_bytes)
            }
            _ => Ok(Vec::new()),
        })
        .collect::<Result<_, _>>()?;
    let mut parts = Vec::with_capacity(bins.len());
    let mut moves = Vec::new();
    for (bin, starts) in starts.iter().enumerate() {
        let Some(own) = bins.interval(bin) else { continue };
        if starts.len() < 2 {
            parts.push(Part { interval: own, stream: bin });
            continue;
        }
        let (first_part, stream) = (parts.len(), store.extend(starts.len()));
        let ends = starts.iter().skip(1).copied().chain([own.end]);
        parts.extend(starts.iter().zip(ends).enumerate().map(|(number, (&start, end))| Part {
            interval: Interval::new(own.contig, start, end),
            stream: stream + number,
        }));
        moves.push((bin, first_part..parts.len()));
    }
    let store = &*store;
    moves.into_par_iter().with_max_len(1).try_for_each(|(bin, range)| {
        let parts = &parts[range];
        store.drain(bin, |block| {
            frame::read_all(block).try_for_each(|frame| file(store, parts, options.halo_bases, &frame))
        })
    })?;
    Ok(parts)
}

/// Where the parts of a deep bin begin: each as long as its records, without those of the halo, stay within the limit.
fn starts(own: Interval, store: &Store, bin: usize, limit: u64) -> Result<Vec<u32>, ShardError> {
    let mut bytes = vec![0u64; (own.end - own.start) as usize];
    store.visit(bin, |block| {
        for frame::Frame { record, .. } in frame::read_all(block) {
            let inside = record.position().and_then(|position| position.checked_sub(own.start));
            if let Some(here) = inside.and_then(|inside| bytes.get_mut(inside as usize)) {
                *here += frame::stored_bytes(record.bytes()) as u64;
            }
        }
    })?;
    let mut starts = vec![own.start];
    let mut filled = 0;
    for (position, &here) in (own.start..own.end).zip(&bytes) {
        if filled > 0 && filled + here > limit {
            starts.push(position);
            filled = 0;
        }
        filled += here;
    }
    Ok(starts)
}

/// Files a record with every part whose halo it reaches.
fn file(store: &Store, parts: &[Part], halo: u32, frame: &frame::Frame<'_>) -> Result<(), ShardError> {
    let record: &RecordRef<'_> = &frame.record;
    let start = record.position().unwrap_or_default();
    let end = start.saturating_add(record.reference_span().max(1));
    let first = parts.partition_point(|part| part.interval.end.saturating_add(halo) <= start);
    for part in parts[first..].iter().take_while(|part| part.interval.start.saturating_sub(halo) < end) {
        let bytes = record.bytes();
        store.append(part.stream, |content| {
            frame::store(content.entry(frame::stored_bytes(bytes)), frame.ordinal, bytes);
        })?;
    }
    Ok(())
}
