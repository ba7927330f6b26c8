//! The insert-size model: how the mates of a pair lie to each other, and how far apart.
//!
//! Each of the four orientations that BWA-MEM tells apart has a distribution of its own; those with
//! enough pairs count, so that mate-pair libraries (RF), libraries of one strand (FF) and mixtures are
//! paired like any other.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// Longest template that is counted.
const LONGEST: usize = 10_000;
/// Fewest pairs of an orientation that make a model.
const FEWEST: u64 = 10;
/// An orientation with a smaller share of the most frequent one's pairs is chance.
const LEAST_SHARE: f64 = 0.05;
/// Bounds for the mean and deviation, in interquartile ranges beyond the quartiles.
const TRIM: f64 = 2.0;
/// Bounds of a proper pair, likewise.
const REACH: f64 = 3.0;
/// Bounds of a proper pair are at least so many deviations from the mean.
const DEVIATIONS: f64 = 4.0;
/// Deviation of a given mean when none is given, as a share of it.
const GIVEN_SD: f64 = 0.1;

/// How the second mate lies, seen along the first mate's strand. Lengths are between the 5' ends, which
/// for [`Orientation::Fr`] is the length of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// On the same strand, downstream.
    Ff,
    /// On the other strand, downstream: the mates face each other, as in most libraries.
    Fr,
    /// On the other strand, upstream: the mates face away from each other, as in mate-pair libraries.
    Rf,
    /// On the same strand, upstream.
    Rr,
}

impl Orientation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ff, Self::Fr, Self::Rf, Self::Rr];

    const fn same_strand(self) -> bool {
        matches!(self, Self::Ff | Self::Rr)
    }

    /// Two letters, as BWA-MEM names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        ["FF", "FR", "RF", "RR"][self as usize]
    }
}

/// Where a read's 5' end lies, clips added back (see `Region::five_prime`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FivePrime {
    /// Concatenated reference offset.
    pub at: i64,
    /// Whether the read is on the reverse strand.
    pub reverse: bool,
}

/// Orientation and length of a pair on one contig.
pub(crate) fn geometry(first: FivePrime, second: FivePrime) -> (Orientation, i64) {
    let apart = second.at - first.at;
    let downstream = if first.reverse { -apart } else { apart };
    let orientation = match (first.reverse == second.reverse, downstream > 0) {
        (true, true) => Orientation::Ff,
        (false, true) => Orientation::Fr,
        (false, false) => Orientation::Rf,
        (true, false) => Orientation::Rr,
    };
    (orientation, downstream.abs())
}

/// Lengths of confidently placed pairs, by orientation; merging is independent of order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsertSamples {
    /// Number of pairs of each length; empty until there is one.
    lengths: [Vec<u32>; 4],
}

impl Default for InsertSamples {
    fn default() -> Self {
        Self { lengths: [const { Vec::new() }; 4] }
    }
}

impl InsertSamples {
    /// Adds a pair; one that is longer than any template is left out.
    pub(crate) fn add(&mut self, orientation: Orientation, length: i64) {
        let Some(at) = usize::try_from(length).ok().filter(|&at| at <= LONGEST) else { return };
        let lengths = &mut self.lengths[orientation as usize];
        if lengths.is_empty() {
            lengths.resize(LONGEST + 1, 0);
        }
        lengths[at] += 1;
    }

    /// Adds all of another sample's pairs.
    pub fn merge(&mut self, other: &Self) {
        for (here, there) in self.lengths.iter_mut().zip(&other.lengths) {
            here.resize(here.len().max(there.len()), 0);
            for (here, there) in here.iter_mut().zip(there) {
                *here += there;
            }
        }
    }

    /// Number of pairs of an orientation.
    #[must_use]
    pub fn pairs(&self, orientation: Orientation) -> u64 {
        self.lengths[orientation as usize].iter().map(|&count| u64::from(count)).sum()
    }

    /// The length below which this share of an orientation's pairs lies.
    fn quantile(&self, orientation: Orientation, share: f64) -> f64 {
        let wanted = (share * self.pairs(orientation) as f64 + 0.5) as u64;
        let mut seen = 0;
        for (length, &count) in self.lengths[orientation as usize].iter().enumerate() {
            seen += u64::from(count);
            if seen > wanted {
                return length as f64;
            }
        }
        LONGEST as f64
    }
}

/// Distribution of the lengths of one orientation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LengthModel {
    /// Mean length.
    pub mean: f64,
    /// Standard deviation, above 0.
    pub sd: f64,
    /// Shortest of a proper pair.
    pub low: i64,
    /// Longest of a proper pair.
    pub high: i64,
}

