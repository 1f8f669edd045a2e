//! `McpService` without any layer: a message to its method, its handler and its answer.

use divan::{Bencher, bench};
use mcp_bench::workload::{Era, Workload};
use mcp_stack::core::Outbound;
use mcp_stack::{Json, McpService, Tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::requests;

#[derive(Deserialize, JsonSchema)]
struct Echo {
    text: String,
}

#[derive(Deserialize, JsonSchema)]
struct Add {
    a: i64,
    b: i64,
}

#[derive(Serialize, JsonSchema)]
struct Sum {
    sum: i64,
}

fn service() -> McpService {
    McpService::new("micro", "1.0.0")
        .with_tool(Tool::new("echo", |Echo { text }| text))
        .and_then(|it| it.with_tool(Tool::new("add", |Add { a, b }| Json(Sum { sum: a + b }))))
        .expect("valid tools")
}

fn dispatch(bencher: Bencher<'_, '_>, era: Era, workload: Workload) {
    let mut service = service();
    let request = || requests::message(era, workload);
    let answer = requests::call(&mut service, request());
    assert!(matches!(answer.body(), Outbound::Response(_)), "{:?}", answer.body());
    bencher
        .with_inputs(request)
        .bench_local_values(|request| requests::call(&mut service, request));
}

#[bench(args = Era::ALL)]
fn call_of_echo64(bencher: Bencher<'_, '_>, era: Era) {
    dispatch(bencher, era, Workload::Echo64);
}

#[bench(args = Era::ALL)]
fn call_of_echo16k(bencher: Bencher<'_, '_>, era: Era) {
    dispatch(bencher, era, Workload::Echo16k);
}

#[bench(args = Era::ALL)]
fn call_of_add(bencher: Bencher<'_, '_>, era: Era) {
    dispatch(bencher, era, Workload::Add);
}

#[bench(args = Era::ALL)]
fn list_of_tools(bencher: Bencher<'_, '_>, era: Era) {
    dispatch(bencher, era, Workload::List);
}
