//! Runs of homozygosity: stretches whose two copies are the same, as of parents who are related, of one parent
//! alone, or where one copy is lost.
//!
//! Windows of 10 kb (`landscape.rs`) are in one of two states, told by how many heterozygous SNPs they have: as many as
//! the sample has elsewhere, or next to none. The likeliest sequence of states is found by Viterbi's algorithm, as in
//! `bcftools roh` (Narasimhan et al., Bioinformatics 32:1749, 2016), which goes by sites where this goes by windows and
//! needs no allele frequencies. Windows that are not known or deep enough to judge say nothing.

use rihla_core::{Chromosomes, Contigs};
use serde::{Deserialize, Serialize};

use crate::copies::{Levels, Site};
use crate::landscape::{LANDSCAPE_WINDOW, Landscape};

/// Shorter runs do not count (bases).
pub const SHORTEST_RUN: u32 = 1_000_000;
/// Runs of this length and more tell of related parents or of one parent alone (bases).
pub const LONG_RUN: u32 = 5_000_000;
/// Fewer windows say nothing.
const MIN_WINDOWS: usize = 500;
/// Against the usual depth: windows outside are not called soundly.
const SOUND: std::ops::Range<f64> = 0.5..1.6;
/// Heterozygous SNPs of a window outside of runs: at least so many, whatever is seen; a whole genome may be one run.
const LEAST_HETS: f64 = 2.0;
/// In a run there are so many of that: false calls, and a base changed since.
const LEFT: f64 = 0.03;
/// How likely a window begins a run, and ends one.
const BEGINS: f64 = 3e-4;
const ENDS: f64 = 5e-3;
/// Times that the number of heterozygous SNPs outside of runs is worked out again.
const ROUNDS: usize = 3;

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomozygousRun {
    /// Contig.
    pub contig: String,
    /// First base, 0-based.
    pub start: u32,
    /// One past the last base.
    pub end: u32,
}

/// Runs on the numbered chromosomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomozygosityMetrics {
    /// Bases of the windows that could be judged.
    pub judged_bases: u64,
    /// Heterozygous SNPs of a million bases outside of runs.
    pub hets_per_mb: f64,
    /// Share of the judged bases in runs of a million bases and more.
    pub fraction: f64,
    /// Share of the judged bases in runs of five million bases and more.
    pub fraction_long: f64,
    /// Runs of a million bases and more.
    pub runs: Vec<HomozygousRun>,
}

impl HomozygosityMetrics {
    /// Finds runs; `None` where too few windows can be judged.
    #[must_use]
    pub fn of(landscape: &Landscape, contigs: &Contigs, chromosomes: &Chromosomes) -> Option<Self> {
        let levels = Levels::of(landscape, contigs, chromosomes)?;
        let is_judged = |site: &&Site| levels.autosomes.contains(&site.contig) && SOUND.contains(&site.level);
        let sites: Vec<Site> = levels.sites.iter().filter(is_judged).copied().collect();
        if sites.len() < MIN_WINDOWS {
            return None;
        }
        let mut usual = mean(sites.iter().filter(|site| site.hets > 0)).max(LEAST_HETS);
        let mut states = Vec::new();
        for _ in 0..ROUNDS {
            states = sites
                .chunk_by(|one, two| one.contig == two.contig)
                .flat_map(|part| in_runs(part, usual))
                .collect();
            let outside = sites.iter().zip(&states).filter(|(_, is_in)| !**is_in).map(|(site, _)| site);
            usual = mean(outside).max(LEAST_HETS);
        }
        let runs = runs(&sites, &states);
        let share = |shortest: u32| {
            let inside = runs.iter().filter(|(first, last)| length(first, last) >= shortest);
            let windows: usize = inside.map(|(first, last)| count(&sites, first, last)).sum();
            (windows as f64 / sites.len() as f64 * 1e6).round() / 1e6
        };
        let named = |(first, last): &(Site, Site)| HomozygousRun {
            contig: contigs.get(first.contig).name.clone(),
            start: first.start,
            end: last.start + LANDSCAPE_WINDOW,
        };
        Some(Self {
            judged_bases: sites.len() as u64 * u64::from(LANDSCAPE_WINDOW),
            hets_per_mb: (usual * 1e6 / f64::from(LANDSCAPE_WINDOW) * 10.0).round() / 10.0,
            fraction: share(SHORTEST_RUN),
            fraction_long: share(LONG_RUN),
            runs: runs.iter().map(named).collect(),
        })
    }
}

fn mean<'a>(sites: impl Iterator<Item = &'a Site>) -> f64 {
    let (hets, windows) = sites.fold((0, 0), |(hets, windows), site| (hets + site.hets, windows + 1));
    if windows == 0 { 0.0 } else { hets as f64 / f64::from(windows) }
}

