//! Fragments of windows, drawn apart and shuffled together, and the pairs read from them.

use crate::haplotype::Haplotype;
use crate::karyotype::Copies;
use crate::stream::{Domain, Stream};

use super::fragments::{self, Fragment, Source};
use super::name::{COMMENTS, write_name};
use super::{Origin, Pair, PairBuffer, SimulatedRead, Simulation};

/// The windows of one group.
#[derive(Clone, Debug)]
pub struct Batch {
    number: u64,
    windows: Vec<u32>,
}

impl Batch {
    pub(super) const fn new(number: u64, windows: Vec<u32>) -> Self {
        Self { number, windows }
    }

    /// Numbers of the windows, each for a [`Simulation::draft`].
    #[must_use]
    pub fn windows(&self) -> &[u32] {
        &self.windows
    }
}

/// The haplotypes of one window, for each component of the mixture, and the fragments drawn on them.
pub struct Draft {
    window: u32,
    haplotypes: Vec<[Option<Haplotype>; 2]>,
    fragments: Vec<Fragment>,
}

/// Pairs that are shuffled together.
pub struct Group<'s> {
    simulation: &'s Simulation,
    first_ordinal: u64,
    drafts: Vec<Draft>,
    /// Number of the draft, and the fragment.
    fragments: Vec<(u32, Fragment)>,
}

impl Simulation {
    /// Draws the fragments of a window: a pure function of the simulation and the window's number.
    #[must_use]
    pub fn draft(&self, window: u32) -> Draft {
        let interval = self.layout.windows()[window as usize];
        let reference = self.layout.reference();
        let overhang = self.options.longest_fragment();
        let (mut haplotypes, mut fragments) = (Vec::with_capacity(self.components.len()), Vec::new());
        for (number, component) in self.components.iter().enumerate() {
            let copies: Copies = self.layout.copies(component.donor.karyotype(), window as usize);
            let records = component.donor.overlapping(Haplotype::reach(reference, interval, overhang));
            let build = |which: usize| {
                let exists = copies[which] > 0.0 && component.share > 0.0;
                let rates = self.sequencer.slip_rates();
                exists.then(|| Haplotype::build(reference, interval, overhang, &records, which, rates))
            };
            let two = [build(0), build(1)];
            let source = Source { window, component: number as u8, run: self.run };
            let depth = self.options.depth * component.share / self.mean_weight;
            let depths = copies.map(|copies| depth * copies / 2.0);
            fragments::draw(&self.options, source, depths, &two, &mut fragments);
            haplotypes.push(two);
        }
        Draft { window, haplotypes, fragments }
    }

    /// Shuffles the drafts of a batch, in the order of its windows. `first_ordinal` is the number of pairs in
    /// the groups before.
    #[must_use]
    pub fn group(&self, batch: &Batch, mut drafts: Vec<Draft>, first_ordinal: u64) -> Group<'_> {
        let mut fragments = Vec::with_capacity(drafts.iter().map(|draft| draft.fragments.len()).sum());
        for (slot, draft) in drafts.iter_mut().enumerate() {
            let taken = std::mem::take(&mut draft.fragments);
            fragments.extend(taken.into_iter().map(|fragment| (slot as u32, fragment)));
        }
        let run = u64::from(self.run);
        Stream::new(self.options.seed, Domain::FragmentOrder, batch.number, run).shuffle(&mut fragments);
        Group { simulation: self, first_ordinal, drafts, fragments }
    }
}

impl Group<'_> {
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
        let (slot, fragment) = &self.fragments[k];
        let draft = &self.drafts[*slot as usize];
        let haplotype = draft.haplotypes[usize::from(fragment.component)][usize::from(fragment.haplotype)]
            .as_ref()
            .expect("fragments are drawn from haplotypes that exist");
        let simulation = self.simulation;
        let source = Source { window: draft.window, component: fragment.component, run: simulation.run };
        let mut stream =
            Stream::new(simulation.options.seed, Domain::Pair, source.key(), u64::from(fragment.number));
        let span = (fragment.start, fragment.start + fragment.length);
        simulation.sequencer.pair(haplotype, span, fragment.flipped, &mut stream, &mut buffer.reads);
        let origin = self.origin(fragment, haplotype, draft.window);
        let ordinal = self.first_ordinal + k as u64;
        let label = &simulation.labels[origin.contig as usize];
        buffer.name.clear();
        write_name((ordinal, &simulation.flow_cell), &origin, label, fragment.spot, &mut buffer.name);
        let [first, second] = &buffer.reads;
        let read = |read: &'b crate::sequencer::ReadBuffer, mate: usize| SimulatedRead {
            sequence: &read.letters,
            qualities: &read.qualities,
            comment: COMMENTS[mate],
        };
        Pair { name: &buffer.name, reads: [read(first, 0), read(second, 1)], origin }
    }

    fn origin(&self, fragment: &Fragment, haplotype: &Haplotype, window: u32) -> Origin {
        let reach = fragment.length.min(u32::from(self.simulation.options.read_length));
        let left = haplotype.to_reference(fragment.start);
        let right = haplotype.to_reference(fragment.start + fragment.length - reach);
        Origin {
            contig: self.simulation.layout.windows()[window as usize].contig,
            positions: if fragment.flipped { [right, left] } else { [left, right] },
            reverse: [fragment.flipped, !fragment.flipped],
            component: fragment.component,
            haplotype: fragment.haplotype,
            fragment_length: fragment.length,
            kind: fragment.kind,
        }
    }
}
