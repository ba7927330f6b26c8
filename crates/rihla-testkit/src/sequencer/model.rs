//! A profile worked out for reads of one length: everything a base needs is one look into a table.

use rihla_core::{base, phred};

use crate::profile::errors::{MAX_RUN, context_index};
use crate::profile::qualities::spread;
use crate::profile::{ErrorTables, MateQualities, ReadProfile, SHORTEST_TAIL, TAIL_STEPS};
use crate::stream::{Stream, cumulative};

use super::alias::{AliasTables, BITS};

/// Contexts: 64, and one more where the bases before are not known.
const CONTEXTS: usize = 65;
/// Highest probability of an error, in units of 2^-32: three of four bases are wrong by chance.
const MOST: u64 = 3 << 30;

/// A profile for reads of one length.
pub(crate) struct ReadModel {
    mates: [MateModel; 2],
    alphabet: Vec<u8>,
    groups: Vec<u8>,
    unknown_quality: u8,
    class_pairs: Vec<f64>,
    classes: usize,
    /// Factor by context and by run before, in units of 2^-16.
    factors: Vec<[u32; MAX_RUN]>,
    /// By base before and true base: running weights of the wrong letter.
    substitutions: Vec<Vec<f64>>,
}

/// One mate's tables.
struct MateModel {
    /// Bin of each cycle.
    bins: Vec<u16>,
    /// One distribution a class.
    first: AliasTables,
    /// By class, bin of the cycle, and group of the quality before.
    next: AliasTables,
    /// Place of the tail's length among the parts of a read, by class; distributions of the tail, by group.
    tails: AliasTables,
    tail: AliasTables,
    tail_unknown: u64,
    /// Share of N where the quality is that of N, by class and bin, in units of 2^-32.
    unknown: Vec<u64>,
    /// Probability of an error by bin and quality's place, in units of 2^-32.
    errors: Vec<u64>,
    bin_count: usize,
    group_count: usize,
}

/// Which tables a read is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadKind {
    /// First (0) or second (1).
    pub(crate) mate: usize,
    /// Its class, from [`ReadModel::classes`].
    pub(crate) class: usize,
}

impl ReadModel {
    /// `profile` must be valid.
    pub(crate) fn new(profile: &ReadProfile, read_length: usize) -> Self {
        let tables = &profile.qualities;
        let classes = tables.class_pairs.len();
        Self {
            mates: [0, 1].map(|mate| MateModel::new(profile, mate, read_length)),
            alphabet: tables.alphabet.clone(),
            groups: tables.groups.clone(),
            unknown_quality: tables.unknown_quality,
            class_pairs: cumulative(tables.class_pairs.iter().flatten().copied()),
            classes,
            factors: factors(profile.errors.as_ref()),
            substitutions: substitutions(profile.errors.as_ref()),
        }
    }

    /// Draws the classes of a pair's two reads.
    pub(crate) fn classes(&self, stream: &mut Stream) -> [usize; 2] {
        let cell = stream.weighted(&self.class_pairs);
        [cell / self.classes, cell % self.classes]
    }

    /// Reads `template` (base codes, as long as a read): letters and Phred qualities, in place of what the two
    /// held.
    pub(crate) fn sequence(
        &self,
        stream: &mut Stream,
        kind: ReadKind,
        template: &[u8],
        letters: &mut Vec<u8>,
        qualities: &mut Vec<u8>,
    ) {
        let mate = &self.mates[kind.mate];
        let (bin_count, group_count, places) = (mate.bin_count, mate.group_count, self.alphabet.len());
        letters.resize(template.len(), 0);
        qualities.resize(template.len(), 0);
        let out = letters.iter_mut().zip(qualities.iter_mut());
        let (mut before, mut second_before, mut run) = (base::N, base::N, 1);
        let mut place = 0;
        let tail_start = template.len() - mate.tail_length(stream, kind.class, template.len());
        for (cycle, ((&code, &bin), (letter, shown))) in template.iter().zip(&mate.bins).zip(out).enumerate()
        {
            let bin = usize::from(bin);
            // Low bits: quality; high 32 bits: error. What is rare draws anew.
            let bits = stream.bits();
            let row = kind.class * bin_count + bin;
            place = usize::from(if cycle == 0 {
                mate.first.draw(kind.class, bits)
            } else if cycle >= tail_start {
                mate.tail.draw(usize::from(self.groups[place]), bits)
            } else {
                mate.next.draw(row * group_count + usize::from(self.groups[place]), bits)
            });
            let quality = self.alphabet[place];
            let known = code < 4 && before < 4 && second_before < 4;
            let context = if known { context_index(second_before, before, code) } else { CONTEXTS - 1 };
            let factor = u64::from(self.factors[context][run - 1]);
            let error = (mate.errors[bin * places + place] * factor) >> 16;
            let mut read = code;
            if bits >> 32 < error.min(MOST) && code < 4 {
                read = self.wrong(stream, before, code);
            }
            if quality == self.unknown_quality {
                let share = if cycle >= tail_start { mate.tail_unknown } else { mate.unknown[row] };
                read = if stream.bits() >> 32 < share { base::N } else { read };
            }
            *letter = base::decode(read);
            *shown = quality;
            run = if code == before { (run + 1).min(MAX_RUN) } else { 1 };
            (second_before, before) = (before, code);
        }
    }

