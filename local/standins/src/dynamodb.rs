//! DynamoDB and its streams: `dynoxide-rs` on a loopback port of its own, because its router is not public.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_domain::time::Clock;
use dynoxide::storage_backend;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::StartError;
use crate::reply::{self, Reply};

/// The embedded database and the way to it.
pub(crate) struct DynamoDb {
    database: dynoxide::Database,
    client: Client<HttpConnector, Full<Bytes>>,
    authority: Authority,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), String>>,
}

/// How long its server may take to end; every call has been answered by then.
const PATIENCE: Duration = Duration::from_secs(5);

/// Our clock in the form the database takes.
struct DatabaseClock(Arc<dyn Clock>);

impl storage_backend::Clock for DatabaseClock {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now().secs()).unwrap_or(0)
    }

    fn now_unix_secs_f64(&self) -> f64 {
        let now = self.0.now().millis();
        Duration::from_millis(u64::try_from(now).unwrap_or(0)).as_secs_f64()
    }
}

impl DynamoDb {
    pub(crate) async fn open(data: Option<&Path>, clock: &Arc<dyn Clock>) -> Result<Self, StartError> {
        let opened = match data {
            None => dynoxide::Database::memory_with_clock(Arc::new(DatabaseClock(clock.clone()))),
            Some(folder) => {
                let path = folder.join("dynamodb.sqlite");
                let text = path.to_str().ok_or_else(|| {
                    StartError::Content(
                        path.clone(),
                        "the path is not UTF-8, which the database needs".to_owned(),
                    )
                })?;
                dynoxide::Database::new(text)
            }
        };
        let database = opened.map_err(|error| StartError::Database(error.to_string()))?;
        let failed = |error: std::io::Error| StartError::Database(error.to_string());
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let authority = Authority::try_from(address.to_string())
            .map_err(|error| StartError::Database(format!("no authority of {address}: {error}")))?;
        let (stop, stopped) = oneshot::channel();
        let ended = async {
            // Dropping the sender ends the server as well.
            let _ = stopped.await;
        };
        let server = tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database.clone(), ended));
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { database, client, authority, running: Mutex::new(Some(Running { stop, server })) })
    }

    /// Passes a call on and its answer back, byte for byte but for one thing that the crate spells otherwise.
    pub(crate) async fn forward(&self, parts: &Parts, body: Bytes) -> Reply {
        match self.try_forward(parts, body).await {
            Ok(reply) => reply,
            Err(error) => {
                tracing::error!(error = %error, "the embedded DynamoDB did not answer");
                let content = json!({
                    "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
                    "message": "the embedded DynamoDB did not answer",
                });
                reply::json(StatusCode::INTERNAL_SERVER_ERROR, reply::JSON_1_0, &content)
            }
        }
    }

    async fn try_forward(
        &self,
        parts: &Parts,
        body: Bytes,
    ) -> Result<Reply, Box<dyn std::error::Error + Send + Sync>> {
        let path = parts.uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        let uri = Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = parts.headers.clone();
        without_hop_by_hop(request.headers_mut());
        let (mut head, content) = self.client.request(request).await?.into_parts();
        without_hop_by_hop(&mut head.headers);
        let content = content.collect().await?.to_bytes();
        if let Some(corrected) = identities_as_in_the_model(&content) {
            // The checksum is of the other bytes; without one, nobody checks.
            head.headers.remove("x-amz-crc32");
            return Ok(Reply::from_parts(head, corrected.into()));
        }
        Ok(Reply::from_parts(head, content))
    }

    pub(crate) fn sweep_ttl(&self) -> Result<usize, String> {
        self.database.sweep_ttl().map_err(|error| error.to_string())
    }

    /// Ends its server; SQLite closes the file with the last handle.
    pub(crate) async fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { stop, mut server }) = running else { return };
        let _ = stop.send(());
        if tokio::time::timeout(PATIENCE, &mut server).await.is_err() {
            server.abort();
        }
    }
}

/// `GetRecords` says who deleted an item, and the crate writes it as Lambda events have it (`principalId`),
/// where the API has `PrincipalId` and `Type`: no SDK would find it. `None` where there is nothing to correct.
fn identities_as_in_the_model(content: &[u8]) -> Option<Vec<u8>> {
    const WRITTEN: &[u8] = b"\"userIdentity\":{";
    if !content.windows(WRITTEN.len()).any(|part| part == WRITTEN) {
        return None;
    }
    let mut answer: Value = serde_json::from_slice(content).ok()?;
    for record in answer.get_mut("Records")?.as_array_mut()? {
        if let Some(identity) = record.get_mut("userIdentity").and_then(Value::as_object_mut) {
            for (written, meant) in [("principalId", "PrincipalId"), ("type", "Type")] {
                if let Some(value) = identity.remove(written) {
                    identity.insert(meant.to_owned(), value);
                }
            }
        }
    }
    serde_json::to_vec(&answer).ok()
}

/// Takes away the headers that belong to one connection (RFC 9110, section 7.6.1).
fn without_hop_by_hop(headers: &mut HeaderMap) {
    for name in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
}
