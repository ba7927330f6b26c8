//! The candidates of a read, looked at without gaps.

use std::cmp::Reverse;

use rihla_kernels::mismatch::Count;

use super::{CROWD, Context, PRUNE, Read};
use crate::chain::Chain;
use crate::expected::Expected;
use crate::extend::{Extender, Ungapped};

/// A placement far from the mate's that is this much below the best changes no pair's quality: that pairs
/// with neither mate elsewhere score 17 less says as much.
const ELSEWHERE: i32 = 7;

/// Rivals that score this much less than the best of them do not count as its equals.
const EQUAL: i32 = 7;

/// What is lost of the quality where not all candidates near the mate's were looked at.
const UNSEEN: f64 = 0.5;

/// Candidates of a crowded read that are looked at closely: of those near the mate's, and in all. The others may
/// hold a better place, of which the mate's part was not seen.
const MOST_NEAR: usize = 48;
const MOST_TRIED: usize = 64;

/// A candidate and when its turn is, in one number that sorts fast: those near the mate's first, then by
/// mismatches, the fewest first, by bound and weight, the highest first, and by index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u64);

impl Rank {
    const FAR: u64 = 1 << 63;
    const MAX_MISMATCHES: u32 = (1 << 9) - 1;
    const MAX_BOUND: i32 = (1 << 22) - 1;

    pub fn new(far: bool, mismatches: u32, (bound, weight): (i32, u32), index: usize) -> Self {
        let far = if far { Self::FAR } else { 0 };
        let mismatches = u64::from(mismatches.min(Self::MAX_MISMATCHES));
        let bound = (Self::MAX_BOUND - bound.clamp(0, Self::MAX_BOUND)) as u64;
        let weight = u64::from(u8::MAX) - u64::from(weight.min(u8::MAX.into()));
        Self(far | mismatches << 54 | bound << 32 | weight << 24 | index as u64)
    }

    pub fn is_far(self) -> bool {
        self.0 & Self::FAR != 0
    }

    pub fn mismatches(self) -> u32 {
        (self.0 >> 54) as u32 & Self::MAX_MISMATCHES
    }

    pub fn index(self) -> usize {
        (self.0 & ((1 << 24) - 1)) as usize
    }
}

/// Of a crowd's candidates most are never looked at: only so many at a time are put in order.
const AT_A_TIME: usize = 64;

/// Puts the first of some candidates in order, before all others; how many.
fn order_next(order: &mut [Rank]) -> usize {
    let count = order.len().min(AT_A_TIME);
    if count < order.len() {
        order.select_nth_unstable(count);
    }
    order[..count].sort_unstable();
    count
}

/// Mismatches of some candidates on their best diagonals; reused.
#[derive(Default)]
pub(super) struct Tally {
    which: Vec<u32>,
    /// Where their diagonals begin, or [`Tally::NOWHERE`].
    offsets: Vec<u64>,
    mismatches: Vec<Count>,
}

impl Tally {
    /// Stands for a diagonal on which mismatches are not counted.
    const NOWHERE: u64 = u64::MAX;

    fn clear(&mut self) {
        self.which.clear();
        self.offsets.clear();
        self.mismatches.clear();
    }

    fn add(&mut self, candidate: usize, offset: Option<u64>) {
        self.which.push(candidate as u32);
        self.offsets.push(offset.unwrap_or(Self::NOWHERE));
    }

    /// The candidates, with their mismatches where those could be counted.
    fn counts(&self) -> impl Iterator<Item = (usize, Option<Count>)> {
        let counts = self.offsets.iter().zip(&self.mismatches);
        let counts = counts.map(|(&offset, &count)| (offset != Self::NOWHERE).then_some(count));
        self.which.iter().map(|&i| i as usize).zip(counts)
    }
}

/// The two highest scores so far.
#[derive(Default)]
struct Lead {
    best: i32,
    second: i32,
}

impl Lead {
    fn add(&mut self, score: i32) {
        if score > self.best {
            (self.best, self.second) = (score, self.best);
        } else {
            self.second = self.second.max(score);
        }
    }

    /// What a placement must score to matter beside so many others.
    fn floor(&self, others: usize) -> i32 {
        let rival = if others > CROWD { self.second - EQUAL } else { 0 };
        rival.max(self.best - PRUNE)
    }

    /// The same where no mate speaks for it, but perhaps for others: of its rivals some tell as much as all.
    fn floor_elsewhere(&self, others: usize, some_near: bool) -> i32 {
        let rival = if others > CROWD { self.second + 1 } else { 0 };
        rival.max(self.best - if some_near { ELSEWHERE } else { PRUNE })
    }

