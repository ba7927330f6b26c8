//! Alleles that are judged and written whatever the reads say.
//!
//! A listed allele is taken apart into the events that the caller knows: a SNP, or a gap in leftmost form; several of one
//! allele stay together on a haplotype of their own. Each event is a candidate of its region, so that reads are
//! compared with it, and has a place in the record of its locus.

use rihla_core::genotype::Genotypes;
use rihla_core::variant::{Annotations, SampleCall, VariantRecord};
use rihla_core::{Genotype, Interval, Reference, base};
use rihla_pileup::{Change, ForcedChange};

use crate::events::Event;
use crate::haplotype::Haplotype;
use crate::options::CallOptions;
use crate::window::Window;

/// Alleles of which REF or ALT is longer are written without being judged: regions are shorter.
pub const LONGEST: usize = 200;

/// Bases of reference around an allele in which its gap may move to the left.
const ROOM: u32 = 500;

/// Most forced alleles that are judged in one region; the others are written as unknown.
const MOST: usize = 100;

/// One allele of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ForcedAllele {
    contig: u32,
    /// Position of the first event's record.
    anchor: u32,
    /// What it changes, by position.
    events: Vec<Event>,
    /// Whether it can be compared with reads.
    judged: bool,
}

/// The alleles of a list, by place.
#[derive(Clone, Debug, Default)]
pub struct ForcedAlleles {
    alleles: Vec<ForcedAllele>,
}

/// Those that concern one interval.
#[derive(Clone, Copy, Debug, Default)]
pub struct ForcedHere<'a> {
    alleles: &'a [ForcedAllele],
}

impl ForcedAlleles {
    /// Adds the allele that has `alternate` in place of `reference_bases` (upper-case letters) at 0-based `position`; gives
    /// the positions of its records.
    ///
    /// # Errors
    /// In words, for letters other than A, C, G and T in ALT, a REF that is not the reference's, and an ALT that is
    /// its REF.
    pub fn add(
        &mut self,
        reference: &Reference,
        (contig, position): (u32, u32),
        (reference_bases, alternate): (&[u8], &[u8]),
    ) -> Result<Vec<u32>, String> {
        let end = position + reference_bases.len() as u32;
        let (there, mut given) = (reference.fetch(contig, position, end), Vec::new());
        base::encode_into(reference_bases, &mut given);
        let text = |letters: &[u8]| String::from_utf8_lossy(letters).into_owned();
        if there != given {
            let (there, given) = (text(&base::decode_all(&there)), text(reference_bases));
            return Err(format!(
                "REF is {given}, but the reference has {there} there: it is of another reference"
            ));
        }
        if let Some(&odd) = alternate.iter().find(|letter| !b"ACGT".contains(letter)) {
            let odd = odd as char;
            return Err(format!("ALT {} holds {odd}; give A, C, G and T alone", text(alternate)));
        }
        if alternate == reference_bases {
            return Err(format!("ALT {} is the same as REF", text(alternate)));
        }
        let allele = resolve(reference, (contig, position), (reference_bases, alternate));
        let places = allele.events.iter().map(Event::anchor).collect();
        self.alleles.push(allele);
        Ok(places)
    }

    /// Orders what was added; each allele once.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.alleles.sort_unstable();
        self.alleles.dedup();
        self
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alleles.is_empty()
    }

    /// Those whose first record lies in an interval or so near that their events may.
    #[must_use]
    pub fn near(&self, interval: Interval) -> ForcedHere<'_> {
        let place = |allele: &ForcedAllele| (allele.contig, allele.anchor);
        let reach = LONGEST as u32 + 1;
        let first = (interval.contig, interval.start.saturating_sub(reach));
        let from = self.alleles.partition_point(|allele| place(allele) < first);
        let to = self.alleles.partition_point(|allele| place(allele) < (interval.contig, interval.end));
        ForcedHere { alleles: &self.alleles[from..to.max(from)] }
    }
}

