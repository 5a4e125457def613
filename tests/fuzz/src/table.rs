//! A table and secrets in memory, behind the SDK's own client: every call is answered in process.
//!
//! Conditions are not looked at: what is fuzzed are readers, and what they led to is in [`Table::written`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::IdentityCache;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use countersign_crypto::sealing::SealingKeys;
use countersign_domain::outbound_url::Loopback;
use countersign_lambda::App;
use countersign_lambda::settings::Settings;
use countersign_store::{Store, Write};
use serde_json::{Value, json};

use crate::running::wait;
use crate::samples::{Always, BASE_URL, clock};

/// The table's name.
const NAME: &str = "table";

/// What is in the table. Cheap to clone: all clones are one table.
#[derive(Debug, Clone, Default)]
pub struct Table(Arc<Mutex<Content>>);

#[derive(Debug, Default)]
struct Content {
    items: HashMap<String, Value>,
    /// Stands at every key.
    everywhere: Option<Value>,
    written: Vec<Value>,
}

impl Table {
    /// A configuration whose every call this table answers.
    pub fn config(&self) -> SdkConfig {
        let table = self.clone();
        let connector = SharedHttpConnector::new(table);
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-west-1"))
            .endpoint_url("http://table.invalid")
            .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
                "fuzz", "fuzz", None,
            )))
            .identity_cache(IdentityCache::no_cache())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build()
    }

    /// An app over this table.
    pub fn app(&self) -> App {
        let settings = Settings {
            default_app_space: None,
            table: NAME.into(),
            signing_keys_secret: "signing".into(),
            sealing_keys_secret: "sealing".into(),
            public_url: Some(BASE_URL.into()),
            loopback: Loopback::Refused,
        };
        App::new(settings, &self.config(), clock())
    }

    /// The store over this table.
    pub fn store(&self) -> Store {
        Store::new(aws_sdk_dynamodb::Client::new(&self.config()), NAME)
    }

    /// Puts what `write` writes into the table, for good.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn keep(&self, write: Write) {
        wait(self.store().write(write)).expect("this table takes every write");
        for item in self.written() {
            self.0.lock().expect("nobody panicked here").items.insert(key(&item), item);
        }
    }

    /// Puts `item` wherever anybody looks.
    pub fn answer_always(&self, item: Value) {
        self.0.lock().expect("nobody panicked here").everywhere = Some(item);
    }

    /// The items that were written since this was asked the last time. They are not read again.
    pub fn written(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().expect("nobody panicked here").written)
    }

    fn answer(&self, target: &str, body: &Value) -> Value {
        let mut content = self.0.lock().expect("nobody panicked here");
        match target.rsplit('.').next().unwrap_or_default() {
            "BatchGetItem" => {
                let keys = body["RequestItems"][NAME]["Keys"].as_array().cloned().unwrap_or_default();
                let found: Vec<Value> = keys.iter().filter_map(|key| content.find(key)).collect();
                json!({ "Responses": { NAME: found } })
            }
            "PutItem" => {
                content.written.push(body["Item"].clone());
                json!({})
            }
            "TransactWriteItems" => {
                let items = body["TransactItems"].as_array().into_iter().flatten();
                content.written.extend(items.filter_map(|item| item["Put"].get("Item").cloned()));
                json!({})
            }
            "GetSecretValue" => {
                let keys = SealingKeys::generate(&Always(1)).to_json();
                json!({ "ARN": "sealing", "Name": "sealing", "SecretString": keys.expose() })
            }
            _ => json!({}),
        }
    }
}

impl Content {
    fn find(&self, wanted: &Value) -> Option<Value> {
        let Some(Value::Object(item)) = &self.everywhere else {
            return self.items.get(&key(wanted)).cloned();
        };
        let mut item = item.clone();
        item.insert("pk".into(), wanted["pk"].clone());
        item.insert("sk".into(), wanted["sk"].clone());
        Some(Value::Object(item))
    }
}

fn key(item: &Value) -> String {
    format!("{} {}", item["pk"], item["sk"])
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let body =
            request.body().bytes().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
        let answer = self.answer(&target, &body).to_string();
        let status = StatusCode::try_from(200).expect("200 is a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer))))
    }
}
