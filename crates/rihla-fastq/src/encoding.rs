//! How quality letters encode Phred values, and whether a lane's look as if they meant another encoding.

use std::fmt;
use std::str::FromStr;

use rihla_core::ReadBatch;

/// Templates whose qualities tell the encoding of a lane.
const ENOUGH_TEMPLATES: u64 = 40_000;

/// Phred+64 letters begin at `@`, those of Solexa's odds at `;`. Nothing below it in a whole head means, by
/// Phred+33, no base of less than Q26: that is not what sequencers give.
const LEAST_OF_64: u8 = b';';

/// Letters above this one are Q48 and more by Phred+33, Q17 and more by Phred+64: some must be there to suspect the
/// latter, so that reads with one made-up quality, as `I` or `?`, pass.
const HIGH_OF_33: u8 = b'P';

/// What is taken from a quality letter to give the Phred value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QualityOffset {
    /// Phred+33: Sanger's, and Illumina's since 2011.
    #[default]
    Phred33,
    /// Phred+64: Illumina's from 2007 to 2011.
    Phred64,
}

impl QualityOffset {
    /// The letter of Phred 0.
    #[must_use]
    pub const fn lowest_letter(self) -> u8 {
        match self {
            Self::Phred33 => 33,
            Self::Phred64 => 64,
        }
    }
}

impl fmt::Display for QualityOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lowest_letter().fmt(f)
    }
}

impl FromStr for QualityOffset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "33" => Ok(Self::Phred33),
            "64" => Ok(Self::Phred64),
            _ => Err("the offset of qualities is 33 or 64".to_owned()),
        }
    }
}

/// The lowest and the highest Phred value of some bases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QualityRange {
    /// Lowest.
    pub lowest: u8,
    /// Highest.
    pub highest: u8,
}

impl QualityRange {
    /// The range of a read's qualities; `None` without bases.
    #[must_use]
    pub fn of(qualities: &[u8]) -> Option<Self> {
        // One value always goes first, so that the loops vectorize.
        let first = *qualities.first()?;
        let lowest = qualities.iter().fold(first, |least, &q| least.min(q));
        let highest = qualities.iter().fold(first, |most, &q| most.max(q));
        Some(Self { lowest, highest })
    }

    /// The range of both, where both have bases.
    #[must_use]
    pub fn join(one: Option<Self>, two: Option<Self>) -> Option<Self> {
        let (Some(a), Some(b)) = (one, two) else { return one.or(two) };
        Some(Self { lowest: a.lowest.min(b.lowest), highest: a.highest.max(b.highest) })
    }
}

/// Looks at the first qualities of a lane, taken as Phred+33.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EncodingWatch {
    templates: u64,
    range: Option<QualityRange>,
}

impl EncodingWatch {
    /// Looks at a batch; whether it has now seen enough.
    pub fn add(&mut self, batch: &ReadBatch) -> bool {
        let ranges = batch.iter().map(|read| QualityRange::of(read.qualities));
        self.range = QualityRange::join(self.range, ranges.fold(None, QualityRange::join));
        self.templates += batch.templates() as u64;
        self.templates >= ENOUGH_TEMPLATES
    }

    /// The lowest and highest letters, where they look like Phred+64.
    pub fn suspect(&self) -> Option<(char, char)> {
        let letter = |phred: u8| phred + QualityOffset::Phred33.lowest_letter();
        let range = self.range?;
        let (lowest, highest) = (letter(range.lowest), letter(range.highest));
        (lowest >= LEAST_OF_64 && highest > HIGH_OF_33).then_some((lowest as char, highest as char))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspect(reads: &[&[u8]]) -> Option<(char, char)> {
        let mut watch = EncodingWatch::default();
        for letters in reads {
            let mut batch = ReadBatch::new(0, 0, false);
            let phred: Vec<u8> = letters.iter().map(|letter| letter - 33).collect();
            batch.push(b"r", &vec![b'A'; phred.len()], &phred);
            assert!(!watch.add(&batch));
        }
        watch.suspect()
    }

    #[test]
    fn letters_that_look_like_64() {
        assert_eq!(suspect(&[b"hhhgfB", b"", b"@f"]), Some(('@', 'h')));
        assert_eq!(suspect(&[b";h"]), Some((';', 'h')));
        for fine in [&[b"hhh:".as_slice(), b"hh"][..], &[b"IIII"], &[b"????"], &[b"P;"], &[b""], &[]] {
            assert_eq!(suspect(fine), None, "{fine:?}");
        }
    }

    #[test]
    fn the_head_is_enough() {
        let mut batch = ReadBatch::new(0, 0, true);
        for _ in 0..20_000 {
            batch.push(b"r", b"A", b"I");
        }
        let mut watch = EncodingWatch::default();
        assert_eq!([(); 4].map(|()| watch.add(&batch)), [false, false, false, true]);
    }
}
