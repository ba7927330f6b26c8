//! How many copies of each chromosome a sample has, and of regions that cultured cells gain or lose.
//!
//! Depth is taken in windows of 10 kb, of reads that lie surely. What depends on G and C is divided out by the median of
//! windows of as much of it (as Scheinin et al., Genome Research 24:2022, 2014, do it), the copies found so far divided out
//! before, so that a gained chromosome does not bend the curve that it is judged by. A chromosome's depth is the median
//! of its windows; the usual one is the median of the numbered chromosomes.

mod known;
mod level;

use rihla_core::{Chromosomes, Contigs, Interval, Sex};
use serde::{Deserialize, Serialize};

use crate::landscape::{LANDSCAPE_WINDOW, Landscape};
use known::regions_of;
use level::median_of;
pub(crate) use level::{Levels, Site};

/// Fewer windows say nothing of a chromosome or region.
const MIN_WINDOWS: usize = 20;
/// Fewer numbered chromosomes say nothing of what is usual.
const MIN_AUTOSOMES: usize = 3;
/// Copies more, or fewer, from which on a gain or loss is likely: the least, and in deviations among the chromosomes.
const LIKELY: (f64, f64) = (0.3, 6.0);
/// The same of what may be one: in a part of the cells, or by a library's unevenness.
const POSSIBLE: (f64, f64) = (0.15, 4.0);

/// What the number of copies says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyState {
    /// As expected.
    Normal,
    /// More, if only a little: some of the cells may have a copy more.
    PossibleGain,
    /// Fewer, if only a little.
    PossibleLoss,
    /// More.
    Gain,
    /// Fewer.
    Loss,
    /// Not to be told: too little is known, or what is expected is not.
    Open,
}

/// Copies of a chromosome or a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegionCopies {
    /// Its name: that of the contig, or of the band or arm.
    pub name: String,
    /// The contig.
    pub contig: String,
    /// First base, 0-based.
    pub start: u32,
    /// One past the last base.
    pub end: u32,
    /// Windows that were judged.
    pub windows: usize,
    /// Copies, as a mean of all cells; `None` where there are too few windows.
    pub copies: Option<f64>,
    /// Copies of such a person; `None` where the sex is not known.
    pub expected: Option<usize>,
    /// What that means.
    pub state: CopyState,
}

/// Copies all over the genome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CopyMetrics {
    /// Bases of a window.
    pub window_bases: u32,
    /// How far the numbered chromosomes lie apart: 1.4826 times the median distance from their median, in copies.
    pub spread: f64,
    /// Numbered chromosomes, X and Y.
    pub chromosomes: Vec<RegionCopies>,
    /// Regions that cultured cells gain or lose, where the assembly is known.
    pub regions: Vec<RegionCopies>,
}

/// The chromosomes that a sample should have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Karyotype {
    /// X, Y and their common regions.
    pub chromosomes: Chromosomes,
    /// The sex, where it is known.
    pub sex: Option<Sex>,
    /// Copies of the numbered chromosomes.
    pub ploidy: usize,
}

impl Karyotype {
    /// Copies of a contig; `None` where they depend on a sex that is not known.
    fn copies(&self, contig: u32) -> Option<usize> {
        let is = |id: Option<u32>| id == Some(contig);
        match self.sex {
            _ if !is(self.chromosomes.x()) && !is(self.chromosomes.y()) => Some(self.ploidy),
            Some(Sex::Female) => Some(if is(self.chromosomes.x()) { 2 } else { 0 }),
            Some(Sex::Male) => Some(1),
            None => None,
        }
    }
}

impl CopyMetrics {
    /// Judges; `None` where too few chromosomes are there, or too few reads.
    #[must_use]
    pub fn of(landscape: &Landscape, contigs: &Contigs, expected: &Karyotype) -> Option<Self> {
        let levels = Levels::of(landscape, contigs, &expected.chromosomes)?;
        if levels.autosomes.len() < MIN_AUTOSOMES {
            return None;
        }
        let per_level = expected.ploidy as f64;
        let copies = |interval: Interval| -> (usize, Option<f64>) {
            let inside = levels.sites.iter().filter(|site| interval.contains(site.contig, site.start));
            let mut found: Vec<f64> = inside.map(|site| per_level * site.level).collect();
            (found.len(), (found.len() >= MIN_WINDOWS).then(|| median_of(&mut found)))
        };
        let spread = 1.4826 * per_level * levels.spread;
        let judge = |name: &str, interval: Interval| {
            let (windows, copies) = copies(interval);
            let (contig, expected) = (contigs.get(interval.contig), expected.copies(interval.contig));
            RegionCopies {
                name: name.to_owned(),
                contig: contig.name.clone(),
                start: interval.start,
                end: interval.end,
                windows,
                copies: copies.map(|copies| (copies * 1e3).round() / 1e3),
                expected,
                state: state(copies, expected, spread),
            }
        };
        let whole = |id: u32| Interval::new(id, 0, contigs.get(id).length);
        let sexes = [expected.chromosomes.x(), expected.chromosomes.y()].into_iter().flatten();
        let ids = levels.autosomes.iter().copied().chain(sexes);
        let chromosomes = ids.map(|id| judge(&contigs.get(id).name, whole(id))).collect();
        let regions = regions_of(contigs).iter().map(|(name, at)| judge(name, *at)).collect();
        Some(Self {
            window_bases: LANDSCAPE_WINDOW,
            spread: (spread * 1e3).round() / 1e3,
            chromosomes,
            regions,
        })
    }

