//! The aligner: batches of reads to batches of records.

use std::ops::Range;

use rihla_core::RecordArena;
use rihla_core::read::{ReadBatch, ReadRef};
use rihla_kernels::Simd;

use crate::certify;
use crate::emit::Emitter;
use crate::expected::Expected;
use crate::extend::Extender;
use crate::index::Index;
use crate::insert::{InsertSamples, InsertSize};
use crate::options::AlignOptions;
use crate::pair::{self, Choice, Unseen};
use crate::place::{self, Context, Read};
use crate::rescue::Rescuer;
use crate::seed::Lookups;

/// A pair teaches the model when its placements have no rival above this share of their score.
const UNIQUE: f64 = 0.8;

/// Reads that are looked up together: enough that no cache miss is waited for, few enough that their
/// buffers, of some 3 KB each, stay near the first-level cache. Even, so that mates stay together.
const GROUP: usize = 32;

/// Records of one batch, in the order of its reads.
#[derive(Clone, Debug, Default)]
pub struct AlignedBatch {
    /// Number of the batch in the input, from 0.
    pub number: u64,
    /// Ordinal in the input of the batch's first template, from 0.
    pub first_template: u64,
    /// All records: those of a template next to each other, the first mate's before the second's, a
    /// read's primary before its supplementary ones.
    pub records: RecordArena,
    /// For each template, the number of records up to its last.
    pub template_ends: Vec<u32>,
    /// What was done.
    pub counts: AlignCounts,
}

/// Counters of alignment; merging is independent of order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlignCounts {
    /// Reads.
    pub reads: u64,
    /// Reads with a place.
    pub mapped: u64,
    /// Pairs of reads.
    pub pairs: u64,
    /// Pairs that lie as the library wants it.
    pub proper_pairs: u64,
    /// Supplementary records.
    pub supplementary: u64,
    /// Reads without a placement of their own that were found near their mate.
    pub rescued: u64,
    /// Reads whose placement was proven to be the best by their unique seeds alone.
    pub certified: u64,
    /// Those of them for which seeds that do not overlap were enough.
    pub at_once: u64,
    /// Reads with so many candidates that not all were looked at closely.
    pub crowded: u64,
    /// What placing them took.
    pub work: AlignWork,
}

/// Work of alignment, counted: a function of the reads alone, as time is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlignWork {
    /// Diagonals that a read was held against base by base.
    pub diagonals: u64,
    /// Cells of the bands in which gaps were looked for.
    pub cells: u64,
    /// Bases of the reference near a mate that were searched for the other's words.
    pub searched: u64,
}

impl AlignWork {
    /// Adds another's.
    pub fn merge(&mut self, other: &Self) {
        self.diagonals += other.diagonals;
        self.cells += other.cells;
        self.searched += other.searched;
    }
}

impl AlignCounts {
    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        self.reads += other.reads;
        self.mapped += other.mapped;
        self.pairs += other.pairs;
        self.proper_pairs += other.proper_pairs;
        self.supplementary += other.supplementary;
        self.rescued += other.rescued;
        self.certified += other.certified;
        self.at_once += other.at_once;
        self.crowded += other.crowded;
        self.work.merge(&other.work);
    }
}

/// Buffers of one worker. What is in them never shows in a result.
pub struct AlignScratch {
    /// The reads of a group; mates next to each other.
    reads: Vec<Read>,
    /// How many reads it has held.
    loaded: u64,
    /// Those whose placement is not certain by a few seeds.
    uncertain: Vec<usize>,
    lookups: Lookups,
    /// What the candidates of the last reads are in: the next ones' find it in the cache.
    rooms: [Read; 2],
    extender: Extender,
    expected: [Expected; 2],
    rescuer: Rescuer,
    choice: Choice,
    emitter: Emitter,
}

/// Aligns reads to an index.
pub struct Aligner<'i> {
    index: &'i Index,
    options: AlignOptions,
    simd: Simd,
}

impl<'i> Aligner<'i> {
    /// An aligner; share it between threads, each with its own scratch.
    #[must_use]
    pub fn new(index: &'i Index, options: AlignOptions, simd: Simd) -> Self {
        Self { index, options, simd }
    }

    /// The settings.
    #[must_use]
    pub fn options(&self) -> &AlignOptions {
        &self.options
    }

    /// Buffers for one worker.
    #[must_use]
    pub fn scratch(&self) -> AlignScratch {
        AlignScratch {
            reads: Vec::new(),
            loaded: 0,
            uncertain: Vec::new(),
            lookups: Lookups::default(),
            rooms: Default::default(),
            expected: Default::default(),
            extender: Extender::new(self.simd, self.options.scoring),
            rescuer: Rescuer::default(),
            choice: Choice::default(),
            emitter: Emitter::default(),
        }
    }