impl LengthModel {
    /// The model of one orientation, after BWA-MEM: mean and deviation of the lengths near the quartiles.
    fn learn(samples: &InsertSamples, orientation: Orientation) -> Self {
        let (first, third) = (samples.quantile(orientation, 0.25), samples.quantile(orientation, 0.75));
        let spread = third - first;
        let near =
            (first - TRIM * spread).max(0.0) as usize..=((third + TRIM * spread) as usize).min(LONGEST);
        let counts = &samples.lengths[orientation as usize];
        let lengths = || near.clone().map(|length| (length as f64, f64::from(counts[length])));
        let count: f64 = lengths().map(|(_, n)| n).sum();
        let mean = lengths().map(|(length, n)| length * n).sum::<f64>() / count;
        let variance = lengths().map(|(length, n)| (length - mean).powi(2) * n).sum::<f64>() / count;
        let sd = variance.sqrt().max(1.0);
        let low = (first - REACH * spread).min(mean - DEVIATIONS * sd).max(1.0) as i64;
        let high = (third + REACH * spread).max(mean + DEVIATIONS * sd) as i64;
        Self { mean, sd, low, high }
    }

    /// Natural logarithm of twice the chance that a length deviates from the mean by more than this one
    /// does; 0.69 at the mean.
    fn log_fit(&self, length: i64) -> f64 {
        let z = (length as f64 - self.mean).abs() / self.sd;
        (2.0f64).ln() + log_erfc(z / std::f64::consts::SQRT_2)
    }
}

/// What is wrong with a given insert size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no insert size: {problem}; give MEAN[,SD[,MAX[,MIN]]] in bases, such as 400 or 400,80,900,50"
)]
pub struct InsertSizeError {
    text: String,
    problem: &'static str,
}

impl FromStr for LengthModel {
    type Err = InsertSizeError;

    /// Reads `MEAN[,SD[,MAX[,MIN]]]`: without SD a tenth of the mean, without bounds four deviations.
    fn from_str(text: &str) -> Result<Self, InsertSizeError> {
        let wrong = |problem| InsertSizeError { text: text.to_owned(), problem };
        let mut given = [None; 4];
        for (at, part) in text.split(',').enumerate() {
            let number: f64 = part.trim().parse().map_err(|_| wrong("not a number"))?;
            if !(number.is_finite() && (0.0..1e9).contains(&number)) {
                return Err(wrong("a number out of range"));
            }
            *given.get_mut(at).ok_or_else(|| wrong("more than four numbers"))? = Some(number);
        }
        let mean = given[0].filter(|&mean| mean >= 1.0).ok_or_else(|| wrong("the mean is less than 1"))?;
        let sd = given[1].unwrap_or(GIVEN_SD * mean);
        if sd <= 0.0 {
            return Err(wrong("the deviation is 0"));
        }
        let high = given[2].unwrap_or(mean + DEVIATIONS * sd).round() as i64;
        let low = given[3].unwrap_or(mean - DEVIATIONS * sd).round().max(1.0) as i64;
        if !(low..=high).contains(&(mean.round() as i64)) {
            return Err(wrong("the mean is not between MIN and MAX"));
        }
        Ok(Self { mean, sd, low, high })
    }
}

/// Where a mate's 5' end may lie, given the other's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MateSpan {
    pub orientation: Orientation,
    /// Whether the mate is on the reverse strand.
    pub reverse: bool,
    /// Concatenated reference offsets of its 5' end (see [`FivePrime`]).
    pub five_prime: RangeInclusive<i64>,
}

impl MateSpan {
    /// Whether the mate may lie there.
    pub fn contains(&self, mate: FivePrime) -> bool {
        mate.reverse == self.reverse && self.five_prime.contains(&mate.at)
    }

    /// First and one past the last concatenated offset of the bases of a mate of this length.
    pub fn window(&self, length: i64) -> (i64, i64) {
        let (low, high) = (*self.five_prime.start(), *self.five_prime.end());
        if self.reverse { (low - length, high) } else { (low, high + length) }
    }
}

/// The insert-size model of a library.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InsertSize {
    /// By orientation; `None` where too few pairs lie so.
    models: [Option<LengthModel>; 4],
    /// The most frequent orientation.
    main: Option<Orientation>,
}

