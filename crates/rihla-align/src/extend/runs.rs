//! The best run of bases on one diagonal.

use std::ops::Range;

use rihla_kernels::Scoring;

use super::Ungapped;

/// Bases at each end of the read that tell whether it leaves the diagonal.
const END: u32 = 24;

/// Finds the run of bases with the highest score, end bonuses counted; of equal ones the shorter, as a
/// clip is preferred to an end that earns no more. Takes the unlike bases from left to right.
pub(super) struct Runs<'a> {
    scoring: &'a Scoring,
    /// Part of the read that lies on the contig, and the read's length.
    end: u32,
    length: u32,
    best: Ungapped,
    start: u32,
    total: i32,
    /// The first base that was not counted yet.
    next: u32,
    local: i32,
    best_local: i32,
    /// Unlike bases near the ends of the read.
    at_ends: [u32; 2],
}

impl<'a> Runs<'a> {
    pub fn new(on_contig: Range<u32>, length: u32, scoring: &'a Scoring) -> Self {
        let start = on_contig.start;
        Self {
            scoring,
            end: on_contig.end,
            length,
            best: Ungapped { query: start..start, ..Ungapped::default() },
            start,
            total: if start == 0 { scoring.end_bonus } else { 0 },
            next: start,
            local: 0,
            best_local: 0,
            at_ends: [0; 2],
        }
    }

    /// Takes the next unlike base, and what it costs against a match.
    #[inline]
    pub fn unlike(&mut self, at: u32, cost: i32) {
        let matches = self.matches(at);
        let loss = self.scoring.match_score - cost;
        self.total += loss;
        self.local = (self.local + matches + loss).max(0);
        self.next = at + 1;
        if self.total <= 0 {
            (self.total, self.start) = (0, self.next);
        }
        self.best.mismatches += 1;
        self.at_ends[0] += u32::from(at < END);
        self.at_ends[1] += u32::from(at + END >= self.length);
    }

    /// Counts the matches up to a base, and gives their score.
    fn matches(&mut self, end: u32) -> i32 {
        let matches = (end - self.next) as i32 * self.scoring.match_score;
        self.total += matches;
        let bonus = |reached: bool| if reached { self.scoring.end_bonus } else { 0 };
        let with_end = self.total + bonus(end == self.length);
        if with_end > self.best.total {
            self.best.score = self.total - bonus(self.start == 0);
            self.best.total = with_end;
            self.best.query = self.start..end;
        }
        self.best_local = self.best_local.max(self.local + matches);
        matches
    }

    /// The best run.
    pub fn finish(mut self) -> Ungapped {
        self.matches(self.end);
        let steady = self.at_ends.iter().all(|&unlike| unlike <= 1);
        Ungapped { local: self.best_local, steady, ..self.best }
    }
}
