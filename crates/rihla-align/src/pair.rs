//! Choosing among the placements of two mates: as a pair, or each for itself.

use crate::insert::{self, InsertSize, Orientation};
use crate::mapq;
use crate::options::AlignOptions;
use crate::place::Read;
use crate::query::Query;
use crate::region::Region;

/// One placement that will be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Index into the read's regions.
    pub region: usize,
    pub mapq: u8,
}

/// What will be written of a template: the primary hit of each read, then its supplementary ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub hits: [Vec<Hit>; 2],
    pub proper: bool,
}

impl Choice {
    /// Chooses for a read without a mate.
    pub fn single(&mut self, read: &Read, options: &AlignOptions) {
        self.proper = false;
        self.hits[1].clear();
        own_hits(read, options, &mut self.hits[0]);
    }

    /// Takes the only placement of each of two mates, a proper pair of these qualities.
    pub fn certified(&mut self, qualities: [u8; 2]) {
        self.proper = true;
        for (hits, mapq) in self.hits.iter_mut().zip(qualities) {
            hits.clear();
            hits.push(Hit { region: 0, mapq });
        }
    }

    /// Chooses for two mates (Li 2013, section 2.4: a pair is preferred when it scores more than the
    /// best placements of both less a penalty).
    pub fn pair(&mut self, mates: &[Read; 2], insert: &InsertSize, options: &AlignOptions) {
        self.proper = false;
        for (read, hits) in mates.iter().zip(&mut self.hits) {
            own_hits(read, options, hits);
        }
        if !insert.usable() || mates.iter().any(|read| read.regions.is_empty()) {
            return;
        }
        // A read in several pieces is no plain pair; its pieces stand as they are.
        if self.hits.iter().all(|hits| hits.len() <= 1) {
            self.pair_plain(mates, insert, options);
        } else if let [Some(a), Some(b)] = [0, 1].map(|i| self.hits[i].first()) {
            let (a, b) = (&mates[0].regions[a.region], &mates[1].regions[b.region]);
            self.proper = is_proper(a, b, [&mates[0].query, &mates[1].query], insert);
        }
    }

    fn pair_plain(&mut self, mates: &[Read; 2], insert: &InsertSize, options: &AlignOptions) {
        let Some(best) = BestPair::find(mates, insert, options) else { return };
        let scoring = &options.scoring;
        let unpaired = mates[0].regions[0].score + mates[1].regions[0].score - options.unpaired_penalty;
        if best.score <= unpaired {
            return;
        }
        let repetitive = 0.5 * (mates[0].seeds.repetitive + mates[1].seeds.repetitive);
        let quality = mapq::pair(best.score - best.sub.max(unpaired), best.sub_count, repetitive, scoring);
        for (i, read) in mates.iter().enumerate() {
            let region = &read.regions[best.regions[i]];
            // A rival that is lifted over the best placement has no quality of its own.
            let own = match region.secondary_to {
                Some(_) => 0,
                None => mapq::single(region, read.seeds.repetitive, scoring),
            };
            self.hits[i].clear();
            self.hits[i].push(Hit { region: best.regions[i], mapq: mapq::lifted(own, quality) as u8 });
        }
        self.proper = true;
    }
}

/// Orientation and length of two placements on one contig.
pub(crate) fn geometry(a: &Region, b: &Region, queries: [&Query; 2]) -> (Orientation, i64) {
    insert::geometry(a.five_prime(queries[0]), b.five_prime(queries[1]))
}

/// Whether two placements make a proper pair.
fn is_proper(a: &Region, b: &Region, queries: [&Query; 2], insert: &InsertSize) -> bool {
    let (orientation, length) = geometry(a, b, queries);
    a.contig == b.contig && insert.is_proper(orientation, length)
}

