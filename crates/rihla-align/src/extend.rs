//! From a candidate to an alignment: without gaps where that is proven best, else by banded
//! Smith-Waterman.

mod detours;
mod memo;
mod runs;

use std::ops::{Range, RangeInclusive};

use rihla_core::{Cigar, CigarOp, OpKind, Reference, base};
use rihla_kernels::mismatch::Count;
use rihla_kernels::{BandedAligner, Scoring, Simd, banded, mismatch, pack};

use self::detours::Detours;
use self::memo::{Key, Memo};
use self::runs::Runs;
use crate::aligner::AlignWork;
use crate::query::Query;
use crate::region::Region;

/// Gaps beyond those that the anchors show reach at most this far.
const MAX_EXTRA_GAP: i64 = 60;
/// Gapped rivals of an ungapped placement are ruled out by shifts only up to this many mismatches:
/// the argument in `gap_cannot_win` needs it.
const MAX_SHIFT_MISMATCHES: usize = 3;
/// Among more unknown bases mismatches are not counted: held for some base, those would say more than the rest.
const FEW_UNKNOWN: u32 = 3;
/// Bases of a packed word.
const BASES: usize = 32;

/// A read held against one strand, contig and diagonal.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    pub reference: &'a Reference,
    /// Its packed bases.
    pub words: &'a [u64],
    pub query: &'a Query,
    pub reverse: bool,
    pub contig: u32,
    /// Concatenated reference offset of the read's first base.
    pub diagonal: i64,
}

impl Site<'_> {
    /// First base of the contig and one past its last, as concatenated offsets.
    fn contig_span(&self) -> (i64, i64) {
        contig_span(self.reference, self.contig)
    }

    /// The part of the read that lies on the contig.
    fn on_contig(&self) -> Range<u32> {
        let (start, end) = self.contig_span();
        let clamp = |at: i64| (at - self.diagonal).clamp(0, i64::from(self.query.len())) as u32;
        clamp(start)..clamp(end)
    }

    /// Calls `found` with each base of the read that differs, from left to right; for plain sites.
    #[inline]
    fn for_each_mismatch(&self, found: impl FnMut(u32)) {
        let query = self.query.packed(self.reverse);
        mismatch::for_each_mismatch(
            query,
            self.words,
            self.diagonal as u64,
            self.query.len() as usize,
            found,
        );
    }
}

/// The best placement without gaps on one diagonal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ungapped {
    /// Concatenated reference offset of the read's first base.
    pub diagonal: i64,
    /// Without end bonuses.
    pub score: i32,
    /// With them.
    pub total: i32,
    /// Of the best part, ends not rewarded.
    pub local: i32,
    pub query: Range<u32>,
    /// Whether it scores so much that no alignment with gaps near this diagonal is better.
    settled: bool,
    /// Whether packed bases could be compared.
    plain: bool,
    /// Bases on the diagonal that differ, or are ambiguous.
    mismatches: usize,
    /// Whether both ends of the read lie well on this diagonal, so that gaps are unlikely.
    pub steady: bool,
}

/// Buffers of the extension; reused.
pub(crate) struct Extender {
    simd: Simd,
    scoring: Scoring,
    aligner: BandedAligner,
    positions: Vec<u32>,
    target: Vec<u8>,
    part: Vec<u64>,
    /// The last stretch of unambiguous bases that was asked for, and its contig.
    clean: (u32, Range<u64>),
    memo: Memo,
    detours: Detours,
    /// What was done since it was last taken.
    pub work: AlignWork,
}

impl Extender {
    pub fn new(simd: Simd, scoring: Scoring) -> Self {
        Self {
            simd,
            scoring,
            aligner: BandedAligner::new(simd, scoring),
            positions: Vec::new(),
            target: Vec::new(),
            part: Vec::new(),
            clean: (0, 0..0),
            memo: Memo::default(),
            detours: Detours::default(),
            work: AlignWork::default(),
        }
    }

    /// The best placement without gaps.
    pub fn ungapped(&mut self, site: &Site<'_>) -> Ungapped {
        self.work.diagonals += 1;
        let length = site.query.len();
        let on_contig = site.on_contig();
        let plain = self.is_plain(site);
        let found = if plain {
            let mut runs = Runs::new(on_contig, length, &self.scoring);
            let cost = self.scoring.match_score + self.scoring.mismatch;
            site.for_each_mismatch(|at| runs.unlike(at, cost));
            runs.finish()
        } else {
            self.ungapped_by_codes(site, on_contig)
        };
        let loss = self.ceiling(length) - found.total;
        let settled = loss <= self.scoring.gap_open + self.scoring.gap_extend;
        Ungapped { diagonal: site.diagonal, settled, plain, ..found }
    }