    /// Template lengths of the batch's confident pairs; none when it is not paired.
    #[must_use]
    pub fn learn_insert_size(&self, batch: &ReadBatch) -> InsertSamples {
        let mut samples = InsertSamples::default();
        if !batch.paired {
            return samples;
        }
        let context = self.context();
        let mut scratch = self.scratch();
        for group in groups(batch.len()) {
            let reads = scratch.load(batch, group, &context);
            scratch.complete(reads.clone(), &context);
            let AlignScratch { reads: all, extender, .. } = &mut scratch;
            for mates in all[reads].chunks_exact_mut(2) {
                // What a read that is not unique would pair with is not asked.
                if mates.iter_mut().all(|read| is_unique(read, &context, extender)) {
                    sample(mates, &mut samples);
                }
            }
        }
        samples
    }

    /// Aligns a batch, replacing what `out` held. The result depends on the batch, the model, the
    /// index and the options alone; `insert` is not looked at when the batch is not paired.
    pub fn align_batch(
        &self,
        batch: &ReadBatch,
        insert: &InsertSize,
        scratch: &mut AlignScratch,
        out: &mut AlignedBatch,
    ) {
        out.number = batch.number;
        out.first_template = batch.first_template;
        out.records.clear();
        out.template_ends.clear();
        out.counts = AlignCounts::default();
        let context = self.context();
        for group in groups(batch.len()) {
            let first = group.start;
            let reads = scratch.load(batch, group, &context);
            let insert = batch.paired.then_some(insert);
            scratch.certify(reads.clone(), insert, &context);
            for at in reads.step_by(if batch.paired { 2 } else { 1 }) {
                if let Some(insert) = insert {
                    let raw = [batch.read(first + at), batch.read(first + at + 1)];
                    align_pair(raw, at, insert, &context, scratch, out);
                } else {
                    align_single(batch.read(first + at), at, &context, scratch, out);
                }
                out.template_ends.push(out.records.len() as u32);
            }
        }
        out.counts.work = std::mem::take(&mut scratch.extender.work);
    }

    fn context(&self) -> Context<'_> {
        Context {
            reference: self.index.reference(),
            words: self.index.reference().words(),
            table: self.index.table(),
            options: &self.options,
            simd: self.simd,
        }
    }
}

/// Consecutive reads of a batch that are looked up together.
fn groups(reads: usize) -> impl Iterator<Item = Range<usize>> {
    (0..reads).step_by(GROUP).map(move |start| start..reads.min(start + GROUP))
}

impl AlignScratch {
    /// Takes in a group of reads; gives where in `reads` they are.
    fn load(&mut self, batch: &ReadBatch, group: Range<usize>, context: &Context<'_>) -> Range<usize> {
        let count = group.len();
        if self.reads.len() < count {
            self.reads.resize_with(count, Read::default);
        }
        let Self { reads, loaded, lookups, .. } = self;
        place::load_all(&mut reads[..count], group.map(|i| batch.read(i)), loaded, lookups, context);
        0..count
    }

    /// Looks up all seeds of some reads.
    fn complete(&mut self, reads: Range<usize>, context: &Context<'_>) {
        self.uncertain.clear();
        self.uncertain.extend(reads);
        place::complete(&mut self.reads, &self.uncertain, &mut self.lookups, context);
    }

    /// Places the reads, pairs where there is a model of their lengths, that are certain by a few seeds;
    /// looks up all seeds of the others.
    fn certify(&mut self, reads: Range<usize>, insert: Option<&InsertSize>, context: &Context<'_>) {
        let Self { reads: all, uncertain, lookups, extender, .. } = self;
        uncertain.clear();
        let step = if insert.is_some() { 2 } else { 1 };
        for at in reads.step_by(step) {
            let certain = match insert {
                Some(insert) if !insert.usable() => false,
                Some(insert) => certify::pair_at_once(pair_at(all, at), insert, context, extender),
                None => certify::single(&mut all[at], context, extender),
            };
            if !certain {
                uncertain.extend(at..at + step);
            }
        }
        place::complete(all, uncertain, lookups, context);
    }
}

/// The two mates from a read on.
fn pair_at(reads: &mut [Read], at: usize) -> &mut [Read; 2] {
    reads[at..].first_chunk_mut().expect("the mates of a pair are in one group")
}

fn align_single(
    raw: ReadRef<'_>,
    at: usize,
    context: &Context<'_>,
    scratch: &mut AlignScratch,
    out: &mut AlignedBatch,
) {
    let AlignScratch { reads, rooms, extender, choice, emitter, .. } = scratch;
    let read = &mut reads[at];
    let at_once = !read.seeds.is_complete();
    out.counts.at_once += u64::from(at_once);
    if at_once || certify::single(read, context, extender) {
        out.counts.certified += 1;
    } else {
        read.take_room(&mut rooms[0]);
        read.place_alone(context, extender);
        out.counts.crowded += u64::from(read.is_crowded());
    }
    choice.single(read, context.options);
    emitter.single(context, raw, read, choice, out);
    if !at_once {
        read.leave_room(&mut rooms[0]);
    }
}

