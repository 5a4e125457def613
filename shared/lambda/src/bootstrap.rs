//! The `bootstrap` of a package: the function's `Handler` says which of its operations this process is.

use lambda_http::{Error, Request, service_fn};

use crate::app::App;
use crate::operation::HttpOperation;
use crate::trace;

/// Runs the HTTP operation that `_HANDLER` names until the environment ends.
pub async fn run_http(operations: &'static [HttpOperation]) -> Result<(), Error> {
    trace::start();
    let handler = handler();
    let operation = find(&handler, operations.iter().map(|operation| operation.name))
        .map(|index| &operations[index])
        .map_err(fail)?;
    let app = App::start(operation.needs).await.map_err(|error| fail(error.to_string()))?;
    let app = &app;
    lambda_http::run(service_fn(move |request: Request| async move {
        Ok::<_, std::convert::Infallible>((operation.run)(app, request).await)
    }))
    .await
}

/// The name of the operation that this process is, as the `Handler` of the function says it.
#[allow(clippy::disallowed_methods)] // the runtime's own variable, no setting of ours
pub fn handler() -> String {
    std::env::var("_HANDLER").unwrap_or_default()
}

/// Where `handler` stands among `names`.
pub fn find<'a>(handler: &str, names: impl Iterator<Item = &'a str> + Clone) -> Result<usize, String> {
    names.clone().position(|name| name == handler).ok_or_else(|| {
        let names: Vec<&str> = names.collect();
        format!("the Handler of this function is {handler:?}; this bootstrap has {}", names.join(", "))
    })
}

/// Logs why the process cannot start, and makes it the runtime's error too.
pub fn fail(problem: String) -> Error {
    tracing::error!(problem, "cannot start");
    problem.into()
}

/// Starts logging; for bootstraps whose operations are not behind HTTP.
pub fn start_logging() {
    trace::start();
}
