//! Where a read's own seeds say too little.

use super::{CLEAR, Context, PRUNE, Read};
use crate::chain;
use crate::expected::Expected;
use crate::extend::Extender;
use crate::mapq;
use crate::proposal;
use crate::seed;

/// Where one place has so many of a read's seeds, a better one has some.
const MANY_HITS: u32 = 5;
/// A read of which more has no seeds is a run of one letter or two.
const MOST_BARE: f64 = 0.3;
/// What is lost of the quality where changed seeds were followed, beside the read's own or for want of them: better
/// places may need two changes.
const DOUBT: [f64; 2] = [0.4, 0.7];
/// The same where unknown bases leave room for better places.
const DOUBT_OF_UNKNOWN: f64 = 0.9;
/// Bases of matches that an unknown base costs, its own among them.
const UNKNOWN_COST: u32 = 2;
/// Longer reads without any seed that occurs are likely of another genome, and not looked for at length.
const SHORT: u32 = 100;
/// With a seed that occurs nowhere in so many bases or fewer, a read may have places without any of its seeds.
const ERROR_EVERY: u32 = 50;

impl Read {
    /// Seeds that do not overlap and must be known, so that a placement with none of them scores no more than `floor`.
    pub(super) fn seeds_needed(&self, floor: i32, context: &Context<'_>) -> u32 {
        let scoring = &context.options.scoring;
        let edit = scoring.match_score + scoring.mismatch;
        let lost = self.query.len() as i32 * scoring.match_score - floor;
        ((lost + edit - 1) / edit).max(0) as u32
    }

    /// Goes on with the seeds of the read with one base changed, where its own say too little: it has none that occurs,
    /// or so many that occur nowhere, or so many unknown bases, that places as good as the best may have none.
    pub(super) fn place_changed(
        &mut self,
        context: &Context<'_>,
        extender: &mut Extender,
        expected: &Expected,
        mut best: i32,
    ) {
        let length = self.query.len();
        let nowhere = self.chains.is_empty();
        let well_seen = self.chains.iter().any(|chain| chain.weight() >= MANY_HITS);
        let doubtful = |errors: u32| nowhere || (errors * ERROR_EVERY >= length && !well_seen);
        if self.query.has_unknown {
            self.place_unknown(context, extender, expected, best, doubtful);
            return;
        }
        // Changed runs of one letter or two are like many places.
        if mapq::bare(&self.seeds, 0..length) > MOST_BARE {
            return;
        }
        let scoring = &context.options.scoring;
        let (ceiling, edit) = (length as i32 * scoring.match_score, scoring.match_score + scoring.mismatch);
        // A read of one change may be as near to a place that differs where all its seeds overlap.
        if best < ceiling && self.seeds.all_overlap() {
            if self.seeds.follow_common(context.simd, context.table, &self.query) {
                best = self.try_changed(context, extender, expected, 0.0);
            }
            if best >= ceiling - edit {
                return;
            }
        }
        if !doubtful(self.seeds.absent()) || self.seeds.known >= self.seeds_needed(best - CLEAR, context) {
            return;
        }
        let stages = if nowhere && length > SHORT { 1 } else { seed::STAGES };
        for stage in 0..stages {
            if stage > 0 && 2 * best >= ceiling {
                break;
            }
            if self.seeds.follow_neighbors(context.simd, context.table, &self.query, stage) {
                best = self.try_changed(context, extender, expected, DOUBT[usize::from(nowhere)]);
            }
        }
    }

    /// The same with each unknown base changed, where there are so many that they leave the read `doubtful`.
    fn place_unknown(
        &mut self,
        context: &Context<'_>,
        extender: &mut Extender,
        expected: &Expected,
        mut best: i32,
        doubtful: impl Fn(u32) -> bool,
    ) {
        let unknown = self.query.unknown_bases().count() as u32;
        if !doubtful(unknown) {
            return;
        }
        if self.seeds.follow_unknown(context.simd, context.table, &self.query) {
            best = self.try_changed(context, extender, expected, 0.0);
        }
        let length = self.query.len().saturating_sub(UNKNOWN_COST * unknown);
        if proposal::bound(self.seeds.known, length, context) > best - PRUNE {
            self.seeds.repetitive = self.seeds.repetitive.max(DOUBT_OF_UNKNOWN);
        }
    }

    /// Looks at the candidates that changed seeds lead to; gives the best score.
    fn try_changed(
        &mut self,
        context: &Context<'_>,
        extender: &mut Extender,
        expected: &Expected,
        doubt: f64,
    ) -> i32 {
        chain::build(&self.seeds, context.reference, &self.query, context.options, &mut self.chains);
        self.seeds.repetitive = self.seeds.repetitive.max(doubt);
        self.try_ungapped(context, extender, expected)
    }
}
