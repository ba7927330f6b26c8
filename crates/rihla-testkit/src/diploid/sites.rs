//! Random variants of a window of the reference.

use rihla_core::normalize::{Allele, normalize};
use rihla_core::{Interval, Reference, base};

use crate::diploid::spectrum;
use crate::diploid::{TruthRecord, VariantOptions};
use crate::repeats::{TandemRun, tandem_runs};
use crate::stream::{Stream, cumulative};

/// Reference fetched around a window, so that indels can be moved left.
const MARGIN: u32 = 1000;

/// Draws of a place for each site that is wanted.
const PLACE_TRIES: u32 = 100;

/// Draws of a repeat until one is found that has no indel yet.
const RUN_TRIES: usize = 8;

/// The sites of one window, without genotypes; none touches the window's edges, so that windows can be made
/// apart. Sorted by position, not overlapping.
pub(crate) fn window_sites(
    reference: &Reference,
    window: Interval,
    options: &VariantOptions,
    stream: Stream,
) -> Vec<TruthRecord> {
    let mut maker = Maker::new(reference, window, options, stream);
    let mut sites = maker.propose();
    sites.sort_by_key(|site| site[0].position);
    maker.accept(sites)
}

/// `count` sites at random places of a window, away from each other and from the records `near`; fewer when
/// there is no room. Sorted, without genotypes.
pub(crate) fn scattered_sites(
    (reference, window): (&Reference, Interval),
    options: &VariantOptions,
    stream: Stream,
    (count, near): (u32, &[TruthRecord]),
) -> Vec<TruthRecord> {
    let mut maker = Maker::new(reference, window, options, stream);
    let mut found: Vec<TruthRecord> = Vec::with_capacity(count as usize);
    for _ in 0..count * PLACE_TRIES {
        if found.len() == count as usize {
            break;
        }
        let site = maker.anywhere().map_or_else(Vec::new, |site| maker.accept(vec![site]));
        let spacing = options.spacing;
        let clashes = |record: &TruthRecord, other: &TruthRecord| {
            record.position < other.end() + spacing && other.position < record.end() + spacing
        };
        let is_free = |record: &TruthRecord| !near.iter().chain(&found).any(|other| clashes(record, other));
        if let Some(record) = site.into_iter().next().filter(is_free) {
            found.push(record);
        }
    }
    found.sort_by_key(|record| record.position);
    found
}

/// ALT alleles at one site: one, or two that are on different haplotypes.
type Site = Vec<Allele>;

struct Maker<'a> {
    window: Interval,
    options: &'a VariantOptions,
    stream: Stream,
    /// Letters from `from` on: the window and its margins.
    letters: Vec<u8>,
    from: u32,
    runs: Vec<TandemRun>,
    run_weights: Vec<f64>,
    lengths: Vec<f64>,
}

impl<'a> Maker<'a> {
    fn new(reference: &Reference, window: Interval, options: &'a VariantOptions, stream: Stream) -> Self {
        let from = window.start.saturating_sub(MARGIN);
        let codes = reference.fetch(window.contig, from, window.end + MARGIN);
        let (start, end) = (window.start - from, window.end - from);
        let inside = |run: &TandemRun| run.start > start && run.end < end;
        let runs: Vec<TandemRun> = tandem_runs(&codes).into_iter().filter(inside).collect();
        let run_weights = cumulative(runs.iter().map(|&run| spectrum::mutability(run)));
        let lengths = spectrum::length_sums(options.longest_indel);
        Self { window, options, stream, letters: base::decode_all(&codes), from, runs, run_weights, lengths }
    }

    fn propose(&mut self) -> Vec<Site> {
        let snvs = self.options.snv_rate;
        let indels = snvs * self.options.indels_per_snv;
        let in_repeats = if self.runs.is_empty() { 0.0 } else { indels * self.options.repeat_share };
        let mut sites = Vec::new();
        for position in self.positions(snvs) {
            let is_mnp = self.options.mnp_share > 0.0 && self.stream.chance(self.options.mnp_share);
            sites.extend(if is_mnp { self.mnp(position) } else { self.snv(position) });
        }
        for position in self.positions(indels - in_repeats) {
            sites.extend(self.two_or_one(|maker| Some(maker.indel(position))));
        }
        let mut used = vec![false; self.runs.len()];
        for _ in self.positions(in_repeats) {
            let drawn = (0..RUN_TRIES).map(|_| self.stream.weighted(&self.run_weights)).find(|&i| !used[i]);
            let Some(i) = drawn else { continue };
            used[i] = true;
            let run = self.runs[i];
            sites.extend(self.two_or_one(|maker| maker.repeat_indel(run)));
        }
        sites
    }

