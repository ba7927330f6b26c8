//! Depth of windows against the usual, whatever their G and C.

use std::collections::BTreeMap;

use rihla_core::chromosomes::is_numbered;
use rihla_core::{Chromosomes, Contigs, Interval};

use crate::landscape::{LANDSCAPE_WINDOW, Landscape};

/// A window is judged where so large a share of it is known.
const LEAST_KNOWN: f64 = 0.9;
/// And where so large a share of its reads lies surely: elsewhere depth says little.
const LEAST_SURE: f64 = 0.9;
/// Fewer reads in a usual window are not judged.
const LEAST_READS: f64 = 15.0;
/// Windows of as much G and C, one percent more or less, of which a median is taken.
const LEAST_ALIKE: usize = 15;
/// Times that copies and the curve of G and C are fitted to each other.
const ROUNDS: usize = 4;
const PERCENTS: usize = 101;

/// A window that can be judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    /// Contig id.
    pub contig: u32,
    /// First base.
    pub start: u32,
    /// Depth against the usual of numbered chromosomes.
    pub level: f64,
    /// Heterozygous SNPs in it.
    pub hets: u64,
    /// Percent of G and C.
    gc: usize,
}

/// All windows that can be judged.
pub(crate) struct Levels {
    /// In order.
    pub sites: Vec<Site>,
    /// Ids of the numbered chromosomes that have enough windows.
    pub autosomes: Vec<u32>,
    /// Median distance of their levels from the median.
    pub spread: f64,
}

impl Levels {
    /// Measures; `None` without numbered chromosomes, or with too few reads.
    pub fn of(landscape: &Landscape, contigs: &Contigs, chromosomes: &Chromosomes) -> Option<Self> {
        let is_autosome: Vec<bool> = contigs.iter().map(|contig| is_numbered(&contig.name)).collect();
        let is_sex = |id: u32| chromosomes.x() == Some(id) || chromosomes.y() == Some(id);
        let mut sites: Vec<Site> = landscape
            .iter()
            .filter(|(contig, ..)| is_autosome[*contig as usize] || is_sex(*contig))
            .filter(|&(contig, start, _)| {
                !chromosomes.par().overlaps(&Interval::new(contig, start, start + LANDSCAPE_WINDOW))
            })
            .filter(|(_, _, counts)| counts.known as f64 >= LEAST_KNOWN * f64::from(LANDSCAPE_WINDOW))
            .filter(|(_, _, counts)| counts.reads as f64 >= LEAST_SURE * counts.placed as f64)
            .map(|(contig, start, counts)| Site {
                contig,
                start,
                level: counts.reads as f64 / counts.known as f64,
                hets: counts.hets,
                gc: (counts.strong as f64 * 100.0 / counts.known as f64).round() as usize,
            })
            .collect();
        let mut autosomal: Vec<f64> = depths(&sites, |site| is_autosome[site.contig as usize]);
        if autosomal.is_empty() || median_of(&mut autosomal) * f64::from(LANDSCAPE_WINDOW) < LEAST_READS {
            return None;
        }
        let rates: Vec<f64> = sites.iter().map(|site| site.level).collect();
        let mut copies: BTreeMap<u32, f64> = BTreeMap::new();
        for _ in 0..ROUNDS {
            let curve = curve(&sites, &rates, &copies, &is_autosome);
            for (site, rate) in sites.iter_mut().zip(&rates) {
                site.level = curve[site.gc.min(PERCENTS - 1)].map_or(f64::NAN, |usual| rate / usual);
            }
            copies = by_chromosome(&sites, &is_autosome);
            let usual = median_of(&mut copies.values().copied().collect::<Vec<_>>());
            copies.values_mut().for_each(|level| *level /= usual);
            sites.iter_mut().for_each(|site| site.level /= usual);
        }
        sites.retain(|site| site.level.is_finite());
        let spread = median_of(&mut copies.values().map(|level| (level - 1.0).abs()).collect::<Vec<_>>());
        Some(Self { sites, autosomes: copies.into_keys().collect(), spread })
    }
}

fn depths(sites: &[Site], wanted: impl Fn(&Site) -> bool) -> Vec<f64> {
    sites.iter().filter(|site| wanted(site) && site.level.is_finite()).map(|site| site.level).collect()
}

/// Median rate of numbered chromosomes by percent of G and C, copies divided out.
fn curve(
    sites: &[Site],
    rates: &[f64],
    copies: &BTreeMap<u32, f64>,
    is_autosome: &[bool],
) -> Vec<Option<f64>> {
    let mut by_gc: Vec<Vec<f64>> = vec![Vec::new(); PERCENTS];
    for (site, rate) in sites.iter().zip(rates).filter(|(site, _)| is_autosome[site.contig as usize]) {
        // A chromosome of which nothing is left says nothing of G and C.
        let copies = copies.get(&site.contig).copied().unwrap_or(1.0);
        if copies > 0.1 {
            by_gc[site.gc.min(PERCENTS - 1)].push(rate / copies);
        }
    }
    let near = |gc: usize| by_gc[gc.saturating_sub(1)..(gc + 2).min(PERCENTS)].concat();
    let median = |mut alike: Vec<f64>| (alike.len() >= LEAST_ALIKE).then(|| median_of(&mut alike));
    (0..PERCENTS).map(|gc| median(near(gc)).filter(|usual| *usual > 0.0)).collect()
}

/// Median level of each numbered chromosome that has enough windows.
fn by_chromosome(sites: &[Site], is_autosome: &[bool]) -> BTreeMap<u32, f64> {
    let mut levels: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for site in sites.iter().filter(|site| is_autosome[site.contig as usize] && site.level.is_finite()) {
        levels.entry(site.contig).or_default().push(site.level);
    }
    levels.retain(|_, levels| levels.len() >= super::MIN_WINDOWS);
    levels.into_iter().map(|(contig, mut levels)| (contig, median_of(&mut levels))).collect()
}

/// The value in the middle, or half-way between the two that are; nothing comes of nothing.
pub(crate) fn median_of(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let count = values.len();
    match count {
        0 => f64::NAN,
        _ => (values[(count - 1) / 2] + values[count / 2]) / 2.0,
    }
}
