//! The bootstrap of the binding through identity providers.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    countersign_lambda::bootstrap::run_http(countersign_idp::OPERATIONS).await
}
