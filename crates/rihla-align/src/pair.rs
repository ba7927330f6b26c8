//! Choosing among the placements of two mates: as a pair, or each for itself.

use crate::insert::{self, InsertSize, Orientation};
use crate::mapq;
use crate::options::AlignOptions;
use crate::place::Read;
use crate::query::Query;
use crate::region::{self, Region};
use crate::sight::Sight;

/// What the length of a template adds to the score of a pair, at most.
const BEST_FIT: i32 = 1;

/// Pairs of which a mate has none of the followed seeds are let be where they score this much less than the best.
const CLOSE: i32 = 6;

/// One placement that will be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Index into the read's regions.
    pub region: usize,
    pub mapq: u8,
}

/// Contig, strand, and concatenated offset of a 5' end, and a placement's index, in one number that sorts as they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place(u128);

impl Place {
    /// Keeps offsets above zero.
    const BIAS: i64 = 1 << 40;

    fn new(contig: u32, reverse: bool, at: i64, index: u32) -> Self {
        let at = at.saturating_add(Self::BIAS).max(0) as u128;
        Self(u128::from(contig) << 96 | u128::from(reverse) << 95 | at << 32 | u128::from(index))
    }

    fn at(self) -> i64 {
        ((self.0 >> 32) as i64 & i64::MAX) - Self::BIAS
    }

    fn index(self) -> usize {
        self.0 as u32 as usize
    }
}

/// What will be written of a template: the primary hit of each read, then its supplementary ones. Reused.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    pub hits: [Vec<Hit>; 2],
    pub proper: bool,
    /// The second mate's placements in order of their 5' ends.
    by_place: Vec<Place>,
    candidates: Vec<Candidate>,
}

impl Choice {
    /// Chooses for a read without a mate.
    pub fn single(&mut self, read: &Read, options: &AlignOptions) {
        self.proper = false;
        self.hits[1].clear();
        own_hits(read, options, &mut self.hits[0]);
    }

    /// Takes the only placement of each of two mates, a proper pair of the highest quality.
    pub fn certified(&mut self) {
        self.proper = true;
        for hits in &mut self.hits {
            hits.clear();
            hits.push(Hit { region: 0, mapq: mapq::MAX as u8 });
        }
    }

    /// Chooses for two mates, whose pairs were [looked at](Self::look) last where the model is usable (Li 2013, section
    /// 2.4: a pair is preferred when it scores more than the best placements of both less a penalty).
    pub fn pair(&mut self, mates: &[Read; 2], insert: &InsertSize, options: &AlignOptions) {
        self.proper = false;
        for (read, hits) in mates.iter().zip(&mut self.hits) {
            own_hits(read, options, hits);
        }
        if !insert.usable() || mates.iter().any(|read| read.regions.is_empty()) {
            return;
        }
        // A read in several pieces is no plain pair; its pieces stand as they are. Of alternate loci a
        // line each is added, which is no piece.
        let pieces = |i: usize| {
            let on_alt = |hit: &&Hit| options.alt.contains(mates[i].regions[hit.region].contig);
            self.hits[i].len() - self.hits[i].iter().skip(1).filter(on_alt).count()
        };
        if (0..2).all(|i| pieces(i) <= 1) {
            self.pair_plain(mates, options);
        } else if let [Some(a), Some(b)] = [0, 1].map(|i| self.hits[i].first()) {
            let (a, b) = (&mates[0].regions[a.region], &mates[1].regions[b.region]);
            let lies = geometry(a, b, [&mates[0].query, &mates[1].query]);
            self.proper = lies.is_some_and(|(orientation, length)| insert.is_proper(orientation, length));
        }
    }

