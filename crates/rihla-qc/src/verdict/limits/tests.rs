use super::*;

fn refused(text: &str) -> String {
    LimitSet::parse(text).expect_err("refused").to_string()
}

#[test]
fn the_sets_that_come_with_the_program_are_sound() {
    for name in LimitSet::built_in_names() {
        let set = LimitSet::built_in(name).expect("known");
        assert_eq!(set.name, name);
        assert!(set.gates.len() >= 13, "{name} judges nearly all");
    }
    assert_eq!(LimitSet::built_in("exome"), None);
    let genome = LimitSet::built_in("genome").expect("known");
    let depth = genome.gates[&Gate::MeanDepth];
    assert_eq!(depth.in_order(), [Some(15.0), Some(25.0), None, None], "whole numbers are numbers, too");
    assert_eq!(genome.gates[&Gate::Sex].mismatch, Some(Outcome::Fail));
    assert_eq!(genome.gates[&Gate::TiTv].min_count, Some(10_000));
}

#[test]
fn what_is_not_known_is_refused_with_its_line() {
    let error = refused("name = \"lab\"\n\n[mean_dept]\nfail_below = 1\n");
    assert!(error.starts_with("line 3: ") && error.contains("mean_dept"), "{error}");
    let error = refused("name = \"lab\"\n[q30]\nwarn_bellow = 0.8\n");
    assert!(error.starts_with("line 3: ") && error.contains("warn_bellow"), "{error}");
    let error = refused("[q30]\nwarn_below = 0.8\n");
    assert!(error.contains("name"), "{error}");
}

#[test]
fn values_of_another_type_are_refused_with_their_line() {
    for (text, line) in [
        ("name = \"lab\"\n[q30]\nwarn_below = \"80\"\n", 3),
        ("name = 7\n", 1),
        ("name = \"lab\"\n[sex]\n\nmismatch = \"bad\"\n", 4),
        ("name = \"lab\"\n[ti_tv]\nwarn_below = 2\nmin_count = 1.5\n", 4),
        ("name = \"lab\"\n[q30\n", 2),
        ("name = \"lab\"\n[q30]\nwarn_below = 0.8\nwarn_below = 0.7\n", 4),
    ] {
        let error = refused(text);
        assert!(error.starts_with(&format!("line {line}: ")), "{text}: {error}");
    }
}

#[test]
fn limits_that_contradict_each_other_are_refused() {
    let error = refused("name = \"lab\"\n[mean_depth]\nfail_below = 30\nwarn_below = 20\n");
    assert!(
        error.starts_with("line 4: mean_depth: fail_below is 30, which is more than warn_below, 20"),
        "{error}"
    );
    let error = refused("name = \"lab\"\n[ti_tv]\nwarn_above = 2\nwarn_below = 3\n");
    assert!(error.starts_with("line 4: ti_tv: warn_below is 3"), "{error}");
    let error = refused("name = \"lab\"\n[mapped]\nwarn_below = 95\n");
    assert!(error.starts_with("line 3: mapped.warn_below is 95, but it is a share"), "{error}");
    assert!(refused("name = \"lab\"\n[yield]\nwarn_below = -1\n").contains("0 or more"));
    assert!(refused("name = \"lab\"\n[yield]\nwarn_below = nan\n").contains("0 or more"));
    assert!(refused("name = \"lab\"\n[yield]\n").starts_with("line 2: [yield] has no limit"));
    assert!(refused("name = \"lab\"\n[yield]\nwarn_below = 1\nmin_count = 3\n").starts_with("line 4: "));
}

#[test]
fn a_gate_that_is_left_out_has_no_limits() {
    let set = LimitSet::parse("name = \"lab\"\n[q30]\nwarn_below = 0.8\n").expect("sound");
    assert_eq!(set.gates.keys().copied().collect::<Vec<_>>(), [Gate::Q30]);
}