    /// The same where bases may be ambiguous or lie beyond the contig.
    fn ungapped_by_codes(&mut self, site: &Site<'_>, on_contig: Range<u32>) -> Ungapped {
        let start = (site.diagonal + i64::from(on_contig.start)) as u64;
        let length = u64::from(on_contig.end - on_contig.start);
        self.fetch(site.reference, start..start + length);
        let codes = &site.query.codes(site.reverse)[on_contig.start as usize..on_contig.end as usize];
        let Scoring { match_score, mismatch, .. } = self.scoring;
        let mut runs = Runs::new(on_contig.clone(), site.query.len(), &self.scoring);
        for (at, (&a, &b)) in on_contig.zip(codes.iter().zip(&self.target)) {
            if a == base::N || b == base::N {
                runs.unlike(at, match_score + 1);
            } else if a != b {
                runs.unlike(at, match_score + mismatch);
            }
        }
        runs.finish()
    }

    /// Whether it is proven that no alignment with gaps near this diagonal is better than the one without.
    pub fn is_settled(&mut self, site: &Site<'_>, found: &Ungapped) -> bool {
        let length = site.query.len();
        if found.settled
            || !found.plain
            || found.query != (0..length)
            || found.mismatches > MAX_SHIFT_MISMATCHES
        {
            return found.settled;
        }
        self.positions.clear();
        site.for_each_mismatch(|at| self.positions.push(at));
        self.gap_cannot_win(site, self.ceiling(length) - found.total)
    }

    /// Whether packed comparison is exact: all on the contig, and no ambiguous base on either side.
    #[inline]
    fn is_plain(&mut self, site: &Site<'_>) -> bool {
        !site.query.has_unknown && self.is_clean(site)
    }

    /// The same, the read's own bases aside.
    #[inline]
    fn is_clean(&mut self, site: &Site<'_>) -> bool {
        let Ok(first) = u64::try_from(site.diagonal) else { return false };
        let end = first + u64::from(site.query.len());
        let (contig, clean) = &self.clean;
        if *contig != site.contig || first < clean.start || clean.end <= first {
            self.look_around(site, first);
        }
        let (_, clean) = &self.clean;
        clean.start <= first && end <= clean.end
    }

    #[cold]
    fn look_around(&mut self, site: &Site<'_>, first: u64) {
        self.clean = (site.contig, clean_around(site.reference, site.contig, first));
    }

    /// Whether [mismatches](Self::mismatches) can be counted at a glance.
    #[inline]
    pub fn is_countable(&mut self, site: &Site<'_>) -> bool {
        (!site.query.has_unknown || site.query.unknown_count() <= FEW_UNKNOWN) && self.is_clean(site)
    }

    /// Appends the mismatches on the diagonals of one strand, from which packed bases can be compared or nothing is asked.
    pub fn count_each(
        &mut self,
        words: &[u64],
        query: &Query,
        reverse: bool,
        diagonals: &[u64],
        out: &mut Vec<Count>,
    ) {
        self.work.diagonals += diagonals.len() as u64;
        mismatch::count_each(self.simd, query.packed(reverse), words, diagonals, query.len() as usize, out);
    }

    /// Mismatches on a diagonal, unknown bases of the read held for some base; `None` where that cannot be told at a glance.
    pub fn mismatches(&mut self, site: &Site<'_>) -> Option<u32> {
        if !self.is_countable(site) {
            return None;
        }
        self.work.diagonals += 1;
        let query = site.query.packed(site.reverse);
        let length = site.query.len();
        let count = |limit| {
            mismatch::count_mismatches(
                self.simd,
                query,
                site.words,
                site.diagonal as u64,
                length as usize,
                limit,
            )
        };
        Some(count(length))
    }

    /// What a placement with so many [mismatches](Self::mismatches) scores at least.
    pub fn least(&self, query: &Query, mismatches: u32) -> i32 {
        let Scoring { match_score, mismatch, .. } = self.scoring;
        let unknown = if query.has_unknown { query.unknown_count() as i32 } else { 0 };
        (query.len() as i32 - unknown) * match_score - unknown - mismatches as i32 * (match_score + mismatch)
    }

    /// Whether an alignment without gaps on a diagonal can score `floor`: such a one clips and mismatches so
    /// little that the middle of the read holds few of its `mismatches`.
    #[inline]
    pub fn may_score(&mut self, site: &Site<'_>, mismatches: u32, floor: i32) -> bool {
        let loss = self.loss(site.query, floor);
        self.fits(mismatches, loss) || self.may_lose(site, loss)
    }

