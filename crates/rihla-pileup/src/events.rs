//! Where prepared reads differ from the reference: mismatches, gaps in leftmost form, clips.

use rihla_core::{Interval, OpKind, base};

use crate::options::PileupOptions;
use crate::reads::{PreparedRead, ReadSet};

/// A mismatch: sorts by position, then base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mismatch {
    /// Reference position.
    pub position: u32,
    /// Base code of the read.
    pub base: u8,
    /// Whether the read lies on the reverse strand.
    pub reverse: bool,
}

/// A gap in leftmost form: `deleted` reference bases from `position` on are replaced by `inserted`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap {
    /// First deleted position, or the position before which bases are inserted.
    pub position: u32,
    /// Number of reference bases deleted.
    pub deleted: u32,
    /// Codes of the bases inserted.
    pub inserted: Vec<u8>,
}

/// Everything in which the reads of an area differ from the reference.
#[derive(Debug, Default)]
pub struct Events {
    /// Mismatches by position and base.
    pub mismatches: Vec<Mismatch>,
    /// Gaps by position.
    pub gaps: Vec<Gap>,
    /// Reference positions at which reads are clipped, sorted.
    pub clips: Vec<u32>,
    /// Mismatches and gaps of each read.
    pub of_reads: Vec<u16>,
}

/// Collects the events of all reads. `codes` is the reference of `area`.
#[must_use]
pub fn collect(reads: &ReadSet, codes: &[u8], area: Interval, options: &PileupOptions) -> Events {
    let mut events = Events::default();
    events.of_reads.reserve(reads.reads().len());
    for read in reads.reads() {
        let before = events.mismatches.len() + events.gaps.len();
        mismatches(reads, read, codes, area, options, &mut events.mismatches);
        if reads.ops(read).len() > 1 {
            gaps(reads, read, codes, area, &mut events.gaps);
            clips(reads, read, options, &mut events.clips);
        }
        let own = events.mismatches.len() + events.gaps.len() - before;
        events.of_reads.push(own.try_into().unwrap_or(u16::MAX));
    }
    events.mismatches.sort_unstable();
    events.gaps.sort_unstable();
    events.clips.sort_unstable();
    events
}

fn mismatches(
    reads: &ReadSet,
    read: &PreparedRead,
    codes: &[u8],
    area: Interval,
    options: &PileupOptions,
    out: &mut Vec<Mismatch>,
) {
    let (bases, qualities) = (reads.bases(read), reads.qualities(read));
    for block in reads.blocks(read) {
        let skip = area.start.saturating_sub(block.reference).min(block.len);
        let len = block.len.min(area.end.saturating_sub(block.reference));
        for i in skip..len {
            let (position, at) = (block.reference + i, (block.read + i) as usize);
            let (own, reference) = (bases[at], codes[(position - area.start) as usize]);
            if own != reference
                && own < base::N
                && reference < base::N
                && qualities[at] >= options.min_base_quality
            {
                out.push(Mismatch { position, base: own, reverse: read.reverse });
            }
        }
    }
}

fn gaps(reads: &ReadSet, read: &PreparedRead, codes: &[u8], area: Interval, out: &mut Vec<Gap>) {
    let bases = reads.bases(read);
    for (gap, at) in raw_gaps(reads, read) {
        let inside = gap.position > area.start && gap.position + gap.deleted < area.end;
        let spoken = !read.silent.contains(&gap.position);
        let known = !bases[at as usize..at as usize + gap.inserted.len()].contains(&base::N);
        if inside && spoken && known {
            out.push(leftmost(gap, codes, area.start));
        }
    }
}

