use super::*;

#[test]
fn built_in_profiles_are_valid_and_small() {
    for (name, text) in BUILTIN {
        let profile = ReadProfile::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((profile.name.as_str(), profile.to_json().as_str()), (name, text));
        assert!(text.len() < 100_000, "{name} has {} bytes", text.len());
        assert!(profile.errors.is_some() && profile.indels.is_some(), "{name} has no errors");
        assert!(profile.fragment_lengths().is_some() && profile.gc_bias().is_some());
    }
    assert_eq!(ReadProfile::builtin("454"), None);
    assert_eq!(ReadProfile::default().qualities.alphabet, [2, 12, 23, 37]);
}

/// The text of a refusal of the built-in profile with one field changed.
fn refusal(path: &str, value: serde_json::Value) -> String {
    let mut json: serde_json::Value = serde_json::from_str(BUILTIN[0].1).expect("JSON");
    *json.pointer_mut(path).unwrap_or_else(|| panic!("{path} is not there")) = value;
    match ReadProfile::from_json(&json.to_string()) {
        Ok(_) => panic!("{path} was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn odd_profiles_are_refused() {
    use serde_json::json;
    for (path, value, says) in [
        ("/schema_version", json!(9), "schema_version is 9"),
        ("/name", json!(7), "no profile of reads"),
        ("/qualities/alphabet", json!([37, 2, 12, 23]), "ascending"),
        ("/qualities/alphabet/3", json!(93), "up to 49"),
        ("/qualities/groups", json!([0]), "must have 4"),
        ("/qualities/class_pairs/0/0", json!(-1.0), "class_pairs holds -1"),
        ("/qualities/mates", json!([]), "one or two"),
        ("/qualities/mates/0/cycles", json!(7), "bin_ends"),
        ("/qualities/mates/0/classes/0/first", json!([3, 1, 1]), "stay within it"),
        ("/qualities/mates/0/classes/0/first", json!([0, 0]), "weight above 0"),
        ("/qualities/mates/0/classes/0/next/0", json!([]), "next of a bin"),
        ("/qualities/mates/0/classes/0/unknown/0", json!(1.5), "from 0 to 1"),
        ("/errors/by_quality/0", json!(1.1), "errors.by_quality holds 1.1"),
        ("/errors/by_context", json!([1.0]), "must have 64"),
        ("/errors/substitutions/1", json!([0, 9, 0, 0]), "wrong letter"),
        ("/indels/repeats/0/loss/0", json!(0.9), "from 0 to 0.5"),
        ("/indels/repeats/0/period", json!(0), "sorted by period"),
        ("/fragments/width", json!(0), "bin width"),
        ("/gc_coverage", json!([1.0, 0.5]), "GC curve"),
        ("/adapters/sequences/0", json!("AGXT"), "A, C, G and T"),
        ("/adapters/filler", json!("N"), "filler"),
        ("/duplicates", json!(2), "duplicates"),
    ] {
        let text = refusal(path, value);
        assert!(text.contains(says), "{path}: {text}");
    }
    assert!(ReadProfile::from_json("{").is_err() && ReadProfile::from_json("[]").is_err());
}
