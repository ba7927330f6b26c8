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
#[must_use]
pub fn tandem_runs(codes: &[u8]) -> Vec<TandemRun> {
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

fn is_primitive(unit: &[u8]) -> bool {
    let n = unit.len();
    !(1..n).any(|d| n.is_multiple_of(d) && unit.iter().zip(&unit[d..]).all(|(a, b)| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::base;

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
