//! The HTTP server: one listener, connections kept alive, an orderly end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::dispatch::{Cut, Services};
use crate::reply;

/// DynamoDB takes 16 MB in one call, and nothing here takes more.
const LARGEST_BODY: usize = 16 * 1024 * 1024;
/// How long calls under way may take to finish at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves until `stop` says so, then lets the calls under way finish.
pub(crate) async fn serve(listener: TcpListener, services: Arc<Services>, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let stopped = stop.clone();
    let mut ended = pin!(is_set(&mut stop));
    loop {
        tokio::select! {
            () = &mut ended => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, services.clone(), stopped.clone()));
                }
                // Out of file descriptors, or the peer has gone already: the next one may do.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    // What is still running after that is aborted when the set is dropped.
    let _ = tokio::time::timeout(PATIENCE, all_ended).await;
}

async fn connection(stream: TcpStream, services: Arc<Services>, mut stop: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(services.clone(), request));
    let mut connection = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    // An error here is a cut connection: the peer's, or one on purpose.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = is_set(&mut stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Also when the other end is gone: then nobody is left who could say stop.
async fn is_set(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn answer(services: Arc<Services>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
    let (parts, body) = request.into_parts();
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return Ok(too_large());
    }
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Ok(too_large()),
        Err(_) => return Err(Cut),
    };
    services.answer(parts, body).await.map(|reply| reply.map(Full::new))
}

fn too_large() -> Response<Full<Bytes>> {
    reply::of(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "the body is too large\n").map(Full::new)
}