    /// One site with one ALT allele, of a kind drawn by the rates.
    fn anywhere(&mut self) -> Option<Site> {
        let position = self.window.start + self.stream.below(u64::from(self.window.len())) as u32;
        let indels = self.options.indels_per_snv;
        let mut site = if !self.stream.chance(indels / (1.0 + indels)) {
            if self.stream.chance(self.options.mnp_share) { self.mnp(position) } else { self.snv(position) }?
        } else if !self.runs.is_empty() && self.stream.chance(self.options.repeat_share) {
            let run = self.runs[self.stream.weighted(&self.run_weights)];
            self.two_or_one(|maker| maker.repeat_indel(run))?
        } else {
            self.two_or_one(|maker| Some(maker.indel(position)))?
        };
        site.truncate(1);
        Some(site)
    }

    /// Positions in the window, each base with the same small rate.
    fn positions(&mut self, rate: f64) -> Vec<u32> {
        let mut found = Vec::new();
        if rate <= 0.0 {
            return found;
        }
        let mut at = f64::from(self.window.start) + self.stream.exponential(1.0 / rate);
        while at < f64::from(self.window.end) {
            found.push(at as u32);
            at += self.stream.exponential(1.0 / rate);
        }
        found
    }

    fn letter(&self, position: u32) -> u8 {
        position.checked_sub(self.from).and_then(|at| self.letters.get(at as usize)).copied().unwrap_or(b'N')
    }

    fn snv(&mut self, position: u32) -> Option<Site> {
        let code = base::encode(self.letter(position));
        if code == base::N {
            return None;
        }
        let transition = code ^ 2;
        let ratio = self.options.transition_ratio;
        let mut others: Vec<u8> = (0..4).filter(|&other| other != code && other != transition).collect();
        self.stream.shuffle(&mut others);
        let at = if self.stream.chance(ratio / (1.0 + ratio)) { 0 } else { 1 };
        others.insert(at, transition);
        let count = if self.stream.chance(self.options.multiallelic) { 2 } else { 1 };
        let allele = |&other: &u8| Allele {
            position,
            reference: vec![base::decode(code)],
            alternate: vec![base::decode(other)],
        };
        Some(others[..count].iter().map(allele).collect())
    }

    /// Two or seldom three adjacent bases, each of them another.
    fn mnp(&mut self, position: u32) -> Option<Site> {
        let length = if self.stream.chance(0.8) { 2 } else { 3 };
        let reference: Vec<u8> = (position..position + length).map(|at| self.letter(at)).collect();
        let alternate = reference.iter().map(|&letter| self.other(letter)).collect();
        Some(vec![Allele { position, reference, alternate }])
    }

    /// A base that is not this one.
    fn other(&mut self, letter: u8) -> u8 {
        base::decode((base::encode(letter) + 1 + self.stream.below(3) as u8) & 3)
    }

    /// A site of one indel, or seldom of two that begin at the same base.
    fn two_or_one(&mut self, mut draw: impl FnMut(&mut Self) -> Option<Allele>) -> Option<Site> {
        let drawn = draw(self)?;
        let first = self.normalized(drawn)?;
        if !self.stream.chance(self.options.multiallelic) {
            return Some(vec![first]);
        }
        let drawn = draw(self)?;
        let second = self.normalized(drawn)?;
        let differs = second.position == first.position && second != first;
        Some(if differs { vec![first, second] } else { vec![first] })
    }

    /// Nothing for an allele with N, which would be moved left through all of a gap.
    fn normalized(&self, allele: Allele) -> Option<Allele> {
        let is_known = |letters: &[u8]| letters.iter().all(|&letter| letter != b'N');
        let known = is_known(&allele.reference) && is_known(&allele.alternate);
        known.then(|| normalize(allele, |position| self.letter(position)))
    }

