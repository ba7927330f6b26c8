//! Numbers and names as hap.py's tables have them.

use std::borrow::Cow;

/// A fraction: rounded to six decimals, without zeros at the end, but one decimal at least. Empty when unknown.
pub fn fraction(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| trimmed(format!("{value:.6}")))
}

/// A quotient of counts, rounded to twelve significant digits. Empty when there is nothing to divide by.
pub fn ratio(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let value = part as f64 / whole as f64;
    let scientific = format!("{value:.11e}");
    let (_, exponent) = scientific.split_once('e').expect("the format has an exponent");
    let exponent: i32 = exponent.parse().expect("the format's exponent is a number");
    let decimals = usize::try_from(11 - exponent).unwrap_or(0);
    trimmed(format!("{value:.decimals$}"))
}

fn trimmed(text: String) -> String {
    let Some((whole, decimals)) = text.split_once('.') else {
        return format!("{text}.0");
    };
    match decimals.trim_end_matches('0') {
        "" => format!("{whole}.0"),
        decimals => format!("{whole}.{decimals}"),
    }
}

/// The metrics of hap.py are 0, not unknown, when there is nothing at all to count, and unknown when the
/// quotient alone has nothing to divide by.
pub fn zero_if(nothing: bool, value: Option<f64>) -> Option<f64> {
    if nothing { Some(0.0) } else { value }
}

/// A field of a CSV file, in quotes where it must be (RFC 4180).
pub fn field(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

/// Rounded to six decimals, for JSON.
pub fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts and what hap.py wrote for them in the expected tables of its own examples.
    #[test]
    fn as_happy_writes_them() {
        assert_eq!(ratio(35_469, 17_031), "2.08261405672");
        assert_eq!(ratio(68_187, 21_767), "3.13258602472");
        assert_eq!(ratio(118, 100), "1.18");
        assert_eq!(ratio(5, 5), "1.0");
        assert_eq!(ratio(0, 5), "0.0");
        assert_eq!(ratio(5, 0), "");
        assert_eq!(ratio(123_456_789_012_345, 1), "123456789012345.0");
        assert_eq!(fraction(Some(52_125.0 / 52_494.0)), "0.992971");
        assert_eq!(fraction(Some(992.0 / 48_078.0)), "0.020633");
        assert_eq!(fraction(Some(0.87714)), "0.87714");
        assert_eq!(fraction(Some(1.0)), "1.0");
        assert_eq!(fraction(Some(0.0)), "0.0");
        assert_eq!(fraction(None), "");
    }

    #[test]
    fn names_with_commas_are_quoted() {
        assert_eq!(field("lowmap"), "lowmap");
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