/// What the length of the template adds to the score of a proper pair; `None` for any other pair.
pub(crate) fn fit(
    a: &Region,
    b: &Region,
    queries: [&Query; 2],
    insert: &InsertSize,
    options: &AlignOptions,
) -> Option<i32> {
    let (orientation, length) = geometry(a, b, queries);
    let proper = a.contig == b.contig && insert.is_proper(orientation, length);
    let fit = 0.721 * insert.log_fit(orientation, length) * f64::from(options.scoring.match_score);
    proper.then(|| fit.floor() as i32)
}

/// Every piece of a read that is nothing else's rival, best first.
fn own_hits(read: &Read, options: &AlignOptions, hits: &mut Vec<Hit>) {
    hits.clear();
    for (i, region) in read.regions.iter().enumerate() {
        if region.secondary_to.is_some() || region.score < options.min_score {
            continue;
        }
        let own = mapq::single(region, read.seeds.repetitive, &options.scoring) as u8;
        let cap = hits.first().map_or(u8::MAX, |primary: &Hit| primary.mapq);
        hits.push(Hit { region: i, mapq: own.min(cap) });
    }
}

/// The best proper pair, and how good the next ones are.
struct BestPair {
    regions: [usize; 2],
    score: i32,
    sub: i32,
    sub_count: u32,
}

/// One proper pair.
#[derive(Clone, Copy)]
struct Candidate {
    score: i32,
    /// With the local scores of both placements.
    local: i32,
    tie: u64,
    regions: [usize; 2],
}

impl BestPair {
    fn find(mates: &[Read; 2], insert: &InsertSize, options: &AlignOptions) -> Option<Self> {
        let scoring = &options.scoring;
        let candidates = candidates(mates, insert, options);
        let best = *candidates.iter().max_by_key(|pair| (pair.score, pair.tie))?;
        let others = candidates.iter().filter(|pair| pair.regions != best.regions);
        let sub_of = |pair: &Candidate| pair.score.max(best.score - best.local + pair.local);
        let sub = others.clone().map(sub_of).max().unwrap_or(0);
        let near = (scoring.match_score + scoring.mismatch).max(scoring.gap_open + scoring.gap_extend);
        let sub_count = others.filter(|pair| sub - sub_of(pair) <= near).count() as u32;
        Some(Self { regions: best.regions, score: best.score, sub, sub_count })
    }
}

/// All proper pairs, whichever place they have in their reads' lists: of many equal placements only
/// those near the mate's count.
fn candidates(mates: &[Read; 2], insert: &InsertSize, options: &AlignOptions) -> Vec<Candidate> {
    let [first, second] = mates;
    let key = |region: &Region| {
        let there = region.five_prime(&second.query);
        (region.contig, there.reverse, there.at)
    };
    let mut by_place: Vec<usize> = (0..second.regions.len()).collect();
    by_place.sort_by_key(|&j| key(&second.regions[j]));
    let mut candidates = Vec::new();
    for (i, a) in first.regions.iter().enumerate() {
        let here = a.five_prime(&first.query);
        for span in insert.reach(false).spans(here) {
            let (low, high) = (*span.five_prime.start(), *span.five_prime.end());
            let from = by_place.partition_point(|&j| key(&second.regions[j]) < (a.contig, span.reverse, low));
            for &j in &by_place[from..] {
                let b = &second.regions[j];
                if key(b) > (a.contig, span.reverse, high) {
                    break;
                }
                let length = (b.five_prime(&second.query).at - here.at).abs();
                let fit = insert.log_fit(span.orientation, length);
                let fit = 0.721 * fit * f64::from(options.scoring.match_score);
                let with_fit = |scores: i32| (f64::from(scores) + fit + 0.499).max(0.0) as i32;
                candidates.push(Candidate {
                    score: with_fit(a.score + b.score),
                    local: with_fit(a.local + b.local),
                    tie: a.tie(&first.query) ^ b.tie(&second.query),
                    regions: [i, j],
                });
            }
        }
    }
    candidates
}
