//! What all samples of a record share: CHROM to INFO.

use rihla_core::Interval;

use super::dictionary::{Dictionary, Kind};
use super::value::{
    parse_float, parse_integer, push_floats, push_integer, push_integers, push_none, push_text,
};

/// Where the counts of alleles and fields stand, and QUAL before them: they are known at the end only.
pub struct Counts {
    at: usize,
}

/// What the counts are of.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    quality: u32,
    alleles: usize,
    infos: usize,
}

/// Appends the place, and room for the counts.
///
/// # Errors
/// In words, for a place that 31 bits do not hold.
pub fn push_place(place: Interval, out: &mut Vec<u8>) -> Result<Counts, String> {
    let number = |value: u32| {
        i32::try_from(value).map_err(|_| "BCF cannot hold positions behind 2^31; write .vcf.gz".to_owned())
    };
    number(place.end)?;
    for value in [place.contig, place.start, place.end - place.start] {
        out.extend(number(value)?.to_le_bytes());
    }
    let at = out.len();
    out.resize(at + 12, 0);
    Ok(Counts { at })
}

impl Counts {
    /// Writes QUAL and the counts to where they belong.
    pub fn fill(self, site: Site, formats: usize, samples: usize, out: &mut [u8]) -> Result<(), String> {
        let too_many = |what: &str| format!("the record has more {what} than BCF can hold");
        let infos = u16::try_from(site.infos).map_err(|_| too_many("INFO fields"))?;
        let alleles = u16::try_from(site.alleles).map_err(|_| too_many("alleles"))?;
        let formats = u8::try_from(formats).map_err(|_| too_many("FORMAT fields"))?;
        let samples = u32::try_from(samples).ok().filter(|&samples| samples < 1 << 24);
        let samples = samples.ok_or_else(|| too_many("samples"))?;
        let words =
            [site.quality, u32::from(alleles) << 16 | u32::from(infos), u32::from(formats) << 24 | samples];
        for (room, word) in out[self.at..].chunks_exact_mut(4).zip(words) {
            room.copy_from_slice(&word.to_le_bytes());
        }
        Ok(())
    }
}

/// Appends ID to INFO.
///
/// # Errors
/// In words, for a missing column, and a filter, a field or a value that is not the header's.
pub fn push_site<'a>(
    columns: &mut impl Iterator<Item = &'a str>,
    dictionary: &Dictionary,
    out: &mut Vec<u8>,
) -> Result<Site, String> {
    let mut next = |name: &str| columns.next().ok_or_else(|| format!("column {name} is missing"));
    match next("ID")? {
        "." => push_text("", out),
        id => push_text(id, out),
    }
    push_text(next("REF")?, out);
    let alternates = next("ALT")?;
    let alternates = alternates.split(',').filter(|_| alternates != ".");
    let alleles = 1 + alternates.map(|allele| push_text(allele, out)).count();
    let quality = parse_float(next("QUAL")?).map_err(|problem| format!("QUAL: {problem}"))?;
    push_filters(next("FILTER")?, dictionary, out)?;
    let info = next("INFO")?;
    let fields = info.split(';').filter(|field| info != "." && !field.is_empty());
    let mut infos = 0;
    for field in fields {
        push_info(field, dictionary, out)?;
        infos += 1;
    }
    Ok(Site { quality, alleles, infos })
}

fn push_filters(filters: &str, dictionary: &Dictionary, out: &mut Vec<u8>) -> Result<(), String> {
    if filters == "." {
        push_none(out);
        return Ok(());
    }
    let numbers: Vec<i32> =
        filters.split(';').map(|filter| dictionary.filter(filter)).collect::<Result<_, _>>()?;
    push_integers(&numbers, numbers.len(), out);
    Ok(())
}

fn push_info(field: &str, dictionary: &Dictionary, out: &mut Vec<u8>) -> Result<(), String> {
    let (id, values) = field.split_once('=').map_or((field, None), |(id, values)| (id, Some(values)));
    let known = dictionary.info(id)?;
    push_integer(known.number, out);
    let in_field = |problem: String| format!("INFO {id}: {problem}");
    match (known.kind, values) {
        (Kind::Flag, _) => push_none(out),
        (_, None) => return Err(in_field("the value is missing".to_owned())),
        (Kind::Text, Some(text)) => push_text(text, out),
        (Kind::Integer, Some(values)) => {
            let values: Vec<i32> =
                values.split(',').map(parse_integer).collect::<Result<_, _>>().map_err(in_field)?;
            push_integers(&values, values.len(), out);
        }
        (Kind::Float, Some(values)) => {
            let values: Vec<u32> =
                values.split(',').map(parse_float).collect::<Result<_, _>>().map_err(in_field)?;
            push_floats(&values, values.len(), out);
        }
    }
    Ok(())
}
