//! All placements of one read that matter: the best, what rivals it, and what its clips hold.

use std::cmp::Reverse;

use rihla_core::Reference;
use rihla_core::read::ReadRef;
use rihla_kernels::Simd;

use crate::chain::{self, Chain};
use crate::expected::Expected;
use crate::extend::{self, Extender, Site, Ungapped};
use crate::index::{Table, prefetch_bases};
use crate::insert::FivePrime;
use crate::mapq;
use crate::options::AlignOptions;
use crate::proposal::{self, Proposal};
use crate::query::Query;
use crate::region::{self, Region};
use crate::seed::{self, Seeds};

/// A placement this much below the best changes no mapping quality (60 needs a lead of 17 to 20) and
/// is never preferred for its mate's sake (that pays at most 17).
pub(crate) const PRUNE: i32 = 20;

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

/// Unseen placements this much below the best are let be.
const CLEAR: i32 = 10;

/// Among more candidates than this, gaps are looked for only where they could bring more than the
/// second-best placement has, and at the ends of the read not at all.
const CROWD: usize = 16;

/// A placement far from the mate's that is this much below the best changes no pair's quality: that pairs
/// with neither mate elsewhere score 17 less says as much.
const ELSEWHERE: i32 = 7;

/// Rivals that score this much less than the best of them do not count as its equals.
const EQUAL: i32 = 7;

/// A candidate and when its turn is, in one number that sorts fast: those near the mate's first, then by
/// mismatches, the fewest first, by bound and weight, the highest first, and by index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(u64);

impl Rank {
    const FAR: u64 = 1 << 63;
    const MAX_MISMATCHES: u32 = (1 << 9) - 1;
    const MAX_BOUND: i32 = (1 << 22) - 1;

    fn new(far: bool, mismatches: u32, (bound, weight): (i32, u32), index: usize) -> Self {
        let far = if far { Self::FAR } else { 0 };
        let mismatches = u64::from(mismatches.min(Self::MAX_MISMATCHES));
        let bound = (Self::MAX_BOUND - bound.clamp(0, Self::MAX_BOUND)) as u64;
        let weight = u64::from(u8::MAX) - u64::from(weight.min(u8::MAX.into()));
        Self(far | mismatches << 54 | bound << 32 | weight << 24 | index as u64)
    }

    fn is_far(self) -> bool {
        self.0 & Self::FAR != 0
    }

    fn mismatches(self) -> u32 {
        (self.0 >> 54) as u32 & Self::MAX_MISMATCHES
    }

    fn index(self) -> usize {
        (self.0 & ((1 << 24) - 1)) as usize
    }
}

/// Candidates of a crowded read that are looked at closely.
const MOST_TRIED: usize = 48;

/// What every stage may look at.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub reference: &'a Reference,
    pub table: Table<'a>,
    pub options: &'a AlignOptions,
    pub simd: Simd,
}

impl Context<'_> {
    /// Asks for the part of the reference under a read.
    fn prefetch(&self, diagonal: i64, length: u32) {
        prefetch_bases(self.reference.words(), diagonal.max(0) as u64, length);
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
    /// Which candidates were looked at.
    seen: Vec<bool>,
}

impl Read {
    /// Takes in a read and finds its seeds.
    fn load(&mut self, read: ReadRef<'_>, context: &Context<'_>) {
        self.chained = false;
        self.query.load(context.simd, read);
        self.seeds.scan(context.simd, context.table, &self.query);
    }

    /// Proposes a place by the seeds that were looked up, and asks for the reference there.
    fn propose(&mut self, context: &Context<'_>) {
        self.proposal = Proposal::of(&self.seeds, context, self.query.len());
        if let Some(proposal) = self.proposal {
            context.prefetch(proposal.diagonal, self.query.len());
        }
    }

    /// Finds its placements by all its seeds, which were looked up; those near its mate are `expected`.
    pub fn place(&mut self, context: &Context<'_>, extender: &mut Extender, expected: &Expected) {
        self.start(context);
        let mut best = self.try_ungapped(context, extender, expected);
        // A placement that has none of the followed seeds may still be a rival, or better.
        let clear = if self.has_near() { 0 } else { CLEAR };
        let needed = self.seeds_needed(best - clear, context);
        if self.seeds.known < needed
            && self.seeds.follow_more(context.table, &self.query, context.options, needed)
        {
            chain::build(&self.seeds, context.reference, &self.query, context.options, &mut self.chains);
            best = self.try_ungapped(context, extender, expected);
        }
        self.place_changed(context, extender, expected, best);
        self.extend(context, extender);
        self.settle(context.options);
    }

