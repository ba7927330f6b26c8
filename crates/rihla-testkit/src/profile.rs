//! Base qualities by cycle, and the errors that they promise.

use std::fmt;
use std::str::FromStr;

use rihla_core::{base, phred};

use crate::stream::{Stream, cumulative};

/// Which sequencer's qualities are imitated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum QualityProfile {
    /// Four values: 2, 12, 23 and 37.
    #[default]
    NovaSeq,
    /// The full scale up to 41, falling along the read.
    HiSeq,
}

impl fmt::Display for QualityProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NovaSeq => "novaseq",
            Self::HiSeq => "hiseq",
        })
    }
}

impl FromStr for QualityProfile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "novaseq" => Ok(Self::NovaSeq),
            "hiseq" => Ok(Self::HiSeq),
            _ => Err(format!("{text} is not a quality profile: use novaseq or hiseq")),
        }
    }
}

/// How reads look: qualities and errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadProfile {
    qualities: QualityProfile,
}

impl ReadProfile {
    /// Names of the profiles that come with the program.
    pub const BUILTIN: [&str; 2] = ["novaseq", "hiseq"];

    /// A profile that comes with the program; `None` for a name that is not in [`Self::BUILTIN`].
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        name.parse().ok().map(|qualities| Self { qualities })
    }

    pub(crate) const fn qualities(&self) -> QualityProfile {
        self.qualities
    }
}

/// Kinds of reads: good, fair and poor, with their shares.
const CLASS_SHARES: [f64; 3] = [0.85, 0.12, 0.03];
const CLASSES: usize = CLASS_SHARES.len();
/// Probability that a base has the quality of the base before it, beyond chance.
const KEEP: f64 = 0.5;
/// Share of the bases that could not be read, in units of 2^-16; half of them are N, half a guess.
const UNREAD: u64 = 13;
/// The lowest quality, given to bases that could not be read.
const LOWEST: u8 = 2;

/// A profile worked out for reads of one length.
pub(crate) struct QualityModel {
    read_length: usize,
    /// 256 equally likely qualities for each mate, class and cycle.
    tables: Vec<[u8; 256]>,
    /// Probability of an error by quality, in units of 2^-32.
    errors: [u64; 64],
    shares: Vec<f64>,
}

impl QualityModel {
    pub(crate) fn new(profile: QualityProfile, read_length: usize) -> Self {
        let mut tables = Vec::with_capacity(2 * CLASSES * read_length);
        for mate in 0..2 {
            for class in 0..CLASSES {
                for cycle in 0..read_length {
                    let along = cycle as f64 / read_length as f64;
                    tables.push(match profile {
                        QualityProfile::NovaSeq => binned(class, mate, along),
                        QualityProfile::HiSeq => falling(class, mate, along),
                    });
                }
            }
        }
        let mut errors = [0; 64];
        for (quality, error) in errors.iter_mut().enumerate() {
            *error = (phred::to_probability(quality as f64) * 2f64.powi(32)) as u64;
        }
        Self { read_length, tables, errors, shares: cumulative(CLASS_SHARES) }
    }

    /// Reads `template` (base codes, as long as a read) as mate 0 or 1: letters and Phred qualities, in place
    /// of what the two held.
    pub(crate) fn sequence(
        &self,
        stream: &mut Stream,
        mate: usize,
        template: &[u8],
        letters: &mut Vec<u8>,
        qualities: &mut Vec<u8>,
    ) {
        letters.clear();
        qualities.clear();
        let class = stream.weighted(&self.shares);
        let first = (mate * CLASSES + class) * self.read_length;
        let keep = (KEEP * 256.0) as u64;
        let mut quality = self.tables[first][128];
        for (&code, table) in template.iter().zip(&self.tables[first..first + self.read_length]) {
            // Bits: 0-7 place in the table (0: N or guess), 8-15 keep, 16-31 unread, 32-63 error and which.
            let bits = stream.bits();
            let unread = (bits >> 16) & 0xffff < UNREAD;
            if (bits >> 8) & 255 >= keep {
                quality = table[(bits & 255) as usize];
            }
            let shown = if unread { LOWEST } else { quality };
            let wrong = bits >> 32 < self.errors[usize::from(shown)];
            let read = match code {
                _ if unread && bits & 1 == 0 => base::N,
                0..4 if wrong => (code + 1 + ((bits >> 32) % 3) as u8) & 3,
                _ => code,
            };
            letters.push(base::decode(read));
            qualities.push(shown);
        }
    }
}

