//! The bootstrap of the jobs.

use countersign_jobs::{JOBS, Jobs};
use countersign_lambda::{App, bootstrap};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    bootstrap::start_logging();
    let handler = bootstrap::handler();
    let job = bootstrap::find(&handler, JOBS.iter().map(|job| job.name)).map(|index| &JOBS[index]);
    let job = job.map_err(bootstrap::fail)?;
    let app = App::start(job.needs).await.map_err(|error| bootstrap::fail(error.to_string()))?;
    let jobs = Jobs::new(app);
    let jobs = &jobs;
    let run = move |event: LambdaEvent<Value>| async move {
        (job.run)(jobs, event.payload).await.map_err(Error::from)
    };
    lambda_runtime::run(service_fn(run)).await
}
