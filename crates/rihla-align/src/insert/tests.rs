use proptest::prelude::*;

use super::*;

fn sample(orientation: Orientation, lengths: impl IntoIterator<Item = i64>) -> InsertSamples {
    let mut samples = InsertSamples::default();
    lengths.into_iter().for_each(|length| samples.add(orientation, length));
    samples
}

#[test]
fn error_function_agrees_with_tables() {
    for (x, expected) in [(0.0f64, 1.0f64), (0.5, 0.479_500_122), (1.0, 0.157_299_207), (2.0, 0.004_677_735)]
    {
        assert!((log_erfc(x) - expected.ln()).abs() < 1e-6, "{x}");
    }
    assert!((log_erfc(5.0) - 1.537_459_8e-12f64.ln()).abs() < 1e-5);
}

#[test]
fn outliers_do_not_move_the_model() {
    for orientation in Orientation::ALL {
        let lengths = (0..1000).map(|i| 350 + i % 101).chain([2000, 9000, 20_000]);
        let model = InsertSize::from_samples(&sample(orientation, lengths));
        let (main, lengths) = model.main().expect("learnt");
        assert_eq!(main, orientation);
        assert!((lengths.mean - 400.0).abs() < 1.0 && (lengths.sd - 29.0).abs() < 1.0, "{lengths:?}");
        for (length, proper) in [(400, true), (500, true), (1000, false), (100, false)] {
            assert_eq!(model.is_proper(orientation, length), proper, "{length}");
        }
        assert!(model.log_fit(orientation, 400) > model.log_fit(orientation, 460));
    }
}

#[test]
fn few_pairs_make_no_model_and_rare_orientations_are_chance() {
    assert!(!InsertSize::from_samples(&sample(Orientation::Fr, [300; 9])).usable());
    assert!(!InsertSize::from_samples(&InsertSamples::default()).usable());
    let mut samples = sample(Orientation::Fr, [300; 10]);
    let model = InsertSize::from_samples(&samples).main().expect("ten are enough").1;
    assert_eq!((model.mean, model.sd, model.low, model.high), (300.0, 1.0, 296, 304));
    samples.merge(&sample(Orientation::Rf, [3_000; 400]));
    let model = InsertSize::from_samples(&samples);
    assert_eq!(model.main().expect("learnt").0, Orientation::Rf);
    assert!(model.of(Orientation::Fr).is_none(), "10 of 410");
    samples.merge(&sample(Orientation::Fr, [310; 40]));
    let model = InsertSize::from_samples(&samples);
    assert!(model.is_proper(Orientation::Fr, 310) && model.is_proper(Orientation::Rf, 3_000));
    assert!(!model.is_proper(Orientation::Ff, 310));
}

#[test]
fn two_modes_are_both_proper() {
    let lengths = (0..1000).map(|i| if i % 2 == 0 { 200 + i % 20 } else { 700 + i % 50 });
    let model = InsertSize::from_samples(&sample(Orientation::Fr, lengths));
    assert!(model.is_proper(Orientation::Fr, 200) && model.is_proper(Orientation::Fr, 750));
    assert!(model.log_fit(Orientation::Fr, 200) > -1.5 && model.log_fit(Orientation::Fr, 740) > -1.5);
}

#[test]
fn given_sizes_are_read_like_bwa_s() {
    let of = |text: &str| text.parse::<LengthModel>();
    assert_eq!(of("400"), Ok(LengthModel { mean: 400.0, sd: 40.0, low: 240, high: 560 }));
    assert_eq!(of("400,100"), Ok(LengthModel { mean: 400.0, sd: 100.0, low: 1, high: 800 }));
    assert_eq!(of("400, 50,900 ,20"), Ok(LengthModel { mean: 400.0, sd: 50.0, low: 20, high: 900 }));
    for wrong in ["", "x", "400,", "400,0", "-3", "0", "400,50,300", "400,50,900,500", "1,2,3,4,5", "nan"] {
        let error = of(wrong).expect_err(wrong).to_string();
        assert!(error.contains(wrong) && error.contains("MEAN[,SD"), "{error}");
    }
    let model = InsertSize::given(of("400,50").expect("valid"));
    assert!(model.is_proper(Orientation::Fr, 400) && !model.is_proper(Orientation::Rf, 400));
}

proptest! {
    /// A mate lies in one of the spans exactly when the pair is proper, from either mate's view.
    #[test]
    fn spans_are_where_pairs_are_proper(
        (a, b) in (0i64..3_000, 0i64..3_000),
        (ra, rb) in any::<(bool, bool)>(),
        present in any::<[bool; 4]>(),
    ) {
        let mut model = InsertSize::unusable();
        for (i, slot) in model.models.iter_mut().enumerate() {
            let low = 100 + 40 * i as i64;
            *slot = present[i].then_some(LengthModel { mean: 300.0, sd: 50.0, low, high: 600 });
        }
        let (first, second) = (FivePrime { at: a, reverse: ra }, FivePrime { at: b, reverse: rb });
        let (orientation, length) = geometry(first, second);
        let wanted = model.is_proper(orientation, length).then_some(orientation);
        let from_first = model.reach(false).spans(first).find(|span| span.contains(second));
        let from_second = model.reach(true).spans(second).find(|span| span.contains(first));
        prop_assert_eq!(from_first.map(|span| span.orientation), wanted);
        prop_assert_eq!(from_second.map(|span| span.orientation), wanted);
    }
}
