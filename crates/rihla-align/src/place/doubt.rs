//! Where a read's own seeds say too little.

use super::{CLEAR, Context, Read};
use crate::chain;
use crate::expected::Expected;
use crate::extend::Extender;
use crate::mapq;
use crate::seed;

/// Where one place has so many of a read's seeds, a better one has some.
const MANY_HITS: u32 = 5;
/// A read of which more has no seeds is a run of one letter or two.
const MOST_BARE: f64 = 0.3;
/// What is lost of the quality where changed seeds were followed, beside the read's own or for want of them: better
/// places may need two changes.
const DOUBT: [f64; 2] = [0.4, 0.7];
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
    /// or so many that occur nowhere that places as good as the best may have none.
    pub(super) fn place_changed(
        &mut self,
        context: &Context<'_>,
        extender: &mut Extender,
        expected: &Expected,
        mut best: i32,
    ) {
        let length = self.query.len();
        let nowhere = self.chains.is_empty();
        let many_errors = self.seeds.absent() * ERROR_EVERY >= length;
        let well_seen = self.chains.iter().any(|chain| chain.weight() >= MANY_HITS);
        let doubtful = nowhere || (many_errors && !well_seen);
        // Changed runs of one letter or two are like many places, and unknown bases are like all.
        let vague = self.query.has_unknown || mapq::bare(&self.seeds, length) > MOST_BARE;
        if vague || !doubtful || self.seeds.known >= self.seeds_needed(best - CLEAR, context) {
            return;
        }
        let ceiling = length as i32 * context.options.scoring.match_score;
        let stages = if nowhere && length > SHORT { 1 } else { seed::STAGES };
        for stage in 0..stages {
            if stage > 0 && 2 * best >= ceiling {
                break;
            }
            if self.seeds.follow_neighbors(context.simd, context.table, &self.query, stage) {
                chain::build(&self.seeds, context.reference, &self.query, context.options, &mut self.chains);
                best = self.try_ungapped(context, extender, expected);
                self.seeds.repetitive = self.seeds.repetitive.max(DOUBT[usize::from(nowhere)]);
            }
        }
    }
}