    /// What the proper pairs that are there leave open.
    pub fn survey(&mut self, mates: &[Read; 2], insert: &InsertSize, options: &AlignOptions) -> Survey {
        self.look(mates, insert, options);
        let (mut best, mut second) = (0, 0);
        for pair in &self.candidates {
            if pair.score > best {
                (best, second) = (pair.score, best);
            } else {
                second = second.max(pair.score);
            }
        }
        let needed = second - BEST_FIT + i32::from(second == best);
        let score = |i: usize, region: usize| mates[i].regions[region].score;
        let unseen = best_of(&self.candidates).map_or([None; 2], |Candidate { regions, .. }| {
            [0, 1].map(|i| {
                let (own, mate) = (score(i, regions[i]), score(1 - i, regions[1 - i]));
                // The mate's best placement that is not in this pair.
                let other = mates[1 - i].regions.get(usize::from(regions[1 - i] == 0))?.score;
                let pair = own + mate - other;
                if other > mate {
                    Some(Unseen { floor: pair, at_any_cost: true })
                } else {
                    let floor = (pair - CLOSE + 1).max(needed - other);
                    (mate - other < CLOSE).then_some(Unseen { floor, at_any_cost: false })
                }
            })
        });
        Survey { needed, best, unseen }
    }

    fn pair_plain(&mut self, mates: &[Read; 2], options: &AlignOptions) {
        let Some(best) = BestPair::of(&self.candidates, options) else { return };
        let scoring = &options.scoring;
        let unpaired = mates[0].regions[0].score + mates[1].regions[0].score - options.unpaired_penalty;
        if best.score <= unpaired {
            return;
        }
        let repetitive = 0.5 * (mates[0].seeds.repetitive + mates[1].seeds.repetitive);
        let [a, b] = [0, 1].map(|i| &mates[i].regions[best.regions[i]]);
        let worth = mapq::worth([a, b], scoring);
        let quality = mapq::pair(best.score - best.sub.max(unpaired), worth, best.sub_count, repetitive);
        for (i, read) in mates.iter().enumerate() {
            let region = &read.regions[best.regions[i]];
            // A rival that is lifted over the best placement has no quality of its own.
            let sight = Sight::of(read, scoring);
            let own = match region.secondary_to {
                Some(_) => 0,
                None => sight.quality(region, scoring),
            };
            let lift = mapq::scale(quality, 1.0 - sight.in_runs(region));
            let hits = &mut self.hits[i];
            let on_alt = |region: usize| options.alt.contains(read.regions[region].contig);
            hits.retain(|hit| on_alt(hit.region) && hit.region != best.regions[i]);
            hits.truncate(1);
            hits.insert(0, Hit { region: best.regions[i], mapq: mapq::lifted(own, lift) as u8 });
        }
        self.proper = true;
    }

    /// Looks at all proper pairs, whichever place they have in their reads' lists: of many equal
    /// placements only those near the mate's count.
    pub fn look(&mut self, mates: &[Read; 2], insert: &InsertSize, options: &AlignOptions) {
        let Self { by_place, candidates, .. } = self;
        candidates.clear();
        let [first, second] = mates;
        let [firsts, seconds] =
            [0, 1].map(|i| &mates[i].regions[..region::competitors(&mates[i].regions, &options.alt)]);
        by_place.clear();
        by_place.extend(seconds.iter().enumerate().map(|(j, region)| {
            let there = region.five_prime(&second.query);
            Place::new(region.contig, there.reverse, there.at, j as u32)
        }));
        by_place.sort_unstable();
        for (i, a) in firsts.iter().enumerate() {
            let here = a.five_prime(&first.query);
            for span in insert.reach(false).spans(here) {
                let (low, high) = (*span.five_prime.start(), *span.five_prime.end());
                let lowest = Place::new(a.contig, span.reverse, low, 0);
                let highest = Place::new(a.contig, span.reverse, high, u32::MAX);
                let from = by_place.partition_point(|&place| place < lowest);
                for &place in by_place[from..].iter().take_while(|&&place| place <= highest) {
                    let j = place.index();
                    let b = &seconds[j];
                    let length = (place.at() - here.at).abs();
                    let log_fit = insert.log_fit(span.orientation, length);
                    candidates.push(Candidate {
                        score: with_fit(a.score + b.score, log_fit, options).max(0),
                        local: with_fit(a.local + b.local, log_fit, options).max(0),
                        fine: (1000.0 * (f64::from(a.score + b.score) + fit_of(log_fit, options))) as i64,
                        tie: a.tie(&first.query) ^ b.tie(&second.query),
                        hidden: a.hidden + b.hidden,
                        regions: [i, j],
                    });
                }
            }
        }
    }
}

