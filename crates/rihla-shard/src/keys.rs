//! What duplicate marking must know of a template: short keys, filed by bin beside the records.
//!
//! Two pairs are duplicates when both their 5' ends lie at the same places, clips undone, on the same
//! strands; so are two reads without mapped mates when their one 5' end does. A pair's key is filed in
//! the bin of its first end, a lone read's in the bin of its end, so that all candidates of a set meet
//! in one bin. A lone read is also a duplicate of any pair with an end at its place; for that, the
//! second end of a pair leaves a bare *mark* in its own bin.

use rihla_core::RecordRef;
use rihla_core::record::flags;

use crate::bins::Bins;
use crate::optical::Site;
use crate::writer::Origin;

/// Scores count qualities of at least this.
const LEAST_QUALITY: u8 = 15;

/// A read's score is capped here, that of two fits 16 bits (Picard's convention).
const HIGHEST_SCORE: u32 = i16::MAX as u32 / 2;

/// What a read that fails the vendor's checks loses: every read that passes beats it.
const FAIL_PENALTY: i32 = i16::MIN as i32 / 2;

/// Templates have numbers below two to this: beside it an owner has room for the read group.
pub(crate) const TEMPLATE_BITS: u32 = 44;

const FORWARD: u64 = 0;
const REVERSE: u64 = 1;
const PAIR: u64 = 2;
/// Bit of a pair's strands: the first end is reverse.
const FIRST_REVERSE: u64 = 4;
const SECOND_REVERSE: u64 = 1;
const IS_MARK: u64 = 0xff;

/// The candidate of a duplicate set: a pair, or a read without a mapped mate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// 5' coordinate of the (first) end, library, strands.
    pub(crate) place: u64,
    /// Contig (plus one) and 5' coordinate of the second end; 0 without one.
    pub(crate) mate: u64,
    /// Tile, x, y, of 16 bits each. The upper 16 bits are 0: they are reserved for the number of a molecular barcode (UMI),
    /// by which sets would then be told apart beside `place` and `mate` (docs/duplicates.md has the layout).
    site: u64,
    /// File position of the first end, score.
    rest: u64,
    /// Read group; template; how mates 1 and 2 lie; which mate a lone read is.
    owner: u64,
}

/// One entry of a key stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A candidate.
    Key(Key),
    /// The place of an end that belongs to a pair; compares with [`Key::place`] of lone reads.
    Mark(u64),
}

impl Key {
    const BYTES: usize = 40;

    pub(crate) const fn is_pair(&self) -> bool {
        self.place >> 8 & PAIR != 0
    }

    /// The place of the first end as a lone read there would have it.
    pub(crate) const fn first_end(&self) -> u64 {
        let strand = if self.place >> 8 & FIRST_REVERSE != 0 { REVERSE } else { FORWARD };
        self.place & !0xffff | strand << 8
    }

    pub(crate) const fn score(&self) -> i32 {
        (self.rest & 0xffff) as i32 - (1 << 15)
    }

    /// Who wins among equal scores: the lower tile, x, y, then the earlier in the sorted file.
    pub(crate) const fn tie(&self) -> (u64, u64, u64) {
        (self.site, self.rest >> 16, self.template())
    }

    pub(crate) const fn template(&self) -> u64 {
        self.owner >> 4 & ((1 << TEMPLATE_BITS) - 1)
    }

    pub(crate) const fn read_group(&self) -> u16 {
        (self.owner >> (TEMPLATE_BITS + 4)) as u16
    }

    pub(crate) const fn library(&self) -> u16 {
        (self.place >> 16) as u16
    }

    /// Whether mate 1 of a pair is forward and mate 2 reverse (1), the other way round (2), or neither (0).
    pub(crate) const fn turn(&self) -> u64 {
        self.owner >> 1 & 3
    }

    /// Whether a lone read is the last of its template.
    pub(crate) const fn is_last(&self) -> bool {
        self.owner & 1 != 0
    }

    pub(crate) fn site(&self) -> Site {
        Site {
            tile: unbias_short(self.site >> 32),
            x: unbias_short(self.site >> 16),
            y: unbias_short(self.site),
        }
    }
}

impl Entry {
    /// Bytes of the entry in a stream.
    pub(crate) const fn stored_bytes(&self) -> usize {
        match self {
            Self::Key(_) => Key::BYTES,
            Self::Mark(_) => 8,
        }
    }

    pub(crate) fn store(&self, out: &mut Vec<u8>) {
        match self {
            Self::Key(key) => {
                for word in [key.place, key.mate, key.site, key.rest, key.owner] {
                    out.extend_from_slice(&word.to_le_bytes());
                }
            }
            Self::Mark(place) => out.extend_from_slice(&(place | IS_MARK).to_le_bytes()),
        }
    }