    /// The same for a candidate of a read that is `alone` or has a mate, for which that speaks or not.
    fn floor_for(&self, far: bool, alone: bool, some_near: bool, others: usize) -> i32 {
        if far && (alone || some_near) { self.floor_elsewhere(others, some_near) } else { self.floor(others) }
    }
}

/// One diagonal of a candidate, looked at without gaps.
pub(super) struct Trial {
    pub ungapped: Ungapped,
    /// Index of its candidate.
    pub chain: usize,
    /// Whether it is the best diagonal of its candidate.
    leads: bool,
    /// Whether it rivals others: it is not on an alternate locus.
    counted: bool,
    /// Whether it is to be aligned with gaps.
    pub gaps: bool,
    /// The score that it may have: its own, or where gaps are likely what they could bring.
    pub promise: i32,
}

impl Trial {
    fn set_promise(&mut self, chain: &Chain, length: u32) {
        let found = &self.ungapped;
        self.promise = if !self.gaps {
            found.score
        } else if chain.is_straight() {
            // Where no other diagonal has a seed, what a gap brings back holds further edits.
            let gain = |bases: u32| (bases as i32 - 7 - 5 * (bases as i32 / 15)).max(0);
            let ends = gain(found.query.start) + gain(length - found.query.end);
            (found.score + ends).min(chain.bound).max(found.score)
        } else {
            chain.bound.max(found.score)
        };
    }
}

impl Read {
    /// Looks at each candidate without gaps, as long as it may matter, and orders what it found by promise;
    /// gives the best score.
    pub(super) fn try_ungapped(
        &mut self,
        context: &Context<'_>,
        extender: &mut Extender,
        expected: &Expected,
    ) -> i32 {
        self.rank_candidates(context, extender, expected);
        self.tried.clear();
        let mut in_order = order_next(&mut self.order);
        let (crowded, some_near) = (self.is_crowded(), self.has_near());
        let mut lead = Lead::default();
        for at in 0..self.order.len() {
            if at == in_order {
                in_order += order_next(&mut self.order[at..]);
            }
            let rank = self.order[at];
            if crowded && self.tried.len() >= if rank.is_far() { MOST_TRIED } else { MOST_NEAR } {
                if rank.is_far() {
                    break;
                }
                // A pair as good as the best may be among those that are not looked at.
                self.seeds.repetitive = self.seeds.repetitive.max(UNSEEN);
                continue;
            }
            let floor = lead.floor_for(rank.is_far(), expected.alone, some_near, self.tried.len());
            let chain = &self.chains[rank.index()];
            let one_diagonal = chain.is_straight();
            let site = chain.site(context, &self.query, chain.low);
            let mut ruled_out =
                || at > 0 && crowded && one_diagonal && !extender.may_score(&site, rank.mismatches(), floor);
            if chain.bound < floor || ruled_out() {
                continue;
            }
            lead.add(self.try_chain(context, extender, rank.index()));
        }
        self.promise_gaps_to_top(context, extender);
        self.tried
            .sort_unstable_by_key(|trial| (Reverse(trial.promise), trial.chain, trial.ungapped.diagonal));
        self.second = lead.second;
        lead.best
    }

    /// Lists the candidates, to be put in order; of very many leaves out those that cannot matter.
    fn rank_candidates(&mut self, context: &Context<'_>, extender: &mut Extender, expected: &Expected) {
        let length = self.query.len();
        self.order.clear();
        expected.mark(&self.chains, length, &mut self.near);
        if self.is_crowded() {
            self.rank_crowd(context, extender, expected.alone);
        } else {
            for (i, (chain, near)) in self.chains.iter().zip(&self.near).enumerate() {
                context.prefetch(chain.diagonal(), length);
                self.order.push(Rank::new(!near, 0, (chain.bound, chain.weight()), i));
            }
        }
    }

