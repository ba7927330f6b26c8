//! JSON as people like to read it: indented, but lists of numbers on one line.

use serde::Serialize;

/// A value as indented JSON with a line end. Keys stand in the order of the declarations.
///
/// # Panics
/// Where a map has keys that are no text.
pub(crate) fn text(value: &impl Serialize) -> String {
    let mut text = join_numbers(&serde_json::to_string_pretty(value).expect("plain data with text keys"));
    text.push('\n');
    text
}

/// Puts each list that holds nothing but numbers on one line. No text in indented JSON spans lines.
fn join_numbers(pretty: &str) -> String {
    let mut joined = String::with_capacity(pretty.len());
    let mut lines = pretty.lines().peekable();
    while let Some(line) = lines.next() {
        if !joined.is_empty() {
            joined.push('\n');
        }
        joined.push_str(line);
        if !line.ends_with('[') || !lines.peek().is_some_and(|next| is_number(next)) {
            continue;
        }
        let mut is_first = true;
        while let Some(number) = lines.next_if(|next| is_number(next)) {
            if !is_first {
                joined.push(' ');
            }
            joined.push_str(number.trim_start());
            is_first = false;
        }
        // The end of the list; lists are of one kind.
        if let Some(end) = lines.next() {
            joined.push_str(end.trim_start());
        }
    }
    joined
}

fn is_number(line: &str) -> bool {
    let value = line.trim();
    let value = value.strip_suffix(',').unwrap_or(value);
    value == "null" || value.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn numbers_share_a_line_and_nothing_changes() {
        let value = json!({
            "counts": [1, 2.5, null, -3e-7],
            "empty": [],
            "names": ["1", "a [", "2,"],
            "nested": [{ "more": [7] }, { "more": [] }],
            "text": "ends with [",
        });
        let text = text(&value);
        assert!(text.contains("\"counts\": [1, 2.5, null, -3e-7],\n"), "{text}");
        assert!(text.contains("\"more\": [7]\n"), "{text}");
        assert!(text.contains("\"names\": [\n    \"1\",\n"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
