//! Items that are not registered: their pages, their cursors, and how they are found.

use std::time::Duration;

use mcp_stack::{
    BoxError, CacheHints, CompletionRequest, Context, InvalidCursor, McpService, Page, PageRequest,
    Prompt, PromptArgument, ProtocolVersion, RawJson, Resource, ResourceTemplate, Source, Tool,
    ToolAnnotations, Wanted,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, MODERN, TestServer};

const LISTS: [(&str, &str, &str); 4] = [
    ("tools/list", "tools", "name"),
    ("prompts/list", "prompts", "name"),
    ("resources/list", "resources", "uri"),
    ("resources/templates/list", "resourceTemplates", "uriTemplate"),
];

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

#[derive(Deserialize, JsonSchema)]
struct Number {
    n: u64,
}

#[derive(Deserialize, JsonSchema)]
struct Text {
    text: String,
}

fn tool(name: &str) -> Tool {
    let owned = name.to_owned();
    Tool::new(name, move |number: Number| format!("{owned} {}", number.n))
        .with_title("Counts")
        .with_annotations(ToolAnnotations::new().read_only(true))
}

fn prompt(name: &str) -> Prompt {
    Prompt::new(name, |text: Text| text.text)
        .with_completion("text", |typed: CompletionRequest| vec![format!("{}!", typed.value)])
}

fn resource(uri: &str) -> Resource {
    let owned = uri.to_owned();
    Resource::new(uri, "dynamic", move || owned.clone()).with_size(9).with_mime_type("text/plain")
}

fn template(text: &str) -> ResourceTemplate {
    ResourceTemplate::new(text, "dynamic", |text: Text| text.text)
        .with_completion("text", |typed: CompletionRequest| vec![format!("{}!", typed.value)])
}

/// Five items in pages of two; the cursor is the last item's number.
fn five<T: Send + 'static>(make: impl Fn(u32) -> T + Send + Sync + 'static) -> Source<T> {
    Source::new(move |request: PageRequest| {
        let after = request.cursor.map_or(Ok(0), |cursor| cursor.parse())?;
        let page = Page::new((after + 1..=5).take(2).map(&make));
        Ok::<_, InvalidCursor>(match after + 2 < 5 {
            true => page.with_next_cursor((after + 2).to_string()),
            false => page,
        })
    })
}

/// The number in a name such as `d3`, if there is such an item.
fn number(name: &str) -> Option<u32> {
    name.strip_prefix('d')?.parse().ok().filter(|number| (1..=5).contains(number))
}

fn all_dynamic(service: McpService) -> McpService {
    let tools = five(|n| tool(&format!("d{n}")));
    let prompts = five(|n| prompt(&format!("d{n}")));
    let resources = five(|n| resource(&format!("d://{n}")));
    let templates = five(|n| template(&format!("t{n}://{{text}}")));
    service
        .with_tool_source(tools.with_find(|it: Wanted| number(&it.key).map(|_| tool(&it.key))))
        .with_prompt_source(
            prompts.with_find(async |it: Wanted| number(&it.key).map(|_| prompt(&it.key))),
        )
        .with_resource_source(
            resources.with_find(|it: Wanted| {
                number(&it.key.replace("://", "")).map(|_| resource(&it.key))
            }),
        )
        .with_resource_template_source(templates.with_find(|it: Wanted| {
            let (scheme, _) = it.key.split_once("://")?;
            (scheme == "t1").then(|| template("t1://{text}"))
        }))
}

fn static_and_dynamic() -> McpService {
    let service = (1..=3).try_fold(service().with_page_size(2), |service, n| {
        service
            .with_tool(tool(&format!("s{n}")))?
            .with_prompt(prompt(&format!("s{n}")))?
            .with_resource(resource(&format!("s://{n}")))?
            .with_resource_template(template(&format!("s{n}://{{text}}")))
    });
    all_dynamic(service.expect("fit items"))
}

