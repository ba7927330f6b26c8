use super::*;

/// Draws of a seed between 0 and 1.
fn draws(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// How reads of a mixture are made up.
#[derive(Clone, Copy)]
struct Mixture {
    share: f64,
    depth: u32,
    sites: u32,
    error: f64,
    /// Share of ALT at heterozygous sites.
    balance: f64,
    /// How far off the listed frequencies may be.
    drift: f64,
    /// Sites that have reads of another place.
    stray: f64,
    /// How often the contaminant has the sample's genotype for being a relative.
    kin: f64,
    /// Sites next to each other of which both people have the same copies.
    linked: u32,
}

const USUAL: Mixture = Mixture {
    share: 0.0,
    depth: 30,
    sites: 1_000,
    error: 0.001,
    balance: 0.5,
    drift: 0.0,
    stray: 0.0,
    kin: 0.0,
    linked: 1,
};

impl Mixture {
    fn make(self, seed: u64) -> (Panel, PanelCounts) {
        let mut draw = draws(seed);
        let (mut sites, mut counts) = (Vec::new(), Vec::new());
        let (mut frequency, mut own, mut other) = (0.0, 0, 0);
        for number in 0..self.sites {
            if number % self.linked == 0 {
                frequency = 0.1 + 0.8 * draw();
                own = u8::from(draw() < frequency) + u8::from(draw() < frequency);
                other = u8::from(draw() < frequency) + u8::from(draw() < frequency);
                other = if draw() < self.kin { own } else { other };
            }
            let is_stray = draw() < self.stray;
            let mut reads = SiteReads::default();
            for _ in 0..self.depth {
                let carried = f64::from(if draw() < self.share { other } else { own }) / 2.0;
                let odds = self.balance / (1.0 - self.balance);
                let mut carried = carried * odds / (carried * odds + 1.0 - carried);
                if is_stray {
                    carried = 0.75 * carried + 0.05;
                }
                let is_alternate = draw() < carried;
                match draw() {
                    drawn if drawn < 2.0 * self.error => reads.other += 1,
                    drawn if (drawn < 3.0 * self.error) != is_alternate => reads.alternate += 1,
                    _ => reads.reference += 1,
                }
            }
            let listed = (frequency + self.drift * (2.0 * draw() - 1.0)).clamp(0.01, 0.99);
            let far = if self.linked > 1 { 1_000_000 * (number / self.linked) } else { 0 };
            sites.push(PanelSite::alone((0, far + 100 * number), (0, 1), listed));
            counts.push((number, reads));
        }
        (Panel::new(sites).expect("each place once"), PanelCounts::from_sites(counts))
    }

    fn estimate(self, seed: u64) -> Contamination {
        let (panel, counts) = self.make(seed);
        Contamination::estimate(&panel, &counts, &[true]).expect("enough sites")
    }

    fn found(self, by: f64) {
        let found = self.estimate(3);
        let share = self.share;
        assert!((found.fraction - share).abs() < by, "{share} at {}: {found:?}", self.depth);
        assert!(found.low <= found.fraction && found.fraction <= found.high);
        assert!(found.log_likelihoods.found >= found.log_likelihoods.none);
    }
}

#[test]
fn shares_are_found() {
    for (share, by) in [(0.0, 0.002), (0.01, 0.004), (0.02, 0.005), (0.05, 0.008), (0.1, 0.01), (0.2, 0.015)]
    {
        Mixture { share, ..USUAL }.found(by);
        Mixture { share, depth: 100, ..USUAL }.found(by);
    }
    Mixture { share: 0.05, depth: 8, ..USUAL }.found(0.012);
    Mixture { share: 0.4, depth: 60, ..USUAL }.found(0.03);
}

#[test]
fn errors_bias_other_peoples_frequencies_and_stray_sites_do_little() {
    for share in [0.0, 0.05] {
        Mixture { share, error: 0.004, ..USUAL }.found(0.008);
        Mixture { share, balance: 0.46, ..USUAL }.found(0.008);
        Mixture { share, drift: 0.15, ..USUAL }.found(0.01);
        Mixture { share, stray: 0.02, ..USUAL }.found(0.01);
    }
    assert!(Mixture { balance: 0.46, ..USUAL }.estimate(5).het_balance < 0.48);
}

#[test]
fn a_relatives_share_is_found() {
    let mixture = Mixture { share: 0.06, kin: 0.4, ..USUAL };
    mixture.found(0.012);
    assert!(mixture.estimate(3).sharing >= 0.2);
}

#[test]
fn ranges_hold_the_truth_as_often_as_they_say() {
    let mixture = Mixture { share: 0.03, sites: 300, ..USUAL };
    let estimates: Vec<Contamination> = (0..60).map(|seed| mixture.estimate(1_000 + seed)).collect();
    let held = estimates.iter().filter(|found| found.low <= 0.03 && 0.03 <= found.high).count();
    assert!((51..=60).contains(&held), "{held} of 60");
}

#[test]
fn ranges_are_wider_where_sites_are_linked() {
    let mixture = Mixture { share: 0.03, sites: 400, linked: 8, ..USUAL };
    let estimates: Vec<Contamination> = (0..30).map(|seed| mixture.estimate(2_000 + seed)).collect();
    let held = estimates.iter().filter(|found| found.low <= 0.03 && 0.03 <= found.high).count();
    assert!((25..=30).contains(&held), "{held} of 30");
    // Sites of one stretch that say the same tell no more than one of them.
    let places: Vec<(u32, u32)> = (0..400).map(|i| (0, 1_000_000 * (i / 8) + 100 * (i % 8))).collect();
    let best: Vec<f64> = {
        let mut draw = draws(9);
        let stretches: Vec<f64> = (0..50).map(|_| 0.03 + 0.1 * (draw() + draw() + draw() - 1.5)).collect();
        stretches.iter().flat_map(|&best| [best; 8]).collect()
    };
    // The variance of those is 0.0025.
    let at = |share: f64| best.iter().map(|best| -(share - best).powi(2) / 0.005).collect();
    let widening = linkage::widening(&places, 0.03, at);
    assert!((5.0..12.0).contains(&widening), "{widening}");
    let apart: Vec<(u32, u32)> = (0..400).map(|i| (i, 5)).collect();
    assert!(linkage::widening(&apart, 0.03, at) < 1.4);
}

#[test]
fn few_sites_sexes_and_linked_sites_do_not_count() {
    let (panel, counts) = Mixture { sites: 49, ..USUAL }.make(1);
    assert_eq!(Contamination::estimate(&panel, &counts, &[true]), Err(49));
    let (panel, counts) = Mixture { sites: 80, ..USUAL }.make(1);
    assert_eq!(Contamination::estimate(&panel, &counts, &[false]), Err(0));
    let linked =
        panel.sites().iter().map(|site| PanelSite { anchor: site.position / 200, ..*site }).collect();
    let linked = Panel::new(linked).expect("each place once");
    assert_eq!(Contamination::estimate(&linked, &counts, &[true]), Err(40));
}

#[test]
fn extreme_depth_is_no_trouble() {
    let (panel, counts) = Mixture { share: 0.1, sites: 200, ..USUAL }.make(2);
    let deep = counts.all(&panel).map(|(_, reads)| SiteReads {
        reference: reads.reference * 100_000_000,
        alternate: reads.alternate * 100_000_000,
        other: reads.other,
    });
    let deep = PanelCounts::from_sites((0..).zip(deep).collect());
    let found = Contamination::estimate(&panel, &deep, &[true]).expect("enough sites");
    assert!((found.fraction - 0.1).abs() < 0.03 && found.log_likelihoods.found.is_finite(), "{found:?}");
}
