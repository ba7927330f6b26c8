use super::*;

fn curve(records: &[(Side, Decision, Option<f32>)]) -> Curve {
    let mut curve = Curve::new(ScoreField::Gq);
    records.iter().for_each(|&(side, decision, score)| curve.add(side, decision, score));
    curve
}

/// Ten true variants; calls of GQ 50 to 10 and one without.
fn example() -> Curve {
    let found = |score| [Side::Truth, Side::Query].map(|side| (side, Decision::TruePositive, score));
    let mut records = Vec::new();
    for score in [Some(50.9), Some(50.0), Some(30.0), Some(20.0), None] {
        records.extend(found(score));
    }
    for score in [Some(30.5), Some(10.0), Some(10.0)] {
        records.push((Side::Query, Decision::FalsePositive, score));
    }
    // What was not judged, or not called, has no score to be dropped by.
    records.push((Side::Query, Decision::Unknown, Some(40.0)));
    records.push((Side::Truth, Decision::FalseNegative, Some(40.0)));
    records.push((Side::Query, Decision::NotCompared, Some(40.0)));
    curve(&records)
}

#[test]
fn a_point_for_each_score_that_occurs() {
    let points = example().points(10);
    let of = |point: &Point| (point.threshold, point.cell.truth_tp, point.cell.query_tp, point.cell.query_fp);
    let expected =
        [(None, 5, 5, 3), (Some(10), 4, 4, 3), (Some(20), 4, 4, 1), (Some(30), 3, 3, 1), (Some(50), 2, 2, 0)];
    assert_eq!(points.iter().map(of).collect::<Vec<_>>(), expected);
    assert!(points.iter().all(|point| point.cell.truth_total() == 10));
}

#[test]
fn the_best_point_has_the_highest_f1() {
    let points = example().points(10);
    let (point, f1) = best(&points).unwrap();
    // Recall 4/10, precision 4/5; without a threshold 5/10 and 5/8.
    assert_eq!(point.threshold, None);
    assert!((f1 - 5.0 / 9.0).abs() < 1e-12);
    let scored = &points[1..];
    let (point, f1) = best(scored).unwrap();
    assert_eq!(point.threshold, Some(20));
    assert!((f1 - 2.0 * 0.4 * 0.8 / 1.2).abs() < 1e-12);
    assert_eq!(best(&example().points(0)[1..]).map(|(_, f1)| f1 > 0.0), Some(true));
    assert_eq!(best(&curve(&[]).points(0)), None);
}

#[test]
fn equals_keep_most_calls() {
    let points = curve(&[
        (Side::Truth, Decision::TruePositive, Some(40.0)),
        (Side::Query, Decision::TruePositive, Some(40.0)),
    ])
    .points(1);
    assert_eq!(best(&points).unwrap().0.threshold, None);
}

#[test]
fn average_precision_is_the_area_in_steps() {
    let points = example().points(10);
    let expected = 0.2 * 1.0 + 0.1 * 0.75 + 0.1 * 0.8 + 0.1 * 5.0 / 8.0;
    assert!((average_precision(&points).unwrap() - expected).abs() < 1e-12);
    assert_eq!(average_precision(&curve(&[]).points(0)), None);
    assert_eq!(average_precision(&curve(&[]).points(3)), Some(0.0));
}

#[test]
fn scores_at_and_beyond_the_ends() {
    let record = |score| (Side::Query, Decision::FalsePositive, Some(score));
    let scores = [-3.0, 0.9, 254.9, 255.0, 1e9, f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
    let points = curve(&scores.map(record)).points(0);
    let found: Vec<_> = points.iter().map(|point| (point.threshold, point.cell.query_fp)).collect();
    assert_eq!(found, [(None, 8), (Some(0), 7), (Some(254), 4), (Some(255), 3)]);
}
