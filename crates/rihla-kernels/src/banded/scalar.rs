//! The definition of the cells, row by row.

use super::job::Job;

/// The score of a cell that does not exist; far from overflow.
pub(super) const NONE: i32 = i32::MIN / 2;

/// Fills `cells` with `H`, row after row, and returns the highest `M`.
pub(super) fn fill(job: &Job<'_>, cells: &mut Vec<i32>) -> i32 {
    let (width, scoring) = (job.width, job.scoring);
    cells.clear();
    cells.resize(job.query.len() * width, NONE);
    let mut insertion = vec![NONE; width + 1];
    let mut best = NONE;
    for i in 0..job.query.len() {
        let (above, row) = cells.split_at_mut(i * width);
        let above = if i == 0 { &[] } else { &above[(i - 1) * width..] };
        let previous = |b: usize| above.get(b).copied().unwrap_or(NONE);
        let mut deletion = NONE;
        for b in 0..width {
            let e = insertion[b + 1].max(previous(b + 1) - scoring.gap_open) - scoring.gap_extend;
            insertion[b] = e.max(NONE);
            let Some(j) = job.target_index(i, b) else { continue };
            let m = previous(b).max(job.start(i)) + job.score(i, j);
            let h = m.max(e).max(deletion);
            deletion = deletion.max(h - scoring.gap_open) - scoring.gap_extend;
            row[b] = h;
            best = best.max(m);
        }
    }
    best
}
