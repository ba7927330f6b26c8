//! Records by read group: no lane may lose reads, even where another gains as many.

use std::cmp::Reverse;

use rihla_core::record::flags;
use rihla_core::{Pack, RecordRef, Unpack};
use thiserror::Error;

/// Bytes that tell most read groups apart, at the ends of their records.
const TAIL: usize = 8;

/// Finds the read group of a record whose last tag names it, as the aligner's records have it.
#[derive(Clone, Debug)]
pub struct GroupFinder {
    /// Those with longer names first: a name may end like the whole tag of another.
    groups: Vec<Suffix>,
}

/// How the records of a group end.
#[derive(Clone, Debug)]
struct Suffix {
    /// Number of the group.
    group: usize,
    /// The whole tag.
    tag: Vec<u8>,
    /// Its last bytes, and which bits of them count.
    tail: u64,
    mask: u64,
}

impl Suffix {
    fn new((group, id): (usize, &str)) -> Self {
        let tag = [b"RGZ", id.as_bytes(), b"\0"].concat();
        let mask = u64::MAX << (8 * TAIL.saturating_sub(tag.len()));
        Self { group, tail: tail(&tag) & mask, mask, tag }
    }
}

/// The last bytes of a record, the very last in the highest bits; too few are filled up with zeros.
fn tail(bytes: &[u8]) -> u64 {
    match bytes.last_chunk::<TAIL>() {
        Some(last) => u64::from_le_bytes(*last),
        None => bytes.iter().fold(0, |word, &byte| word >> 8 | u64::from(byte) << 56),
    }
}

impl GroupFinder {
    /// Finds groups of these names.
    #[must_use]
    pub fn new<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut groups: Vec<_> = ids.into_iter().enumerate().map(Suffix::new).collect();
        groups.sort_by_key(|suffix| Reverse(suffix.tag.len()));
        Self { groups }
    }

    /// Number of the record's group.
    #[must_use]
    pub fn find(&self, record: RecordRef<'_>) -> Option<usize> {
        let bytes = record.bytes();
        let last = tail(bytes);
        let fits = |suffix: &&Suffix| last & suffix.mask == suffix.tail && bytes.ends_with(&suffix.tag);
        self.groups.iter().find(fits).map(|suffix| suffix.group)
    }
}

/// Primary records by read group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupCounts {
    /// By number of the group.
    pub primary: Vec<u64>,
    /// Those of no group that is known.
    pub strangers: u64,
}

impl GroupCounts {
    /// Counts the primary ones of these records.
    #[must_use]
    pub fn of<'a>(finder: &GroupFinder, records: impl Iterator<Item = RecordRef<'a>>) -> Self {
        let mut counts = Self { primary: vec![0; finder.groups.len()], strangers: 0 };
        for record in records.filter(|record| !record.has_any(flags::SECONDARY | flags::SUPPLEMENTARY)) {
            match finder.find(record) {
                Some(group) => counts.primary[group] += 1,
                None => counts.strangers += 1,
            }
        }
        counts
    }

    /// Adds the counts of other records.
    pub fn merge(&mut self, other: &Self) {
        if self.primary.len() < other.primary.len() {
            self.primary.resize(other.primary.len(), 0);
        }
        self.primary.iter_mut().zip(&other.primary).for_each(|(mine, theirs)| *mine += theirs);
        self.strangers += other.strangers;
    }
}

impl Pack for GroupCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { primary, strangers } = self;
        primary.pack(out);
        strangers.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { primary: from.read()?, strangers: from.read()? })
    }
}

/// A read group whose numbers do not agree. The outputs are wrong then and must not get their final names.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GroupError {
    /// Reads without a primary record, or primary records without a read.
    #[error(
        "read group {group}: {reads} reads were read but {records} primary records were made of them; each read must \
         have one. This is an error in the program, not in the data: please report it"
    )]
    Reads {
        /// The read group.
        group: String,
        /// Its reads.
        reads: u64,
        /// Its primary records, written or removed.
        records: u64,
    },
    /// Records that name no read group of the sample.
    #[error(
        "{records} primary records name no read group of the sample. This is an error in the program, not in the \
         data: please report it"
    )]
    Strangers {
        /// How many.
        records: u64,
    },
}

