//! Which instruction set takes a group of haplotypes, and the sums over its last row.

use super::batch::{Group, MOST_LANES};
use super::row::{BaseSet, Row, Rows};
use super::single::start;
use super::sweep::STATES;
use crate::{Simd, SimdLevel};

type Sweep = unsafe fn(&[Row], &[BaseSet], &[f32], &mut [f32]);

/// A body for one number of lanes. A value is the proof that this CPU can run it: only [`kernel`]
/// makes one.
#[derive(Clone, Copy, Debug)]
struct Kernel {
    lanes: usize,
    sweep: Sweep,
}

/// The bodies of a level, narrow to wide: few haplotypes go into narrow vectors where that is faster.
/// (It is not below eight lanes: a column then takes as long as its chain of additions.)
#[derive(Debug)]
pub(super) struct Kernels {
    kernels: Vec<Kernel>,
    widths: Vec<usize>,
}

/// Cells of the last row.
#[derive(Debug, Default)]
pub(super) struct Scratch(Vec<f32>);

impl Kernels {
    /// No kernel at the scalar level.
    pub(super) fn new(simd: Simd) -> Self {
        let levels: &[SimdLevel] = match simd.level() {
            SimdLevel::Avx512 => &[SimdLevel::Avx2, SimdLevel::Avx512],
            _ => &[simd.level()],
        };
        let kernels: Vec<_> =
            levels.iter().filter_map(|&level| Simd::new(level)).filter_map(kernel).collect();
        let widths = kernels.iter().map(|kernel| kernel.lanes).collect();
        Self { kernels, widths }
    }

    /// Lanes of the vectors, ascending.
    pub(super) fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// The likelihoods of the members times [`super::row::SCALE`], in the first lanes.
    pub(super) fn scaled_likelihoods(
        &self,
        read: &Rows,
        group: &Group,
        lens: &[usize],
        scratch: &mut Scratch,
    ) -> [f32; MOST_LANES] {
        let kernel =
            self.kernels.iter().find(|kernel| kernel.lanes == group.lanes).expect("packed for these widths");
        let mut starts = [0.0; MOST_LANES];
        for (lane_start, &len) in starts.iter_mut().zip(lens) {
            *lane_start = start(len);
        }
        let cells = scratch.aligned(group.columns * STATES * group.lanes);
        // SAFETY: a kernel is only made from the proof that this CPU has its level.
        unsafe { (kernel.sweep)(&read.rows, &group.sets, &starts, cells) };
        sum_last_row(cells, group.lanes, lens, read.last_open)
    }
}

impl Scratch {
    /// Room that starts at a cache line, so that no vector of a column straddles two.
    fn aligned(&mut self, len: usize) -> &mut [f32] {
        const LINE: usize = 64;
        let room = len + LINE / size_of::<f32>();
        if self.0.len() < room {
            self.0.resize(room, 0.0);
        }
        let skip = self.0.as_ptr().align_offset(LINE).min(room - len);
        &mut self.0[skip..skip + len]
    }
}

/// Sums each lane over its own columns, in their order.
fn sum_last_row(cells: &[f32], lanes: usize, lens: &[usize], last_open: f32) -> [f32; MOST_LANES] {
    let mut sums = [0.0; MOST_LANES];
    for (j, column) in cells.chunks_exact(STATES * lanes).enumerate() {
        let (m, xy) = column.split_at(lanes);
        for (((sum, m), x), &len) in sums.iter_mut().zip(m).zip(xy).zip(lens) {
            if j < len {
                *sum += m + last_open * x;
            }
        }
    }
    sums
}

/// The body of a level that the CPU can run.
#[cfg(target_arch = "x86_64")]
fn kernel(simd: Simd) -> Option<Kernel> {
    use super::{avx2, avx512, sse41};
    match simd.level() {
        SimdLevel::Sse41 => Some(Kernel { lanes: sse41::LANES, sweep: sse41::sweep }),
        SimdLevel::Avx2 => Some(Kernel { lanes: avx2::LANES, sweep: avx2::sweep }),
        SimdLevel::Avx512 => Some(Kernel { lanes: avx512::LANES, sweep: avx512::sweep }),
        SimdLevel::Scalar | SimdLevel::Neon => None,
    }
}

/// The body of a level that the CPU can run.
#[cfg(target_arch = "aarch64")]
fn kernel(simd: Simd) -> Option<Kernel> {
    use super::neon;
    (simd.level() == SimdLevel::Neon).then_some(Kernel { lanes: neon::LANES, sweep: neon::sweep })
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn kernel(_: Simd) -> Option<Kernel> {
    None
}
