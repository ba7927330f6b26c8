//! What scripts, shells and man(1) see of the program.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;

use serde_json::Value;

use crate::harness::{names, peer, rihla, said, succeed};

/// The commands that `--help` lists.
fn commands() -> BTreeSet<String> {
    let help = String::from_utf8(succeed(["--help"]).stdout).expect("text");
    let (_, list) = help.split_once("Commands:\n").expect("a list");
    let list = list.lines().take_while(|line| !line.is_empty());
    // Lines that go on with a description are indented further.
    let names = list.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let names = names.filter_map(|line| line.split(' ').next()).filter(|&name| name != "help");
    names.map(str::to_owned).collect()
}

#[test]
fn the_version_is_one_line_on_standard_output() {
    let expected = format!("rihla {}\n", env!("CARGO_PKG_VERSION"));
    for flag in ["--version", "-V"] {
        let output = succeed([flag]);
        assert_eq!(
            (String::from_utf8_lossy(&output.stdout).as_ref(), said(&output).as_str()),
            (&*expected, "")
        );
    }
}

#[test]
fn the_version_as_json_says_how_it_was_built() {
    let about: Value = serde_json::from_slice(&succeed(["--version", "--json"]).stdout).expect("JSON");
    assert_eq!(about["version"], env!("CARGO_PKG_VERSION"));
    let rustc = about["rustc"].as_str().expect("a compiler");
    assert!(rustc.starts_with("rustc 1."), "{rustc}");
    assert!(about["target"].as_str().expect("a target").contains(std::env::consts::ARCH), "{about}");
    let levels = about["kernels"]["available"].as_array().expect("levels");
    assert_eq!((levels.first(), levels.last()), (Some(&"scalar".into()), Some(&about["kernels"]["chosen"])));
    let formats = about["formats"].as_object().expect("versions");
    assert!(formats.len() >= 6 && formats.values().all(|version| version.as_u64() > Some(0)), "{formats:?}");
}

#[test]
fn the_version_is_asked_for_alone() {
    for wrong in [&["--json"][..], &["--version", "demo"], &["--frob"]] {
        let output = rihla(wrong.iter().copied());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", said(&output));
        assert!(output.stdout.is_empty());
    }
    let bare: [&str; 0] = [];
    let nothing = rihla(bare);
    assert_eq!(nothing.status.code(), Some(2), "no command is no usage");
    assert!(said(&nothing).contains("germline"));
}

#[test]
fn shells_accept_their_completions() {
    let dir = tempfile::tempdir().expect("a folder");
    for (shell, mark) in
        [("bash", "complete -F _rihla"), ("zsh", "#compdef rihla"), ("fish", "complete -c rihla")]
    {
        let script = succeed(["completions", shell]).stdout;
        let text = String::from_utf8(script.clone()).expect("text");
        assert!(text.contains(mark) && text.contains("out-dir"), "{shell}");
        for command in commands() {
            assert!(text.contains(&command), "{shell} completes {command}");
        }
        let path = dir.path().join(shell);
        fs::write(&path, script).expect("written");
        if let Some(checked) = peer(shell, &[OsStr::new("-n"), path.as_os_str()]) {
            assert!(checked.status.success(), "{shell} -n: {}", said(&checked));
        }
    }
    assert_eq!(rihla(["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn bash_completes_a_command() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("rihla.bash");
    fs::write(&path, succeed(["completions", "bash"]).stdout).expect("written");
    let script = "source \"$1\"; COMP_WORDS=(rihla germ); COMP_CWORD=1; _rihla rihla germ rihla; echo \"${COMPREPLY[*]}\"";
    let args = [OsStr::new("-c"), OsStr::new(script), OsStr::new("bash"), path.as_os_str()];
    let Some(completed) = peer("bash", &args) else { return };
    assert_eq!(String::from_utf8_lossy(&completed.stdout).trim(), "germline", "{}", said(&completed));
}

#[test]
fn every_command_has_a_man_page_without_faults() {
    let dir = tempfile::tempdir().expect("a folder");
    succeed([OsStr::new("man"), OsStr::new("--out-dir"), dir.path().as_os_str()]);
    let mut expected: BTreeSet<String> =
        commands().iter().map(|command| format!("rihla-{command}.1")).collect();
    expected.insert("rihla.1".to_owned());
    assert_eq!(names(dir.path()).into_iter().collect::<BTreeSet<_>>(), expected);
    for name in &expected {
        let path = dir.path().join(name);
        let page = fs::read_to_string(&path).expect("text");
        let stem = name.trim_end_matches(".1");
        assert!(page.contains(&format!(".TH {stem} 1")), "{name}: {page}");
        for section in [".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS"] {
            assert!(page.contains(section), "{name} has {section}");
        }
        let line = stem.replace('-', "\\-");
        assert!(page.contains(&line), "{name} names {stem}");
        if let Some(checked) = peer(
            "groff",
            &["-man", "-z", "-ww", "-Tutf8"]
                .map(OsStr::new)
                .into_iter()
                .chain([path.as_os_str()])
                .collect::<Vec<_>>(),
        ) {
            assert!(checked.status.success() && checked.stderr.is_empty(), "{name}: {}", said(&checked));
        }
        if let Some(checked) = peer(
            "mandoc",
            &[OsStr::new("-T"), OsStr::new("lint"), OsStr::new("-W"), OsStr::new("error"), path.as_os_str()],
        ) {
            assert!(checked.status.success(), "{name}: {}", String::from_utf8_lossy(&checked.stdout));
        }
    }
    let germline = fs::read_to_string(dir.path().join("rihla-germline.1")).expect("text");
    for option in ["\\-\\-gvcf", "\\-\\-memory", "\\-\\-skip\\-space\\-check"] {
        assert!(germline.contains(option), "{option}");
    }
}
