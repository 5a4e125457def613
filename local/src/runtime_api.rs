//! A stand-in for Lambda's runtime API: gives a bootstrap its events and takes its answers.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

/// The runtime API of one function.
pub struct RuntimeApi {
    address: SocketAddr,
    events: mpsc::Sender<String>,
    answers: mpsc::Receiver<Answer>,
    polled: watch::Receiver<bool>,
    serving: JoinHandle<()>,
}

/// What a bootstrap made of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It answered.
    Response(Value),
    /// It answered with an error.
    Error(Value),
    /// It could not start.
    InitError(Value),
}

struct Ends {
    events: Mutex<mpsc::Receiver<String>>,
    answers: mpsc::Sender<Answer>,
    polled: watch::Sender<bool>,
}

impl RuntimeApi {
    /// Listens on a free port of this machine.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (events, waiting) = mpsc::channel(16);
        let (given, answers) = mpsc::channel(16);
        let (polled_now, polled) = watch::channel(false);
        let ends = Arc::new(Ends { events: Mutex::new(waiting), answers: given, polled: polled_now });
        let serving = tokio::spawn(serve(listener, ends));
        Ok(Self { address, events, answers, polled, serving })
    }

    /// What the bootstrap's environment must say so that it polls here; `handler` names its operation.
    pub fn environment(&self, handler: &str) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_LAMBDA_RUNTIME_API", self.address.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", handler.to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".into()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".into()),
            ("_HANDLER", handler.to_owned()),
        ]
    }

    /// Waits for the bootstrap to ask for its first event.
    pub async fn first_poll(&mut self) {
        // It has polled, or it will not any more; then the answer tells why.
        let _ = self.polled.wait_for(|polled| *polled).await;
    }

    /// Gives the bootstrap `event` and waits for what it makes of it; nothing if the stand-in has ended.
    pub async fn invoke(&mut self, event: &Value) -> Option<Answer> {
        self.events.send(event.to_string()).await.ok()?;
        self.answers.recv().await
    }

    /// The next answer that nobody asked for: an error at start.
    pub async fn next_answer(&mut self) -> Option<Answer> {
        self.answers.recv().await
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, ends: Arc<Ends>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let ends = Arc::clone(&ends);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&ends)));
            // A bootstrap that is ended breaks its connection.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, ends: Arc<Ends>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let last = path.rsplit('/').next().unwrap_or_default();
    if request.method() == Method::GET && last == "next" {
        ends.polled.send_replace(true);
        let event = ends.events.lock().await.recv().await.unwrap_or_default();
        let mut response = Response::new(Full::new(Bytes::from(event)));
        let headers = response.headers_mut();
        for (name, value) in [
            ("lambda-runtime-aws-request-id", "00000000-0000-4000-8000-000000000000"),
            ("lambda-runtime-deadline-ms", "4102444800000"),
            ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-1:000000000000:function:local"),
        ] {
            headers.insert(name, http::HeaderValue::from_static(value));
        }
        return Ok(response);
    }
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let told = match last {
        "response" => Answer::Response(body),
        _ if path.ends_with("/init/error") => Answer::InitError(body),
        _ => Answer::Error(body),
    };
    let _ = ends.answers.send(told).await;
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(response)
}
