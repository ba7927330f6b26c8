//! What the reference is made of under a bin: its G and C.

use rihla_core::{Interval, Reference};

/// Bases of a window whose G and C are counted, as Picard CollectGcBiasMetrics has it.
pub const GC_WINDOW: u32 = 100;
/// Windows with more unknown bases are of no known G and C.
const MOST_UNKNOWN: u32 = 4;
/// What stands for such a window: one more than a hundred percent.
const UNKNOWN: u8 = 101;
const KINDS: usize = UNKNOWN as usize + 1;
/// Bases beside the bin of which windows are at hand: reads that lie in it reach so far, nearly all of them.
const MARGIN: u32 = 1_000;

/// The reference under a bin.
#[derive(Clone)]
pub struct Ground<'a> {
    reference: &'a Reference,
    window: Interval,
    /// Where `codes` and `gc` begin.
    start: u32,
    /// Codes of the bases.
    codes: Vec<u8>,
    /// Percent of G and C in the window that begins at each of them.
    gc: Vec<u8>,
}

impl<'a> Ground<'a> {
    /// That of a bin.
    #[must_use]
    pub fn of(reference: &'a Reference, window: Interval) -> Self {
        let start = window.start.saturating_sub(MARGIN);
        let codes = reference.fetch(window.contig, start, window.end.saturating_add(MARGIN));
        let gc = gc_of_windows(&codes);
        Self { reference, window, start, codes, gc }
    }

    /// Codes of the bin's bases.
    pub(crate) fn codes(&self) -> &[u8] {
        &self.codes[(self.window.start - self.start) as usize..][..self.window.len() as usize]
    }

    /// Where windows begin that Picard looks at: neither with the first base of the contig, nor so that they end with its
    /// last.
    fn starts(&self) -> std::ops::Range<u32> {
        1..self.reference.contigs().get(self.window.contig).length.saturating_sub(GC_WINDOW).max(1)
    }

    /// Windows that begin in the bin by their G and C in percent; unknown ones behind them.
    pub(crate) fn windows(&self) -> [u64; KINDS] {
        let starts = self.starts();
        let (from, to) = (starts.start.max(self.window.start), starts.end.min(self.window.end));
        let mut found = [0; KINDS];
        // A contig may be shorter than a window.
        let inside = (from.min(to) - self.start) as usize..(to - self.start) as usize;
        self.gc.get(inside).unwrap_or_default().iter().for_each(|&gc| found[usize::from(gc)] += 1);
        found
    }

    /// G and C of the window of a read that begins here, in percent; 0 behind the last window, as Picard has it.
    pub(crate) fn gc_at(&self, start: u32) -> Option<usize> {
        if self.starts().contains(&start) { self.known_gc(start) } else { Some(0) }
    }

    fn known_gc(&self, start: u32) -> Option<usize> {
        let near = start.checked_sub(self.start).and_then(|at| self.gc.get(at as usize).copied());
        let far = || {
            let end = start.saturating_add(GC_WINDOW);
            gc_of_windows(&self.reference.fetch(self.window.contig, start, end)).first().copied()
        };
        near.or_else(far).filter(|&gc| gc != UNKNOWN).map(usize::from)
    }
}

/// G and C in percent of each window that is wholly in `codes`.
fn gc_of_windows(codes: &[u8]) -> Vec<u8> {
    let length = GC_WINDOW as usize;
    let (Some(first), Some(rest)) = (codes.get(..length), codes.get(length..)) else { return Vec::new() };
    // G and C in the lower half of a number, unknown bases in the upper.
    const STEPS: [u32; 8] = {
        let mut steps = [1 << 16; 8];
        (steps[0], steps[1], steps[2], steps[3]) = (0, 1, 1, 0);
        steps
    };
    let step = |code: u8| STEPS[usize::from(code & 7)];
    let mut sum: u32 = first.iter().map(|&code| step(code)).sum();
    let percent = |sum: u32| if sum >> 16 > MOST_UNKNOWN { UNKNOWN } else { sum as u8 };
    let mut found = Vec::with_capacity(rest.len() + 1);
    found.push(percent(sum));
    found.extend(codes.iter().zip(rest).map(|(&gone, &come)| {
        sum = sum + step(come) - step(gone);
        percent(sum)
    }));
    found
}

#[cfg(test)]
mod tests {
    use rihla_core::{Contig, Contigs};

    use super::*;

    #[test]
    fn windows_are_those_of_their_letters_near_and_far() {
        let letter = |at: u32| match at % 300 < 100 && at.is_multiple_of(12) {
            true => b'N',
            false => b"ACGT"[(at.wrapping_mul(2_654_435_761) >> 30) as usize],
        };
        let letters: Vec<u8> = (0..6_000).map(letter).collect();
        let contig = Contig { name: "c".to_owned(), length: 6_000, md5: [0; 16] };
        let reference = Reference::from_letters(Contigs::new(vec![contig]), std::slice::from_ref(&letters));
        let ground = Ground::of(&reference, Interval::new(0, 2_000, 3_000));
        let naive = |start: usize| {
            let window = &letters[start..start + 100];
            let count = |wanted: &[u8]| window.iter().filter(|letter| wanted.contains(letter)).count();
            (count(b"N") <= 4).then(|| count(b"GC"))
        };
        let mut unknown = 0;
        for start in [1, 500, 1_000, 2_000, 2_500, 3_999, 4_500, 5_899].into_iter().chain(2_100..2_200) {
            assert_eq!(ground.gc_at(start as u32), naive(start), "{start}");
            unknown += usize::from(naive(start).is_none());
        }
        assert!((1..100).contains(&unknown), "both kinds were looked at: {unknown}");
        assert_eq!((ground.gc_at(5_900), ground.gc_at(5_990)), (Some(0), Some(0)), "behind the last window");
        let counted = |starts: std::ops::Range<usize>| {
            starts.fold([0; KINDS], |mut counts, start| {
                counts[naive(start).unwrap_or(usize::from(UNKNOWN))] += 1;
                counts
            })
        };
        assert_eq!(ground.windows(), counted(2_000..3_000));
        let whole = Ground::of(&reference, Interval::new(0, 0, 6_000));
        assert_eq!(whole.windows(), counted(1..5_900));
    }

    #[test]
    fn contigs_shorter_than_a_window_have_none() {
        let contig = Contig { name: "c".to_owned(), length: 60, md5: [0; 16] };
        let reference = Reference::from_letters(Contigs::new(vec![contig]), &[b"ACGTC".repeat(12)]);
        let ground = Ground::of(&reference, Interval::new(0, 0, 60));
        assert_eq!(
            (ground.windows().iter().sum::<u64>(), ground.gc_at(5), ground.codes().len()),
            (0, Some(0), 60)
        );
    }
}