    /// The same on a diagonal from which packed bases can be compared and were [counted](Self::count_each).
    #[inline]
    pub fn may_score_with(&mut self, site: &Site<'_>, count: Count, floor: i32) -> bool {
        let (length, loss) = (site.query.len() as usize, self.loss(site.query, floor));
        if self.fits(count.all(length), loss) {
            return true;
        }
        match self.middle(length, loss).and_then(|middle| count.inside(length, middle)) {
            Some(inside) if !site.query.has_unknown => inside <= self.most_mismatches(loss),
            _ => self.may_lose(site, loss),
        }
    }

    /// What a placement of this score loses beside one of matches alone.
    fn loss(&self, query: &Query, score: i32) -> i32 {
        (query.len() as i32 * self.scoring.match_score - score).max(0)
    }

    /// Whether so many mismatches lose no more.
    fn fits(&self, mismatches: u32, loss: i32) -> bool {
        mismatches as i32 * (self.scoring.match_score + self.scoring.mismatch) <= loss
    }

    /// How many mismatches lose no more.
    fn most_mismatches(&self, loss: i32) -> u32 {
        (loss / (self.scoring.match_score + self.scoring.mismatch)) as u32
    }

    /// Words of a read that are whole in the middle which a placement that loses no more does not clip, if there are some.
    fn middle(&self, length: usize, loss: i32) -> Option<Range<usize>> {
        let clipped = (loss / self.scoring.match_score) as usize;
        let (first, end) = (clipped.div_ceil(BASES), length.saturating_sub(clipped) / BASES);
        (first < end).then_some(first..end)
    }

    /// Whether one loses no more than this, by the middle of the read.
    fn may_lose(&mut self, site: &Site<'_>, loss: i32) -> bool {
        let Some(middle) = self.middle(site.query.len() as usize, loss).filter(|_| self.is_plain(site))
        else {
            return true;
        };
        let limit = self.most_mismatches(loss);
        let offset = site.diagonal as u64 + (middle.start * BASES) as u64;
        let bases = middle.len() * BASES;
        let query = &site.query.packed(site.reverse)[middle];
        mismatch::count_mismatches(self.simd, query, site.words, offset, bases, limit) <= limit
    }

    /// What a read of matches alone scores, with both end bonuses.
    fn ceiling(&self, length: u32) -> i32 {
        length as i32 * self.scoring.match_score + 2 * self.scoring.end_bonus
    }

    /// Whether gaps are ruled out for an end-to-end placement with few mismatches.
    ///
    /// An alignment that is as good loses no more to its gap. With at most three mismatches it cannot afford two gaps
    /// that cancel out and leave something, so it leaves the diagonal for good on one side: all bases before the first
    /// mismatch, or all behind the last, lie on another diagonal (or, but for two, are clipped). If there every shift
    /// brings too many mismatches, there is none.
    fn gap_cannot_win(&mut self, site: &Site<'_>, loss: i32) -> bool {
        let (Some(&first), Some(&last)) = (self.positions.first(), self.positions.last()) else {
            return true;
        };
        let length = site.query.len();
        let clip = if self.positions.len() > 2 { 2 } else { 0 };
        let head = clip.min(first)..first;
        let tail = last + 1..(length - clip).max(last + 1);
        let Scoring { gap_open, gap_extend, match_score, mismatch, .. } = self.scoring;
        let left = loss - gap_open;
        let (deleted, inserted) = (left / gap_extend, left / (gap_extend + match_score));
        let most = |gap: i32| {
            let cost = if gap > 0 { gap * gap_extend } else { -gap * (gap_extend + match_score) };
            (left - cost) / (match_score + mismatch)
        };
        // Bases that are missing move the head to the left, and the tail to the right.
        self.shifts_lose(site, head, -deleted..=inserted, |shift| most(-shift))
            && self.shifts_lose(site, tail, -inserted..=deleted, most)
    }

