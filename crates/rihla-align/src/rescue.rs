//! Mate rescue: looking for a read near its mate, where its own seeds did not lead.
//!
//! Words of 7 bases that the read and the window share vote for diagonals; only where a diagonal has
//! votes enough for an alignment worth reporting is one made.

use rihla_core::Reference;

use crate::extend::{self, Extender};
use crate::insert::{InsertSize, MateSpan, Reach};
use crate::pair::Survey;
use crate::place::{CLEAR, Context, Read};
use crate::proposal::{self, Proposal};
use crate::query::Query;
use crate::region::Region;
use rihla_kernels::Scoring;

const WORD: usize = 7;
const WORDS: usize = 1 << (2 * WORD);
const MASK: usize = WORDS - 1;
/// A word that the read has more often than this tells nothing.
const MOST_REPEATS: usize = 4;
/// Votes of the best diagonal below which no alignment is ever tried.
const FEWEST_VOTES: u16 = 8;
/// Diagonals this near the best one are its own: gaps within the alignment.
const NEAR: usize = 30;
/// Longest window that is searched.
const LONGEST_WINDOW: i64 = 4_000;
/// Placements this far below the best are no anchors for a rescue, as for BWA-MEM.
const NEAR_BEST: i32 = 17;

/// Placements of a read with too many of them around which its mate is looked for; around the next for what makes as
/// good a pair as the best alone.
const CROWD_RESCUES: usize = 3;

/// What a rescue found.
#[derive(Default)]
pub(crate) struct Rescued {
    /// Whether either mate has more placements than before.
    pub any: bool,
    /// Reads that had none.
    pub reads: u32,
}

/// Buffers of the rescue; reused.
pub(crate) struct Rescuer {
    /// First position of each word in the read, plus one.
    heads: Vec<u16>,
    /// The next position with the same word, plus one.
    next: Vec<u16>,
    votes: Vec<u16>,
    window: Vec<u8>,
    found: Vec<Region>,
    /// Votes of the best diagonal below which no alignment is tried.
    fewest_votes: u16,
    /// What the scores of a pair must sum up to.
    needed: i32,
    /// What those of the best one do.
    best: i32,
}

impl Default for Rescuer {
    fn default() -> Self {
        Self {
            heads: vec![0; WORDS],
            next: Vec::new(),
            votes: Vec::new(),
            window: Vec::new(),
            found: Vec::new(),
            fewest_votes: FEWEST_VOTES,
            needed: 0,
            best: 0,
        }
    }
}

impl Rescuer {
    /// Looks for each mate near the good placements of the other, for pairs that those which were found leave `open`.
    pub fn rescue(
        &mut self,
        mates: &mut [Read; 2],
        insert: &InsertSize,
        open: &Survey,
        context: &Context<'_>,
        extender: &mut Extender,
    ) -> Rescued {
        (self.needed, self.best) = (open.needed, open.best);
        let mut rescued = Rescued::default();
        // Both directions start from the placements that seeds found.
        let [first, second] = mates;
        let found_second = self.near(first, second, insert.reach(false), context, extender);
        let found_first = self.near(second, first, insert.reach(true), context, extender);
        for (read, found) in [(first, found_first), (second, found_second)] {
            if !found.is_empty() {
                rescued.any = true;
                rescued.reads += u32::from(read.regions.is_empty());
                read.regions.extend(found);
                read.settle(context.options);
            }
        }
        rescued
    }

