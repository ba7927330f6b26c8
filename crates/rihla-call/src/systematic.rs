//! Errors that a sequence brings about, weighed with the genotypes.
//!
//! Behind some sequences reads of one strand tend to one wrong base (Meacham et al. 2011: at one place in a thousand). Such
//! errors depend on each other, so that likelihoods, which take reads as independent, make heterozygotes of them. Two things
//! tell them: they are on one strand, and the qualities of their bases are low beside those of the others, if not as low as
//! to say how wrong they are. So every set of haplotypes that lacks a base is also weighed with a share of the reads of
//! one strand that show it in error, drawn from Beta(1, 8). DRAGEN does so for homozygous genotypes (its base
//! quality drop-off); Strelka2 lowers the weight of each further read of a strand.
//!
//! The qualities decide. Few true alleles are on one strand alone by chance, but there are many more of them than of such
//! errors where reads are few, and their bases are as good as the others at the place. How common such places are differs between
//! sequencers, and is learnt from the sample ([`learn`]).

use rihla_core::base;
use rihla_pileup::ReadSet;
use statrs::function::beta::ln_beta;

use crate::haplotype::Haplotype;
use crate::reads::{WindowRead, base_at};
use crate::window::Window;

pub mod learn;

/// Usual share of the places, on each strand, where reads err to the base before (for a read), as where part of a cluster falls
/// a cycle behind; and to another base.
const TO_BASE_BEFORE: f64 = 8e-4;
const TO_OTHER_BASE: f64 = 1e-4;
/// The share of the strand's reads that err is drawn from Beta(1, 8).
const SHARE: f64 = 8.0;
/// Qualities so much below the median of the place's are very low, and low.
const BELOW: [u8; 2] = [20, 8];
/// Shares of qualities that are very low, low and neither, of bases that are wrong for such a cause.
const IF_WRONG: [f64; 3] = [0.7, 0.2, 0.1];
/// Those of right bases are counted in the other reads of the strand, so many bases to both sides of the place; these, of so many
/// reads, are counted with them.
const AROUND: usize = 12;
const IF_RIGHT: [f64; 3] = [1.0, 2.0, 17.0];
/// Reads of one strand that show a base, and how many times those of the other strand they are, for it to be suspect.
const MIN_READS: usize = 2;
const ONE_SIDED: usize = 4;

/// What may be such errors in a window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SystematicErrors {
    suspects: Vec<Suspect>,
}

/// A base that one strand shows.
#[derive(Clone, Debug, PartialEq)]
struct Suspect {
    /// The fragments that show it.
    fragments: Vec<usize>,
    /// log10 of there being such errors at the place, of their share, and of their qualities against those of right bases.
    log10: f64,
    /// For each haplotype what reads of it look like that err.
    turned: Vec<Turned>,
}

/// A haplotype with another base at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turned {
    /// It has that base.
    Same,
    /// It is this one, then.
    To(usize),
    /// It is none that is compared.
    Unknown,
}

/// What the reads show at a place.
struct Column<'a> {
    shown: Vec<Shown<'a>>,
}

/// What one read shows.
#[derive(Clone, Copy)]
struct Shown<'a> {
    code: u8,
    quality: u8,
    is_reverse: bool,
    fragment: usize,
    /// Qualities of the bases around, too.
    around: &'a [u8],
}

impl SystematicErrors {
    /// Those of the reads of a window, where places that bring them about are `rate` times as common as usual.
    #[must_use]
    pub fn among(
        haplotypes: &[Haplotype],
        (set, reads): (&ReadSet, &[WindowRead]),
        window: &Window,
        rate: f64,
    ) -> Self {
        let events = haplotypes.iter().flat_map(|haplotype| &haplotype.events);
        let mut places: Vec<u32> = events
            .filter(|event| !event.is_gap() && event.deleted == 1)
            .map(|event| event.position)
            .collect();
        places.sort_unstable();
        places.dedup();
        let mut suspects = Vec::new();
        for place in places {
            let column = Column::of(set, reads.iter().map(|read| (read.number, read.fragment)), place);
            for (wrong, reverse) in (0..4).flat_map(|code| [(code, false), (code, true)]) {
                let Some((log10, fragments)) = column.suspect(wrong, reverse) else { continue };
                let before = if reverse { place + 1 } else { place.wrapping_sub(1) };
                let is_before =
                    (window.origin..window.codes_end()).contains(&before) && window.code(before) == wrong;
                let prior = if is_before { TO_BASE_BEFORE } else { TO_OTHER_BASE };
                let turned = turned(haplotypes, window, place, wrong);
                if turned.iter().any(|turned| matches!(turned, Turned::To(_))) {
                    suspects.push(Suspect { fragments, log10: log10 + (rate * prior).log10(), turned });
                }
            }
        }
        Self { suspects }
    }

    /// log10 by which the chance of such errors makes the fragments likelier, where they come from a set of haplotypes: `rows` are
    /// relative likelihoods by haplotype.
    #[must_use]
    pub fn log10_gain(&self, rows: &[Vec<f64>], set: &[usize]) -> f64 {
        self.suspects
            .iter()
            .filter_map(|suspect| suspect.log10_odds(rows, set))
            .map(|odds| odds.max(0.0) + (1.0 + 10f64.powf(-odds.abs())).log10())
            .sum()
    }
}