impl<'a> ForcedHere<'a> {
    /// What they change, for the pileup.
    #[must_use]
    pub fn changes(&self) -> Vec<ForcedChange> {
        let judged = self.alleles.iter().filter(|allele| allele.judged);
        let mut changes: Vec<ForcedChange> = judged.flat_map(|allele| &allele.events).map(change).collect();
        changes.sort_unstable();
        changes.dedup();
        changes
    }

    /// Sets of events, each to be on a haplotype of its own, of the alleles that have one anchored in a stretch.
    pub fn haplotypes(&self, owned: std::ops::Range<u32>) -> impl Iterator<Item = Vec<Event>> + 'a {
        let here = move |allele: &&ForcedAllele| {
            allele.judged && allele.events.iter().any(|event| owned.contains(&event.anchor()))
        };
        self.alleles.iter().filter(here).take(MOST).flat_map(|allele| {
            let alone = allele.events.iter().map(|event| vec![event.clone()]);
            let whole = (allele.events.len() > 1).then(|| allele.events.clone());
            alone.chain(whole)
        })
    }

    /// Whether an event is one of theirs.
    #[must_use]
    pub fn holds(&self, event: &Event) -> bool {
        self.alleles.iter().any(|allele| allele.events.contains(event))
    }

    /// Their events that are anchored in an interval, each once.
    #[must_use]
    pub fn events(&self, interval: Interval) -> Vec<&'a Event> {
        let all = self.alleles.iter().flat_map(|allele| &allele.events);
        let mut here: Vec<&Event> =
            all.filter(|event| interval.contains(interval.contig, event.anchor())).collect();
        here.sort_unstable();
        here.dedup();
        here
    }
}

/// Takes an allele apart.
fn resolve(
    reference: &Reference,
    (contig, position): (u32, u32),
    (reference_bases, alternate): (&[u8], &[u8]),
) -> ForcedAllele {
    let allele = |events: Vec<Event>, judged: bool| {
        let anchor = events.first().map_or(position, Event::anchor);
        ForcedAllele { contig, anchor, events, judged }
    };
    let end = position + reference_bases.len() as u32;
    let mut codes = Vec::new();
    base::encode_into(alternate, &mut codes);
    if reference_bases.len().max(alternate.len()) <= LONGEST {
        let window = Window::around(reference, contig, position..end, ROOM, CallOptions::default().flank);
        let mut bases = window.slice(window.origin, position).to_vec();
        bases.extend_from_slice(&codes);
        bases.extend_from_slice(window.slice(end, window.codes_end()));
        let events = Haplotype::from_bases(&window, bases).map(|haplotype| haplotype.events);
        if let Some(events) = events.filter(|events| !events.is_empty()) {
            return allele(events, true);
        }
    }
    // As it stands, without what both ends share.
    let behind = reference_bases.iter().rev().zip(alternate.iter().rev()).take_while(|(a, b)| a == b).count();
    let (r, a) = (&reference_bases[..reference_bases.len() - behind], &alternate[..alternate.len() - behind]);
    let before = r.iter().zip(a).take_while(|(a, b)| a == b).count();
    let event = Event {
        position: position + before as u32,
        deleted: (r.len() - before) as u32,
        inserted: codes[before..a.len()].to_vec(),
    };
    allele(vec![event], false)
}

fn change(event: &Event) -> ForcedChange {
    let change = match event.is_gap() {
        true => Change::Gap { deleted: event.deleted, inserted: event.inserted.clone() },
        false => Change::Snp(event.inserted[0]),
    };
    ForcedChange { position: event.position, change }
}

