//! The bootstrap of the administration API.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    countersign_lambda::bootstrap::run_http(countersign_admin::OPERATIONS).await
}
