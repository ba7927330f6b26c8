//! Paired reads of a mixture of donors, in the shuffled order of a sequencer's output.
//!
//! The genome is cut into windows. For each, fragments are drawn on the haplotypes of every donor; some are
//! copied as duplicates: a *draft*. A *group* is a few dozen drafts from all over the genome, taken in shuffled
//! order; its fragments are shuffled together, so that memory is bounded and neighbors in the output are no
//! neighbors in the genome. Drafts can be made by many threads at once; so can the pairs of a group, each from
//! a stream of its own.

use std::sync::Arc;

use rihla_core::{IntervalSet, Reference};

use crate::TestkitError;
use crate::diploid::TruthRecord;
use crate::donor::{Component, Donor};
use crate::karyotype::{Karyotype, ploidy};
use crate::layout::Layout;
use crate::options::{SimulateOptions, within};
use crate::population::Population;
use crate::sequencer::{ReadBuffer, Sequencer};
use crate::stream::{Domain, Stream};

mod coverage;
mod fragments;
mod group;
mod name;

pub use group::{Batch, Draft, Group};
pub(crate) use name::write_fastq;

/// Windows of a group at 30x; fewer when deeper.
const GROUP_WINDOWS: f64 = 64.0;

/// A sequencing run: a mixture of donors, and how it is read.
pub struct Simulation {
    layout: Arc<Layout>,
    options: SimulateOptions,
    components: Vec<Component>,
    sequencer: Sequencer,
    /// Contig names as they stand in read names.
    labels: Vec<String>,
    flow_cell: String,
    /// Tells the runs of one seed apart.
    run: u32,
    /// Mean chance of a fragment to be sequenced, by its GC.
    mean_weight: f64,
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
    /// Number of the component of the mixture: 0 is the main one.
    pub component: u8,
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
    /// What stands behind the name in FASTQ: Illumina's `1:N:0:ATCACG`.
    pub comment: &'a [u8],
}

/// A pair of reads, lent from a [`PairBuffer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// Name in Illumina's style: `<origin>:1:<flow cell>:<lane>:<tile>:<x>:<y>`, where the origin is
    /// `S<ordinal>_<contig>_<position and strand of mate 1>_<of mate 2>_<component>.<haplotype>.<kind>`.
    ///
    /// The flow cell is `FC<seed>`, for runs from number 1 on `FC<seed>R<run>`. Positions are 1-based, of the leftmost base; component 0 is the main donor; haplotypes are 1 and 2;
    /// kinds are `o` (original), `p` (PCR copy) and `q` (optical copy). In the contig's name `:`, `@` and `%`
    /// stand as `%3A`, `%40` and `%25`; a name of more than 120 letters is `%` and the contig's number in the
    /// reference, from 1.
    pub name: &'a [u8],
    /// The two mates.
    pub reads: [SimulatedRead<'a>; 2],
    /// The truth.
    pub origin: Origin,
}

/// Space for one pair, used again and again.
#[derive(Clone, Debug, Default)]
pub struct PairBuffer {
    name: Vec<u8>,
    reads: [ReadBuffer; 2],
}

impl Simulation {
    /// A sample of random variants, of a female. The reads are made later, as they are asked for.
    ///
    /// # Errors
    /// [`TestkitError::Option`] for options out of range; [`TestkitError::ReferenceTooShort`] when depth is
    /// asked for and no known stretch holds a fragment of mean length.
    pub fn new(reference: &Reference, options: &SimulateOptions) -> Result<Self, TestkitError> {
        let layout = Layout::new(reference, None);
        let karyotype = Karyotype::default();
        let population = Population::new(&layout, &options.variants, options.seed)?;
        let donor = Donor::new(karyotype, Arc::new(population.variants(0, karyotype)));
        Self::of(&layout, options, 0, vec![Component { donor, share: 1.0 }])
    }

