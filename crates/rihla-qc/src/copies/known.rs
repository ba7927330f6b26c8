//! Regions that cultured pluripotent cells gain or lose: those that the International Stem Cell Initiative found again and
//! again (Nature Biotechnology 29:1132, 2011). Chromosomes 8, 12, 17 and X as a whole are looked at as all others are.
//! Places of arms and bands are those of the Genome Reference Consortium's ideograms, as in UCSC's `cytoBand`.

use rihla_core::{Contigs, Interval};

/// Regions of an assembly, known by the length of chromosome 20.
struct Assembly {
    length_of_20: u32,
    /// Name, chromosome, first base (0-based), one past the last.
    regions: [(&'static str, &'static str, u32, u32); 6],
}

const ASSEMBLIES: [Assembly; 2] = [
    // GRCh37
    Assembly {
        length_of_20: 63_025_520,
        regions: [
            ("1q", "1", 125_000_000, 249_250_621),
            ("10p", "10", 0, 40_200_000),
            ("12p", "12", 0, 35_800_000),
            ("17q", "17", 24_000_000, 81_195_210),
            ("18q", "18", 17_200_000, 78_077_248),
            ("20q11.21", "20", 29_400_000, 32_100_000),
        ],
    },
    // GRCh38
    Assembly {
        length_of_20: 64_444_167,
        regions: [
            ("1q", "1", 123_400_000, 248_956_422),
            ("10p", "10", 0, 39_800_000),
            ("12p", "12", 0, 35_500_000),
            ("17q", "17", 25_100_000, 83_257_441),
            ("18q", "18", 18_500_000, 80_373_285),
            ("20q11.21", "20", 30_400_000, 33_500_000),
        ],
    },
];

/// The regions on these contigs; none where the assembly is not known.
pub(super) fn regions_of(contigs: &Contigs) -> Vec<(&'static str, Interval)> {
    let find = |number: &str| {
        let is = |name: &str| name.strip_prefix("chr").unwrap_or(name) == number;
        contigs.iter().position(|contig| is(&contig.name)).map(|id| id as u32)
    };
    let length = find("20").map(|id| contigs.get(id).length);
    let assembly = ASSEMBLIES.iter().find(|assembly| Some(assembly.length_of_20) == length);
    let regions = assembly.iter().flat_map(|assembly| &assembly.regions);
    let found = |&(name, number, start, end): &(&'static str, &str, u32, u32)| {
        let id = find(number).filter(|&id| end <= contigs.get(id).length)?;
        Some((name, Interval::new(id, start, end)))
    };
    regions.filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    use rihla_core::Contig;

    use super::*;

    #[test]
    fn assemblies_are_known_by_their_lengths() {
        let contig = |(name, length): (&str, u32)| Contig { name: name.to_owned(), length, md5: [0; 16] };
        let regions = |list: &[(&str, u32)]| -> Vec<(&str, u32, u32)> {
            let contigs = Contigs::new(list.iter().copied().map(contig).collect());
            regions_of(&contigs).iter().map(|(name, at)| (*name, at.start, at.end)).collect()
        };
        let of_38 = [("chr12", 133_275_309), ("chr20", 64_444_167)];
        assert_eq!(regions(&of_38), [("12p", 0, 35_500_000), ("20q11.21", 30_400_000, 33_500_000)]);
        assert_eq!(regions(&[("20", 63_025_520)]), [("20q11.21", 29_400_000, 32_100_000)]);
        assert_eq!(regions(&[("chr20", 10_000_000)]), []);
    }
}
