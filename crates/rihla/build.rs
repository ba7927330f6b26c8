//! What a build knows of itself, for `rihla --version --json`.

use std::path::Path;
use std::process::Command;

fn main() {
    tell("RIHLA_COMMIT", commit());
    let rustc = std::env::var("RUSTC").ok().and_then(|rustc| said(&rustc, &["--version"]));
    tell("RIHLA_RUSTC", rustc);
    tell("RIHLA_TARGET", std::env::var("TARGET").ok());
    tell("RIHLA_PROFILE", std::env::var("PROFILE").ok());
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    tell("RIHLA_PROFILE_GUIDED", flags.contains("profile-use=").then(|| "yes".to_owned()));
    tell("RIHLA_TARGET_FEATURES", std::env::var("CARGO_CFG_TARGET_FEATURE").ok());
}

/// The commit: the environment's word, for builds from a tarball; else git's. Development builds name none: each commit
/// would link them anew.
fn commit() -> Option<String> {
    println!("cargo::rerun-if-env-changed=RIHLA_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    if let Some(given) = std::env::var("RIHLA_COMMIT").ok().filter(|given| !given.is_empty()) {
        return Some(given);
    }
    if std::env::var("PROFILE").ok()? != "release" {
        return None;
    }
    for watched in
        [said("git", &["rev-parse", "--git-path", "logs/HEAD"])?.as_str(), "..", "../../Cargo.lock"]
    {
        if Path::new(watched).exists() {
            println!("cargo::rerun-if-changed={watched}");
        }
    }
    let commit = said("git", &["rev-parse", "--short=12", "HEAD"])?;
    let is_clean = said("git", &["status", "--porcelain", "--untracked-files=no"]).is_none();
    Some(if is_clean { commit } else { commit + "-dirty" })
}

/// What a command prints, when it succeeds and says something.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Some(text).filter(|text| !text.is_empty())
}

fn tell(name: &str, value: Option<String>) {
    println!("cargo::rustc-env={name}={}", value.unwrap_or_default());
}
