//! What a Lambda function knows of AWS. Lambda puts all of it into the environment, so the SDK's other sources (profiles,
//! instance metadata, STS) are neither searched at start nor part of the bootstrap.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// As long as the SDK's own default.
const CONNECT: Duration = Duration::from_millis(3100);

/// Region, credentials and endpoints of the process's environment.
pub(crate) fn from_environment() -> SdkConfig {
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build())
        .service_config(Environment);
    config.set_region(variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).map(Region::new));
    config.set_endpoint_url(variable("AWS_ENDPOINT_URL"));
    config.build()
}

#[allow(clippy::disallowed_methods)] // Lambda's and the SDK's own variables, no settings of ours
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Settings of single services: `AWS_ENDPOINT_URL_SNS` goes before `AWS_ENDPOINT_URL`.
#[derive(Debug)]
struct Environment;

impl LoadServiceConfig for Environment {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        variable(&format!("{}_{service}", key.env()))
    }
}
