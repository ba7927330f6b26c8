//! What went in, and what was done with it.

use maud::{Markup, html};

use super::{Source, facts};
use crate::manifest::{FileEntry, Manifest};
use crate::page::table::Table;
use crate::page::words::Words;

/// The section.
pub fn section(source: Source<'_>) -> Markup {
    let Source { metrics, manifest, words } = source;
    let names = &words.provenance;
    let program = format!("{} {}", metrics.program.name, metrics.program.version);
    html! {
        @match manifest {
            Some(manifest) => (known(manifest, program, words)),
            None => {
                div class="card long" {
                    p class="say" { (names.no_manifest) }
                    (facts(&[(names.program, program), (names.inputs, metrics.inputs.join(", "))]))
                }
            }
        }
    }
}

fn known(manifest: &Manifest, program: String, words: &Words) -> Markup {
    let (number, names) = (&words.number, &words.provenance);
    let reference = &manifest.reference;
    html! {
        div class="card long" {
            h3 { (names.command) }
            pre tabindex="0" { code { (manifest.command) } }
            (facts(&[
                (names.program, program),
                (names.reference, reference.path.clone()),
                (names.contigs, number.count(reference.contigs)),
                (names.bases, number.count(reference.bases)),
                (names.reference_digest, reference.contigs_sha256.clone()),
            ]))
        }
        div class="card" {
            h3 { (names.inputs) }
            (files(&manifest.inputs, words))
        }
    }
}

/// Files with sizes and digests.
pub fn files<'a>(files: impl IntoIterator<Item = &'a FileEntry>, words: &Words) -> Markup {
    let row = |file: &FileEntry| vec![file.path.clone(), words.number.bytes(file.bytes), file.sha256.clone()];
    html! {
        div class="files" { (Table::new(words.provenance.file_head).with(files.into_iter().map(row)).draw()) }
    }
}
