//! The examples themselves, as modules, each of which is a page.
#![expect(dead_code, reason = "their `main` is not called")]

#[path = "../../examples/axum.rs"]
pub(crate) mod axum;
#[path = "../../examples/hyper.rs"]
pub(crate) mod hyper;
#[path = "../../examples/layers_alone.rs"]
pub(crate) mod layers_alone;
#[path = "../../examples/rustls.rs"]
pub(crate) mod rustls;
#[path = "../../examples/tonic.rs"]
pub(crate) mod tonic;
#[path = "../../examples/unix_socket.rs"]
pub(crate) mod unix_socket;
#[path = "../../examples/warp/main.rs"]
pub(crate) mod warp;

#[test]
fn each_host_s_example_is_at_most_60_lines() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for name in [
        "axum.rs",
        "http_sse.rs",
        "hyper.rs",
        "layers_alone.rs",
        "rustls.rs",
        "tonic.rs",
        "unix_socket.rs",
        "warp/main.rs",
        "warp/mount.rs",
    ] {
        let source = std::fs::read_to_string(root.join(name)).expect("an example");
        assert!(source.lines().count() <= 60, "{name}: {} lines", source.lines().count());
    }
}

#[test]
fn each_example_listens_on_loopback_unless_told_otherwise() {
    // ORIGIN-10
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")];
    let mut listening = 0;
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(&path).expect("an example");
                if source.contains("TcpListener::bind(") || source.contains("Server::bind(") {
                    listening += 1;
                    let told = source.contains("std::env::args().nth(1)");
                    assert!(told && source.contains("\"127.0.0.1:8"), "{}", path.display());
                }
            }
        }
    }
    assert!(listening > 10, "{listening}");
}
