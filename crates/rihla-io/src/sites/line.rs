//! One line of a table or of a VCF.

use rihla_core::base;

use super::Listed;

/// A row: contig, start (from 0), end, REF, ALT, frequency of ALT.
pub(super) fn parse_row(line: &str, number: u64) -> Result<Listed, String> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [contig, start, end, reference, alternate, frequency, ..] = columns[..] else {
        let count = columns.len();
        return Err(format!(
            "{count} columns; a line is: contig, start (from 0), end, REF, ALT, frequency of ALT, between tabs"
        ));
    };
    let place = |name: &str, text: &str| {
        text.parse::<u32>().map_err(|_| format!("the {name} {text} is no position in a contig"))
    };
    let (position, end) = (place("start", start)?, place("end", end)?);
    if end != position.saturating_add(1) {
        return Err(format!("the end {end} is not behind the start {position}, as that of a SNP is"));
    }
    Ok(Listed {
        line: number,
        contig: contig.to_owned(),
        position,
        alleles: alleles(reference, alternate)?,
        frequency: frequency_of(frequency)?,
        anchor: position,
        is_swapped: false,
    })
}

/// A record of a VCF; `None` when it is no SNP of two alleles.
pub(super) fn parse_variant(line: &str, number: u64) -> Result<Option<Listed>, String> {
    let mut columns = line.splitn(9, '\t');
    let mut next = |name: &str| columns.next().ok_or_else(|| format!("column {name} is missing"));
    let contig = next("CHROM")?.to_owned();
    let position = one_based("POS", next("POS")?)?;
    next("ID")?;
    let (reference, alternate) = (next("REF")?, next("ALT")?);
    next("QUAL")?;
    next("FILTER")?;
    let info = next("INFO")?;
    let Ok(alleles) = alleles(reference, alternate) else { return Ok(None) };
    let frequency = info_frequency(info)?;
    // Of a fingerprint: the haplotype block, and which allele lies on its first haplotype.
    let anchor = info_value(info, "BLOCK").map_or(Ok(position), |text| one_based("BLOCK", text))?;
    let is_swapped = info_value(info, "FIRST") == Some("1");
    Ok(Some(Listed { line: number, contig, position, alleles, frequency, anchor, is_swapped }))
}

fn info_value<'a>(info: &'a str, key: &str) -> Option<&'a str> {
    let mut fields = info.split(';');
    fields.find_map(|field| field.strip_prefix(key)?.strip_prefix('=')).filter(|&text| text != ".")
}

fn info_frequency(info: &str) -> Result<f64, String> {
    let value = |key: &str| info_value(info, key);
    if let Some(text) = value("AF") {
        return frequency_of(text);
    }
    let count = |key: &str| value(key).and_then(|text| text.parse::<f64>().ok());
    match (count("AC"), count("AN")) {
        (Some(copies), Some(all)) if all > 0.0 => frequency_of(&(copies / all).to_string()),
        _ => Err("INFO has neither AF, the frequency of ALT, nor AC and AN".into()),
    }
}

/// A position from 1 as one from 0.
pub(super) fn one_based(name: &str, text: &str) -> Result<u32, String> {
    let position = text.parse::<u32>().ok().and_then(|position| position.checked_sub(1));
    position.ok_or_else(|| format!("{name} {text} is no position from 1"))
}

/// Codes of two different letters of A, C, G and T.
pub(super) fn alleles(first: &str, second: &str) -> Result<(u8, u8), String> {
    let code = |text: &str| match text.as_bytes() {
        [letter] if base::encode(*letter) != base::N => Ok(base::encode(*letter)),
        _ => Err(format!("the allele {text} is none of A, C, G and T")),
    };
    match (code(first)?, code(second)?) {
        (first_code, second_code) if first_code == second_code => {
            Err(format!("both alleles are {first}; a SNP has two"))
        }
        codes => Ok(codes),
    }
}

pub(super) fn frequency_of(text: &str) -> Result<f64, String> {
    let frequency = text.parse::<f64>().ok().filter(|frequency| (0.0..=1.0).contains(frequency));
    frequency.ok_or_else(|| format!("the frequency {text} is no number from 0 to 1"))
}
