//! Placements of a read, and which of them are rivals.

use std::ops::Range;

use rihla_core::{Cigar, Reference};
use rihla_kernels::Scoring;

use crate::alt::AltContigs;
use crate::insert::FivePrime;
use crate::options::AlignOptions;
use crate::query::Query;

/// Two placements are one when they share this part of the shorter one's read and reference bases.
const SAME: f64 = 0.95;
/// Two placements are rivals for a part of the read when they share this much of the shorter one's.
const RIVALS: f64 = 0.5;

/// One local alignment of a read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Region {
    /// Without end bonuses.
    pub score: i32,
    /// Of the best part: a mismatch near an end, which costs `score` in full, costs this only the bases
    /// behind it. Leads count by the smaller difference of the two scores, as ends tell less.
    pub local: i32,
    pub reverse: bool,
    pub contig: u32,
    /// Concatenated reference offsets.
    pub target: Range<u64>,
    /// Part of the read that is aligned, as the read lies along the reference.
    pub query: Range<u32>,
    /// `M`, `I`, `D` over `query`; empty stands for one run of `M`.
    pub cigar: Cigar,
    /// Whether gaps would likely better it, but so many others had been tried that it was left as it is.
    pub unfinished: bool,
    /// What they would bring then, at most.
    pub hidden: i32,
    /// Score of the best rival; 0 when there is none.
    pub sub: i32,
    /// Rivals whose score is about as good as this one's.
    pub sub_count: u32,
    /// The better placement of the same part of the read, if there is one: of those that compete with
    /// this one, for alternate loci do not compete with other contigs.
    pub secondary_to: Option<usize>,
    /// The better placement of the same part of the read on any contig.
    pub leader: Option<usize>,
    /// Score of that one where it lies on an alternate locus and this one does not; else 0.
    pub alt_rival: i32,
}

impl Region {
    /// The aligned part of the read as sequenced.
    pub fn sequenced(&self, query: &Query) -> Range<u32> {
        if self.reverse {
            query.len() - self.query.end..query.len() - self.query.start
        } else {
            self.query.clone()
        }
    }

    /// Where the read's 5' end lies or would lie, were it not clipped: the concatenated reference offset
    /// of its first base on the forward strand, one past its last on the reverse strand.
    pub fn five_prime(&self, query: &Query) -> FivePrime {
        let at = if self.reverse {
            self.target.end as i64 + i64::from(query.len() - self.query.end)
        } else {
            self.target.start as i64 - i64::from(self.query.start)
        };
        FivePrime { at, reverse: self.reverse }
    }

    /// 0-based position on its contig.
    pub fn position(&self, reference: &Reference) -> u32 {
        (self.target.start - reference.offset(self.contig)) as u32
    }

    /// The score that leaves `better` no more lead than either score gives it.
    pub fn score_against(&self, better: &Self) -> i32 {
        self.score.max(better.score - better.local + self.local)
    }

