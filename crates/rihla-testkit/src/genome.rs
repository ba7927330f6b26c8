//! A human-like genome from a seed: what makes mapping and calling hard, in small.
//!
//! Unique sequence with drifting GC content and few CpG, families of interspersed repeats of different
//! age (SINE- and LINE-like), segmental duplications, tandem repeats, runs of N.

use rihla_core::{Contig, Contigs, Reference, base};

use crate::TestkitError;
use crate::options::within;
use crate::stream::{Domain, Stream, cumulative};

/// What genome is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenomeOptions {
    /// Bases of all contigs together.
    pub bases: u64,
    /// Number of contigs; each is four fifths as long as the one before.
    pub contigs: u32,
    /// The number that fixes it.
    pub seed: u64,
}

impl Default for GenomeOptions {
    fn default() -> Self {
        Self { bases: 3_000_000, contigs: 3, seed: crate::options::SEED }
    }
}

/// Named sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genome {
    /// Names: `chr1`, `chr2`, ...
    pub names: Vec<String>,
    /// Upper-case letters A, C, G, T, N of each contig.
    pub sequences: Vec<Vec<u8>>,
}

/// The shortest contig that is made, in bases.
const SHORTEST_CONTIG: u64 = 1000;

impl Genome {
    /// A random genome.
    ///
    /// # Errors
    /// [`TestkitError::Option`] when there are no contigs, or fewer than a thousand bases for each.
    pub fn random(options: &GenomeOptions) -> Result<Self, TestkitError> {
        within("number of contigs", f64::from(options.contigs), 1.0..=10_000.0, "from 1 to 10000")?;
        let lengths = contig_lengths(options);
        let shortest = lengths.iter().min().copied().unwrap_or(0);
        if shortest < SHORTEST_CONTIG || lengths.iter().any(|&length| length > 1 << 31) {
            return Err(TestkitError::Option {
                option: "genome length",
                value: options.bases.to_string(),
                expected: "so that each contig gets 1000 bases or more, and 2^31 at most",
            });
        }
        let families = Families::new(options);
        let mut sequences: Vec<Vec<u8>> = Vec::with_capacity(lengths.len());
        for (contig, &length) in lengths.iter().enumerate() {
            let stream = Stream::new(options.seed, Domain::Contig, contig as u64, 0);
            let builder = ContigBuilder { stream, families: &families, gc: 0.41, codes: Vec::new() };
            sequences.push(builder.build(length as usize));
        }
        let names = (1..=lengths.len()).map(|number| format!("chr{number}")).collect();
        Ok(Self { names, sequences: sequences.iter().map(|codes| base::decode_all(codes)).collect() })
    }

    /// The genome as a reference; digests are zeros.
    #[must_use]
    pub fn reference(&self) -> Reference {
        let contigs = self.names.iter().zip(&self.sequences).map(|(name, letters)| Contig {
            name: name.clone(),
            length: letters.len() as u32,
            md5: [0; 16],
        });
        Reference::from_letters(Contigs::new(contigs.collect()), &self.sequences)
    }
}

fn contig_lengths(options: &GenomeOptions) -> Vec<u64> {
    let weights: Vec<f64> = (0..options.contigs).map(|i| 0.8f64.powi(i.min(20) as i32)).collect();
    let total: f64 = weights.iter().sum();
    let mut lengths: Vec<u64> =
        weights.iter().map(|weight| (options.bases as f64 * weight / total) as u64).collect();
    lengths[0] += options.bases - lengths.iter().sum::<u64>();
    lengths
}

/// Consensus sequences of the interspersed repeats.
struct Families {
    short: Vec<Vec<u8>>,
    long: Vec<Vec<u8>>,
}

impl Families {
    fn new(options: &GenomeOptions) -> Self {
        let mut stream = Stream::new(options.seed, Domain::Families, 0, 0);
        let long_length = (options.bases / 100).clamp(300, 6000) as usize;
        let mut consensus = |length: usize, gc: f64| {
            let mut codes = Vec::new();
            push_unique(&mut stream, gc, length, &mut codes);
            codes
        };
        Self {
            short: (0..4).map(|_| consensus(300, 0.55)).collect(),
            long: (0..3).map(|_| consensus(long_length, 0.40)).collect(),
        }
    }
}

