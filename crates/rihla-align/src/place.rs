//! All placements of one read that matter: the best, what rivals it, and what its clips hold.

use rihla_core::Reference;
use rihla_core::read::ReadRef;

use crate::chain::{self, Chain};
use crate::extend::{self, Extender, Ungapped};
use crate::index::Table;
use crate::options::AlignOptions;
use crate::query::Query;
use crate::region::{self, Region};
use crate::seed::Seeds;
use crate::syncmer::K;

/// A placement this much below the best changes no mapping quality (60 needs a lead of 17 to 20) and
/// is never preferred for its mate's sake (that pays at most 17).
const PRUNE: i32 = 25;

/// What every stage may look at.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub reference: &'a Reference,
    pub table: Table<'a>,
    pub options: &'a AlignOptions,
}

/// One read on its way through the stages; reused.
#[derive(Default)]
pub(crate) struct Read {
    pub query: Query,
    pub seeds: Seeds,
    pub regions: Vec<Region>,
    chains: Vec<Chain>,
    tried: Vec<(Ungapped, usize)>,
    extra: Vec<Region>,
}

impl Read {
    /// Takes in a read and finds its placements.
    pub fn place(&mut self, read: ReadRef<'_>, context: &Context<'_>, extender: &mut Extender) {
        self.query.load(read);
        self.regions.clear();
        if self.query.len() < K as u32 {
            self.seeds = Seeds::default();
            return;
        }
        self.seeds.find(context.table, &self.query, context.options);
        chain::build(&self.seeds, context.reference, &self.query, context.options, &mut self.chains);
        let best = self.try_ungapped(context, extender);
        self.extend(context, extender, best);
        self.settle(context.options);
    }

    /// Orders the placements found so far and sets their rivals.
    pub fn settle(&mut self, options: &AlignOptions) {
        region::settle(&mut self.regions, &self.query, &options.scoring);
    }

    /// Looks at each candidate without gaps, as long as its bound says that it may matter; gives the
    /// best score.
    fn try_ungapped(&mut self, context: &Context<'_>, extender: &mut Extender) -> i32 {
        self.tried.clear();
        let mut best = 0;
        for (i, chain) in self.chains.iter().enumerate() {
            if chain.bound < best - PRUNE {
                break;
            }
            let ungapped = extender.ungapped(context.reference, &self.query, chain);
            best = best.max(ungapped.score);
            self.tried.push((ungapped, i));
        }
        self.tried.sort_by_key(|(ungapped, i)| (std::cmp::Reverse(ungapped.total), *i));
        best
    }

    fn extend(&mut self, context: &Context<'_>, extender: &mut Extender, mut best: i32) {
        let min_score = context.options.min_score;
        let mut extensions = 0;
        for (ungapped, i) in &self.tried {
            let chain = &self.chains[*i];
            if chain.bound < best - PRUNE || (ungapped.settled && ungapped.score < best - PRUNE) {
                continue;
            }
            let region = if ungapped.settled || extensions == context.options.max_extensions {
                Some(extend::ungapped_region(chain, ungapped))
            } else {
                extensions += 1;
                extender.gapped(context.reference, &self.query, chain, ungapped)
            };
            if let Some(region) = region.filter(|region| region.score >= min_score) {
                best = best.max(region.score);
                self.regions.push(region);
            }
        }
        self.extend_clips(context, extender);
    }

    /// Looks at candidates that were passed over but hold a part of the read that the best placement
    /// clips: the other side of a breakpoint.
    fn extend_clips(&mut self, context: &Context<'_>, extender: &mut Extender) {
        let Some(best) = self.regions.iter().max_by_key(|region| region.score) else { return };
        let kept = best.sequenced(&self.query);
        let min_score = context.options.min_score;
        let clipped = kept.start.max(self.query.len() - kept.end) as i32;
        if clipped * context.options.scoring.match_score < min_score {
            return;
        }
        let mut extensions = 0;
        for (i, chain) in self.chains.iter().enumerate() {
            let part = chain.sequenced(&self.query);
            let seen = self.tried.iter().any(|(_, tried)| *tried == i) && chain.bound >= best.score - PRUNE;
            if seen || region::share(&part, &kept) >= 0.5 || extensions == context.options.max_extensions {
                continue;
            }
            extensions += 1;
            let ungapped = extender.ungapped(context.reference, &self.query, chain);
            let found = extender.gapped(context.reference, &self.query, chain, &ungapped);
            self.extra.extend(found.filter(|region| region.score >= min_score));
        }
        self.regions.append(&mut self.extra);
    }
}
