//! GT, as VCF 4.2 to 4.4 write it.

/// Alleles in their order, `None` for a missing one.
pub(super) type Alleles = Vec<Option<u8>>;

/// Reads a GT other than `.`: allele numbers with `/` or `|` between them and, in VCF 4.4, before the
/// first. Phased is a genotype of which every such sign is `|`; one allele without a sign is not.
///
/// # Errors
/// In words, for an allele that is no number or above `alternates`.
pub(super) fn parse_genotype(text: &str, alternates: usize) -> Result<(Alleles, bool), String> {
    let allele = |part: &str| match part {
        "." => Ok(None),
        _ => match part.parse::<u8>() {
            Ok(allele) if usize::from(allele) <= alternates => Ok(Some(allele)),
            _ => Err(format!("genotype {text} names allele {part:?}, but there are {alternates} in ALT")),
        },
    };
    let alleles = text.strip_prefix(['/', '|']).unwrap_or(text);
    let alleles = alleles.split(['/', '|']).map(allele).collect::<Result<_, _>>()?;
    Ok((alleles, text.contains('|') && !text.contains('/')))
}