fn align_pair(
    raw: [ReadRef<'_>; 2],
    at: usize,
    insert: &InsertSize,
    context: &Context<'_>,
    scratch: &mut AlignScratch,
    out: &mut AlignedBatch,
) {
    let AlignScratch { reads, rooms, extender, expected, rescuer, choice, emitter, .. } = scratch;
    let mates = pair_at(reads, at);
    let at_once = !mates[0].seeds.is_complete();
    out.counts.at_once += if at_once { 2 } else { 0 };
    if !at_once {
        mates.iter_mut().zip(rooms.iter_mut()).for_each(|(read, room)| read.take_room(room));
    }
    if at_once || (insert.usable() && certify::pair(mates, insert, context, extender)) {
        out.counts.certified += 2;
        choice.certified();
    } else {
        let certain = mates.each_mut().map(|read| certify::single(read, context, extender));
        out.counts.certified += certain.iter().map(|&certain| u64::from(certain)).sum::<u64>();
        place_pair(mates, certain, insert, (context, extender), expected);
        let crowded = (0..2).filter(|&i| !certain[i] && mates[i].is_crowded()).count();
        out.counts.crowded += crowded as u64;
        if insert.usable() {
            let mut open = choice.survey(mates, insert, context.options);
            if place_unseen(mates, open.unseen, insert, (context, extender), expected) {
                open = choice.survey(mates, insert, context.options);
            }
            let rescued = rescuer.rescue(mates, insert, &open, context, extender);
            out.counts.rescued += u64::from(rescued.reads);
            if rescued.any {
                choice.look(mates, insert, context.options);
            }
        }
        choice.pair(mates, insert, context.options);
    }
    emitter.pair(context, raw, mates, choice, out);
    if !at_once {
        mates.iter_mut().zip(rooms.iter_mut()).for_each(|(read, room)| read.leave_room(room));
    }
}

/// Places the mates again of which placements that were `unseen` may matter; whether there were any.
fn place_unseen(
    mates: &mut [Read; 2],
    unseen: [Option<Unseen>; 2],
    insert: &InsertSize,
    (context, extender): (&Context<'_>, &mut Extender),
    expected: &mut [Expected; 2],
) -> bool {
    let mut more = [false; 2];
    for (i, one) in unseen.into_iter().enumerate() {
        more[i] = one.is_some_and(|one| mates[i].follow_unseen(context, one));
    }
    // Of the mate's candidates those that were let be matter, too: what is found near them speaks for them.
    for i in (0..2).filter(|&i| more[i]) {
        expected[i].set(mates[1 - i].candidate_five_primes(), insert.reach(i == 0));
    }
    for i in (0..2).filter(|&i| more[i]) {
        mates[i].place_again(context, extender, &expected[i]);
    }
    more != [false; 2]
}

/// Finds the placements of those of two mates that are not certain, each near the other's first.
fn place_pair(
    mates: &mut [Read; 2],
    certain: [bool; 2],
    insert: &InsertSize,
    (context, extender): (&Context<'_>, &mut Extender),
    expected: &mut [Expected; 2],
) {
    let open = || (0..2).filter(|&i| !certain[i]);
    open().for_each(|i| mates[i].start(context));
    expect(mates, certain, insert, expected);
    let mut more = [false; 2];
    for i in open() {
        more[i] = mates[i].look(context, extender, &expected[i]);
    }
    if more != [false; 2] {
        expect(mates, certain, insert, expected);
        for i in open() {
            if more[i] {
                mates[i].look_again(context, extender, &expected[i]);
            }
        }
    }
    for i in open() {
        mates[i].finish(context, extender, &expected[i]);
    }
}

/// Where each of two mates is expected by the places of the other.
fn expect(mates: &[Read; 2], certain: [bool; 2], insert: &InsertSize, expected: &mut [Expected; 2]) {
    for i in (0..2).filter(|&i| !certain[i]) {
        expected[i].clear();
        if insert.usable() {
            expected[i].set(mates[1 - i].five_primes(), insert.reach(i == 0));
        }
    }
}

/// Places a read by itself; whether it lies in one place alone. Where its unique seeds say so, its candidates are not asked.
fn is_unique(read: &mut Read, context: &Context<'_>, extender: &mut Extender) -> bool {
    let unique = |read: &Read| {
        let first = read.regions.first();
        first.is_some_and(|region| f64::from(region.sub) <= UNIQUE * f64::from(region.score))
    };
    if !certify::single(read, context, extender) || !unique(read) {
        read.place_alone(context, extender);
    }
    unique(read)
}

/// Adds the length of a template whose mates are each placed.
fn sample(mates: &[Read], samples: &mut InsertSamples) {
    let (a, b) = (&mates[0], &mates[1]);
    if let Some((orientation, length)) = pair::geometry(&a.regions[0], &b.regions[0], [&a.query, &b.query]) {
        samples.add(orientation, length);
    }
}

#[cfg(test)]
mod tests;
