//! Resources and resource templates: how they are listed and read.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mcp_stack::{
    Annotations, BoxError, Context, McpService, ProtocolVersion, RegisterErrorKind, Resource,
    ResourceContents, ResourceNotFound, ResourceTemplate, Role,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, LEGACY, MODERN, TestServer};

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

async fn serve(resource: Resource) -> TestServer {
    TestServer::of(service().with_resource(resource).expect("a fit resource")).await
}

async fn serve_template(template: ResourceTemplate) -> TestServer {
    TestServer::of(service().with_resource_template(template).expect("a fit template")).await
}

async fn read(client: &Client, uri: &str) -> Value {
    client.result("resources/read", json!({ "uri": uri })).await["contents"].clone()
}

#[derive(Deserialize, JsonSchema)]
struct User {
    id: String,
}

#[tokio::test]
async fn a_resource_is_listed_with_all_that_was_said_of_it() {
    // RES-2, RES-3, RES-21, RES-22, ICON-1
    let annotations = Annotations::new()
        .add_audience(Role::User)
        .add_audience(Role::Assistant)
        .with_priority(0.75)
        .with_last_modified("2026-07-28T12:00:00Z");
    let folder = Resource::new("docs://folder", "folder", || "a, b")
        .with_title("Folder")
        .with_description("What is in it")
        .with_mime_type("inode/directory")
        .with_annotations(annotations)
        .with_size(4);
    let server = serve(folder).await;
    for version in ProtocolVersion::ALL {
        let listed = server.client(version).await.result("resources/list", json!({})).await;
        let expected = json!([{
            "uri": "docs://folder", "name": "folder", "title": "Folder",
            "description": "What is in it", "mimeType": "inode/directory", "size": 4,
            "annotations": {
                "audience": ["user", "assistant"], "priority": 0.75,
                "lastModified": "2026-07-28T12:00:00Z",
            },
        }]);
        assert_eq!(listed["resources"], expected, "{version}");
    }
}

#[test]
fn a_priority_stays_between_0_and_1() {
    // RES-21
    for (given, kept) in [(-1.0, 0.0), (7.5, 1.0), (0.5, 0.5), (f64::NAN, 0.0)] {
        let annotations = Annotations::new().with_priority(given);
        let json = serde_json::to_value(annotations).expect("annotations serialise");
        assert_eq!(json, json!({ "priority": kept }), "{given}");
    }
}

#[tokio::test]
async fn a_template_is_listed_by_its_template() {
    // RES-3, RES-21
    let template = ResourceTemplate::new("users://{id}", "user", |user: User| user.id)
        .with_title("User")
        .with_description("One user")
        .with_mime_type("text/plain")
        .with_annotations(Annotations::new().with_priority(1.0));
    let server = serve_template(template).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let listed = client.result("resources/templates/list", json!({})).await;
        let expected = json!([{
            "uriTemplate": "users://{id}", "name": "user", "title": "User",
            "description": "One user", "mimeType": "text/plain",
            "annotations": { "priority": 1.0 },
        }]);
        assert_eq!(listed["resourceTemplates"], expected, "{version}");
    }
}

#[tokio::test]
async fn both_lists_are_served_though_one_is_empty() {
    // RES-2, RES-3, RES-4
    let resource = serve(Resource::new("docs://a", "a", || "a")).await;
    let template = serve_template(ResourceTemplate::new("u://{id}", "u", |u: User| u.id)).await;
    for version in ProtocolVersion::ALL {
        let client = resource.client(version).await;
        let listed = client.result("resources/templates/list", json!({})).await;
        assert_eq!(listed["resourceTemplates"], json!([]), "{version}");
        let client = template.client(version).await;
        let listed = client.result("resources/list", json!({})).await;
        assert_eq!(listed["resources"], json!([]), "{version}");
    }
}