struct ContigBuilder<'a> {
    stream: Stream,
    families: &'a Families,
    gc: f64,
    codes: Vec<u8>,
}

impl ContigBuilder<'_> {
    fn build(mut self, length: usize) -> Vec<u8> {
        let kinds = cumulative([0.55, 0.25, 0.12, 0.075, 0.005]);
        while self.codes.len() < length {
            match self.stream.weighted(&kinds) {
                0 => self.unique(),
                1 => self.short_repeat(),
                2 => self.long_repeat(),
                3 => self.tandem_repeat(),
                _ => self.segmental_duplication(),
            }
        }
        self.codes.truncate(length);
        self.gaps();
        self.codes
    }

    fn unique(&mut self) {
        let length = 60 + self.stream.exponential(640.0) as usize;
        self.gc = (self.gc + 0.1 * (0.41 - self.gc) + 0.02 * self.stream.normal()).clamp(0.33, 0.60);
        push_unique(&mut self.stream, self.gc, length, &mut self.codes);
    }

    /// Like an Alu: about 300 bases and a tail of A.
    fn short_repeat(&mut self) {
        let family = self.stream.exponential(1.2) as usize;
        let mut copy = self.families.short[family.min(self.families.short.len() - 1)].clone();
        copy.extend(vec![0; 6 + self.stream.exponential(10.0) as usize]);
        let divergence = self.age();
        self.insert(&copy, divergence);
    }

    /// Like a LINE: cut at its 5' end, most copies far from whole.
    fn long_repeat(&mut self) {
        let family = self.stream.index(self.families.long.len());
        let consensus = &self.families.long[family];
        let length = (100 + self.stream.exponential(900.0) as usize).min(consensus.len());
        let mut copy = consensus[consensus.len() - length..].to_vec();
        copy.extend(vec![0; 4 + self.stream.exponential(6.0) as usize]);
        let divergence = self.age();
        self.insert(&copy, divergence);
    }

    /// Divergence of a copy from its family: most are old.
    fn age(&mut self) -> f64 {
        const DIVERGENCE: [f64; 5] = [0.02, 0.06, 0.10, 0.15, 0.20];
        DIVERGENCE[self.stream.weighted(&cumulative([0.06, 0.16, 0.30, 0.28, 0.20]))]
    }

    /// Copies of a unit of 1 to 6 bases; poly-A and AC are the most common, as in humans.
    fn tandem_repeat(&mut self) {
        let period = 1 + self.stream.weighted(&cumulative([0.55, 0.22, 0.06, 0.11, 0.04, 0.02]));
        let unit: Vec<u8> = match period {
            1 if self.stream.chance(0.97) => vec![0],
            2 if self.stream.chance(0.7) => vec![0, 1],
            _ => (0..period).map(|_| self.stream.base()).collect(),
        };
        let length = (8.0 + self.stream.exponential(if period == 1 { 6.0 } else { 16.0 })).min(90.0);
        let copy: Vec<u8> = unit.iter().copied().cycle().take((length as usize).max(3 * period)).collect();
        self.insert(&copy, 0.0);
    }

    /// A stretch of this contig copied once more.
    fn segmental_duplication(&mut self) {
        let length = 1000 + self.stream.exponential(4000.0) as usize;
        if self.codes.len() < 3 * length {
            return;
        }
        let start = self.stream.index(self.codes.len() - length);
        let copy = self.codes[start..start + length].to_vec();
        let divergence = [0.001, 0.005, 0.01, 0.03][self.stream.index(4)];
        self.insert(&copy, divergence);
    }

    /// Appends a diverged copy, on either strand.
    fn insert(&mut self, copy: &[u8], divergence: f64) {
        let mut copy = diverged(&mut self.stream, copy, divergence);
        if self.stream.chance(0.5) {
            let forward = copy;
            copy = Vec::with_capacity(forward.len());
            base::reverse_complement_into(&forward, &mut copy);
        }
        self.codes.append(&mut copy);
    }

    /// Runs of N at both ends and, in longer contigs, inside.
    fn gaps(&mut self) {
        let length = self.codes.len();
        if length < 20_000 {
            return;
        }
        let edge = (length / 200).min(5000);
        self.codes[..edge].fill(base::N);
        self.codes[length - edge / 2..].fill(base::N);
        for _ in 0..1 + length / 1_500_000 {
            let run = (20.0 + self.stream.exponential(length as f64 / 500.0)).min(5000.0) as usize;
            let start = self.stream.index(length - run);
            self.codes[start..start + run].fill(base::N);
        }
    }
}

