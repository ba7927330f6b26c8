//! What the reads of a locus look like: depths by allele and strand, and GATK's annotations.

use rihla_core::variant::{AlleleAnnotations, Annotations};
use rihla_core::{AlleleReads, phred};
use rihla_pileup::ReadSet;

use crate::likelihood::Likelihoods;
use crate::locus::{Allele, Locus};
use crate::rank_sum::z_score;
use crate::reads::{WindowRead, base_at};
use crate::strand::{self, StrandTable};

/// A read says something of the alleles when the best is better than the next by this (log10).
pub const INFORMATIVE: f64 = 0.2;

/// Which reads support which allele of a locus.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Reads of each of the chosen alleles.
    pub allele_depths: Vec<u32>,
    /// Reads that overlap the locus.
    pub depth: u32,
    sum_of_squared_mapq: f64,
    /// Of each of the chosen alleles; of a spanned one nothing.
    values: Vec<Values>,
}

/// What the informative reads of an allele have.
#[derive(Clone, Debug, Default)]
struct Values {
    mapping: Vec<f32>,
    base: Vec<f32>,
    position: Vec<f32>,
    edits: u64,
    margins: i64,
    mate_qualities: u64,
    strands: [u32; 2],
}

/// Means over the informative reads of an allele.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Means {
    /// Mapping quality.
    pub mapping_quality: f32,
    /// Base quality at the locus.
    pub base_quality: f32,
    /// Distance of the locus from the nearer end of the read.
    pub position: f32,
    /// Mismatches and gaps of a read.
    pub edits: f32,
    /// Alignment score less that of the best other place.
    pub margin: f32,
    /// Mapping quality of the mate.
    pub mate_quality: f32,
}

impl Values {
    fn means(&self) -> Option<Means> {
        let reads = self.mapping.len() as f32;
        let mean = |values: &[f32]| values.iter().sum::<f32>() / reads;
        (reads > 0.0).then(|| Means {
            mapping_quality: mean(&self.mapping),
            base_quality: mean(&self.base),
            position: mean(&self.position),
            edits: self.edits as f32 / reads,
            margin: self.margins as f32 / reads,
            mate_quality: self.mate_qualities as f32 / reads,
        })
    }

    /// Those of several alleles.
    fn of_all(all: &[Self]) -> Self {
        let mut sum = Self::default();
        for one in all {
            sum.mapping.extend_from_slice(&one.mapping);
            sum.base.extend_from_slice(&one.base);
            sum.position.extend_from_slice(&one.position);
            sum.edits += one.edits;
            sum.margins += one.margins;
            sum.mate_qualities += one.mate_qualities;
            (0..2).for_each(|strand| sum.strands[strand] += one.strands[strand]);
        }
        sum
    }

    fn squared_mapping_quality(&self) -> u64 {
        self.mapping.iter().map(|&quality| (f64::from(quality).powi(2)) as u64).sum()
    }
}

/// Gathers the evidence for the `chosen` alleles of a locus (the first is REF).
#[must_use]
pub fn evidence(
    set: &ReadSet,
    reads: &[WindowRead],
    likelihoods: &Likelihoods,
    locus: &Locus,
    chosen: &[usize],
) -> Evidence {
    let (allele_depths, values) = (vec![0; chosen.len()], vec![Values::default(); chosen.len()]);
    let mut evidence = Evidence { allele_depths, values, ..Evidence::default() };
    let reach = chosen.iter().map(|&a| locus.alleles[a].reference_length(locus.anchor)).max().unwrap_or(1);
    let gap = chosen.iter().any(|&allele| locus.alleles[allele].has_gap());
    for (read, row) in reads.iter().zip(likelihoods.rows()) {
        let prepared = &set.reads()[read.number];
        let (start, end) = (prepared.start, prepared.end);
        // A clip may hide a gap, so clipped reads count for gaps; for SNPs the aligned bases do.
        let under = if gap { read.extent.clone() } else { start..end };
        let over = under.end > locus.anchor && under.start < locus.anchor + reach;
        if !over || prepared.silent.contains(&locus.anchor) {
            continue;
        }
        evidence.depth += 1;
        evidence.sum_of_squared_mapq += f64::from(prepared.mapping_quality).powi(2);
        let Some(allele) = best_allele(row, locus, chosen) else { continue };
        evidence.allele_depths[allele] += 1;
        if matches!(locus.alleles[chosen[allele]], Allele::Spanned) {
            continue;
        }
        let at = locus.anchor.clamp(start, end - 1);
        let offset = base_at(set, prepared, at).map_or(0, |(offset, _)| offset);
        let from_end = offset.min(set.bases(prepared).len() - 1 - offset);
        let side = &mut evidence.values[allele];
        side.mapping.push(f32::from(prepared.mapping_quality));
        side.base.push(f32::from(set.qualities(prepared)[offset]));
        side.position.push(from_end as f32);
        side.edits += u64::from(prepared.edits);
        side.margins += i64::from(prepared.certainty.margin);
        side.mate_qualities += u64::from(prepared.certainty.mate_quality);
        side.strands[usize::from(prepared.reverse)] += 1;
    }
    evidence
}

