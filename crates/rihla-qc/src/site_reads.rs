//! Reads at the sites of a panel, counted as bins pass by.

use std::collections::HashMap;

use rihla_core::record::flags;
use rihla_core::{Interval, Pack, Panel, PanelSite, RecordArena, RecordRef, Unpack, base};

/// Reads of lower mapping quality do not count.
const MIN_MAPPING_QUALITY: u8 = 20;
/// Nor do bases of lower quality.
const MIN_BASE_QUALITY: u8 = 20;
const EXCLUDED: u16 =
    flags::UNMAPPED | flags::SECONDARY | flags::SUPPLEMENTARY | flags::QC_FAIL | flags::DUPLICATE;

/// Templates that show REF, ALT or another base at a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteReads {
    /// REF.
    pub reference: u32,
    /// ALT.
    pub alternate: u32,
    /// Another base.
    pub other: u32,
}

impl SiteReads {
    /// All of them.
    #[must_use]
    pub fn depth(&self) -> u64 {
        u64::from(self.reference) + u64::from(self.alternate) + u64::from(self.other)
    }

    fn count_of(&mut self, site: &PanelSite, code: u8) -> &mut u32 {
        match code {
            code if code == site.reference => &mut self.reference,
            code if code == site.alternate => &mut self.alternate,
            _ => &mut self.other,
        }
    }
}

/// What was counted at the sites of a panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PanelCounts {
    /// Number of each site that has reads, ascending, and these.
    sites: Vec<(u32, SiteReads)>,
}

impl PanelCounts {
    /// Counts at the sites inside `window`. `records` hold every record that overlaps it, sorted by position. Two mates
    /// over one site are one template: where they show two bases none counts.
    #[must_use]
    pub fn of(panel: &Panel, window: Interval, records: &RecordArena) -> Self {
        let inside = panel.within(window);
        let sites = &panel.sites()[inside.clone()];
        let mut counting = Counting::new(sites);
        if !sites.is_empty() {
            records.iter().filter(|record| record.contig() == Some(window.contig)).for_each(|record| {
                counting.add(&record);
            });
        }
        let numbered = (inside.start as u32..).zip(counting.reads);
        Self { sites: numbered.filter(|(_, reads)| *reads != SiteReads::default()).collect() }
    }

    /// Counts that are known; sites by their number, ascending.
    #[must_use]
    pub fn from_sites(sites: Vec<(u32, SiteReads)>) -> Self {
        Self { sites }
    }

    /// Adds those of another part of the genome.
    pub fn merge(&mut self, other: &Self) {
        self.sites.extend_from_slice(&other.sites);
        if !self.sites.is_sorted_by_key(|(number, _)| *number) {
            self.sites.sort_unstable_by_key(|(number, _)| *number);
        }
    }

    /// Every site of the panel in its order, with its reads.
    pub fn all<'a>(&self, panel: &'a Panel) -> impl Iterator<Item = (&'a PanelSite, SiteReads)> {
        let mut counted = self.sites.iter().peekable();
        (0u32..).zip(panel.sites()).map(move |(number, site)| {
            let reads = counted.next_if(|(counted, _)| *counted == number);
            (site, reads.map_or(SiteReads::default(), |(_, reads)| *reads))
        })
    }
}

/// The reads of a window.
struct Counting<'a> {
    sites: &'a [PanelSite],
    reads: Vec<SiteReads>,
    /// The first site that is not before the records' positions.
    next: usize,
    /// What templates that may have a mate over the same site have shown there; `None` where two mates do not agree.
    seen: HashMap<(usize, &'a [u8]), Option<u8>>,
}

impl<'a> Counting<'a> {
    fn new(sites: &'a [PanelSite]) -> Self {
        Self { sites, reads: vec![SiteReads::default(); sites.len()], next: 0, seen: HashMap::new() }
    }

    fn add(&mut self, record: &RecordRef<'a>) {
        let (Some(start), Some(end)) = (record.position(), record.reference_end()) else { return };
        while self.sites.get(self.next).is_some_and(|site| site.position < start) {
            self.next += 1;
        }
        if record.has_any(EXCLUDED) || record.mapq() < MIN_MAPPING_QUALITY {
            return;
        }
        for number in self.next..self.sites.len() {
            if self.sites[number].position >= end {
                break;
            }
            if let Some(code) = base_over(record, self.sites[number].position) {
                self.add_base(number, code, record);
            }
        }
    }

    fn add_base(&mut self, number: usize, code: u8, record: &RecordRef<'a>) {
        let (site, reads) = (&self.sites[number], &mut self.reads[number]);
        let is_beside_its_mate = record.mate_contig() == record.contig();
        if is_beside_its_mate && let Some(before) = self.seen.get_mut(&(number, record.name())) {
            if let Some(other) = before.filter(|&other| other != code) {
                *reads.count_of(site, other) -= 1;
                *before = None;
            }
            return;
        }
        *reads.count_of(site, code) += 1;
        if is_beside_its_mate {
            self.seen.insert((number, record.name()), Some(code));
        }
    }
}

/// Code of the base that a record has against a reference position, where it has one of some quality.
fn base_over(record: &RecordRef<'_>, position: u32) -> Option<u8> {
    let (mut at, mut read) = (record.position()?, 0);
    for op in record.cigar() {
        let (on_reference, on_read) = (op.kind().consumes_reference(), op.kind().consumes_read());
        if on_reference && position < at + op.len() {
            if !on_read {
                return None;
            }
            let offset = (read + position - at) as usize;
            let is_good = record.qualities().get(offset).is_some_and(|&quality| quality >= MIN_BASE_QUALITY);
            let code = record.base(offset);
            return (is_good && code < base::N).then_some(code);
        }
        at += if on_reference { op.len() } else { 0 };
        read += if on_read { op.len() } else { 0 };
    }
    None
}

