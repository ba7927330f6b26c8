//! Where a sorted stream of records may be cut into parts that are compared apart.

use rihla_core::Reference;

use crate::STRUCTURAL;
use crate::cluster::GAP;
use crate::variant::LONGEST_SHIFT;

/// Follows the records of both sides of one contig in order of position and says where no cluster can reach
/// across.
///
/// An indel of length L moves along the reference as long as the bases repeat with period L (an insertion up
/// to L bases more, as its own letters may match). So the bases behind the last record and before the next
/// one bound what any record, whatever it holds, can touch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cutter {
    end: u32,
}

impl Cutter {
    /// A record over `[start, end)`.
    pub fn add(&mut self, end: u32) {
        self.end = self.end.max(end);
    }

    /// Whether all records so far and those from `start` on may be compared apart.
    #[must_use]
    pub fn splits_before(&self, reference: &Reference, contig: u32, start: u32) -> bool {
        let longest = STRUCTURAL as u32 - 1;
        let Some(room) = start.checked_sub(self.end).filter(|&room| room > GAP + 2 * longest) else {
            return false;
        };
        // Letters that a repeat might cover, so far as it matters, and a period more.
        let half = (room.min(2 * LONGEST_SHIFT + GAP) - GAP) / 2;
        let length = reference.contigs().get(contig).length;
        let behind = reference.fetch(contig, self.end, (self.end + half + longest).min(length));
        let mut before = reference.fetch(contig, start.saturating_sub(half + longest), start);
        before.reverse();
        let fits = |letters: &[u8]| {
            (1..=longest as usize).all(|period| run(letters, period) + period < half as usize)
        };
        fits(&behind) && fits(&before)
    }
}

/// Letters at the beginning that are equal to those a period on.
fn run(letters: &[u8], period: usize) -> usize {
    let later = letters.get(period..).unwrap_or_default();
    letters.iter().zip(later).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_testkit::builders;

    #[test]
    fn repeats_hold_records_together() {
        let letters =
            [builders::random_letters(500, 1), b"CAG".repeat(100), builders::random_letters(500, 2)];
        let reference = builders::reference(&[("c", &letters.concat())]);
        let splits = |end: u32, start: u32| {
            let mut cutter = Cutter::default();
            cutter.add(end);
            cutter.splits_before(&reference, 0, start)
        };
        assert!(splits(100, 400) && !splits(100, 150) && !splits(100, 100) && !splits(400, 100));
        assert!(!splits(510, 790), "both inside the repeat");
        assert!(!splits(510, 900), "the first reaches far to the right");
        assert!(splits(510, 1200) && splits(850, 1200));
    }
}
