//! Whether an alignment that leaves the diagonal of a placement from end to end may score as much: a proof that none can.
//!
//! The read is cut into intervals at its mismatches there, each of which begins an interval, and those into pieces. A piece
//! that is met on no other diagonal of the band costs an alignment that has none of its bases on this one an edit: a
//! mismatch in it, a gap that touches it, or a clip.
//!
//! Where an alignment is off the diagonal (on a detour), it is spared the mismatches there, and pays for the pieces between
//! them and for the gaps by which it leaves and comes back. Such a gap may be an insertion and touch pieces, too, but not
//! those a little way off the mismatches on either side unless it is long enough to pay for them. If each detour costs
//! more than it is spared, the alignment scores less than the one that stays.

use rihla_kernels::shifts::{MOST_DIAGONALS, PIECE, Shifts};
use rihla_kernels::{Scoring, Simd};

use super::Site;

/// More mismatches are not worth a proof.
const MOST_MISMATCHES: usize = 24;

/// Bases from a mismatch on, and before one, that are in no piece: an insertion by which an alignment leaves before the one
/// or comes back behind the other, and that touches a piece, has three bases at least.
const BEHIND: u32 = 2;
const BEFORE: u32 = 1;

/// What is paid.
#[derive(Clone, Copy)]
struct Costs {
    mismatch: i32,
    gap: i32,
}

impl Costs {
    /// The costs, if whatever touches pieces costs as much as a mismatch for each.
    fn of(scoring: &Scoring) -> Option<Self> {
        let Scoring { match_score, mismatch, gap_open, gap_extend, end_bonus } = *scoring;
        let mismatch = match_score + mismatch;
        let gap = gap_open + gap_extend;
        let insertion = |bases: i32| gap_open + bases * (gap_extend + match_score);
        // Two bases touch two pieces; more pieces, and all but one that a clip touches, are covered from end to end.
        let fits = gap >= mismatch
            && insertion(2) >= 2 * mismatch
            && insertion(3) >= gap + mismatch
            && PIECE as i32 * match_score >= mismatch
            && end_bonus + match_score >= mismatch;
        fits.then_some(Self { mismatch, gap })
    }

    /// Whether a detour by so many gaps pays more than it is spared.
    fn exceed(self, gaps: i32, pieces: u32, mismatches: usize) -> bool {
        gaps * self.gap + pieces as i32 * self.mismatch > mismatches as i32 * self.mismatch
    }
}

/// Buffers of the proof; reused.
#[derive(Default)]
pub(super) struct Detours {
    shifts: Shifts,
    /// Where the pieces begin.
    starts: Vec<u32>,
    /// On how many diagonals each is met.
    met: Vec<u32>,
    /// Number of pieces that count before each interval, and of all.
    before: Vec<u32>,
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
        if mismatches.len() > MOST_MISMATCHES || width > MOST_DIAGONALS {
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
        let mut first = 0;
        for &mismatch in mismatches {
            before.push(starts.len() as u32);
            starts.extend(pieces(first, mismatch.saturating_sub(BEFORE)));
            first = mismatch + BEHIND;
        }
        before.push(starts.len() as u32);
        starts.extend(pieces(first, length));
        before.push(starts.len() as u32);
    }

    /// Counts only those pieces that are met on no other diagonal. On the site's own all of them are.
    fn keep_those_met_here_alone(&mut self) {
        let Self { met, before, .. } = self;
        let (mut from, mut kept) = (0, 0);
        for end in before.iter_mut().skip(1) {
            let pieces = &met[from..*end as usize];
            from = *end as usize;
            kept += pieces.iter().map(|&met| u32::from(met == 1)).sum::<u32>();
            *end = kept;
        }
    }

    /// Whether the pieces make every detour cost more than it is spared.
    fn suffice(&self, costs: Costs) -> bool {
        let before = &self.before;
        // The last interval's number is that of the mismatches.
        let last = before.len() - 2;
        let all = before[last + 1];
        // One that is never there; and from each mismatch on those up to it, from it on, and from it to another.
        costs.exceed(0, all, last)
            && (1..=last).all(|first| {
                let behind = |end: usize| before[end] - before[first];
                costs.exceed(1, before[first], first)
                    && costs.exceed(1, behind(last + 1), last + 1 - first)
                    && (first..=last).all(|end| costs.exceed(2, behind(end), end + 1 - first))
            })
    }
}

/// Where the pieces of a part of the read begin.
fn pieces(start: u32, end: u32) -> impl Iterator<Item = u32> {
    let count = end.saturating_sub(start) / PIECE as u32;
    (0..count).map(move |i| start + i * PIECE as u32)
}