    /// The entries of a block.
    pub(crate) fn read_all(block: &[u8]) -> impl Iterator<Item = Self> {
        let (words, _) = block.as_chunks::<8>();
        let mut words = words.iter().map(|&word| u64::from_le_bytes(word));
        std::iter::from_fn(move || {
            let place = words.next()?;
            if place & IS_MARK == IS_MARK {
                return Some(Self::Mark(place & !IS_MARK));
            }
            let (mate, site, rest, owner) = (words.next()?, words.next()?, words.next()?, words.next()?);
            Some(Self::Key(Key { place, mate, site, rest, owner }))
        })
    }
}

/// A primary, mapped read.
#[derive(Clone, Copy)]
struct End<'a> {
    record: RecordRef<'a>,
    origin: Origin,
    contig: u32,
    position: u32,
    /// Unclipped 5' coordinate, 0-based; off the contig where clips reach over its end.
    coordinate: i32,
    reverse: bool,
}

impl<'a> End<'a> {
    fn of(record: RecordRef<'a>, origin: Origin) -> Option<Self> {
        let (contig, position) = (record.contig()?, record.position()?);
        let reverse = record.has_any(flags::REVERSE);
        let clips = |ops: &mut dyn Iterator<Item = rihla_core::CigarOp>| -> i64 {
            use rihla_core::OpKind::{HardClip, SoftClip};
            ops.take_while(|op| matches!(op.kind(), SoftClip | HardClip)).map(|op| i64::from(op.len())).sum()
        };
        let coordinate = if reverse {
            i64::from(position) + i64::from(record.reference_span()) - 1 + clips(&mut record.cigar().rev())
        } else {
            i64::from(position) - clips(&mut record.cigar())
        };
        let coordinate = coordinate.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        Some(Self { record, origin, contig, position, coordinate, reverse })
    }

    fn is_paired(&self) -> bool {
        self.record.has_any(flags::PAIRED) && !self.record.has_any(flags::MATE_UNMAPPED)
    }

    /// Sum of the base qualities that count, capped; less when the read fails the vendor's checks.
    fn score(&self) -> i32 {
        // Values above 127 (there is only 255, "no quality") count as below zero.
        let counted = |&quality: &u8| u32::from(quality) * u32::from((LEAST_QUALITY..128).contains(&quality));
        let sum: u32 = self.record.qualities().iter().map(counted).sum();
        let penalty = if self.record.has_any(flags::QC_FAIL) { FAIL_PENALTY } else { 0 };
        sum.min(HIGHEST_SCORE) as i32 + penalty
    }

    fn place(&self, strands: u64) -> u64 {
        u64::from(bias(self.coordinate)) << 32 | u64::from(self.origin.library) << 16 | strands << 8
    }

    fn strand(&self) -> u64 {
        if self.reverse { REVERSE } else { FORWARD }
    }

    fn bin(&self, bins: &Bins) -> usize {
        bins.of_end(self.contig, self.coordinate)
    }
}

/// Files the keys of one template: `emit` is called with a bin and an entry for it. The records must
/// have been found to lie on the contigs of `bins`.
pub(crate) fn of_template<'a>(
    bins: &Bins,
    template: u64,
    origin: Origin,
    records: impl Iterator<Item = RecordRef<'a>>,
    mut emit: impl FnMut(usize, Entry),
) {
    const PASSIVE: u16 = flags::UNMAPPED | flags::SECONDARY | flags::SUPPLEMENTARY;
    let mut waiting: Option<End<'a>> = None;
    let ends = records.filter(|record| !record.has_any(PASSIVE)).filter_map(|record| End::of(record, origin));
    for end in ends {
        if !end.is_paired() {
            emit(end.bin(bins), Entry::Key(lone_key(template, &end)));
        } else if let Some(mate) = waiting.take() {
            let (key, [first, second]) = pair_key(template, mate, end);
            emit(first.bin(bins), Entry::Key(key));
            // With both ends at one place and two strands, the key stands for the forward end.
            let strand = if key.place >> 8 & SECOND_REVERSE != 0 { REVERSE } else { FORWARD };
            emit(second.bin(bins), Entry::Mark(second.place(strand)));
        } else {
            waiting = Some(end);
        }
    }
    // A mate that is said to be mapped but is not there: no pair, yet lone reads yield to it.
    if let Some(end) = waiting {
        emit(end.bin(bins), Entry::Mark(end.place(end.strand())));
    }
}

fn lone_key(template: u64, end: &End<'_>) -> Key {
    let last = u64::from(end.record.has_any(flags::LAST));
    key(end, (end.place(end.strand()), 0), end.score(), template << 4 | last)
}

