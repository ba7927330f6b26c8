//! The constants of one read base in the `f32` recurrence.
//!
//! The recurrence is the model with every state divided by constants of its row, which saves three
//! of eight multiplications a cell and changes no likelihood. With `i` the row of a read base,
//!
//! ```text
//! m = M    x = I / insertion_open[i]    y = D / deletion_open[i]    (both opens 1 in row 0)
//!
//! m[i][j] = emission * match_match[i]
//!                    * (m[i-1][j-1] + from_insertion * x[i-1][j-1] + from_deletion * y[i-1][j-1])
//! x[i][j] = m[i-1][j] + insertion_extend * x[i-1][j]
//! y[i][j] = m[i][j-1] + deletion_extend  * y[i][j-1]
//! ```
//!
//! `m` is never let below [`FLOOR`]. So, with qualities up to 70, nothing falls into the subnormal
//! numbers, on which some CPUs need a hundred cycles, and `x` and `y` need no guard of their own. (To
//! flush them to zero, as other programs do, would change a mode of the CPU, and bits with it.)

use super::HmmRead;
use super::probability::error;

/// What the read starts with, divided by the haplotype's length: high, to leave room below.
pub(super) const SCALE: f32 = f32::from_bits((127 + 120) << 23); // 2^120

/// The least value of the match state. A cell adds at most this much to the likelihood: a read of
/// 1000 bases on a haplotype of 1000 adds up to 2^-80, one part in a million of [`TOO_SMALL`].
pub(super) const FLOOR: f32 = f32::from_bits((127 - 100) << 23); // 2^-100

/// Sums below this (likelihoods of 10^-54) are left to the definition in `f64`.
pub(super) const TOO_SMALL: f32 = f32::from_bits((127 - 60) << 23); // 2^-60

/// Rows that stay in the match state more rarely than this would need too wide a range.
const LEAST_MATCH: f64 = 1.0 / 1024.0;

/// A haplotype base as a set of bases: A 1, C 2, G 4, T 8, N all of them.
pub(super) type BaseSet = u8;

/// What stands after the end of a shorter haplotype.
pub(super) const PAD: BaseSet = 0;

/// The set of a base code.
pub(super) fn base_set(code: u8) -> BaseSet {
    if code < 4 { 1 << code } else { 15 }
}

/// Constants of one read base.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// `emission * match_match` by [`BaseSet`]. Entries 0 and 7, which no base has, repeat those of T
    /// and N, so that three bits of the set are index enough.
    pub(super) emission: [f32; 16],
    /// One bit, which tells the sets that emit `emission[15]` from the others, that emit `other`.
    pub(super) bit: u32,
    pub(super) other: f32,
    pub(super) from_insertion: f32,
    pub(super) from_deletion: f32,
    pub(super) insertion_extend: f32,
    pub(super) deletion_extend: f32,
}

/// The rows of a read, and what ends them.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// Insertion open of the last base: `M + I` of the last row is `m + last_open * x`.
    pub(super) last_open: f32,
}

impl Rows {
    /// Computes the rows of a read; says whether `f32` can hold them.
    pub(super) fn set(&mut self, read: &HmmRead<'_>) -> bool {
        self.rows.clear();
        let (mut above_insertion, mut above_deletion) = (1.0, 1.0);
        for i in 0..read.len() {
            let (insertion, deletion) = (error(read.insertion_open[i]), error(read.deletion_open[i]));
            let extend = error(read.gap_extend[i]);
            let match_match = 1.0 - (insertion + deletion);
            if match_match < LEAST_MATCH {
                return false;
            }
            let leave = (1.0 - extend) / match_match;
            let base_error = error(read.base_quals[i]);
            let right = ((1.0 - base_error) * match_match) as f32;
            let wrong = (base_error / 3.0 * match_match) as f32;
            self.rows.push(Row {
                from_insertion: (leave * above_insertion) as f32,
                from_deletion: (leave * above_deletion) as f32,
                insertion_extend: (extend * (above_insertion / insertion)) as f32,
                deletion_extend: extend as f32,
                ..Row::emitting(read.bases[i], right, wrong)
            });
            (above_insertion, above_deletion) = (insertion, deletion);
        }
        self.last_open = above_insertion as f32;
        true
    }
}

impl Row {
    fn emitting(code: u8, right: f32, wrong: f32) -> Self {
        let read_set = base_set(code);
        let of = |set: BaseSet| if set & read_set != 0 { right } else { wrong };
        let mut emission: [f32; 16] = std::array::from_fn(|set| of(set as BaseSet));
        (emission[0], emission[7]) = (emission[8], emission[15]);
        let any = read_set == 15;
        Self {
            emission,
            bit: if any { 1 } else { u32::from(read_set) },
            other: if any { right } else { wrong },
            from_insertion: 0.0,
            from_deletion: 0.0,
            insertion_extend: 0.0,
            deletion_extend: 0.0,
        }
    }
}
