//! Seeds of a read: its syncmers, where they occur, and which occurrences are followed.

use std::ops::Range;

use crate::index::Table;
use crate::options::AlignOptions;
use crate::query::Query;
use crate::syncmer::{self, K, Syncmer};

/// Disjoint seeds that must be followed before frequent ones are let alone.
const ENOUGH_DISJOINT: u32 = 2;

/// A seed with more occurrences than this near one group of anchors is not completed there: a tandem
/// array holds any number of them. Around a single diagonal there never are as many.
const MOST_NEARBY: usize = 128;
/// Searches and occurrences of one read's completion, shared fairly among its groups.
const MOST_WORK: usize = 1 << 15;

/// Offset that keeps diagonals in keys above zero.
const BIAS: i64 = 1 << 33;
const STRAND_BIT: u64 = 1 << 40;

/// One syncmer of the read.
#[derive(Clone)]
pub(crate) struct Seed {
    syncmer: Syncmer,
    /// Its entries in the table; first its bucket, then its own.
    entries: Range<u32>,
    /// The first entry of its bucket.
    peek: u64,
    /// Whether each of its occurrences is an anchor.
    pub followed: bool,
}

impl Seed {
    fn count(&self) -> u32 {
        self.entries.end - self.entries.start
    }

    /// First base in the read as sequenced.
    pub fn start(&self) -> u32 {
        self.syncmer.position
    }

    /// Its occurrences near some diagonals, by position; `None` where one lies on the other strand.
    fn nearby<'a>(
        &self,
        number: u32,
        table: Table<'a>,
        length: u32,
        near: Diagonals,
    ) -> impl Iterator<Item = Option<Anchor>> + use<'a> {
        let Diagonals { reverse, low, high } = near;
        let at = if reverse { length - K as u32 - self.start() } else { self.start() };
        let offset = |diagonal: i64| (diagonal + i64::from(at)).max(0) as u64;
        let Syncmer { palindrome, reverse: turned, .. } = self.syncmer;
        table.between(self.entries.clone(), offset(low)..offset(high)).map(move |entry| {
            let here = palindrome || (entry.reverse() != turned) == reverse;
            here.then(|| Anchor::new(reverse, entry.position() as i64 - i64::from(at), at, number))
        })
    }

    /// Whether it occurs, but its occurrences were not all followed.
    fn passed_over(&self) -> bool {
        !self.followed && self.count() > 0
    }
}

/// One occurrence of a seed: the read would lie on `diagonal` (reference offset less read position).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Anchor {
    key: u64,
    /// First base in the read as it lies along the reference.
    pub query: u32,
    /// Which seed.
    pub seed: u32,
}

impl Anchor {
    fn new(reverse: bool, diagonal: i64, query: u32, seed: u32) -> Self {
        let key = (diagonal + BIAS) as u64 | if reverse { STRAND_BIT } else { 0 };
        Self { key, query, seed }
    }

    /// Whether the read lies on the reverse strand.
    pub fn reverse(&self) -> bool {
        self.key & STRAND_BIT != 0
    }

    /// Concatenated reference offset of the read's first base, were it to lie here without gaps.
    pub fn diagonal(&self) -> i64 {
        (self.key & (STRAND_BIT - 1)) as i64 - BIAS
    }

    /// Concatenated reference offset of the seed.
    pub fn position(&self) -> u64 {
        (self.diagonal() + i64::from(self.query)) as u64
    }
}

/// The diagonals around one group of anchors.
#[derive(Clone, Copy)]
struct Diagonals {
    reverse: bool,
    low: i64,
    high: i64,
}

/// Diagonals near which not all occurrences of some seeds are anchors.
#[derive(Clone, Copy)]
struct Vague {
    low: u64,
    high: u64,
    /// Which of the first 128 seeds.
    seeds: u128,
}

