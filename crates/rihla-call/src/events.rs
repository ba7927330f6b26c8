//! Elementary differences between a haplotype and the reference.

use rihla_pileup::events::{Gap, rightmost_end};
use rihla_pileup::{Candidate, Change};

use crate::window::Window;

/// One difference: `deleted` reference bases from `position` on are replaced by `inserted`. A SNP
/// replaces one base by one; a gap (leftmost) either deletes or inserts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Event {
    /// First replaced position, or the position before which bases are inserted.
    pub position: u32,
    /// Number of reference bases replaced.
    pub deleted: u32,
    /// Codes of the bases that stand there instead.
    pub inserted: Vec<u8>,
}

impl Event {
    /// A SNP.
    #[must_use]
    pub fn snp(position: u32, code: u8) -> Self {
        Self { position, deleted: 1, inserted: vec![code] }
    }

    /// The event of a candidate; clips have none.
    #[must_use]
    pub fn from_candidate(candidate: &Candidate) -> Option<Self> {
        match &candidate.change {
            Change::Snp(code) => Some(Self::snp(candidate.position, *code)),
            Change::Gap { deleted, inserted } => {
                Some(Self { position: candidate.position, deleted: *deleted, inserted: inserted.clone() })
            }
            Change::Clip => None,
        }
    }

    /// Whether lengths differ.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.deleted as usize != self.inserted.len()
    }

    /// Position of the VCF record: the base before a gap, the base itself of a SNP.
    #[must_use]
    pub fn anchor(&self) -> u32 {
        if self.is_gap() { self.position.saturating_sub(1) } else { self.position }
    }

    /// One past the last replaced position.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.position + self.deleted
    }

    /// One past the last position at which a leftmost gap could as well stand: the end of its repeat.
    /// For a SNP, its end.
    #[must_use]
    pub fn repeat_end(&self, window: &Window) -> u32 {
        if !self.is_gap() {
            return self.end();
        }
        let gap = Gap { position: self.position, deleted: self.deleted, inserted: self.inserted.clone() };
        rightmost_end(&gap, &window.codes, window.origin)
    }

    /// Whether a haplotype may have both, `self` standing before `next`: they don't overlap, and two
    /// gaps don't touch.
    #[must_use]
    pub fn allows(&self, next: &Self) -> bool {
        let apart = next.position > self.end();
        let touching = next.position == self.end() && !(self.is_gap() && next.is_gap());
        (apart || touching) && self != next
    }
}

impl From<Gap> for Event {
    fn from(gap: Gap) -> Self {
        Self { position: gap.position, deleted: gap.deleted, inserted: gap.inserted }
    }
}
