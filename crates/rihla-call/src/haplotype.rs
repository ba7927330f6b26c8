//! Haplotypes: what one chromosome copy may look like in a window.

use rihla_pileup::events::{Gap, leftmost};

use crate::events::Event;
use crate::window::Window;

/// A sequence and how it differs from the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Haplotype {
    /// Base codes from the window's origin to the end of its codes.
    pub bases: Vec<u8>,
    /// The differences by position.
    pub events: Vec<Event>,
}

impl Haplotype {
    /// The reference itself.
    #[must_use]
    pub fn reference(window: &Window) -> Self {
        Self { bases: window.codes.clone(), events: Vec::new() }
    }

    /// The reference changed by compatible events, sorted by position.
    #[must_use]
    pub fn from_events(window: &Window, events: Vec<Event>) -> Self {
        let mut bases = Vec::with_capacity(window.codes.len() + 32);
        let mut at = window.origin;
        for event in &events {
            bases.extend_from_slice(window.slice(at, event.position.max(at)));
            bases.extend_from_slice(&event.inserted);
            at = event.end().max(at);
        }
        bases.extend_from_slice(window.slice(at, window.codes_end()));
        Self { bases, events }
    }

    /// A sequence that starts and ends with the window, aligned to the reference for its events.
    /// `None` when the two differ too much to be aligned with confidence.
    #[must_use]
    pub fn from_bases(window: &Window, bases: Vec<u8>) -> Option<Self> {
        let (r, b) = (&window.codes, &bases);
        let tail = r.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
        let tail = tail.min(r.len() - 1).min(b.len() - 1);
        let (r, b) = (&r[..r.len() - tail], &b[..b.len() - tail]);
        let head = r.iter().zip(b).take_while(|(a, b)| a == b).count();
        let head = head.min(r.len()).min(b.len());
        let events = core_events(window, head as u32 + window.origin, &r[head..], &b[head..])?;
        Some(Self { bases, events })
    }
}

/// Scores of haplotype against reference: a gap is dear, so that one stands where several could.
const MATCH: i32 = 200;
const MISMATCH: i32 = -150;
const GAP_OPEN: i32 = -260;
const GAP_EXTEND: i32 = -11;
/// Differing stretches of more cells than this are not aligned.
const MAX_CELLS: usize = 400_000;
/// A haplotype with more events than this is an accident of assembly.
const MAX_EVENTS: usize = 14;

/// Events of `bases` against `reference`, the differing middles of two sequences.
fn core_events(window: &Window, start: u32, reference: &[u8], bases: &[u8]) -> Option<Vec<Event>> {
    if reference.len() * bases.len() > MAX_CELLS {
        return None;
    }
    let mut events = Vec::new();
    let mut position = start;
    let mut at = 0usize;
    for step in global_alignment(reference, bases) {
        match step {
            Step::Pair => {
                if reference[(position - start) as usize] != bases[at] {
                    events.push(Event::snp(position, bases[at]));
                }
                position += 1;
                at += 1;
            }
            Step::Delete(length) => {
                let gap = Gap { position, deleted: length, inserted: Vec::new() };
                events.push(placed(window, gap, events.last()));
                position += length;
            }
            Step::Insert(length) => {
                let inserted = bases[at..at + length as usize].to_vec();
                events.push(placed(window, Gap { position, deleted: 0, inserted }, events.last()));
                at += length as usize;
            }
        }
    }
    let compatible = events.is_sorted() && events.windows(2).all(|two| two[0].allows(&two[1]));
    (compatible && events.len() <= MAX_EVENTS).then_some(events)
}

/// A gap in leftmost form, not moved across the event before it.
fn placed(window: &Window, gap: Gap, before: Option<&Event>) -> Event {
    let floor = before.map_or(window.origin, |event| event.end() + u32::from(event.is_gap()) - 1);
    let floor = floor.max(window.origin);
    leftmost(gap, &window.codes[(floor - window.origin) as usize..], floor).into()
}

/// One step of an alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Pair,
    Delete(u32),
    Insert(u32),
}

const FROM_PAIR: u8 = 0;
const FROM_DELETE: u8 = 1;
const FROM_INSERT: u8 = 2;

