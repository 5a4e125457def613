//! The bootstrap of the Cloud API's and the Request Origin API's WebAuthn calls.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    countersign_lambda::bootstrap::run_http(countersign_fido2::OPERATIONS).await
}
