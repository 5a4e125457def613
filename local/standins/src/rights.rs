//! What AWS would ask a caller's role for: the IAM actions of a call, and what they are on.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>

use serde_json::Value;

use crate::calls::Service;

/// One action that the caller's role must allow.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Right {
    /// E.g. `dynamodb:PutItem`.
    pub action: String,
    /// What it is on, as the caller named it; an index is `TABLE/index/NAME`.
    pub resource: Option<String>,
}

/// The rights that a call needs. A transaction needs those of its parts, and a query of an index one on that index.
pub(crate) fn of(service: Service, action: &str, resource: Option<&str>, body: &[u8]) -> Vec<Right> {
    let right = |action: &str, resource: Option<&str>| Right {
        action: format!("{}:{action}", prefix(service)),
        resource: resource.map(str::to_owned),
    };
    let request = || serde_json::from_slice::<Value>(body).unwrap_or_default();
    match action {
        "TransactWriteItems" | "TransactGetItems" if service == Service::DynamoDb => {
            let request = request();
            let parts = request["TransactItems"].as_array().into_iter().flatten();
            let parts = parts.filter_map(Value::as_object).flatten();
            let mut rights: Vec<Right> = parts
                .map(|(kind, part)| {
                    let action =
                        if kind == "ConditionCheck" { "ConditionCheckItem" } else { &format!("{kind}Item") };
                    right(action, part["TableName"].as_str())
                })
                .collect();
            rights.sort();
            rights.dedup();
            rights
        }
        "Query" | "Scan" if service == Service::DynamoDb => {
            let index = request()["IndexName"].as_str().map(str::to_owned);
            let on = match (resource, index) {
                (Some(table), Some(index)) => Some(format!("{table}/index/{index}")),
                (table, _) => table.map(str::to_owned),
            };
            vec![right(action, on.as_deref())]
        }
        _ => vec![right(action, resource)],
    }
}

fn prefix(service: Service) -> &'static str {
    match service {
        Service::DynamoDb | Service::Streams => "dynamodb",
        Service::Sns => "sns",
        Service::SecretsManager => "secretsmanager",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(service: Service, action: &str, body: &str) -> Vec<String> {
        let rights = of(service, action, Some("t"), body.as_bytes());
        rights
            .iter()
            .map(|right| format!("{} on {}", right.action, right.resource.as_deref().unwrap()))
            .collect()
    }

    #[test]
    fn a_transaction_needs_the_rights_of_its_parts() {
        let parts = r#"{"TransactItems":[{"Put":{"TableName":"a"}},{"ConditionCheck":{"TableName":"a"}},
            {"Put":{"TableName":"a"}},{"Delete":{"TableName":"b"}},{"Update":{"TableName":"a"}}]}"#;
        assert_eq!(
            told(Service::DynamoDb, "TransactWriteItems", parts),
            [
                "dynamodb:ConditionCheckItem on a",
                "dynamodb:DeleteItem on b",
                "dynamodb:PutItem on a",
                "dynamodb:UpdateItem on a"
            ]
        );
    }

    #[test]
    fn a_query_of_an_index_needs_the_index() {
        assert_eq!(
            told(Service::DynamoDb, "Query", r#"{"IndexName":"due"}"#),
            ["dynamodb:Query on t/index/due"]
        );
        assert_eq!(told(Service::DynamoDb, "Query", "{}"), ["dynamodb:Query on t"]);
    }

    #[test]
    fn other_calls_are_rights_themselves() {
        assert_eq!(told(Service::Sns, "Publish", "Action=Publish"), ["sns:Publish on t"]);
        assert_eq!(told(Service::Streams, "GetRecords", "{}"), ["dynamodb:GetRecords on t"]);
        assert_eq!(
            told(Service::SecretsManager, "GetSecretValue", "{}"),
            ["secretsmanager:GetSecretValue on t"]
        );
    }
}
