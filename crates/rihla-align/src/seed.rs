//! Seeds of a read: its syncmers, where they occur, and which occurrences are followed.

mod lookups;
mod neighbors;
mod runs;

pub(crate) use lookups::Lookups;
pub(crate) use neighbors::STAGES;

use std::ops::Range;

use self::runs::Runs;
use crate::index::{Entry, Table};
use crate::options::AlignOptions;
use crate::query::Query;
use crate::syncmer::{K, Scanner, Syncmer};
use rihla_kernels::Simd;

/// Seeds with up to this many occurrences are always followed.
const RARE: u32 = 4;
/// Disjoint seeds after which no others are followed than rare ones: a placement with none of them is
/// 25 points below one with all.
const MANY_DISJOINT: u32 = 5;
/// Disjoint seeds that must be followed before frequent ones are let alone.
const ENOUGH_DISJOINT: u32 = 2;
/// Occurrences that are followed in addition where those of the rarest seeds leave room for rivals.
const MOST_MORE: u32 = 1000;
/// The same with a small effort.
const FEW_MORE: u32 = 300;
/// Occurrences of a read's rarest seed that are followed when all its seeds are too frequent.
const SAMPLE: u32 = 64;

/// How far more seeds are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Some, if those that are wanted are not too frequent.
    Small,
    /// As many as may be, and some occurrences of the others.
    Full,
}

/// One syncmer of the read.
#[derive(Clone)]
pub(crate) struct Seed {
    syncmer: Syncmer,
    /// Its entries in the table.
    entries: Range<u32>,
    /// Whether its entries are known.
    found: bool,
    /// Whether each of its occurrences is an anchor.
    pub followed: bool,
}

impl Seed {
    fn new(position: u32) -> Self {
        let syncmer = Syncmer { hash: 0, position, reverse: false, palindrome: false };
        Self { syncmer, entries: 0..0, found: false, followed: false }
    }

    /// Hashes it, to be looked up.
    #[inline]
    fn ask(&mut self, query: &Query, lookups: &mut Lookups) {
        self.syncmer = Syncmer::at(query.packed(false), 0, self.start());
        lookups.add(self.syncmer.hash);
    }

    /// Finds its entries in its bucket.
    #[inline]
    fn look_up(&mut self, table: Table<'_>, bucket: Option<Range<u32>>) {
        let bucket = bucket.expect("each seed that was asked for has a bucket");
        self.entries = table.occurrences(bucket, self.syncmer.hash);
        self.found = true;
    }

    /// Number of its occurrences in the reference.
    pub fn count(&self) -> u32 {
        self.entries.end - self.entries.start
    }

    /// The anchor of a seed with one occurrence, the read being `length` bases long; `None` where its
    /// strand cannot be told.
    pub fn only_anchor(&self, number: u32, table: Table<'_>, length: u32) -> Option<Anchor> {
        if self.syncmer.palindrome {
            return None;
        }
        let entry = table.entry(self.entries.start);
        let reverse = entry.reverse() != self.syncmer.reverse;
        let at = if reverse { length - K as u32 - self.start() } else { self.start() };
        Some(Anchor::new(reverse, entry.position() as i64 - i64::from(at), at, number))
    }

    /// First base in the read as sequenced.
    pub fn start(&self) -> u32 {
        self.syncmer.position
    }

    /// Asks for the memory that [`Seed::anchors_within`] reads first.
    pub fn ask_within(&self, table: Table<'_>, positions: &Range<u64>) {
        table.prefetch_between(&self.entries, positions);
    }

    /// Its occurrences in a part of the reference, by position; `None` where the strand cannot be told.
    pub fn anchors_within<'a>(
        &self,
        number: u32,
        table: Table<'a>,
        length: u32,
        positions: Range<u64>,
    ) -> impl Iterator<Item = Option<Anchor>> + use<'a> {
        let (start, Syncmer { palindrome, reverse: turned, .. }) = (self.start(), self.syncmer);
        table.between(self.entries.clone(), positions).map(move |entry| {
            let reverse = entry.reverse() != turned;
            let at = if reverse { length - K as u32 - start } else { start };
            (!palindrome).then(|| Anchor::new(reverse, entry.position() as i64 - i64::from(at), at, number))
        })
    }

    /// Whether it occurs, but its occurrences were not all followed.
    fn passed_over(&self) -> bool {
        !self.followed && self.count() > 0
    }
}