/// The key of a pair and its ends, the one at the lower 5' coordinate first. `a` comes first in the
/// template.
fn pair_key<'a>(template: u64, a: End<'a>, b: End<'a>) -> (Key, [End<'a>; 2]) {
    // Ends at one place are taken in the order of the sorted file.
    let order = |end: &End<'_>| (end.contig, end.coordinate, end.position);
    let (first, second) = if order(&b) < order(&a) { (b, a) } else { (a, b) };
    let at_one_place = (first.contig, first.coordinate) == (second.contig, second.coordinate);
    let strands = match (first.reverse, second.reverse) {
        // At one place, "outward" and "inward" are the same.
        (true, false) if at_one_place => SECOND_REVERSE,
        (first, second) => FIRST_REVERSE * u64::from(first) + SECOND_REVERSE * u64::from(second),
    };
    let mate = (u64::from(second.contig) + 1) << 32 | u64::from(bias(second.coordinate));
    let one = if first.record.has_any(flags::FIRST) { first } else { second };
    let turn = match (first.reverse == second.reverse, one.reverse) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 2,
    };
    let places = (first.place(PAIR | strands), mate);
    (key(&first, places, first.score() + second.score(), template << 4 | turn << 1), [first, second])
}

fn key(end: &End<'_>, (place, mate): (u64, u64), score: i32, owner: u64) -> Key {
    let Site { tile, x, y } = Site::of_name(end.record.name());
    let site = bias_short(tile) << 32 | bias_short(x) << 16 | bias_short(y);
    let score = (score + (1 << 15)) as u64 & 0xffff;
    let owner = u64::from(end.origin.read_group) << (TEMPLATE_BITS + 4) | owner;
    let rest = u64::from(end.position) << 16 | score;
    Key { place, mate, site, rest, owner }
}

/// Signed to unsigned in the same order.
const fn bias(value: i32) -> u32 {
    value as u32 ^ 1 << 31
}

/// The same of 16 bits.
const fn bias_short(value: i16) -> u64 {
    (value as u16 ^ 1 << 15) as u64
}