/// All pages of a list, as the keys on each.
async fn pages(client: &Client, (method, list, key): (&str, &str, &str)) -> Vec<Vec<String>> {
    let (mut params, mut pages) = (json!({}), Vec::new());
    loop {
        let result = client.result(method, params).await;
        let items = result[list].as_array().expect("a list").iter();
        pages.push(items.map(|it| it[key].as_str().expect("text").to_owned()).collect());
        match result.get("nextCursor") {
            Some(cursor) => params = json!({ "cursor": cursor }),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn registered_items_come_first_and_then_the_pages_of_the_source() {
    // PAGE-1, PAGE-2, PAGE-6, TOOL-2, TOOL-4, RES-3, PROMPT-2
    let server = TestServer::of(static_and_dynamic()).await;
    let other_node = TestServer::of(static_and_dynamic()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let names = ["s1", "s2", "s3", "d1", "d2", "d3", "d4", "d5"];
        let expected = |form: fn(&str) -> String| -> Vec<Vec<String>> {
            let pages = [&names[..2], &names[2..3], &names[3..5], &names[5..7], &names[7..]];
            pages.map(|page| page.iter().map(|name| form(name)).collect()).into()
        };
        let uri = |name: &str| name.replacen(['s', 'd'], &format!("{}://", &name[..1]), 1);
        let text = |name: &str| format!("{}://{{text}}", name.replace('d', "t"));
        for (list, form) in
            LISTS.into_iter().zip([str::to_owned as fn(&str) -> String, str::to_owned, uri, text])
        {
            assert_eq!(pages(&client, list).await, expected(form), "{version} {}", list.0);
        }
        let mut cursor = Value::Null;
        for _ in 0..3 {
            let page = client.result("tools/list", json!({ "cursor": cursor })).await;
            cursor = page["nextCursor"].clone();
        }
        let there = other_node.client(version).await;
        let page = there.result("tools/list", json!({ "cursor": cursor })).await;
        assert_eq!(page["tools"][0]["name"], "d3", "{version}: a cursor holds all it needs");
    }
}

#[tokio::test]
async fn a_dynamic_item_is_listed_with_all_that_was_said_of_it() {
    // TOOL-9, TOOL-30, RES-21
    let server = TestServer::of(all_dynamic(service())).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let tools = client.result("tools/list", json!({})).await;
        let tool = &tools["tools"][0];
        assert_eq!(tool["name"], "d1", "without registered items the source comes first");
        assert_eq!(tool["title"], "Counts");
        assert_eq!(tool["annotations"], json!({ "readOnlyHint": true }));
        assert_eq!(tool["inputSchema"]["required"], json!(["n"]));
        let resources = client.result("resources/list", json!({})).await;
        let expected =
            json!({ "uri": "d://1", "name": "dynamic", "size": 9, "mimeType": "text/plain" });
        assert_eq!(resources["resources"][0], expected);
    }
}

#[tokio::test]
async fn a_dynamic_item_is_called_got_read_and_completed() {
    // TOOL-25, RES-5, RES-20, PROMPT-3, COMP-2
    let server = TestServer::of(static_and_dynamic()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let result = client.tool("d3", json!({ "n": 7 })).await;
        assert_eq!(result["content"][0]["text"], "d3 7", "{version}");
        let params = json!({ "name": "d3", "arguments": { "text": "hi" } });
        let result = client.result("prompts/get", params).await;
        assert_eq!(result["messages"][0]["content"]["text"], "hi", "{version}");
        for (uri, text) in [("d://3", "d://3"), ("t1://x%20y", "x y"), ("s1://a", "a")] {
            let result = client.result("resources/read", json!({ "uri": uri })).await;
            assert_eq!(result["contents"][0]["text"], text, "{version}");
            assert_eq!(result["contents"][0]["uri"], uri, "{version}");
        }
        for reference in [
            json!({ "type": "ref/prompt", "name": "d3" }),
            json!({ "type": "ref/resource", "uri": "t1://{text}" }),
        ] {
            let argument = json!({ "name": "text", "value": "a" });
            let params = json!({ "ref": reference, "argument": argument });
            let result = client.result("completion/complete", params).await;
            assert_eq!(result["completion"]["values"], json!(["a!"]), "{version}");
        }
    }
}

#[tokio::test]
async fn arguments_of_a_dynamic_item_are_validated() {
    // TOOL-23, TOOL-24, TOOL-25, PROMPT-5
    let server = TestServer::of(all_dynamic(service())).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let params = json!({ "name": "d1", "arguments": { "n": "many" } });
        if version >= ProtocolVersion::V2025_11_25 {
            assert_eq!(client.result("tools/call", params).await["isError"], true, "{version}");
        } else {
            assert_eq!(client.refusal("tools/call", params).await.kind(), (200, -32602));
        }
        let refusal = client.refusal("prompts/get", json!({ "name": "d1" })).await;
        assert_eq!(refusal.kind(), (200, -32602), "{version}");
    }
}

#[tokio::test]
async fn what_no_source_finds_is_unknown() {
    // TOOL-21, PROMPT-4, RES-9, RES-10, COMP-4
    let server = TestServer::of(all_dynamic(service())).await;
    let argument = json!({ "name": "text", "value": "" });
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (method, params) in [
            ("tools/call", json!({ "name": "d6" })),
            ("prompts/get", json!({ "name": "d6" })),
            (
                "completion/complete",
                json!({ "ref": { "type": "ref/prompt", "name": "d6" }, "argument": argument }),
            ),
            (
                "completion/complete",
                json!({ "ref": { "type": "ref/resource", "uri": "t2://x" }, "argument": argument }),
            ),
        ] {
            assert_eq!(client.refusal(method, params).await.kind(), (200, -32602), "{version}");
        }
        let code = if version.is_modern() { -32602 } else { -32002 };
        for uri in ["d://6", "t1://a/b", "t2://a"] {
            let refusal = client.refusal("resources/read", json!({ "uri": uri })).await;
            assert_eq!(refusal.kind(), (200, code), "{version} {uri}");
            assert_eq!(refusal.data, json!({ "uri": uri }), "{version}");
        }
    }
}

