//! Variants as bytes and back.

use super::{AlleleAnnotations, Annotations, Phase, PhaseAnchor, SampleCall, VariantRecord};
use crate::genotype::Genotype;
use crate::pack::{self, Pack, Unpack};

impl VariantRecord {
    /// Appends it.
    pub fn pack(&self, out: &mut Vec<u8>) {
        let Self { contig, position, reference, alternates, quality, filters, .. } = self;
        let Self { is_forced, annotations, sample, .. } = self;
        (*contig, *position).pack(out);
        pack::bytes(reference, out);
        alternates.pack(out);
        quality.pack(out);
        filters.len().pack(out);
        filters.iter().for_each(|filter| pack::bytes(filter.as_bytes(), out));
        u8::from(*is_forced).pack(out);
        annotations.pack(out);
        sample.pack(out);
    }

    /// Reads it back, its filters being some of those known; `None` when the bytes are no variant.
    pub fn unpack(from: &mut Unpack<'_>, known: &[(&'static str, &'static str)]) -> Option<Self> {
        let (contig, position) = from.read()?;
        let (reference, alternates, quality) = (from.bytes()?.to_vec(), from.read()?, from.read()?);
        let count: usize = from.read()?;
        let find = |from: &mut Unpack<'_>| {
            let id = from.bytes()?;
            known.iter().map(|&(known, _)| known).find(|known| known.as_bytes() == id)
        };
        let filters = (0..count).map(|_| find(from)).collect::<Option<_>>()?;
        let is_forced = from.read::<u8>()? != 0;
        let (annotations, sample) = (from.read()?, from.read()?);
        Some(Self {
            contig,
            position,
            reference,
            alternates,
            quality,
            filters,
            is_forced,
            annotations,
            sample,
        })
    }
}

impl Pack for Annotations {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self {
            depth,
            quality_by_depth,
            fisher_strand,
            strand_odds_ratio,
            mapping_quality,
            mapping_quality_rank_sum,
            read_position_rank_sum,
            base_quality_rank_sum,
            score,
            features,
            by_allele,
        } = self;
        depth.pack(out);
        for value in [
            quality_by_depth,
            fisher_strand,
            strand_odds_ratio,
            mapping_quality,
            mapping_quality_rank_sum,
            read_position_rank_sum,
            base_quality_rank_sum,
            score,
        ] {
            value.pack(out);
        }
        features.pack(out);
        by_allele.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self {
            depth: from.read()?,
            quality_by_depth: from.read()?,
            fisher_strand: from.read()?,
            strand_odds_ratio: from.read()?,
            mapping_quality: from.read()?,
            mapping_quality_rank_sum: from.read()?,
            read_position_rank_sum: from.read()?,
            base_quality_rank_sum: from.read()?,
            score: from.read()?,
            features: from.read()?,
            by_allele: from.read()?,
        })
    }
}

impl Pack for AlleleAnnotations {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self {
            base_quality_rank_sum,
            fisher_strand,
            mapping_quality,
            mapping_quality_rank_sum,
            quality_by_depth,
            read_position_rank_sum,
            strand_odds_ratio,
        } = self;
        for value in [
            base_quality_rank_sum,
            fisher_strand,
            mapping_quality,
            mapping_quality_rank_sum,
            quality_by_depth,
            read_position_rank_sum,
            strand_odds_ratio,
        ] {
            value.pack(out);
        }
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self {
            base_quality_rank_sum: from.read()?,
            fisher_strand: from.read()?,
            mapping_quality: from.read()?,
            mapping_quality_rank_sum: from.read()?,
            quality_by_depth: from.read()?,
            read_position_rank_sum: from.read()?,
            strand_odds_ratio: from.read()?,
        })
    }
}

impl Pack for SampleCall {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { genotype, allele_depths, allele_shares, depth, genotype_quality, likelihoods, phase } =
            self;
        pack::bytes(genotype.alleles(), out);
        allele_depths.pack(out);
        allele_shares.pack(out);
        depth.pack(out);
        genotype_quality.pack(out);
        likelihoods.pack(out);
        phase.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self {
            genotype: Genotype::new(from.bytes()?.to_vec()),
            allele_depths: from.read()?,
            allele_shares: from.read()?,
            depth: from.read()?,
            genotype_quality: from.read()?,
            likelihoods: from.read()?,
            phase: from.read()?,
        })
    }
}

impl Pack for Phase {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { alleles: [a, b], first: PhaseAnchor { position, reference, alternate } } = self;
        (*a, *b).pack(out);
        position.pack(out);
        pack::bytes(reference, out);
        pack::bytes(alternate, out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (a, b) = from.read()?;
        let position = from.read()?;
        let (reference, alternate) = (from.bytes()?.to_vec(), from.bytes()?.to_vec());
        Some(Self { alleles: [a, b], first: PhaseAnchor { position, reference, alternate } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[(&str, &str)] = &[("LowQual", ""), ("LowMQ", "")];

    fn variant() -> VariantRecord {
        VariantRecord {
            contig: 3,
            position: 123_456_789,
            reference: b"AC".to_vec(),
            alternates: vec![b"A".to_vec(), b"*".to_vec()],
            quality: 30.03,
            filters: vec!["LowMQ", "LowQual"],
            is_forced: true,
            annotations: Annotations {
                depth: 31,
                quality_by_depth: Some(1.25),
                base_quality_rank_sum: Some(-0.3),
                by_allele: vec![
                    AlleleAnnotations {
                        base_quality_rank_sum: Some(-0.25),
                        fisher_strand: Some(1.0),
                        mapping_quality: Some(60.0),
                        mapping_quality_rank_sum: None,
                        quality_by_depth: Some(20.5),
                        read_position_rank_sum: Some(0.125),
                        strand_odds_ratio: Some(0.7),
                    },
                    AlleleAnnotations::default(),
                ],
                ..Annotations::default()
            },
            sample: SampleCall {
                genotype: Genotype::diploid(1, 2),
                allele_depths: vec![3, 5, 9],
                allele_shares: vec![0.25, 0.0625],
                depth: 17,
                genotype_quality: 99,
                likelihoods: vec![0, 12_345, 7, 1, 2, 3],
                phase: Some(Phase {
                    alleles: [2, 1],
                    first: PhaseAnchor { position: 9, reference: b"A".to_vec(), alternate: b"AT".to_vec() },
                }),
            },
        }
    }

    #[test]
    fn a_variant_comes_back() {
        let mut out = Vec::new();
        variant().pack(&mut out);
        assert_eq!(VariantRecord::unpack(&mut Unpack::new(&out), KNOWN), Some(variant()));
        assert_eq!(VariantRecord::unpack(&mut Unpack::new(&out), &KNOWN[..1]), None, "a filter is not known");
        for end in 0..out.len() {
            assert_eq!(VariantRecord::unpack(&mut Unpack::new(&out[..end]), KNOWN), None, "cut at {end}");
        }
    }
}
