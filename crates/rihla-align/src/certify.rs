//! The short way, which most reads take: one placement that is proven to be the best by far.
//!
//! A seed that occurs nowhere but in the chosen place, or nowhere at all, costs every other placement at
//! least one edit. With `n` such seeds that do not overlap, no other placement scores more than the
//! read's length less `n` mismatches (the pigeonhole principle). Where these bounds give a high mapping
//! quality, no other placement needs to be looked at.
//!
//! A read in a repeat has few such seeds, but when its mate is certain it is looked for near the mate
//! only: there most seeds occur once.

use crate::extend::{self, Extender};
use crate::insert::{InsertSize, Reach};
use crate::mapq;
use crate::options::AlignOptions;
use crate::pair;
use crate::place::{Context, PRUNE, Read};
use crate::proposal::Proposal;
use crate::region::Region;

/// A read's placement, and what is known of its rivals.
struct Certified {
    region: Region,
    /// Most that another placement of the read can score.
    rival: i32,
    /// Most that another placement near the mate can score.
    near: i32,
    /// At most so many placements share a seed with the read.
    crowd: u32,
    /// Whether its rivals were bounded by all seeds that are not too frequent.
    refined: bool,
}

impl Certified {
    /// Verifies what a read's own seeds propose.
    fn alone(read: &Read, context: &Context<'_>, extender: &mut Extender) -> Option<Self> {
        Self::of(read, read.proposal.as_ref()?, context, extender)
    }

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
        let site = context.site(&read.query, reverse, contig, diagonal);
        let found = extender.ungapped(&site);
        let one_diagonal = proposal.low == proposal.high;
        let region = if one_diagonal && found.steady {
            extend::ungapped_region(&site, &found)
        } else {
            extender.finish(&site, (proposal.low, proposal.high), &found, 0)?
        };
        let options = context.options;
        let clipped = region.query.start.max(length - region.query.end) as i32;
        if region.score < options.min_score || clipped >= options.min_score {
            return None;
        }
        let rival = proposal.bound(length, context);
        if Self::calls_for_alt(&region, rival, proposal.crowd, options) {
            return None;
        }
        let near = proposal.bound_near(length, context);
        Some(Self { region, rival, near, crowd: proposal.crowd, refined: false })
    }

    /// Whether placements on other assemblies of the locus may have to be written, beside this one or as
    /// rivals that do not count.
    fn calls_for_alt(region: &Region, rival: i32, crowd: u32, options: &AlignOptions) -> bool {
        let on_alt = options.alt.contains(region.contig);
        on_alt || (!options.alt.is_empty() && crowd > 0 && rival > region.score)
    }

    /// The least mapping quality that the read has on its own.
    fn quality(&self, context: &Context<'_>) -> i32 {
        mapq::beside(&self.region, (self.rival, self.crowd), 0.0, &context.options.scoring)
    }

    /// Bounds the rivals more closely, by all seeds that are not too frequent.
    fn refine(&mut self, read: &mut Read, context: &Context<'_>) {
        if std::mem::replace(&mut self.refined, true) {
            return;
        }
        let (rival, crowd) = read.bound_rivals(&self.region, context);
        if rival <= self.rival {
            (self.rival, self.crowd) = (rival, crowd);
            self.near = self.near.min(rival);
        }
    }

    /// Whether the best of mates could lift it to the highest quality, its rivals bounded as closely as may be.
    fn can_be_lifted(&mut self, read: &mut Read, context: &Context<'_>) -> bool {
        let can = |one: &Self| one.quality(context) + mapq::MOST_LIFT >= mapq::MAX;
        can(self) || {
            self.refine(read, context);
            can(self)
        }
    }

    /// The placement; as its rival's score the bound is written, or nothing where no other placement
    /// shares a seed.
    fn into_region(self) -> Region {
        let sub = if self.crowd > 0 { self.rival.min(self.region.score) } else { 0 };
        Region { sub, ..self.region }
    }

    fn lead(&self) -> i32 {
        self.region.score - self.rival
    }
}

/// Places a read without regard to a mate; whether no other placement can matter.
pub(crate) fn single(read: &mut Read, context: &Context<'_>, extender: &mut Extender) -> bool {
    let Some(proposal) = read.proposal else { return false };
    let Some(certified) = Certified::of(read, &proposal, context, extender) else { return false };
    let sure = certified.lead() >= PRUNE && !may_hide_equals(read, &certified.region, context);
    if sure {
        // What a rescue may rely on, as it would on the seeds that were followed.
        read.seeds.known = proposal.apart;
        read.regions.clear();
        read.regions.push(certified.into_region());
    }
    sure
}

/// Whether a read that differs from its place may differ as little from one that has none of its seeds, as one change
/// breaks them all.
fn may_hide_equals(read: &Read, region: &Region, context: &Context<'_>) -> bool {
    let changed = region.score < read.query.len() as i32 * context.options.scoring.match_score;
    changed && read.seeds.all_overlap() && !read.query.has_unknown
}

