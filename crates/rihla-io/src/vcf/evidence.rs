//! What a VCF says of samples at a place: genotypes, likelihoods and reads by allele.

use super::head::parse_position;

/// One record, for all of its samples.
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceLine<'a> {
    /// CHROM.
    pub contig: &'a str,
    /// 0-based position.
    pub position: u32,
    /// One past the last base that it speaks of: of a block of the reference its END.
    pub end: u32,
    /// REF.
    pub reference: &'a str,
    /// ALT alleles, symbolic ones too; none for `.`.
    pub alternates: Vec<&'a str>,
    info: &'a str,
    format: Vec<&'a str>,
    samples: Vec<&'a str>,
}

/// What it says of one sample. Lists are empty where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SampleEvidence {
    /// GT, allele numbers, `None` for a missing one.
    pub genotype: Vec<Option<u8>>,
    /// AD.
    pub depths: Vec<u32>,
    /// DP.
    pub depth: Option<u32>,
    /// PL; of GL the same.
    pub likelihoods: Vec<u32>,
}

impl<'a> EvidenceLine<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// In words, for a line that is not UTF-8, a missing column, a malformed POS or END.
    pub fn parse(line: &'a [u8]) -> Result<Self, String> {
        let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text")?;
        let mut columns = line.split('\t');
        let mut next = |name: &str| columns.next().ok_or_else(|| format!("column {name} is missing"));
        let contig = next("CHROM")?;
        let position = parse_position(next("POS")?.as_bytes())?;
        next("ID")?;
        let (reference, alternates) = (next("REF")?, next("ALT")?);
        next("QUAL")?;
        next("FILTER")?;
        let info = next("INFO")?;
        let mut line = Self {
            contig,
            position,
            end: position.saturating_add(reference.len() as u32),
            reference,
            alternates: alternates.split(',').filter(|&allele| allele != ".").collect(),
            info,
            format: Vec::new(),
            samples: Vec::new(),
        };
        if line.alternates.iter().all(|allele| allele.starts_with('<'))
            && let Some(end) = line.info("END")
        {
            let end: u32 = end.parse().map_err(|_| format!("END {end} is no position"))?;
            line.end = line.end.max(end);
        }
        line.format = columns.next().map(|format| format.split(':').collect()).unwrap_or_default();
        line.samples = columns.collect();
        Ok(line)
    }

    /// The value of an INFO key.
    #[must_use]
    pub fn info(&self, key: &str) -> Option<&'a str> {
        self.info.split(';').find_map(|field| field.strip_prefix(key)?.strip_prefix('='))
    }

    /// What is said of a sample, by its column among the samples, from 0.
    ///
    /// # Errors
    /// In words, for a missing column and for values that are no numbers.
    pub fn sample(&self, number: usize) -> Result<SampleEvidence, String> {
        let column = self.samples.get(number);
        let column = column.ok_or_else(|| format!("the column of sample {} is missing", number + 1))?;
        let mut found = SampleEvidence::default();
        for (&key, value) in self.format.iter().zip(column.split(':')) {
            match key {
                _ if value == "." => {}
                "GT" => found.genotype = genotype(value, self.alternates.len())?,
                "AD" => found.depths = list(key, value, |text| text.parse().ok())?,
                "DP" => found.depth = Some(value.parse().map_err(|_| format!("DP {value} is no number"))?),
                "PL" => found.likelihoods = list(key, value, |text| text.parse().ok())?,
                "GL" if found.likelihoods.is_empty() => found.likelihoods = phred(value)?,
                _ => {}
            }
        }
        Ok(found)
    }
}

fn genotype(text: &str, alternates: usize) -> Result<Vec<Option<u8>>, String> {
    text.split(['/', '|'])
        .map(|allele| match (allele, allele.parse::<u8>()) {
            (".", _) => Ok(None),
            (_, Ok(number)) if usize::from(number) <= alternates => Ok(Some(number)),
            _ => Err(format!("GT {text} has an allele that is not listed")),
        })
        .collect()
}

/// Numbers between commas; none at all when one of them is missing.
fn list(key: &str, text: &str, number: impl Fn(&str) -> Option<u32>) -> Result<Vec<u32>, String> {
    if text.split(',').any(|one| one == ".") {
        return Ok(Vec::new());
    }
    let numbers: Option<Vec<u32>> = text.split(',').map(number).collect();
    numbers.ok_or_else(|| format!("{key} {text} is no list of numbers"))
}

/// Logarithms to base 10 as Phred numbers, the smallest 0.
fn phred(text: &str) -> Result<Vec<u32>, String> {
    let logarithms: Vec<Option<f64>> = text.split(',').map(|one| one.parse().ok()).collect();
    let Some(logarithms) = logarithms.into_iter().collect::<Option<Vec<f64>>>() else {
        return Ok(Vec::new());
    };
    let most = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !most.is_finite() {
        return Err(format!("GL {text} is no list of logarithms"));
    }
    Ok(logarithms.iter().map(|one| (10.0 * (most - one)).round().min(1e6) as u32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genotypes_reads_and_blocks() {
        let line =
            b"chr1\t7\t.\tA\tC,<NON_REF>\t.\t.\tDP=9\tGT:AD:DP:PL\t0/1:3,4,0:7:50,0,60,70,80,90\t./.\n";
        let line = EvidenceLine::parse(line.strip_suffix(b"\n").expect("a line end")).expect("valid");
        assert_eq!((line.position, line.end, line.alternates.len()), (6, 7, 2));
        let one = line.sample(0).expect("valid");
        assert_eq!((&one.genotype[..], &one.depths[..]), (&[Some(0), Some(1)][..], &[3, 4, 0][..]));
        assert_eq!((one.depth, one.likelihoods.len()), (Some(7), 6));
        assert_eq!(line.sample(1).expect("valid").genotype, [None, None]);
        assert!(line.sample(2).is_err());
        let block = EvidenceLine::parse(b"1\t7\t.\tA\t<NON_REF>\t.\t.\tEND=20;X=1\tGT\t0/0").expect("valid");
        assert_eq!((block.position, block.end), (6, 20));
        let logs = EvidenceLine::parse(b"1\t7\t.\tA\tC\t.\t.\t.\tGT:GL\t0:-0.1,-5.1").expect("valid");
        assert_eq!(logs.sample(0).expect("valid").likelihoods, [0, 50]);
    }

    #[test]
    fn faults_are_told() {
        for line in [
            &b"1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/2"[..],
            b"1\t7\t.\tA\tC\t.\t.\t.\tAD\t1,x",
            b"1\t7\t.\tA\tC\t.\t.\t.\tGL\t-inf,-inf,-inf",
        ] {
            assert!(EvidenceLine::parse(line).expect("columns").sample(0).is_err());
        }
        for line in [&b"1\t0\t.\tA\tC\t.\t.\t."[..], b"1\t7\t.\tA", b"1\t7\t.\tA\t<X>\t.\t.\tEND=x"] {
            assert!(EvidenceLine::parse(line).is_err());
        }
    }
}