    /// Whether no alignment around this diagonal, other than the one on it, loses so little.
    ///
    /// One that cannot afford two gaps lies on this diagonal on one side of its gap, with few of the mismatches: all bases
    /// on the other side of the next mismatch lie on another diagonal, but for those that are clipped or inserted.
    fn gap_cannot_reach(&mut self, site: &Site<'_>, found: &Ungapped, allowed: i32) -> bool {
        let Scoring { gap_open, gap_extend, match_score, mismatch, .. } = self.scoring;
        let left = allowed - gap_open - gap_extend;
        if left < 0 {
            return true;
        }
        let edits = (left / (match_score + mismatch)) as usize;
        if !found.plain || left >= gap_open + gap_extend || found.mismatches <= edits {
            return false;
        }
        self.positions.clear();
        site.for_each_mismatch(|at| self.positions.push(at));
        let (after, before) = (self.positions[edits], self.positions[found.mismatches - 1 - edits]);
        let (reach, clip) = ((allowed - gap_open) / gap_extend, (allowed / match_score) as u32);
        let inserted = reach as u32;
        let head = clip..(before + 1).saturating_sub(inserted).max(clip);
        let tail = after + inserted..site.query.len().saturating_sub(clip).max(after + inserted);
        let most = |_| allowed / (match_score + mismatch);
        self.shifts_lose(site, head, -reach..=reach, most)
            && self.shifts_lose(site, tail, -reach..=reach, most)
    }

    /// Whether a part of the read has more mismatches on each diagonal that far away than `most` says of the shift.
    fn shifts_lose(
        &mut self,
        site: &Site<'_>,
        part: Range<u32>,
        shifts: RangeInclusive<i32>,
        most: impl Fn(i32) -> i32,
    ) -> bool {
        let length = (part.end - part.start) as usize;
        mismatch::extract(site.query.packed(site.reverse), part.start.into(), length, &mut self.part);
        let at = site.diagonal + i64::from(part.start);
        shifts.into_iter().filter(|&shift| shift != 0).all(|shift| {
            let Ok(offset) = u64::try_from(at + i64::from(shift)) else { return false };
            let limit = most(shift) as u32;
            mismatch::count_mismatches(self.simd, &self.part, site.words, offset, length, limit) > limit
        })
    }

    /// The best alignment around an ungapped one, with gaps unless it is proven that they win nothing. One that scores
    /// less than `floor` need not be the best.
    pub fn finish(
        &mut self,
        site: &Site<'_>,
        anchors: (i64, i64),
        ungapped: &Ungapped,
        floor: i32,
    ) -> Option<Region> {
        if self.is_settled(site, ungapped) {
            return Some(ungapped_region(site, ungapped));
        }
        self.gapped(site, anchors, ungapped, floor)
    }

    /// The best alignment with gaps around an ungapped one at `site`, the anchors lying on diagonals
    /// `anchors.0` to `anchors.1`. One that scores less than `floor` need not be the best.
    pub fn gapped(
        &mut self,
        site: &Site<'_>,
        anchors: (i64, i64),
        ungapped: &Ungapped,
        floor: i32,
    ) -> Option<Region> {
        let Scoring { match_score, gap_open, gap_extend, .. } = self.scoring;
        // An alignment through this diagonal that beats the ungapped one has few gap bases, as has one that scores `floor`.
        let loss = self.ceiling(site.query.len()) - ungapped.total;
        let allowed = site.query.len() as i32 * match_score - floor;
        if self.gap_cannot_reach(site, ungapped, allowed) {
            return Some(ungapped_region(site, ungapped));
        }
        let reach = i64::from(((loss.min(allowed) - gap_open) / gap_extend).max(1));
        let low = (site.diagonal - reach).max(anchors.0 - MAX_EXTRA_GAP);
        let high = (site.diagonal + reach).min(anchors.1 + MAX_EXTRA_GAP);
        if self.detours_are_worse(site, ungapped, (low, high)) {
            return Some(ungapped_region(site, ungapped));
        }
        // Counted before the memory is asked, which holds more or less with the reads before.
        self.work.cells += u64::from(site.query.len()) * (high - low + 1).max(0) as u64;
        let key = Key { read: site.query.number, reverse: site.reverse, contig: site.contig, low, high };
        if let Some(known) = self.memo.get(key) {
            return known;
        }
        let found = self.banded(site, (low, high));
        self.memo.set(key, &found);
        found
    }

    /// Whether no alignment in a band that leaves this diagonal is as good as one from end to end on it.
    fn detours_are_worse(&mut self, site: &Site<'_>, found: &Ungapped, (low, high): (i64, i64)) -> bool {
        let length = site.query.len();
        let whole = found.plain && found.query == (0..length) && found.score > 0;
        if !whole || !(low..=high).contains(&site.diagonal) {
            return false;
        }
        // Of the stretch of unambiguous bases that it asks for.
        let plain = self.is_plain(site);
        let (_, clean) = &self.clean;
        let inside = u64::try_from(low).is_ok_and(|low| clean.start <= low);
        if !plain || !inside || (high + i64::from(length)) as u64 > clean.end {
            return false;
        }
        self.positions.clear();
        site.for_each_mismatch(|at| self.positions.push(at));
        let band = (low, banded::width((high - low + 1) as usize));
        let Self { detours, positions, simd, scoring, .. } = self;
        detours.are_worse((*simd, scoring), site, positions, band)
    }

