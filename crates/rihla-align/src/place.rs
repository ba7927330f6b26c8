//! All placements of one read that matter: the best, what rivals it, and what its clips hold.

mod candidates;
mod doubt;

use rihla_core::Reference;
use rihla_core::read::ReadRef;
use rihla_kernels::Simd;

use self::candidates::{Rank, Tally, Trial};
use crate::chain::{self, Chain};
use crate::expected::Expected;
use crate::extend::{self, Extender, Site};
use crate::index::{Table, prefetch_bases};
use crate::insert::{FivePrime, MateSpan};
use crate::options::AlignOptions;
use crate::pair::Unseen;
use crate::proposal::{self, Proposal};
use crate::query::Query;
use crate::region::{self, Region};
use crate::seed::{Effort, Lookups, Seeds};
use crate::sight::share_in_runs;

/// A placement this much below the best changes no mapping quality (60 needs a lead of 17 to 20) and
/// is never preferred for its mate's sake (that pays at most 17).
pub(crate) const PRUNE: i32 = 20;

/// Unseen placements this much below the best are let be.
pub(crate) const CLEAR: i32 = 10;

/// Among more candidates than this, gaps are looked for only where they could bring more than the
/// second-best placement has, and at the ends of the read not at all.
const CROWD: usize = 16;

/// What every stage may look at.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub reference: &'a Reference,
    /// Its packed bases.
    pub words: &'a [u64],
    pub table: Table<'a>,
    pub options: &'a AlignOptions,
    pub simd: Simd,
}

impl<'a> Context<'a> {
    /// A read on a diagonal.
    pub fn site<'s>(&self, query: &'s Query, reverse: bool, contig: u32, diagonal: i64) -> Site<'s>
    where
        'a: 's,
    {
        Site { reference: self.reference, words: self.words, query, reverse, contig, diagonal }
    }

    /// Asks for the part of the reference under a read.
    fn prefetch(&self, diagonal: i64, length: u32) {
        prefetch_bases(self.words, diagonal.max(0) as u64, length);
    }
}

/// One read on its way through the stages; reused.
#[derive(Default)]
pub(crate) struct Read {
    pub query: Query,
    pub seeds: Seeds,
    pub regions: Vec<Region>,
    /// Where its unique seeds lie, if it has some.
    pub proposal: Option<Proposal>,
    chains: Vec<Chain>,
    /// Whether they are this read's.
    chained: bool,
    tried: Vec<Trial>,
    extra: Vec<Region>,
    order: Vec<Rank>,
    /// Which candidates lie near the mate's.
    near: Vec<bool>,
    tally: Tally,
    /// The two best scores without gaps.
    best: i32,
    second: i32,
    /// Which candidates were looked at.
    seen: Vec<bool>,
}

impl Read {
    /// Takes in a read and finds its seeds.
    fn load(&mut self, read: ReadRef<'_>, context: &Context<'_>, lookups: &mut Lookups) {
        self.chains.clear();
        self.chained = false;
        // A read that is certain by itself may be looked up again for its mate's sake, without having been looked at before.
        self.tried.clear();
        (self.best, self.second) = (0, 0);
        // A read that is not to be aligned has nothing to be found by.
        let unseen = ReadRef { sequence: &[], qualities: &[], ..read };
        self.query.load(context.simd, if read.is_unfit { unseen } else { read });
        self.seeds.scan(context.simd, &self.query, lookups);
    }

    /// Takes over another's room for candidates, unless it has some: that of the last read is still in the cache.
    pub fn take_room(&mut self, last: &mut Self) {
        if !self.chained {
            self.swap_rooms(last);
            self.chains.clear();
            self.tried.clear();
            self.seeds.anchors.clear();
        }
    }

    /// Gives the room to the next, with what is in it; of this one nothing is asked any more.
    pub fn leave_room(&mut self, next: &mut Self) {
        self.swap_rooms(next);
    }

