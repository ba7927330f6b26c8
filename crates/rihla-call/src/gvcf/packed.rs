//! A part as bytes and back.

use rihla_core::{AlleleReads, GvcfVariant, Pack, Unpack, VariantRecord};

use super::{GvcfPart, Item};
use crate::blocks::OpenBlock;
use crate::filters::FILTERS;
use crate::reference_confidence::Confidence;

impl Pack for GvcfPart {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { contig, items } = self;
        contig.pack(out);
        items.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { contig: from.read()?, items: from.read()? })
    }
}

impl Pack for Item {
    fn pack(&self, out: &mut Vec<u8>) {
        match self {
            Self::Column(position, confidence) => {
                0u8.pack(out);
                position.pack(out);
                confidence.pack(out);
            }
            Self::Block(block) => {
                1u8.pack(out);
                block.pack(out);
            }
            Self::Variant(variant) => {
                2u8.pack(out);
                pack_variant(variant, out);
            }
        }
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(match from.read::<u8>()? {
            0 => Self::Column(from.read()?, from.read()?),
            1 => Self::Block(OpenBlock::unpack(from)?),
            2 => Self::Variant(Box::new(unpack_variant(from)?)),
            _ => return None,
        })
    }
}

impl Pack for Confidence {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { depth, ploidy, likelihoods: [one, two] } = self;
        ploidy.pack(out);
        [depth, one, two].iter().for_each(|value| value.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { ploidy: from.read()?, depth: from.read()?, likelihoods: [from.read()?, from.read()?] })
    }
}

fn pack_variant(variant: &GvcfVariant, out: &mut Vec<u8>) {
    let GvcfVariant { record, other_depth, likelihoods, strands, squared_mapping_quality, alleles } = variant;
    record.pack(out);
    other_depth.pack(out);
    likelihoods.pack(out);
    strands.iter().for_each(|reads| reads.pack(out));
    squared_mapping_quality.pack(out);
    alleles.len().pack(out);
    alleles.iter().for_each(|reads| pack_reads(reads, out));
}

fn pack_reads(reads: &AlleleReads, out: &mut Vec<u8>) {
    let AlleleReads { strands: [forward, reverse], squared_mapping_quality, .. } = reads;
    (*forward, *reverse).pack(out);
    squared_mapping_quality.pack(out);
    let AlleleReads { base_quality_rank_sum, mapping_quality_rank_sum, read_position_rank_sum, .. } = reads;
    let sums = [base_quality_rank_sum, mapping_quality_rank_sum, read_position_rank_sum];
    sums.into_iter().for_each(|sum| sum.pack(out));
}

fn unpack_reads(from: &mut Unpack<'_>) -> Option<AlleleReads> {
    let (forward, reverse) = from.read()?;
    Some(AlleleReads {
        strands: [forward, reverse],
        squared_mapping_quality: from.read()?,
        base_quality_rank_sum: from.read()?,
        mapping_quality_rank_sum: from.read()?,
        read_position_rank_sum: from.read()?,
    })
}

fn unpack_variant(from: &mut Unpack<'_>) -> Option<GvcfVariant> {
    Some(GvcfVariant {
        record: VariantRecord::unpack(from, FILTERS)?,
        other_depth: from.read()?,
        likelihoods: from.read()?,
        strands: [from.read()?, from.read()?, from.read()?, from.read()?],
        squared_mapping_quality: from.read()?,
        alleles: {
            let count: usize = from.read()?;
            (0..count).map(|_| unpack_reads(from)).collect::<Option<_>>()?
        },
    })
}