    /// Lists the candidates that may matter: first those near the mate's, as what they score rules out others.
    fn rank_crowd(&mut self, context: &Context<'_>, extender: &mut Extender, alone: bool) {
        // What candidates score at least. Those that were looked at before, among fewer, are among these again.
        let (mut lead, mut before) = (Lead::default(), Lead::default());
        let leaders = self.tried.iter().filter(|trial| trial.leads && trial.counted);
        leaders.for_each(|trial| before.add(trial.ungapped.score));
        let before = before.floor(self.tried.len());
        let some_near = self.near.contains(&true);
        let length = self.query.len() as usize;
        for near in [true, false] {
            let floor = |lead: &Lead, others| lead.floor_for(!near, alone, some_near, others).max(before);
            self.count_mismatches(near, floor(&lead, self.order.len()), context, extender);
            for (i, mismatches) in self.tally.counts() {
                let floor = floor(&lead, self.order.len());
                let chain = &self.chains[i];
                if chain.bound < floor {
                    continue;
                }
                let site = chain.site(context, &self.query, chain.diagonal());
                let one_diagonal = chain.is_straight();
                if one_diagonal
                    && mismatches.is_some_and(|count| !extender.may_score_with(&site, count, floor))
                {
                    continue;
                }
                let mismatches = mismatches.map(|count| count.all(length));
                if let Some(count) = mismatches.filter(|_| !context.options.alt.contains(chain.contig)) {
                    lead.add(extender.least(&self.query, count));
                }
                let weight = (chain.bound, chain.weight());
                self.order.push(Rank::new(!near, mismatches.unwrap_or(0), weight, i));
            }
        }
    }

    /// Counts the mismatches of the candidates that are near or far and whose bound is no less than this.
    fn count_mismatches(&mut self, near: bool, bound: i32, context: &Context<'_>, extender: &mut Extender) {
        let Self { chains, query, tally, .. } = self;
        tally.clear();
        for (i, chain) in
            chains.iter().enumerate().filter(|&(i, chain)| self.near[i] == near && chain.bound >= bound)
        {
            let diagonal = chain.diagonal();
            context.prefetch(diagonal, query.len());
            let countable = extender.is_countable(&chain.site(context, query, diagonal));
            tally.add(i, countable.then_some(diagonal as u64));
        }
        let forward = tally.which.partition_point(|&i| !chains[i as usize].reverse);
        let (forward, backward) = tally.offsets.split_at(forward);
        for (reverse, offsets) in [(false, forward), (true, backward)] {
            extender.count_each(context.words, query, reverse, offsets, &mut tally.mismatches);
        }
    }

    /// The best diagonal is aligned with gaps unless it is proven that they bring nothing.
    fn promise_gaps_to_top(&mut self, context: &Context<'_>, extender: &mut Extender) {
        let top = self.tried.iter_mut().max_by_key(|trial| (trial.ungapped.total, Reverse(trial.chain)));
        let Some(top) = top.filter(|top| top.leads) else { return };
        let chain = &self.chains[top.chain];
        let site = chain.site(context, &self.query, top.ungapped.diagonal);
        if !extender.is_settled(&site, &top.ungapped) {
            top.promise = top.promise.max(chain.bound);
            top.gaps = true;
        }
    }

    /// Whether some of the candidates that were looked at last lie near the mate's.
    pub(super) fn has_near(&self) -> bool {
        self.order.first().is_some_and(|rank| !rank.is_far())
    }

    /// Looks at one candidate without gaps; gives its best score, which on an alternate locus is none, as
    /// those push no other placement out of sight.
    fn try_chain(&mut self, context: &Context<'_>, extender: &mut Extender, i: usize) -> i32 {
        let Self { chains, query, seeds, .. } = self;
        if chains[i].is_tied() {
            chains[i].choose(seeds, |chain, diagonal| {
                extender.mismatches(&chain.site(context, query, diagonal)).unwrap_or(u32::MAX)
            });
        }
        let chain = &self.chains[i];
        let first = self.tried.len();
        for diagonal in chain.diagonals() {
            let ungapped = extender.ungapped(&chain.site(context, &self.query, diagonal));
            let counted = !context.options.alt.contains(chain.contig);
            self.tried.push(Trial { ungapped, chain: i, leads: false, counted, gaps: false, promise: 0 });
        }
        let trials = &mut self.tried[first..];
        let lead = (0..trials.len()).rev().max_by_key(|&i| trials[i].ungapped.total).unwrap_or(0);
        trials[lead].leads = true;
        for trial in trials.iter_mut() {
            let site = chain.site(context, &self.query, trial.ungapped.diagonal);
            let steady = chain.is_straight() && trial.ungapped.steady;
            trial.gaps = trial.leads && !steady && !extender.is_settled(&site, &trial.ungapped);
            trial.set_promise(chain, self.query.len());
        }
        trials.iter().filter(|trial| trial.counted).map(|trial| trial.ungapped.score).max().unwrap_or(0)
    }
}