    fn swap_rooms(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.chains, &mut other.chains);
        std::mem::swap(&mut self.tried, &mut other.tried);
        std::mem::swap(&mut self.order, &mut other.order);
        std::mem::swap(&mut self.near, &mut other.near);
        std::mem::swap(&mut self.tally, &mut other.tally);
        std::mem::swap(&mut self.seeds.anchors, &mut other.seeds.anchors);
        std::mem::swap(&mut self.seeds.runs, &mut other.seeds.runs);
    }

    /// Proposes a place by the seeds that were looked up.
    fn propose(&mut self, context: &Context<'_>) {
        self.proposal = Proposal::of(&self.seeds, context, self.query.len());
    }

    /// Asks for the reference at the place that was proposed.
    fn prefetch(&self, context: &Context<'_>) {
        if let Some(proposal) = self.proposal {
            context.prefetch(proposal.diagonal, self.query.len());
        }
    }

    /// Finds its placements by all its seeds, which were looked up.
    pub fn place_alone(&mut self, context: &Context<'_>, extender: &mut Extender) {
        self.start(context);
        let expected = Expected::alone();
        if self.look(context, extender, &expected) {
            self.look_again(context, extender, &expected);
        }
        self.finish(context, extender, &expected);
    }

    /// Looks at the candidates that it was started with; whether there are more, at which
    /// [`Read::look_again`] looks. Those near its mate are `expected`.
    pub fn look(&mut self, context: &Context<'_>, extender: &mut Extender, expected: &Expected) -> bool {
        self.best = self.try_ungapped(context, extender, expected);
        // A placement that has none of the followed seeds may still be a rival, or better. Where no mate tells rivals
        // apart, only one that is better than the second-best says more.
        let clear = if self.has_near() { 0 } else { CLEAR };
        let floor = (self.best - clear).max(if expected.alone { self.second } else { 0 });
        self.follow_to(floor, Effort::Full, context)
    }

    /// Looks at all candidates again.
    pub fn look_again(&mut self, context: &Context<'_>, extender: &mut Extender, expected: &Expected) {
        self.best = self.try_ungapped(context, extender, expected);
    }

    /// Makes placements of the candidates that were looked at.
    pub fn finish(&mut self, context: &Context<'_>, extender: &mut Extender, expected: &Expected) {
        self.place_changed(context, extender, expected, self.best);
        self.extend(context, extender);
        self.settle(context.options);
    }

    /// Finds more candidates when a placement that was not seen may score what it asks for; whether there are some, of
    /// which [`Read::place_again`] makes placements.
    pub fn follow_unseen(&mut self, context: &Context<'_>, unseen: Unseen) -> bool {
        let effort = if unseen.at_any_cost { Effort::Full } else { Effort::Small };
        self.chained && self.follow_to(unseen.floor - 1, effort, context)
    }

    /// Finds its placements among all its candidates again.
    pub fn place_again(&mut self, context: &Context<'_>, extender: &mut Extender, expected: &Expected) {
        self.regions.clear();
        self.try_ungapped(context, extender, expected);
        self.extend(context, extender);
        self.settle(context.options);
    }

    /// Follows more seeds when a placement with none of those that were followed may score `floor`; whether
    /// there are more candidates.
    fn follow_to(&mut self, floor: i32, effort: Effort, context: &Context<'_>) -> bool {
        let needed = self.seeds_needed(floor, context);
        let more = self.seeds.known < needed
            && self.seeds.follow_more(context.table, &self.query, context.options, needed, effort);
        if more {
            chain::build(&self.seeds, context.reference, &self.query, context.options, &mut self.chains);
        }
        more
    }

    /// Finds its candidates.
    pub fn start(&mut self, context: &Context<'_>) {
        self.regions.clear();
        self.tried.clear();
        self.build_chains(context);
    }

    /// Follows the rarest seeds to all places they show; once is enough.
    fn build_chains(&mut self, context: &Context<'_>) {
        if !self.chained {
            self.chained = true;
            self.seeds.follow_all(context.table, &self.query, context.options);
            self.seeds.in_runs = share_in_runs(self.query.codes(false));
            chain::build(&self.seeds, context.reference, &self.query, context.options, &mut self.chains);
        }
    }

    /// Whether it shares seeds with several places.
    pub fn has_kin(&self) -> bool {
        self.chains.len() > 1 || self.seeds.list.iter().any(|seed| seed.count() > 1)
    }

    /// Whether it has many candidates.
    pub fn is_crowded(&self) -> bool {
        self.chains.len() > CROWD
    }

    /// Where its 5' end lies, by its placements, or where it has none yet by its candidates.
    pub fn five_primes(&self) -> impl Iterator<Item = FivePrime> + Clone {
        let let_be = if self.regions.is_empty() { 0 } else { self.chains.len() };
        self.candidate_five_primes().skip(let_be)
    }

    /// Where its 5' end may lie by its candidates and placements.
    pub fn candidate_five_primes(&self) -> impl Iterator<Item = FivePrime> + Clone {
        let placed = self.regions.iter().map(|region| region.five_prime(&self.query));
        self.chains.iter().map(|chain| chain.five_prime(self.query.len())).chain(placed)
    }

    /// Candidates by which the read would lie in a span, and that may score `floor`, of which there is no finished placement.
    pub fn candidates_in(&self, span: &MateSpan, floor: i32) -> impl Iterator<Item = &Chain> {
        let shift = if span.reverse { i64::from(self.query.len()) } else { 0 };
        let (low, high) = (span.five_prime.start() - shift, span.five_prime.end() - shift);
        let first = self.chains.partition_point(|chain| (chain.reverse, chain.high()) < (span.reverse, low));
        let inside = move |chain: &&Chain| chain.reverse == span.reverse && chain.low <= high;
        let open =
            |chain: &&Chain| !self.regions.iter().any(|region| !region.unfinished && chain.holds(region));
        self.chains[first..].iter().take_while(inside).filter(move |chain| chain.bound >= floor).filter(open)
    }

    /// Most that a placement other than `placed` can score, by the rarest seeds, and how many come near
    /// that.
    pub fn bound_rivals(&mut self, placed: &Region, context: &Context<'_>) -> (i32, u32) {
        self.build_chains(context);
        let here = |chain: &&Chain| chain.holds(placed);
        let others = || self.chains.iter().filter(|chain| !here(chain));
        let unseen = proposal::bound(self.seeds.known, self.query.len(), context);
        let rival = others().map(|chain| chain.bound).max().unwrap_or(0).max(unseen);
        let near = context.options.scoring.gap_open + context.options.scoring.gap_extend;
        (rival, others().filter(|chain| rival - chain.bound <= near).count() as u32)
    }

    /// Orders the placements found so far and sets their rivals.
    pub fn settle(&mut self, options: &AlignOptions) {
        region::settle(&mut self.regions, &self.query, options);
    }

    fn extend(&mut self, context: &Context<'_>, extender: &mut Extender) {
        let min_score = context.options.min_score;
        let crowded = self.is_crowded();
        let (mut best, mut second, mut extensions) = (0, 0, 0);
        for trial in &self.tried {
            if trial.promise < best - PRUNE {
                break;
            }
            let chain = &self.chains[trial.chain];
            let site = chain.site(context, &self.query, trial.ungapped.diagonal);
            // Those that were looked at without gaps score no less with them.
            let matters = !crowded || trial.promise > second.max(self.second);
            let region = if trial.gaps && matters && extensions < context.options.max_extensions {
                extensions += 1;
                let floor = best.max(self.best) - PRUNE;
                extender.gapped(&site, chain.ends(), &trial.ungapped, floor)
            } else {
                let region = extend::ungapped_region(&site, &trial.ungapped);
                let hidden = (trial.promise - region.score).max(0);
                Some(Region { unfinished: trial.gaps, hidden, ..region })
            };
            if let Some(region) = region.filter(|region| region.score >= min_score) {
                let counted = !context.options.alt.contains(region.contig);
                if counted && region.score > best {
                    (best, second) = (region.score, best);
                } else if counted {
                    second = second.max(region.score);
                }
                self.regions.push(region);
            }
        }
        self.extend_clips(context, extender, best);
    }

    /// Looks at candidates that were passed over but hold a part of the read that the best placement
    /// clips: the other side of a breakpoint.
    fn extend_clips(&mut self, context: &Context<'_>, extender: &mut Extender, best: i32) {
        let Some(top) = self.regions.iter().max_by_key(|region| region.score) else { return };
        let kept = top.sequenced(&self.query);
        let min_score = context.options.min_score;
        let clipped = kept.start.max(self.query.len() - kept.end) as i32;
        if clipped * context.options.scoring.match_score < min_score {
            return;
        }
        self.seen.clear();
        self.seen.resize(self.chains.len(), false);
        for trial in self.tried.iter().filter(|trial| trial.promise >= best - PRUNE) {
            self.seen[trial.chain] = true;
        }
        let mut extensions = 0;
        self.order.clear();
        let weights = self.chains.iter().enumerate();
        self.order.extend(weights.map(|(i, chain)| Rank::new(false, 0, (0, chain.weight()), i)));
        self.order.sort_unstable();
        for i in self.order.iter().map(|rank| rank.index()) {
            let chain = &self.chains[i];
            let elsewhere = region::share(&chain.sequenced(&self.query), &kept) < 0.5;
            if self.seen[i] || !elsewhere {
                continue;
            }
            if extensions == context.options.max_extensions {
                break;
            }
            extensions += 1;
            let site = chain.site(context, &self.query, chain.diagonal());
            let ungapped = extender.ungapped(&site);
            let found = extender.gapped(&site, chain.ends(), &ungapped, min_score);
            self.extra.extend(found.filter(|region| region.score >= min_score));
        }
        self.regions.append(&mut self.extra);
    }
}

