//! Haplotype blocks of a panel: sites that are evidence of one thing.

use rihla_core::Panel;

/// Sites that are nearer to each other, of a panel that does not say which are inherited together, are not both counted.
const APART: u32 = 20_000;

/// The blocks of a panel, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocks {
    blocks: Vec<Block>,
    /// Least distance of blocks that are counted both.
    apart: u32,
}

/// Sites that are inherited together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// Numbers of the sites, and whether ALT lies on the block's first haplotype.
    pub sites: Vec<(usize, bool)>,
    /// Contig and position of the first.
    pub place: (u32, u32),
    /// Frequency of the second haplotype.
    pub frequency: f64,
}

impl Blocks {
    /// Those of autosomes; `autosomes` says by contig id which these are.
    #[must_use]
    pub fn of(panel: &Panel, autosomes: &[bool]) -> Self {
        let sites = panel.sites();
        let is_autosome = |contig: u32| autosomes.get(contig as usize).copied().unwrap_or(false);
        let mut order: Vec<usize> = (0..sites.len()).filter(|&i| is_autosome(sites[i].contig)).collect();
        order.sort_by_key(|&i| (sites[i].contig, sites[i].anchor, sites[i].position));
        let are_told = sites.iter().any(|site| site.anchor != site.position);
        let one = |numbers: &[usize]| {
            let named = numbers.iter().find(|&&i| sites[i].position == sites[i].anchor);
            let first = &sites[numbers[0]];
            Block {
                sites: numbers.iter().map(|&i| (i, sites[i].is_swapped)).collect(),
                place: (first.contig, first.position),
                frequency: sites[*named.unwrap_or(&numbers[0])].second_frequency(),
            }
        };
        let is_one_block =
            |&a: &usize, &b: &usize| (sites[a].contig, sites[a].anchor) == (sites[b].contig, sites[b].anchor);
        let mut blocks: Vec<Block> = order.chunk_by(is_one_block).map(one).collect();
        blocks.sort_by_key(|block| block.place);
        Self { blocks, apart: if are_told { 0 } else { APART } }
    }

    /// Number of blocks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter()
    }

    /// Of blocks in order those that count: each far enough from the one before that counts.
    pub(super) fn apart<'a>(
        &'a self,
        is_known: impl Fn(usize) -> bool + 'a,
    ) -> impl Iterator<Item = (usize, &'a Block)> {
        let mut last: Option<(u32, u32)> = None;
        self.blocks.iter().enumerate().filter(move |(number, block)| {
            let (contig, position) = block.place;
            let is_near =
                last.is_some_and(|(on, at)| on == contig && position < at.saturating_add(self.apart));
            let counts = !is_near && is_known(*number);
            if counts {
                last = Some(block.place);
            }
            counts
        })
    }
}

#[cfg(test)]
mod tests {
    use rihla_core::PanelSite;

    use super::*;

    fn site(position: u32, anchor: u32) -> PanelSite {
        PanelSite { anchor, ..PanelSite::alone((0, position), (0, 1), 0.3) }
    }

    fn places(panel: Vec<PanelSite>, is_known: impl Fn(usize) -> bool) -> Vec<u32> {
        let blocks = Blocks::of(&Panel::new(panel).expect("each place once"), &[true]);
        blocks.apart(is_known).map(|(_, block)| block.place.1).collect()
    }

    #[test]
    fn sites_of_a_block_are_one_and_near_ones_are_not_both_counted() {
        let alone = |position| site(position, position);
        let near = [5, 19_000, 20_004, 20_005, 50_000].map(alone).to_vec();
        assert_eq!(places(near.clone(), |_| true), [5, 20_005, 50_000]);
        assert_eq!(places(near, |number| number != 0), [19_000, 50_000]);
        let told = vec![site(5, 9), site(7, 7), site(9, 9), site(11, 9)];
        assert_eq!(places(told.clone(), |_| true), [5, 7]);
        let panel = Panel::new(told).expect("each place once");
        assert_eq!(Blocks::of(&panel, &[true]).len(), 2);
        assert!(Blocks::of(&panel, &[false]).is_empty());
    }
}
