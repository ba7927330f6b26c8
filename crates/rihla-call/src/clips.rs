//! Gaps that the aligner hid behind clipped ends.
//!
//! Where a read ends shortly behind a gap, an aligner clips it rather than open one. If the clipped
//! bases continue elsewhere on the reference nearby, the distance tells the gap: further on, the bases
//! between are deleted; further back, they stand twice. If only those behind the first few continue, and
//! do so where the read was clipped, the few are inserted. In a repeat the bases may continue in several places: such an end speaks
//! for each, if another tells one alone. A gap that two fragments tell is tried, also where too few reads cross it for assembly.

use rihla_core::{CigarOp, OpKind, base};
use rihla_pileup::events::{Gap, leftmost};
use rihla_pileup::{PreparedRead, ReadSet};

use crate::events::Event;
use crate::reads::WindowRead;
use crate::window::Window;

/// Fewest clipped bases that are placed anew.
const MIN_BASES: usize = 8;
/// Longest gap that is looked for, bases.
const MAX_GAP: usize = 100;
/// Fragments that must tell of a gap.
const MIN_FRAGMENTS: usize = 2;
/// One base in so many may differ.
const BASES_PER_MISMATCH: usize = 15;
/// Bases of lower quality fit everywhere.
const MIN_QUALITY: u8 = 10;

/// A clipped end: its bases in the order in which they leave the aligned part, N where they are poor.
struct Clip {
    /// Position behind the last aligned base, or of the first one for an end clipped on the left.
    at: u32,
    left: bool,
    bases: Vec<u8>,
}

/// Gaps of single fragments' clipped ends that at least two fragments agree in, the commonest first.
#[must_use]
pub fn gaps(set: &ReadSet, reads: &[WindowRead], window: &Window, limit: usize) -> Vec<Event> {
    let mut seen: Vec<(Event, usize, bool)> = Vec::new();
    for read in reads {
        for clip in clips(set, &set.reads()[read.number]) {
            let events = explain(&clip, window);
            let is_unclear = events.len() > 1;
            seen.extend(events.into_iter().map(|event| (event, read.fragment, is_unclear)));
        }
    }
    seen.retain(|(event, ..)| window.holds(event));
    seen.sort();
    seen.dedup_by(|b, a| (&a.0, a.1) == (&b.0, b.1));
    let mut counted: Vec<(usize, Event)> = seen
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| group.len() >= MIN_FRAGMENTS && group.iter().any(|&(.., is_unclear)| !is_unclear))
        .map(|group| (group.len(), group[0].0.clone()))
        .collect();
    counted.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    counted.into_iter().take(limit).map(|(_, event)| event).collect()
}

/// The clipped ends of a read that have bases enough.
fn clips(set: &ReadSet, read: &PreparedRead) -> Vec<Clip> {
    let (ops, bases, qualities) = (set.ops(read), set.bases(read), set.qualities(read));
    let length = |op: Option<&CigarOp>| {
        op.filter(|op| op.kind() == OpKind::SoftClip).map_or(0, |op| op.len() as usize)
    };
    let known = |i: usize| if qualities[i] < MIN_QUALITY { base::N } else { bases[i] };
    let (lead, tail) = (length(ops.first()), length(ops.last()));
    let end = bases.len();
    let sides = [
        Clip { at: read.start, left: true, bases: (0..lead).rev().map(known).collect() },
        Clip { at: read.end, left: false, bases: (end - tail..end).map(known).collect() },
    ];
    let enough = |clip: &Clip| clip.bases.iter().filter(|&&code| code < base::N).count() >= MIN_BASES;
    sides.into_iter().filter(enough).collect()
}

/// The gaps behind which the clipped bases continue: those that explain the most of them.
fn explain(clip: &Clip, window: &Window) -> Vec<Event> {
    let (mut most, mut best) = (0, Vec::new());
    for size in 1..=MAX_GAP as i64 {
        for (fitting, gap) in
            [shifted(clip, size, window), shifted(clip, -size, window), inserted(clip, size, window)]
                .into_iter()
                .flatten()
        {
            if fitting > most {
                (most, best) = (fitting, Vec::new());
            }
            if fitting == most {
                best.push(Event::from(leftmost(gap, &window.codes, window.origin)));
            }
        }
    }
    best.sort();
    best.dedup();
    best
}

/// Bases that fit when the clipped end continues `by` bases further on (a deletion) or, below zero,
/// further back (a tandem duplication).
fn shifted(clip: &Clip, by: i64, window: &Window) -> Option<(usize, Gap)> {
    let fitting = fit(clip, &clip.bases, by, window)?;
    let (near, far) = (i64::from(clip.at), i64::from(clip.at) + if clip.left { -by } else { by });
    let (start, end) = (near.min(far) as u32, near.max(far) as u32);
    let gap = if by > 0 {
        Gap { position: start, deleted: end - start, inserted: Vec::new() }
    } else {
        Gap { position: clip.at, deleted: 0, inserted: window.slice(start, end).to_vec() }
    };
    Some((fitting, gap))
}