/// Best global alignment with affine gaps (Gotoh 1982); ties favor pairs from the right, so that gaps
/// lie left.
fn global_alignment(reference: &[u8], bases: &[u8]) -> Vec<Step> {
    let (n, m) = (reference.len(), bases.len());
    let width = m + 1;
    let low = i32::MIN / 2;
    let gap_cost = |length: usize| GAP_OPEN + GAP_EXTEND * (length as i32 - 1);
    // Two bits say where the best of each state came from: pair, delete, insert.
    let mut trace = vec![[0u8; 3]; (n + 1) * width];
    let mut rows: [Vec<i32>; 3] = [vec![low; width], vec![low; width], vec![low; width]];
    rows[0][0] = 0;
    for j in 1..=m {
        rows[2][j] = gap_cost(j);
        trace[j][2] = if j == 1 { FROM_PAIR } else { FROM_INSERT };
    }
    for i in 1..=n {
        let mut next: [Vec<i32>; 3] = [vec![low; width], vec![low; width], vec![low; width]];
        next[1][0] = gap_cost(i);
        trace[i * width][1] = if i == 1 { FROM_PAIR } else { FROM_DELETE };
        for j in 1..=m {
            let score = if reference[i - 1] == bases[j - 1] { MATCH } else { MISMATCH };
            let cell = &mut trace[i * width + j];
            let (best, from) = best_of([rows[0][j - 1], rows[1][j - 1], rows[2][j - 1]]);
            (next[0][j], cell[0]) = (best + score, from);
            let open = rows[0][j].max(rows[2][j]);
            let opened_from = if rows[0][j] >= rows[2][j] { FROM_PAIR } else { FROM_INSERT };
            (next[1][j], cell[1]) =
                extend(open + GAP_OPEN, opened_from, rows[1][j] + GAP_EXTEND, FROM_DELETE);
            let open = next[0][j - 1].max(next[1][j - 1]);
            let opened_from = if next[0][j - 1] >= next[1][j - 1] { FROM_PAIR } else { FROM_DELETE };
            (next[2][j], cell[2]) =
                extend(open + GAP_OPEN, opened_from, next[2][j - 1] + GAP_EXTEND, FROM_INSERT);
        }
        rows = next;
    }
    let (_, state) = best_of([rows[0][m], rows[1][m], rows[2][m]]);
    trace_back(&trace, width, (n, m), state)
}

fn best_of(scores: [i32; 3]) -> (i32, u8) {
    let mut best = (scores[0], FROM_PAIR);
    for (score, from) in [(scores[1], FROM_DELETE), (scores[2], FROM_INSERT)] {
        if score > best.0 {
            best = (score, from);
        }
    }
    best
}

fn extend(opened: i32, opened_from: u8, extended: i32, extended_from: u8) -> (i32, u8) {
    if opened >= extended { (opened, opened_from) } else { (extended, extended_from) }
}

fn trace_back(trace: &[[u8; 3]], width: usize, end: (usize, usize), mut state: u8) -> Vec<Step> {
    let (mut i, mut j) = end;
    let mut steps: Vec<Step> = Vec::new();
    while i > 0 || j > 0 {
        let from = trace[i * width + j][usize::from(state)];
        match state {
            FROM_PAIR => {
                steps.push(Step::Pair);
                (i, j) = (i - 1, j - 1);
            }
            FROM_DELETE => {
                match steps.last_mut() {
                    Some(Step::Delete(length)) => *length += 1,
                    _ => steps.push(Step::Delete(1)),
                }
                i -= 1;
            }
            _ => {
                match steps.last_mut() {
                    Some(Step::Insert(length)) => *length += 1,
                    _ => steps.push(Step::Insert(1)),
                }
                j -= 1;
            }
        }
        state = from;
    }
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn window(letters: &[u8]) -> Window {
        let mut codes = Vec::new();
        rihla_core::base::encode_into(letters, &mut codes);
        let end = 100 + codes.len() as u32;
        Window { contig: 0, start: 100, end, events: 100..end, origin: 100, codes }
    }

    fn events_of(reference: &[u8], letters: &[u8]) -> Vec<Event> {
        let mut codes = Vec::new();
        rihla_core::base::encode_into(letters, &mut codes);
        Haplotype::from_bases(&window(reference), codes).expect("similar").events
    }

    #[test]
    fn finds_snps_and_leftmost_gaps() {
        let reference = b"ACGTTGCACACACAGGTACCATTG";
        assert_eq!(events_of(reference, b"ACGTTGCACACACAGGTACCATTG"), []);
        assert_eq!(events_of(reference, b"ACGATGCACACACAGGTACCATTG"), [Event::snp(103, 0)]);
        let deletion = Event { position: 106, deleted: 2, inserted: vec![] };
        assert_eq!(events_of(reference, b"ACGTTGCACACAGGTACCATTG"), std::slice::from_ref(&deletion));
        assert_eq!(events_of(reference, b"ACGTTGCACACAGGTACCTTTG"), [deletion, Event::snp(120, 3)]);
        let insertion = Event { position: 106, deleted: 0, inserted: vec![1, 0] };
        assert_eq!(events_of(reference, b"ACGTTGCACACACACAGGTACCATTG"), [insertion]);
    }

    proptest! {
        /// Whatever the alignment, its events rebuild the haplotype.
        #[test]
        fn events_rebuild_the_bases(
            reference in prop::collection::vec(0u8..4, 30..60),
            edits in prop::collection::vec((2usize..28, 0u8..4, 0u8..3), 0..4),
        ) {
            let mut bases = reference.clone();
            for (at, code, kind) in edits {
                match kind {
                    0 => bases[at] = code,
                    1 => bases.insert(at, code),
                    _ => { bases.remove(at); }
                }
            }
            let end = 100 + reference.len() as u32;
            let window = Window { contig: 0, start: 100, end, events: 100..end, origin: 100, codes: reference };
            if let Some(found) = Haplotype::from_bases(&window, bases.clone()) {
                prop_assert_eq!(Haplotype::from_events(&window, found.events).bases, bases);
            }
        }
    }
}
