//! Tables, for those who want numbers, or cannot see a picture.

use maud::{Markup, html};

/// A table of text; all but the first column are numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub head: Vec<String>,
    /// Rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    #[must_use]
    pub fn new<T: Into<String>>(head: impl IntoIterator<Item = T>) -> Self {
        Self { head: head.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// With these rows.
    #[must_use]
    pub fn with(mut self, rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// The table itself.
    #[must_use]
    pub fn draw(&self) -> Markup {
        html! {
            div class="scroll" tabindex="0" role="group" aria-label=(self.head.join(", ")) {
                table {
                    thead { tr { @for name in &self.head { th scope="col" { (name) } } } }
                    tbody {
                        @for row in &self.rows {
                            tr {
                                @for (i, cell) in row.iter().enumerate() {
                                    @if i == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The table behind a line that opens it.
    #[must_use]
    pub fn details(&self, name: &str) -> Markup {
        html! { details { summary { (name) } (self.draw()) } }
    }
}