    /// Settles ties between equal placements, by the read's name and the place.
    pub fn tie(&self, query: &Query) -> u64 {
        let place = self.target.start << 1 | u64::from(self.reverse);
        let x = (query.tie ^ place).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (x ^ (x >> 31)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
    }
}

/// Orders placements best first, drops copies, and tells primary ones from their rivals. Those on
/// alternate loci come last, unless there are no others.
pub(crate) fn settle(regions: &mut Vec<Region>, query: &Query, options: &AlignOptions) {
    let on_alt = |region: &Region| options.alt.contains(region.contig);
    if regions.len() > 1 {
        sort(regions, query, on_alt);
        drop_copies(regions);
    }
    mark(regions, query, &options.scoring);
    for region in regions.iter_mut() {
        (region.leader, region.alt_rival) = (region.secondary_to, 0);
    }
    if !options.alt.is_empty() {
        set_alt_apart(regions, query, options);
    }
}

/// Sorts placements: by score, the highest first, those on alternate loci behind others, by the tie, and by place.
fn sort(regions: &mut [Region], query: &Query, on_alt: impl Fn(&Region) -> bool) {
    // One number, with the index in its lowest bits, tells nearly all apart.
    let key = |(i, region): (usize, &Region)| {
        let score = u128::from(i32::MAX.abs_diff(region.score)) << 1 | u128::from(on_alt(region));
        (score << 64 | u128::from(region.tie(query))) << INDEX_BITS | i as u128
    };
    let mut order: Vec<u128> = regions.iter().enumerate().map(key).collect();
    order.sort_unstable();
    let place = |&key: &u128| {
        let region = &regions[index_of(key)];
        (region.target.start, region.target.end, region.query.start)
    };
    for equal in order.chunk_by_mut(|a, b| a >> INDEX_BITS == b >> INDEX_BITS) {
        equal.sort_by_key(place);
    }
    // What belongs here may have been moved behind by an earlier swap, and again.
    for at in 0..order.len() {
        let mut from = index_of(order[at]);
        while from < at {
            from = index_of(order[from]);
        }
        order[at] = from as u128;
        if from != at {
            regions.swap(at, from);
        }
    }
}

/// Low bits of a number that sorts, in which a placement's index is.
const INDEX_BITS: u32 = 31;

fn index_of(key: u128) -> usize {
    key as usize & ((1 << INDEX_BITS) - 1)
}

/// Number of placements that compete with one another, which are the first of a settled list.
pub(crate) fn competitors(regions: &[Region], alt: &AltContigs) -> usize {
    if alt.is_empty() {
        return regions.len();
    }
    match regions.iter().take_while(|region| !alt.contains(region.contig)).count() {
        0 => regions.len(),
        some => some,
    }
}

/// Sets the rivals within a list that has the best first.
fn mark(regions: &mut [Region], query: &Query, scoring: &Scoring) {
    let near = (scoring.match_score + scoring.mismatch).max(scoring.gap_open + scoring.gap_extend);
    for i in 0..regions.len() {
        let (better, rest) = regions.split_at_mut(i);
        let this = &mut rest[0];
        (this.sub, this.sub_count, this.secondary_to) = (0, 0, None);
        let rival = better.iter_mut().enumerate().find(|(_, other)| {
            other.secondary_to.is_none() && share(&this.sequenced(query), &other.sequenced(query)) >= RIVALS
        });
        if let Some((at, primary)) = rival {
            this.secondary_to = Some(at);
            primary.sub = primary.sub.max(this.score_against(primary));
            primary.sub_count += u32::from(primary.score - this.score <= near);
        }
    }
}

/// Moves the placements on alternate loci to the end of a marked list, and marks the others again
/// without them.
fn set_alt_apart(regions: &mut Vec<Region>, query: &Query, options: &AlignOptions) {
    let on_alt = |region: &Region| options.alt.contains(region.contig);
    let others = regions.iter().filter(|region| !on_alt(region)).count();
    if others == 0 || others == regions.len() {
        return;
    }
    for i in 0..regions.len() {
        let better = regions[i].leader.map(|leader| &regions[leader]);
        let rival = better.filter(|better| on_alt(better) && !on_alt(&regions[i]));
        regions[i].alt_rival = rival.map_or(0, |better| better.score);
    }
    let mut order: Vec<usize> = (0..regions.len()).collect();
    order.sort_by_key(|&i| on_alt(&regions[i]));
    let mut moved = vec![0; order.len()];
    for (now, &before) in order.iter().enumerate() {
        moved[before] = now;
    }
    *regions = order.iter().map(|&before| regions[before].clone()).collect();
    for region in regions.iter_mut() {
        region.leader = region.leader.map(|leader| moved[leader]);
        region.secondary_to = region.leader;
    }
    mark(&mut regions[..others], query, &options.scoring);
}

/// Drops what is a copy of a better one; the order stays.
fn drop_copies(regions: &mut Vec<Region>) {
    // By contig, strand and start, with the index in one number: those sort fast.
    let place = |(i, region): (usize, &Region)| {
        let strand = u128::from(region.contig) << 1 | u128::from(region.reverse);
        (strand << 64 | u128::from(region.target.start)) << INDEX_BITS | i as u128
    };
    let mut by_place: Vec<u128> = regions.iter().enumerate().map(place).collect();
    by_place.sort_unstable();
    let mut copy = Vec::new();
    for (at, &key) in by_place.iter().enumerate() {
        let i = index_of(key);
        let this = &regions[i];
        for j in by_place[at + 1..].iter().map(|&key| index_of(key)) {
            let other = &regions[j];
            if (other.contig, other.reverse) != (this.contig, this.reverse)
                || other.target.start >= this.target.end
            {
                break;
            }
            if share(&other.target, &this.target) >= SAME && share(&other.query, &this.query) >= SAME {
                copy.resize(regions.len(), false);
                copy[i.max(j)] = true;
            }
        }
    }
    if !copy.is_empty() {
        let mut copy = copy.into_iter();
        regions.retain(|_| !copy.next().unwrap_or(false));
    }
}

/// Common part of two ranges, as a share of the shorter.
pub(crate) fn share<T: Copy + Ord + Into<u64>>(a: &Range<T>, b: &Range<T>) -> f64 {
    let (start, end) = (a.start.max(b.start).into(), a.end.min(b.end).into());
    let length = |r: &Range<T>| r.end.into() - r.start.into();
    end.saturating_sub(start) as f64 / length(a).min(length(b)).max(1) as f64
}

#[cfg(test)]
mod tests;