/// One occurrence of a seed: the read would lie on a diagonal (reference offset less read position). One number, by which
/// anchors sort: from the top strand, diagonal, position in the read as it lies along the reference, and seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Anchor(u64);

impl Anchor {
    /// Seeds from this number on are not told apart: no set has them.
    const MANY: u32 = 128;
    const SEED_BITS: u32 = 8;
    const QUERY_BITS: u32 = 16;
    /// Positions have 32 bits, and reads fewer bases than the bias.
    const DIAGONAL_BITS: u32 = 33;
    /// Keeps diagonals above zero.
    const BIAS: i64 = 1 << Self::QUERY_BITS;
    const DIAGONAL: u32 = Self::SEED_BITS + Self::QUERY_BITS;
    const STRAND: u32 = Self::DIAGONAL + Self::DIAGONAL_BITS;

    #[inline]
    fn new(reverse: bool, diagonal: i64, query: u32, seed: u32) -> Self {
        debug_assert!(query < 1 << Self::QUERY_BITS);
        let place = (diagonal + Self::BIAS) as u64;
        debug_assert!(place < 1 << Self::DIAGONAL_BITS);
        let seed = u64::from(seed.min(Self::MANY));
        Self(
            u64::from(reverse) << Self::STRAND
                | place << Self::DIAGONAL
                | u64::from(query) << Self::SEED_BITS
                | seed,
        )
    }

    /// First base in the read as it lies along the reference.
    #[inline]
    pub fn query(&self) -> u32 {
        (self.0 >> Self::SEED_BITS) as u32 & ((1 << Self::QUERY_BITS) - 1)
    }

    /// The bit of its seed in a set of the first 128.
    #[inline]
    pub fn bit(&self) -> u128 {
        bit(self.0 as u32 & ((1 << Self::SEED_BITS) - 1))
    }

    /// Strand and diagonal.
    #[inline]
    fn line(&self) -> u64 {
        self.0 >> Self::DIAGONAL
    }

    /// Whether the read would lie on the same strand and diagonal.
    #[inline]
    pub fn is_in_line(&self, other: &Self) -> bool {
        self.line() == other.line()
    }

    /// Whether it lies on the same strand as one that sorts before it, on a diagonal no farther than that.
    #[inline]
    pub fn is_near(&self, before: &Self, gap: u32) -> bool {
        self.line() - before.line() <= u64::from(gap)
    }

    /// Whether the read lies on the reverse strand.
    #[inline]
    pub fn reverse(&self) -> bool {
        self.0 >> Self::STRAND != 0
    }

    /// Concatenated reference offset of the read's first base, were it to lie here without gaps.
    #[inline]
    pub fn diagonal(&self) -> i64 {
        (self.line() & ((1 << Self::DIAGONAL_BITS) - 1)) as i64 - Self::BIAS
    }

    /// Concatenated reference offset of the seed.
    #[inline]
    pub fn position(&self) -> u64 {
        (self.diagonal() + i64::from(self.query())) as u64
    }
}

/// Seeds and anchors of one read; reused.
#[derive(Default)]
pub(crate) struct Seeds {
    /// By position in the read. Until the others are [asked for](Seeds::ask_for_rest), those that do not
    /// overlap alone are looked up.
    pub list: Vec<Seed>,
    /// Which those are: from left to right as many as there can be.
    apart: Vec<u32>,
    /// Whether all are looked up.
    complete: bool,
    /// By strand, diagonal, position.
    pub anchors: Vec<Anchor>,
    /// Room to sort them.
    pub runs: Runs,
    /// For each of the first 128 seeds, how many of them start before its end.
    pub behind: Vec<u8>,
    /// Share of the read under seeds too frequent to follow, when nothing rarer was there.
    pub repetitive: f64,
    /// Share of the read in runs of one letter or two, where that is most of it.
    pub in_runs: f64,
    /// How often each seed occurs that does, and which it is, in one number that sorts: the rarest first.
    order: Vec<u64>,
    /// Seeds to be followed.
    chosen: Vec<u32>,
    /// Where those that are followed start.
    taken: Vec<u32>,
    neighbors: neighbors::Neighbors,
    scanner: Scanner,
    /// Those of the first 128 seeds that occur, but not all of whose occurrences are anchors.
    pub passed_over: u128,
    /// Number of seeds that do not overlap of which all occurrences, if any, are anchors.
    pub known: u32,
}

