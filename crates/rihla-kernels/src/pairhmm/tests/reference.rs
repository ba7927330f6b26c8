//! Two references written apart from the kernel: the whole matrix in log space, and all paths.

use rihla_core::phred::{log10_sum, to_probability};

use super::OwnedRead;

fn probability(quality: u8) -> f64 {
    to_probability(f64::from(quality))
}

fn emission(read: &OwnedRead, i: usize, haplotype_base: u8) -> f64 {
    let error = probability(read.base_quals[i]);
    match (read.bases[i], haplotype_base) {
        (4.., _) | (_, 4..) => 1.0 - error,
        (a, b) if a == b => 1.0 - error,
        _ => error / 3.0,
    }
}

fn match_match(read: &OwnedRead, i: usize) -> f64 {
    1.0 - probability(read.insertion_open[i]) - probability(read.deletion_open[i])
}

/// log10 likelihood by three full matrices of log10 probabilities: slow, and never out of range.
pub(super) fn full_matrix(read: &OwnedRead, haplotype: &[u8]) -> f64 {
    let (rows, columns) = (read.bases.len(), haplotype.len());
    let nothing = f64::NEG_INFINITY;
    let matrix = || vec![vec![nothing; columns + 1]; rows + 1];
    let (mut matched, mut insertion, mut deletion) = (matrix(), matrix(), matrix());
    deletion[0].fill(-(columns as f64).log10());
    for i in 1..=rows {
        let open_insertion = probability(read.insertion_open[i - 1]).log10();
        let open_deletion = probability(read.deletion_open[i - 1]).log10();
        let extend = probability(read.gap_extend[i - 1]);
        for j in 1..=columns {
            let gap = log10_sum(insertion[i - 1][j - 1], deletion[i - 1][j - 1]) + (1.0 - extend).log10();
            let straight = matched[i - 1][j - 1] + match_match(read, i - 1).log10();
            matched[i][j] = emission(read, i - 1, haplotype[j - 1]).log10() + log10_sum(straight, gap);
            insertion[i][j] =
                log10_sum(matched[i - 1][j] + open_insertion, insertion[i - 1][j] + extend.log10());
            deletion[i][j] =
                log10_sum(matched[i][j - 1] + open_deletion, deletion[i][j - 1] + extend.log10());
        }
    }
    let last = matched[rows][1..].iter().chain(&insertion[rows][1..]);
    last.fold(nothing, |sum, &cell| log10_sum(sum, cell))
}

#[derive(Clone, Copy)]
enum State {
    Match,
    Insertion,
    Deletion,
}

/// Likelihood as the sum over every path of states, each followed on its own to its end.
pub(super) fn all_paths(read: &OwnedRead, haplotype: &[u8]) -> f64 {
    let start = 1.0 / haplotype.len() as f64;
    (0..haplotype.len()).map(|j| start * from(read, haplotype, 0, j, State::Deletion)).sum()
}

/// The probability of all that can follow `state`, after `i` read bases and `j` haplotype bases.
fn from(read: &OwnedRead, haplotype: &[u8], i: usize, j: usize, state: State) -> f64 {
    let ends = !matches!(state, State::Deletion);
    let mut sum = if i == read.bases.len() && ends { 1.0 } else { 0.0 };
    if i < read.bases.len() && j < haplotype.len() {
        let step = match state {
            State::Match => match_match(read, i),
            State::Insertion | State::Deletion => 1.0 - probability(read.gap_extend[i]),
        };
        sum += step * emission(read, i, haplotype[j]) * from(read, haplotype, i + 1, j + 1, State::Match);
    }
    if i < read.bases.len() {
        let step = match state {
            State::Match => probability(read.insertion_open[i]),
            State::Insertion => probability(read.gap_extend[i]),
            State::Deletion => 0.0,
        };
        if step > 0.0 {
            sum += step * from(read, haplotype, i + 1, j, State::Insertion);
        }
    }
    if i > 0 && j < haplotype.len() {
        let step = match state {
            State::Match => probability(read.deletion_open[i - 1]),
            State::Deletion => probability(read.gap_extend[i - 1]),
            State::Insertion => 0.0,
        };
        if step > 0.0 {
            sum += step * from(read, haplotype, i, j + 1, State::Deletion);
        }
    }
    sum
}
