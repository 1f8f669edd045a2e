//! Pages of lists, and how long answers may be cached.

use std::time::Duration;

use mcp_stack::{
    CacheHints, McpService, Prompt, ProtocolVersion, Resource, ResourceTemplate, Tool,
};
use serde_json::{Value, json};

use crate::support::{Client, MODERN, TestServer};

/// Each list's method and the member that holds it.
const LISTS: [(&str, &str); 4] = [
    ("tools/list", "tools"),
    ("prompts/list", "prompts"),
    ("resources/list", "resources"),
    ("resources/templates/list", "resourceTemplates"),
];

/// Seven items of each sort, three on a page.
fn seven() -> McpService {
    let service = McpService::new("probe", "1.0.0").with_page_size(3);
    let registry = service.registry();
    for n in 0..7 {
        registry
            .update(|draft| {
                draft.add_tool(Tool::new(format!("item-{n}"), || "x"))?;
                draft.add_prompt(Prompt::new(format!("item-{n}"), || "x"))?;
                let name = format!("item-{n}");
                draft.add_resource(Resource::new(format!("r://{n}"), name.clone(), || "x"))?;
                let uri = format!("t{n}://{{id}}");
                draft.add_resource_template(ResourceTemplate::new(uri, name, |_: Value| "x"))
            })
            .expect("fit items");
    }
    service
}

/// The names on all pages, page by page.
async fn pages(client: &Client, method: &str, list: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let params = cursor.take().map_or(json!({}), |cursor: Value| json!({ "cursor": cursor }));
        let page = client.result(method, params).await;
        let items = page[list].as_array().expect("a list");
        pages.push(items.iter().map(|item| item["name"].clone()).collect());
        match page.get("nextCursor") {
            None => return pages,
            Some(next) => {
                assert!(next.is_string(), "{next}");
                cursor = Some(next.clone());
            }
        }
    }
}

#[tokio::test]
async fn a_long_list_comes_in_pages_that_a_cursor_joins() {
    // PAGE-1, PAGE-2, TOOL-2, TOOL-4
    let server = TestServer::of(seven()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (method, list) in LISTS {
            let pages = pages(&client, method, list).await;
            let expected: Vec<Vec<_>> = [0..3, 3..6, 6..7]
                .map(|page| page.map(|n| json!(format!("item-{n}"))).collect())
                .into();
            assert_eq!(pages, expected, "{version} {method}");
        }
    }
}

#[tokio::test]
async fn a_list_that_fills_its_last_page_ends_there() {
    // PAGE-2
    for (size, expected) in [(7, 1), (8, 1), (1, 7), (0, 7)] {
        let server = TestServer::of(seven().with_page_size(size)).await;
        let client = server.client(MODERN).await;
        let pages = pages(&client, "tools/list", "tools").await;
        assert_eq!(pages.len(), expected, "pages of {size}");
    }
}

#[tokio::test]
async fn a_list_of_nothing_is_one_empty_page() {
    // TOOL-2, PAGE-2
    let service = seven();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    registry
        .update(|draft| {
            for n in 0..7 {
                assert!(draft.remove_tool(&format!("item-{n}")));
            }
            Ok(())
        })
        .expect("removing does not fail");
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let page = client.result("tools/list", json!({})).await;
        assert_eq!(page["tools"], json!([]), "{version}");
        assert_eq!(page.get("nextCursor"), None, "{version}");
    }
}

#[tokio::test]
async fn a_cursor_stays_valid_while_the_list_changes() {
    // PAGE-3
    let service = seven();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    let client = server.client(MODERN).await;
    let first = client.result("tools/list", json!({})).await;
    registry
        .update(|draft| {
            // One that was listed, the one the cursor points at, one to come; and a new one.
            for gone in ["item-0", "item-2", "item-3"] {
                assert!(draft.remove_tool(gone));
            }
            draft.add_tool(Tool::new("new", || "x"))
        })
        .expect("a fit tool");
    let params = json!({ "cursor": first["nextCursor"] });
    let next = client.result("tools/list", params).await;
    let names: Vec<_> = (0..3).map(|at| next["tools"][at]["name"].clone()).collect();
    assert_eq!(names, ["item-4", "item-5", "item-6"]);
    let last = client.result("tools/list", json!({ "cursor": next["nextCursor"] })).await;
    assert_eq!(last["tools"][0]["name"], "new");
    assert_eq!(last.get("nextCursor"), None);
}