/// The bit of a seed in a set of the first 128.
pub(crate) fn bit(seed: u32) -> u128 {
    // Most reads have fewer than 64: a shift of one word costs less.
    if seed < 64 { u128::from(1u64 << seed) } else { 1u128.checked_shl(seed).unwrap_or(0) }
}

/// Size of the largest set of seeds, given from left to right, that do not overlap.
pub(crate) fn disjoint<'a>(seeds: impl Iterator<Item = &'a Seed>) -> u32 {
    let (mut count, mut free_from) = (0, 0);
    for seed in seeds {
        if seed.start() >= free_from {
            count += 1;
            free_from = seed.start() + K as u32;
        }
    }
    count
}

impl Seeds {
    /// Finds the seeds of a read, and adds those that do not overlap to what is looked up. That is done for many reads
    /// before [`Seeds::look_up`], so that no read waits for memory.
    pub fn scan(&mut self, simd: Simd, query: &Query, lookups: &mut Lookups) {
        let Self { list, apart, .. } = self;
        list.clear();
        apart.clear();
        self.anchors.clear();
        self.repetitive = 0.0;
        self.in_runs = 0.0;
        self.complete = false;
        let packed = (query.packed(false), 0, query.len() as usize);
        let mut free_from = 0;
        self.scanner.positions(simd, packed, query.unknown(), |position| {
            let mut seed = Seed::new(position);
            if position >= free_from {
                free_from = position + K as u32;
                apart.push(list.len() as u32);
                seed.ask(query, lookups);
            }
            list.push(seed);
        });
    }

    /// Finds out how often each of these seeds occurs: their `buckets` are the next.
    pub fn look_up(&mut self, table: Table<'_>, buckets: &mut impl Iterator<Item = Range<u32>>) {
        for &i in &self.apart {
            self.list[i as usize].look_up(table, buckets.next());
        }
    }

    /// Adds the seeds that were not looked up to what is; then, as before, [`Seeds::look_up_rest`].
    pub fn ask_for_rest(&mut self, query: &Query, lookups: &mut Lookups) {
        self.rest().for_each(|seed| seed.ask(query, lookups));
    }

    /// Finds out how often each of these seeds occurs; then all are known.
    pub fn look_up_rest(&mut self, table: Table<'_>, buckets: &mut impl Iterator<Item = Range<u32>>) {
        self.rest().for_each(|seed| seed.look_up(table, buckets.next()));
        self.complete = true;
    }

    fn rest(&mut self) -> impl Iterator<Item = &mut Seed> {
        self.list.iter_mut().filter(|seed| !seed.found)
    }

    /// Whether every seed is looked up.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The seeds that were looked up, with their numbers.
    pub fn looked_up(&self) -> impl Iterator<Item = (u32, &Seed)> + Clone {
        let Self { list, apart, complete, .. } = self;
        let count = if *complete { list.len() } else { apart.len() };
        (0..count).map(move |at| {
            let i = if *complete { at as u32 } else { apart[at] };
            (i, &list[i as usize])
        })
    }

    /// Chooses which occurrences are followed and gathers their anchors.
    pub fn follow_all(&mut self, table: Table<'_>, query: &Query, options: &AlignOptions) {
        self.set_behind();
        self.order.clear();
        let present = self.list.iter().enumerate().filter(|(_, seed)| seed.count() > 0);
        self.order.extend(present.map(|(i, seed)| u64::from(seed.count()) << 32 | i as u64));
        self.order.sort_unstable();
        self.choose(table, query, |count, disjoint| {
            let enough = if count <= options.frequent { MANY_DISJOINT } else { ENOUGH_DISJOINT };
            count <= options.max_occurrences && disjoint < enough
        });
        if self.anchors.is_empty() {
            self.sample(table, query, options);
        }
        self.finish();
    }

    /// Follows more seeds, the rarest first, until so many do not overlap; whether there were any.
    pub fn follow_more(
        &mut self,
        table: Table<'_>,
        query: &Query,
        options: &AlignOptions,
        needed: u32,
        effort: Effort,
    ) -> bool {
        let before = self.anchors.len();
        let mut left = if effort == Effort::Full { MOST_MORE } else { FEW_MORE };
        let disjoint = self.choose(table, query, |count, disjoint| {
            let fits = count <= left && disjoint < needed;
            left -= if fits { count } else { 0 };
            fits
        });
        if disjoint < needed && effort == Effort::Full {
            self.sample(table, query, options);
        }
        self.finish();
        self.anchors.len() > before
    }

