//! Elementary differences between a haplotype and the reference.

use std::ops::Range;

use rihla_pileup::events::{Gap, rightmost_end};
use rihla_pileup::{Candidate, Change};

use crate::window::Window;

/// One difference: `deleted` reference bases from `position` on are replaced by `inserted`. A SNP
/// replaces one base by one; a gap (leftmost) either deletes or inserts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Event {
    /// First replaced position, or the position before which bases are inserted.
    pub position: u32,
    /// Number of reference bases replaced.
    pub deleted: u32,
    /// Codes of the bases that stand there instead.
    pub inserted: Vec<u8>,
}

impl Event {
    /// A SNP.
    #[must_use]
    pub fn snp(position: u32, code: u8) -> Self {
        Self { position, deleted: 1, inserted: vec![code] }
    }

    /// The event of a candidate; clips have none.
    #[must_use]
    pub fn from_candidate(candidate: &Candidate) -> Option<Self> {
        match &candidate.change {
            Change::Snp(code) => Some(Self::snp(candidate.position, *code)),
            Change::Gap { deleted, inserted } => {
                Some(Self { position: candidate.position, deleted: *deleted, inserted: inserted.clone() })
            }
            Change::Clip => None,
        }
    }

    /// Whether lengths differ.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.deleted as usize != self.inserted.len()
    }

    /// Position of the VCF record: the base before a gap, the base itself of a SNP.
    #[must_use]
    pub fn anchor(&self) -> u32 {
        if self.is_gap() { self.position.saturating_sub(1) } else { self.position }
    }

    /// One past the last replaced position.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.position + self.deleted
    }

    /// One past the last position at which a leftmost gap could as well stand: the end of its repeat.
    /// For a SNP, its end.
    #[must_use]
    pub fn repeat_end(&self, window: &Window) -> u32 {
        if !self.is_gap() {
            return self.end();
        }
        let gap = Gap { position: self.position, deleted: self.deleted, inserted: self.inserted.clone() };
        rightmost_end(&gap, &window.codes, window.origin)
    }

    /// Where reads with the gap fit without it, nearly: in a repeat, also where its copies differ a little. Only those that reach
    /// beyond, on the side on which they lie aside then, tell whether a haplotype has the gap. Within the window's codes; for a SNP, its
    /// place.
    #[must_use]
    pub fn unclear_stretch(&self, window: &Window) -> Range<u32> {
        if !self.is_gap() {
            return self.position..self.end();
        }
        let (codes, inserted) = (&window.codes, self.inserted.len());
        let (at, end) = ((self.position - window.origin) as usize, (self.end() - window.origin) as usize);
        // The haplotype's bases behind the gap's start and before its end, by their distance.
        let behind = |i: usize| match self.inserted.get(i) {
            Some(&code) => Some(code),
            None => codes.get(end + i - inserted).copied(),
        };
        let before = |i: usize| match self.inserted.get(inserted.wrapping_sub(i + 1)) {
            Some(&code) if i < inserted => Some(code),
            _ => codes.get((at + inserted).checked_sub(i + 1)?).copied(),
        };
        let right = alike((at..codes.len()).enumerate().map(|(i, own)| Some(codes[own]) == behind(i)));
        let left = alike((0..end).rev().enumerate().map(|(i, own)| Some(codes[own]) == before(i)));
        window.origin + (end - left).min(at) as u32..window.origin + (at + right).max(end) as u32
    }

    /// Whether a haplotype may have both, `self` standing before `next`: they don't overlap, and two
    /// gaps don't touch.
    #[must_use]
    pub fn allows(&self, next: &Self) -> bool {
        let apart = next.position > self.end();
        let touching = next.position == self.end() && !(self.is_gap() && next.is_gap());
        (apart || touching) && self != next
    }
}

impl From<Gap> for Event {
    fn from(gap: Gap) -> Self {
        Self { position: gap.position, deleted: gap.deleted, inserted: gap.inserted }
    }
}

/// How many of the first pairs of bases make up a stretch that is alike on the whole: it may differ in one of a few, and ends where
/// many differ.
fn alike(pairs: impl Iterator<Item = bool>) -> usize {
    const DIFFERENCE: i32 = 4;
    const END: i32 = 10;
    let (mut score, mut best, mut length) = (0, 0, 0);
    for (i, same) in pairs.enumerate() {
        score += if same { 1 } else { -DIFFERENCE };
        if score > best {
            (best, length) = (score, i + 1);
        }
        if score <= best - END {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::base;

    const UNIT: &str = "TCGATTACCTGCTCCACCCTGACTCACT";

    fn codes(letters: &str) -> Vec<u8> {
        let mut codes = Vec::new();
        base::encode_into(letters.as_bytes(), &mut codes);
        codes
    }

    /// Three copies of a unit, the second of which has another base in its middle.
    fn window() -> Window {
        let second = format!("{}G{}", &UNIT[..14], &UNIT[15..]);
        let codes = codes(&format!("GGATCTAAGC{UNIT}{second}{UNIT}AAGGTCTGCA"));
        let end = 100 + codes.len() as u32;
        Window { contig: 0, start: 100, end, events: 100..end, origin: 100, codes }
    }

    #[test]
    fn a_gap_is_unclear_as_far_as_imperfect_copies_reach() {
        let window = window();
        // Without the last copy, reads from behind lie in the second and third, though they reach into the first.
        let last = Event { position: 166, deleted: 28, inserted: Vec::new() };
        assert_eq!((last.repeat_end(&window), last.unclear_stretch(&window)), (194, 138..194));
        let more = Event { position: 138, deleted: 0, inserted: codes(UNIT) };
        assert_eq!((more.repeat_end(&window), more.unclear_stretch(&window)), (152, 110..194));
    }

    #[test]
    fn outside_of_repeats_all_is_clear() {
        let window = window();
        let deletion = Event { position: 102, deleted: 3, inserted: Vec::new() };
        assert_eq!(deletion.unclear_stretch(&window), 102..105);
        assert_eq!(Event::snp(120, 1).unclear_stretch(&window), 120..121);
    }
}
