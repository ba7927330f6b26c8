//! Duplicate marking as a literal walk through the sorted file: reads are matched by name, candidate
//! sets are found by comparing everything with everything. Slow, plain, and with nothing in common
//! with the library but the record's accessors.

use std::collections::HashMap;

use rihla_core::record::flags;
use rihla_core::{OpKind, RecordArena, RecordRef};
use rihla_shard::DuplicateMetrics;

#[derive(Clone, PartialEq, Eq)]
struct Ends {
    first: (u32, i64),
    second: Option<(u32, i64)>,
    /// Reverse strands of the first and the second end.
    strands: (bool, bool),
    /// Reverse strands of mate 1 and mate 2.
    mates: (bool, bool),
    score: i32,
    site: (i64, i64, i64),
    indexes: (usize, usize),
    group: u16,
}

/// Index in the file of every duplicate, and the metrics; the file being of one library.
pub fn mark(
    file: &RecordArena,
    pixels: i64,
    group_of: impl Fn(RecordRef<'_>) -> u16,
) -> (Vec<usize>, DuplicateMetrics) {
    let mut metrics = DuplicateMetrics::default();
    let (mut lone, mut pairs, mut paired_ends) = (Vec::new(), Vec::new(), Vec::new());
    let mut waiting: HashMap<&[u8], Ends> = HashMap::new();
    let mut paired_reads = 0;
    for (index, record) in file.iter().enumerate() {
        if record.has_any(flags::UNMAPPED) {
            metrics.unmapped_reads += 1;
        } else if record.has_any(flags::SECONDARY | flags::SUPPLEMENTARY) {
            metrics.secondary_or_supplementary_reads += 1;
        } else if !record.has_any(flags::PAIRED) || record.has_any(flags::MATE_UNMAPPED) {
            metrics.unpaired_reads_examined += 1;
            lone.push(read_ends(record, index, group_of(record)));
        } else {
            paired_reads += 1;
            let ends = read_ends(record, index, group_of(record));
            paired_ends.push((ends.first, ends.strands.0));
            match waiting.remove(record.name()) {
                None => drop(waiting.insert(record.name(), ends)),
                Some(earlier) => pairs.push(join(earlier, ends, record.has_any(flags::FIRST))),
            }
        }
    }
    metrics.read_pairs_examined = paired_reads / 2;
    let mut duplicates = Vec::new();
    for set in sets(&pairs, |a, b| (a.first, a.second, a.strands) == (b.first, b.second, b.strands)) {
        metrics.read_pair_optical_duplicates += optical(&set, pixels);
        for pair in losers(&set) {
            metrics.read_pair_duplicates += 1;
            duplicates.extend([pair.indexes.0, pair.indexes.1]);
        }
    }
    for set in sets(&lone, |a, b| (a.first, a.strands.0) == (b.first, b.strands.0)) {
        let yields = paired_ends.contains(&(set[0].first, set[0].strands.0));
        let marked = if yields { set } else { losers(&set) };
        metrics.unpaired_read_duplicates += marked.len() as u64;
        duplicates.extend(marked.iter().map(|read| read.indexes.0));
    }
    duplicates.sort_unstable();
    (duplicates, metrics)
}

fn read_ends(record: RecordRef<'_>, index: usize, group: u16) -> Ends {
    let reverse = record.has_any(flags::REVERSE);
    let start = i64::from(record.position().expect("mapped"));
    let ops: Vec<_> = record.cigar().collect();
    let is_clip = |kind| [OpKind::SoftClip, OpKind::HardClip].contains(&kind);
    let leading: u32 = ops.iter().take_while(|op| is_clip(op.kind())).map(|op| op.len()).sum();
    let trailing: u32 = ops.iter().rev().take_while(|op| is_clip(op.kind())).map(|op| op.len()).sum();
    let last = start + i64::from(record.reference_span()) - 1;
    let five_prime = if reverse { last + i64::from(trailing) } else { start - i64::from(leading) };
    let sum: i32 = record.qualities().iter().filter(|&&q| q >= 15).map(|&q| i32::from(q)).sum();
    let penalty = if record.has_any(flags::QC_FAIL) { 16384 } else { 0 };
    let fields: Vec<&str> = std::str::from_utf8(record.name()).expect("text").split(':').collect();
    let site = match fields[..] {
        [_, _, tile, x, y] | [_, _, _, _, tile, x, y] => {
            [tile, x, y].map(|f| i64::from(f.parse::<i64>().expect("number") as i16))
        }
        _ => [-1; 3],
    };
    Ends {
        first: (record.contig().expect("mapped"), five_prime),
        second: None,
        strands: (reverse, reverse),
        mates: (reverse, reverse),
        score: sum.min(16383) - penalty,
        site: site.into(),
        indexes: (index, index),
        group,
    }
}

fn join(earlier: Ends, later: Ends, later_is_mate_1: bool) -> Ends {
    let mates = (earlier.strands.0, later.strands.0);
    let mates = if later_is_mate_1 { (mates.1, mates.0) } else { mates };
    let (score, site, group) = (earlier.score + later.score, earlier.site, earlier.group);
    let (one, two) = if later.first < earlier.first { (later, earlier) } else { (earlier, later) };
    let mut strands = (one.strands.0, two.strands.0);
    if one.first == two.first && strands == (true, false) {
        strands = (false, true);
    }
    let indexes = (one.indexes.0, two.indexes.0);
    Ends { first: one.first, second: Some(two.first), strands, mates, score, site, indexes, group }
}

fn sets(all: &[Ends], same: impl Fn(&Ends, &Ends) -> bool) -> Vec<Vec<Ends>> {
    let mut sets: Vec<Vec<Ends>> = Vec::new();
    for one in all {
        match sets.iter_mut().find(|set| same(&set[0], one)) {
            Some(set) => set.push(one.clone()),
            None => sets.push(vec![one.clone()]),
        }
    }
    sets
}

/// All but the best, which is the first of the highest score after sorting by site and file order.
fn losers(set: &[Ends]) -> Vec<Ends> {
    let mut sorted = set.to_vec();
    sorted.sort_by_key(|ends| (ends.site, ends.indexes));
    let highest = sorted.iter().map(|ends| ends.score).max().expect("not empty");
    let best = sorted.iter().position(|ends| ends.score == highest).expect("there is one");
    sorted.remove(best);
    sorted
}

fn optical(set: &[Ends], pixels: i64) -> u64 {
    let inward = |ends: &&Ends| ends.mates == (false, true);
    let outward = |ends: &&Ends| ends.mates == (true, false);
    let (some_inward, some_outward) = (set.iter().any(|e| inward(&e)), set.iter().any(|e| outward(&e)));
    if some_inward && some_outward {
        let part = |keep: &dyn Fn(&&Ends) -> bool| set.iter().filter(keep).cloned().collect::<Vec<_>>();
        return chained(&part(&inward), pixels) + chained(&part(&outward), pixels);
    }
    chained(set, pixels)
}

fn chained(set: &[Ends], pixels: i64) -> u64 {
    let near = |a: &Ends, b: &Ends| {
        let ((tile_a, xa, ya), (tile_b, xb, yb)) = (a.site, b.site);
        a.group == b.group
            && tile_a != -1
            && tile_a == tile_b
            && (xa - xb).abs() <= pixels
            && (ya - yb).abs() <= pixels
    };
    let mut cluster: Vec<usize> = (0..set.len()).collect();
    for _ in 0..set.len() {
        for i in 0..set.len() {
            for j in 0..set.len() {
                if near(&set[i], &set[j]) {
                    cluster[i] = cluster[i].min(cluster[j]);
                }
            }
        }
    }
    cluster.iter().enumerate().filter(|&(i, &c)| i != c).count() as u64
}
