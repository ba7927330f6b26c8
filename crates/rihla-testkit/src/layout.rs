//! A reference as the simulator sees it: cut into windows, with the chromosomes that the sexes differ in.

use std::sync::Arc;

use rihla_core::{Interval, IntervalSet, Reference};

use crate::karyotype::{Chromosomes, Copies, Karyotype, ploidy};

/// Bases of a window at most.
const WINDOW: u32 = 1 << 16;
/// Distance from N and contig ends of the bases where calls may be judged.
const CONFIDENT_MARGIN: u32 = 500;

/// A reference and its windows.
pub struct Layout {
    reference: Reference,
    chromosomes: Chromosomes,
    /// In genome order; copy numbers are the same all over a window.
    windows: Vec<Interval>,
    /// Stretches without N.
    known: IntervalSet,
}

impl Layout {
    /// Cuts a reference. `par` gives the pseudoautosomal regions where the assembly is not a known one.
    #[must_use]
    pub fn new(reference: &Reference, par: Option<&IntervalSet>) -> Arc<Self> {
        let chromosomes = Chromosomes::of(reference.contigs(), par);
        let windows = cut(reference, &chromosomes);
        let known = IntervalSet::new(known_stretches(reference).collect());
        Arc::new(Self { reference: reference.clone(), chromosomes, windows, known })
    }

    /// The reference.
    #[must_use]
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The chromosomes that the sexes differ in.
    #[must_use]
    pub const fn chromosomes(&self) -> &Chromosomes {
        &self.chromosomes
    }

    /// The windows, in genome order.
    #[must_use]
    pub fn windows(&self) -> &[Interval] {
        &self.windows
    }

    /// Stretches without N, in order.
    #[must_use]
    pub const fn known(&self) -> &IntervalSet {
        &self.known
    }

    /// Bases of a window that are not N.
    #[must_use]
    pub fn known_bases(&self, window: usize) -> u64 {
        let window = self.windows[window];
        let inside = |part: &Interval| part.end.min(window.end) - part.start.max(window.start);
        self.known.overlapping(&window).iter().map(|part| u64::from(inside(part))).sum()
    }

    /// Copies of the two haplotypes of a donor in a window.
    #[must_use]
    pub fn copies(&self, karyotype: Karyotype, window: usize) -> Copies {
        let Interval { contig, start, .. } = self.windows[window];
        karyotype.copies(&self.chromosomes, contig, start)
    }

    /// Bases where the calls of a donor may be judged: 500 or more from a run of N and from a contig's end;
    /// not on chromosomes that the donor lacks; a fragment's length or more from where a male's copy number
    /// changes; and not in the pseudoautosomal regions when Y has them unmasked, as their reads then fit two
    /// places.
    #[must_use]
    pub fn confident(&self, karyotype: Karyotype, longest_fragment: u32) -> IntervalSet {
        let excluded = self.excluded(karyotype, longest_fragment);
        let inner = self.known.as_slice().iter().map(|stretch| Interval {
            start: stretch.start.saturating_add(CONFIDENT_MARGIN),
            end: stretch.end.saturating_sub(CONFIDENT_MARGIN),
            ..*stretch
        });
        let parts = inner.filter(|part| part.start < part.end).flat_map(|part| outside(part, &excluded));
        IntervalSet::new(parts.collect())
    }

    fn excluded(&self, karyotype: Karyotype, longest_fragment: u32) -> IntervalSet {
        let mut excluded = Vec::new();
        let mut before: Option<(Interval, Copies)> = None;
        for (number, &window) in self.windows.iter().enumerate() {
            let copies = self.copies(karyotype, number);
            if ploidy(copies) == 0 {
                excluded.push(window);
            }
            let change =
                before.filter(|(last, had)| last.contig == window.contig && ploidy(*had) != ploidy(copies));
            if change.is_some() {
                let length = self.reference.contigs().get(window.contig).length;
                let edge = Interval::new(window.contig, window.start, window.start);
                excluded.push(edge.padded(longest_fragment.max(CONFIDENT_MARGIN), length));
            }
            before = Some((window, copies));
        }
        if self.has_unmasked_par() {
            excluded.extend_from_slice(self.chromosomes.par().as_slice());
        }
        IntervalSet::new(excluded)
    }

    /// Whether Y has known bases in its pseudoautosomal regions.
    #[must_use]
    pub fn has_unmasked_par(&self) -> bool {
        let par = self.chromosomes.par().as_slice();
        par.iter().any(|region| Some(region.contig) == self.chromosomes.y() && self.known.overlaps(region))
    }
}

/// The parts of an interval outside a set, in order.
fn outside(interval: Interval, set: &IntervalSet) -> Vec<Interval> {
    let mut parts = Vec::new();
    let mut at = interval.start;
    for hole in set.overlapping(&interval) {
        parts.push(Interval::new(interval.contig, at, hole.start.max(at)));
        at = hole.end;
    }
    parts.push(Interval::new(interval.contig, at, interval.end));
    parts
}

/// Windows of all contigs, in order.
fn cut(reference: &Reference, chromosomes: &Chromosomes) -> Vec<Interval> {
    let mut windows = Vec::new();
    for (id, contig) in reference.contigs().iter().enumerate() {
        let mut edges = chromosomes.boundaries(id as u32);
        edges.retain(|&edge| edge > 0 && edge < contig.length);
        edges.push(contig.length);
        let mut from = 0;
        for edge in edges {
            for start in (from..edge).step_by(WINDOW as usize) {
                windows.push(Interval::new(id as u32, start, start.saturating_add(WINDOW).min(edge)));
            }
            from = edge;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders;
    use crate::karyotype::Sex;

    #[test]
    fn confident_bases_are_away_from_gaps() {
        let mut letters = builders::random_letters(6000, 2);
        letters[3000..3010].fill(b'N');
        let reference = builders::reference(&[("a", &letters), ("short", &letters[..900])]);
        let layout = Layout::new(&reference, None);
        let expected = [Interval::new(0, 500, 2500), Interval::new(0, 3510, 5500)];
        assert_eq!(layout.confident(Karyotype::default(), 900).as_slice(), expected);
        assert_eq!((layout.windows().len(), layout.known_bases(0)), (2, 5990));
    }

    #[test]
    fn sex_chromosomes_are_judged_where_they_can_be() {
        let letters = builders::random_letters(100_000, 3);
        let mut y = letters.clone();
        y[..20_000].fill(b'N');
        let par = IntervalSet::new(vec![Interval::new(0, 0, 20_000), Interval::new(1, 0, 20_000)]);
        let of = |y: &[u8], sex| {
            let reference = builders::reference(&[("chrX", &letters), ("chrY", y)]);
            let layout = Layout::new(&reference, Some(&par));
            let karyotype = Karyotype { sex, ..Karyotype::default() };
            layout.confident(karyotype, 800).as_slice().to_vec()
        };
        let at = Interval::new;
        assert_eq!(of(&y, Sex::Female), [at(0, 500, 99_500)]);
        let male = [at(0, 500, 19_200), at(0, 20_800, 99_500), at(1, 20_800, 99_500)];
        assert_eq!(of(&y, Sex::Male), male);
        assert_eq!(of(&letters, Sex::Male), male[1..], "Y's regions are not masked");
    }
}
