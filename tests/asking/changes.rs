//! What clients are told of the set of resources, which no handler asks for.

use mcp_stack::{McpService, Resource};
use serde_json::json;

use crate::support::{TestResult, each_version};

#[tokio::test]
async fn a_change_of_the_set_of_resources_is_told() -> TestResult {
    // RES-19, LISTEN-5, LISTEN-7
    let service = McpService::new("changing", "1.0.0").with_resource(Resource::new(
        "test://one",
        "one",
        || "1",
    ))?;
    let clients = each_version(service.clone(), |client| client).await?;
    let mut listeners = Vec::new();
    for (client, _) in &clients {
        assert_eq!(client.server()["capabilities"]["resources"]["listChanged"], true);
        listeners.push(match client.protocol_version().is_modern() {
            true => client.listen(json!({ "resourcesListChanged": true })).await?,
            false => client.open_stream(None).await?,
        });
    }
    service
        .registry()
        .update(|draft| draft.add_resource(Resource::new("test://two", "two", || "2")))?;
    for listener in listeners {
        let told = listener.next().await.expect("the stream is open");
        assert_eq!(told.method, "notifications/resources/list_changed");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_without_anything_to_change_has_no_streams_of_changes() -> TestResult {
    // LISTEN-13
    let (client, _) = crate::support::tapped(McpService::new("empty", "1.0.0"));
    let refused = client.listen(json!({ "toolsListChanged": true })).await;
    let error = refused.expect_err("there is nothing to listen to");
    assert_eq!((error.status(), error.code()), (Some(http::StatusCode::NOT_FOUND), Some(-32601)));
    Ok(())
}
