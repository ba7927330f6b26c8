//! From the keys of a bin to the reads that are duplicates.
//!
//! The rules are those of Picard MarkDuplicates on a coordinate-sorted file (its documentation; checked
//! against it read by read in `tests/`): of every set of pairs the best is kept, by the sum of base
//! qualities, then tile, x, y, then order in the sorted file; lone reads yield to a pair's end at their
//! place, else the best of them is kept. Secondary and supplementary records are never marked.

use std::ops::Add;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::keys::{Entry, Key};
use crate::optical;

/// Two bits for every template: whether its first read and its last are duplicates.
#[derive(Debug)]
pub(crate) struct Marked {
    words: Vec<AtomicU64>,
}

/// How many duplicates the keys of one library in a bin hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) pairs: u64,
    pub(crate) lone: u64,
    pub(crate) optical: u64,
}

impl Add for Found {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            pairs: self.pairs + other.pairs,
            lone: self.lone + other.lone,
            optical: self.optical + other.optical,
        }
    }
}

impl Marked {
    /// No read of templates `0..templates` is a duplicate.
    pub(crate) fn new(templates: u64) -> Self {
        let words = (templates as usize).div_ceil(32);
        Self { words: std::iter::repeat_with(AtomicU64::default).take(words).collect() }
    }

    pub(crate) fn bytes(&self) -> u64 {
        size_of_val(&self.words[..]) as u64
    }

    fn set(&self, template: u64, bits: u64) {
        self.words[(template / 32) as usize].fetch_or(bits << (2 * (template % 32)), Ordering::Relaxed);
    }

    /// Whether the read is a duplicate: the last of its template, or the first (or only) one.
    pub(crate) fn contains(&self, template: u64, last: bool) -> bool {
        let word = self.words[(template / 32) as usize].load(Ordering::Relaxed);
        word >> (2 * (template % 32) + u64::from(last)) & 1 != 0
    }
}

/// Finds the duplicates among the keys of one bin, given as blocks in any order; gives their number for each of
/// so many libraries.
pub(crate) fn resolve(blocks: &[&[u8]], marked: &Marked, optical_pixels: u32, libraries: u16) -> Vec<Found> {
    let (mut pairs, mut lone) = (Vec::new(), Vec::new());
    let entries = || blocks.iter().flat_map(|block| Entry::read_all(block));
    for entry in entries() {
        match entry {
            Entry::Key(key) if key.is_pair() => pairs.push(key),
            Entry::Key(key) => lone.push(key),
            Entry::Mark(_) => {}
        }
    }
    let mut found = vec![Found::default(); libraries.into()];
    if !lone.is_empty() {
        let marks = entries().filter_map(|entry| match entry {
            Entry::Mark(place) => Some(place),
            Entry::Key(_) => None,
        });
        let paired_ends = pairs.iter().map(Key::first_end).chain(marks);
        resolve_lone(&mut lone, paired_ends, marked, &mut found);
    }
    resolve_pairs(&mut pairs, marked, optical_pixels, &mut found);
    found
}

fn resolve_pairs(pairs: &mut [Key], marked: &Marked, optical_pixels: u32, found: &mut [Found]) {
    pairs.sort_unstable_by_key(|key| (key.place, key.mate));
    let mut sites = Vec::new();
    for set in pairs.chunk_by(|a, b| (a.place, a.mate) == (b.place, b.mate)).filter(|set| set.len() > 1) {
        let (best, found) = (best(set), &mut found[usize::from(set[0].library())]);
        set.iter().filter(|key| key.template() != best).for_each(|key| marked.set(key.template(), 0b11));
        found.pairs += set.len() as u64 - 1;
        // Copies of one cluster show the same mate first; pairs that are each other's mirror image are
        // duplicates, but not optical ones.
        let mirrored = set.iter().any(|key| key.turn() == 1) && set.iter().any(|key| key.turn() == 2);
        let parts: &[&[u64]] = if mirrored { &[&[1], &[2]] } else { &[&[0, 1, 2]] };
        for part in parts {
            sites.clear();
            sites.extend(
                set.iter().filter(|key| part.contains(&key.turn())).map(|key| (key.read_group(), key.site())),
            );
            found.optical += optical::count(&mut sites, optical_pixels);
        }
    }
}

fn resolve_lone(
    lone: &mut [Key],
    paired_ends: impl Iterator<Item = u64>,
    marked: &Marked,
    found: &mut [Found],
) {
    lone.sort_unstable_by_key(|key| key.place);
    let sets: Vec<&[Key]> = lone.chunk_by(|a, b| a.place == b.place).collect();
    let mut beside_pair = vec![false; sets.len()];
    for end in paired_ends {
        if let Ok(at) = sets.binary_search_by_key(&end, |set| set[0].place) {
            beside_pair[at] = true;
        }
    }
    for (set, beside_pair) in sets.iter().zip(beside_pair) {
        let kept = (!beside_pair).then(|| best_read(set));
        for key in set.iter().filter(|key| Some((key.template(), key.is_last())) != kept) {
            marked.set(key.template(), if key.is_last() { 0b10 } else { 0b01 });
            found[usize::from(key.library())].lone += 1;
        }
    }
}

/// The template to keep of a set.
fn best(set: &[Key]) -> u64 {
    best_read(set).0
}

fn best_read(set: &[Key]) -> (u64, bool) {
    let best = set
        .iter()
        .max_by(|a, b| (a.score().cmp(&b.score())).then_with(|| b.tie().cmp(&a.tie())))
        .expect("a set has a member");
    (best.template(), best.is_last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_kept_apart() {
        let marked = Marked::new(33);
        marked.set(31, 0b10);
        marked.set(32, 0b01);
        for template in 0..33 {
            assert_eq!(marked.contains(template, false), template == 32);
            assert_eq!(marked.contains(template, true), template == 31);
        }
    }
}
