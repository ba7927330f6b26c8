//! One line of a VCF as far as comparison needs it.

use memchr::memchr;

use super::genotype::parse_genotype;
use super::head::parse_position;

/// A record without its contig; of its samples one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VcfSite {
    /// 0-based position of the first base of `reference`.
    pub position: u32,
    /// REF, upper case.
    pub reference: Vec<u8>,
    /// ALT alleles, letters in upper case; `*`, symbolic ones (`<DEL>`) and breakends as they are; empty
    /// for `.`.
    pub alternates: Vec<Vec<u8>>,
    /// QUAL, when given; finite.
    pub quality: Option<f32>,
    /// Whether FILTER is `PASS` or `.`.
    pub is_pass: bool,
    /// GT in its order, `None` for a missing allele (`.`); `None` as a whole without a sample, without GT
    /// and when GT is `.`.
    pub genotype: Option<Vec<Option<u8>>>,
    /// Whether the genotype is phased: `|` between all its alleles.
    pub is_phased: bool,
    /// FORMAT PS: genotypes with equal ones are phased with each other.
    pub phase_set: Option<PhaseSet>,
    /// FORMAT GQ; finite.
    pub genotype_quality: Option<f32>,
}

/// FORMAT PS, a number by the specification; some truth sets have words (`PATMAT`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhaseSet {
    /// A number, the position of the set's first record as a rule.
    Number(i64),
    /// A word.
    Name(Box<str>),
}

impl VcfSite {
    /// One past the last reference base.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.position + self.reference.len() as u32
    }
}

/// Reads one line. `sample` is a column among the samples, from 0; without one GT, PS and GQ are not
/// looked at.
///
/// # Errors
/// In words, for a line that is not UTF-8, a missing column, a POS that is no number from 1, an empty
/// allele, a REF that is not letters, a record that ends behind 2^32 - 1, QUAL or GQ that is no number
/// (NaN too), and a genotype with an allele that is no number or above those in ALT.
pub fn parse_site(line: &[u8], sample: Option<usize>) -> Result<VcfSite, String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text")?;
    let mut columns = Columns { rest: Some(line) };
    let mut next = |name: &str| columns.next().ok_or_else(|| format!("column {name} is missing"));
    next("CHROM")?;
    let position = parse_position(next("POS")?.as_bytes())?;
    next("ID")?;
    let mut site = VcfSite { position, reference: parse_reference(next("REF")?)?, ..VcfSite::default() };
    if u64::from(position) + site.reference.len() as u64 > u64::from(u32::MAX) {
        return Err("the record ends behind every contig that VCF can name".into());
    }
    site.alternates = match next("ALT")? {
        "." => Vec::new(),
        text => text.split(',').map(parse_allele).collect::<Result<_, _>>()?,
    };
    site.quality = parse_number("QUAL", next("QUAL")?)?;
    site.is_pass = ["PASS", "."].contains(&next("FILTER")?);
    next("INFO")?;
    let Some(sample) = sample else { return Ok(site) };
    let format = next("FORMAT")?;
    let column =
        columns.nth(sample).ok_or_else(|| format!("the column of sample {} is missing", sample + 1))?;
    site.parse_sample(format, column)?;
    Ok(site)
}

/// Columns between tabs; INFO may be long.
struct Columns<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Columns<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let Some(at) = memchr(b'\t', rest.as_bytes()) else { return Some(rest) };
        self.rest = Some(&rest[at + 1..]);
        Some(&rest[..at])
    }
}

impl VcfSite {
    /// Values at the end of a sample's column may be left out.
    fn parse_sample(&mut self, format: &str, column: &str) -> Result<(), String> {
        for (key, value) in format.split(':').zip(column.split(':')) {
            match key.as_bytes() {
                _ if value.as_bytes() == b"." => {}
                b"GT" => {
                    let (alleles, is_phased) = parse_genotype(value, self.alternates.len())?;
                    (self.genotype, self.is_phased) = (Some(alleles), is_phased);
                }
                b"PS" => {
                    let word = |_| PhaseSet::Name(value.into());
                    self.phase_set = Some(value.parse().map_or_else(word, PhaseSet::Number));
                }
                b"GQ" => self.genotype_quality = parse_number("GQ", value)?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn parse_reference(text: &str) -> Result<Vec<u8>, String> {
    match text.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        true => parse_allele(text),
        false => Err(format!("REF {text} is not a sequence of letters")),
    }
}

fn parse_allele(text: &str) -> Result<Vec<u8>, String> {
    if text.is_empty() {
        return Err("an allele is empty".into());
    }
    let is_sequence = text.bytes().all(|letter| letter.is_ascii_alphabetic());
    Ok(if is_sequence { text.to_ascii_uppercase() } else { text.to_owned() }.into_bytes())
}

/// A number, infinity as the largest one; `.` is none.
fn parse_number(name: &str, text: &str) -> Result<Option<f32>, String> {
    if text == "." {
        return Ok(None);
    }
    let number: Option<f32> = text.parse().ok().filter(|number: &f32| !number.is_nan());
    let number = number.ok_or_else(|| format!("{name} {text} is no number"))?;
    Ok(Some(number.clamp(f32::MIN, f32::MAX)))
}