/// Seeds and anchors of one read; reused.
#[derive(Default)]
pub(crate) struct Seeds {
    /// By position in the read.
    pub list: Vec<Seed>,
    /// By strand, diagonal, position.
    pub anchors: Vec<Anchor>,
    /// For each of the first 128 seeds, how many of them start before its end.
    pub behind: Vec<u8>,
    /// Share of the read under seeds too frequent to follow, when nothing rarer was there.
    pub repetitive: f64,
    order: Vec<u32>,
    found: Vec<Anchor>,
    /// Ascending; empty but for reads of tandem arrays and of very many places.
    vague: Vec<Vague>,
}

/// The bit of a seed in a set of the first 128.
pub(crate) fn bit(seed: u32) -> u128 {
    1u128.checked_shl(seed).unwrap_or(0)
}

impl Seeds {
    /// Finds the seeds of a read and their anchors.
    pub fn find(&mut self, table: Table<'_>, query: &Query, options: &AlignOptions) {
        self.list.clear();
        self.anchors.clear();
        self.vague.clear();
        self.repetitive = 0.0;
        syncmer::for_each(query.codes(false), |syncmer| {
            self.list.push(Seed { syncmer, entries: 0..0, peek: 0, followed: false });
        });
        self.set_behind();
        // Short loops of independent loads, so that the cache misses of all seeds overlap: first the
        // directory, then the first entry of each bucket, and only then the searches.
        for seed in &mut self.list {
            seed.entries = table.bucket(seed.syncmer.hash);
        }
        for seed in &mut self.list {
            seed.peek = table.peek(seed.entries.start);
        }
        for seed in &mut self.list {
            if !seed.entries.is_empty() {
                seed.entries = table.occurrences(seed.entries.clone(), seed.peek, seed.syncmer.hash);
            }
        }
        self.choose(options);
        for i in 0..self.list.len() {
            if self.list[i].followed {
                self.follow(table, query, i, 1);
            }
        }
        if self.anchors.is_empty() {
            self.sample(table, query, options);
        }
        self.sort();
        if self.list.iter().any(Seed::passed_over) {
            self.complete(table, query, options.max_gap);
        }
    }

    fn sort(&mut self) {
        if !self.anchors.is_sorted() {
            self.anchors.sort_unstable();
        }
    }

    /// Which of the first 128 seeds may occur on the diagonals from one anchor to another without an
    /// anchor to show it.
    pub fn unsure(&self, first: &Anchor, last: &Anchor) -> u128 {
        let from = self.vague.partition_point(|vague| vague.high < first.key);
        let near = self.vague[from..].iter().take_while(|vague| vague.low <= last.key);
        near.fold(0, |seeds, vague| seeds | vague.seeds)
    }

    /// Adds the anchors of the seeds that were not followed, but only near those that are there, so
    /// that every place is judged by all seeds. The work is bounded, rare seeds come first; what is
    /// left out is noted, so that it counts against no place.
    fn complete(&mut self, table: Table<'_>, query: &Query, max_gap: u32) {
        self.found.clear();
        self.order.clear();
        let others = self.list.iter().enumerate().filter(|(_, seed)| seed.passed_over());
        self.order.extend(others.map(|(i, _)| i as u32));
        self.order.sort_by_key(|&i| (self.list[i as usize].count(), i));
        let reach = i64::from(max_gap / 2);
        let joined =
            |a: &Anchor, b: &Anchor| a.reverse() == b.reverse() && b.diagonal() - a.diagonal() <= reach;
        let groups = self.anchors.chunk_by(joined).count();
        let mut spent = 0;
        for (number, group) in self.anchors.chunk_by(joined).enumerate() {
            let allowed = MOST_WORK * (number + 1) / groups;
            let (first, last) = (group[0], group[group.len() - 1]);
            let near = Diagonals {
                reverse: first.reverse(),
                low: first.diagonal() - reach,
                high: last.diagonal() + reach,
            };
            let mut left_out = 0;
            for &i in &self.order {
                let most = MOST_NEARBY.min(allowed.saturating_sub(spent));
                if most == 0 {
                    left_out |= bit(i);
                    continue;
                }
                let (before, mut seen) = (self.found.len(), 0);
                for found in self.list[i as usize].nearby(i, table, query.len(), near).take(most + 1) {
                    self.found.extend(found);
                    seen += 1;
                }
                spent += 1 + seen;
                if seen > most {
                    self.found.truncate(before);
                    left_out |= bit(i);
                }
            }
            if left_out != 0 {
                let key = |diagonal| Anchor::new(near.reverse, diagonal, 0, 0).key;
                self.vague.push(Vague { low: key(near.low), high: key(near.high), seeds: left_out });
            }
        }
        self.anchors.append(&mut self.found);
        self.sort();
        self.anchors.dedup();
    }