impl Suspect {
    /// log10 odds of its being such errors against its being independent ones.
    fn log10_odds(&self, rows: &[Vec<f64>], set: &[usize]) -> Option<f64> {
        let is_told = set.iter().any(|&haplotype| matches!(self.turned[haplotype], Turned::To(_)));
        if !is_told || set.iter().any(|&haplotype| self.turned[haplotype] == Turned::Same) {
            return None;
        }
        let in_error = |haplotype: usize| match self.turned[haplotype] {
            Turned::To(other) => other,
            _ => haplotype,
        };
        let gain = |&fragment: &usize| {
            let row = &rows[fragment];
            let own: f64 = set.iter().map(|&haplotype| row[haplotype]).sum();
            let with: f64 = set.iter().map(|&haplotype| row[in_error(haplotype)]).sum();
            (with / own).log10()
        };
        Some(self.log10 + self.fragments.iter().map(gain).sum::<f64>())
    }
}

impl<'a> Column<'a> {
    /// `reads` are numbers of reads in the set, and of their fragments.
    fn of(set: &'a ReadSet, reads: impl Iterator<Item = (usize, usize)>, place: u32) -> Self {
        let shown = reads.filter_map(|(number, fragment)| {
            let prepared = &set.reads()[number];
            let (at, _) = base_at(set, prepared, place).filter(|&(_, is_aligned)| is_aligned)?;
            let (code, qualities) = (set.bases(prepared)[at], set.qualities(prepared));
            let around = &qualities[at.saturating_sub(AROUND)..(at + AROUND + 1).min(qualities.len())];
            let shown =
                Shown { code, quality: qualities[at], is_reverse: prepared.reverse, fragment, around };
            (code != base::N && !prepared.silent.contains(&place)).then_some(shown)
        });
        Self { shown: shown.collect() }
    }

    fn of_strand(&self, is_reverse: bool) -> impl Iterator<Item = &Shown<'a>> {
        self.shown.iter().filter(move |shown| shown.is_reverse == is_reverse)
    }

    /// Fragments of a strand that show a base which the other strand lacks, and log10 of their share and their qualities
    /// as those of errors.
    fn suspect(&self, wrong: u8, is_reverse: bool) -> Option<(f64, Vec<usize>)> {
        let erring: Vec<&Shown<'_>> =
            self.of_strand(is_reverse).filter(|shown| shown.code == wrong).collect();
        let elsewhere = self.of_strand(!is_reverse).filter(|shown| shown.code == wrong).count();
        if erring.len() < MIN_READS || erring.len() < ONE_SIDED * elsewhere {
            return None;
        }
        let (all, few) = (self.of_strand(is_reverse).count() as f64, erring.len() as f64);
        let share = (ln_beta(few + 1.0, all - few + SHARE) - ln_beta(1.0, SHARE)) / std::f64::consts::LN_10;
        let others = self.others(wrong, is_reverse);
        let median = median(&others)?;
        let mut right = IF_RIGHT;
        for shown in &others {
            let each = 1.0 / shown.around.len() as f64;
            shown.around.iter().for_each(|&quality| right[class(quality, median)] += each);
        }
        let total: f64 = right.iter().sum();
        let classes = erring.iter().map(|shown| class(shown.quality, median));
        let qualities: f64 = classes.map(|class| (IF_WRONG[class] * total / right[class]).log10()).sum();
        Some((share + qualities, erring.iter().map(|shown| shown.fragment).collect()))
    }

    /// The reads of the strand that show another base; of both, where there are few.
    fn others(&self, wrong: u8, is_reverse: bool) -> Vec<&Shown<'a>> {
        let of_strand: Vec<_> = self.of_strand(is_reverse).filter(|shown| shown.code != wrong).collect();
        if of_strand.len() >= MIN_READS {
            return of_strand;
        }
        self.shown.iter().filter(|shown| shown.code != wrong).collect()
    }
}

/// Median of the qualities of the bases.
fn median(shown: &[&Shown<'_>]) -> Option<u8> {
    let mut qualities: Vec<u8> = shown.iter().map(|shown| shown.quality).collect();
    qualities.sort_unstable();
    qualities.get(qualities.len() / 2).copied()
}

/// Whether a quality is very low (0), low (1) or neither (2) beside a median.
fn class(quality: u8, median: u8) -> usize {
    BELOW.iter().position(|below| quality.saturating_add(*below) <= median).unwrap_or(BELOW.len())
}

/// Each haplotype with `wrong` at a place.
fn turned(haplotypes: &[Haplotype], window: &Window, place: u32, wrong: u8) -> Vec<Turned> {
    let here = |haplotype: &Haplotype| -> Option<u8> {
        let covers = |event: &&crate::events::Event| event.position <= place && place < event.end();
        match haplotype.events.iter().find(covers) {
            None => Some(window.code(place)),
            Some(event) if event.position == place && event.deleted == 1 && !event.is_gap() => {
                Some(event.inserted[0])
            }
            Some(_) => None,
        }
    };
    let rest = |haplotype: &Haplotype| -> Vec<_> {
        haplotype.events.iter().filter(|event| event.position != place || event.is_gap()).cloned().collect()
    };
    let with_wrong: Vec<(usize, Vec<_>)> = haplotypes
        .iter()
        .enumerate()
        .filter(|(_, haplotype)| here(haplotype) == Some(wrong))
        .map(|(number, haplotype)| (number, rest(haplotype)))
        .collect();
    let turn = |haplotype: &Haplotype| {
        if here(haplotype) == Some(wrong) {
            return Turned::Same;
        }
        let own = rest(haplotype);
        let found = with_wrong.iter().find(|(_, other)| here(haplotype).is_some() && *other == own);
        found.map_or(Turned::Unknown, |&(number, _)| Turned::To(number))
    };
    haplotypes.iter().map(turn).collect()
}

#[cfg(test)]
mod tests;