impl Pack for PanelCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        self.sites.len().pack(out);
        for (number, SiteReads { reference, alternate, other }) in &self.sites {
            (*number, *reference).pack(out);
            (*alternate, *other).pack(out);
        }
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let pairs: Vec<((u32, u32), (u32, u32))> = from.read()?;
        let reads =
            |((number, reference), (alternate, other))| (number, SiteReads { reference, alternate, other });
        Some(Self { sites: pairs.into_iter().map(reads).collect() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rihla_core::record::Placement;
    use rihla_core::{Cigar, RecordBuilder};

    use super::*;

    /// A read of the first contig, all bases of one code and quality.
    struct Read {
        name: &'static str,
        flags: u16,
        start: u32,
        mapq: u8,
        cigar: &'static str,
        code: u8,
        quality: u8,
    }

    const USUAL: Read =
        Read { name: "r", flags: flags::PAIRED, start: 10, mapq: 60, cigar: "10M", code: 1, quality: 30 };

    fn arena(reads: &[Read]) -> RecordArena {
        let mut arena = RecordArena::new();
        for read in reads {
            let placement = Placement {
                flags: read.flags,
                place: Some((0, read.start)),
                mapq: read.mapq,
                mate: Some((0, read.start)),
                template_length: 0,
            };
            let cigar = Cigar::parse(read.cigar).expect("valid");
            let length =
                cigar.ops().iter().filter(|op| op.kind().consumes_read()).map(|op| op.len()).sum::<u32>();
            let (codes, qualities) = (vec![read.code; length as usize], vec![read.quality; length as usize]);
            RecordBuilder::start(
                &mut arena,
                &placement,
                read.name.as_bytes(),
                cigar.ops(),
                &codes,
                &qualities,
            )
            .finish();
        }
        arena
    }

    fn panel(positions: &[u32]) -> Panel {
        let site = |&position: &u32| PanelSite::alone((0, position), (0, 1), 0.5);
        Panel::new(positions.iter().map(site).collect()).expect("each place once")
    }

    /// REF, ALT and others at each site.
    fn counts(positions: &[u32], reads: &[Read]) -> Vec<[u32; 3]> {
        let panel = panel(positions);
        let counts = PanelCounts::of(&panel, Interval::new(0, 0, 100), &arena(reads));
        counts.all(&panel).map(|(_, reads)| [reads.reference, reads.alternate, reads.other]).collect()
    }

    #[test]
    fn reads_that_are_no_evidence_do_not_count() {
        let reads = [
            USUAL,
            Read { name: "a", mapq: 19, ..USUAL },
            Read { name: "b", quality: 19, ..USUAL },
            Read { name: "c", flags: flags::DUPLICATE, ..USUAL },
            Read { name: "d", flags: flags::SUPPLEMENTARY, ..USUAL },
            Read { name: "e", code: 4, ..USUAL },
            Read { name: "f", code: 0, ..USUAL },
            Read { name: "g", code: 3, ..USUAL },
        ];
        assert_eq!(counts(&[9, 10, 19, 20], &reads), [[0; 3], [1, 1, 1], [1, 1, 1], [0; 3]]);
    }

    #[test]
    fn gaps_and_clips_move_the_bases() {
        let cut = |cigar| counts(&[10, 13, 16], &[Read { cigar, ..USUAL }]);
        assert_eq!(cut("2S3M2D5M"), [[0, 1, 0], [0; 3], [0, 1, 0]]);
        assert_eq!(cut("3M4I3M"), [[0, 1, 0], [0, 1, 0], [0; 3]]);
    }

    #[test]
    fn mates_are_one_template() {
        let mate = |code, start| Read { code, start, ..USUAL };
        assert_eq!(counts(&[15], &[mate(1, 10), mate(1, 12)]), [[0, 1, 0]]);
        assert_eq!(counts(&[15], &[mate(1, 10), mate(0, 12)]), [[0, 0, 0]]);
        assert_eq!(counts(&[11, 15], &[mate(1, 10), mate(0, 12)]), [[0, 1, 0], [0, 0, 0]]);
    }

    proptest! {
        #[test]
        fn cuts_do_not_show(starts in prop::collection::vec((0u32..80, 0u8..3), 0..40), cut in 0u32..100) {
            let mut starts = starts;
            starts.sort_unstable();
            const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
            let read = |(i, &(start, code)): (usize, &(u32, u8))| Read { name: NAMES[i % 5], start, code, ..USUAL };
            let records = arena(&starts.iter().enumerate().map(read).collect::<Vec<_>>());
            let panel = panel(&[3, 4, 20, 41, 60, 99]);
            let whole = PanelCounts::of(&panel, Interval::new(0, 0, 100), &records);
            let [mut left, right] =
                [(0, cut), (cut, 100)].map(|(start, end)| PanelCounts::of(&panel, Interval::new(0, start, end), &records));
            let mut turned = right.clone();
            turned.merge(&left);
            left.merge(&right);
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&turned, &whole);
            let mut packed = Vec::new();
            whole.pack(&mut packed);
            prop_assert_eq!(PanelCounts::of_bytes(&packed), Some(whole));
        }
    }
}
