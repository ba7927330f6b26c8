//! Paired reads of a diploid sample, in the shuffled order of a sequencer's output.
//!
//! The genome is cut into windows. For each, fragments are drawn on both haplotypes; some are copied as
//! duplicates. A *group* is a few dozen windows from all over the genome, taken in shuffled order; its
//! fragments are shuffled together, so that memory is bounded and neighbors in the output are no neighbors
//! in the genome. A fragment is some thirty bytes; its reads are made when asked for, each pair from a
//! stream of its own, so that a group may be sequenced by many threads at once.

use std::io::Write as _;

use rihla_core::{Interval, IntervalSet, Reference};

use crate::TestkitError;
use crate::diploid::{TruthRecord, window_truth};
use crate::haplotype::Haplotype;
use crate::options::SimulateOptions;
use crate::sequencer::{ReadBuffer, Sequencer};
use crate::stream::{Domain, Stream};

mod fragments;

use fragments::Fragment;

/// Bases of a window.
const WINDOW: u32 = 1 << 16;
/// Windows of a group at 30x; fewer when deeper.
const GROUP_WINDOWS: f64 = 64.0;
/// Distance from N and contig ends of the bases where calls may be judged.
const CONFIDENT_MARGIN: u32 = 500;

/// A sample and its sequencing run.
pub struct Simulation {
    reference: Reference,
    options: SimulateOptions,
    windows: Vec<Interval>,
    truth: Vec<TruthRecord>,
    /// Index into `truth` of each window's first record.
    first_truth: Vec<usize>,
    sequencer: Sequencer,
}

/// Why a pair is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairKind {
    /// A fragment's first pair.
    Original,
    /// A copy elsewhere on the flow cell.
    PcrDuplicate,
    /// A copy within 40 pixels of the original.
    OpticalDuplicate,
}

/// Where a pair comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Contig id of both mates.
    pub contig: u32,
    /// 0-based reference position of each mate's leftmost base; adapter not counted.
    pub positions: [u32; 2],
    /// Whether each mate lies on the reverse strand.
    pub reverse: [bool; 2],
    /// Haplotype: 0 or 1.
    pub haplotype: u8,
    /// Length of the fragment on the haplotype, in bases.
    pub fragment_length: u32,
    /// Original or duplicate.
    pub kind: PairKind,
}

/// One read: letters and Phred qualities (no offset) of equal length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimulatedRead<'a> {
    /// Upper-case letters A, C, G, T, N.
    pub sequence: &'a [u8],
    /// Phred qualities.
    pub qualities: &'a [u8],
    /// What stands behind the name in FASTQ: Illumina's `1:N:0:ATCACG`, and
    /// `pos=<contig>:<1-based position>:<strand>:<haplotype 1 or 2>:<0 original, 1 PCR, 2 optical copy>`.
    pub comment: &'a [u8],
}

/// A pair of reads, lent from a [`PairBuffer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// Name in Illumina's style: `sim<ordinal>:1:FC<seed>:<lane>:<tile>:<x>:<y>`.
    pub name: &'a [u8],
    /// The two mates.
    pub reads: [SimulatedRead<'a>; 2],
    /// The truth.
    pub origin: Origin,
}

impl Pair<'_> {
    /// Appends one mate (0 or 1) as a FASTQ record.
    pub fn write_fastq(&self, mate: usize, out: &mut Vec<u8>) {
        let read = &self.reads[mate];
        write_fastq(self.name, read.comment, read.sequence, read.qualities, out);
    }
}

/// Appends a FASTQ record; no comment when it is empty.
pub(crate) fn write_fastq(name: &[u8], comment: &[u8], sequence: &[u8], qualities: &[u8], out: &mut Vec<u8>) {
    out.push(b'@');
    out.extend_from_slice(name);
    if !comment.is_empty() {
        out.push(b' ');
        out.extend_from_slice(comment);
    }
    out.push(b'\n');
    out.extend_from_slice(sequence);
    out.extend_from_slice(b"\n+\n");
    out.extend(qualities.iter().map(|quality| quality + 33));
    out.push(b'\n');
}

/// Space for one pair, used again and again.
#[derive(Clone, Debug, Default)]
pub struct PairBuffer {
    name: Vec<u8>,
    comments: [Vec<u8>; 2],
    reads: [ReadBuffer; 2],
}

