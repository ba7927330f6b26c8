//! The short way, which most reads take: one placement that is proven to be the best by far.
//!
//! A seed that occurs nowhere but in the chosen place, or nowhere at all, costs every other placement at
//! least one edit. With `n` such seeds that do not overlap, no other placement scores more than the
//! read's length less `n` mismatches (the pigeonhole principle). Where these bounds give a high mapping
//! quality, no other placement needs to be looked at.
//!
//! A read in a repeat has few such seeds, but when its mate is certain it is looked for near the mate
//! only: there most seeds occur once.

use crate::extend::{self, Extender, Site};
use crate::insert::{InsertSize, Reach};
use crate::mapq;
use crate::options::AlignOptions;
use crate::pair;
use crate::place::{Context, Read};
use crate::proposal::Proposal;
use crate::region::Region;

/// The least quality of a read that is certain by its mate only.
const BY_MATE: i32 = 40;
/// A placement that is worth listing shares about so many seeds with the read.
const SEEDS_A_PLACE: u32 = 16;

/// A read's placement, and what is known of its rivals.
struct Certified {
    region: Region,
    /// Most that another placement of the read can score.
    rival: i32,
    /// Most that another placement near the mate can score.
    near: i32,
    /// At most so many placements share a seed with the read.
    crowd: u32,
}

impl Certified {
    /// Verifies a read's proposal; `None` when parts that may lie elsewhere or the end of a contig call
    /// for a closer look.
    fn of(read: &Read, proposal: &Proposal, context: &Context<'_>, extender: &mut Extender) -> Option<Self> {
        let length = read.query.len();
        let first = u64::try_from(proposal.diagonal).ok()?;
        if first + u64::from(length) > context.reference.bases() {
            return None;
        }
        let (contig, _) = context.reference.locate(first);
        let Proposal { reverse, diagonal, .. } = *proposal;
        let site = Site { reference: context.reference, query: &read.query, reverse, contig, diagonal };
        let found = extender.ungapped(&site);
        let one_diagonal = proposal.low == proposal.high;
        let region = if found.settled || (one_diagonal && found.steady) {
            extend::ungapped_region(&site, &found)
        } else {
            extender.gapped(&site, (proposal.low, proposal.high), &found)?
        };
        let options = context.options;
        let clipped = region.query.start.max(length - region.query.end) as i32;
        if region.score < options.min_score || clipped >= options.min_score {
            return None;
        }
        let scoring = &options.scoring;
        let edit = (scoring.match_score + scoring.mismatch).min(scoring.gap_open + scoring.gap_extend);
        let bound = |apart: u32| (length as i32 * scoring.match_score - apart as i32 * edit).max(0);
        let rival = bound(proposal.apart);
        if Self::calls_for_others(&region, rival, proposal.crowd, options) {
            return None;
        }
        Some(Self { region, rival, near: bound(proposal.apart_near), crowd: proposal.crowd })
    }

    /// Whether other placements are to be written, beside or instead of this one.
    fn calls_for_others(region: &Region, rival: i32, crowd: u32, options: &AlignOptions) -> bool {
        let listed = f64::from(rival) >= options.xa_share * f64::from(region.score);
        let few = (1..=SEEDS_A_PLACE * options.max_xa).contains(&crowd);
        let on_alt = options.alt.contains(region.contig);
        (listed && few) || on_alt || (!options.alt.is_empty() && crowd > 0 && rival > region.score)
    }

    /// The least mapping quality that the read has on its own.
    fn quality(&mut self, context: &Context<'_>) -> i32 {
        (self.region.sub, self.region.sub_count) = (self.rival, self.crowd);
        let quality = mapq::single(&self.region, 0.0, &context.options.scoring);
        self.region.sub_count = 0;
        // What is written as the rival's score: nothing, where no other placement shares a seed.
        self.region.sub = if self.crowd > 0 { self.rival.min(self.region.score) } else { 0 };
        quality
    }

    fn lead(&self) -> i32 {
        self.region.score - self.rival
    }
}