/// Back from the lower 16 bits.
const fn unbias_short(value: u64) -> i16 {
    (value as u16 ^ 1 << 15) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rihla_core::record::Placement;
    use rihla_core::{Cigar, Contig, Contigs, RecordArena, RecordBuilder};

    fn bins() -> Bins {
        let contig = Contig { name: "c".into(), length: 1000, md5: [0; 16] };
        Bins::new(&Contigs::new(vec![contig.clone(), contig]), 100, 10)
    }

    fn push(arena: &mut RecordArena, flags: u16, place: (u32, u32), cigar: &str, quality: u8) {
        let placement = Placement { flags, place: Some(place), mapq: 60, mate: None, template_length: 0 };
        let cigar = Cigar::parse(cigar).expect("valid");
        let length = cigar.read_span() as usize;
        let (codes, qualities) = (vec![0; length], vec![quality; length]);
        RecordBuilder::start(arena, &placement, b"m:1:f:2:33:444:555", cigar.ops(), &codes, &qualities)
            .finish();
    }

    fn entries(arena: &RecordArena) -> Vec<(usize, Entry)> {
        let mut entries = Vec::new();
        let origin = Origin { library: 3, read_group: 9 };
        of_template(&bins(), 77, origin, arena.iter(), |bin, entry| entries.push((bin, entry)));
        entries
    }

    #[test]
    fn a_pair_is_filed_at_its_lower_end_and_marks_the_other() {
        let mut arena = RecordArena::new();
        push(&mut arena, flags::PAIRED | flags::REVERSE | flags::FIRST, (0, 250), "10S20M5D10M7S3H", 30);
        push(&mut arena, flags::PAIRED | flags::LAST, (0, 203), "2H5S10M", 20);
        push(&mut arena, flags::PAIRED | flags::SUPPLEMENTARY, (1, 5), "10M", 20);
        let entries = entries(&arena);
        let [(first_bin, Entry::Key(key)), (second_bin, Entry::Mark(mark))] = entries[..] else {
            panic!("{entries:?}")
        };
        // 203 - 7 = 196; 250 + 35 - 1 + 10 = 294.
        assert_eq!((first_bin, second_bin), (1, 2));
        assert_eq!((key.place >> 32) as u32, bias(196));
        assert_eq!((mark >> 32) as u32, bias(294));
        assert_eq!((key.mate >> 32, key.mate as u32), (1, bias(294)));
        assert_eq!((key.score(), key.template(), key.turn()), (47 * 30 + 15 * 20, 77, 2));
        assert_eq!(key.site(), Site { tile: 33, x: 444, y: 555 });
        assert_eq!((key.library(), key.read_group()), (3, 9));
        assert!(key.is_pair());
        // Kept for barcodes.
        assert_eq!(key.site >> 48, 0);
        assert_eq!(key.first_end() & 0xffff_ffff, 3 << 16 | FORWARD << 8);
        assert_eq!(mark & 0xffff_ffff, 3 << 16 | REVERSE << 8);
    }

    #[test]
    fn lone_reads_low_qualities_and_failures() {
        let mut arena = RecordArena::new();
        let lone = flags::PAIRED | flags::MATE_UNMAPPED | flags::LAST;
        push(&mut arena, lone | flags::QC_FAIL, (1, 3), "8S10M", 14);
        push(&mut arena, lone | flags::UNMAPPED, (1, 3), "*", 14);
        let entries = entries(&arena);
        let [(10, Entry::Key(key))] = entries[..] else { panic!("{entries:?}") };
        assert_eq!((key.place >> 32) as u32, bias(-5));
        assert_eq!((key.score(), key.is_pair(), key.is_last()), (FAIL_PENALTY, false, true));
    }

    #[test]
    fn scores_are_capped_and_missing_qualities_count_nothing() {
        let mut arena = RecordArena::new();
        push(&mut arena, 0, (1, 3), "500M", 93);
        push(&mut arena, 0, (1, 3), "500M", 255);
        let scores: Vec<i32> = arena
            .iter()
            .filter_map(|record| End::of(record, Origin::default()))
            .map(|end| end.score())
            .collect();
        assert_eq!(scores, [16383, 0]);
    }

    #[test]
    fn ends_at_one_place_face_inward_whatever_their_order() {
        let key_of = |order: [u16; 2]| {
            let mut arena = RecordArena::new();
            for strand in order {
                let cigar = if strand == 0 { "10M" } else { "1M" };
                push(&mut arena, flags::PAIRED | strand, (0, 50), cigar, 30);
            }
            match entries(&arena)[..] {
                [(0, Entry::Key(key)), (0, Entry::Mark(mark))] => (key.place, key.first_end(), mark),
                ref other => panic!("{other:?}"),
            }
        };
        let key = key_of([0, flags::REVERSE]);
        assert_eq!(key, key_of([flags::REVERSE, 0]));
        assert_ne!(key.1, key.2);
    }

    proptest! {
        #[test]
        fn stored_entries_read_back(words in any::<[u64; 5]>(), more in any::<[u64; 5]>()) {
            let make = |w: [u64; 5]| Key { place: w[0] & !0xff, mate: w[1], site: w[2], rest: w[3], owner: w[4] };
            let entries = [Entry::Key(make(words)), Entry::Mark(words[1] & !0xff), Entry::Key(make(more))];
            let mut bytes = Vec::new();
            for entry in &entries {
                let before = bytes.len();
                entry.store(&mut bytes);
                prop_assert_eq!(bytes.len() - before, entry.stored_bytes());
            }
            prop_assert_eq!(Entry::read_all(&bytes).collect::<Vec<_>>(), entries);
        }

        #[test]
        fn ties_are_ordered_by_tile_x_y_position_template(
            a in any::<(i16, i16, i16)>(), b in any::<(i16, i16, i16)>(), pick in 0u8..8,
            positions in any::<[u32; 2]>(), templates in any::<[u32; 2]>(), scores in any::<[i16; 2]>(),
        ) {
            // Some fields are made equal, so that later ones decide.
            let b = (if pick > 0 { a.0 } else { b.0 }, if pick > 1 { a.1 } else { b.1 }, if pick > 2 { a.2 } else { b.2 });
            let make = |(tile, x, y): (i16, i16, i16), i: usize| {
                let name = format!("m:1:f:2:{tile}:{x}:{y}");
                let mut arena = RecordArena::new();
                let placement = Placement {
                    flags: 0, place: Some((0, positions[i] >> 1)), mapq: 0, mate: None, template_length: 0,
                };
                RecordBuilder::start(&mut arena, &placement, name.as_bytes(), &[], &[], &[]).finish();
                let end = End::of(arena.get(0), Origin::default()).expect("mapped");
                let key = key(&end, (0, 0), i32::from(scores[i]), u64::from(templates[i]) << 4);
                (key, (tile, x, y, positions[i] >> 1, templates[i]))
            };
            let ((one, one_fields), (two, two_fields)) = (make(a, 0), make(b, 1));
            prop_assert_eq!(one.tie().cmp(&two.tie()), one_fields.cmp(&two_fields));
            prop_assert_eq!(one.score(), i32::from(scores[0]));
            let site = one.site();
            prop_assert_eq!((site.tile, site.x, site.y), a);
        }
    }
}
