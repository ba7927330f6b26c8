//! The reads of one window: which, cut to it, and what they show of the candidates.

use std::ops::Range;

use rihla_core::{CigarOp, OpKind};
use rihla_pileup::{PreparedRead, ReadSet};

use crate::options::CallOptions;
use crate::window::Window;

/// A read of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowRead {
    /// Number of the read in its [`ReadSet`].
    pub number: usize,
    /// The read's bases that lie in the window, clips unrolled.
    pub span: Range<usize>,
    /// Reference positions under the read, clips unrolled.
    pub extent: Range<u32>,
    /// Which fragment of the window it is of: mates share a number.
    pub fragment: usize,
}

/// The reads of a window, by start; at most `max_reads`, chosen by name.
#[must_use]
pub fn gather(set: &ReadSet, window: &Window, options: &CallOptions) -> Vec<WindowRead> {
    let mut numbers: Vec<usize> = set.overlapping(window.start, window.end).collect();
    if numbers.len() > options.max_reads {
        // The hash is of the name, so mates stay or go together and the choice depends on nothing else.
        numbers.sort_by_key(|&number| (set.reads()[number].fragment, number));
        numbers.truncate(options.max_reads);
        numbers.sort_unstable();
    }
    let mut reads: Vec<WindowRead> = numbers
        .into_iter()
        .map(|number| {
            let read = &set.reads()[number];
            WindowRead { number, span: span_in(set, read, window), extent: extent(set, read), fragment: 0 }
        })
        .filter(|read| read.span.len() >= 10)
        .collect();
    number_fragments(set, &mut reads);
    reads
}

/// Gives mates one fragment number, in order of first appearance.
fn number_fragments(set: &ReadSet, reads: &mut [WindowRead]) {
    let mut order: Vec<(u64, usize)> =
        reads.iter().enumerate().map(|(i, read)| (set.reads()[read.number].fragment, i)).collect();
    order.sort_unstable();
    for (number, group) in order.chunk_by(|a, b| a.0 == b.0).enumerate() {
        for &(_, i) in group {
            reads[i].fragment = number;
        }
    }
}

/// Reference positions under a read, its soft clips laid out as if they were aligned.
fn extent(set: &ReadSet, read: &PreparedRead) -> Range<u32> {
    let clip = |op: Option<&CigarOp>| op.filter(|op| op.kind() == OpKind::SoftClip).map_or(0, |op| op.len());
    let ops = set.ops(read);
    read.start.saturating_sub(clip(ops.first()))..read.end + clip(ops.last())
}

/// The bases of a read that lie in the window, where soft clips are laid on the reference as if they
/// were aligned.
fn span_in(set: &ReadSet, read: &PreparedRead, window: &Window) -> Range<usize> {
    let ops = set.ops(read);
    let lead = ops.first().filter(|op| op.kind() == OpKind::SoftClip).map_or(0, |op| i64::from(op.len()));
    let (start, end) = (i64::from(window.start), i64::from(window.end));
    let (mut at, mut position) = (0i64, i64::from(read.start) - lead);
    let (mut from, mut to) = (None, 0);
    for op in ops {
        let len = i64::from(op.len());
        let flat = op.kind().is_aligned() || op.kind() == OpKind::SoftClip;
        if flat {
            let inside = (start - position).max(0)..(end - position).min(len);
            if inside.start < inside.end {
                from.get_or_insert(at + inside.start);
                to = at + inside.end;
            }
        }
        at += if op.kind().consumes_read() { len } else { 0 };
        position += if flat || op.kind().consumes_reference() { len } else { 0 };
    }
    from.map_or(0..0, |from| from as usize..to as usize)
}

/// Offset in the read of the base aligned at a reference position; of the next base to the left where
/// the read has a deletion. `None` outside the aligned part.
#[must_use]
pub fn base_at(set: &ReadSet, read: &PreparedRead, position: u32) -> Option<(usize, bool)> {
    if position < read.start || position >= read.end {
        return None;
    }
    let mut last = None;
    for block in set.blocks(read) {
        if position < block.reference {
            break;
        }
        let inside = position - block.reference;
        if inside < block.len {
            return Some(((block.read + inside) as usize, true));
        }
        last = Some(((block.read + block.len - 1) as usize, false));
    }
    last
}