impl Simulation {
    /// Draws the truth on `reference`. The reads are made later, as they are asked for.
    ///
    /// # Errors
    /// [`TestkitError::Option`] for options out of range; [`TestkitError::ReferenceTooShort`] when depth is
    /// asked for and no known stretch holds a fragment of mean length.
    pub fn new(reference: &Reference, options: &SimulateOptions) -> Result<Self, TestkitError> {
        options.validate()?;
        let needed = options.fragments.mean().ceil() as u32;
        if options.depth > 0.0 && !has_known_stretch(reference, needed) {
            return Err(TestkitError::ReferenceTooShort { needed });
        }
        let windows = cut(reference);
        let (mut truth, mut first_truth) = (Vec::new(), Vec::with_capacity(windows.len()));
        for (number, &window) in windows.iter().enumerate() {
            first_truth.push(truth.len());
            truth.extend(window_truth(reference, window, &options.variants, options.seed, number as u64));
        }
        Ok(Self {
            reference: reference.clone(),
            options: options.clone(),
            windows,
            truth,
            first_truth,
            sequencer: Sequencer::new(options),
        })
    }

    /// The sample's variants, sorted, not overlapping.
    #[must_use]
    pub fn truth(&self) -> &[TruthRecord] {
        &self.truth
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &SimulateOptions {
        &self.options
    }

    /// Bases where calls may be judged: 500 or more from a run of N and from a contig's end.
    #[must_use]
    pub fn confident(&self) -> IntervalSet {
        let stretches = known_stretches(&self.reference);
        let inner = stretches.map(|stretch| Interval {
            start: stretch.start.saturating_add(CONFIDENT_MARGIN),
            end: stretch.end.saturating_sub(CONFIDENT_MARGIN),
            ..stretch
        });
        IntervalSet::new(inner.filter(|interval| interval.start < interval.end).collect())
    }

    /// The groups of pairs in output order. Groups are independent; each is made when it is reached.
    pub fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let mut order: Vec<u32> = (0..self.windows.len() as u32).collect();
        Stream::new(self.options.seed, Domain::WindowOrder, 0, 0).shuffle(&mut order);
        let size =
            (GROUP_WINDOWS * 30.0 / self.options.depth.max(1.0)).clamp(4.0, 8.0 * GROUP_WINDOWS) as usize;
        let mut first_ordinal = 0;
        let parts = order.len().div_ceil(size);
        (0..parts).map(move |number| {
            let windows = &order[number * size..order.len().min((number + 1) * size)];
            let group = Group::new(self, number as u64, windows, first_ordinal);
            first_ordinal += group.len() as u64;
            group
        })
    }

    /// Gives every pair to `sink`, in output order; returns their number.
    ///
    /// # Errors
    /// The first error of `sink`, which ends the run.
    pub fn pairs<E>(&self, mut sink: impl FnMut(Pair<'_>) -> Result<(), E>) -> Result<u64, E> {
        let mut buffer = PairBuffer::default();
        let mut count = 0;
        for group in self.groups() {
            for k in 0..group.len() {
                sink(group.pair(k, &mut buffer))?;
            }
            count += group.len() as u64;
        }
        Ok(count)
    }

    /// About how many pairs there will be.
    #[must_use]
    pub fn expected_pairs(&self) -> u64 {
        let known: u64 = known_stretches(&self.reference).map(|stretch| u64::from(stretch.len())).sum();
        (known as f64 * self.options.depth / (2.0 * f64::from(self.options.read_length))) as u64
    }
}

/// Pairs that are shuffled together: their haplotypes and their fragments.
pub struct Group<'s> {
    simulation: &'s Simulation,
    first_ordinal: u64,
    haplotypes: Vec<[Haplotype; 2]>,
    windows: Vec<u32>,
    fragments: Vec<Fragment>,
}

impl<'s> Group<'s> {
    fn new(simulation: &'s Simulation, number: u64, windows: &[u32], first_ordinal: u64) -> Self {
        let overhang = simulation.options.longest_fragment();
        let (mut haplotypes, mut fragments) = (Vec::with_capacity(windows.len()), Vec::new());
        for (slot, &window) in windows.iter().enumerate() {
            let interval = simulation.windows[window as usize];
            let truth = &simulation.truth[simulation.first_truth[window as usize]..];
            let rates = simulation.sequencer.slip_rates();
            let build =
                |which| Haplotype::build(&simulation.reference, interval, overhang, truth, which, rates);
            let two = [0, 1].map(build);
            fragments::draw(&simulation.options, &two, (slot as u32, window), &mut fragments);
            haplotypes.push(two);
        }
        Stream::new(simulation.options.seed, Domain::FragmentOrder, number, 0).shuffle(&mut fragments);
        Self { simulation, first_ordinal, haplotypes, windows: windows.to_vec(), fragments }
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fragments.len()
    }