    /// Run number `run` of a mixture. Runs of one seed and different numbers have nothing in common.
    ///
    /// # Errors
    /// As [`Simulation::new`]; [`TestkitError::Option`] for shares that do not sum up to 1.
    pub fn of(
        layout: &Arc<Layout>,
        options: &SimulateOptions,
        run: u32,
        components: Vec<Component>,
    ) -> Result<Self, TestkitError> {
        options.validate()?;
        let total: f64 = components.iter().map(|component| component.share).sum();
        within("sum of the shares of a mixture", total, 0.999_999..=1.000_001, "1")?;
        for component in &components {
            within("share of a mixture", component.share, 0.0..=1.0, "from 0 to 1")?;
        }
        within("number of parts of a mixture", components.len() as f64, 1.0..=255.0, "from 1 to 255")?;
        let needed = options.fragments.mean().ceil() as u32;
        let fits = |stretch: &rihla_core::Interval| stretch.len() >= needed;
        if options.depth > 0.0 && !layout.known().as_slice().iter().any(fits) {
            return Err(TestkitError::ReferenceTooShort { needed });
        }
        Ok(Self {
            layout: layout.clone(),
            options: options.clone(),
            components,
            sequencer: Sequencer::new(options),
            labels: name::labels(layout.reference().contigs()),
            flow_cell: name::flow_cell(options.seed, run),
            run,
            mean_weight: coverage::mean_weight(layout, options),
        })
    }

    /// The variants of the main donor, sorted.
    #[must_use]
    pub fn truth(&self) -> Vec<TruthRecord> {
        self.truth_records().collect()
    }

    /// The variants of the main donor, sorted, made one after the other.
    pub fn truth_records(&self) -> impl Iterator<Item = TruthRecord> + '_ {
        self.components[0].donor.records(&self.layout)
    }

    /// The options.
    #[must_use]
    pub const fn options(&self) -> &SimulateOptions {
        &self.options
    }

    /// The parts of the mixture; the first is the main one.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Bases where calls may be judged, as [`Layout::confident`] of the main donor.
    #[must_use]
    pub fn confident(&self) -> IntervalSet {
        self.layout.confident(self.components[0].donor.karyotype(), self.options.longest_fragment())
    }

    /// The windows of each group, in output order.
    pub fn batches(&self) -> impl Iterator<Item = Batch> + use<> {
        let has_reads = |window: usize| {
            let copies = |component: &Component| self.layout.copies(component.donor.karyotype(), window);
            self.components.iter().any(|component| ploidy(copies(component)) > 0)
        };
        let mut order: Vec<u32> = (0..self.layout.windows().len() as u32).collect();
        order.retain(|&window| has_reads(window as usize));
        Stream::new(self.options.seed, Domain::WindowOrder, u64::from(self.run), 0).shuffle(&mut order);
        let size =
            (GROUP_WINDOWS * 30.0 / self.options.depth.max(1.0)).clamp(4.0, 8.0 * GROUP_WINDOWS) as usize;
        let parts: Vec<Vec<u32>> = order.chunks(size).map(<[u32]>::to_vec).collect();
        parts.into_iter().enumerate().map(|(number, windows)| Batch::new(number as u64, windows))
    }

    /// The groups of pairs in output order. Groups are independent; each is made when it is reached.
    pub fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let mut first_ordinal = 0;
        self.batches().map(move |batch| {
            let drafts = batch.windows().iter().map(|&window| self.draft(window)).collect();
            let group = self.group(&batch, drafts, first_ordinal);
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
        let bases = |window: usize| {
            let known = self.layout.known_bases(window) as f64;
            let part = |component: &Component| {
                let copies = self.layout.copies(component.donor.karyotype(), window);
                component.share * (copies[0] + copies[1]) / 2.0
            };
            known * self.components.iter().map(part).sum::<f64>()
        };
        let bases: f64 = (0..self.layout.windows().len()).map(bases).sum();
        (bases * self.options.depth / (2.0 * f64::from(self.options.read_length))) as u64
    }
}

#[cfg(test)]
mod tests;
