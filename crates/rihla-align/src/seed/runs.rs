//! Sorting of what comes in runs that are in order, as the anchors of a read do: those of each seed and strand.

use super::Anchor;

/// Fewer are sorted as they are.
const FEW: usize = 32;

/// Shorter runs, on average, are not worth their merging.
const SHORT: usize = 8;

/// Buffers; reused.
#[derive(Default)]
pub(crate) struct Runs {
    ends: Vec<usize>,
    merged: Vec<Anchor>,
}

impl Runs {
    /// Sorts anchors: runs that follow each other are merged, two and two, until one is left. Which of two is the next cannot
    /// be foretold, and a merge asks by no branch.
    pub fn sort(&mut self, anchors: &mut Vec<Anchor>) {
        let Self { ends, merged } = self;
        ends.clear();
        if anchors.len() >= FEW {
            let breaks = anchors.windows(2).enumerate().filter(|(_, two)| two[1] < two[0]);
            ends.extend(breaks.map(|(i, _)| i + 1).chain([anchors.len()]));
        }
        if anchors.len() < SHORT * ends.len().max(FEW / SHORT) {
            anchors.sort_unstable();
            return;
        }
        merged.resize(anchors.len(), Anchor::default());
        while ends.len() > 1 {
            let mut start = 0;
            for at in 0..ends.len().div_ceil(2) {
                let middle = ends[2 * at];
                let end = ends.get(2 * at + 1).copied().unwrap_or(middle);
                merge(&anchors[start..middle], &anchors[middle..end], &mut merged[start..end]);
                ends[at] = end;
                start = end;
            }
            ends.truncate(ends.len().div_ceil(2));
            std::mem::swap(anchors, merged);
        }
    }
}

/// Merges two runs.
fn merge(first: &[Anchor], second: &[Anchor], out: &mut [Anchor]) {
    let (mut i, mut j) = (0, 0);
    while i < first.len() && j < second.len() {
        let (a, b) = (first[i].0, second[j].0);
        out[i + j] = Anchor(a.min(b));
        i += usize::from(a <= b);
        j += usize::from(a > b);
    }
    let (rest, last) = out[i + j..].split_at_mut(first.len() - i);
    rest.copy_from_slice(&first[i..]);
    last.copy_from_slice(&second[j..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_of_any_length_are_sorted(
            runs in prop::collection::vec(prop::collection::vec(0u64..500, 0..60), 0..20)
        ) {
            let (mut sorter, mut anchors) = (Runs::default(), Vec::new());
            for (i, mut run) in runs.into_iter().enumerate() {
                run.sort_unstable();
                anchors.extend(run.into_iter().map(Anchor));
                // More runs come behind what was sorted before, as where more seeds are followed.
                if i % 4 == 3 {
                    let mut expected = anchors.clone();
                    expected.sort_unstable();
                    sorter.sort(&mut anchors);
                    prop_assert_eq!(&anchors, &expected);
                }
            }
        }
    }
}
