//! One JSON object in, one out: the least an HTTP server that greets can be.

use std::{convert::Infallible, error::Error};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

#[derive(serde::Deserialize)]
struct Greet {
    name: String,
}

async fn greet(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let answer = match request.collect().await {
        Ok(body) => match serde_json::from_slice::<Greet>(&body.to_bytes()) {
            Ok(args) => serde_json::json!({ "text": format!("Hello, {}!", args.name) }),
            Err(error) => serde_json::json!({ "error": error.to_string() }),
        },
        Err(error) => serde_json::json!({ "error": error.to_string() }),
    };
    Ok(Response::new(Full::new(answer.to_string().into())))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    loop {
        let (socket, _) = listener.accept().await?;
        let connection =
            http1::Builder::new().serve_connection(TokioIo::new(socket), service_fn(greet));
        tokio::spawn(connection);
    }
}
