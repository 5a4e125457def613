//! A tiny HTTP server inside a test: it records what comes and answers as the test says.

use std::io;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

/// A call as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) proof: Option<String>,
    pub(crate) signature: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// A header that is there once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().unwrap());
        assert!(values.next().is_none(), "{name} is there twice");
        value
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Ends when the test's runtime does.
pub(crate) struct TinyServer {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl TinyServer {
    /// Answers each call with the status and body that `answer` gives; with status 0 the answer is lost on its way.
    pub(crate) async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Seen) -> (u16, Value) + Send + Sync + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (record, answer) = (Arc::clone(&seen), Arc::new(answer));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (record, answer) = (Arc::clone(&record), Arc::clone(&answer));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (record, answer) = (Arc::clone(&record), Arc::clone(&answer));
                    async move {
                        let header = |name: &str| {
                            let value = request.headers().get(name);
                            value.map(|value| value.to_str().unwrap().to_owned())
                        };
                        let seen = Seen {
                            method: request.method().to_string(),
                            path: request.uri().to_string(),
                            proof: header("device-proof"),
                            signature: header("device-signature"),
                            authorization: header("authorization"),
                            content_type: header("content-type"),
                            headers: request.headers().clone(),
                            body: request.into_body().collect().await.unwrap().to_bytes().to_vec(),
                        };
                        let (status, body) = answer(&seen);
                        record.lock().unwrap().push(seen);
                        if status == 0 {
                            return Err(io::Error::other("lost"));
                        }
                        let body = if body.is_null() { String::new() } else { body.to_string() };
                        let reply = Response::builder()
                            .status(status)
                            .header("retry-after", "7")
                            .body(Full::new(Bytes::from(body)))
                            .unwrap();
                        Ok(reply)
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { url, seen }
    }

    /// What came so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}