/// The gaps of a read as its CIGAR has them, each with its offset in the read.
fn raw_gaps<'a>(reads: &'a ReadSet, read: &'a PreparedRead) -> impl Iterator<Item = (Gap, u32)> + 'a {
    let bases = reads.bases(read);
    let (mut at, mut position) = (0u32, read.start);
    reads.ops(read).iter().filter_map(move |op| {
        let found = match op.kind() {
            OpKind::Insertion => {
                let inserted = bases[at as usize..(at + op.len()) as usize].to_vec();
                Some((Gap { position, deleted: 0, inserted }, at))
            }
            OpKind::Deletion => Some((Gap { position, deleted: op.len(), inserted: Vec::new() }, at)),
            _ => None,
        };
        at += if op.kind().consumes_read() { op.len() } else { 0 };
        position += if op.kind().consumes_reference() { op.len() } else { 0 };
        found
    })
}

/// The gaps of a read in leftmost form, with the reference `codes` that start at position `origin`;
/// gaps that reach outside the codes are left out.
#[must_use]
pub fn leftmost_gaps(reads: &ReadSet, read: &PreparedRead, codes: &[u8], origin: u32) -> Vec<Gap> {
    let end = origin + codes.len() as u32;
    raw_gaps(reads, read)
        .filter(|(gap, _)| gap.position > origin && gap.position + gap.deleted < end)
        .map(|(gap, _)| leftmost(gap, codes, origin))
        .collect()
}

/// Moves a gap as far left as the sequence stays the same, at most to the second base of `codes`.
#[must_use]
pub fn leftmost(mut gap: Gap, codes: &[u8], origin: u32) -> Gap {
    let at = |position: u32| codes[(position - origin) as usize];
    if gap.inserted.is_empty() {
        while gap.position > origin + 1 && at(gap.position - 1) == at(gap.position + gap.deleted - 1) {
            gap.position -= 1;
        }
    } else if gap.deleted == 0 {
        while gap.position > origin + 1 && gap.inserted.last() == Some(&at(gap.position - 1)) {
            gap.inserted.rotate_right(1);
            gap.position -= 1;
        }
    }
    gap
}

/// One past the last position at which a leftmost gap could as well stand: the end of the repeat it
/// lies in.
#[must_use]
pub fn rightmost_end(gap: &Gap, codes: &[u8], origin: u32) -> u32 {
    let at = |position: u32| codes.get((position - origin) as usize).copied();
    let mut shift = 0u32;
    if gap.inserted.is_empty() {
        while at(gap.position + gap.deleted + shift).is_some()
            && at(gap.position + shift) == at(gap.position + gap.deleted + shift)
        {
            shift += 1;
        }
    } else {
        let inserted = &gap.inserted;
        while at(gap.position + shift) == Some(inserted[shift as usize % inserted.len()]) {
            shift += 1;
        }
    }
    gap.position + gap.deleted + shift
}

fn clips(reads: &ReadSet, read: &PreparedRead, options: &PileupOptions, out: &mut Vec<u32>) {
    let (ops, qualities) = (reads.ops(read), reads.qualities(read));
    let good = |part: &[u8]| part.iter().filter(|&&q| q >= 20).count() >= options.min_clip_bases as usize;
    if let Some(op) = ops.first().filter(|op| op.kind() == OpKind::SoftClip)
        && good(&qualities[..op.len() as usize])
    {
        out.push(read.start);
    }
    if let Some(op) = ops.last().filter(|op| op.kind() == OpKind::SoftClip)
        && good(&qualities[qualities.len() - op.len() as usize..])
    {
        out.push(read.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_move_left_and_know_their_repeat() {
        let mut codes = Vec::new();
        rihla_core::base::encode_into(b"GGCACACACATT", &mut codes);
        let deletion = leftmost(Gap { position: 108, deleted: 2, inserted: vec![] }, &codes, 100);
        assert_eq!((deletion.position, rightmost_end(&deletion, &codes, 100)), (102, 110));
        let insertion = leftmost(Gap { position: 110, deleted: 0, inserted: vec![1, 0] }, &codes, 100);
        assert_eq!((insertion.position, insertion.inserted.clone()), (102, vec![1, 0]));
        assert_eq!(rightmost_end(&insertion, &codes, 100), 110);
        let single = leftmost(Gap { position: 111, deleted: 0, inserted: vec![3] }, &codes, 100);
        assert_eq!((single.position, rightmost_end(&single, &codes, 100)), (110, 112));
    }
}
