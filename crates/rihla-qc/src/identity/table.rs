//! Tables of samples and pairs: our own, and those that somalier writes, which MultiQC reads.

use std::fmt::Write;

use super::{Copies, Expected, Observed, Pair, Person};

/// Two samples, by their numbers, and what they are to each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Numbers of the two.
    pub people: [usize; 2],
    /// What was found.
    pub pair: Pair,
    /// What was said before.
    pub expected: Option<Expected>,
}

impl Row {
    /// Whether it is as was said before, where something was.
    #[must_use]
    pub fn is_met(&self) -> Option<bool> {
        self.expected.map(|expected| expected.is_met(self.pair.conclusion))
    }
}

const COLUMNS: &str = "sample_a\tsample_b\tconclusion\tlikeliest\tlod\tblocks\trelatedness\tkinship\tibs0\tibs2\tsites\texpected\tas_expected";

/// All pairs in words and numbers, one a line, between tabs.
#[must_use]
pub fn identity(people: &[Person], rows: &[Row]) -> String {
    let mut text = format!("{COLUMNS}\n");
    for row in rows {
        let Pair { lod, blocks, conclusion, relation, shared, .. } = &row.pair;
        let [a, b] = row.people.map(|number| &people[number].name);
        let (relatedness, kinship) = (number(shared.relatedness(), 3), number(shared.kinship(), 3));
        let expected = row.expected.map_or(".".to_owned(), |expected| expected.to_string());
        let is_met = row.is_met().map_or(".", |is_met| if is_met { "yes" } else { "no" });
        line(
            &mut text,
            format_args!(
                "{a}\t{b}\t{conclusion}\t{relation}\t{lod:.2}\t{blocks}\t{relatedness}\t{kinship}\t{}\t{}\t{}\t{expected}\t{is_met}",
                shared.ibs0, shared.ibs2, shared.sites
            ),
        );
    }
    text
}

const PAIR_COLUMNS: &str = "#sample_a\tsample_b\trelatedness\tibs0\tibs2\thom_concordance\thets_a\thets_b\thets_ab\tshared_hets\t\
                            hom_alts_a\thom_alts_b\tshared_hom_alts\tn\tx_ibs0\tx_ibs2\texpected_relatedness\tlod";

/// somalier's `.pairs.tsv`, and the LOD behind its columns. Counts are of the sites that both samples have.
#[must_use]
pub fn pairs(people: &[Person], rows: &[Row]) -> String {
    let mut text = format!("{PAIR_COLUMNS}\n");
    for row in rows {
        let [a, b] = row.people.map(|number| &people[number].name);
        let (shared, on_x) = (&row.pair.shared, &row.pair.on_x);
        let [hets_a, hets_b] = shared.hets;
        let [homs_a, homs_b] = shared.hom_alts;
        let expected = match row.expected {
            Some(Expected::Same) => 1.0,
            Some(Expected::Different) | None => -1.0,
        };
        line(
            &mut text,
            format_args!(
                "{a}\t{b}\t{}\t{}\t{}\t{}\t{hets_a}\t{hets_b}\t{}\t{}\t{homs_a}\t{homs_b}\t{}\t{}\t{}\t{}\t{expected:.1}\t{:.3}",
                number(shared.relatedness(), 3),
                shared.ibs0,
                shared.ibs2,
                number(shared.hom_concordance(), 3),
                hets_a + hets_b,
                shared.shared_hets,
                shared.shared_hom_alts,
                shared.sites,
                on_x.ibs0,
                on_x.ibs2,
                row.pair.lod,
            ),
        );
    }
    text
}

const SAMPLE_COLUMNS: &str = "#family_id\tsample_id\tpaternal_id\tmaternal_id\tsex\tphenotype\toriginal_pedigree_sex\tgt_depth_mean\t\
                              gt_depth_sd\tdepth_mean\tdepth_sd\tab_mean\tab_std\tn_hom_ref\tn_het\tn_hom_alt\tn_unknown\tp_middling_ab\t\
                              X_depth_mean\tX_n\tX_hom_ref\tX_het\tX_hom_alt\tY_depth_mean\tY_n\tcontamination";

/// somalier's `.samples.tsv`, and contamination behind its columns. Depths are 0 where a file has no reads.
#[must_use]
pub fn samples(people: &[Person], places: &[Copies]) -> String {
    let mut text = format!("{SAMPLE_COLUMNS}\n");
    for person in people {
        let of = |copies: Copies| {
            let sites = person.observed.iter().zip(places).filter(move |(_, place)| **place == copies);
            Sites::of(sites.map(|(observed, _)| observed))
        };
        let (autosomes, on_x, on_y) = (of(Copies::Two), of(Copies::X), of(Copies::Other));
        let [hom_refs, hets, hom_alts] = autosomes.genotypes;
        let [x_refs, x_hets, x_alts] = on_x.genotypes;
        let name = &person.name;
        let contamination = number(person.contamination.map(|found| found.fraction), 5);
        let depths = [&autosomes.typed_depth, &autosomes.depth].map(|depth| depth.text(1)).join("\t");
        let balance = autosomes.balance.text(2);
        let (unknown, middling) = (autosomes.unknown, autosomes.middling);
        let [on_x, on_y] = [on_x.depth, on_y.depth].map(|depth| (depth.mean, depth.count));
        line(
            &mut text,
            format_args!(
                "{name}\t{name}\t-9\t-9\t-9\t-9\tunknown\t{depths}\t{balance}\t{hom_refs}\t{hets}\t{hom_alts}\t{unknown}\t{middling:.3}\t\
                 {:.2}\t{}\t{x_refs}\t{x_hets}\t{x_alts}\t{:.2}\t{}\t{contamination}",
                on_x.0, on_x.1, on_y.0, on_y.1
            ),
        );
    }
    text
}

