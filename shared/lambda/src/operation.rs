//! What a bootstrap offers: one table per package, read by the bootstrap, the local gateway and the tests.

use std::future::Future;
use std::pin::Pin;

use http::Response;
use lambda_http::Request;

use crate::app::App;

/// A future that a table entry returns.
pub type Running<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One operation behind an HTTP route: a Lambda function of its own.
#[derive(Clone, Copy)]
pub struct HttpOperation {
    /// Its name: the function's `Handler`, the folder of its events.
    pub name: &'static str,
    /// The route's method.
    pub method: &'static str,
    /// The route's path, parameters in braces.
    pub path: &'static str,
    /// What must be ready before the first request.
    pub needs: Needs,
    /// Answers a request.
    pub run: for<'a> fn(&'a App, Request) -> Running<'a, Response<String>>,
}

impl std::fmt::Debug for HttpOperation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} {})", self.name, self.method, self.path)
    }
}

/// What an operation uses, and so what must be ready and what its function may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// Reads or writes the table.
    pub table: bool,
    /// Signs or publishes.
    pub signing_keys: bool,
    /// Opens or seals.
    pub sealing_keys: bool,
}

impl Needs {
    /// Nothing that could be made ready.
    pub const NOTHING: Self = Self { table: false, signing_keys: false, sealing_keys: false };
    /// The table only.
    pub const TABLE: Self = Self { table: true, signing_keys: false, sealing_keys: false };
    /// The signing keys too.
    pub const SIGNING: Self = Self { table: true, signing_keys: true, sealing_keys: false };
    /// The sealing keys too.
    pub const SEALING: Self = Self { table: true, signing_keys: false, sealing_keys: true };
    /// The signing keys only.
    pub const SIGNING_ONLY: Self = Self { table: false, signing_keys: true, sealing_keys: false };
    /// All three.
    pub const ALL: Self = Self { table: true, signing_keys: true, sealing_keys: true };
}

/// The table of a package's HTTP operations: a dialect, and below it `name, METHOD, path, needs => module;` per line, where
/// `module::handle` is `async fn(&App, Call<Body>) -> Result<Reply<Answer>, Refusal>`.
#[macro_export]
macro_rules! http_operations {
    ($($dialect:ident: $($name:literal, $method:ident, $path:literal, $needs:ident => $module:ident;)+)+) => {
        &[$($($crate::HttpOperation {
            name: $name,
            method: stringify!($method),
            path: $path,
            needs: $crate::Needs::$needs,
            run: |app, request| Box::pin(async move {
                let dialect = $crate::Dialect::$dialect;
                let answered = match $crate::Call::parse(request, dialect).await {
                    Ok(call) => $module::handle(app, call).await,
                    Err(refusal) => Err(refusal),
                };
                $crate::reply::respond(dialect, answered)
            }),
        },)+)+]
    };
}