    /// Placements of `lost` near those of `anchor`; only those that could rival what it has.
    fn near(
        &mut self,
        anchor: &Read,
        lost: &Read,
        reach: Reach<'_>,
        context: &Context<'_>,
        extender: &mut Extender,
    ) -> Vec<Region> {
        self.found.clear();
        let Some(best) = anchor.regions.first().map(|region| region.score) else { return Vec::new() };
        let length = i64::from(lost.query.len());
        if length < WORD as i64 {
            return Vec::new();
        }
        let scoring = &context.options.scoring;
        let own = lost.regions.first().map(|region| region.score);
        // A placement that the seeds did not show has none of those whose occurrences are all known.
        let bound = length as i32 * scoring.match_score - 5 * (lost.seeds.known as i32);
        let most = context.options.max_rescues as usize;
        // Searches that are left, whatever they bring.
        let mut free = if anchor.regions.len() > most { CROWD_RESCUES } else { most };
        let anchors = anchor.regions.iter().take_while(|region| region.score >= best - NEAR_BEST);
        for region in anchors.take(most) {
            // Less would neither be chosen nor be a rival of the best pair.
            let floor =
                own.map_or(0, |own| own - CLEAR + (best - region.score)).max(self.needed - region.score);
            let here = region.five_prime(&anchor.query);
            // An unfinished placement that the mate speaks for is worth the alignment with gaps.
            for span in reach.spans(here) {
                self.by_candidates(lost, &span, floor, context, extender);
            }
            let floor = if free > 0 { floor } else { floor.max(self.best - region.score) };
            if bound < floor {
                continue;
            }
            // Where one fits, only one there that is no worse is missed.
            let fits = |mate: &Region| {
                let there = mate.five_prime(&lost.query);
                !mate.unfinished && mate.contig == region.contig && reach.contains(here, there)
            };
            let placed = lost.regions.iter().chain(&self.found);
            let floor = placed
                .fold(floor, |floor, mate| if mate.score > floor && fits(mate) { mate.score } else { floor });
            if bound < floor {
                continue;
            }
            free = free.saturating_sub(1);
            let known = self.found.len();
            self.fewest_votes = fewest_votes(length as i32, floor, scoring);
            for span in reach.spans(here) {
                let (reverse, window) = (span.reverse, span.window(length));
                if !self.by_seeds(lost, reverse, region.contig, window, floor, (context, extender)) {
                    self.search(&lost.query, reverse, region.contig, window, floor, (context, extender));
                }
            }
            let found = self.found[known..].iter().map(|mate| mate.score + region.score).max();
            self.best = self.best.max(found.unwrap_or(0));
        }
        std::mem::take(&mut self.found)
    }

    /// Aligns the candidates of a read in a span that were passed over, or left without gaps, among many.
    fn by_candidates(
        &mut self,
        lost: &Read,
        span: &MateSpan,
        floor: i32,
        context: &Context<'_>,
        extender: &mut Extender,
    ) {
        for chain in lost.candidates_in(span, floor) {
            // In a tandem repeat the other diagonals are rivals.
            let mut others = chain.diagonals();
            let Some(first) = others.next() else { continue };
            let site = |diagonal| chain.site(context, &lost.query, diagonal);
            let ungapped = extender.ungapped(&site(first));
            let best = extender.finish(&site(first), chain.ends(), &ungapped, floor);
            let others = others.map(|diagonal| {
                extend::ungapped_region(&site(diagonal), &extender.ungapped(&site(diagonal)))
            });
            let found = best.into_iter().chain(others);
            self.found.extend(found.filter(|region| region.score >= context.options.min_rescue_score));
        }
    }

