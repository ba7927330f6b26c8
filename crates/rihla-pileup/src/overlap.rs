//! Mates that overlap are one molecule: each reference position is spoken for once.
//!
//! The overlap is split in the middle, each mate keeping the half that lies farther from its own
//! end. Where the mates agree the speaker keeps the better quality; where they differ it loses as
//! much quality as its mate had. The silent mate's bases become N.

use std::ops::Range;

use rihla_core::base;

use crate::reads::ReadSet;

/// Resolves all overlapping mates of a set.
pub fn resolve(reads: &mut ReadSet) {
    for (left, right) in overlapping_mates(reads) {
        resolve_pair(reads, left, right);
    }
}

/// Pairs of read numbers, the earlier read first, in order of fragment.
fn overlapping_mates(reads: &ReadSet) -> Vec<(usize, usize)> {
    let all = reads.reads();
    let mut keys: Vec<(u64, usize)> = all
        .iter()
        .enumerate()
        .filter(|(_, read)| !read.supplementary)
        .filter(|(_, read)| read.mate_start().is_some_and(|mate| mate < read.end && mate + 1000 > read.start))
        .map(|(i, read)| (read.fragment, i))
        .collect();
    keys.sort_unstable();
    keys.windows(2)
        .filter(|two| two[0].0 == two[1].0)
        .map(|two| (two[0].1, two[1].1))
        .filter(|&(left, right)| all[left].first != all[right].first && all[right].start < all[left].end)
        .collect()
}

fn resolve_pair(reads: &mut ReadSet, left: usize, right: usize) {
    let (a, b) = (&reads.reads()[left], &reads.reads()[right]);
    let overlap = a.start.max(b.start)..a.end.min(b.end);
    // The read that ends later speaks for the second half, unless it lies inside the other one.
    let right_inside = b.end < a.end;
    let split = if right_inside { overlap.end } else { overlap.start + (overlap.end - overlap.start) / 2 };
    let calls_left = calls(reads, left, &overlap);
    let calls_right = calls(reads, right, &overlap);
    apply(reads, left, (&calls_left, &calls_right), overlap.start, split..overlap.end);
    apply(reads, right, (&calls_right, &calls_left), overlap.start, overlap.start..split);
}

/// What a read says of one reference position: offset in the read, base, quality.
type Call = Option<(u32, u8, u8)>;

/// The calls of a read, one for each reference position of `overlap`.
fn calls(reads: &ReadSet, read: usize, overlap: &Range<u32>) -> Vec<Call> {
    let mut out = vec![None; overlap.len()];
    let read = &reads.reads()[read];
    let (bases, qualities) = (reads.bases(read), reads.qualities(read));
    for block in reads.blocks(read) {
        for i in 0..block.len {
            let (position, at) = (block.reference + i, block.read + i);
            if overlap.contains(&position) {
                let call = (at, bases[at as usize], qualities[at as usize]);
                out[(position - overlap.start) as usize] = Some(call);
            }
        }
    }
    out
}

/// Silences a read in the `silent` part of the overlap and settles its qualities in the rest.
fn apply(reads: &mut ReadSet, read: usize, (own, mate): (&[Call], &[Call]), from: u32, silent: Range<u32>) {
    let (read, bases, qualities) = reads.evidence_mut(read);
    let mut hushed: Option<Range<usize>> = None;
    for (i, (own, mate)) in own.iter().zip(mate).enumerate() {
        let Some((at, base, quality)) = *own else { continue };
        let at = at as usize;
        if silent.contains(&(from + i as u32)) {
            hushed = Some(hushed.map_or(at, |range| range.start)..at + 1);
            continue;
        }
        qualities[at] = match *mate {
            Some((_, other, mate_quality)) if other == base => quality.max(mate_quality),
            Some((_, other, mate_quality)) if other != base::N => quality.saturating_sub(mate_quality),
            _ => quality,
        };
    }
    if let Some(range) = hushed {
        bases[range].fill(base::N);
    }
    read.silent = silent;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::PileupOptions;
    use rihla_core::record::{Placement, flags};
    use rihla_core::{Cigar, Interval, RecordArena, RecordBuilder};

    fn pair(bases: [&[u8]; 2], qualities: [u8; 2]) -> ReadSet {
        let mut arena = RecordArena::new();
        for (i, start) in [100u32, 110].into_iter().enumerate() {
            let side = [flags::FIRST | flags::MATE_REVERSE, flags::LAST | flags::REVERSE][i];
            let placement = Placement {
                flags: flags::PAIRED | flags::PROPER_PAIR | side,
                place: Some((0, start)),
                mapq: 60,
                mate: Some((0, 210 - start)),
                template_length: [30, -30][i],
            };
            let cigar = Cigar::parse("20M").expect("valid");
            RecordBuilder::start(&mut arena, &placement, b"q", cigar.ops(), bases[i], &[qualities[i]; 20])
                .finish();
        }
        let options = PileupOptions { min_read_length: 5, ..PileupOptions::default() };
        let mut set = ReadSet::prepare(&arena, Interval::new(0, 0, 1000), &[], &options);
        resolve(&mut set);
        set
    }

    #[test]
    fn each_position_is_spoken_for_once() {
        let mut other = [1u8; 20];
        other[6] = 2;
        let set = pair([&[1; 20], &other], [30, 20]);
        let [a, b] = [&set.reads()[0], &set.reads()[1]];
        assert_eq!((a.silent.clone(), b.silent.clone()), (115..120, 110..115));
        assert_eq!(set.bases(a)[15..], [4; 5]);
        assert_eq!(set.bases(b)[..5], [4; 5]);
        assert_eq!(set.qualities(a)[10..15], [30; 5]);
        assert_eq!(set.qualities(b)[5..10], [30, 0, 30, 30, 30]);
    }
}
