use super::*;

/// SplitMix64: a stream of numbers from 0 to 1.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

const LONG: Kind = Kind { period: 1, units: 12 };

/// What reads show at a place of two alleles (units beside the reference's) when so many slip each way.
fn lengths(chance: &mut Chance, alleles: [i32; 2], reads: u32, rate: f64) -> Lengths {
    let mut lengths = Lengths::default();
    for _ in 0..reads {
        let allele = alleles[usize::from(chance.next() < 0.5)];
        let at = chance.next();
        let slip = if at < rate { -1 } else { i32::from(at < 2.0 * rate) };
        match allele + slip {
            0 => lengths.same += 1,
            -1 => lengths.shorter += 1,
            1 => lengths.longer += 1,
            _ => {}
        }
    }
    lengths
}

fn add(counts: &mut RepeatCounts, kind: Kind, places: u32, alleles: [i32; 2], (reads, rate): (u32, f64)) {
    let mut chance = Chance(u64::from(places) + reads.pow(2) as u64);
    (0..places).for_each(|_| counts.add_places(kind, lengths(&mut chance, alleles, reads, rate), 1));
}

/// The mean rate of a kind over all levels.
fn mean(model: &SlipModel, kind: Kind) -> f64 {
    model.mean_rate(usize::from(kind.period), usize::from(kind.units))
}

#[test]
fn rates_are_found() {
    for kind in [LONG, Kind { period: 2, units: 9 }, Kind { period: 4, units: 14 }] {
        for share in [0.03, 0.25, 1.5] {
            let rate = share * table_rate(usize::from(kind.period), usize::from(kind.units));
            let mut counts = RepeatCounts::default();
            add(&mut counts, kind, 3000, [0, 0], (30, rate));
            let found = mean(&learn(&counts), kind);
            assert!((0.7..1.4).contains(&(found / rate)), "{kind:?} {rate}: {found}");
        }
    }
}

#[test]
fn heterozygotes_are_no_slips() {
    let mut counts = RepeatCounts::default();
    add(&mut counts, LONG, 1000, [0, 0], (30, 0.004));
    let without = mean(&learn(&counts), LONG);
    for alleles in [[-1, 0], [0, 1], [-1, -1]] {
        add(&mut counts, LONG, 80, alleles, (30, 0.004));
    }
    let with = mean(&learn(&counts), LONG);
    assert!((0.7..1.4).contains(&(with / without)), "{without} {with}");
}

#[test]
fn few_reads_leave_what_is_usual() {
    assert_eq!(learn(&RepeatCounts::default()), SlipModel::USUAL);
    let mut counts = RepeatCounts::default();
    add(&mut counts, LONG, 3, [0, 0], (8, 0.0));
    let model = learn(&counts);
    assert!(model.shift(1, 12).abs() <= 3.0 && model.shift(2, 12) == 0.0, "{model:?}");
    assert!((model.levels[0].1 - SlipModel::USUAL.levels[0].1).abs() < 0.02, "{model:?}");
}

#[test]
fn places_that_differ_are_told_from_such_that_do_not() {
    let mut alike = RepeatCounts::default();
    add(&mut alike, LONG, 1000, [0, 0], (40, 0.02));
    let mut unlike = RepeatCounts::default();
    add(&mut unlike, LONG, 900, [0, 0], (40, 0.01));
    add(&mut unlike, LONG, 100, [0, 0], (40, 0.09));
    let spread = |counts| {
        let model = learn(counts);
        let clean = SlipModel::clean_rate();
        let rate = |&(level, share): &(f64, f64)| ((clean + level) / clean, share);
        let (sum, squares) = model
            .levels
            .iter()
            .map(rate)
            .fold((0.0, 0.0), |(sum, squares), (x, share)| (sum + x * share, squares + x * x * share));
        squares / (sum * sum)
    };
    let (alike, unlike) = (spread(&alike), spread(&unlike));
    assert!(unlike > alike + 0.3, "{alike} {unlike}");
}

#[test]
fn the_order_of_parts_does_not_matter() {
    let part = |places, rate| {
        let mut counts = RepeatCounts::default();
        add(&mut counts, LONG, places, [0, 0], (20, rate));
        add(&mut counts, Kind { period: 2, units: 7 }, places, [0, 1], (20, rate));
        counts
    };
    let (mut one, mut other) = (part(40, 0.02), part(50, 0.03));
    let (first, second) = (one.clone(), other.clone());
    one.add(&second);
    other.add(&first);
    assert_eq!(one, other);
    assert_eq!(learn(&one), learn(&other));
    assert!(learn(&one) != learn(&first));
}
