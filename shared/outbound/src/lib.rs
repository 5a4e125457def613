//! HTTP calls to addresses that others chose: webhooks of backends, endpoints of identity providers.
//!
//! No redirects, no proxy, no address that must not be called (RFC 6890), and an end to waiting and reading.

mod guard;

use std::time::Duration;

use countersign_domain::outbound_url::Loopback;
use http::{Request, Response};

use crate::guard::{Guard, MustNotBeCalled};

/// Most bytes of an answer that are read.
pub const ANSWER_MAX: usize = 512 * 1024;

/// A client that reaches only what may be called. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: reqwest::Client,
    guard: Guard,
}

/// The client could not be made: the machine's certificates or its TLS stack are not usable.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client: {0}")]
pub struct NoClient(#[from] reqwest::Error);

/// Why there was no answer. Says nothing of the URL, whose query may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The address is private, loopback or of another special kind.
    #[error("the address must not be called")]
    Forbidden,
    /// Nothing within the time that was given.
    #[error("it did not answer in time")]
    Timeout,
    /// Nobody there.
    #[error("no connection: unknown host, refused, or a certificate that is not valid")]
    NoConnection,
    /// It was there and is gone.
    #[error("the connection broke")]
    Broken,
    /// More than [`ANSWER_MAX`] bytes.
    #[error("its answer is too long")]
    TooLong,
}

impl Outbound {
    /// A client that calls itself `user_agent` and waits `timeout` for a whole answer.
    pub fn new(user_agent: &str, timeout: Duration, loopback: Loopback) -> Result<Self, NoClient> {
        let guard = Guard::new(loopback);
        let client = reqwest::Client::builder()
            .user_agent(user_agent)
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(guard)
            .build()?;
        Ok(Self { client, guard })
    }

    /// Sends `request` and gives the status: of webhooks nothing else counts.
    pub async fn status(&self, request: Request<Vec<u8>>) -> Result<u16, Unanswered> {
        Ok(self.send(request).await?.status().as_u16())
    }

    /// Sends `request` and reads the whole answer.
    pub async fn answer(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unanswered> {
        let mut answer = self.send(request).await?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| why(&error))? {
            if body.len() + chunk.len() > ANSWER_MAX {
                return Err(Unanswered::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = Response::new(body);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<reqwest::Response, Unanswered> {
        let request = reqwest::Request::try_from(request).map_err(|error| why(&error))?;
        // Addresses in the URL itself are never resolved, so the resolver does not see them.
        if !self.guard.allows_literal(request.url()) {
            return Err(Unanswered::Forbidden);
        }
        self.client.execute(request).await.map_err(|error| why(&error))
    }
}

fn why(error: &reqwest::Error) -> Unanswered {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<MustNotBeCalled>() {
            return Unanswered::Forbidden;
        }
        cause = error.source();
    }
    if error.is_timeout() {
        Unanswered::Timeout
    } else if error.is_connect() {
        Unanswered::NoConnection
    } else {
        Unanswered::Broken
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn client(loopback: Loopback) -> Outbound {
        Outbound::new("Countersign-Test/1", Duration::from_secs(5), loopback).unwrap()
    }

    fn get(url: &str) -> Request<Vec<u8>> {
        Request::get(url).body(Vec::new()).unwrap()
    }

    /// Answers one request with `answer`; gives the URL.
    async fn serve(answer: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&answer).await;
        });
        url
    }

    #[tokio::test]
    async fn an_answer_is_read_whole_and_a_redirect_is_not_followed() {
        let answer = b"HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 2\r\n\r\nhi";
        let url = serve(answer.to_vec()).await;
        let answer = client(Loopback::Allowed).answer(get(&url)).await.unwrap();
        assert_eq!(answer.status(), 302);
        assert_eq!(answer.headers()["location"], "http://10.0.0.1/");
        assert_eq!(answer.body(), b"hi");
    }

    #[tokio::test]
    async fn an_endless_answer_is_not_read_to_its_end() {
        let mut answer = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        answer.resize(answer.len() + ANSWER_MAX + 1, b'a');
        let url = serve(answer).await;
        assert_eq!(client(Loopback::Allowed).answer(get(&url)).await.err(), Some(Unanswered::TooLong));
    }

    #[tokio::test]
    async fn what_must_not_be_called_is_not_called_by_number_or_by_name() {
        for url in ["https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/"] {
            let refused = client(Loopback::Refused).status(get(url)).await;
            assert_eq!(refused.err(), Some(Unanswered::Forbidden), "{url}");
        }
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_no_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        assert_eq!(client(Loopback::Allowed).status(get(&url)).await, Err(Unanswered::NoConnection));
    }
}