#[tokio::test]
async fn a_cursor_that_the_source_does_not_know_is_refused() {
    // PAGE-4, PAGE-5
    let server = TestServer::of(static_and_dynamic()).await;
    let encode = |text: &str| {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(text)
    };
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for cursor in ["source:0:x", "source:0:", "source:1", "source:99999999999999999999"] {
            for (method, ..) in LISTS {
                let params = json!({ "cursor": encode(cursor) });
                let refusal = client.refusal(method, params).await;
                assert_eq!(refusal.kind(), (200, -32602), "{version} {cursor}");
            }
        }
    }
}

#[tokio::test]
async fn an_empty_cursor_of_a_source_is_one() {
    // PAGE-5
    let source = Source::new(|request: PageRequest| match request.cursor.as_deref() {
        None => Page::new([tool("first")]).with_next_cursor(""),
        Some("") => Page::new([]).with_next_cursor("é:\"\n"),
        Some("é:\"\n") => Page::new([tool("last")]),
        Some(other) => panic!("{other:?} is no cursor of this source"),
    });
    let server = TestServer::of(service().with_tool_source(source)).await;
    for version in ProtocolVersion::ALL {
        let found = pages(&server.client(version).await, LISTS[0]).await;
        assert_eq!(found, [vec!["first"], vec![], vec!["last"]], "{version}");
    }
}

#[tokio::test]
async fn several_sources_come_one_after_the_other() {
    // PAGE-2
    let service = service()
        .with_tool_source(Source::new(|| vec![tool("a")]))
        .with_tool_source(five(|n| tool(&format!("d{n}"))))
        .with_tool_source(Source::new(|| vec![tool("z")]));
    let server = TestServer::of(service).await;
    let found = pages(&server.client(MODERN).await, LISTS[0]).await;
    assert_eq!(found.concat(), ["a", "d1", "d2", "d3", "d4", "d5", "z"]);
}

#[tokio::test]
async fn a_source_knows_its_caller() {
    // TOOL-3, TOOL-27
    let of_caller = |cx: &Context| match cx.headers().get("mcp-protocol-version") {
        Some(version) if version == "2026-07-28" => "modern",
        _ => "legacy",
    };
    let source = Source::new(move |cx: Context| vec![tool(of_caller(&cx))]).with_find(
        move |it: Wanted, cx: Context| (it.key == of_caller(&cx)).then(|| tool(&it.key)),
    );
    let server = TestServer::of(service().with_tool_source(source)).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let (own, other) = match version.is_modern() {
            true => ("modern", "legacy"),
            false => ("legacy", "modern"),
        };
        assert_eq!(pages(&client, LISTS[0]).await, [[own]], "{version}");
        client.tool(own, json!({ "n": 1 })).await;
        let refusal = client.refusal("tools/call", json!({ "name": other })).await;
        assert_eq!(refusal.kind(), (200, -32602), "{version}");
    }
}

