//! Verdicts on the records of a cluster.

use rihla_core::normalize::{Allele, normalize};
use rihla_core::{Reference, base};

use crate::Judged;
use crate::class::{Call, Decision, Filter, MatchKind, Outcome, Side};
use crate::cluster::Cluster;
use crate::search::{Matching, best_match};
use crate::variant::{Prepared, TruthVariant};

/// Judges the members of a cluster, which have their sides with them, under both filters and writes the
/// verdicts at the records' places. `records` are those that the members were prepared from.
pub(crate) fn judge(
    reference: &Reference,
    members: &mut Vec<(usize, Prepared)>,
    records: [&[TruthVariant]; 2],
    verdicts: &mut [Vec<Judged>; 2],
) {
    // Most loci of a good call set: nothing is to be weighed.
    let (matched, partner) = match &members[..] {
        [(_, _)] => (MatchKind::Missing, None),
        [(0, truth), (1, query)] if query.is_pass && truth.is_pass && truth.is_twin(query) => {
            (MatchKind::Genotype, Some((truth.inside, query.index)))
        }
        _ => return judge_cluster(reference, &Cluster::new(members.drain(..)), records, verdicts),
    };
    for (side, variant) in &*members {
        let decision = |filter| decide(*side, variant, partner.map(|(inside, _)| inside), filter);
        let outcome = Filter::BOTH.map(|filter| Outcome { decision: decision(filter), matched });
        let scored = if *side == 1 { Some(variant.index) } else { partner.map(|(_, query)| query) };
        let scores = scored.map(|query| scores(&records[1][query])).unwrap_or_default();
        let call = call(*side, variant, outcome, scores);
        verdicts[*side][variant.index] = Judged::Compared { call, locus: variant.start };
    }
}

/// QUAL and GQ.
type Scores = (Option<f32>, Option<f32>);

fn scores(record: &TruthVariant) -> Scores {
    (record.quality, record.genotype_quality)
}

fn call(side: usize, variant: &Prepared, outcome: [Outcome; 2], (quality, genotype_quality): Scores) -> Call {
    Call {
        side: [Side::Truth, Side::Query][side],
        kind: variant.kind,
        subtype: variant.subtype,
        zygosity: variant.zygosity,
        outcome,
        quality,
        genotype_quality,
    }
}

fn judge_cluster(
    reference: &Reference,
    cluster: &Cluster,
    records: [&[TruthVariant]; 2],
    verdicts: &mut [Vec<Judged>; 2],
) {
    let all = best_match(reference, cluster, Filter::All);
    let has_filtered = cluster.sides.iter().flatten().any(|variant| !variant.is_pass);
    let pass = if has_filtered { best_match(reference, cluster, Filter::Pass) } else { all.clone() };
    let matchings = [all, pass];
    let outcomes =
        [0, 1].map(|filter| outcomes(reference, cluster, &matchings[filter], Filter::BOTH[filter]));
    let locus = cluster.sides.iter().flatten().map(|variant| variant.start).min().unwrap_or(0);
    for (side, variants) in cluster.sides.iter().enumerate() {
        for (i, variant) in variants.iter().enumerate() {
            let scores = match side {
                0 => lowest_scores(cluster, &matchings, i, records[1]),
                _ => scores(&records[1][variant.index]),
            };
            let call = call(side, variant, [outcomes[0][side][i], outcomes[1][side][i]], scores);
            verdicts[side][variant.index] = Judged::Compared { call, locus };
        }
    }
}

/// Lowest QUAL and GQ of the calls that a truth variant was matched with: of those that pass when they match it,
/// else of all.
fn lowest_scores(
    cluster: &Cluster,
    matchings: &[Matching; 2],
    truth: usize,
    query: &[TruthVariant],
) -> Scores {
    let matched = |matching: &'_ &Matching| matching[0][truth].is_some();
    let Some(matching) = matchings.iter().rev().find(matched) else { return (None, None) };
    let group = matching[0][truth];
    let calls = || {
        let partners = cluster.sides[1].iter().zip(&matching[1]).filter(|(_, other)| **other == group);
        partners.map(|(variant, _)| &query[variant.index])
    };
    let lowest = |score: fn(&TruthVariant) -> Option<f32>| calls().filter_map(score).reduce(f32::min);
    (lowest(|call| call.quality), lowest(|call| call.genotype_quality))
}

/// Verdicts of both sides under one filter.
fn outcomes(
    reference: &Reference,
    cluster: &Cluster,
    matching: &Matching,
    filter: Filter,
) -> [Vec<Outcome>; 2] {
    let missed = [0, 1].map(|side| {
        let unmatched = cluster.sides[side].iter().zip(&matching[side]);
        let unmatched = unmatched.filter(|(variant, group)| group.is_none() && variant.is_compared(filter));
        unmatched.map(|(variant, _)| variant).collect::<Vec<_>>()
    });
    let counting: Vec<u32> = {
        let truth = cluster.sides[0].iter().zip(&matching[0]).filter(|(variant, _)| variant.inside);
        truth.filter_map(|(_, group)| *group).collect()
    };
    let is_local = missed.iter().all(|side| !side.is_empty());
    let alleles = missed.map(|side| match is_local {
        true => side.into_iter().flat_map(|variant| normalized_alleles(reference, variant)).collect(),
        false => Vec::new(),
    });
    [0, 1].map(|side| {
        let variants = cluster.sides[side].iter().zip(&matching[side]);
        variants
            .map(|(variant, group)| {
                let matched = match group {
                    Some(_) => MatchKind::Genotype,
                    None if !is_local || !variant.is_compared(filter) => MatchKind::Missing,
                    None if shares_allele(reference, variant, &alleles[1 - side]) => MatchKind::Allele,
                    None => MatchKind::Local,
                };
                Outcome {
                    decision: decide(side, variant, group.map(|group| counting.contains(&group)), filter),
                    matched,
                }
            })
            .collect()
    })
}

/// `partners`: when the record was matched, whether a true variant that counts had a part in it.
fn decide(side: usize, variant: &Prepared, partners: Option<bool>, filter: Filter) -> Decision {
    match (partners, side) {
        _ if !variant.is_compared(filter) => Decision::NotCompared,
        (Some(true), 1) => Decision::TruePositive,
        (Some(false), 1) => Decision::Unknown,
        _ if !variant.inside => Decision::Unknown,
        (Some(_), _) => Decision::TruePositive,
        (None, 0) => Decision::FalseNegative,
        (None, _) => Decision::FalsePositive,
    }
}

fn normalized_alleles(reference: &Reference, variant: &Prepared) -> Vec<Allele> {
    let letter = |position| base::decode(reference.base(variant.contig, position));
    let edits = variant.edits().map(|edit| {
        let allele = Allele {
            position: edit.start,
            reference: (edit.start..edit.end).map(letter).collect(),
            alternate: edit.letters.to_vec(),
        };
        normalize(allele, letter)
    });
    let mut alleles: Vec<Allele> = edits.collect();
    alleles.sort_unstable();
    alleles.dedup();
    alleles
}

fn shares_allele(reference: &Reference, variant: &Prepared, others: &[Allele]) -> bool {
    normalized_alleles(reference, variant).iter().any(|allele| others.contains(allele))
}
