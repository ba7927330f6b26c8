use proptest::prelude::*;
use rihla_core::read::ReadBatch;
use rihla_core::{Contig, Contigs};
use rihla_kernels::Simd;

use super::*;

fn query() -> Query {
    let mut batch = ReadBatch::new(0, 0, false);
    batch.push(b"r", &[b'A'; 100], &[30; 100]);
    let mut query = Query::default();
    query.load(Simd::best(), batch.read(0));
    query
}

fn region(score: i32, contig: u32, start: u64, query: Range<u32>) -> Region {
    let target = start..start + u64::from(query.end - query.start);
    Region { score, local: score, contig, target, query, ..Region::default() }
}

/// Contig 1 of three is an alternate locus.
fn options() -> AlignOptions {
    let names = ["chr1", "chr1_alt", "chr2"];
    let contigs = names.map(|name| Contig { name: name.into(), length: 1000, md5: [0; 16] });
    let alt = AltContigs::parse("chr1_alt\n", &Contigs::new(contigs.to_vec())).expect("valid");
    AlignOptions { alt, ..AlignOptions::default() }
}

type Summary = (i32, u32, i32, Option<usize>, Option<usize>, i32);

fn summary(regions: &[Region]) -> Vec<Summary> {
    regions.iter().map(|r| (r.score, r.contig, r.sub, r.secondary_to, r.leader, r.alt_rival)).collect()
}

#[test]
fn rivals_and_pieces_are_told_apart() {
    let mut regions = vec![region(40, 2, 500, 60..100), region(60, 0, 100, 0..60), region(50, 2, 300, 0..60)];
    settle(&mut regions, &query(), &AlignOptions::default());
    let expected = [(60, 0, 50, None, None, 0), (50, 2, 0, Some(0), Some(0), 0), (40, 2, 0, None, None, 0)];
    assert_eq!(summary(&regions), expected);
    assert_eq!(competitors(&regions, &AltContigs::default()), 3);
}

#[test]
fn copies_are_dropped() {
    let mut regions =
        vec![region(90, 0, 100, 0..100), region(95, 0, 101, 1..100), region(90, 0, 300, 0..100)];
    settle(&mut regions, &query(), &AlignOptions::default());
    assert_eq!(regions.iter().map(|r| (r.score, r.target.start)).collect::<Vec<_>>(), [(95, 101), (90, 300)]);
}

#[test]
fn alternate_loci_do_not_compete() {
    let options = options();
    let mut regions =
        vec![region(100, 1, 1_100, 0..100), region(90, 0, 100, 0..100), region(70, 2, 2_100, 0..100)];
    settle(&mut regions, &query(), &options);
    let expected =
        [(90, 0, 70, None, Some(2), 100), (70, 2, 0, Some(0), Some(2), 100), (100, 1, 90, None, None, 0)];
    assert_eq!(summary(&regions), expected);
    assert_eq!(competitors(&regions, &options.alt), 2);
}

#[test]
fn of_equals_the_primary_contig_leads_and_alternates_alone_are_as_any() {
    let options = options();
    let mut regions = vec![region(100, 1, 1_100, 0..100), region(100, 0, 100, 0..100)];
    settle(&mut regions, &query(), &options);
    assert_eq!(summary(&regions), [(100, 0, 0, None, None, 0), (100, 1, 0, Some(0), Some(0), 0)]);
    let mut alone = vec![region(100, 1, 1_100, 0..100), region(95, 1, 1_500, 0..100)];
    settle(&mut alone, &query(), &options);
    assert_eq!(summary(&alone), [(100, 1, 95, None, None, 0), (95, 1, 0, Some(0), Some(0), 0)]);
    assert_eq!(competitors(&alone, &options.alt), 2);
}

proptest! {
    #[test]
    fn placements_sort_by_score_and_tie_and_place(
        places in prop::collection::vec((-3i32..4, 0u64..4, 0u64..3, any::<bool>()), 0..40)
    ) {
        let query = query();
        let mut regions: Vec<Region> = places
            .into_iter()
            .enumerate()
            .map(|(i, (score, start, longer, reverse))| Region {
                score,
                reverse,
                target: start..start + 90 + longer,
                // Which it was.
                sub: i as i32,
                ..Region::default()
            })
            .collect();
        let on_alt = |region: &Region| region.target.end.is_multiple_of(2);
        let mut expected = regions.clone();
        expected.sort_by_key(|region| {
            let place = (region.target.start, region.target.end, region.query.start);
            (std::cmp::Reverse(region.score), on_alt(region), region.tie(&query), place)
        });
        sort(&mut regions, &query, on_alt);
        let order = |regions: &[Region]| regions.iter().map(|region| region.sub).collect::<Vec<_>>();
        prop_assert_eq!(order(&regions), order(&expected));
    }
}
