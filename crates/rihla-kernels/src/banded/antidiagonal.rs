//! The cells antidiagonal by antidiagonal, many lanes at a time.
//!
//! Antidiagonal `k` has the cells of the band with `2i + b = k`: half of the band, those of even `b` when
//! `k` is even and of odd `b` when it is odd; lane `l` is `b = 2l` or `2l + 1`, and `i = k / 2 - l` in both.
//! Seen from a lane, the three neighbors are
//!
//! ```text
//!               diagonal        above (insertion)   left (deletion)
//! k even        k - 2, same     k - 1, same         k - 1, lane - 1
//! k odd         k - 2, same     k - 1, lane + 1     k - 1, same
//! ```
//!
//! so a step costs one shift by a lane, and no cell waits for another of its own step. The row-wise
//! order needs a prefix maximum over each row for deletions instead (five dependent shifts for 32 cells).
//!
//! Lanes that stand beyond an end of either sequence get the score [`OUTSIDE`] each. That suffices: left of
//! and above the matrix all values stay below every start, right of and below it they stay below
//! the best value inside, and no path leads back inside from there.

use super::Scoring;
use super::job::Job;

/// The score of a cell that does not exist.
pub(super) const NONE: i16 = i16::MIN;

/// What a base beyond an end adds.
const OUTSIDE: i8 = i8::MIN;

/// Highest match, mismatch and bonus for which [`OUTSIDE`] is low enough.
const MAX_SCORE: i32 = 60;

/// Highest score that surely does not saturate.
const MAX_SUM: i64 = 32_000;

/// Codes in the arrays of lanes: 0..=3 as ever, N and places outside told apart by side, so that the
/// exclusive or of two codes tells what to score.
const QUERY_N: u8 = 4;
const TARGET_N: u8 = 8;
const QUERY_OUTSIDE: u8 = 16;
const TARGET_OUTSIDE: u8 = 32;

/// Highest index of a score; larger ones count as this.
pub(super) const LAST_SCORE: i8 = 15;

/// A job laid out for lanes; the cells that come out. Reused from job to job.
#[derive(Clone, Debug, Default)]
pub(super) struct Strips {
    /// Codes of the query from its last base to its first, `lanes` places outside on either side.
    pub query: Vec<u8>,
    /// What an alignment that begins at that base of the query begins with.
    pub start: Vec<i16>,
    /// Codes of the target from `first_diagonal` on.
    pub target: Vec<u8>,
    /// `H`: antidiagonal after antidiagonal, `lanes` each; as many as the largest job needed.
    pub cells: Vec<i16>,
    /// Half of the band's width.
    pub lanes: usize,
    /// Pairs of antidiagonals.
    pub pairs: usize,
}

/// Scores as lanes want them.
#[derive(Clone, Copy)]
pub(super) struct Costs {
    /// Score by the exclusive or of the codes.
    pub scores: [i8; 16],
    /// Cost of a gap's first base.
    pub first: i16,
    /// Cost of each further base.
    pub extend: i16,
}

impl Costs {
    fn new(scoring: Scoring) -> Self {
        let mut scores = [-1; 16];
        scores[0] = scoring.match_score as i8;
        scores[1..4].fill(-scoring.mismatch as i8);
        scores[LAST_SCORE as usize] = OUTSIDE;
        let first = (scoring.gap_open + scoring.gap_extend) as i16;
        Self { scores, first, extend: scoring.gap_extend as i16 }
    }
}

/// Whether 16 bits hold every score of a job.
pub(super) fn fits(job: &Job<'_>) -> bool {
    let Scoring { match_score, mismatch, end_bonus, .. } = job.scoring;
    let highest = job.query.len() as i64 * i64::from(match_score) + 2 * i64::from(end_bonus);
    match_score.max(mismatch).max(end_bonus) <= MAX_SCORE && highest <= MAX_SUM
}