    /// Number of seeds that do not overlap and occur nowhere: so many errors has the read at least.
    pub fn absent(&self) -> u32 {
        disjoint(self.list.iter().filter(|seed| seed.count() == 0))
    }

    /// Whether all seeds of the read overlap, as those of a short one do: one change may break them all.
    pub fn all_overlap(&self) -> bool {
        self.apart.len() == 1
    }

    /// The part of the read that all seeds hold whose occurrences are known.
    pub fn common(&self) -> Range<u32> {
        let mut known = self.list.iter().filter(|seed| !seed.passed_over()).map(Seed::start);
        let Some(first) = known.next() else { return 0..0 };
        let last = known.next_back().unwrap_or(first);
        last..(first + K as u32).max(last)
    }

    fn finish(&mut self) {
        self.sort();
        let over = self.list.iter().enumerate().filter(|(_, seed)| seed.passed_over());
        self.passed_over = over.fold(0, |set, (i, _)| set | bit(i as u32));
        self.known = disjoint(self.list.iter().filter(|seed| !seed.passed_over()));
    }

    fn sort(&mut self) {
        self.runs.sort(&mut self.anchors);
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

    /// Follows all rare seeds, then from the rarest on those that overlap none of them, as long as
    /// `wanted` says so of their occurrences and the number of disjoint seeds so far; gives that number
    /// at the end. A place that has none of `n` seeds that do not overlap has `n` edits at least.
    fn choose(&mut self, table: Table<'_>, query: &Query, mut wanted: impl FnMut(u32, u32) -> bool) -> u32 {
        let mut disjoint = 0;
        self.chosen.clear();
        self.taken.clear();
        for at in 0..self.order.len() {
            let i = self.order[at] as u32 as usize;
            let (count, start) = (self.list[i].count(), self.list[i].start());
            let apart = self.taken.iter().all(|other| other.abs_diff(start) >= K as u32);
            if !self.list[i].followed {
                if count > RARE && !(apart && wanted(count, disjoint)) {
                    continue;
                }
                self.list[i].followed = true;
                table.prefetch_all(&self.list[i].entries);
                self.chosen.push(i as u32);
            }
            self.taken.push(start);
            disjoint += u32::from(apart);
        }
        for at in 0..self.chosen.len() {
            self.follow(table, query, self.chosen[at] as usize, 1);
        }
        disjoint
    }

    fn follow(&mut self, table: Table<'_>, query: &Query, seed: usize, step: u32) {
        let Seed { syncmer, entries, .. } = &self.list[seed];
        let entries = entries.clone().step_by(step as usize).map(|i| table.entry(i));
        let starts = [syncmer.position, query.len() - K as u32 - syncmer.position];
        let anchor = |entry: Entry, reverse: bool| {
            let at = starts[usize::from(reverse)];
            Anchor::new(reverse, entry.position() as i64 - i64::from(at), at, seed as u32)
        };
        // Strand by strand, each in order: the anchors are sorted by merging such runs.
        if syncmer.palindrome {
            let both = [false, true].map(|reverse| entries.clone().map(move |entry| (entry, reverse)));
            self.anchors.extend(both.into_iter().flatten().map(|(entry, reverse)| anchor(entry, reverse)));
            return;
        }
        let first = self.anchors.len();
        self.anchors.resize(first + entries.len(), Anchor::default());
        let room = &mut self.anchors[first..];
        let (mut forward, mut rest) = (0, room.len());
        for entry in entries {
            let reverse = entry.reverse() != syncmer.reverse;
            let at = if reverse { rest - 1 } else { forward };
            room[at] = anchor(entry, reverse);
            forward += usize::from(!reverse);
            rest -= usize::from(reverse);
        }
        room[forward..].reverse();
    }

    /// Follows some occurrences of the rarest seed that was passed over.
    fn sample(&mut self, table: Table<'_>, query: &Query, options: &AlignOptions) {
        let present = self.list.iter().enumerate().filter(|(_, seed)| seed.passed_over());
        let Some((rarest, seed)) = present.min_by_key(|(i, seed)| (seed.count(), *i)) else { return };
        let step = seed.count().div_ceil(SAMPLE);
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
