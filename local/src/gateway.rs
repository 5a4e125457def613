//! A stand-in for API Gateway's HTTP API: requests become events of payload format 2.0, and operations answer in process.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_lambda::{App, HttpOperation};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use lambda_http::request::LambdaRequest;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::cors;
use crate::routes::{self, Routed};

/// API Gateway takes no more.
const BODY_MAX: usize = 10 * 1024 * 1024;

/// A request and what it was answered, as both went over the wire.
pub struct Exchange<'a> {
    /// The operation that answered.
    pub operation: &'static HttpOperation,
    /// How long it took.
    pub took: Duration,
    /// Method, URI and headers of the request.
    pub request: &'a http::request::Parts,
    /// Its body.
    pub request_body: &'a [u8],
    /// The answer.
    pub response: &'a Response<String>,
}

/// Sees every exchange that reached an operation.
pub type Observer = Arc<dyn Fn(&Exchange<'_>) + Send + Sync>;

/// What answers requests.
#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) app: Arc<App>,
    pub(crate) observer: Option<Observer>,
}

/// Serves every route on `listener` until `stop` turns true; requests under way are answered first.
pub(crate) async fn serve(listener: TcpListener, gateway: Gateway, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, peer)) = accepted else { continue };
                let (gateway, mut stop) = (gateway.clone(), stop.clone());
                connections.spawn(async move {
                    let service = service_fn(move |request| answer(gateway.clone(), peer, request));
                    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                    tokio::pin!(connection);
                    tokio::select! {
                        _ = connection.as_mut() => {}
                        () = until_true(&mut stop) => {
                            connection.as_mut().graceful_shutdown();
                            let _ = connection.await;
                        }
                    }
                });
                while connections.try_join_next().is_some() {}
            }
            () = until_true(&mut stop) => break,
        }
    }
    while connections.join_next().await.is_some() {}
}

/// Waits until the value is true, or nobody is left to make it so.
pub(crate) async fn until_true(value: &mut watch::Receiver<bool>) {
    let _ = value.wait_for(|value| *value).await;
}

async fn answer(
    gateway: Gateway,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let response = match Limited::new(body, BODY_MAX).collect().await {
        Ok(body) => respond(&gateway.app, gateway.observer.as_ref(), peer, &head, &body.to_bytes()).await,
        Err(_) => gateway_error(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long"),
    };
    Ok(response.map(|body| Full::new(Bytes::from(body))))
}

/// Answers one request of `peer` in process.
pub(crate) async fn respond(
    app: &App,
    observer: Option<&Observer>,
    peer: SocketAddr,
    head: &http::request::Parts,
    body: &Bytes,
) -> Response<String> {
    if let Some(response) = cors::preflight(head) {
        return response;
    }
    let Some(routed) = routes::find(head.method.as_str(), head.uri.path()) else {
        return gateway_error(StatusCode::NOT_FOUND, "Not Found");
    };
    let event = event(head, body, &routed, peer, app.now().millis());
    let Ok(request) = serde_json::from_value::<LambdaRequest>(event) else {
        return gateway_error(StatusCode::BAD_REQUEST, "Bad Request");
    };
    let began = tokio::time::Instant::now();
    let mut response = (routed.operation.run)(app, request.into()).await;
    cors::allow(head, &mut response);
    if let Some(observe) = observer {
        let took = began.elapsed();
        let operation = routed.operation;
        observe(&Exchange { operation, took, request: head, request_body: body, response: &response });
    }
    response
}

/// The event that API Gateway would send.
fn event(head: &http::request::Parts, body: &Bytes, routed: &Routed, peer: SocketAddr, now: i64) -> Value {
    let (method, path) = (head.method.as_str(), head.uri.path());
    let query = head.uri.query().unwrap_or_default();
    let route = format!("{} {}", routed.operation.method, routed.operation.path);
    // Bodies that are text come as text, others in base64.
    let (body, is_base64) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (countersign_crypto::encoding::base64(body), true),
    };
    let user_agent = head.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok());
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&head.headers),
        "pathParameters": routed.parameters,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": peer.ip().to_string(),
                "userAgent": user_agent,
            },
            "requestId": "local",
            "routeKey": route,
            "stage": "$default",
            "time": countersign_domain::time::Timestamp::from_millis(now).rfc3339(),
            "timeEpoch": now,
        },
        "body": body,
        "isBase64Encoded": is_base64,
    })
}

/// Several headers of one name are joined with commas, as API Gateway does.
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut joined: Map<String, Value> = Map::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match joined.get_mut(name.as_str()) {
            Some(Value::String(known)) => {
                known.push(',');
                known.push_str(&value);
            }
            _ => {
                joined.insert(name.as_str().to_owned(), Value::String(value));
            }
        }
    }
    joined
}

/// What API Gateway itself answers.
fn gateway_error(status: StatusCode, message: &str) -> Response<String> {
    let mut response = Response::new(json!({ "message": message }).to_string());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
