//! Haplotypes put together from the candidates that reads show side by side.
//!
//! Each candidate is a site where a fragment shows the change, shows its absence, or says nothing.
//! Haplotypes are paths through the sites; a path is as good as the shares of fragments that take its
//! steps. Every candidate is on at least one haplotype, so no supported allele is ever lost.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rihla_core::base;
use rihla_pileup::events::leftmost_gaps;
use rihla_pileup::{Candidate, Change, PreparedRead, ReadSet};

use crate::events::Event;
use crate::reads::{WindowRead, base_at};
use crate::window::Window;

/// What fragments show: a row a fragment, a column a site.
pub type Sightings = Vec<Vec<Option<bool>>>;

/// What each fragment shows of the events (sorted by position).
#[must_use]
pub fn sightings(set: &ReadSet, reads: &[WindowRead], window: &Window, events: &[Event]) -> Sightings {
    let fragments = reads.iter().map(|read| read.fragment + 1).max().unwrap_or(0);
    let mut rows = vec![vec![None; events.len()]; fragments];
    let ends: Vec<u32> = events.iter().map(|event| event.repeat_end(window)).collect();
    for read in reads {
        let prepared = &set.reads()[read.number];
        let gaps: Vec<Event> =
            leftmost_gaps(set, prepared, &window.codes, window.origin).into_iter().map(Event::from).collect();
        for (i, event) in events.iter().enumerate() {
            let seen = if event.is_gap() {
                let spans = prepared.start < event.position && prepared.end > ends[i];
                let shows = gaps.contains(event);
                let silent = prepared.silent.contains(&event.position);
                (!silent && (shows || spans)).then_some(shows)
            } else {
                sees_snp(set, read, event)
            };
            let cell = &mut rows[read.fragment][i];
            *cell = cell.or(seen);
        }
    }
    rows
}

/// Gaps of two bases or more that reads show and `known` lacks, the commonest first: where repeats and
/// SNPs meet, one insertion comes in as many forms as there are reads. Runs of one base are left to
/// the sequencer, which slips there.
#[must_use]
pub fn rare_gaps(
    set: &ReadSet,
    reads: &[WindowRead],
    window: &Window,
    known: &[Event],
    limit: usize,
) -> Vec<Event> {
    let mut seen: Vec<Event> = reads
        .iter()
        .flat_map(|read| leftmost_gaps(set, &set.reads()[read.number], &window.codes, window.origin))
        .map(Event::from)
        .filter(|event| window.holds(event) && !is_run(event, window))
        .filter(|event| !known.contains(event) && !event.inserted.contains(&base::N))
        .collect();
    seen.sort();
    let mut counted: Vec<(usize, Event)> =
        seen.chunk_by(|a, b| a == b).map(|group| (group.len(), group[0].clone())).collect();
    counted.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    counted.into_iter().take(limit).map(|(_, event)| event).collect()
}

/// Whether a read shows a gap where, on the diagonal of its longest part, it would show a SNP of `candidates`: near a read's end
/// a gap may cost as much as the mismatches.
#[must_use]
pub fn hides_snp(set: &ReadSet, read: &PreparedRead, candidates: &[Candidate]) -> bool {
    let Some(anchor) = set.blocks(read).max_by_key(|block| block.len) else { return false };
    let bases = set.bases(read);
    let unrolled =
        |position: u32| bases.get((position + anchor.read).checked_sub(anchor.reference)? as usize);
    let is_hidden = |candidate: &Candidate| match candidate.change {
        Change::Snp(code) => {
            let shown = base_at(set, read, candidate.position).filter(|&(_, aligned)| aligned);
            shown.is_some_and(|(at, _)| bases[at] != code) && unrolled(candidate.position) == Some(&code)
        }
        _ => false,
    };
    set.blocks(read).count() > 1 && candidates.iter().any(is_hidden)
}

/// Whether a gap only makes a run of one base longer or shorter.
fn is_run(event: &Event, window: &Window) -> bool {
    let moved =
        if event.deleted > 0 { window.slice(event.position, event.end()) } else { &event.inserted[..] };
    moved.windows(2).all(|two| two[0] == two[1])
}