/// Places a read without regard to a mate; whether no other placement can matter.
pub(crate) fn single(read: &mut Read, context: &Context<'_>, extender: &mut Extender) -> bool {
    let Some(proposal) = read.proposal else { return false };
    let Some(certified) = Certified::of(read, &proposal, context, extender) else { return false };
    let sure = certified.lead() >= crate::place::PRUNE;
    if sure {
        // What a rescue may rely on, as it would on the seeds that were followed.
        read.seeds.known = proposal.apart;
        read.regions.clear();
        read.regions.push(certified.region);
    }
    sure
}

/// Places two mates as a proper pair; their mapping qualities if it could be done.
pub(crate) fn pair(
    reads: &mut [Read; 2],
    insert: &InsertSize,
    context: &Context<'_>,
    extender: &mut Extender,
) -> Option<[u8; 2]> {
    let mut own = [0, 1].map(|i| {
        let proposal = reads[i].proposal?;
        Certified::of(&reads[i], &proposal, context, extender)
    });
    let mut qualities = None;
    if let [Some(a), Some(b)] = &mut own {
        qualities = judge([a, b], reads, insert, context);
    }
    // Else the one with the greater lead is the anchor for the other.
    if qualities.is_none() {
        let lead = |one: &Option<Certified>| one.as_ref().map_or(i32::MIN, Certified::lead);
        let anchor = usize::from(lead(&own[1]) > lead(&own[0]));
        let mate = by_mate(
            own[anchor].as_ref()?,
            [&reads[anchor], &reads[1 - anchor]],
            insert.reach(anchor == 1),
            (context, extender),
        )?;
        own[1 - anchor] = Some(mate);
        if let [Some(a), Some(b)] = &mut own {
            qualities = judge([a, b], reads, insert, context);
        }
    }
    let qualities = qualities?;
    for (read, certified) in reads.iter_mut().zip(own) {
        read.regions.clear();
        read.regions.extend(certified.map(|certified| certified.region));
    }
    Some(qualities.map(|quality| quality as u8))
}

/// Looks for the mate of a certain read where the library puts it.
fn by_mate(
    anchor: &Certified,
    [read, mate]: [&Read; 2],
    reach: Reach<'_>,
    (context, extender): (&Context<'_>, &mut Extender),
) -> Option<Certified> {
    if anchor.lead() <= 0 {
        return None;
    }
    let length = mate.query.len();
    let mut spans = reach.spans(anchor.region.five_prime(&read.query));
    let (Some(span), None) = (spans.next(), spans.next()) else { return None };
    let (low, high) = span.window(i64::from(length));
    let proposal = Proposal::near(&mate.seeds, context, length, span.reverse, low..high)?;
    Certified::of(mate, &proposal, context, extender)
}

/// The mapping qualities of two mates, or what they are at least; `None` when a closer look could give
/// more.
fn judge(
    mates: [&mut Certified; 2],
    reads: &[Read; 2],
    insert: &InsertSize,
    context: &Context<'_>,
) -> Option<[i32; 2]> {
    let [a, b] = mates;
    let queries = [&reads[0].query, &reads[1].query];
    let fit = pair::fit(&a.region, &b.region, queries, insert, context.options)?;
    let scoring = &context.options.scoring;
    let scores = a.region.score + b.region.score;
    let own = scores + fit;
    // Pairs with one of these placements, two other ones, and two placements without regard to each other.
    let one = (a.region.score + b.near).max(a.near + b.region.score) + 1;
    let both = a.rival + b.rival + 1;
    let unpaired =
        a.region.score.max(a.rival) + b.region.score.max(b.rival) - context.options.unpaired_penalty;
    let together = mapq::pair(own - one.max(unpaired), 0, 0.0, scoring).min(mapq::pair(
        own - both,
        a.crowd.min(b.crowd),
        0.0,
        scoring,
    ));
    let qualities = [a, b].map(|one| mapq::lifted(one.quality(context), together));
    let sure = qualities.contains(&mapq::MAX) && qualities.iter().all(|&quality| quality >= BY_MATE);
    sure.then_some(qualities)
}
