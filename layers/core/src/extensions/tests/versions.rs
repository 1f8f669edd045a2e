use super::super::ServedVersions;
use crate::protocol::{Era, ProtocolVersion};

#[test]
fn versions_are_kept_once_each_and_oldest_first() {
    use ProtocolVersion::{V2025_03_26, V2025_11_25, V2026_07_28};
    let served = ServedVersions::new([V2026_07_28, V2025_11_25, V2025_03_26, V2025_11_25]);
    assert_eq!(served.of(Era::Legacy), [V2025_03_26, V2025_11_25]);
    assert_eq!(served.of(Era::Modern), [V2026_07_28]);
    assert_eq!(served.newest(Era::Legacy), Some(V2025_11_25));
    assert!(served.contains(V2026_07_28) && !served.contains(ProtocolVersion::V2025_06_18));
}

#[test]
fn by_default_every_version_is_served() {
    let served = ServedVersions::default();
    assert!(ProtocolVersion::ALL.into_iter().all(|version| served.contains(version)));
}

#[test]
fn of_an_era_that_is_not_served_there_is_none() {
    assert_eq!(ServedVersions::new([]).newest(Era::Legacy), None);
    assert_eq!(ServedVersions::new([ProtocolVersion::V2025_11_25]).newest(Era::Modern), None);
}
