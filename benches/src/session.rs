//! The legacy handshake, and the end of a session.

use anyhow::{Context as _, Result, ensure};

use crate::check::result_of;
use crate::http::{Connection, Target};
use crate::message::{self, SESSION_HEADER, legacy_headers};

/// Does `initialize` and `notifications/initialized`. Returns the session's id, if
/// the server gives one.
///
/// # Errors
///
/// If either is refused or the connection fails.
pub async fn open(connection: &mut Connection, target: &Target) -> Result<Option<String>> {
    let response = connection.exchange(&message::post(target, &[], INITIALIZE)).await?;
    let status = response.head.status;
    ensure!(status == 200, "initialize: status {status}");
    if !response.head.is_sse {
        result_of(response.body, 0).context("initialize")?;
    }
    let session = response.header(SESSION_HEADER).map(str::to_owned);

    let headers = legacy_headers(session.as_deref());
    let response = connection.exchange(&message::post(target, &headers, INITIALIZED)).await?;
    let status = response.head.status;
    ensure!((200..300).contains(&status), "notifications/initialized: status {status}");
    Ok(session)
}

/// Ends a session with DELETE.
///
/// # Errors
///
/// If the server does not accept it or the connection fails.
pub async fn close(connection: &mut Connection, target: &Target, session: &str) -> Result<()> {
    let request = message::bare("DELETE", target, &legacy_headers(Some(session)));
    let status = connection.exchange(&request).await?.head.status;
    ensure!((200..300).contains(&status), "DELETE: status {status}");
    Ok(())
}

const INITIALIZE: &str = concat!(
    r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","#,
    r#""capabilities":{"sampling":{},"elicitation":{}},"#,
    r#""clientInfo":{"name":"mcp-bench","version":"1.0.0"}}}"#,
);
const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