    fn set_behind(&mut self) {
        self.behind.clear();
        let first = &self.list[..self.list.len().min(128)];
        let mut next = 0;
        for seed in first {
            let end = seed.start() + K as u32;
            while next < first.len() && first[next].start() < end {
                next += 1;
            }
            self.behind.push(next as u8);
        }
    }

    /// Marks rare seeds, and when those are few the rarest of the others.
    fn choose(&mut self, options: &AlignOptions) {
        let mut disjoint = 0;
        let mut free_from = 0;
        let mut left_out = false;
        for seed in &mut self.list {
            let count = seed.count();
            seed.followed = count > 0 && count <= options.frequent;
            left_out |= count > options.frequent;
            if seed.followed && seed.start() >= free_from {
                disjoint += 1;
                free_from = seed.start() + K as u32;
            }
        }
        if disjoint >= ENOUGH_DISJOINT || !left_out {
            return;
        }
        self.order.clear();
        let others = self.list.iter().enumerate().filter(|(_, seed)| !seed.followed);
        let others = others.filter(|(_, seed)| (1..=options.max_occurrences).contains(&seed.count()));
        self.order.extend(others.map(|(i, _)| i as u32));
        self.order.sort_by_key(|&i| (self.list[i as usize].count(), i));
        for &i in &self.order {
            let start = self.list[i as usize].start();
            let taken = |seed: &Seed| seed.followed && seed.start().abs_diff(start) < K as u32;
            if self.list.iter().any(taken) {
                continue;
            }
            self.list[i as usize].followed = true;
            disjoint += 1;
            if disjoint >= ENOUGH_DISJOINT {
                break;
            }
        }
    }

    fn follow(&mut self, table: Table<'_>, query: &Query, seed: usize, step: u32) {
        let Seed { syncmer, entries, .. } = &self.list[seed];
        let from_right = query.len() - K as u32 - syncmer.position;
        for i in entries.clone().step_by(step as usize) {
            let entry = table.entry(i);
            let position = entry.position() as i64;
            let mut push = |reverse: bool| {
                let at = if reverse { from_right } else { syncmer.position };
                self.anchors.push(Anchor::new(reverse, position - i64::from(at), at, seed as u32));
            };
            push(entry.reverse() != syncmer.reverse);
            if syncmer.palindrome {
                push(entry.reverse() == syncmer.reverse);
            }
        }
    }

    /// Follows some occurrences of the rarest seed of a read that has only frequent ones.
    fn sample(&mut self, table: Table<'_>, query: &Query, options: &AlignOptions) {
        let present = self.list.iter().enumerate().filter(|(_, seed)| seed.count() > 0);
        let Some((rarest, seed)) = present.min_by_key(|(i, seed)| (seed.count(), *i)) else { return };
        let step = seed.count().div_ceil(options.max_occurrences);
        self.follow(table, query, rarest, step);
        let mut covered = 0;
        let mut end = 0;
        for seed in self.list.iter().filter(|seed| seed.count() > options.max_occurrences) {
            let stop = seed.start() + K as u32;
            covered += stop - seed.start().max(end);
            end = stop;
        }
        self.repetitive = f64::from(covered) / f64::from(query.len());
    }
}