    /// Whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fragments.is_empty()
    }

    /// Pair `k`: a pure function of the simulation and `k`.
    ///
    /// # Panics
    /// If `k` is out of range.
    pub fn pair<'b>(&self, k: usize, buffer: &'b mut PairBuffer) -> Pair<'b> {
        let fragment = &self.fragments[k];
        let haplotype = &self.haplotypes[fragment.slot as usize][usize::from(fragment.haplotype)];
        let window = self.windows[fragment.slot as usize];
        let seed = self.simulation.options.seed;
        let mut stream = Stream::new(seed, Domain::Pair, u64::from(window), u64::from(fragment.number));
        let span = (fragment.start, fragment.start + fragment.length);
        for (mate, out) in buffer.reads.iter_mut().enumerate() {
            let reverse = fragment.flipped != (mate == 1);
            self.simulation.sequencer.read(haplotype, span, (mate, reverse), &mut stream, out);
        }
        let origin = self.origin(fragment, haplotype, window);
        self.label(fragment, &origin, self.first_ordinal + k as u64, buffer);
        let [first, second] = &buffer.reads;
        Pair {
            name: &buffer.name,
            reads: [(first, &buffer.comments[0]), (second, &buffer.comments[1])].map(|(read, comment)| {
                SimulatedRead { sequence: &read.letters, qualities: &read.qualities, comment }
            }),
            origin,
        }
    }

    fn origin(&self, fragment: &Fragment, haplotype: &Haplotype, window: u32) -> Origin {
        let reach = fragment.length.min(u32::from(self.simulation.options.read_length));
        let left = haplotype.to_reference(fragment.start);
        let right = haplotype.to_reference(fragment.start + fragment.length - reach);
        Origin {
            contig: self.simulation.windows[window as usize].contig,
            positions: if fragment.flipped { [right, left] } else { [left, right] },
            reverse: [fragment.flipped, !fragment.flipped],
            haplotype: fragment.haplotype,
            fragment_length: fragment.length,
            kind: fragment.kind,
        }
    }

    /// Writes the name and the comments.
    fn label(&self, fragment: &Fragment, origin: &Origin, ordinal: u64, buffer: &mut PairBuffer) {
        const WRITTEN: &str = "writing to memory succeeds";
        let spot = fragment.spot;
        let seed = self.simulation.options.seed;
        buffer.name.clear();
        let (lane, tile, x, y) = (spot.lane, spot.tile, spot.x, spot.y);
        write!(buffer.name, "sim{ordinal}:1:FC{seed}:{lane}:{tile}:{x}:{y}").expect(WRITTEN);
        let contig = &self.simulation.reference.contigs().get(origin.contig).name;
        for (mate, comment) in buffer.comments.iter_mut().enumerate() {
            comment.clear();
            let strand = if origin.reverse[mate] { '-' } else { '+' };
            let (position, haplotype) = (origin.positions[mate] + 1, origin.haplotype + 1);
            let (mate, kind) = (mate + 1, origin.kind as u8);
            write!(comment, "{mate}:N:0:ATCACG pos={contig}:{position}:{strand}:{haplotype}:{kind}")
                .expect(WRITTEN);
        }
    }
}

/// Windows of all contigs, in order.
fn cut(reference: &Reference) -> Vec<Interval> {
    let mut windows = Vec::new();
    for (id, contig) in reference.contigs().iter().enumerate() {
        for start in (0..contig.length).step_by(WINDOW as usize) {
            let end = start.saturating_add(WINDOW).min(contig.length);
            windows.push(Interval::new(id as u32, start, end));
        }
    }
    windows
}

/// Stretches without N, in order.
fn known_stretches(reference: &Reference) -> impl Iterator<Item = Interval> {
    (0..reference.contigs().len() as u32).flat_map(|contig| {
        let length = reference.contigs().get(contig).length;
        let offset = reference.offset(contig);
        let end = offset + u64::from(length);
        let first = reference.ambiguous().partition_point(|run| run.end <= offset);
        let runs = reference.ambiguous()[first..].iter().take_while(move |run| run.start < end);
        let gaps = runs.map(move |run| (run.start.max(offset) - offset, run.end.min(end) - offset));
        let mut at = 0;
        gaps.chain([(u64::from(length), u64::from(length))]).filter_map(move |(start, end)| {
            let stretch = Interval::new(contig, at, start as u32);
            at = end as u32;
            (!stretch.is_empty()).then_some(stretch)
        })
    })
}

fn has_known_stretch(reference: &Reference, needed: u32) -> bool {
    known_stretches(reference).any(|stretch| stretch.len() >= needed)
}

#[cfg(test)]
mod tests;
