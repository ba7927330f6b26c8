//! What a header says of contigs, filters and fields: their numbers and types.

use std::collections::HashMap;
use std::fmt::Write;

/// The columns before the samples'.
const FIXED_COLUMNS: usize = 9;
/// The filter that has the number 0 whether the header names it or not.
const PASS: &str = "PASS";

/// How the values of a field are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// INFO without a value.
    Flag,
    /// 32-bit integers.
    Integer,
    /// 32-bit floating-point numbers.
    Float,
    /// Text, lists of it too.
    Text,
}

/// Number and type of a field; of a filter the type says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub number: i32,
    pub kind: Kind,
}

/// The header's numbers. Filters, INFO and FORMAT count together, and equal names have one number;
/// contigs count apart.
#[derive(Debug, Default)]
pub struct Dictionary {
    pub contigs: Vec<String>,
    pub samples: usize,
    filters: HashMap<String, Field>,
    infos: HashMap<String, Field>,
    formats: HashMap<String, Field>,
    numbers: HashMap<String, i32>,
}

impl Dictionary {
    /// Gives the text with the numbers, too.
    ///
    /// # Errors
    /// In words, for a line that is not `##KEY=<ID=...>`, and a field without a type.
    pub fn read(text: &str) -> Result<(Self, String), String> {
        let mut dictionary = Self::default();
        dictionary.numbers.insert(PASS.to_owned(), 0);
        dictionary.filters.insert(PASS.to_owned(), Field { number: 0, kind: Kind::Flag });
        let mut numbered = String::with_capacity(text.len() + text.len() / 8);
        for line in text.lines() {
            match dictionary.add(line)? {
                Some(number) => {
                    let open = &line[..line.len() - 1];
                    write!(numbered, "{open},IDX={number}>").expect("a string takes everything");
                }
                None => numbered.push_str(line),
            }
            numbered.push('\n');
        }
        Ok((dictionary, numbered))
    }

    /// The number of a filter.
    pub fn filter(&self, id: &str) -> Result<i32, String> {
        find(&self.filters, "filter", id).map(|field| field.number)
    }

    /// A field of INFO.
    pub fn info(&self, id: &str) -> Result<Field, String> {
        find(&self.infos, "INFO", id)
    }

    /// A field of FORMAT.
    pub fn format(&self, id: &str) -> Result<Field, String> {
        find(&self.formats, "FORMAT", id)
    }

    /// Takes in a line; the number when it has one.
    fn add(&mut self, line: &str) -> Result<Option<i32>, String> {
        if line.starts_with("#CHROM") {
            self.samples = line.split('\t').count().saturating_sub(FIXED_COLUMNS);
            return Ok(None);
        }
        let Some((key, rest)) = line.strip_prefix("##").and_then(|line| line.split_once("=<")) else {
            return Ok(None);
        };
        if !["contig", "FILTER", "INFO", "FORMAT"].contains(&key) {
            return Ok(None);
        }
        let fields = rest.strip_suffix('>').ok_or_else(|| format!("the header's {line} has no end"))?;
        let id = value(fields, "ID").ok_or_else(|| format!("the header's {line} has no ID"))?;
        if key == "contig" {
            self.contigs.push(id.to_owned());
            return i32::try_from(self.contigs.len() - 1).map(Some).map_err(|error| error.to_string());
        }
        let kind = match (key, value(fields, "Type")) {
            ("FILTER", _) | ("INFO", Some("Flag")) => Kind::Flag,
            (_, Some("Integer")) => Kind::Integer,
            (_, Some("Float")) => Kind::Float,
            (_, Some("String" | "Character")) => Kind::Text,
            _ => return Err(format!("the header's {line} has no type that BCF knows")),
        };
        let next = i32::try_from(self.numbers.len()).map_err(|error| error.to_string())?;
        let number = *self.numbers.entry(id.to_owned()).or_insert(next);
        let fields = match key {
            "FILTER" => &mut self.filters,
            "INFO" => &mut self.infos,
            _ => &mut self.formats,
        };
        fields.entry(id.to_owned()).or_insert(Field { number, kind });
        Ok(Some(number))
    }
}

fn find(fields: &HashMap<String, Field>, name: &str, id: &str) -> Result<Field, String> {
    fields.get(id).copied().ok_or_else(|| format!("the header lacks the {name} {id}"))
}

/// The value of a key among `KEY=VALUE,...`; commas and signs in quotes do not count.
fn value<'a>(fields: &'a str, key: &str) -> Option<&'a str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let mut parts = fields.split(|letter: char| {
        is_quoted ^= letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        letter == ',' && !is_quoted
    });
    parts.find_map(|part| part.strip_prefix(key)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_have_one_number() {
        let text = "##fileformat=VCFv4.2\n##source=<x>\n##INFO=<ID=DP,Number=1,Type=Integer,Description=\"a, Type=Flag\">\n\
                    ##FILTER=<ID=PASS,Description=\"b\">\n##FILTER=<ID=q10,Description=\"c\">\n##contig=<ID=1>\n\
                    ##FORMAT=<ID=DP,Description=\"a \\\"d, e\",Type=Float,Number=1>\n##contig=<ID=2,length=5>\n\
                    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\tB\n";
        let (dictionary, numbered) = Dictionary::read(text).expect("valid");
        let ends: Vec<&str> =
            numbered.lines().filter_map(|line| line.split_once(",IDX=")).map(|(_, end)| end).collect();
        assert_eq!(ends, ["1>", "0>", "2>", "0>", "1>", "1>"]);
        assert_eq!(
            (dictionary.samples, dictionary.contigs.as_slice()),
            (2, &["1".to_owned(), "2".to_owned()][..])
        );
        assert_eq!(dictionary.info("DP").expect("there").kind, Kind::Integer);
        assert_eq!(dictionary.filter("PASS"), Ok(0));
        assert!(dictionary.filter("DP").expect_err("no filter").contains("lacks the filter DP"));
    }

    #[test]
    fn fields_need_names_and_types() {
        for (line, words) in [
            ("##INFO=<Number=1,Type=Integer>", "no ID"),
            ("##INFO=<ID=X,Number=1>", "no type"),
            ("##FORMAT=<ID=X,Number=0,Type=Flag>", "no type"),
            ("##contig=<ID=X", "no end"),
        ] {
            let problem = Dictionary::read(line).expect_err("refused");
            assert!(problem.contains(words), "{problem}");
        }
    }
}
