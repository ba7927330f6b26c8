//! The alleles that haplotypes carry at one position.

use std::ops::RangeInclusive;

use crate::events::Event;
use crate::haplotype::Haplotype;
use crate::window::Window;

/// What one haplotype has at a locus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allele {
    /// The reference.
    Reference,
    /// These events, all anchored at the locus (of a joined one, within it).
    Events(Vec<Event>),
    /// A deletion that starts before has removed the place.
    Spanned,
}

/// A position at which events are anchored, and its alleles.
#[derive(Clone, Debug)]
pub struct Locus {
    /// Position of the record.
    pub anchor: u32,
    /// Distinct alleles; the first is the reference.
    pub alleles: Vec<Allele>,
    /// Number of the allele of each haplotype.
    pub of_haplotype: Vec<usize>,
}

/// All loci of a set of haplotypes, by position.
#[must_use]
pub fn loci(haplotypes: &[Haplotype]) -> Vec<Locus> {
    let mut anchors: Vec<u32> =
        haplotypes.iter().flat_map(|haplotype| haplotype.events.iter().map(Event::anchor)).collect();
    anchors.sort_unstable();
    anchors.dedup();
    anchors.into_iter().map(|anchor| locus(haplotypes, anchor)).collect()
}

fn locus(haplotypes: &[Haplotype], anchor: u32) -> Locus {
    joined(haplotypes, &(anchor..=anchor))
}

/// The locus of all events anchored between two positions, the last included.
#[must_use]
pub fn joined(haplotypes: &[Haplotype], anchors: &RangeInclusive<u32>) -> Locus {
    let anchor = *anchors.start();
    let mut alleles = vec![Allele::Reference];
    let of_haplotype = haplotypes
        .iter()
        .map(|haplotype| {
            let allele = allele_at(haplotype, anchors);
            alleles.iter().position(|known| *known == allele).unwrap_or_else(|| {
                alleles.push(allele);
                alleles.len() - 1
            })
        })
        .collect();
    Locus { anchor, alleles, of_haplotype }
}

fn allele_at(haplotype: &Haplotype, anchors: &RangeInclusive<u32>) -> Allele {
    let anchor = *anchors.start();
    let here: Vec<Event> =
        haplotype.events.iter().filter(|event| anchors.contains(&event.anchor())).cloned().collect();
    let spanned = haplotype
        .events
        .iter()
        .any(|event| event.is_gap() && event.anchor() < anchor && event.end() > anchor);
    match (here.is_empty(), spanned) {
        (false, _) => Allele::Events(here),
        (true, true) => Allele::Spanned,
        (true, false) => Allele::Reference,
    }
}

impl Locus {
    /// The one event of an allele, if it has one.
    #[must_use]
    pub fn event_of(&self, allele: usize) -> Option<&Event> {
        match &self.alleles[allele] {
            Allele::Events(events) if events.len() == 1 => events.first(),
            _ => None,
        }
    }

    /// Numbers of the alleles whose one event is wanted.
    #[must_use]
    pub fn single_events(&self, wanted: impl Fn(&Event) -> bool) -> Vec<usize> {
        let is_wanted = |&allele: &usize| self.event_of(allele).is_some_and(&wanted);
        (0..self.alleles.len()).filter(is_wanted).collect()
    }
}

impl Allele {
    /// Whether the allele is longer or shorter than the reference.
    #[must_use]
    pub fn has_gap(&self) -> bool {
        matches!(self, Self::Events(events) if events.iter().any(Event::is_gap))
    }

    /// Bases of reference, the anchor included, that a record must show for this allele.
    #[must_use]
    pub fn reference_length(&self, anchor: u32) -> u32 {
        match self {
            Self::Events(events) => {
                events.iter().map(|event| event.end().max(anchor + 1) - anchor).max().unwrap_or(1)
            }
            Self::Reference | Self::Spanned => 1,
        }
    }

    /// Letters of the allele in a record at `anchor` whose REF has `length` bases; `*` when spanned.
    #[must_use]
    pub fn letters(&self, window: &Window, anchor: u32, length: u32) -> Vec<u8> {
        let end = anchor + length;
        let codes = match self {
            Self::Spanned => return b"*".to_vec(),
            Self::Reference => window.slice(anchor, end).to_vec(),
            Self::Events(events) => {
                let mut codes = Vec::new();
                let mut at = anchor;
                for event in events {
                    codes.extend_from_slice(window.slice(at, event.position.max(at)));
                    codes.extend_from_slice(&event.inserted);
                    at = event.end();
                }
                codes.extend_from_slice(window.slice(at.min(end), end));
                codes
            }
        };
        rihla_core::base::decode_all(&codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alleles_share_one_reference() {
        let mut codes = Vec::new();
        rihla_core::base::encode_into(b"ACGTACGTAC", &mut codes);
        let window = Window { contig: 0, start: 100, end: 110, events: 100..110, origin: 100, codes };
        let deletion = Event { position: 103, deleted: 3, inserted: vec![] };
        let haplotypes = [
            Haplotype::reference(&window),
            Haplotype::from_events(&window, vec![deletion]),
            Haplotype::from_events(&window, vec![Event::snp(102, 0), Event::snp(104, 2)]),
        ];
        let loci = loci(&haplotypes);
        assert_eq!(loci.iter().map(|locus| locus.anchor).collect::<Vec<_>>(), [102, 104]);
        let letters: Vec<Vec<u8>> =
            loci[0].alleles.iter().map(|allele| allele.letters(&window, 102, 4)).collect();
        assert_eq!(letters, [b"GTAC".to_vec(), b"G".to_vec(), b"ATAC".to_vec()]);
        assert_eq!(loci[1].alleles[1], Allele::Spanned);
        assert_eq!(loci[1].of_haplotype, [0, 1, 2]);
    }
}
