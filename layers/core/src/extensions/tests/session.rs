use proptest::prelude::*;

use super::super::{CancelToken, ClientCapabilities, SessionHandle, SessionId};
use crate::protocol::{LogLevel, ProtocolVersion};

#[test]
fn only_32_lower_case_hexadecimal_digits_are_a_session_id() {
    let wire = "0123456789abcdef0123456789abcdef";
    assert!(SessionId::parse(wire.as_bytes()).is_ok());
    let upper = wire.to_uppercase();
    let longer = format!("{wire}0");
    for text in [
        "",
        "0",
        &wire[1..],
        &longer,
        &upper,
        "+123456789abcdef0123456789abcdef",
        "0123456789abcdef 123456789abcdef",
    ] {
        assert!(SessionId::parse(text.as_bytes()).is_err(), "{text:?}");
    }
}

#[test]
fn a_log_level_is_unset_until_it_is_set() {
    let handle = SessionHandle::new(
        SessionId::from_bits(1),
        ProtocolVersion::V2025_06_18,
        ClientCapabilities::default(),
        None,
        CancelToken::new(),
    );
    assert_eq!(handle.log_level(), None);
    for level in LogLevel::ALL {
        handle.set_log_level(level);
        assert_eq!(handle.clone().log_level(), Some(level));
    }
}

proptest! {
    #[test]
    fn a_session_id_goes_over_the_wire_and_back(bits in any::<u128>()) {
        let id = SessionId::from_bits(bits);
        let value = id.to_header_value();
        prop_assert!(value.is_sensitive());
        prop_assert_eq!(SessionId::parse(value.as_bytes()), Ok(id));
        prop_assert_eq!(id.to_bits(), bits);
    }

    #[test]
    fn a_session_id_is_never_printed_whole(bits in any::<u128>()) {
        let id = SessionId::from_bits(bits);
        for printed in [format!("{id}"), format!("{id:?}")] {
            prop_assert!(printed.contains(&id.to_wire()[..8]));
            prop_assert!(!printed.contains(&id.to_wire()[..9]));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = SessionId::parse(&bytes);
    }
}
