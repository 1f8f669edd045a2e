use super::super::{TooMany, Watched};

#[test]
fn a_uri_covers_itself_and_what_is_below_it() {
    // RES-17, LISTEN-6
    let cases = [
        ("a://b/c", "a://b/c", true),
        ("a://b/c", "a://b/c/d", true),
        ("a://b/c/", "a://b/c/d", true),
        ("a://b", "a://b/c/d", true),
        ("a://b/c", "a://b/cd", false),
        ("a://b/c", "a://b", false),
        ("a://b/c", "a://x/b/c", false),
    ];
    for (watched_uri, changed, covered) in cases {
        let watched = Watched::default();
        watched.add(watched_uri, 1).expect("room");
        assert_eq!(watched.covers(changed), covered, "{watched_uri} {changed}");
    }
    assert!(!Watched::default().covers("a://b/c"));
}

#[test]
fn there_is_room_for_so_many_and_one_twice_takes_none() {
    let watched = Watched::default();
    assert_eq!(watched.add("a:1", 2), Ok(()));
    assert_eq!(watched.add("a:2", 2), Ok(()));
    assert_eq!(watched.add("a:3", 2), Err(TooMany));
    assert_eq!(watched.add("a:1", 2), Ok(()));
    assert!(watched.remove("a:1"));
    assert!(!watched.remove("a:1"));
    assert_eq!(watched.add("a:3", 2), Ok(()));
    assert!(!watched.covers("a:1") && watched.covers("a:3"));
}