#[tokio::test]
async fn a_cursor_that_was_never_issued_is_invalid_params() {
    // PAGE-4, PAGE-5
    let server = TestServer::of(seven()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (method, _) in LISTS {
            for cursor in
                [json!(""), json!("nonsense"), json!("MQ"), json!(7), json!({}), json!([])]
            {
                let refusal = client.refusal(method, json!({ "cursor": cursor })).await;
                assert_eq!(refusal.kind(), (200, -32602), "{version} {method} {cursor}");
            }
        }
    }
}

#[tokio::test]
async fn no_cursor_and_null_begin_at_the_beginning() {
    // PAGE-5
    let server = TestServer::of(seven()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (method, list) in LISTS {
            let absent = client.result(method, json!({})).await;
            let null = client.result(method, json!({ "cursor": null })).await;
            assert_eq!(absent, null, "{version} {method}");
            assert_eq!(null[list][0]["name"], "item-0", "{version} {method}");
        }
    }
}

#[tokio::test]
async fn a_cursor_works_on_another_node() {
    // PAGE-6, META-40, META-41
    let (one, other) = (TestServer::of(seven()).await, TestServer::of(seven()).await);
    for (method, list) in LISTS {
        let first = one.client(MODERN).await.result(method, json!({})).await;
        let params = json!({ "cursor": first["nextCursor"] });
        let next = other.client(MODERN).await.result(method, params).await;
        assert_eq!(next[list][0]["name"], "item-3", "{method}");
    }
}

#[tokio::test]
async fn lists_are_the_same_on_each_call_and_connection() {
    // TOOL-3, TOOL-4, PROMPT-2, RES-2
    let server = TestServer::of(seven()).await;
    let mut first = None;
    for _ in 0..3 {
        let client = server.client(MODERN).await;
        client.tool("item-6", json!({})).await;
        let mut lists = Vec::new();
        for (method, list) in LISTS {
            lists.push(pages(&client, method, list).await);
        }
        assert_eq!(first.get_or_insert(lists.clone()), &lists);
    }
}

#[tokio::test]
async fn modern_answers_say_how_long_they_may_be_cached() {
    // CACHE-1, CACHE-2, CACHE-3, CACHE-6, CACHE-8
    let server = TestServer::of(seven()).await;
    let client = server.client(MODERN).await;
    let reading = [
        ("server/discover", json!({})),
        ("resources/read", json!({ "uri": "r://1" })),
        ("resources/read", json!({ "uri": "t1://1" })),
    ];
    for (method, params) in LISTS.map(|(method, _)| (method, json!({}))).into_iter().chain(reading)
    {
        let result = client.result(method, params).await;
        assert_eq!(result["ttlMs"], json!(0), "{method}");
        assert_eq!(result["cacheScope"], "private", "{method}");
    }
}

#[tokio::test]
async fn a_server_may_set_its_cache_hints() {
    // CACHE-1, CACHE-2, CACHE-3, CACHE-4
    let public = CacheHints::public(Duration::from_micros(1_500_900));
    let own = CacheHints::private(Duration::MAX);
    let service = seven()
        .with_cache(public)
        .with_resource(Resource::new("own://1", "own", || "x").with_cache(own))
        .expect("a fit resource");
    let server = TestServer::of(service).await;
    let client = server.client(MODERN).await;
    let hints = |result: &Value| (result["ttlMs"].clone(), result["cacheScope"].clone());
    let expected = (json!(1500), json!("public"));
    for (method, _) in LISTS {
        let first = client.result(method, json!({})).await;
        let next = client.result(method, json!({ "cursor": first["nextCursor"] })).await;
        assert_eq!(hints(&first), expected, "{method}");
        assert_eq!(hints(&next), expected, "{method}");
    }
    let discovered = client.result("server/discover", json!({})).await;
    assert_eq!(hints(&discovered), expected);
    let read = client.result("resources/read", json!({ "uri": "r://1" })).await;
    assert_eq!(hints(&read), expected);
    let read = client.result("resources/read", json!({ "uri": "own://1" })).await;
    assert_eq!(hints(&read), (json!((1_u64 << 53) - 1), json!("private")));
}
