//! The name of the Unix socket example.

use tokio::net::UnixListener;

use crate::{client::patiently, examples, probe::Probe};

#[tokio::test]
async fn a_server_that_stopped_leaves_its_name_free() {
    let name = format!("mcp-hosts-{}-name.sock", std::process::id());
    let path = std::env::temp_dir().join(name);
    // A process of the same number may have left it.
    let _ = std::fs::remove_file(&path);
    for _ in 0..2 {
        let listener = UnixListener::bind(&path).expect("the name is free");
        let serving = examples::unix_socket::serve(listener, Probe::new().service(), async {});
        patiently(serving).await.expect("no error");
    }
}
