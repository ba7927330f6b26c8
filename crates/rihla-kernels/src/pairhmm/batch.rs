//! The haplotypes of a call, packed side by side into the lanes of vectors.

use std::ops::Range;

use super::row::{BaseSet, PAD, base_set};

/// Most lanes of any level.
pub(super) const MOST_LANES: usize = 16;

/// Haplotypes that one sweep takes together.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Which of the call's haplotypes, at most `lanes` of them.
    pub(super) members: Range<usize>,
    pub(super) lanes: usize,
    /// Length of the longest member.
    pub(super) columns: usize,
    /// `lanes` sets a column; [`PAD`] after the end of a member, and in lanes without one.
    pub(super) sets: Vec<BaseSet>,
}

/// The groups of a call. They are kept from one call to the next: the reads of a region usually meet
/// the same haplotypes, and packing them costs as much as a few read bases.
#[derive(Debug, Default)]
pub(super) struct Batch {
    groups: Vec<Group>,
    bases: Vec<u8>,
    lens: Vec<usize>,
}

impl Batch {
    /// The groups of `haplotypes`, for vectors of `widths` lanes (ascending).
    pub(super) fn pack(&mut self, haplotypes: &[&[u8]], widths: &[usize]) -> &[Group] {
        if !self.holds(haplotypes) {
            self.lens.clear();
            self.lens.extend(haplotypes.iter().map(|haplotype| haplotype.len()));
            self.bases.clear();
            self.bases.extend(haplotypes.iter().copied().flatten());
            self.groups.clear();
            let mut next = 0;
            while next < haplotypes.len() {
                let members = next..haplotypes.len().min(next + widths[widths.len() - 1]);
                next = members.end;
                self.groups.push(Group::new(haplotypes, members, widths));
            }
        }
        &self.groups
    }

    fn holds(&self, haplotypes: &[&[u8]]) -> bool {
        let mut rest = self.bases.as_slice();
        self.lens.len() == haplotypes.len()
            && self.lens.iter().zip(haplotypes).all(|(&len, &haplotype)| {
                let (bases, others) = rest.split_at(len);
                rest = others;
                bases == haplotype
            })
    }
}

impl Group {
    /// Takes the narrowest vector that has a lane for each member.
    fn new(haplotypes: &[&[u8]], members: Range<usize>, widths: &[usize]) -> Self {
        let lanes =
            *widths.iter().find(|&&width| width >= members.len()).expect("members fill the widest at most");
        let columns = haplotypes[members.clone()].iter().map(|haplotype| haplotype.len()).max().unwrap_or(0);
        let mut sets = vec![PAD; columns * lanes];
        for (lane, haplotype) in haplotypes[members.clone()].iter().enumerate() {
            for (column, &code) in sets.chunks_exact_mut(lanes).zip(*haplotype) {
                column[lane] = base_set(code);
            }
        }
        Self { members, lanes, columns, sets }
    }
}