impl InsertSize {
    /// The model of a sample: of each orientation that is no chance.
    #[must_use]
    pub fn from_samples(samples: &InsertSamples) -> Self {
        let counts = Orientation::ALL.map(|orientation| samples.pairs(orientation));
        let most = counts.into_iter().max().unwrap_or(0);
        let models = Orientation::ALL.map(|orientation| {
            let pairs = counts[orientation as usize];
            let counted = pairs >= FEWEST && pairs as f64 >= LEAST_SHARE * most as f64;
            counted.then(|| LengthModel::learn(samples, orientation))
        });
        let main = Orientation::ALL
            .into_iter()
            .find(|&orientation| counts[orientation as usize] == most)
            .filter(|&orientation| models[orientation as usize].is_some());
        Self { models, main }
    }

    /// The model of a library whose mates face each other at known lengths.
    #[must_use]
    pub fn given(lengths: LengthModel) -> Self {
        Self { models: [None, Some(lengths), None, None], main: Some(Orientation::Fr) }
    }

    /// The model that judges no pair.
    #[must_use]
    pub const fn unusable() -> Self {
        Self { models: [None; 4], main: None }
    }

    /// Whether pairs can be judged by it. If not, mates are placed each on its own and no pair is proper.
    #[must_use]
    pub const fn usable(&self) -> bool {
        self.main.is_some()
    }

    /// The most frequent orientation and its lengths.
    #[must_use]
    pub fn main(&self) -> Option<(Orientation, LengthModel)> {
        let orientation = self.main?;
        Some((orientation, self.models[orientation as usize]?))
    }

    /// The lengths of an orientation, if enough pairs lie so.
    #[must_use]
    pub const fn of(&self, orientation: Orientation) -> Option<LengthModel> {
        self.models[orientation as usize]
    }

    /// Whether a pair like this is proper.
    #[must_use]
    pub fn is_proper(&self, orientation: Orientation, length: i64) -> bool {
        self.of(orientation).is_some_and(|model| (model.low..=model.high).contains(&length))
    }

    /// How well a length fits its orientation's: see [`LengthModel::log_fit`]. Very low where the
    /// orientation has no model.
    pub(crate) fn log_fit(&self, orientation: Orientation, length: i64) -> f64 {
        self.of(orientation).map_or(f64::from(i16::MIN), |model| model.log_fit(length))
    }

    /// Where the mates of first reads, or of second ones, may lie.
    pub(crate) const fn reach(&self, second: bool) -> Reach<'_> {
        Reach { insert: self, second }
    }
}

/// Where the mate of a placed read may lie.
#[derive(Clone, Copy)]
pub(crate) struct Reach<'a> {
    insert: &'a InsertSize,
    /// Whether the placed read is the template's second.
    second: bool,
}

impl<'a> Reach<'a> {
    /// The spans of the mate's 5' end for each usable orientation, given this read's 5' end.
    pub fn spans(self, here: FivePrime) -> impl Iterator<Item = MateSpan> + use<'a> {
        self.ways().map(move |way| way.span(here))
    }

    /// The usable orientations.
    pub fn ways(self) -> impl Iterator<Item = Way> + use<'a> {
        Orientation::ALL.into_iter().zip(&self.insert.models).filter_map(move |(orientation, model)| {
            let &LengthModel { low, high, .. } = model.as_ref()?;
            // Seen from the second mate, FF and RR change places.
            let downstream = match orientation {
                Orientation::Fr => true,
                Orientation::Rf => false,
                Orientation::Ff => !self.second,
                Orientation::Rr => self.second,
            };
            Some(Way { orientation, downstream, low, high })
        })
    }

    /// Whether a mate there makes a proper pair.
    pub fn contains(self, here: FivePrime, mate: FivePrime) -> bool {
        self.spans(here).any(|span| span.contains(mate))
    }
}

/// Where the mates of one orientation lie, seen from a read.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    orientation: Orientation,
    /// Whether the mate's 5' end lies where the read points.
    downstream: bool,
    low: i64,
    high: i64,
}

impl Way {
    /// The span of the mate's 5' end, given this read's 5' end.
    #[inline]
    pub fn span(self, here: FivePrime) -> MateSpan {
        let Self { orientation, downstream, low, high } = self;
        let rightward = downstream != here.reverse;
        let five_prime =
            if rightward { here.at + low..=here.at + high } else { here.at - high..=here.at - low };
        MateSpan { orientation, reverse: here.reverse == orientation.same_strand(), five_prime }
    }
}

/// Natural logarithm of the complementary error function for `x >= 0`, to seven digits (Press et al.,
/// "Numerical Recipes", section 6.2, the Chebyshev fit).
fn log_erfc(x: f64) -> f64 {
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let t = 1.0 / (1.0 + 0.5 * x);
    t.ln() - x * x + FIT.iter().rev().fold(0.0, |sum, term| sum * t + term)
}

#[cfg(test)]
mod tests;
