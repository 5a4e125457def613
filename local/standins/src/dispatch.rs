//! From a request to the service that answers it.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use countersign_domain::time::Clock;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::StartError;
use crate::bank::Bank;
use crate::calls::{Calls, Service};
use crate::dynamodb::DynamoDb;
use crate::faults::{self, Fault, FaultPlan};
use crate::identity_provider::IdentityProvider;
use crate::ids::Ids;
use crate::reply::{self, Reply};
use crate::rights;
use crate::secrets::Secrets;
use crate::sns::{Params, Sns};

/// Everything behind one address.
pub(crate) struct Services {
    pub(crate) dynamodb: DynamoDb,
    pub(crate) secrets: Secrets,
    pub(crate) sns: Sns,
    pub(crate) identity_provider: IdentityProvider,
    pub(crate) bank: Bank,
    pub(crate) calls: Calls,
    faults: RwLock<Option<FaultPlan>>,
    ids: Arc<Ids>,
    clock: Arc<dyn Clock>,
}

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on purpose")]
pub(crate) struct Cut;

/// What a request asks for.
enum Asked {
    Json(Service, String),
    Query(Params),
    Health,
    Unknown,
}

impl Services {
    /// Opens AWS's three services, in memory or from the folder.
    pub(crate) async fn open(
        data: Option<&Path>,
        clock: &Arc<dyn Clock>,
        identity_provider: IdentityProvider,
        bank: Bank,
    ) -> Result<Self, StartError> {
        let ids = Arc::new(Ids::new(clock.clone()));
        Ok(Self {
            dynamodb: DynamoDb::open(data, clock).await?,
            secrets: Secrets::open(data, clock.clone()).await?,
            sns: Sns::open(data, clock.clone(), ids.clone())?,
            identity_provider,
            bank,
            calls: Calls::default(),
            faults: RwLock::new(None),
            ids,
            clock: clock.clone(),
        })
    }

    pub(crate) fn set_faults(&self, plan: Option<FaultPlan>) {
        *self.faults.write().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    /// Answers one request, or cuts its connection.
    pub(crate) async fn answer(&self, parts: Parts, body: Bytes) -> Result<Reply, Cut> {
        if IdentityProvider::serves(parts.uri.path()) {
            return self.identity_provider.answer(&parts, &body).ok_or(Cut);
        }
        if Bank::serves(parts.uri.path()) {
            return self.bank.answer(&parts, &body).await.ok_or(Cut);
        }
        let asked = asked(&parts, &body);
        let (service, action, resource) = match &asked {
            Asked::Health => return Ok(reply::of(StatusCode::OK, "text/plain", "ok\n")),
            Asked::Unknown => return Ok(unknown()),
            Asked::Json(service, action) => (*service, action.as_str(), named_in_json(&body)),
            Asked::Query(params) => (Service::Sns, params.action(), params.resource()),
        };
        let rights = rights::of(service, action, resource.as_deref(), &body);
        let call = self.calls.add(service, action, resource, rights, self.clock.now());
        let request_id = self.ids.next().to_string();

        let plan = self.faults.read().unwrap_or_else(PoisonError::into_inner).clone();
        let fault = plan.and_then(|plan| plan(&call));
        match fault {
            Some(Fault::LostAnswer) | None => {}
            Some(fault) => return faults::answer(fault, &call, &body, &request_id).ok_or(Cut),
        }

        let region = region(&parts.headers);
        let answer = match &asked {
            Asked::Query(params) => self.sns.call(params, region, &request_id),
            Asked::Json(Service::SecretsManager, action) => self.secrets.call(action, region, &body).await,
            _ => self.dynamodb.forward(&parts, body.clone()).await,
        };
        if fault.is_some() { Err(Cut) } else { Ok(answer) }
    }
}

fn asked(parts: &Parts, body: &[u8]) -> Asked {
    if parts.method == Method::GET {
        return Asked::Health;
    }
    if let Some(target) = parts.headers.get("x-amz-target") {
        let target = target.to_str().unwrap_or_default();
        return match target.split_once('.') {
            Some(("DynamoDB_20120810", action)) => Asked::Json(Service::DynamoDb, action.to_owned()),
            Some(("DynamoDBStreams_20120810", action)) => Asked::Json(Service::Streams, action.to_owned()),
            Some(("secretsmanager", action)) => Asked::Json(Service::SecretsManager, action.to_owned()),
            _ => Asked::Unknown,
        };
    }
    Params::parse(body).map_or(Asked::Unknown, Asked::Query)
}

fn unknown() -> Reply {
    let content = json!({
        "__type": "UnknownOperationException",
        "message": "Only DynamoDB, DynamoDB Streams, SNS and Secrets Manager are here.",
    });
    reply::json(StatusCode::BAD_REQUEST, reply::JSON_1_0, &content)
}

/// The region of the signature's credential scope (SigV4): `Credential=ID/DATE/REGION/SERVICE/aws4_request`.
fn region(headers: &HeaderMap) -> &str {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once("Credential="))
        .and_then(|(_, scope)| scope.split('/').nth(2))
        .filter(|region| !region.is_empty() && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        .unwrap_or("us-east-1")
}

/// The table, stream or secret that a JSON call names.
fn named_in_json(body: &[u8]) -> Option<String> {
    let request: Value = serde_json::from_slice(body).ok()?;
    let named = ["TableName", "StreamArn", "SecretId", "Name"].iter().find_map(|key| request[key].as_str());
    let in_transaction = || {
        let first = request["TransactItems"].as_array()?.first()?.as_object()?;
        first.values().next()?["TableName"].as_str()
    };
    let in_batch = || request["RequestItems"].as_object()?.keys().next().map(String::as_str);
    named.or_else(in_transaction).or_else(in_batch).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_the_one_the_caller_signs_for() {
        let mut headers = HeaderMap::new();
        assert_eq!(region(&headers), "us-east-1");
        let value =
            "AWS4-HMAC-SHA256 Credential=AK/20261122/eu-central-1/sns/aws4_request, SignedHeaders=host";
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        assert_eq!(region(&headers), "eu-central-1");
        headers.insert(AUTHORIZATION, "Credential=AK/1/a:b/sns/x".parse().unwrap());
        assert_eq!(region(&headers), "us-east-1");
    }

    #[test]
    fn a_call_names_what_it_concerns() {
        let named = |body: &str| named_in_json(body.as_bytes());
        assert_eq!(named(r#"{"TableName":"a"}"#).as_deref(), Some("a"));
        assert_eq!(named(r#"{"TransactItems":[{"Put":{"TableName":"b"}}]}"#).as_deref(), Some("b"));
        assert_eq!(named(r#"{"RequestItems":{"c":{}}}"#).as_deref(), Some("c"));
        assert_eq!(named("[]"), None);
        assert_eq!(named("{"), None);
    }
}