    /// An indel anywhere: removed bases, a copy of the bases before, random ones, or bases replaced by others.
    fn indel(&mut self, position: u32) -> Allele {
        let length = self.stream.weighted(&self.lengths) as u32 + 1;
        if self.options.complex_share > 0.0 && self.stream.chance(self.options.complex_share) {
            return self.complex(position, length);
        }
        if self.stream.chance(0.5) {
            let reference = (position..position + length).map(|at| self.letter(at)).collect();
            return Allele { position, reference, alternate: Vec::new() };
        }
        let alternate = if self.stream.chance(0.5) {
            (position.saturating_sub(length)..position).map(|at| self.letter(at)).collect()
        } else {
            (0..length).map(|_| base::decode(self.stream.base())).collect()
        };
        Allele { position, reference: Vec::new(), alternate }
    }

    /// One to four bases replaced by as many and `length` more, or the other way round; the first and the last
    /// letters differ, so that nothing can be trimmed.
    fn complex(&mut self, position: u32, length: u32) -> Allele {
        let short = 1 + self.stream.below(4) as u32;
        let (removed, added) =
            if self.stream.chance(0.5) { (short + length, short) } else { (short, short + length) };
        let reference: Vec<u8> = (position..position + removed).map(|at| self.letter(at)).collect();
        let mut alternate: Vec<u8> = (0..added).map(|_| base::decode(self.stream.base())).collect();
        let last = alternate.len() - 1;
        if last == 0 {
            let ends = [reference[0], reference[reference.len() - 1]];
            alternate[0] = self.other(ends[0]);
            while ends.contains(&alternate[0]) {
                alternate[0] = self.other(ends[0]);
            }
        } else {
            alternate[0] = self.other(reference[0]);
            alternate[last] = self.other(reference[reference.len() - 1]);
        }
        Allele { position, reference, alternate }
    }

    /// Copies gained or lost in a tandem repeat; one copy at least stays.
    fn repeat_indel(&mut self, run: TandemRun) -> Option<Allele> {
        let change = spectrum::change(run, &mut self.stream);
        let copies = change.unsigned_abs() as u32;
        let period = u32::from(run.period);
        let length = copies * period;
        if length > self.options.longest_indel || (change < 0 && copies >= run.units()) {
            return None;
        }
        let position = self.from + run.start;
        let unit = (0..length).map(|at| self.letter(position + at % period)).collect();
        Some(if change < 0 {
            Allele { position, reference: unit, alternate: Vec::new() }
        } else {
            Allele { position, reference: Vec::new(), alternate: unit }
        })
    }

    /// Keeps the sites that are known sequence, inside the window and apart from each other.
    fn accept(&mut self, sites: Vec<Site>) -> Vec<TruthRecord> {
        let mut kept: Vec<TruthRecord> = Vec::with_capacity(sites.len());
        let mut free = self.window.start + 1;
        for site in sites {
            let Some(record) = self.join(site) else { continue };
            let room = record.end() + self.options.spacing < self.window.end;
            if record.position < free || !room || !self.known(&record) {
                continue;
            }
            free = record.end() + self.options.spacing;
            kept.push(record);
        }
        kept
    }

    /// One record of the site's alleles, all written over the longest REF.
    fn join(&self, site: Site) -> Option<TruthRecord> {
        let longest = site.iter().max_by_key(|allele| allele.reference.len())?.reference.clone();
        let mut alternates = Vec::with_capacity(site.len());
        for allele in &site {
            if allele.reference == allele.alternate {
                return None;
            }
            let mut alternate = allele.alternate.clone();
            alternate.extend_from_slice(&longest[allele.reference.len()..]);
            alternates.push(alternate);
        }
        Some(TruthRecord {
            contig: self.window.contig,
            position: site[0].position,
            reference: longest,
            alternates,
            genotype: [0; 2],
        })
    }

    /// No N in the record nor at the bases on both sides of it.
    fn known(&self, record: &TruthRecord) -> bool {
        let around = record.position.saturating_sub(1)..=record.end();
        around.into_iter().all(|at| self.letter(at) != b'N')
            && record.alternates.iter().all(|alternate| !alternate.contains(&b'N'))
    }
}