    /// Chromosomes and regions whose copies are not as expected.
    pub fn unusual(&self) -> impl Iterator<Item = &RegionCopies> {
        let all = self.chromosomes.iter().chain(&self.regions);
        all.filter(|one| !matches!(one.state, CopyState::Normal | CopyState::Open))
    }
}

fn state(copies: Option<f64>, expected: Option<usize>, spread: f64) -> CopyState {
    let (Some(copies), Some(expected)) = (copies, expected) else { return CopyState::Open };
    let more = copies - expected as f64;
    let is_beyond = |(least, deviations): (f64, f64)| more.abs() >= least.max(deviations * spread);
    match (is_beyond(LIKELY), is_beyond(POSSIBLE), more > 0.0) {
        (true, _, true) => CopyState::Gain,
        (true, _, false) => CopyState::Loss,
        (_, true, true) => CopyState::PossibleGain,
        (_, true, false) => CopyState::PossibleLoss,
        _ => CopyState::Normal,
    }
}

#[cfg(test)]
mod tests {
    use rihla_core::Contig;

    use super::*;
    use crate::landscape::WindowCounts;

    const WINDOWS: u32 = 300;

    fn contigs() -> Contigs {
        let names = ["chr1", "chr2", "chr3", "chr4", "chrX", "chrY", "chrM"];
        let contig =
            |name: &str| Contig { name: name.to_owned(), length: WINDOWS * LANDSCAPE_WINDOW, md5: [0; 16] };
        Contigs::new(names.map(contig).to_vec())
    }

    /// Reads of chromosomes of so many copies, more of them where there is more G and C; the last chromosome is richer in it.
    fn landscape(copies: [f64; 6]) -> Landscape {
        let mut landscape = Landscape::default();
        for (contig, copies) in copies.into_iter().enumerate() {
            for number in 0..WINDOWS {
                let noise = (number * 7_919 + contig as u32 * 31) % 101;
                let percent = 35 + u64::from(noise) % 15 + if contig == 3 { 8 } else { 0 };
                let usual = 500.0 * copies * (0.5 + percent as f64 / 80.0);
                let placed = (usual * (0.9 + 0.2 * f64::from(noise) / 101.0)) as u64;
                // One window in ten is of reads that may lie elsewhere.
                let reads = if number % 10 == 3 { placed / 2 } else { placed };
                let counts = WindowCounts { known: 10_000, strong: 100 * percent, placed, reads, hets: 0 };
                landscape.insert(contig as u32, number, counts);
            }
        }
        landscape
    }

    fn judged(copies: [f64; 6], sex: Option<Sex>) -> Vec<(String, f64, CopyState)> {
        let contigs = contigs();
        let chromosomes = Chromosomes::of(&contigs, None);
        let expected = Karyotype { chromosomes, sex, ploidy: 2 };
        let metrics = CopyMetrics::of(&landscape(copies), &contigs, &expected).expect("enough chromosomes");
        let of = |one: &RegionCopies| (one.name.clone(), one.copies.expect("enough windows"), one.state);
        metrics.chromosomes.iter().map(of).collect()
    }

    #[test]
    fn whole_chromosomes_and_parts_of_the_cells() {
        for (copies, states) in [
            ([2.0, 3.0, 2.0, 2.0, 1.0, 1.0], [CopyState::Normal, CopyState::Gain, CopyState::Normal]),
            ([2.0, 2.0, 2.0, 1.0, 1.0, 1.0], [CopyState::Normal, CopyState::Normal, CopyState::Loss]),
            ([2.0, 2.0, 2.0, 2.2, 1.0, 1.0], [CopyState::Normal, CopyState::Normal, CopyState::PossibleGain]),
        ] {
            let found = judged(copies, Some(Sex::Male));
            for ((name, copies, _), about) in found.iter().zip(copies) {
                assert!((copies - about).abs() < 0.08, "{name}: {copies}");
            }
            let found: Vec<CopyState> = found.into_iter().map(|(_, _, state)| state).collect();
            let [first, second, fourth] = states;
            let sexes = CopyState::Normal;
            assert_eq!(found, [first, second, CopyState::Normal, fourth, sexes, sexes]);
        }
    }

    #[test]
    fn what_is_expected_goes_by_the_sex() {
        let states = |sex| -> Vec<CopyState> {
            judged([2.0, 2.0, 2.0, 2.0, 2.0, 0.0], sex)
                .into_iter()
                .skip(4)
                .map(|(_, _, state)| state)
                .collect()
        };
        assert_eq!(states(Some(Sex::Female)), [CopyState::Normal, CopyState::Normal]);
        assert_eq!(states(Some(Sex::Male)), [CopyState::Gain, CopyState::Loss]);
        assert_eq!(states(None), [CopyState::Open, CopyState::Open]);
    }

    #[test]
    fn too_little_is_not_judged() {
        let contigs = contigs();
        let chromosomes = Chromosomes::of(&contigs, None);
        let expected = Karyotype { chromosomes, sex: None, ploidy: 2 };
        assert_eq!(CopyMetrics::of(&Landscape::default(), &contigs, &expected), None);
        let few = landscape([0.004; 6]);
        assert_eq!(CopyMetrics::of(&few, &contigs, &expected), None, "two reads a window");
    }

    #[test]
    fn uneven_libraries_are_judged_less() {
        assert_eq!(state(Some(2.35), Some(2), 0.01), CopyState::Gain);
        assert_eq!(state(Some(2.35), Some(2), 0.07), CopyState::PossibleGain);
        assert_eq!(state(Some(1.65), Some(2), 0.1), CopyState::Normal);
        assert_eq!(state(None, Some(2), 0.01), CopyState::Open);
    }
}