/// Which windows of a chromosome are in a run, most likely, where others have `usual` heterozygous SNPs.
fn in_runs(sites: &[Site], usual: f64) -> Vec<bool> {
    // Of outside, and of inside.
    let rates = [usual, usual * LEFT];
    let stays = [(1.0 - BEGINS).ln(), (1.0 - ENDS).ln()];
    let comes = [ENDS.ln(), BEGINS.ln()];
    let mut best = [(1.0 - BEGINS / ENDS).ln(), (BEGINS / ENDS).ln()];
    let mut came_from_other = Vec::with_capacity(sites.len());
    for site in sites {
        let mut changed = [false; 2];
        let next = [0, 1].map(|state| {
            let (stay, come) = (best[state] + stays[state], best[1 - state] + comes[state]);
            changed[state] = come > stay;
            // Poisson, but for what both states share.
            stay.max(come) + site.hets as f64 * rates[state].ln() - rates[state]
        });
        best = next;
        came_from_other.push(changed);
    }
    let mut state = usize::from(best[1] > best[0]);
    let mut states = vec![false; sites.len()];
    for (is_in, changed) in states.iter_mut().zip(&came_from_other).rev() {
        *is_in = state == 1;
        state = if changed[state] { 1 - state } else { state };
    }
    states
}

/// First and last window of each run that is long enough.
fn runs(sites: &[Site], states: &[bool]) -> Vec<(Site, Site)> {
    let marked: Vec<(Site, bool)> = sites.iter().copied().zip(states.iter().copied()).collect();
    let parts = marked.chunk_by(|one, two| one.1 == two.1 && one.0.contig == two.0.contig);
    let inside = parts.filter(|part| part[0].1).map(|part| (part[0].0, part[part.len() - 1].0));
    inside.filter(|(first, last)| length(first, last) >= SHORTEST_RUN).collect()
}

fn length(first: &Site, last: &Site) -> u32 {
    last.start + LANDSCAPE_WINDOW - first.start
}

fn count(sites: &[Site], first: &Site, last: &Site) -> usize {
    let is_inside =
        |site: &&Site| site.contig == first.contig && (first.start..=last.start).contains(&site.start);
    sites.iter().filter(is_inside).count()
}

#[cfg(test)]
mod tests {
    use rihla_core::Contig;

    use super::*;
    use crate::landscape::WindowCounts;

    /// Three chromosomes of 8 Mb, heterozygous SNPs but for windows of `runs`.
    fn found(hets: u64, runs: &[(u32, std::ops::Range<u32>)]) -> Option<HomozygosityMetrics> {
        let contig = |name: &str| Contig { name: name.to_owned(), length: 8_000_000, md5: [0; 16] };
        let contigs = Contigs::new(["1", "2", "3"].map(contig).to_vec());
        let mut landscape = Landscape::default();
        for id in 0..3 {
            for number in 0..800 {
                let is_in = runs.iter().any(|(contig, range)| *contig == id && range.contains(&number));
                let draw = u64::from((number * 7_919 + id * 5) % 13);
                let hets = match is_in {
                    true => u64::from(number % 40 == 7),
                    // Some windows of any genome have none.
                    false => {
                        if draw < 2 {
                            0
                        } else {
                            hets * draw / 7
                        }
                    }
                };
                let reads = 300 + draw;
                let counts = WindowCounts { known: 10_000, strong: 4_100, placed: reads, reads, hets };
                landscape.insert(id, number, counts);
            }
        }
        HomozygosityMetrics::of(&landscape, &contigs, &Chromosomes::of(&contigs, None))
    }

    #[test]
    fn runs_are_found_where_they_are() {
        let none = found(7, &[]).expect("enough windows");
        assert_eq!((none.fraction, none.runs.len()), (0.0, 0));
        assert!((400.0..1_000.0).contains(&none.hets_per_mb), "{}", none.hets_per_mb);
        let two = found(7, &[(0, 100..250), (1, 200..800), (2, 300..340)]).expect("enough windows");
        let places: Vec<(&str, f64, f64)> = two
            .runs
            .iter()
            .map(|run| (run.contig.as_str(), f64::from(run.start) / 1e6, f64::from(run.end) / 1e6))
            .collect();
        assert_eq!(places.len(), 2, "that of 400 kb is too short: {places:?}");
        for ((contig, start, end), (name, from, to)) in places.iter().zip([("1", 1.0, 2.5), ("2", 2.0, 8.0)])
        {
            assert!(*contig == name && (start - from).abs() < 0.05 && (end - to).abs() < 0.05, "{places:?}");
        }
        assert!((two.fraction - 0.3125).abs() < 0.01 && (two.fraction_long - 0.25).abs() < 0.01, "{two:?}");
    }

    #[test]
    fn a_genome_of_one_copy_twice_is_one_run_a_chromosome() {
        let whole = found(7, &[(0, 0..800), (1, 0..800), (2, 0..800)]).expect("enough windows");
        assert_eq!((whole.runs.len(), whole.fraction), (3, 1.0));
    }
}