/// Number (in `chosen`) of the allele that a read supports.
fn best_allele(row: &[f64], locus: &Locus, chosen: &[usize]) -> Option<usize> {
    let mut best = vec![f64::NEG_INFINITY; chosen.len()];
    for (haplotype, &value) in row.iter().enumerate() {
        if let Some(i) = chosen.iter().position(|&allele| allele == locus.of_haplotype[haplotype]) {
            best[i] = best[i].max(value);
        }
    }
    let first = (0..best.len()).max_by(|&a, &b| best[a].total_cmp(&best[b]).then(b.cmp(&a)))?;
    let clear = (0..best.len()).filter(|&i| i != first).all(|i| best[first] - best[i] >= INFORMATIVE);
    clear.then_some(first)
}

impl Evidence {
    /// Informative reads of REF and of all ALT alleles, by strand.
    #[must_use]
    pub fn strands(&self) -> StrandTable {
        let [forward, reverse] = self.values.first().map_or([0; 2], |reference| reference.strands);
        let of_alternates = Values::of_all(self.values.get(1..).unwrap_or_default()).strands;
        [forward, reverse, of_alternates[0], of_alternates[1]]
    }

    /// The same allele by allele, and their qualities and positions.
    #[must_use]
    pub fn by_allele(&self) -> Vec<AlleleReads> {
        let Some(reference) = self.values.first() else { return Vec::new() };
        let of = |(number, own): (usize, &Values)| {
            let z = |of: fn(&Values) -> &Vec<f32>| {
                (number > 0).then(|| z_score(of(reference), of(own))).flatten()
            };
            AlleleReads {
                strands: own.strands,
                squared_mapping_quality: own.squared_mapping_quality(),
                base_quality_rank_sum: z(|values| &values.base),
                mapping_quality_rank_sum: z(|values| &values.mapping),
                read_position_rank_sum: z(|values| &values.position),
            }
        };
        self.values.iter().enumerate().map(of).collect()
    }

    /// Informative reads of REF, each counted by the chance of its being from here that its mapping quality claims.
    #[must_use]
    pub fn native_reference(&self) -> f64 {
        let qualities = self.values.first().map_or(&[][..], |reference| &reference.mapping);
        qualities.iter().map(|&quality| 1.0 - phred::to_probability(quality.into())).sum()
    }

    /// Sum of the squared mapping qualities of the reads that overlap the locus.
    #[must_use]
    pub fn squared_mapping_quality(&self) -> u64 {
        self.sum_of_squared_mapq as u64
    }

    /// Means over the informative reads of REF, and over those of all ALT alleles; `None` where there are none.
    #[must_use]
    pub fn means(&self) -> [Option<Means>; 2] {
        let reference = self.values.first().and_then(Values::means);
        [reference, Values::of_all(self.values.get(1..).unwrap_or_default()).means()]
    }

