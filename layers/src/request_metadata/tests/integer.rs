use proptest::prelude::*;

use super::super::integer::{NotAnInteger, read};

#[test]
fn an_integer_is_read_however_it_is_written() {
    let table = [
        ("0", 0),
        ("-0", 0),
        ("-0.0e5", 0),
        ("0e99999999999999999999", 0),
        ("42", 42),
        ("42.0", 42),
        ("42.000", 42),
        ("4.2e1", 42),
        ("4.2E+1", 42),
        ("420e-1", 42),
        ("0.42e2", 42),
        ("-1e3", -1000),
        ("9007199254740991", 9_007_199_254_740_991),
        ("-9007199254740991.0", -9_007_199_254_740_991),
    ];
    for (text, number) in table {
        assert_eq!(read(text), Ok(number), "{text}");
    }
} // META-21

#[test]
fn what_is_no_json_integer_or_too_large_is_not_read() {
    let others = [
        "", "-", "+1", "01", "-01", "1.", ".5", "1.5", "1e", "1e+", "1e-1", "e1", "0x1", "1 ",
        " 1", "1_000", "NaN", "Infinity", "true", "\"1\"", "1.0.0", "1e1e1", "--1", "1e99999e",
    ];
    for text in others {
        assert_eq!(read(text), Err(NotAnInteger::Other), "{text:?}");
    }
    let large = ["9007199254740992", "-9007199254740992", "1e16", "1e99999999999999999999"];
    for text in large {
        assert_eq!(read(text), Err(NotAnInteger::OutOfRange), "{text}");
    }
} // META-21, META-29

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_integer_survives_being_written_with_fraction_or_exponent(
        number in -((1_i64 << 53) - 1)..(1_i64 << 53),
        zeros in 0_usize..6,
    ) {
        let zeros = "0".repeat(zeros);
        prop_assert_eq!(read(&number.to_string()), Ok(number));
        prop_assert_eq!(read(&format!("{number}.0{zeros}")), Ok(number));
        // "0000e-4" is no JSON number.
        if number != 0 {
            prop_assert_eq!(read(&format!("{number}{zeros}e-{}", zeros.len())), Ok(number));
        }
    }

    #[test]
    fn any_text_is_read_and_what_is_read_is_in_range(text in "[-+0-9.eE ]{0,24}") {
        if let Ok(number) = read(&text) {
            prop_assert!(number.abs() < 1 << 53);
            prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "{}", text);
        }
    }
}
