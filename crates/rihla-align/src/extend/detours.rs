//! Whether an alignment that leaves the diagonal of a placement from end to end may score as much: a proof that none can.
//!
//! The read is cut into intervals at its mismatches there, each of which begins an interval, and each interval into pieces.
//! A piece that is met on no other diagonal of the band costs an alignment that has none of its bases on this one an
//! edit, which is a mismatch in it, a gap that touches it, or a clip.
//!
//! Where an alignment is off the diagonal (on a detour), it is spared the mismatches there, and pays for the pieces between
//! them and for the gaps by which it leaves and comes back, each of which may be an insertion and touch a piece too.
//! If each detour costs more than it is spared, the alignment scores less than the one that stays.

use rihla_kernels::shifts::{PIECE, Shifts};
use rihla_kernels::{Scoring, Simd};

use super::Site;

/// More mismatches are not worth a proof.
const MOST_MISMATCHES: usize = 24;

/// Buffers of the proof; reused.
#[derive(Default)]
pub(super) struct Detours {
    shifts: Shifts,
    starts: Vec<u32>,
    /// On how many diagonals each is met.
    met: Vec<u32>,
    /// Number of pieces that count before each interval, and of all.
    before: Vec<u32>,
}

/// What is paid.
#[derive(Clone, Copy)]
struct Costs {
    mismatch: i32,
    gap: i32,
}

impl Costs {
    /// The costs, if an edit costs as much as a mismatch at least, whichever pieces it touches.
    fn of(scoring: &Scoring) -> Option<Self> {
        let Scoring { match_score, mismatch, gap_open, gap_extend, end_bonus } = *scoring;
        let mismatch = match_score + mismatch;
        let gap = gap_open + gap_extend;
        // An insertion of two bases touches two pieces; each that one or a clip covers has so many bases.
        let two = gap_open + 2 * (gap_extend + match_score);
        let fits = gap >= mismatch
            && two >= 2 * mismatch
            && PIECE as i32 * match_score >= mismatch
            && end_bonus + match_score >= mismatch;
        fits.then_some(Self { mismatch, gap })
    }

    /// Whether a detour by so many gaps, each of which may touch a piece, pays more than it is spared.
    fn exceed(self, gaps: u32, pieces: u32, mismatches: usize) -> bool {
        let paid = gaps as i32 * self.gap + pieces.saturating_sub(gaps) as i32 * self.mismatch;
        paid > mismatches as i32 * self.mismatch
    }
}

impl Detours {
    /// Whether every alignment in a band of so many diagonals from `low` on that leaves the site's, which is one of them,
    /// scores less than the one that stays there from end to end and has these mismatches: the best that stays, among bases
    /// none of which is ambiguous.
    pub fn are_worse(
        &mut self,
        (simd, scoring): (Simd, &Scoring),
        site: &Site<'_>,
        mismatches: &[u32],
        (low, width): (i64, usize),
    ) -> bool {
        let (Some(costs), Ok(offset)) = (Costs::of(scoring), u64::try_from(low)) else { return false };
        if mismatches.len() > MOST_MISMATCHES {
            return false;
        }
        let length = site.query.len();
        self.cut(mismatches, length);
        if !self.suffice(costs) {
            return false;
        }
        let query = (site.query.packed(site.reverse), length as usize);
        self.shifts.count(simd, query, site.words, (offset, width), &self.starts, &mut self.met);
        self.keep_those_met_here_alone();
        self.suffice(costs)
    }

    /// Cuts the read into pieces.
    fn cut(&mut self, mismatches: &[u32], length: u32) {
        let Self { starts, before, .. } = self;
        starts.clear();
        before.clear();
        let mut start = 0;
        for &end in mismatches.iter().chain([&length]) {
            before.push(starts.len() as u32);
            starts.extend((start..(end + 1).saturating_sub(PIECE as u32)).step_by(PIECE));
            start = end;
        }
        before.push(starts.len() as u32);
    }

    /// Counts only those pieces that are met on no other diagonal.
    fn keep_those_met_here_alone(&mut self) {
        let Self { starts, met, before, .. } = self;
        let (mut from, mut kept) = (0, 0);
        for (interval, end) in before.iter_mut().skip(1).enumerate() {
            let pieces = from..*end as usize;
            debug_assert!(pieces.end <= starts.len());
            from = pieces.end;
            for (i, &met) in met[pieces].iter().enumerate() {
                // On the site's own diagonal all bases are alike, unless the piece begins with a mismatch.
                let here = u32::from(interval == 0 || i > 0);
                kept += u32::from(met == here);
            }
            *end = kept;
        }
    }

    /// Whether the pieces make every detour cost more than it is spared.
    fn suffice(&self, costs: Costs) -> bool {
        let before = &self.before;
        // The last interval's number is that of the mismatches.
        let (last, all) = (before.len() - 2, before[before.len() - 1]);
        let never_there = costs.exceed(0, all, last);
        never_there
            && (1..=last).all(|first| {
                // One from the read's beginning to before this interval's, and from the mismatch at its beginning to the end.
                costs.exceed(1, before[first], first)
                    && costs.exceed(1, all - before[first], last + 1 - first)
                    // One between mismatches, which are the beginnings of intervals.
                    && (first..=last)
                        .all(|end| costs.exceed(2, before[end] - before[first], end + 1 - first))
            })
    }
}