    /// A wrong letter's code in place of `code`.
    fn wrong(&self, stream: &mut Stream, before: u8, code: u8) -> u8 {
        let before = if before < 4 { before } else { code };
        stream.weighted(&self.substitutions[usize::from(before << 2 | code)]) as u8
    }
}

impl MateModel {
    fn new(profile: &ReadProfile, mate: usize, read_length: usize) -> Self {
        let tables = &profile.qualities;
        let source = tables.mate(mate);
        let letters = tables.alphabet.len();
        let [mut first, mut next, mut tail] = [letters; 3].map(AliasTables::new);
        let mut tails = AliasTables::new(TAIL_STEPS + 1);
        for class in &source.classes {
            first.push(&spread(&class.first, letters));
            tails.push(&class.tails);
            for groups in &class.next {
                for (group, row) in groups.iter().enumerate() {
                    next.push(&followers(row, group, &tables.groups, letters));
                }
            }
        }
        for (group, row) in source.tail.next.iter().enumerate() {
            tail.push(&followers(row, group, &tables.groups, letters));
        }
        let unknown = source.classes.iter().flat_map(|class| &class.unknown).map(|&share| fixed(share));
        Self {
            bins: (0..read_length).map(|cycle| source.bin(cycle, read_length) as u16).collect(),
            first,
            next,
            tails,
            tail,
            tail_unknown: fixed(source.tail.unknown),
            unknown: unknown.collect(),
            errors: (0..source.bin_ends.len()).flat_map(|bin| errors(profile, source, mate, bin)).collect(),
            bin_count: source.bin_ends.len(),
            group_count: tables.group_count(),
        }
    }
}

impl MateModel {
    /// Draws how many bases of a read make up its tail.
    fn tail_length(&self, stream: &mut Stream, class: usize, read_length: usize) -> usize {
        let bits = stream.bits();
        let step = usize::from(self.tails.draw(class, bits));
        if step == 0 {
            return 0;
        }
        // Anywhere within the step: the length is at most step twentieths of the read.
        let part = (bits >> 32) as f64 / 2f64.powi(32);
        let length = ((step as f64 - part) * read_length as f64 / TAIL_STEPS as f64).ceil() as usize;
        length.max(SHORTEST_TAIL).min(read_length)
    }
}

/// A row of weights; where nothing was seen, the group follows itself.
fn followers(row: &[u32], group: usize, groups: &[u8], letters: usize) -> Vec<u32> {
    if row.is_empty() {
        return groups.iter().map(|&other| u32::from(usize::from(other) == group)).collect();
    }
    spread(row, letters)
}

/// Probability of an error of each quality in a bin, in units of 2^-32.
fn errors(profile: &ReadProfile, source: &MateQualities, mate: usize, bin: usize) -> Vec<u64> {
    let promised = |&quality: &u8| fixed(phred::to_probability(f64::from(quality)));
    let Some(errors) = &profile.errors else {
        return profile.qualities.alphabet.iter().map(promised).collect();
    };
    let by_cycle = &errors.by_cycle[mate.min(errors.by_cycle.len() - 1)];
    debug_assert_eq!(by_cycle.len(), source.bin_ends.len());
    errors.by_quality.iter().map(|&rate| fixed(rate * by_cycle[bin])).collect()
}

/// A probability in units of 2^-32.
fn fixed(probability: f64) -> u64 {
    (probability.min(1.0) * 2f64.powi(32)).round() as u64
}

fn factors(errors: Option<&ErrorTables>) -> Vec<[u32; MAX_RUN]> {
    let part = |context: usize, run: usize| {
        errors
            .map_or(1.0, |errors| errors.by_context.get(context).copied().unwrap_or(1.0) * errors.by_run[run])
    };
    let fixed = |factor: f64| (factor.min(65_535.0) * 65_536.0) as u32;
    (0..CONTEXTS).map(|context| std::array::from_fn(|run| fixed(part(context, run)))).collect()
}

/// Running weights of the letters that stand in for a true base; the true base itself has none.
fn substitutions(errors: Option<&ErrorTables>) -> Vec<Vec<f64>> {
    let weights = |row: usize| {
        let given = errors.map_or([1.0; 4], |errors| errors.substitutions[row]);
        cumulative((0..4).map(move |letter| if letter == row & 3 { 0.0 } else { given[letter] }))
    };
    (0..16).map(weights).collect()
}

/// One draw of a quality and one of an error fit into 64 bits.
const _: () = assert!(BITS <= 32);