/// The record of an event of which nothing is known.
#[must_use]
pub fn unknown(reference: &Reference, contig: u32, event: &Event, ploidy: usize) -> VariantRecord {
    let anchor = event.anchor();
    // At the beginning of a contig a gap has its base behind it.
    let end = event.end().max(anchor + 1) + u32::from(event.is_gap() && event.position == 0);
    let codes = reference.fetch(contig, anchor, end);
    let mut alternate = codes[..(event.position - anchor) as usize].to_vec();
    alternate.extend_from_slice(&event.inserted);
    alternate.extend_from_slice(&codes[(event.end() - anchor) as usize..]);
    VariantRecord {
        contig,
        position: anchor,
        reference: base::decode_all(&codes),
        alternates: vec![base::decode_all(&alternate)],
        quality: f32::NAN,
        filters: Vec::new(),
        is_forced: true,
        annotations: Annotations::default(),
        sample: SampleCall {
            genotype: Genotype::new(Vec::new()),
            allele_depths: vec![0; 2],
            depth: 0,
            allele_shares: Vec::new(),
            genotype_quality: 0,
            likelihoods: vec![0; Genotypes::count(2, ploidy)],
            phase: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::{Contig, Contigs};

    const LETTERS: &[u8] = b"GATTACACACACAGGTACCATTGCCGTA";

    fn reference() -> Reference {
        let contig = Contig { name: "slice".into(), length: LETTERS.len() as u32, md5: [0; 16] };
        Reference::from_letters(Contigs::new(vec![contig]), &[LETTERS.to_vec()])
    }

    fn add(position: u32, bases: &[u8], alternate: &[u8]) -> Result<(ForcedAlleles, Vec<u32>), String> {
        let mut alleles = ForcedAlleles::default();
        let places = alleles.add(&reference(), (0, position), (bases, alternate))?;
        Ok((alleles, places))
    }

    fn events(position: u32, bases: &[u8], alternate: &[u8]) -> (Vec<Event>, bool) {
        let (alleles, _) = add(position, bases, alternate).expect("sound");
        (alleles.alleles[0].events.clone(), alleles.alleles[0].judged)
    }

    #[test]
    fn alleles_are_taken_apart_and_moved_left() {
        assert_eq!(events(2, b"T", b"C"), (vec![Event::snp(2, 1)], true));
        // A unit of the repeat at its end is one at its beginning.
        let deletion = Event { position: 4, deleted: 2, inserted: vec![] };
        assert_eq!(events(10, b"ACA", b"A"), (vec![deletion.clone()], true));
        assert_eq!(add(10, b"ACA", b"A").expect("sound").1, [3]);
    }

    #[test]
    fn neighbors_are_events_of_one_haplotype() {
        let both = vec![Event::snp(17, 3), Event::snp(18, 3)];
        assert_eq!(events(17, b"CC", b"TT"), (both.clone(), true));
        let (alleles, places) = add(17, b"CC", b"TT").expect("sound");
        assert_eq!(places, [17, 18]);
        let here = alleles.near(Interval::new(0, 0, 28));
        let sets: Vec<Vec<Event>> = here.haplotypes(18..19).collect();
        assert_eq!(sets, [vec![both[0].clone()], vec![both[1].clone()], both.clone()]);
        assert_eq!(here.events(Interval::new(0, 18, 28)), [&both[1]]);
        assert_eq!(here.haplotypes(19..28).count(), 0);
    }

    #[test]
    fn what_is_no_allele_is_refused() {
        let problem = |position, bases: &[u8], alternate: &[u8]| add(position, bases, alternate).unwrap_err();
        assert!(problem(2, b"G", b"C").contains("REF is G, but the reference has T"));
        assert!(problem(2, b"T", b"N").contains("holds N"));
        assert!(problem(2, b"TT", b"TT").contains("the same as REF"));
    }

    #[test]
    fn what_cannot_be_judged_is_written_as_it_stands() {
        let long = vec![b'C'; LONGEST + 1];
        let (events, judged) = events(0, b"G", &[b"G", &long[..]].concat());
        assert!(!judged && events.len() == 1);
        let record = unknown(&reference(), 0, &events[0], 2);
        assert_eq!((record.position, &record.reference[..]), (0, &b"G"[..]));
        assert_eq!(record.alternates[0].len(), LONGEST + 2);
        assert_eq!((record.sample.genotype.ploidy(), record.sample.likelihoods.len()), (0, 3));
        // A gap before the first base has the base behind it.
        let first = Event { position: 0, deleted: 2, inserted: vec![] };
        let record = unknown(&reference(), 0, &first, 1);
        assert_eq!((&record.reference[..], &record.alternates[0][..]), (&b"GAT"[..], &b"T"[..]));
    }
}