    /// Seeds that do not overlap and must be known, so that a placement with none of them scores no more than `floor`.
    fn seeds_needed(&self, floor: i32, context: &Context<'_>) -> u32 {
        let scoring = &context.options.scoring;
        let edit = scoring.match_score + scoring.mismatch;
        let lost = self.query.len() as i32 * scoring.match_score - floor;
        ((lost + edit - 1) / edit).max(0) as u32
    }

    /// Goes on with the seeds of the read with one base changed, where its own say too little: it has none that occurs,
    /// or so many that occur nowhere that places as good as the best may have none.
    fn place_changed(
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

    /// Finds its candidates.
    pub fn start(&mut self, context: &Context<'_>) {
        self.regions.clear();
        self.build_chains(context);
    }

    /// Follows the rarest seeds to all places they show; once is enough.
    fn build_chains(&mut self, context: &Context<'_>) {
        if !self.chained {
            self.chained = true;
            self.seeds.follow_all(context.table, &self.query, context.options);
            chain::build(&self.seeds, context.reference, &self.query, context.options, &mut self.chains);
        }
    }

    /// Whether it has many candidates.
    pub fn is_crowded(&self) -> bool {
        self.chains.len() > CROWD
    }

    /// Where its 5' end lies, by its placements, or where it has none yet by its candidates.
    pub fn five_primes(&self) -> impl Iterator<Item = FivePrime> {
        let chains = if self.regions.is_empty() { &self.chains[..] } else { &[] };
        let candidates = chains.iter().map(|chain| chain.five_prime(self.query.len()));
        self.regions.iter().map(|region| region.five_prime(&self.query)).chain(candidates)
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

    /// Looks at each candidate without gaps, as long as its bound says that it may matter, and orders
    /// what it found by promise.
    fn try_ungapped(&mut self, context: &Context<'_>, extender: &mut Extender, expected: &Expected) -> i32 {
        self.tried.clear();
        for chain in &self.chains {
            context.prefetch(chain.diagonals.as_slice()[0], self.query.len());
        }
        let crowded = self.is_crowded();
        let near = |chain: &Chain| crowded && expected.holds(chain, self.query.len());
        let mismatches = |chain: &Chain| {
            let site = site(context, &self.query, chain, chain.diagonals.as_slice()[0]);
            if crowded { extender.mismatches(&site) } else { 0 }
        };
        let rank = |(i, chain): (usize, &Chain)| {
            Rank::new(!near(chain), mismatches(chain), (chain.bound, chain.weight()), i)
        };
        self.order.clear();
        self.order.extend(self.chains.iter().enumerate().map(rank));
        self.order.sort_unstable();
        let some_near = self.has_near();
        let (mut best, mut second) = (0, 0);
        for at in 0..self.order.len() {
            let rank = self.order[at];
            let (far, i) = (rank.is_far(), rank.index());
            let floor = if far && some_near {
                best - ELSEWHERE
            } else if self.tried.len() > CROWD {
                (best - PRUNE).max(second - EQUAL)
            } else {
                best - PRUNE
            };
            let chain = &self.chains[i];
            if crowded && self.tried.len() >= MOST_TRIED {
                break;
            }
            if chain.bound < floor {
                if far && !crowded {
                    break;
                }
                continue;
            }
            if at > 0 && crowded && chain.low == chain.high {
                let site = site(context, &self.query, chain, chain.low);
                if !extender.may_score(&site, rank.mismatches(), floor) {
                    continue;
                }
            }
            let score = self.try_chain(context, extender, i);
            (best, second) = if score > best { (score, best) } else { (best, second.max(score)) };
        }
        let top = self.tried.iter_mut().max_by_key(|trial| (trial.ungapped.total, Reverse(trial.chain)));
        if let Some(top) = top
            && top.leads
            && !extender.is_settled(
                &site(context, &self.query, &self.chains[top.chain], top.ungapped.diagonal),
                &top.ungapped,
            )
        {
            top.promise = top.promise.max(self.chains[top.chain].bound);
            top.gaps = true;
        }
        self.tried
            .sort_unstable_by_key(|trial| (Reverse(trial.promise), trial.chain, trial.ungapped.diagonal));
        best
    }

    /// Whether the last candidates that were looked at are many, with some near the mate's.
    fn has_near(&self) -> bool {
        self.order.first().is_some_and(|rank| !rank.is_far())
    }

    /// Looks at one candidate without gaps; gives its best score, which on an alternate locus is none, as
    /// those push no other placement out of sight.
    fn try_chain(&mut self, context: &Context<'_>, extender: &mut Extender, i: usize) -> i32 {
        let chain = &self.chains[i];
        let first = self.tried.len();
        for &diagonal in chain.diagonals.as_slice() {
            let ungapped = extender.ungapped(&site(context, &self.query, chain, diagonal));
            self.tried.push(Trial { ungapped, chain: i, leads: false, gaps: false, promise: 0 });
        }
        let trials = &mut self.tried[first..];
        let lead = (0..trials.len()).rev().max_by_key(|&i| trials[i].ungapped.total).unwrap_or(0);
        trials[lead].leads = true;
        for trial in trials.iter_mut() {
            let site = site(context, &self.query, chain, trial.ungapped.diagonal);
            let steady = chain.low == chain.high && trial.ungapped.steady;
            trial.gaps = trial.leads && !steady && !extender.is_settled(&site, &trial.ungapped);
            trial.set_promise(chain, self.query.len());
        }
        let counted = !context.options.alt.contains(chain.contig);
        trials.iter().filter(|_| counted).map(|trial| trial.ungapped.score).max().unwrap_or(0)
    }

    fn extend(&mut self, context: &Context<'_>, extender: &mut Extender) {
        let min_score = context.options.min_score;
        let crowded = self.tried.len() > CROWD;
        let (mut best, mut second, mut extensions) = (0, 0, 0);
        for trial in &self.tried {
            if trial.promise < best - PRUNE {
                break;
            }
            let chain = &self.chains[trial.chain];
            let site = site(context, &self.query, chain, trial.ungapped.diagonal);
            let matters = !crowded || trial.promise > second;
            let region = if trial.gaps && matters && extensions < context.options.max_extensions {
                extensions += 1;
                extender.gapped(&site, (chain.low, chain.high), &trial.ungapped)
            } else {
                let region = extend::ungapped_region(&site, &trial.ungapped);
                Some(Region { unfinished: trial.gaps, ..region })
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
            let site = site(context, &self.query, chain, chain.diagonals.as_slice()[0]);
            let ungapped = extender.ungapped(&site);
            let found = extender.gapped(&site, (chain.low, chain.high), &ungapped);
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
    context: &Context<'_>,
) {
    for (read, raw) in reads.iter_mut().zip(raw) {
        *loaded += 1;
        read.query.number = *loaded;
        read.load(raw, context);
    }
    for read in reads.iter_mut() {
        read.seeds.find_buckets(context.table);
    }
    for read in reads.iter_mut() {
        read.seeds.look_up(context.table);
        read.propose(context);
    }
}

/// Looks up all other seeds of some of the reads, in the same way.
pub(crate) fn complete(reads: &mut [Read], which: &[usize], context: &Context<'_>) {
    for &i in which {
        let Read { seeds, query, .. } = &mut reads[i];
        seeds.ask_for_rest(context.table, query);
    }
    for &i in which {
        reads[i].seeds.find_rest(context.table);
    }
    for &i in which {
        reads[i].seeds.look_up_rest(context.table);
        reads[i].propose(context);
    }
}

/// One diagonal of a candidate, looked at without gaps.
struct Trial {
    ungapped: Ungapped,
    /// Index of its candidate.
    chain: usize,
    /// Whether it is the best diagonal of its candidate.
    leads: bool,
    /// Whether it is to be aligned with gaps.
    gaps: bool,
    /// The score that it may have: its own, or where gaps are likely what they could bring.
    promise: i32,
}

impl Trial {
    fn set_promise(&mut self, chain: &Chain, length: u32) {
        let found = &self.ungapped;
        self.promise = if !self.gaps {
            found.score
        } else if chain.low == chain.high {
            // Where no other diagonal has a seed, what a gap brings back holds further edits.
            let gain = |bases: u32| (bases as i32 - 7 - 5 * (bases as i32 / 15)).max(0);
            let ends = gain(found.query.start) + gain(length - found.query.end);
            (found.score + ends).min(chain.bound).max(found.score)
        } else {
            chain.bound.max(found.score)
        };
    }
}

fn site<'a>(context: &Context<'a>, query: &'a Query, chain: &Chain, diagonal: i64) -> Site<'a> {
    Site { reference: context.reference, query, reverse: chain.reverse, contig: chain.contig, diagonal }
}