/// Each rare event on the two best combinations that it fits.
#[must_use]
pub fn with_rare(combinations: &[Vec<Event>], rare: Vec<Event>) -> Vec<Vec<Event>> {
    let joined = |event: &Event, set: &[Event]| {
        let mut set = set.to_vec();
        set.push(event.clone());
        set.sort();
        set.windows(2).all(|two| two[0].allows(&two[1])).then_some(set)
    };
    rare.iter()
        .flat_map(|event| {
            combinations.iter().filter_map(|set| joined(event, set)).take(2).collect::<Vec<_>>()
        })
        .collect()
}

/// Bases of lower quality show nothing.
const MIN_QUALITY: u8 = 10;

fn sees_snp(set: &ReadSet, read: &WindowRead, event: &Event) -> Option<bool> {
    let prepared = &set.reads()[read.number];
    let (at, aligned) = base_at(set, prepared, event.position)?;
    let (code, quality) = (set.bases(prepared)[at], set.qualities(prepared)[at]);
    if !aligned {
        return Some(false);
    }
    (code < base::N && quality >= MIN_QUALITY).then_some(code == event.inserted[0])
}

/// Sets of events that fragments show and that no set of `known` has, those of the most fragments first. Paths are built step by step,
/// and what is best at each step may forget what a fragment shows further back. An event that a fragment does not reach is left out.
#[must_use]
pub fn unexplained(
    events: &[Event],
    sightings: &Sightings,
    known: &[Vec<Event>],
    limit: usize,
) -> Vec<Vec<Event>> {
    let fits = |row: &[Option<bool>], set: &[bool]| {
        row.iter().zip(set).all(|(seen, has)| seen.is_none_or(|seen| seen == *has))
    };
    let as_shown = |set: &Vec<Event>| events.iter().map(|event| set.contains(event)).collect::<Vec<bool>>();
    let known: Vec<Vec<bool>> = known.iter().map(as_shown).collect();
    let mut rows: Vec<&[Option<bool>]> = sightings.iter().map(Vec::as_slice).collect();
    rows.retain(|row| !known.iter().any(|set| fits(row, set)));
    let shown = |set: &[bool]| {
        let shown = events.iter().zip(set).filter(|&(_, &has)| has);
        shown.map(|(event, _)| event.clone()).collect::<Vec<_>>()
    };
    let mut candidates: Vec<Vec<bool>> =
        rows.iter().map(|row| row.iter().map(|seen| seen.unwrap_or(false)).collect()).collect();
    candidates.sort();
    candidates.dedup();
    candidates.retain(|set| shown(set).windows(2).all(|two| two[0].allows(&two[1])));
    let mut found = Vec::new();
    while found.len() < limit {
        let count = |set: &Vec<bool>| rows.iter().filter(|row| fits(row, set)).count();
        let Some(best) = candidates.iter().min_by_key(|set| Reverse(count(set))) else { break };
        if count(best) < MIN_FRAGMENTS {
            break;
        }
        rows.retain(|row| !fits(row, best));
        found.push(shown(best));
    }
    found
}

/// Fragments that show a haplotype which no path has.
const MIN_FRAGMENTS: usize = 2;

/// A path that is being built.
#[derive(Clone, Debug)]
struct Path {
    score: f64,
    chosen: Vec<usize>,
    last: Option<bool>,
}

/// Up to `limit` sets of compatible events, best first, and then one for each event that none has;
/// where those are more than twice the limit, the events that fewest fragments show are left out.
#[must_use]
pub fn combinations(events: &[Event], sightings: &Sightings, limit: usize) -> Vec<Vec<Event>> {
    let mut paths = vec![Path { score: 0.0, chosen: Vec::new(), last: None }];
    for site in 0..events.len() {
        let steps = step_counts(sightings, site);
        paths = extend(&paths, events, site, &steps);
        paths.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.chosen.cmp(&b.chosen)));
        paths.truncate(limit);
    }
    let mut sets: Vec<Vec<usize>> = paths.into_iter().map(|path| path.chosen).collect();
    let support = |site: usize| sightings.iter().filter(|row| row[site] == Some(true)).count();
    let mut lost: Vec<usize> =
        (0..events.len()).filter(|site| !sets.iter().any(|set| set.contains(site))).collect();
    lost.sort_by_key(|&site| (Reverse(support(site)), site));
    sets.extend(lost.into_iter().take(2 * limit).map(|site| vec![site]));
    sets.into_iter().map(|set| set.into_iter().map(|site| events[site].clone()).collect()).collect()
}

