//! Short tandem repeats of a sequence: where indels and polymerase slips gather.

/// A maximal run of copies of a unit of 1 to 6 bases; the last copy may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TandemRun {
    /// First base, 0-based.
    pub start: u32,
    /// One past the last base.
    pub end: u32,
    /// Length of the unit in bases.
    pub period: u8,
}

impl TandemRun {
    /// Whole copies of the unit.
    #[must_use]
    pub fn units(&self) -> u32 {
        (self.end - self.start) / u32::from(self.period)
    }
}

/// The longest unit that is looked for.
pub const MAX_PERIOD: u8 = 6;

/// Bases that a run must have to count: four of a homopolymer, three copies of anything longer.
const fn shortest(period: usize) -> usize {
    if period == 1 { 4 } else { 3 * period }
}

/// All runs of a sequence of base codes, sorted by start.
///
/// A unit that is itself a repeat (ACAC) is not reported again.
///
/// For each period one bit a base says whether it equals the base a period before; stretches of set bits that
/// are long enough are found 64 bases at a time, so that the many short ones cost nothing.
#[must_use]
pub fn tandem_runs(codes: &[u8]) -> Vec<TandemRun> {
    let mut runs = Vec::new();
    let mut equal = Vec::new();
    for period in 1..=usize::from(MAX_PERIOD).min(codes.len()) {
        mark_equal(codes, period, &mut equal);
        let needed = shortest(period) - period;
        let mut from = 0;
        while let Some(first) = find_stretch(&equal, from, needed) {
            let end = first_unset(&equal, first + needed);
            let (start, end) = (first, end + period);
            if is_primitive(&codes[start..start + period]) {
                runs.push(TandemRun { start: start as u32, end: end as u32, period: period as u8 });
            }
            from = end - period;
        }
    }
    runs.sort_unstable();
    runs
}

/// Bit `i` becomes whether base `i + period` is known and equals base `i`; bits behind the last are unset.
fn mark_equal(codes: &[u8], period: usize, equal: &mut Vec<u64>) {
    equal.clear();
    let (before, behind) = (&codes[..codes.len() - period], &codes[period..]);
    for (before, behind) in before.chunks(64).zip(behind.chunks(64)) {
        let mut bytes = [0u8; 64];
        for ((byte, &one), &other) in bytes.iter_mut().zip(before).zip(behind) {
            *byte = u8::from(one == other) & u8::from(other < 4);
        }
        let mut word = 0;
        for (number, eight) in bytes.chunks_exact(8).enumerate() {
            let eight = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
            // The product gathers the lowest bits of the bytes in its highest byte, the first one lowest.
            word |= (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * number);
        }
        equal.push(word);
    }
}

/// The word that begins at bit `at`.
fn word_at(bits: &[u64], at: usize) -> u64 {
    let word = |i: usize| bits.get(i).copied().unwrap_or(0);
    let (i, shift) = (at / 64, at % 64);
    match shift {
        0 => word(i),
        _ => word(i) >> shift | word(i + 1) << (64 - shift),
    }
}

/// The first bit from `from` on that begins `needed` (at most 64) set bits.
fn find_stretch(bits: &[u64], from: usize, needed: usize) -> Option<usize> {
    let mut at = from;
    while at < bits.len() * 64 {
        let (here, next) = (word_at(bits, at), word_at(bits, at + 64));
        // Doubling: a bit stays set when it begins as many set bits as were asked for so far.
        let mut both = u128::from(here) | u128::from(next) << 64;
        let mut length = 1;
        while length < needed {
            let step = length.min(needed - length);
            both &= both >> step;
            length += step;
        }
        let starts = both as u64;
        if starts != 0 {
            return Some(at + starts.trailing_zeros() as usize);
        }
        at += 64;
    }
    None
}

/// The first bit from `from` on that is not set.
fn first_unset(bits: &[u64], from: usize) -> usize {
    let mut at = from;
    loop {
        let unset = !word_at(bits, at);
        if unset != 0 {
            return at + unset.trailing_zeros() as usize;
        }
        at += 64;
    }
}

fn is_primitive(unit: &[u8]) -> bool {
    let n = unit.len();
    !(1..n).any(|d| n.is_multiple_of(d) && unit.iter().zip(&unit[d..]).all(|(a, b)| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rihla_core::base;

    /// The definition, base by base.
    fn plain_runs(codes: &[u8]) -> Vec<TandemRun> {
        let mut runs = Vec::new();
        for period in 1..=usize::from(MAX_PERIOD) {
            let mut matched = 0;
            for at in period..=codes.len() {
                if at < codes.len() && codes[at] < 4 && codes[at] == codes[at - period] {
                    matched += 1;
                    continue;
                }
                let start = at - matched - period;
                if matched + period >= shortest(period) && is_primitive(&codes[start..start + period]) {
                    runs.push(TandemRun { start: start as u32, end: at as u32, period: period as u8 });
                }
                matched = 0;
            }
        }
        runs.sort_unstable();
        runs
    }

    proptest! {
        #[test]
        fn words_find_what_the_definition_says(
            letters in "([ACGT]{1,30}|A{5,150}|(AC){2,90}|(GAT){2,30}|(ACGTT){2,20}|N{1,5}){0,12}",
        ) {
            let mut codes = Vec::new();
            base::encode_into(letters.as_bytes(), &mut codes);
            prop_assert_eq!(tandem_runs(&codes), plain_runs(&codes));
        }
    }

    #[test]
    fn finds_runs_once() {
        let mut codes = Vec::new();
        base::encode_into(b"GAAAAACACACACTTNNNNNNGATGATGATG", &mut codes);
        let run = |start, end, period| TandemRun { start, end, period };
        assert_eq!(tandem_runs(&codes), [run(1, 6, 1), run(5, 13, 2), run(21, 31, 3)]);
        assert_eq!(run(21, 31, 3).units(), 3);
        assert_eq!(tandem_runs(&[]), []);
    }
}