    /// The best alignment in a band.
    fn banded(&mut self, site: &Site<'_>, (low, high): (i64, i64)) -> Option<Region> {
        let length = i64::from(site.query.len());
        let (start, end) = site.contig_span();
        let (from, to) = (low.max(start), (high + length).min(end));
        if from >= to {
            return None;
        }
        self.fetch(site.reference, from as u64..to as u64);
        let codes = site.query.codes(site.reverse);
        let found =
            self.aligner.align(codes, &self.target, (low - from) as i32, (high - low + 1) as usize)?;
        let aligned = &codes[found.query.start as usize..found.query.end as usize];
        let opposite = &self.target[found.target.start as usize..found.target.end as usize];
        Some(Region {
            score: found.score,
            local: local_score(found.cigar.ops(), aligned, opposite, &self.scoring),
            reverse: site.reverse,
            contig: site.contig,
            target: from as u64 + u64::from(found.target.start)..from as u64 + u64::from(found.target.end),
            query: found.query,
            cigar: found.cigar,
            ..Region::default()
        })
    }

    /// Sets `target` to the codes of a part of the reference.
    fn fetch(&mut self, reference: &Reference, part: Range<u64>) {
        let length = (part.end - part.start) as usize;
        mismatch::extract(reference.words(), part.start, length, &mut self.part);
        pack::unpack(self.simd, &self.part, &[], length, &mut self.target);
        let runs = reference.ambiguous();
        let first = runs.partition_point(|run| run.end <= part.start);
        for run in runs[first..].iter().take_while(|run| run.start < part.end) {
            let from = run.start.max(part.start) - part.start;
            let to = run.end.min(part.end) - part.start;
            self.target[from as usize..to as usize].fill(base::N);
        }
    }
}

/// The placement that needs no gaps.
pub(crate) fn ungapped_region(site: &Site<'_>, ungapped: &Ungapped) -> Region {
    let at = |query: u32| (site.diagonal + i64::from(query)) as u64;
    Region {
        score: ungapped.score,
        local: ungapped.local,
        reverse: site.reverse,
        contig: site.contig,
        target: at(ungapped.query.start)..at(ungapped.query.end),
        query: ungapped.query.clone(),
        cigar: Cigar::new(),
        ..Region::default()
    }
}

/// First base of a contig and one past its last, as concatenated offsets.
pub(crate) fn contig_span(reference: &Reference, contig: u32) -> (i64, i64) {
    let start = reference.offset(contig) as i64;
    (start, start + i64::from(reference.contigs().get(contig).length))
}

/// The stretch of a contig around a base up to the next ambiguous ones; it is empty or elsewhere where the base is
/// ambiguous itself or not on the contig.
fn clean_around(reference: &Reference, contig: u32, at: u64) -> Range<u64> {
    let runs = reference.ambiguous();
    let next = runs.partition_point(|run| run.end <= at);
    let before = next.checked_sub(1).map_or(0, |last| runs[last].end);
    let behind = runs.get(next).map_or(u64::MAX, |run| run.start);
    let (start, end) = contig_span(reference, contig);
    before.max(start as u64)..behind.min(end as u64)
}

/// Score of the best part of an alignment.
fn local_score(ops: &[CigarOp], mut codes: &[u8], mut target: &[u8], scoring: &Scoring) -> i32 {
    let (mut here, mut best) = (0, 0);
    for op in ops {
        let length = op.len() as usize;
        let gap = scoring.gap_open + op.len() as i32 * scoring.gap_extend;
        match op.kind() {
            OpKind::Insertion => (here, codes) = ((here - gap).max(0), &codes[length..]),
            OpKind::Deletion => (here, target) = ((here - gap).max(0), &target[length..]),
            _ => {
                for (&a, &b) in codes[..length].iter().zip(&target[..length]) {
                    here += match (a, b) {
                        (base::N.., _) | (_, base::N..) => -1,
                        (a, b) if a == b => scoring.match_score,
                        _ => -scoring.mismatch,
                    };
                    best = best.max(here);
                    here = here.max(0);
                }
                (codes, target) = (&codes[length..], &target[length..]);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests;