/// How many fragments step from a state of the site before to a state of this site.
fn step_counts(sightings: &Sightings, site: usize) -> BTreeMap<(Option<bool>, bool), f64> {
    let mut counts = BTreeMap::new();
    for row in sightings {
        let Some(now) = row[site] else { continue };
        let before = site.checked_sub(1).and_then(|before| row[before]);
        *counts.entry((before, now)).or_insert(0.0) += 1.0;
        if before.is_some() {
            *counts.entry((None, now)).or_insert(0.0) += 1.0;
        }
    }
    counts
}

fn extend(
    paths: &[Path],
    events: &[Event],
    site: usize,
    steps: &BTreeMap<(Option<bool>, bool), f64>,
) -> Vec<Path> {
    let count = |before, now| steps.get(&(before, now)).copied().unwrap_or(0.0);
    let mut out = Vec::with_capacity(2 * paths.len());
    for path in paths {
        // Where no fragment links the two sites, the site's own shares decide.
        let linked = path.last.is_some() && count(path.last, true) + count(path.last, false) >= 1.0;
        let before = if linked { path.last } else { None };
        let total = count(before, true) + count(before, false) + 0.2;
        for now in [false, true] {
            let fits = path.chosen.last().is_none_or(|&last| events[last].allows(&events[site]));
            if now && !fits {
                continue;
            }
            let mut next = path.clone();
            next.score += ((count(before, now) + 0.1) / total).log10();
            next.last = Some(now);
            if now {
                next.chosen.push(site);
            }
            out.push(next);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linked_sites_stay_together_and_none_is_lost() {
        let events = [Event::snp(10, 1), Event::snp(12, 2), Event::snp(14, 3)];
        let mut rows = vec![vec![Some(true), Some(true), Some(false)]; 10];
        rows.extend(vec![vec![Some(false), Some(false), Some(false)]; 10]);
        rows.push(vec![None, None, Some(true)]);
        let sets = combinations(&events, &rows, 2);
        assert_eq!(sets.len(), 3);
        assert!(sets.contains(&vec![]) && sets.contains(&events[..2].to_vec()));
        assert!(sets.contains(&vec![events[2].clone()]));
    }

    #[test]
    fn what_two_fragments_show_and_no_path_has_is_a_haplotype() {
        let events =
            [Event::snp(10, 1), Event::snp(12, 2), Event { position: 11, deleted: 3, inserted: vec![] }];
        let (yes, no) = (Some(true), Some(false));
        let mut rows = vec![vec![yes, no, no]; 3];
        rows.extend(vec![vec![yes, yes, no]; 2]);
        rows.extend([vec![no, yes, no], vec![None, yes, no], vec![None, None, yes]]);
        rows.extend(vec![vec![no, yes, yes]; 2]);
        let (first, both) = (events[0].clone(), events[..2].to_vec());
        let found = |known: &[Vec<Event>]| unexplained(&events, &rows, known, 8);
        // Who does not reach the first may have both; one alone has the second, and what overlaps is no haplotype.
        assert_eq!(found(&[]), [vec![first.clone()], both.clone()]);
        assert_eq!(found(&[vec![first.clone()]]), std::slice::from_ref(&both));
        assert_eq!(found(&[both, vec![first]]), [] as [Vec<Event>; 0]);
        assert_eq!(unexplained(&events, &rows, &[], 1).len(), 1);
    }

    #[test]
    fn overlapping_events_are_never_on_one_haplotype() {
        let events = [Event { position: 10, deleted: 5, inserted: vec![] }, Event::snp(12, 2)];
        let rows = vec![vec![Some(true), Some(true)]; 4];
        for set in combinations(&events, &rows, 8) {
            assert!(set.len() < 2);
        }
    }
}