    /// INFO of a record of this QUAL.
    #[must_use]
    pub fn annotations(&self, quality: f64) -> Annotations {
        let informative: u32 = self.allele_depths.iter().sum();
        let by_depth = (informative > 0).then(|| (quality / f64::from(informative)) as f32);
        let rms = (self.depth > 0).then(|| (self.sum_of_squared_mapq / f64::from(self.depth)).sqrt() as f32);
        let (reference, alternates) = self.values.split_at(self.values.len().min(1));
        let (reference, alternate) = (Values::of_all(reference), Values::of_all(alternates));
        Annotations {
            depth: self.depth,
            quality_by_depth: by_depth,
            fisher_strand: Some(strand::fisher(self.strands())),
            strand_odds_ratio: Some(strand::odds_ratio(self.strands())),
            mapping_quality: rms,
            mapping_quality_rank_sum: z_score(&reference.mapping, &alternate.mapping),
            read_position_rank_sum: z_score(&reference.position, &alternate.position),
            base_quality_rank_sum: z_score(&reference.base, &alternate.base),
            score: None,
            features: Vec::new(),
            by_allele: Vec::new(),
        }
    }
}

/// `AS_` annotations of the ALT alleles of a record: of their `reads` (REF's the first) and of Phred of each one's not being there,
/// where it is known.
#[must_use]
pub fn of_alleles(reads: &[AlleleReads], qualities: &[Option<f64>]) -> Vec<AlleleAnnotations> {
    let Some((reference, alternates)) = reads.split_first() else { return Vec::new() };
    let count = |reads: &AlleleReads| reads.strands.iter().sum::<u32>();
    let of = |(own, quality): (&AlleleReads, &Option<f64>)| {
        let [[a, b], [c, d]] = [reference.strands, own.strands];
        let (seen, all) = (count(own), count(reference) + count(own));
        let mean_square = (seen > 0).then(|| own.squared_mapping_quality as f64 / f64::from(seen));
        AlleleAnnotations {
            base_quality_rank_sum: own.base_quality_rank_sum,
            fisher_strand: Some(strand::fisher([a, b, c, d])),
            mapping_quality: mean_square.map(|mean| mean.sqrt() as f32),
            mapping_quality_rank_sum: own.mapping_quality_rank_sum,
            quality_by_depth: quality.filter(|_| all > 0).map(|quality| (quality / f64::from(all)) as f32),
            read_position_rank_sum: own.read_position_rank_sum,
            strand_odds_ratio: Some(strand::odds_ratio([a, b, c, d])),
        }
    };
    alternates.iter().zip(qualities).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_with_ref_count_by_their_place() {
        let of = |mapping: &[f32]| Values { mapping: mapping.to_vec(), ..Values::default() };
        let native = |values| Evidence { values, ..Evidence::default() }.native_reference();
        let count = native(vec![of(&[60.0, 60.0, 10.0, 0.0]), of(&[20.0])]);
        assert!((count - 2.9).abs() < 1e-5, "{count}");
        assert_eq!(native(Vec::new()), 0.0);
    }

    #[test]
    fn alleles_are_annotated_by_their_own_reads() {
        let of = |strands: [u32; 2], quality: u64| AlleleReads {
            strands,
            squared_mapping_quality: u64::from(strands[0] + strands[1]) * quality * quality,
            base_quality_rank_sum: (quality < 60).then_some(-2.0),
            ..AlleleReads::default()
        };
        // Many reads of the first ALT on one strand, few and poor ones of the second; a third without any.
        let reads = [of([10, 10], 60), of([0, 10], 60), of([2, 2], 40), of([0, 0], 60)];
        let [first, second, third] =
            of_alleles(&reads, &[Some(300.0), Some(48.0), None])[..].try_into().expect("three");
        assert_eq!((first.quality_by_depth, second.quality_by_depth), (Some(10.0), Some(2.0)));
        assert_eq!((first.mapping_quality, second.mapping_quality), (Some(60.0), Some(40.0)));
        assert_eq!((first.base_quality_rank_sum, second.base_quality_rank_sum), (None, Some(-2.0)));
        assert!(first.fisher_strand > Some(19.0) && second.fisher_strand < Some(0.01));
        assert!(first.strand_odds_ratio > second.strand_odds_ratio);
        assert_eq!((third.mapping_quality, third.quality_by_depth), (None, None));
        assert!(of_alleles(&[], &[]).is_empty());
    }
}