/// What sites of a sample are like.
struct Sites {
    depth: Spread,
    typed_depth: Spread,
    /// Share of ALT.
    balance: Spread,
    genotypes: [u64; 3],
    unknown: u64,
    /// Share of sites of which the share of ALT is neither that of a heterozygous nor of a homozygous genotype.
    middling: f64,
}

impl Sites {
    fn of<'a>(sites: impl Iterator<Item = &'a Observed>) -> Self {
        let (mut depths, mut typed_depths, mut balances) = (Vec::new(), Vec::new(), Vec::new());
        let (mut genotypes, mut unknown, mut middling, mut all) = ([0; 3], 0, 0u64, 0u64);
        for site in sites {
            all += 1;
            match site.copies {
                Some(copies) => genotypes[usize::from(copies.min(2))] += 1,
                None => unknown += 1,
            }
            let Some(reads) = site.reads else { continue };
            let depth = f64::from(reads.reference) + f64::from(reads.alternate);
            depths.push(depth);
            if site.copies.is_some() {
                typed_depths.push(depth);
            }
            if depth > 0.0 {
                let share = f64::from(reads.alternate) / depth;
                balances.push(share);
                middling += u64::from((0.02..0.2).contains(&share) || (0.8..0.98).contains(&share));
            }
        }
        Self {
            depth: Spread::of(&depths),
            typed_depth: Spread::of(&typed_depths),
            balance: Spread::of(&balances),
            genotypes,
            unknown,
            middling: middling as f64 / all.max(1) as f64,
        }
    }
}

/// Mean and standard deviation; 0 of nothing.
struct Spread {
    count: usize,
    mean: f64,
    sd: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let count = values.len();
        // The sum of nothing is the negative zero.
        let mean = (0.0 + values.iter().sum::<f64>()) / count.max(1) as f64;
        let squares = 0.0 + values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        Self { count, mean, sd: (squares / count.max(1) as f64).sqrt() }
    }

    /// Both, between tabs.
    fn text(&self, decimals: usize) -> String {
        format!("{:.decimals$}\t{:.decimals$}", self.mean, self.sd)
    }
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or("nan".to_owned(), |value| format!("{value:.decimals$}"))
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // A string takes everything.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use rihla_core::{Panel, PanelSite};

    use super::super::Blocks;
    use super::*;
    use crate::site_reads::SiteReads;

    #[test]
    fn every_line_is_as_wide_as_its_head() {
        let site = |number: u32| PanelSite::alone((0, 50_000 * number), (0, 1), 0.5);
        let panel = Panel::new((0..4).map(site).collect()).expect("each place once");
        let blocks = Blocks::of(&panel, &[true]);
        let observed = |copies: u8| {
            let reads = SiteReads {
                reference: 10 * (2 - u32::from(copies)),
                alternate: 10 * u32::from(copies),
                other: 0,
            };
            Observed { copies: Some(copies), likelihoods: None, reads: Some(reads) }
        };
        let person = |name: &str, copies: [u8; 4]| {
            Person::new(name.into(), copies.map(observed).to_vec(), (&panel, &blocks), &[true])
        };
        let people = [person("a", [0, 1, 2, 1]), person("b", [0, 1, 2, 1])];
        let places = [Copies::Two, Copies::Two, Copies::Two, Copies::X];
        let pair = Pair::of(&people[0], &people[1], &blocks, &places, 5.0);
        let rows = [Row { people: [0, 1], pair, expected: Some(Expected::Same) }];
        for text in [identity(&people, &rows), pairs(&people, &rows), samples(&people, &places)] {
            let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
            assert!(lines.len() > 1 && lines.iter().all(|line| line.len() == lines[0].len()), "{text}");
            assert!(lines.iter().flatten().all(|field| !field.is_empty()), "{text}");
        }
        let text = samples(&people, &places);
        assert!(text.contains("a\ta\t-9\t-9\t-9\t-9\tunknown\t20.0\t0.0\t20.0\t0.0\t0.50\t0.41\t1\t1\t1\t0\t0.000\t20.00\t1\t0\t1\t0\t0.00\t0\tnan\n"), "{text}");
        // What MultiQC reads as numbers are numbers.
        let numbers = pairs(&people, &rows);
        let fields = numbers.lines().nth(1).expect("a pair").split('\t').skip(2);
        assert!(fields.into_iter().all(|field| field.parse::<f64>().is_ok()), "{numbers}");
        assert!(identity(&people, &rows).contains("\tno\n"), "too few sites to say so");
    }
}