    /// Places a read where its seeds lie in the window; whether no other place there can be better and score
    /// `floor`.
    fn by_seeds(
        &mut self,
        lost: &Read,
        reverse: bool,
        contig: u32,
        window: (i64, i64),
        floor: i32,
        (context, extender): (&Context<'_>, &mut Extender),
    ) -> bool {
        let length = lost.query.len();
        let near = match Proposal::near(&lost.seeds, context, length, reverse, window.0..window.1) {
            Ok(near) => near,
            Err(absent) => return proposal::bound(absent, length, context) < floor,
        };
        let found = near.best;
        let site = context.site(&lost.query, reverse, contig, found.diagonal);
        let ungapped = extender.ungapped(&site);
        let best = found.bound_near(length, context) <= ungapped.score.max(floor - 1);
        // Another that scores as much may lie where the mate wants it.
        for proposal in [found].into_iter().chain(near.others(floor.max(ungapped.score), length, context)) {
            let site = context.site(&lost.query, reverse, contig, proposal.diagonal);
            let ungapped = extender.ungapped(&site);
            if extender.is_settled(&site, &ungapped) {
                self.found.push(extend::ungapped_region(&site, &ungapped));
            } else if best {
                let region = extender.gapped(&site, (proposal.low, proposal.high), &ungapped, floor);
                self.found.extend(region.filter(|region| region.score >= context.options.min_rescue_score));
            }
        }
        best
    }

    fn search(
        &mut self,
        query: &Query,
        reverse: bool,
        contig: u32,
        window: (i64, i64),
        floor: i32,
        (context, extender): (&Context<'_>, &mut Extender),
    ) {
        let (start, end) = extend::contig_span(context.reference, contig);
        let from = window.0.max(start);
        let to = window.1.min(end).min(from + LONGEST_WINDOW);
        if to - from < i64::from(context.options.min_rescue_score) {
            return;
        }
        extender.work.searched += (to - from) as u64;
        self.vote(context.reference, query.codes(reverse), from as u64..to as u64);
        let Some(best) = self.best_diagonal() else { return };
        let near = best.saturating_sub(NEAR)..(best + NEAR + 1).min(self.votes.len());
        let strong = |at: &usize| self.votes[*at] >= FEWEST_VOTES;
        let low = near.clone().find(strong).unwrap_or(best);
        let high = near.rev().find(strong).unwrap_or(best);
        let diagonal = |at: usize| from + at as i64 - (i64::from(query.len()) - WORD as i64);
        let site = context.site(query, reverse, contig, diagonal(best));
        let ungapped = extender.ungapped(&site);
        let region = extender.finish(&site, (diagonal(low), diagonal(high)), &ungapped, floor);
        self.found.extend(region.filter(|region| region.score >= context.options.min_rescue_score));
    }

    /// Counts the shared words by diagonal: window position less read position, plus the last
    /// position of a word in the read.
    fn vote(&mut self, reference: &Reference, codes: &[u8], window: std::ops::Range<u64>) {
        let last = codes.len() - WORD;
        self.next.clear();
        self.next.resize(last + 1, 0);
        // From right to left, so that each list of positions ascends.
        for_each_word(codes, |at, word| {
            self.next[at] = self.heads[word];
            self.heads[word] = at as u16 + 1;
        });
        reference.fetch_offsets_into(window, &mut self.window);
        self.votes.clear();
        self.votes.resize(self.window.len() + last + 1, 0);
        let (heads, next, votes) = (&self.heads, &self.next, &mut self.votes);
        for_each_word(&self.window, |at, word| {
            let mut position = heads[word];
            for _ in 0..MOST_REPEATS {
                if position == 0 {
                    break;
                }
                let here = usize::from(position - 1);
                votes[at + last - here] += 1;
                position = next[here];
            }
        });
        for_each_word(codes, |_, word| self.heads[word] = 0);
    }

    fn best_diagonal(&self) -> Option<usize> {
        // Two passes, of which the compiler makes vector instructions; of equal ones the first.
        let most = self.votes.iter().copied().max()?;
        (most >= self.fewest_votes).then(|| self.votes.iter().position(|&votes| votes == most)).flatten()
    }
}

/// Votes that an alignment of score `floor` has at least on its best diagonal: a mismatch costs five
/// points and at most seven votes, and a gap leaves one side at least half of them.
fn fewest_votes(length: i32, floor: i32, scoring: &Scoring) -> u16 {
    let word = WORD as i32;
    let mismatches = (length * scoring.match_score - floor).max(0) / (scoring.match_score + scoring.mismatch);
    let votes = (length - word + 1 - word * mismatches) / 2;
    votes.clamp(FEWEST_VOTES.into(), i32::from(u16::MAX)) as u16
}

fn for_each_word(codes: &[u8], mut found: impl FnMut(usize, usize)) {
    let (mut word, mut run) = (0, 0);
    for (at, &code) in codes.iter().enumerate() {
        if code > 3 {
            run = 0;
            continue;
        }
        word = (word << 2 | usize::from(code)) & MASK;
        run += 1;
        if run >= WORD {
            found(at + 1 - WORD, word);
        }
    }
}
