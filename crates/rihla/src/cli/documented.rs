//! Command lines in the documentation are accepted by the program: each is parsed as it stands, and not run.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::Cli;

/// What a variable of a script is taken for; options want something of their own kind.
const VARIABLES: [(&str, &str); 3] = [("FLOORS", "snp.f1=0.9"), ("SAMPLE", "HG002"), ("sample", "HG002")];

/// Markdown below `docs`, and the front page.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages = vec![root.join("README.md")];
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("md" | "yml") => pages.push(path),
                _ => {}
            }
        }
    }
    pages.sort();
    pages
}

/// Lines of the `sh` blocks of a page, and of a whole workflow, with their continuations.
fn commands(path: &Path, text: &str) -> Vec<String> {
    let is_script = path.extension().is_some_and(|extension| extension == "yml");
    let mut inside = is_script;
    let mut lines = vec![String::new()];
    for line in text.lines() {
        if !is_script && line.trim_start().starts_with("```") {
            inside = line.trim() == "```sh";
            continue;
        }
        let Some(last) = lines.last_mut().filter(|_| inside) else { continue };
        let line = line.trim().trim_start_matches("- ").trim_start_matches("run: ");
        match line.strip_suffix('\\') {
            Some(part) => *last += &format!("{part} "),
            // A folded scalar of YAML goes on without a mark.
            None if is_script && last.is_empty() && line.starts_with("--") => {
                let before = lines.len().saturating_sub(2);
                lines[before] += &format!(" {line}");
            }
            None => {
                *last += line;
                lines.push(String::new());
            }
        }
    }
    lines
}

/// The words of the part of a line that runs Rihla; `None` where none does, or where it leaves something out (`...`).
fn words(line: &str) -> Option<Vec<String>> {
    let line = line.replace("\"$RIHLA\"", "rihla").replace("cargo run --release -- ", "rihla ");
    let at = line.find("rihla ").filter(|&at| at == 0 || line[..at].ends_with([' ', '|', '&', ';', '/']))?;
    let before = line[..at].trim_end().trim_end_matches("target/release/");
    if !(before.is_empty()
        || before.ends_with(['|', '&', ';'])
        || before.ends_with("then")
        || before.ends_with("do"))
    {
        return None;
    }
    let (mut words, mut word, mut quote, mut open) = (Vec::new(), String::new(), None, false);
    for letter in line[at..].chars() {
        match (quote, letter) {
            (Some(mark), _) if letter == mark => quote = None,
            (None, '"' | '\'') => (quote, open) = (Some(letter), true),
            (None, ' ') => {
                if open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            (None, '#' | '|' | '&' | ';' | '>' | '<' | ')') if word.is_empty() => break,
            _ => word.push(letter),
        }
    }
    if open || !word.is_empty() {
        words.push(word);
    }
    if words.iter().any(|word| word == "..." || word.contains("[@]") || word.starts_with('[')) {
        return None;
    }
    for word in &mut words {
        for (name, value) in VARIABLES {
            *word = word.replace(&format!("${name}"), value);
        }
    }
    Some(words)
}

#[test]
fn every_command_line_of_the_documentation_is_accepted() {
    let (mut parsed, mut of_guide, mut of_workflows) = (0, 0, 0);
    for path in pages() {
        let text = fs::read_to_string(&path).expect("text");
        for line in commands(&path, &text) {
            let Some(words) = words(&line) else { continue };
            if let Err(error) = Cli::try_parse_from(&words) {
                panic!("{}: {line}\n{error}", path.display());
            }
            parsed += 1;
            of_guide += usize::from(path.components().any(|part| part.as_os_str() == "guide"));
            of_workflows += usize::from(path.extension().is_some_and(|extension| extension == "yml"));
        }
    }
    assert!(parsed > 60 && of_guide > 25 && of_workflows >= 8, "{parsed} {of_guide} {of_workflows}");
}

#[test]
fn links_of_the_guide_lead_somewhere() {
    for path in pages().iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(path).expect("text");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link)) {
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || link.contains("://") {
                continue;
            }
            let target = path.parent().expect("a folder").join(file);
            assert!(target.exists(), "{}: {link}", path.display());
        }
    }
}

#[test]
fn lines_are_taken_apart_as_a_shell_does() {
    let found = words("x=1; rihla report runs --out \"my page.html\" # a remark").expect("a command");
    assert_eq!(found, ["rihla", "report", "runs", "--out", "my page.html"]);
    assert_eq!(words("rihla germline ... --gate"), None);
    assert_eq!(words("echo rihla is here"), None);
    let lines = commands(Path::new("a.md"), "```sh\nrihla index \\\n  a.fa\n```\nrihla none\n");
    assert_eq!(lines, ["rihla index  a.fa", ""]);
}