/// Bases that fit when the first `size` clipped ones are inserted.
fn inserted(clip: &Clip, size: i64, window: &Window) -> Option<(usize, Gap)> {
    let (new, rest) = clip.bases.split_at_checked(size as usize)?;
    let fitting = fit(clip, rest, 0, window)?;
    let mut inserted = new.to_vec();
    if clip.left {
        inserted.reverse();
    }
    let known = inserted.iter().all(|&code| code < base::N);
    known.then_some((fitting, Gap { position: clip.at, deleted: 0, inserted }))
}

/// How many of `bases` are those of the reference from `by` bases behind the clip on; `None` where
/// they are too few, too many differ, or the window ends.
fn fit(clip: &Clip, bases: &[u8], by: i64, window: &Window) -> Option<usize> {
    if bases.len() < MIN_BASES {
        return None;
    }
    let (first, step) =
        if clip.left { (i64::from(clip.at) - 1 - by, -1) } else { (i64::from(clip.at) + by, 1) };
    let inside = |at: i64| at > i64::from(window.origin) && at < i64::from(window.codes_end());
    let far = i64::from(clip.at) + if clip.left { -by } else { by };
    let last = first + step * (bases.len() as i64 - 1);
    if ![first, last, far, i64::from(clip.at)].into_iter().all(inside) {
        return None;
    }
    let (mut fitting, mut differing) = (0, 0);
    for (i, &code) in bases.iter().enumerate().filter(|(_, code)| **code < base::N) {
        let same = window.code((first + step * i as i64) as u32) == code;
        fitting += usize::from(same);
        differing += usize::from(!same);
        if differing > bases.len() / BASES_PER_MISMATCH {
            return None;
        }
    }
    (fitting >= MIN_BASES).then_some(fitting)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &[u8] = b"ACGTTGCATGGACTTACGATCCAGTAACCGTGAGTCTTGACACGCTATTGGCACAGTCTGA";

    fn window() -> Window {
        let codes = codes(REFERENCE);
        let end = 100 + codes.len() as u32;
        Window { contig: 0, start: 100, end, events: 100..end, origin: 100, codes }
    }

    fn codes(letters: &[u8]) -> Vec<u8> {
        letters.iter().map(|&letter| base::encode(letter)).collect()
    }

    fn right(at: u32, letters: &[u8]) -> Clip {
        Clip { at, left: false, bases: codes(letters) }
    }

    fn left(at: u32, letters: &[u8]) -> Clip {
        Clip { at, left: true, bases: codes(letters).into_iter().rev().collect() }
    }

    #[test]
    fn clipped_bases_tell_deletions_from_both_sides() {
        // Bases 120-134 are missing, or as well those from 119 on: the read goes on at 135.
        let deletion = Event { position: 119, deleted: 15, inserted: vec![] };
        assert_eq!(explain(&right(120, &REFERENCE[35..47]), &window()), std::slice::from_ref(&deletion));
        assert_eq!(explain(&left(135, &REFERENCE[8..20]), &window()), [deletion]);
    }

    #[test]
    fn clipped_bases_tell_insertions_from_both_sides() {
        let doubled = Event { position: 120, deleted: 0, inserted: codes(&REFERENCE[20..32]) };
        assert_eq!(explain(&right(132, &REFERENCE[20..34]), &window()), [doubled]);
        let inserted = Event { position: 130, deleted: 0, inserted: codes(b"AAAAACCCCC") };
        let behind = [b"AAAAACCCCC", &REFERENCE[30..42]].concat();
        assert_eq!(explain(&right(130, &behind), &window()), std::slice::from_ref(&inserted));
        let before = [&REFERENCE[18..30], b"AAAAACCCCC"].concat();
        assert_eq!(explain(&left(130, &before), &window()), [inserted]);
    }

    #[test]
    fn what_fits_nowhere_tells_nothing_and_what_fits_twice_both() {
        assert_eq!(explain(&right(120, b"AAAAAAAAAAAA"), &window()), []);
        assert_eq!(explain(&right(120, &REFERENCE[35..40]), &window()), []);
        let mut twice = window();
        let copy = twice.codes[22..34].to_vec();
        twice.codes[40..52].copy_from_slice(&copy);
        let lengths = explain(&right(110, &REFERENCE[22..32]), &twice);
        assert_eq!(lengths.iter().map(|gap| gap.deleted).collect::<Vec<_>>(), [12, 30]);
        // A clip that stands before the window's codes.
        assert_eq!(explain(&left(90, &REFERENCE[8..20]), &window()), []);
    }
}
