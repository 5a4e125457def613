//! The bootstrap of the Authenticator API.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    countersign_lambda::bootstrap::run_http(countersign_authenticator_api::OPERATIONS).await
}