#[tokio::test]
async fn a_list_with_a_source_is_private_unless_told_otherwise() {
    // CACHE-4, CACHE-5, CACHE-6, CACHE-8
    let public = CacheHints::public(Duration::from_secs(60));
    let shorter = CacheHints::public(Duration::from_secs(5));
    let tools = || five(|n| tool(&format!("d{n}")));
    for (source, server_ttl, source_ttl, scope) in [
        (tools(), 60_000, 0, "private"),
        (tools().with_cache(shorter), 60_000, 5_000, "public"),
        (tools().with_cache(CacheHints::private(Duration::from_secs(1))), 60_000, 1_000, "private"),
    ] {
        let service = service().with_cache(public).with_tool(tool("s")).expect("a fit tool");
        let server = TestServer::of(service.with_tool_source(source)).await;
        let client = server.client(MODERN).await;
        let (mut params, mut ttls) = (json!({}), Vec::new());
        loop {
            let page = client.result("tools/list", params).await;
            assert_eq!(page["cacheScope"], scope);
            ttls.push(page["ttlMs"].as_u64().expect("an integer"));
            match page.get("nextCursor") {
                Some(cursor) => params = json!({ "cursor": cursor }),
                None => break,
            }
        }
        assert_eq!(ttls, [server_ttl, source_ttl, source_ttl, source_ttl]);
    }
}

#[tokio::test]
async fn what_does_not_fit_a_list_is_left_out_of_it() {
    // TOOL-6, TOOL-7, META-25
    let mirrored = || {
        let schema = r#"{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"A"}}}"#;
        Tool::new("mirrored", || "x").with_input_schema(RawJson::parse(schema).expect("JSON"))
    };
    let source = Source::new(move || vec![tool("s"), tool("not a name"), mirrored(), tool("d")])
        .with_find(move |it: Wanted| match it.key.as_str() {
            "s" => Some(Tool::new("s", || "of the source")),
            "mirrored" => Some(mirrored()),
            "another" => Some(tool("d")),
            _ => None,
        });
    let service = service().with_tool(Tool::new("s", || "registered")).expect("a fit tool");
    let server = TestServer::of(service.with_tool_source(source)).await;
    let client = server.client(MODERN).await;
    assert_eq!(pages(&client, LISTS[0]).await, [["s"], ["d"]]);
    assert_eq!(client.tool("s", json!({})).await["content"][0]["text"], "registered");
    for name in ["mirrored", "another"] {
        let refusal = client.refusal("tools/call", json!({ "name": name })).await;
        assert_eq!(refusal.kind(), (200, -32603), "{name}");
    }
}

#[tokio::test]
async fn a_source_that_fails_keeps_its_cause() {
    // ERR-4
    let list = || Err::<Vec<Tool>, BoxError>("the secret table is gone".into());
    let find = |_: Wanted| -> Option<Tool> { panic!("the secret table is gone") };
    let server =
        TestServer::of(service().with_tool_source(Source::new(list).with_find(find))).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (method, params) in [("tools/list", json!({})), ("tools/call", json!({ "name": "a" }))]
        {
            let refusal = client.refusal(method, params).await;
            assert_eq!(refusal.kind(), (200, -32603), "{version} {method}");
            assert!(!refusal.message.contains("secret"), "{}", refusal.message);
        }
    }
}

#[tokio::test]
async fn a_source_is_advertised_with_its_feature() {
    // TOOL-1, RES-1, RES-4, PROMPT-1, COMP-1, INIT-6, DISC-5
    let nothing = service().with_resource_source(Source::new(Vec::<Resource>::new));
    let server = TestServer::of(nothing).await;
    let client = server.client(MODERN).await;
    let discovered = client.result("server/discover", json!({})).await;
    assert_eq!(
        discovered["capabilities"],
        json!({ "resources": { "listChanged": true, "subscribe": true } })
    );
    for list in &LISTS[2..] {
        assert_eq!(pages(&client, *list).await, [[""; 0]], "{}", list.0);
    }
    let server = TestServer::of(all_dynamic(service())).await;
    let discovered = server.client(MODERN).await.result("server/discover", json!({})).await;
    for feature in ["tools", "resources", "prompts", "completions"] {
        assert!(discovered["capabilities"].get(feature).is_some(), "{feature}");
    }
}

#[tokio::test]
async fn a_prompt_of_a_source_has_its_own_arguments() {
    // PROMPT-5, COMP-9
    let make = || Prompt::new("p", || "x").add_argument(PromptArgument::optional("a"));
    let source = Source::new(move || vec![make()]).with_find(move |_: Wanted| Some(make()));
    let server = TestServer::of(service().with_prompt_source(source)).await;
    let client = server.client(MODERN).await;
    let complete = |name: &str| {
        let argument = json!({ "name": name, "value": "" });
        json!({ "ref": { "type": "ref/prompt", "name": "p" }, "argument": argument })
    };
    let completed = client.result("completion/complete", complete("a")).await;
    assert_eq!(completed["completion"]["values"], json!([]));
    let refusal = client.refusal("completion/complete", complete("b")).await;
    assert_eq!(refusal.kind(), (200, -32602));
}
