use super::*;

fn parts(name: &str) -> Vec<&str> {
    split(name.as_bytes()).map(|part| std::str::from_utf8(part).expect("text")).collect()
}

#[test]
fn names_are_split_into_digits_letters_and_signs() {
    assert_eq!(parts("A00:12:HV3#/1"), ["A", "00", ":", "12", ":", "HV", "3", "#", "/", "1"]);
    assert_eq!(parts("12345678901"), ["123456789", "01"]);
    assert_eq!(parts(""), Vec::<&str>::new());
    let many = "a:".repeat(200);
    let split = parts(&many);
    assert_eq!((split.len(), split.concat()), (MOST_PARTS, many.clone()));
}

#[test]
fn what_is_like_the_name_before_is_told_by_that() {
    let kinds = |part: &str, before: Option<&str>| {
        let mut streams = Streams::default();
        push_part(&mut streams, part.as_bytes(), before.map(str::as_bytes));
        streams.0[0][0]
    };
    assert_eq!(kinds("12", Some("12")), Kind::Same as u8);
    assert_eq!(kinds("12", Some("5")), Kind::More as u8);
    assert_eq!(kinds("300", Some("5")), Kind::Number as u8);
    assert_eq!(kinds("5", Some("6")), Kind::Number as u8);
    assert_eq!(kinds("007", Some("006")), Kind::PaddedMore as u8);
    assert_eq!(kinds("007", Some("06")), Kind::Padded as u8);
    assert_eq!(kinds("007", Some("6")), Kind::Padded as u8);
    assert_eq!(kinds("7", Some("x")), Kind::Number as u8);
    assert_eq!(kinds("0", Some("7")), Kind::Padded as u8);
    assert_eq!(kinds("0", None), Kind::Padded as u8);
    assert_eq!(kinds(":", None), Kind::Letter as u8);
    assert_eq!(kinds("HV", Some("HX")), Kind::Text as u8);
}

#[test]
fn names_of_a_flow_cell_become_small() {
    let names: String = (0..5_000)
        .map(|at| {
            format!(
                "A00744:46:HV3C3DSXX:2:{}:{}:{}\0",
                1101 + at % 78,
                at * 7919 % 32_000,
                at * 104_729 % 36_000
            )
        })
        .collect();
    let doubled = names.repeat(2);
    let (once, twice) = (encode(names.as_bytes()), encode(doubled.as_bytes()));
    // Tile, x and y have 35 bits; who was there before costs next to nothing.
    assert!(once.len() < 5_000 * 6, "{}", once.len());
    assert!(twice.len() < once.len() + 3_000, "{} {}", once.len(), twice.len());
}