/// Places two mates as a proper pair of the highest quality, each by its unique seeds; whether it could be
/// done.
pub(crate) fn pair_at_once(
    reads: &mut [Read; 2],
    insert: &InsertSize,
    context: &Context<'_>,
    extender: &mut Extender,
) -> bool {
    let Some(a) = Certified::alone(&reads[0], context, extender) else { return false };
    let Some(b) = Certified::alone(&reads[1], context, extender) else { return false };
    let sure = judge([&a, &b], reads, insert, context) == Some([mapq::MAX; 2]);
    if sure {
        accept(reads, [a, b]);
    }
    sure
}

/// The same, where needed each by its seeds near the other: all were looked up.
pub(crate) fn pair(
    reads: &mut [Read; 2],
    insert: &InsertSize,
    context: &Context<'_>,
    extender: &mut Extender,
) -> bool {
    place_pair(reads, insert, context, extender).map(|placed| accept(reads, placed)).is_some()
}

fn place_pair(
    reads: &mut [Read; 2],
    insert: &InsertSize,
    context: &Context<'_>,
    extender: &mut Extender,
) -> Option<[Certified; 2]> {
    let [first, second] = [0, 1].map(|i| Certified::alone(&reads[i], context, extender));
    if let (Some(a), Some(b)) = (&first, &second)
        && judge([a, b], reads, insert, context) == Some([mapq::MAX; 2])
    {
        return first.zip(second).map(Into::into);
    }
    // The one with the greater lead is the anchor for the other.
    let lead = |one: &Option<Certified>| one.as_ref().map_or(i32::MIN, Certified::lead);
    let anchor = usize::from(lead(&second) > lead(&first));
    let mut own = [first, second];
    let place = own[anchor].as_mut()?;
    // Where both are followed to their places anyway, a read with too many rivals need not be asked where its mate lies.
    let open = place.lead() < PRUNE;
    if open && !place.can_be_lifted(&mut reads[anchor], context) {
        return None;
    }
    let mut mate =
        by_mate(place, [&reads[anchor], &reads[1 - anchor]], insert.reach(anchor == 1), (context, extender))?;
    if open && !mate.can_be_lifted(&mut reads[1 - anchor], context) {
        return None;
    }
    let back = insert.reach(anchor == 0);
    place.near = place.near.min(
        near(&mate, [&reads[1 - anchor], &reads[anchor]], back, context)?
            .bound_near(reads[anchor].query.len(), context),
    );
    own[1 - anchor] = Some(mate);
    let [Some(mut a), Some(mut b)] = own else { return None };
    let mut qualities = judge([&a, &b], reads, insert, context)?;
    if qualities != [mapq::MAX; 2] || a.refined || b.refined {
        a.refine(&mut reads[0], context);
        b.refine(&mut reads[1], context);
        qualities = judge([&a, &b], reads, insert, context)?;
    }
    // A bound that is too low would tell against the reads that differ from the reference.
    (qualities == [mapq::MAX; 2]).then_some([a, b])
}

/// Takes the placements.
fn accept(reads: &mut [Read; 2], placed: [Certified; 2]) {
    for (read, certified) in reads.iter_mut().zip(placed) {
        read.regions.clear();
        read.regions.push(certified.into_region());
    }
}

/// Where the mate of a placed read seems to lie.
fn near(
    anchor: &Certified,
    [read, mate]: [&Read; 2],
    reach: Reach<'_>,
    context: &Context<'_>,
) -> Option<Proposal> {
    let length = mate.query.len();
    let mut spans = reach.spans(anchor.region.five_prime(&read.query));
    let (Some(span), None) = (spans.next(), spans.next()) else { return None };
    let (low, high) = span.window(i64::from(length));
    Proposal::near(&mate.seeds, context, length, span.reverse, low..high).ok().map(|near| near.best)
}

/// Looks for the mate of a read where the library puts it.
fn by_mate(
    anchor: &Certified,
    mates: [&Read; 2],
    reach: Reach<'_>,
    (context, extender): (&Context<'_>, &mut Extender),
) -> Option<Certified> {
    let proposal = near(anchor, mates, reach, context)?;
    Certified::of(mates[1], &proposal, context, extender)
}

/// The mapping qualities of two mates, or what they are at least; `None` when they make no proper pair.
fn judge(
    [a, b]: [&Certified; 2],
    reads: &[Read; 2],
    insert: &InsertSize,
    context: &Context<'_>,
) -> Option<[i32; 2]> {
    let queries = [&reads[0].query, &reads[1].query];
    let lies = pair::proper(&a.region, &b.region, queries, insert)?;
    let alone = [a, b].map(|one| one.quality(context));
    if alone == [mapq::MAX; 2] {
        return Some(alone);
    }
    let fit = pair::fit(lies, insert, context.options);
    let scoring = &context.options.scoring;
    let own = a.region.score + b.region.score + fit;
    // Pairs with one of these placements, two other ones, and two placements without regard to each other.
    let one = (a.region.score + b.near).max(a.near + b.region.score) + 1;
    let both = a.rival + b.rival + 1;
    let unpaired =
        a.region.score.max(a.rival) + b.region.score.max(b.rival) - context.options.unpaired_penalty;
    let worth = mapq::worth([&a.region, &b.region], scoring);
    let together = mapq::pair(own - one.max(unpaired), worth, 0, 0.0);
    let together = together.min(mapq::pair(own - both, worth, a.crowd.min(b.crowd), 0.0));
    Some(alone.map(|alone| mapq::lifted(alone, together)))
}
