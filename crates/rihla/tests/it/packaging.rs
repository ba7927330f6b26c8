//! What is packed, and the recipes that packers take over.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{names, said};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs a program in the root of the project.
fn in_root(program: &str, args: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(args).current_dir(root()).output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

#[test]
fn a_package_holds_the_program_and_its_papers() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().to_string_lossy().into_owned();
    let packed =
        in_root("bash", &["scripts/package", "--bin", env!("CARGO_BIN_EXE_rihla"), "--out-dir", &out]);
    assert!(packed.status.success(), "{}", said(&packed));
    let says = String::from_utf8_lossy(&packed.stdout).into_owned();
    assert!(cfg!(target_env = "musl") || says.contains("needs GLIBC 2."), "{says}");
    let made = names(dir.path());
    let [tarball, checksum] = &made[..] else { panic!("two files: {made:?}") };
    assert!(checksum.ends_with(".tar.gz.sha256") && tarball.contains(env!("CARGO_PKG_VERSION")));
    let here = |program: &str, args: &[&str]| {
        Command::new(program).args(args).current_dir(dir.path()).output().expect("it runs")
    };
    assert!(here("sha256sum", &["--check", "--quiet", checksum]).status.success());
    assert!(here("tar", &["-xzf", tarball]).status.success());
    let top = dir.path().join(tarball.trim_end_matches(".tar.gz"));
    let version = Command::new(top.join("bin/rihla")).arg("--version").output().expect("the program runs");
    assert_eq!(version.stdout, format!("rihla {}\n", env!("CARGO_PKG_VERSION")).as_bytes());
    for path in [
        "share/man/man1/rihla.1",
        "share/man/man1/rihla-germline.1",
        "share/bash-completion/completions/rihla",
        "share/zsh/site-functions/_rihla",
        "share/fish/vendor_completions.d/rihla.fish",
        "share/doc/rihla/LICENSE-MIT",
        "share/doc/rihla/LICENSE-APACHE",
        "share/doc/rihla/README.md",
        "share/doc/rihla/docs/doctor.md",
        "share/doc/rihla/build.json",
    ] {
        assert!(fs::metadata(top.join(path)).is_ok_and(|found| found.len() > 100), "{path}");
    }
    let licenses = fs::read_to_string(top.join("share/doc/rihla/THIRD-PARTY-LICENSES.txt")).expect("text");
    for name in ["noodles ", "zstd-sys ", "libdeflate-sys ", "clap "] {
        assert!(licenses.lines().any(|line| line.starts_with(name)), "{name}");
    }
    assert!(
        licenses.contains("Permission is hereby granted") && !licenses.contains("rust-htslib"),
        "linked ones"
    );
}

#[test]
fn an_image_without_libraries_takes_no_program_that_needs_some() {
    if cfg!(target_env = "musl") {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().to_string_lossy().into_owned();
    let args = ["scripts/package", "--bin", env!("CARGO_BIN_EXE_rihla"), "--container", "--out-dir", &out];
    let packed = in_root("bash", &args);
    assert_eq!(packed.status.code(), Some(1));
    assert!(said(&packed).contains("build without --glibc"), "{}", said(&packed));
    assert!(names(dir.path()).iter().all(|name| !name.contains("oci")));
}

/// What conda-build would make of the recipe: its Jinja, then its YAML, as JSON.
const RENDER: &str = "
import json, sys
try:
    import jinja2, yaml
except ImportError:
    sys.exit(77)
text = open(sys.argv[1]).read()
made = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(text).render(
    compiler=lambda name: name + '-compiler', pin_subpackage=lambda name, max_pin: name + ' ' + max_pin)
print(json.dumps(yaml.safe_load(made)))
";

#[test]
fn the_bioconda_recipe_is_one() {
    let rendered = in_root("python3", &["-c", RENDER, "packaging/bioconda/meta.yaml"]);
    if rendered.status.code() == Some(77) {
        eprintln!("skipped: python3 has no jinja2 or yaml");
        return;
    }
    assert!(rendered.status.success(), "{}", said(&rendered));
    let recipe: Value = serde_json::from_slice(&rendered.stdout).expect("JSON");
    assert_eq!(recipe["package"]["version"], env!("CARGO_PKG_VERSION"), "the version of Cargo.toml");
    assert_eq!(recipe["build"]["run_exports"][0], "rihla x.x");
    let build = recipe["requirements"]["build"].to_string();
    for needed in ["c-compiler", "rust-compiler", "cargo-bundle-licenses"] {
        assert!(build.contains(needed), "{build}");
    }
    for file in recipe["about"]["license_file"].as_array().expect("files").iter().filter_map(Value::as_str) {
        assert!(file == "THIRDPARTY.yml" || root().join(file).is_file(), "{file}");
    }
    for field in ["home", "summary", "license", "doc_url", "dev_url"] {
        assert!(recipe["about"][field].is_string(), "{field}");
    }
    let version = format!("rihla --version | grep -Fx \"rihla {}\"", env!("CARGO_PKG_VERSION"));
    assert_eq!(recipe["test"]["commands"][0], version);
    assert!(in_root("bash", &["-n", "packaging/bioconda/build.sh"]).status.success());
}
