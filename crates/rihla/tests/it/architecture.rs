//! The arrows between crates point one way, unsafe stays in its room, formats at the edges.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Normal dependencies of every member of the workspace.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline", "--manifest-path"])
        .arg(root().join("Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
            let normal = dependencies.filter(|d| d["kind"].is_null()).map(|d| text(&d["name"])).collect();
            (text(&package["name"]), normal)
        })
        .collect()
}

#[test]
fn arrows_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("rihla-core", &[] as &[&str]),
        ("rihla-kernels", &["rihla-core"]),
        ("rihla-fastq", &["rihla-core"]),
        ("rihla-align", &["rihla-core", "rihla-kernels"]),
        ("rihla-shard", &["rihla-core"]),
        ("rihla-pileup", &["rihla-core"]),
        ("rihla-call", &["rihla-core", "rihla-kernels", "rihla-pileup"]),
        ("rihla-io", &["rihla-core"]),
        ("rihla-truth", &["rihla-core"]),
        ("rihla-qc", &["rihla-core"]),
        ("rihla-testkit", &["rihla-core"]),
    ]);
    let found = dependencies();
    for (name, allowed) in allowed {
        let ours = found[name].iter().filter(|dependency| dependency.starts_with("rihla"));
        for dependency in ours {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn formats_threads_and_terminals_stay_at_the_edges() {
    let homes: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("noodles", &["rihla-io", "rihla-fastq"] as &[&str]),
        ("rust-htslib", &["rihla-io"]),
        ("rayon", &["rihla", "rihla-align", "rihla-shard"]),
        ("clap", &["rihla"]),
        ("indicatif", &["rihla"]),
        ("memmap2", &["rihla-kernels"]),
    ]);
    for (name, dependencies) in dependencies() {
        for dependency in dependencies {
            if let Some(homes) = homes.get(dependency.as_str()) {
                assert!(homes.contains(&name.as_str()), "{name} must not depend on {dependency}");
            }
        }
    }
}

#[test]
fn unsafe_stays_in_the_kernels() {
    for manifest in
        fs::read_dir(root().join("crates")).expect("crates").map(|entry| entry.expect("entry").path())
    {
        let text = fs::read_to_string(manifest.join("Cargo.toml")).expect("a manifest");
        let inherits = text.contains("[lints]\nworkspace = true");
        assert_eq!(inherits, !manifest.ends_with("rihla-kernels"), "lints of {}", manifest.display());
    }
    let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace");
    assert!(workspace.contains("unsafe_code = \"forbid\""));
}
