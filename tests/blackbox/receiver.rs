//! A webhook receiver: keeps what it was sent, answers as the test wants.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::webhook::{WebhookHeaders, WebhookRefused, verify_v1, verify_v1a};
use countersign_domain::time::Timestamp;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    /// Answers to come, oldest first; then 204.
    answers: Vec<u16>,
    got: Vec<Webhook>,
    /// How many came.
    count: watch::Sender<usize>,
}

/// One webhook as it came.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Webhook {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Whether the shared secret signed it (`v1`).
    pub(crate) fn verify_v1(&self, secret: &str, now: Timestamp) -> Result<(), WebhookRefused> {
        verify_v1(&secret.parse().unwrap(), &self.signed(), self.text.as_bytes(), now)
    }

    /// Whether a key of the published set signed it (`v1a`).
    pub(crate) fn verify_v1a(&self, jwks: &Value, now: Timestamp) -> Result<(), WebhookRefused> {
        let keys = jwks["keys"].as_array().unwrap().iter();
        let keys = keys.map(|key| PublicJwk::parse(&key.to_string()).unwrap());
        let refused = Err(WebhookRefused::Signature);
        keys.map(|key| verify_v1a(&key, &self.signed(), self.text.as_bytes(), now))
            .fold(refused, |known, next| if known.is_ok() { known } else { next })
    }

    fn signed(&self) -> WebhookHeaders<'_> {
        WebhookHeaders {
            id: self.header("webhook-id"),
            timestamp: self.header("webhook-timestamp"),
            signature: self.header("webhook-signature"),
        }
    }
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let serving = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, serving }
    }

    /// Host and port, as a whitelist has them.
    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    /// The callback that leads here.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/callback", self.address)
    }

    /// The next webhooks are answered with these statuses, and all after them with 204.
    pub(crate) fn answer_with(&self, statuses: &[u16]) {
        self.state.lock().unwrap().answers = statuses.to_vec();
    }

    /// What came so far.
    pub(crate) fn got(&self) -> Vec<Webhook> {
        self.state.lock().unwrap().got.clone()
    }

    /// Waits until `count` webhooks came.
    pub(crate) async fn received(&self, count: usize) {
        let mut counts = self.state.lock().unwrap().count.subscribe();
        counts.wait_for(|came| *came >= count).await.unwrap();
    }

    /// In place of a dead receiver, one that takes connections and never answers.
    pub(crate) async fn hang(&self) -> TcpListener {
        TcpListener::bind(self.address).await.unwrap()
    }

    /// Dies: connections are refused from now on.
    pub(crate) async fn kill(&mut self) {
        self.serving.abort();
        let _ = (&mut self.serving).await;
    }

    /// Comes back at the same address.
    pub(crate) async fn revive(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serving = tokio::spawn(serve(listener, Arc::clone(&self.state)));
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(move |request| take(request, Arc::clone(&state)));
            // One webhook per connection: a killed receiver leaves no connection open.
            let _ =
                http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn take(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let headers = request.headers().clone();
    let text = String::from_utf8(request.into_body().collect().await?.to_bytes().to_vec()).unwrap();
    let body = serde_json::from_str(&text).unwrap();
    let mut state = state.lock().unwrap();
    state.got.push(Webhook { headers, text, body });
    state.count.send_replace(state.got.len());
    let status = if state.answers.is_empty() { 204 } else { state.answers.remove(0) };
    drop(state);
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap();
    if status == 302 {
        response.headers_mut().insert("location", "http://127.0.0.1:1/".parse().unwrap());
    }
    Ok(response)
}
