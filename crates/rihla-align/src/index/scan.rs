//! The syncmers of a stretch of the reference, straight from its packed words.

use std::ops::Range;

use rihla_core::Reference;
use rihla_kernels::Simd;
use rihla_kernels::syncmer::{self, K};

/// Seeds judged at a time: their mask stays in the first cache.
const BLOCK: u64 = 1 << 14;

/// One seed of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// Hash of the canonical 20-mer.
    pub hash: u64,
    /// Concatenated offset of its first base.
    pub position: u64,
    /// Whether the canonical form is the reverse complement of what stands there.
    pub reverse: bool,
}

/// Calls `found` for each syncmer that starts inside `range` of concatenated offsets, left to right; none
/// crosses the end of a contig or holds an ambiguous base.
pub(super) fn for_each(reference: &Reference, range: Range<u64>, mut found: impl FnMut(Found)) {
    let simd = Simd::best();
    let words = reference.words();
    let mut mask = Vec::new();
    for_each_run(reference, range, |run| {
        let seeds = run.start..(run.end + 1).saturating_sub(K as u64);
        for start in seeds.clone().step_by(BLOCK as usize) {
            let len = (seeds.end - start).min(BLOCK) as usize + K - 1;
            syncmer::mask(simd, words, start, len, &mut mask);
            for (first, &bits) in (start..).step_by(64).zip(&mask) {
                for_each_bit(bits, |bit| {
                    let position = first + u64::from(bit);
                    let (hash, reverse, _) = syncmer::seed_hash(words, position);
                    found(Found { hash, position, reverse });
                });
            }
        }
    });
}

/// Calls `run` with each stretch of one contig without ambiguous bases; those at the end of `range` go on
/// as far as a seed that starts inside reaches.
fn for_each_run(reference: &Reference, range: Range<u64>, mut run: impl FnMut(Range<u64>)) {
    if range.is_empty() {
        return;
    }
    let ambiguous = reference.ambiguous();
    let mut gap = ambiguous.partition_point(|gap| gap.end <= range.start);
    let (mut contig, _) = reference.locate(range.start);
    let mut at = range.start;
    while at < range.end {
        while reference.offset(contig + 1) <= at {
            contig += 1;
        }
        while ambiguous.get(gap).is_some_and(|gap| gap.end <= at) {
            gap += 1;
        }
        let mut stop = reference.offset(contig + 1);
        if let Some(gap) = ambiguous.get(gap) {
            if gap.start <= at {
                at = gap.end;
                continue;
            }
            stop = stop.min(gap.start);
        }
        run(at..stop.min(range.end + K as u64 - 1));
        at = stop;
    }
}

fn for_each_bit(mut bits: u64, mut found: impl FnMut(u32)) {
    while bits != 0 {
        found(bits.trailing_zeros());
        bits &= bits - 1;
    }
}
