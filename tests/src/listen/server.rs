//! The HTTP server of `cargo listen`.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::receiver::{Outcome, Receiver};

/// The largest body that is read, in bytes.
const BODY_MAX: usize = 1024 * 1024;
/// How long a caller may take for its headers, and again for its body.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long calls that are under way may take when the server stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// When it is told to.
    Stopped,
    /// After the first good event.
    FirstGood,
}

/// Serves until `stop`, or as `until` says; calls that are under way are answered.
pub(crate) async fn serve(
    listener: TcpListener,
    receiver: Arc<Receiver>,
    until: Until,
    stop: impl Future<Output = ()>,
) -> Result<(), String> {
    let first_good = Arc::new(Notify::new());
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let stream = tokio::select! {
            () = &mut stop => break,
            () = first_good.notified(), if until == Until::FirstGood => break,
            // Ended connections are taken away as they end.
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // E.g. too many open files, or a caller that is gone already: the next one may do better.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let (receiver, first_good) = (Arc::clone(&receiver), Arc::clone(&first_good));
        let service = service_fn(move |request| {
            let (receiver, first_good) = (Arc::clone(&receiver), Arc::clone(&first_good));
            async move {
                let status = answer(&receiver, request).await;
                if status == Outcome::Good.status() {
                    first_good.notify_one();
                }
                let mut reply = Response::new(Empty::<Bytes>::new());
                *reply.status_mut() =
                    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                Ok::<_, Infallible>(reply)
            }
        });
        let connection = http1::Builder::new()
            // A connection that stays open would hold up the end.
            .keep_alive(false)
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(TokioIo::new(stream), service);
        connections.spawn(connection);
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    // Whoever has sent nothing yet is not waited for.
    let _ = timeout(FAREWELL, all_ended).await;
    Ok(())
}

async fn answer(receiver: &Receiver, request: Request<Incoming>) -> u16 {
    if request.method() != Method::POST {
        return 405;
    }
    let (head, body) = request.into_parts();
    match timeout(PATIENCE, Limited::new(body, BODY_MAX).collect()).await {
        Ok(Ok(body)) => receiver.receive(&head.headers, &body.to_bytes()).await.status(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => 413,
        Ok(Err(_)) => 400,
        Err(_) => 408,
    }
}