/// NovaSeq's four values; the better the class, the earlier the cycle, the more 37.
fn binned(class: usize, mate: usize, along: f64) -> [u8; 256] {
    let best = [0.965 - 0.05 * along, 0.90 - 0.20 * along, 0.65 - 0.40 * along][class] - 0.02 * mate as f64;
    let bounds = [best, best + 0.62 * (1.0 - best)];
    std::array::from_fn(|i| {
        let at = (i as f64 + 0.5) / 256.0;
        [37, 23, 12][bounds.iter().take_while(|&&bound| at >= bound).count()]
    })
}

/// A mean that falls along the read, and a logistic spread around it.
fn falling(class: usize, mate: usize, along: f64) -> [u8; 256] {
    let (start, fall, spread) = [(38.5, 6.0, 1.3), (36.0, 13.0, 2.5), (30.0, 19.0, 4.0)][class];
    let warm_up = 4.0 * (1.0 - along * 30.0).max(0.0);
    let mean = start - fall * along * along * (1.0 + 0.3 * mate as f64) - warm_up;
    std::array::from_fn(|i| {
        let at = (i as f64 + 0.5) / 256.0;
        let value: f64 = mean + spread * (at / (1.0 - at)).ln();
        value.round().clamp(f64::from(LOWEST), 41.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Domain;

    struct Seen {
        mean_by_cycle: Vec<f64>,
        values: Vec<u8>,
        errors: f64,
        expected: f64,
        unread: f64,
    }

    fn run(profile: QualityProfile) -> Seen {
        const READS: usize = 4000;
        let model = QualityModel::new(profile, 150);
        let mut stream = Stream::new(11, Domain::Pair, 0, 0);
        let template: Vec<u8> = (0..150).map(|i| (i % 4) as u8).collect();
        let (mut letters, mut qualities) = (Vec::new(), Vec::new());
        let mut seen = Seen {
            mean_by_cycle: vec![0.0; 150],
            values: Vec::new(),
            errors: 0.0,
            expected: 0.0,
            unread: 0.0,
        };
        for read in 0..READS {
            model.sequence(&mut stream, read % 2, &template, &mut letters, &mut qualities);
            for (cycle, (&letter, &quality)) in letters.iter().zip(&qualities).enumerate() {
                seen.mean_by_cycle[cycle] += f64::from(quality) / READS as f64;
                seen.values.push(quality);
                if letter == b'N' {
                    seen.unread += 1.0;
                    continue;
                }
                seen.errors += f64::from(letter != base::decode(template[cycle]));
                seen.expected += phred::to_probability(f64::from(quality));
            }
        }
        seen.values.sort_unstable();
        seen.values.dedup();
        seen
    }

    #[test]
    fn errors_are_those_promised() {
        for profile in [QualityProfile::NovaSeq, QualityProfile::HiSeq] {
            let seen = run(profile);
            assert!((0.9..1.1).contains(&(seen.errors / seen.expected)), "{profile}");
            let rate = seen.errors / 600_000.0;
            assert!((0.001..0.006).contains(&rate), "{profile}: error rate {rate}");
            assert!(seen.mean_by_cycle[20] > seen.mean_by_cycle[149] + 1.0, "{profile}");
            assert!((20.0..120.0).contains(&seen.unread), "{profile}: {} N", seen.unread);
        }
    }

    #[test]
    fn novaseq_has_four_values() {
        let seen = run(QualityProfile::NovaSeq);
        assert_eq!(seen.values, [2, 12, 23, 37]);
        assert!(run(QualityProfile::HiSeq).values.len() > 25);
    }

    #[test]
    fn names_round_trip() {
        for profile in [QualityProfile::NovaSeq, QualityProfile::HiSeq] {
            assert_eq!(profile.to_string().parse(), Ok(profile));
        }
        assert!("454".parse::<QualityProfile>().is_err());
    }
}
