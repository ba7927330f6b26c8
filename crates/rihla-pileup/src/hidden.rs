//! Reads that have a gap and do not show it: they end so near to it that mismatches or a clip cost their aligner less.
//!
//! Of a read that lies on one diagonal the bases are compared with the reference as they are, clips unrolled, and with the gap. Where
//! fewer of them differ with it, the read speaks for the gap. What reads with other gaps have is theirs: tried, and worse, as in
//! repeats with two lengths each read of one then speaks for lengths near it.

use rihla_core::{OpKind, base};

use crate::events::Gap;
use crate::options::PileupOptions;
use crate::reads::{Block, PreparedRead, ReadSet};

/// How many reads have a leftmost `gap` that they do not show; it may as well stand anywhere up to `end`. `codes` are the
/// reference's from `origin` on.
#[must_use]
pub fn support(
    reads: &ReadSet,
    (gap, end): (&Gap, u32),
    (codes, origin): (&[u8], u32),
    options: &PileupOptions,
) -> u32 {
    let reach = gap.deleted.max(gap.inserted.len() as u32);
    let hides = |&number: &usize| {
        let read = &reads.reads()[number];
        let differs = read.edits > 0 || reads.ops(read).len() > 1;
        differs
            && !read.silent.contains(&gap.position)
            && single_block(reads, read)
                .is_some_and(|block| is_likelier(reads, (read, block), (gap, end), (codes, origin), options))
    };
    reads.overlapping(gap.position.saturating_sub(reach), end + reach).filter(hides).count() as u32
}

/// The aligned bases of a read without gaps.
fn single_block(reads: &ReadSet, read: &PreparedRead) -> Option<Block> {
    let is_gap = |kind| matches!(kind, OpKind::Insertion | OpKind::Deletion);
    let has_gap = reads.ops(read).iter().any(|op| is_gap(op.kind()));
    reads.blocks(read).next().filter(|_| !has_gap)
}

/// Whether fewer bases of a read differ with the gap than without it.
fn is_likelier(
    reads: &ReadSet,
    (read, block): (&PreparedRead, Block),
    (gap, end): (&Gap, u32),
    (codes, origin): (&[u8], u32),
    options: &PileupOptions,
) -> bool {
    let (at, deleted, inserted) =
        ((gap.position - origin) as usize, gap.deleted as usize, gap.inserted.len());
    let without = |i: usize| codes.get(i).copied();
    let with = |i: usize| match i.checked_sub(at) {
        None => without(i),
        Some(offset) if offset < inserted => Some(gap.inserted[offset]),
        Some(_) => without(i - inserted + deleted),
    };
    // The longer side of the read stays where it is.
    let before = i64::from(gap.position) - i64::from(read.start);
    let behind = i64::from(read.end) - i64::from(end);
    let moved = if before > behind { 0 } else { inserted as i64 - deleted as i64 };
    let first = i64::from(block.reference) - i64::from(block.read) - i64::from(origin);
    let differs = |known: Option<u8>, code: u8| known.is_some_and(|known| known < base::N && known != code);
    let (mut as_it_is, mut with_gap) = (0, 0);
    for (here, (&code, &quality)) in (first..).zip(reads.bases(read).iter().zip(reads.qualities(read))) {
        let (Ok(here), Ok(there)) = (usize::try_from(here), usize::try_from(here + moved)) else { continue };
        if code < base::N && quality >= options.min_base_quality {
            as_it_is += u32::from(differs(without(here), code));
            with_gap += u32::from(differs(with(there), code));
        }
    }
    with_gap < as_it_is
}
