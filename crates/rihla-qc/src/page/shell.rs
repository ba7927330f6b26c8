//! What every page has: head, style, landmarks.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::words::Words;

/// Nothing is loaded: styles are in the page, and the only picture is the empty one of the tab.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The parts of a page.
pub struct Shell<'a> {
    /// Its title, for the tab.
    pub title: &'a str,
    /// What stands above all.
    pub header: Markup,
    /// Names within the page, and what they are called.
    pub sections: Vec<(&'a str, &'a str)>,
    /// Everything else.
    pub main: Markup,
    /// What made the page.
    pub program: String,
    /// Whether it has a table that needs room.
    pub is_wide: bool,
}

impl Shell<'_> {
    /// The page.
    #[must_use]
    pub fn page(&self, words: &Words) -> String {
        let Self { title, header, sections, main, program, is_wide } = self;
        let markup = html! {
            (DOCTYPE)
            html lang=(words.lang) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content=(program);
                    title { (title) }
                    link rel="icon" href="data:,";
                    style { (PreEscaped(include_str!("style.css"))) }
                }
                body class=[is_wide.then_some("roomy")] {
                    a class="skip" href="#verdict" { (words.general.skip) }
                    header { div class="page" { (header) } }
                    nav aria-label=(words.general.contents) {
                        div class="page" {
                            ul { @for (id, name) in sections { li { a href={ "#" (id) } { (name) } } } }
                        }
                    }
                    main { div class="page" { (main) } }
                    footer { div class="page" { p { (program) " \u{b7} " (words.general.caution) } } }
                }
            }
        };
        let mut page = markup.into_string();
        page.push('\n');
        page
    }
}