#[tokio::test]
async fn text_is_read_as_text_with_its_uri_and_media_type() {
    // RES-5
    let server =
        serve(Resource::new("docs://a", "a", || "# A").with_mime_type("text/markdown")).await;
    for version in ProtocolVersion::ALL {
        let contents = read(&server.client(version).await, "docs://a").await;
        let expected = json!([{ "uri": "docs://a", "mimeType": "text/markdown", "text": "# A" }]);
        assert_eq!(contents, expected, "{version}");
    }
}

#[tokio::test]
async fn bytes_are_read_as_base64() {
    // RES-5, RES-8
    let bytes: Vec<u8> = (0..=255).collect();
    let answer = bytes.clone();
    let image = Resource::new("docs://i", "i", move || answer.clone()).with_mime_type("image/png");
    let server = serve(image).await;
    for version in ProtocolVersion::ALL {
        let contents = read(&server.client(version).await, "docs://i").await;
        let blob = contents[0]["blob"].as_str().expect("text");
        assert_eq!(STANDARD.decode(blob).as_ref(), Ok(&bytes), "{version}");
        assert_eq!(contents[0].get("text"), None, "{version}");
        assert_eq!(contents[0]["mimeType"], "image/png", "{version}");
    }
}

#[tokio::test]
async fn one_read_may_give_several_items() {
    // RES-6
    let folder = Resource::new("docs://all", "all", async || {
        vec![
            ResourceContents::text("docs://a", "a").with_mime_type("text/plain"),
            ResourceContents::blob("docs://b", b"b"),
        ]
    });
    let server = serve(folder).await;
    for version in ProtocolVersion::ALL {
        let contents = read(&server.client(version).await, "docs://all").await;
        let expected = json!([
            { "uri": "docs://a", "mimeType": "text/plain", "text": "a" },
            { "uri": "docs://b", "blob": "Yg==" },
        ]);
        assert_eq!(contents, expected, "{version}");
    }
}

#[tokio::test]
async fn a_template_reads_what_it_matches_under_the_uri_asked_for() {
    // RES-20
    #[derive(Deserialize, JsonSchema)]
    struct File {
        owner: String,
        path: String,
    }
    let template = ResourceTemplate::new("repo://{owner}/raw/{+path}", "file", |file: File| {
        format!("{} of {}", file.path, file.owner)
    })
    .with_mime_type("text/plain");
    let server = serve_template(template).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (uri, text) in [
            ("repo://acme/raw/src/main.rs", "src/main.rs of acme"),
            ("repo://a%20b/raw/x", "x of a b"),
            ("repo://a/raw/x?y=1#z", "x?y=1#z of a"),
        ] {
            let expected = json!([{ "uri": uri, "mimeType": "text/plain", "text": text }]);
            assert_eq!(read(&client, uri).await, expected, "{version}");
        }
    }
}

#[tokio::test]
async fn an_exact_resource_goes_before_a_template() {
    // RES-20
    let service = service()
        .with_resource_template(ResourceTemplate::new("u://{id}", "u", |u: User| u.id))
        .and_then(|service| service.with_resource(Resource::new("u://me", "me", || "it is me")))
        .expect("fit items");
    let server = TestServer::of(service).await;
    let client = server.client(MODERN).await;
    assert_eq!(read(&client, "u://me").await[0]["text"], "it is me");
    assert_eq!(read(&client, "u://you").await[0]["text"], "you");
}

#[tokio::test]
async fn a_resource_that_does_not_exist_is_an_error_with_its_uri() {
    // RES-9, RES-10, ERR-3, ERR-7
    let service = service()
        .with_resource(Resource::new("docs://empty", "empty", Vec::<ResourceContents>::new))
        .and_then(|service| {
            let user = |user: User| match user.id.as_str() {
                "1" => Ok("the first"),
                _ => Err(ResourceNotFound),
            };
            service.with_resource_template(ResourceTemplate::new("users://{id}", "user", user))
        })
        .expect("fit items");
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let code = if version.is_modern() { -32602 } else { -32002 };
        for uri in ["docs://none", "docs://empty", "users://2", "users://", "DOCS://empty"] {
            let refusal = client.refusal("resources/read", json!({ "uri": uri })).await;
            assert_eq!(refusal.kind(), (200, code), "{version} {uri}");
            assert_eq!(refusal.data, json!({ "uri": uri }), "{version}");
        }
        assert_eq!(read(&client, "users://1").await[0]["text"], "the first", "{version}");
    }
}