impl Strips {
    /// Lays out a job that [`fits`].
    pub fn prepare(&mut self, job: &Job<'_>) -> Costs {
        let rows = job.query.len();
        self.lanes = job.width / 2;
        self.pairs = rows + self.lanes - 1;
        let cells = 2 * self.pairs * self.lanes;
        if self.cells.len() < cells {
            self.cells.resize(cells, NONE);
        }

        self.query.clear();
        self.query.resize(self.lanes, QUERY_OUTSIDE);
        self.query.extend(job.query.iter().rev().map(|&code| if code > 3 { QUERY_N } else { code }));
        self.query.resize(rows + 2 * self.lanes, QUERY_OUTSIDE);

        self.start.clear();
        self.start.resize(rows + 2 * self.lanes, 0);
        self.start[self.lanes + rows - 1] = job.scoring.end_bonus as i16;

        let places = rows + job.width;
        let before = (-job.first_diagonal).clamp(0, places as i64) as usize;
        let first = job.first_diagonal.clamp(0, job.target.len() as i64) as usize;
        let inside = &job.target[first..(first + places - before).min(job.target.len())];
        self.target.clear();
        self.target.resize(before, TARGET_OUTSIDE);
        self.target.extend(inside.iter().map(|&code| if code > 3 { TARGET_N } else { code }));
        self.target.resize(places, TARGET_OUTSIDE);
        Costs::new(job.scoring)
    }

    /// The cells of the job that was prepared last.
    pub fn cells(&self) -> &[i16] {
        &self.cells[..2 * self.pairs * self.lanes]
    }
}

/// Stamps the vector body into a module that has `Vector`, `LANES`, and the safe functions `splat`, `add`,
/// `sub`, `max`, `up`, `down`, `load`, `store`, `table` and `scores`, all compiled for `$feature`.
macro_rules! stamp {
    ($feature:literal) => {
        /// Fills the cells and returns the highest `M`. `strips.lanes` is a multiple of `LANES`.
        #[target_feature(enable = $feature)]
        pub(in crate::banded) fn fill(strips: &mut Strips, costs: Costs) -> i16 {
            let none = splat(NONE);
            match strips.lanes / LANES {
                1 => sweep([[none; 1]; 4], strips, costs),
                2 => sweep([[none; 2]; 4], strips, costs),
                vectors => sweep([(); 4].map(|()| vec![none; vectors]), strips, costs),
            }
        }

        /// The state is `H` of the last even and odd antidiagonals, then `E` and `F` of the last one.
        #[target_feature(enable = $feature)]
        fn sweep<S: AsMut<[Vector]>>(state: [S; 4], strips: &mut Strips, costs: Costs) -> i16 {
            let [mut even, mut odd, mut insertion, mut deletion] = state;
            let (even, odd) = (even.as_mut(), odd.as_mut());
            let (insertion, deletion) = (insertion.as_mut(), deletion.as_mut());
            let (none, first, extend) = (splat(NONE), splat(costs.first), splat(costs.extend));
            let table = table(&costs.scores);
            let mut best = none;
            let strides = strips.cells.chunks_exact_mut(2 * strips.lanes).take(strips.pairs);
            for (p, cells) in strides.enumerate() {
                let (cells_even, cells_odd) = cells.split_at_mut(strips.lanes);
                let query = &strips.query[strips.pairs - p..][..strips.lanes];
                let start = &strips.start[strips.pairs - p..][..strips.lanes];
                let target = &strips.target[p..][..strips.lanes + 1];
                let mut carry = none;
                for v in 0..even.len() {
                    let at = v * LANES;
                    let opened = sub(odd[v], first);
                    let deleted = max(opened, sub(deletion[v], extend));
                    insertion[v] = max(opened, sub(insertion[v], extend));
                    deletion[v] = up(deleted, carry);
                    carry = deleted;
                    let score = scores(table, &query[at..], &target[at..]);
                    let m = add(max(even[v], load(&start[at..])), score);
                    best = max(best, m);
                    even[v] = max(max(m, insertion[v]), deletion[v]);
                    store(&mut cells_even[at..], even[v]);
                }
                let mut carry = none;
                for v in (0..even.len()).rev() {
                    let at = v * LANES;
                    let opened = sub(even[v], first);
                    let inserted = max(opened, sub(insertion[v], extend));
                    deletion[v] = max(opened, sub(deletion[v], extend));
                    insertion[v] = down(inserted, carry);
                    carry = inserted;
                    let score = scores(table, &query[at..], &target[at + 1..]);
                    let m = add(max(odd[v], load(&start[at..])), score);
                    best = max(best, m);
                    odd[v] = max(max(m, deletion[v]), insertion[v]);
                    store(&mut cells_odd[at..], odd[v]);
                }
            }
            let mut lanes = [NONE; LANES];
            store(&mut lanes, best);
            lanes.into_iter().fold(NONE, i16::max)
        }
    };
}

pub(super) use stamp;