/// Takes in a group of reads and looks up seeds of theirs that do not overlap, each step for all of them
/// before the next.
pub(crate) fn load_all<'r>(
    reads: &mut [Read],
    raw: impl Iterator<Item = ReadRef<'r>>,
    loaded: &mut u64,
    lookups: &mut Lookups,
    context: &Context<'_>,
) {
    lookups.clear();
    for (read, raw) in reads.iter_mut().zip(raw) {
        *loaded += 1;
        read.query.number = *loaded;
        read.load(raw, context, lookups);
    }
    lookups.find(context.table);
    let mut buckets = lookups.buckets();
    for read in reads.iter_mut() {
        read.seeds.look_up(context.table, &mut buckets);
        read.propose(context);
    }
    reads.iter().for_each(|read| read.prefetch(context));
}

/// Looks up all other seeds of some of the reads, in the same way.
pub(crate) fn complete(reads: &mut [Read], which: &[usize], lookups: &mut Lookups, context: &Context<'_>) {
    lookups.clear();
    for &i in which {
        let Read { seeds, query, .. } = &mut reads[i];
        seeds.ask_for_rest(query, lookups);
    }
    lookups.find(context.table);
    let mut buckets = lookups.buckets();
    for &i in which {
        reads[i].seeds.look_up_rest(context.table, &mut buckets);
        reads[i].propose(context);
    }
    which.iter().for_each(|&i| reads[i].prefetch(context));
}