/// Checks that each read of every group has exactly one primary record. `reads` names the groups, as they are
/// numbered, and says how many reads each has.
///
/// # Errors
/// The first group whose numbers differ.
pub fn reconcile_groups<'a>(
    reads: impl IntoIterator<Item = (&'a str, u64)>,
    records: &GroupCounts,
) -> Result<(), GroupError> {
    for (i, (group, reads)) in reads.into_iter().enumerate() {
        let records = records.primary.get(i).copied().unwrap_or(0);
        if reads != records {
            return Err(GroupError::Reads { group: group.to_owned(), reads, records });
        }
    }
    match records.strangers {
        0 => Ok(()),
        records => Err(GroupError::Strangers { records }),
    }
}

#[cfg(test)]
mod tests {
    use rihla_core::RecordArena;
    use rihla_core::record::{Placement, RecordBuilder};

    use super::*;

    /// Unmapped records with these flags and read groups.
    fn arena(records: &[(u16, Option<&str>)]) -> RecordArena {
        let mut arena = RecordArena::new();
        for &(flags, group) in records {
            let placement = Placement { flags, place: None, mapq: 0, mate: None, template_length: 0 };
            let mut record = RecordBuilder::start(&mut arena, &placement, b"r", &[], &[0, 1], &[30, 30]);
            record.text(*b"XA", b"chr1,+5,2M,0;");
            if let Some(group) = group {
                record.text(*b"RG", group.as_bytes());
            }
            record.finish();
        }
        arena
    }

    #[test]
    fn groups_are_found_by_their_whole_names() {
        let ids = ["b", "a", "aa", "S.FLOWCELL.1", "S.FLOWCELL.11", "xRGZa", "R.FLOWCELL.1"];
        let finder = GroupFinder::new(ids);
        for (i, id) in ids.iter().enumerate() {
            assert_eq!(finder.find(arena(&[(4, Some(id))]).get(0)), Some(i), "{id}");
        }
        for other in [Some("c"), Some("ab"), Some("LOWCELL.1"), Some("")] {
            assert_eq!(finder.find(arena(&[(4, other)]).get(0)), None, "{other:?}");
        }
    }

    #[test]
    fn a_lost_and_a_doubled_read_are_found_though_their_sum_is_right() {
        let finder = GroupFinder::new(["a", "b"]);
        let sound = [(4, Some("a")), (4, Some("b")), (4, Some("b")), (0x804, Some("a")), (0x104, Some("b"))];
        let count = |records: &[_]| GroupCounts::of(&finder, arena(records).iter());
        let reads = [("a", 1), ("b", 2)];
        let mut all = count(&sound[..2]);
        all.merge(&count(&sound[2..]));
        assert_eq!(all, GroupCounts { primary: vec![1, 2], strangers: 0 });
        assert_eq!(reconcile_groups(reads, &all), Ok(()));
        for dropped in 0..3 {
            let mut left = sound.to_vec();
            left.remove(dropped);
            let (group, reads_of) = reads[usize::from(dropped > 0)];
            let expected =
                GroupError::Reads { group: group.to_owned(), reads: reads_of, records: reads_of - 1 };
            assert_eq!(reconcile_groups(reads, &count(&left)), Err(expected), "without record {dropped}");
        }
        let moved = [(4, Some("a")), (4, Some("a")), (4, Some("b"))];
        let error = reconcile_groups(reads, &count(&moved)).expect_err("as many, but of other groups");
        assert!(error.to_string().starts_with("read group a: 1 reads were read but 2 primary"), "{error}");
        let strange = [&sound[..], &[(4, None)]].concat();
        assert_eq!(reconcile_groups(reads, &count(&strange)), Err(GroupError::Strangers { records: 1 }));
        assert!(reconcile_groups(reads, &GroupCounts::default()).is_err(), "nothing was written");
    }
}
