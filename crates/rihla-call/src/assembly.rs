//! Local assembly: haplotypes that no read shows whole, or that the aligner hid behind clips.
//!
//! Reads and reference of a window are cut into words of k bases; words that follow one another make
//! a de Bruijn graph ([`graph`]); the best paths from the window's first word to its last are its
//! haplotypes ([`paths`]). When a word occurs twice in the reference or the graph has a cycle, k
//! grows. Where only long words will do, few reads show a haplotype by them from end to end: then short words that occur twice
//! are told apart by what stands before them (as GATK's non-unique k-mers are), and what both ways find is compared.

pub mod graph;
pub mod paths;

use rihla_core::base;
use rihla_pileup::ReadSet;

use crate::reads::WindowRead;
use crate::window::Window;
use graph::Graph;

/// Word lengths, tried in this order until a graph without repeats or cycles is found.
const WORDS: [usize; 7] = [19, 27, 37, 47, 59, 73, 89];
/// With longer words few reads show a whole haplotype: repeats are looked at by their places, too.
const SHORT: usize = 37;
/// Bases of lower quality end a stretch of words.
const MIN_QUALITY: u8 = 10;

/// Sequences from one end of the window's codes to the other, best first; each way of looking finds at most `limit`.
#[must_use]
pub fn assemble(set: &ReadSet, reads: &[WindowRead], window: &Window, limit: usize) -> Vec<Vec<u8>> {
    let stretches = || {
        reads.iter().flat_map(|read| {
            let prepared = &set.reads()[read.number];
            let bases = &set.bases(prepared)[read.span.clone()];
            good_stretches(bases, &set.qualities(prepared)[read.span.clone()])
        })
    };
    let paths = |graph: Option<Graph>| {
        let mut graph = graph?;
        stretches().for_each(|stretch| graph.add_read(stretch));
        graph.prune(min_weight(reads.len()));
        paths::best(&graph, limit)
    };
    let words = || WORDS.into_iter().filter(|&k| 2 * k <= window.codes.len());
    let told = words().find_map(|k| Some((k, paths(Graph::of_reference(&window.codes, k))?)));
    let by_long_words = match told {
        Some((k, found)) if k <= SHORT => return found,
        told => told.map(|(_, found)| found).unwrap_or_default(),
    };
    let in_repeats = words().find_map(|k| paths(Graph::of_repeats(&window.codes, k, stretches())));
    let mut found = in_repeats.unwrap_or_default();
    for other in by_long_words {
        if !found.contains(&other) {
            found.push(other);
        }
    }
    found
}

/// Words seen less often are errors; deep windows have errors that repeat.
fn min_weight(reads: usize) -> u32 {
    2.max(reads as u32 / 60)
}

/// Runs of known bases of sufficient quality.
fn good_stretches<'a>(bases: &'a [u8], qualities: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let good = move |i: usize| bases[i] < base::N && qualities[i] >= MIN_QUALITY;
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bases.len() && !good(at) {
            at += 1;
        }
        let start = at;
        while at < bases.len() && good(at) {
            at += 1;
        }
        (at > start).then(|| &bases[start..at])
    })
}