/// Appends unique sequence of about this GC content, with a quarter of the CpG that chance would give.
fn push_unique(stream: &mut Stream, gc: f64, length: usize, codes: &mut Vec<u8>) {
    let strong = (gc * f64::from(u32::MAX)) as u64;
    for _ in 0..length {
        let bits = stream.bits();
        let mut code = match (bits & 0xffff_ffff < strong, bits >> 63) {
            (true, side) => 1 + side as u8,
            (false, side) => 3 * side as u8,
        };
        if code == 2 && codes.last() == Some(&1) && (bits >> 40) & 3 != 0 {
            code = 0;
        }
        codes.push(code);
    }
}

/// A copy with substitutions and, one in ten, short indels.
fn diverged(stream: &mut Stream, codes: &[u8], divergence: f64) -> Vec<u8> {
    let mut out = Vec::with_capacity(codes.len() + codes.len() / 50);
    let mut at = 0;
    while at < codes.len() {
        if divergence == 0.0 || !stream.chance(divergence) {
            out.push(codes[at]);
            at += 1;
        } else if stream.chance(0.9) {
            out.push((codes[at] + 1 + stream.below(3) as u8) & 3);
            at += 1;
        } else if stream.chance(0.5) {
            at += 1 + stream.failures(0.5) as usize;
        } else {
            out.extend((0..=stream.failures(0.5)).map(|_| stream.base()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repeats::tandem_runs;
    use std::collections::HashMap;

    fn genome(seed: u64) -> Genome {
        Genome::random(&GenomeOptions { bases: 600_000, contigs: 3, seed }).expect("valid")
    }

    #[test]
    fn fixed_by_the_seed() {
        assert_eq!(genome(3), genome(3));
        assert_ne!(genome(3), genome(4));
        let total: usize = genome(3).sequences.iter().map(Vec::len).sum();
        assert_eq!(total, 600_000);
        assert_eq!(genome(3).names, ["chr1", "chr2", "chr3"]);
        assert_eq!(genome(3).reference().bases(), 600_000);
    }

    #[test]
    fn looks_human() {
        let genome = genome(1);
        let letters: Vec<u8> = genome.sequences.concat();
        let count = |wanted: &[u8]| letters.iter().filter(|letter| wanted.contains(letter)).count();
        let gc = count(b"GC") as f64 / count(b"ACGT") as f64;
        assert!((0.36..0.50).contains(&gc), "GC {gc}");
        let ns = count(b"N");
        assert!(ns > 500 && ns < letters.len() / 20, "{ns} N");
        let cpg = letters.windows(2).filter(|two| two == b"CG").count() as f64;
        assert!(cpg / (letters.len() as f64) < 0.02, "CpG {cpg}");
        let mut codes = Vec::new();
        base::encode_into(&letters, &mut codes);
        let runs = tandem_runs(&codes);
        let long = runs.iter().filter(|run| run.period == 1 && run.end - run.start >= 12).count();
        assert!(long > 50, "{long} long homopolymers");
        assert!(runs.iter().any(|run| run.period == 2 && run.units() >= 12));
        let mut seen: HashMap<&[u8], u32> = HashMap::new();
        for word in codes.windows(24).filter(|word| !word.contains(&4)) {
            *seen.entry(word).or_default() += 1;
        }
        let repeated = seen.values().filter(|&&times| times > 1).count() as f64 / seen.len() as f64;
        assert!((0.01..0.4).contains(&repeated), "share of 24-mers seen twice {repeated}");
    }

    #[test]
    fn refuses_the_impossible() {
        for (bases, contigs) in [(500, 1), (3000, 0), (3000, 10)] {
            assert!(Genome::random(&GenomeOptions { bases, contigs, seed: 1 }).is_err());
        }
    }
}
