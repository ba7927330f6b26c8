//! Chains of `@PG` lines: what was done to the records before.

/// The value of a field of a header line.
fn field<'a>(line: &'a str, tag: &str) -> Option<&'a str> {
    line.split('\t').find_map(|field| field.strip_prefix(tag)?.strip_prefix(':'))
}

/// The `ID` of the last line, which the next program names as its `PP`.
pub(super) fn last_id(lines: &[String]) -> Option<String> {
    lines.iter().rev().find_map(|line| field(line, "ID")).map(str::to_owned)
}

/// A name that no line has: `name`, else with the first number behind it that is free.
pub(super) fn free_id(lines: &[String], name: &str) -> String {
    let is_free = |id: &String| lines.iter().all(|line| field(line, "ID") != Some(id));
    let numbered = (1..).map(|number| format!("{name}.{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

/// The lines of several files one behind the other. Those of a file that has another line of the same `ID` as
/// a file before get new names; what files have in common stands there once.
#[must_use]
pub fn join_programs<'a>(files: impl IntoIterator<Item = &'a [String]>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (number, lines) in (1..).zip(files) {
        let ids: Vec<&str> = all.iter().filter_map(|line| field(line, "ID")).collect();
        let clashes = lines
            .iter()
            .any(|line| !all.contains(line) && field(line, "ID").is_some_and(|id| ids.contains(&id)));
        let renamed = |line: &String| {
            let fields = line.split('\t').map(|field| match field.get(..3) {
                Some("ID:" | "PP:") => format!("{field}.{number}"),
                _ => field.to_owned(),
            });
            fields.collect::<Vec<_>>().join("\t")
        };
        let lines = lines.iter().filter(|line| clashes || !all.contains(line));
        let more: Vec<String> =
            lines.map(|line| if clashes { renamed(line) } else { line.clone() }).collect();
        all.extend(more);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn chains_are_joined_and_names_stay_apart() {
        let one = lines(&["@PG\tID:a\tPN:x", "@PG\tID:b\tPP:a"]);
        let other = lines(&["@PG\tID:a\tPN:y", "@PG\tID:c\tPP:a"]);
        assert_eq!(join_programs([&one[..], &one[..]]), one);
        let joined = join_programs([&one[..], &other[..]]);
        assert_eq!(joined[2..], lines(&["@PG\tID:a.2\tPN:y", "@PG\tID:c.2\tPP:a.2"]));
        assert_eq!(last_id(&joined), Some("c.2".to_owned()));
        assert_eq!(
            (free_id(&joined, "b"), free_id(&joined, "rihla")),
            ("b.1".to_owned(), "rihla".to_owned())
        );
    }
}