/// Orientation and length of two placements; `None` when they lie on two contigs.
pub(crate) fn geometry(a: &Region, b: &Region, queries: [&Query; 2]) -> Option<(Orientation, i64)> {
    let ends = || insert::geometry(a.five_prime(queries[0]), b.five_prime(queries[1]));
    (a.contig == b.contig).then(ends)
}

/// The same of a proper pair; `None` for any other.
pub(crate) fn proper(
    a: &Region,
    b: &Region,
    queries: [&Query; 2],
    insert: &InsertSize,
) -> Option<(Orientation, i64)> {
    geometry(a, b, queries).filter(|&(orientation, length)| insert.is_proper(orientation, length))
}

/// What the length of the template adds to the score of a proper pair.
pub(crate) fn fit(
    (orientation, length): (Orientation, i64),
    insert: &InsertSize,
    options: &AlignOptions,
) -> i32 {
    fit_of(insert.log_fit(orientation, length), options).floor() as i32
}

/// The score of a pair: those of both placements, and the logarithm to base 4 of the chance of the
/// template's length, as a match of random bases has a chance of one in four.
fn with_fit(scores: i32, log_fit: f64, options: &AlignOptions) -> i32 {
    (f64::from(scores) + fit_of(log_fit, options) + 0.499).floor() as i32
}

fn fit_of(log_fit: f64, options: &AlignOptions) -> f64 {
    0.721 * log_fit * f64::from(options.scoring.match_score)
}

/// Every piece of a read that is nothing else's rival, best first; alternate loci last.
fn own_hits(read: &Read, options: &AlignOptions, hits: &mut Vec<Hit>) {
    hits.clear();
    let sight = Sight::of(read, &options.scoring);
    for (i, region) in read.regions.iter().enumerate() {
        if region.secondary_to.is_some() || region.score < options.min_score {
            continue;
        }
        let own = sight.quality(region, &options.scoring) as u8;
        let primary = hits.first().filter(|_| !options.alt.contains(region.contig));
        hits.push(Hit { region: i, mapq: primary.map_or(own, |primary| own.min(primary.mapq)) });
    }
}

/// What the proper pairs that were found leave open.
pub(crate) struct Survey {
    /// What the scores of another must sum up to, at least, to be better than the second-best.
    pub needed: i32,
    /// The score of the best; 0 where there is none.
    pub best: i32,
    /// What is asked of each mate, where the other has a placement that is not in the best pair, and good enough.
    pub unseen: [Option<Unseen>; 2],
}

/// What a placement that was not seen would have to score, at least, with the mate's placement that is not in the best pair.
#[derive(Clone, Copy)]
pub(crate) struct Unseen {
    pub floor: i32,
    /// Whether that would make as good a pair as the best; else nearly as good a one, and better than the second-best.
    pub at_any_cost: bool,
}

/// The proper pair that is chosen.
fn best_of(candidates: &[Candidate]) -> Option<&Candidate> {
    candidates.iter().max_by_key(|pair| (pair.fine, pair.tie))
}

/// The best proper pair, and how good the next ones are.
struct BestPair {
    regions: [usize; 2],
    score: i32,
    sub: i32,
    sub_count: u32,
}

/// One proper pair.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    score: i32,
    /// With the local scores of both placements.
    local: i32,
    /// The score in thousandths, by which the best is chosen.
    fine: i64,
    tie: u64,
    /// What gaps that were not looked for would bring at most.
    hidden: i32,
    regions: [usize; 2],
}

impl BestPair {
    fn of(candidates: &[Candidate], options: &AlignOptions) -> Option<Self> {
        let scoring = &options.scoring;
        let best = *best_of(candidates)?;
        let others = candidates.iter().filter(|pair| pair.regions != best.regions);
        let sub_of = |pair: &Candidate| (pair.score + pair.hidden).max(best.score - best.local + pair.local);
        let sub = others.clone().map(sub_of).max().unwrap_or(0);
        let near = (scoring.match_score + scoring.mismatch).max(scoring.gap_open + scoring.gap_extend);
        let sub_count = others.filter(|pair| sub - sub_of(pair) <= near).count() as u32;
        Some(Self { regions: best.regions, score: best.score, sub, sub_count })
    }
}
