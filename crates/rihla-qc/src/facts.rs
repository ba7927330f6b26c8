//! What several counters want to know of a record, looked up once.

use rihla_core::record::flags;
use rihla_core::{OpKind, RecordRef};

use crate::adapters;

/// A record, what its CIGAR adds up to, and the tags that counters read.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// The record.
    pub record: RecordRef<'a>,
    /// FLAG.
    pub flags: u16,
    /// Bases of the read that stand against bases of the reference (`M`, `=`, `X`).
    pub aligned: u32,
    /// Inserted bases.
    pub inserted: u32,
    /// Deleted bases of the reference.
    pub deleted: u32,
    /// Insertions and deletions.
    pub indels: u32,
    /// Soft-clipped bases, at both ends.
    pub soft_clipped: u32,
    /// Hard-clipped bases, at both ends.
    pub hard_clipped: u32,
    /// Soft-clipped bases at the end that was read last.
    pub soft_clipped_last: u32,
    /// `NM`.
    pub edits: Option<i64>,
    /// `MD`.
    pub differences: Option<&'a [u8]>,
    /// Bases of the read that differ from those of the reference that they stand against: by `MD`, else what `NM`
    /// counts but for inserted and deleted bases. Not more than stand against any.
    pub mismatches: u64,
    /// `MQ`.
    pub mate_mapq: Option<u8>,
    /// Whether there is an `SA`: the read is split.
    pub is_split: bool,
    /// Whether the read is adapter: it begins as one does, and is not mapped, or with a mapping quality of 0.
    pub is_adapter: bool,
}

impl<'a> Facts<'a> {
    /// Looks.
    pub fn of(record: RecordRef<'a>) -> Self {
        let mut facts = Self {
            record,
            flags: record.flags(),
            aligned: 0,
            inserted: 0,
            deleted: 0,
            indels: 0,
            soft_clipped: 0,
            hard_clipped: 0,
            soft_clipped_last: 0,
            edits: None,
            differences: None,
            mismatches: 0,
            mate_mapq: None,
            is_split: false,
            is_adapter: false,
        };
        facts.is_adapter = (facts.has(flags::UNMAPPED) || record.mapq() == 0) && adapters::begins(record);
        facts.add_cigar();
        facts.add_tags();
        facts.mismatches = facts.count_mismatches();
        facts
    }

    fn add_cigar(&mut self) {
        let mut is_behind = false;
        for op in self.record.cigar() {
            let length = op.len();
            match op.kind() {
                OpKind::Match | OpKind::SequenceMatch | OpKind::SequenceMismatch => self.aligned += length,
                OpKind::Insertion => (self.inserted, self.indels) = (self.inserted + length, self.indels + 1),
                OpKind::Deletion => (self.deleted, self.indels) = (self.deleted + length, self.indels + 1),
                OpKind::SoftClip => {
                    self.soft_clipped += length;
                    // The first clip comes before all that is aligned; it was read last on the reverse strand.
                    if is_behind != self.has(flags::REVERSE) {
                        self.soft_clipped_last += length;
                    }
                }
                OpKind::HardClip => self.hard_clipped += length,
                OpKind::Skip | OpKind::Padding => {}
            }
            is_behind |= !matches!(op.kind(), OpKind::SoftClip | OpKind::HardClip);
        }
    }

    fn add_tags(&mut self) {
        for field in self.record.tag_fields() {
            match &field.tag {
                b"NM" => self.edits = field.int(),
                b"MD" => self.differences = Some(field.value),
                b"MQ" => self.mate_mapq = field.int().and_then(|mapq| u8::try_from(mapq).ok()),
                b"SA" => self.is_split = true,
                _ => {}
            }
        }
    }

    /// Whether any of these bits of FLAG is set.
    pub fn has(&self, bits: u16) -> bool {
        self.flags & bits != 0
    }

    /// Whether the record is the only one of its read: neither secondary nor supplementary.
    pub fn is_primary(&self) -> bool {
        !self.has(flags::SECONDARY | flags::SUPPLEMENTARY)
    }

    /// Whether it is mapped and so is its mate.
    pub fn both_mapped(&self) -> bool {
        self.has(flags::PAIRED) && !self.has(flags::UNMAPPED | flags::MATE_UNMAPPED)
    }

    /// Whether the mate lies on another contig.
    pub fn mate_is_elsewhere(&self) -> bool {
        self.record.mate_contig() != self.record.contig()
    }

    fn count_mismatches(&self) -> u64 {
        let named = match self.differences {
            Some(differences) => mismatches(differences).count() as u64,
            None => {
                let indels = i64::from(self.inserted) + i64::from(self.deleted);
                self.edits.map_or(0, |edits| (edits - indels).max(0) as u64)
            }
        };
        named.min(self.aligned.into())
    }
}

/// The mismatches that an `MD` names, each as the number of aligned bases before it.
pub(crate) fn mismatches(md: &[u8]) -> impl Iterator<Item = usize> {
    let (mut at, mut number, mut is_deletion) = (0_usize, 0_usize, false);
    md.iter().filter_map(move |&letter| match letter {
        b'0'..=b'9' => {
            number = number.saturating_mul(10).saturating_add((letter - b'0').into());
            is_deletion = false;
            None
        }
        b'^' => {
            at = at.saturating_add(std::mem::take(&mut number));
            is_deletion = true;
            None
        }
        b'A'..=b'Z' if !is_deletion => {
            let place = at.saturating_add(std::mem::take(&mut number));
            at = place.saturating_add(1);
            Some(place)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mismatches_are_where_md_has_them() {
        let places = |md: &[u8]| mismatches(md).collect::<Vec<_>>();
        assert_eq!(places(b"150\0"), Vec::<usize>::new());
        assert_eq!(places(b"10A5^AC6\0"), [10]);
        assert_eq!(places(b"0A0C3^T0G2"), [0, 1, 5]);
        assert_eq!(places(b""), Vec::<usize>::new());
        assert_eq!(places(b"99999999999999999999999A1C"), [usize::MAX, usize::MAX], "no sound record has it");
    }
}