#[tokio::test]
async fn a_uri_is_checked_before_anything_is_read() {
    // RES-7
    let template = ResourceTemplate::new("files://{name}/text", "file", |user: Value| {
        panic!("read with {user}");
        #[expect(unreachable_code, reason = "it gives the closure its type")]
        ""
    });
    let server = serve_template(template).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for uri in [
            json!(7),
            json!(null),
            json!(["files://a/text"]),
            json!(""),
            json!("files:///text"),
            json!("files://a/b/text"),
            json!("files://../../text"),
            json!("files://a?b/text"),
            json!("files://%zz/text"),
            json!("files://%f/text"),
            json!("files://%ff/text"),
        ] {
            let refusal = client.refusal("resources/read", json!({ "uri": uri })).await;
            let codes: &[i64] = if version.is_modern() { &[-32602] } else { &[-32602, -32002] };
            assert!(codes.contains(&refusal.code), "{version} {uri}: {refusal:?}");
        }
    }
}

#[tokio::test]
async fn a_failure_while_reading_is_internal_and_keeps_its_cause() {
    // RES-11
    let service = service()
        .with_resource(Resource::new("docs://a", "a", || {
            Err::<String, _>("the secret path is gone")
        }))
        .and_then(|service| {
            let panics =
                Resource::new("docs://b", "b", async |_: Context| -> Result<String, BoxError> {
                    panic!("the secret path is gone")
                });
            service.with_resource(panics)
        })
        .expect("fit resources");
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for uri in ["docs://a", "docs://b"] {
            let refusal = client.refusal("resources/read", json!({ "uri": uri })).await;
            assert_eq!(refusal.kind(), (200, -32603), "{version} {uri}");
            assert!(!refusal.message.contains("secret"), "{}", refusal.message);
            assert_eq!(refusal.data, Value::Null, "{version}");
        }
    }
}

#[test]
fn a_uri_without_a_scheme_is_refused() {
    // RES-14
    for uri in
        ["", "a", "/etc/passwd", "://a", "1a://b", "a b://c", "a_b://c", "a://b c", "a:", "ä:b"]
    {
        let error = service().with_resource(Resource::new(uri, "r", || "x")).expect_err(uri);
        assert_eq!(error.kind(), RegisterErrorKind::InvalidName, "{uri}");
    }
    for uri in ["a:b", "urn:isbn:0451450523", "x+y-1.2://host/path?q#f", "file:///tmp/a"] {
        assert!(service().with_resource(Resource::new(uri, "r", || "x")).is_ok(), "{uri}");
    }
    let template = ResourceTemplate::new("{id}", "t", |user: User| user.id);
    assert!(service().with_resource_template(template).is_err());
}

#[tokio::test]
async fn lists_are_the_same_on_every_connection() {
    // RES-2
    let server = serve(Resource::new("docs://a", "a", || "a")).await;
    let first = server.client(MODERN).await.result("resources/list", json!({})).await;
    let client = server.client(MODERN).await;
    read(&client, "docs://a").await;
    assert_eq!(client.result("resources/list", json!({})).await, first);
}

#[tokio::test]
async fn legacy_clients_read_in_their_session() {
    // RES-5
    let server = serve(Resource::new("docs://v", "v", |cx: Context| {
        let session = if cx.session().is_some() { "in a session" } else { "alone" };
        format!("{} {session}", cx.protocol_version())
    }))
    .await;
    for version in LEGACY {
        let contents = read(&server.client(version).await, "docs://v").await;
        assert_eq!(contents[0]["text"], format!("{version} in a session"));
    }
    let contents = read(&server.client(MODERN).await, "docs://v").await;
    assert_eq!(contents[0]["text"], "2026-07-28 alone");
}
