//! What each sample of a record has: the columns behind FORMAT, field by field.

use super::dictionary::{Dictionary, Kind};
use super::value::{
    END, END_FLOAT, parse_float, parse_integer, push_floats, push_integer, push_integers, push_texts,
};

/// The field of genotypes, which BCF stores in a way of its own.
const GENOTYPE: &str = "GT";

/// Appends FORMAT and the samples' columns; gives the number of fields.
///
/// # Errors
/// In words, for a column too few or too many, and a field or a value that is not the header's.
pub fn push_samples<'a>(
    columns: &mut impl Iterator<Item = &'a str>,
    dictionary: &Dictionary,
    out: &mut Vec<u8>,
) -> Result<usize, String> {
    let format = columns.next();
    // Values at a column's end may be left out.
    let mut samples: Vec<_> = columns.map(|column| column.split(':')).collect();
    if samples.len() != dictionary.samples {
        let (found, expected) = (samples.len(), dictionary.samples);
        return Err(format!("the line has columns of {found} samples, the header of {expected}"));
    }
    let Some(format) = format.filter(|&format| format != "." && !samples.is_empty()) else { return Ok(0) };
    let (mut count, mut texts) = (0, Vec::with_capacity(samples.len()));
    for id in format.split(':') {
        let field = dictionary.format(id)?;
        push_integer(field.number, out);
        texts.clear();
        texts.extend(samples.iter_mut().map(|values| values.next().unwrap_or(".")));
        let pushed = match field.kind {
            _ if id == GENOTYPE => push_genotypes(&texts, out),
            Kind::Integer => {
                let parse = |text: &str| text.split(',').map(parse_integer).collect();
                push_rows(&texts, parse, END, push_integers, out)
            }
            Kind::Float => {
                let parse = |text: &str| text.split(',').map(parse_float).collect();
                push_rows(&texts, parse, END_FLOAT, push_floats, out)
            }
            Kind::Text | Kind::Flag => {
                push_texts(&texts, out);
                Ok(())
            }
        };
        pushed.map_err(|problem| format!("FORMAT {id}: {problem}"))?;
        count += 1;
    }
    match samples.iter_mut().any(|values| values.next().is_some()) {
        true => Err("a sample has more values than FORMAT has fields".to_owned()),
        false => Ok(count),
    }
}

fn push_genotypes(texts: &[&str], out: &mut Vec<u8>) -> Result<(), String> {
    push_rows(texts, parse_genotype, END, push_integers, out)
}

/// Parses each sample's values and appends them, all as long as the longest.
fn push_rows<T: Copy>(
    texts: &[&str],
    parse: impl Fn(&str) -> Result<Vec<T>, String>,
    end: T,
    push: impl Fn(&[T], usize, &mut Vec<u8>),
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let rows: Vec<Vec<T>> = texts.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
    let length = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut all = Vec::with_capacity(length * rows.len());
    for row in rows {
        let filled = all.len() + length;
        all.extend(row);
        all.resize(filled, end);
    }
    push(&all, length, out);
    Ok(())
}

/// Each allele is its number plus one (0 where it is missing), doubled, plus one if the sign before it is
/// `|`; before the first allele there is none as a rule.
fn parse_genotype(text: &str) -> Result<Vec<i32>, String> {
    let wrong = || format!("{text} is no genotype");
    let mut values = Vec::new();
    let (mut rest, mut is_phased) = match text.strip_prefix(['/', '|']) {
        Some(rest) => (rest, text.starts_with('|')),
        None => (text, false),
    };
    loop {
        let end = rest.find(['/', '|']).unwrap_or(rest.len());
        let number = match &rest[..end] {
            "." => 0,
            allele => allele.parse::<u16>().map(|allele| i32::from(allele) + 1).map_err(|_| wrong())?,
        };
        values.push(number << 1 | i32::from(is_phased));
        let Some(sign) = rest[end..].chars().next() else { return Ok(values) };
        is_phased = sign == '|';
        rest = &rest[end + 1..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genotypes() {
        for (text, values) in [
            ("0/1", &[2, 4][..]),
            ("0|1", &[2, 5]),
            ("./.", &[0, 0]),
            (".|1", &[0, 5]),
            ("1|.", &[4, 1]),
            (".", &[0]),
            ("2", &[6]),
            ("|1", &[5]),
            ("0/1|300", &[2, 4, 603]),
        ] {
            assert_eq!(parse_genotype(text).as_deref(), Ok(values), "{text}");
        }
        for text in ["", "0/", "x", "0/-1", "0//1", "70000"] {
            assert!(parse_genotype(text).is_err(), "{text}");
        }
    }
}
