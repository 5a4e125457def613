//! template.yaml, the packages' tables, the sample events and the store's schema say the same.

use std::collections::{BTreeMap, BTreeSet};

use countersign_lambda::Needs;
use serde_json::{Value, json};

use crate::sample_events;
use crate::template_file::{Template, logical_id, routes_of};
use crate::world::World;

/// CloudFormation takes no more resources in a stack, and an HTTP API no more routes.
const MOST_RESOURCES: usize = 500;
const MOST_ROUTES: usize = 300;

/// One line of a package's table.
pub(crate) struct Operation {
    pub(crate) api: &'static str,
    pub(crate) name: &'static str,
    pub(crate) route: Option<(&'static str, &'static str)>,
    pub(crate) needs: Needs,
}

/// Every operation and job.
pub(crate) fn operations() -> Vec<Operation> {
    let http = [
        ("origin", countersign_origin::OPERATIONS),
        ("device", countersign_device::OPERATIONS),
        ("idp", countersign_idp::OPERATIONS),
        ("cloud", countersign_cloud::OPERATIONS),
        ("fido2", countersign_fido2::OPERATIONS),
        ("admin", countersign_admin::OPERATIONS),
        ("portal", countersign_portal::OPERATIONS),
        ("authenticator", countersign_authenticator_api::OPERATIONS),
    ];
    let http = http.into_iter().flat_map(|(api, operations)| {
        operations.iter().map(move |operation| Operation {
            api,
            name: operation.name,
            route: Some((operation.method, operation.path)),
            needs: operation.needs,
        })
    });
    let jobs = countersign_jobs::JOBS.iter();
    let jobs = jobs.map(|job| Operation { api: "jobs", name: job.name, route: None, needs: job.needs });
    http.chain(jobs).collect()
}

#[test]
fn every_operation_is_a_function_and_no_function_is_anything_else() {
    let template = Template::read();
    let known: BTreeSet<String> =
        operations().iter().map(|operation| logical_id(operation.api, operation.name)).collect();
    let functions: BTreeSet<String> = template.functions().into_iter().map(|function| function.id).collect();
    assert_eq!(functions, known);
    for Operation { api, name, route, .. } in operations() {
        let function = template.function(api, name).unwrap();
        let id = &function.id;
        assert_eq!(function.property("Handler"), name, "{id}");
        assert_eq!(function.property("CodeUri"), &json!(format!("functions/{api}/")), "{id}");
        // One function needs no log of its own: it stands beside the API that its pages call.
        let log = logical_id(if api == "portal" { "admin" } else { api }, "log");
        assert_eq!(function.property("LoggingConfig")["LogGroup"], log, "{id}");
        let metadata = json!({"BuildMethod": "rust-cargolambda", "BuildProperties": {"Binary": api}});
        assert_eq!(function.resource["Metadata"], metadata, "{id}");
        let routes = route.map(|(method, path)| routes_of(method, path)).unwrap_or_default();
        assert_eq!(function.routes(), routes, "{id}");
    }
}

#[test]
fn no_right_has_a_wildcard_action() {
    for function in Template::read().functions() {
        for grant in function.grants() {
            let (service, action) = grant.action.split_once(':').unwrap();
            let is_word =
                |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            assert!(is_word(service) && is_word(action), "{} may {}", function.id, grant.action);
            // AWS knows no resource for this one: what it makes has no name yet.
            let nameless = grant.action == "sns:CreatePlatformApplication";
            assert!(grant.resource != "*" || nameless, "{} may {} on anything", function.id, grant.action);
        }
    }
}

#[test]
fn a_function_may_use_the_table_and_secrets_that_its_operation_needs_and_no_others() {
    let template = Template::read();
    for Operation { api, name, needs, .. } in operations() {
        let function = template.function(api, name).unwrap();
        let grants = function.grants();
        // The rotation writes the very secrets: its rights are checked by what it calls.
        if name != "key-rotate" {
            let reads = |secret: &str| {
                grants
                    .iter()
                    .any(|grant| grant.action == "secretsmanager:GetSecretValue" && grant.resource == secret)
            };
            assert_eq!(reads("SigningKeysSecret"), needs.signing_keys, "{}: signing keys", function.id);
            assert_eq!(reads("SealingKeysSecret"), needs.sealing_keys, "{}: sealing keys", function.id);
        }
        let table = grants.iter().any(|grant| grant.resource == "Table.Arn");
        assert_eq!(table, needs.table, "{}: table", function.id);
    }
}

#[test]
fn both_secrets_rotate_by_the_one_function() {
    let template = Template::read();
    let rotated: BTreeSet<&str> = template
        .of_type("AWS::SecretsManager::RotationSchedule")
        .into_iter()
        .map(|(id, schedule)| {
            let properties = &schedule["Properties"];
            assert_eq!(properties["RotationLambdaARN"], "JobsKeyRotate.Arn", "{id}");
            assert_eq!(
                properties["RotateImmediatelyOnUpdate"], true,
                "{id}: the first keys come from a rotation"
            );
            properties["SecretId"].as_str().unwrap()
        })
        .collect();
    let secrets: BTreeSet<&str> =
        template.of_type("AWS::SecretsManager::Secret").into_iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(rotated, secrets);
}

#[test]
fn the_stream_and_the_schedules_reach_their_jobs() {
    let template = Template::read();
    let mappings: BTreeSet<&str> = template
        .of_type("AWS::Lambda::EventSourceMapping")
        .into_iter()
        .map(|(id, mapping)| {
            let properties = &mapping["Properties"];
            assert_eq!(properties["EventSourceArn"], "Table.StreamArn", "{id}");
            assert_eq!(properties["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{id}");
            properties["FunctionName"].as_str().unwrap()
        })
        .collect();
    assert_eq!(mappings, ["JobsDeliverySend", "JobsTransitionRecord"].into());
    let pattern = json!({"dynamodb": {"NewImage": {"kind": {"S": countersign_store::stream::KINDS}}}});
    let stream = &template.0["Resources"]["TransitionRecordStream"];
    let filters = &stream["Properties"]["FilterCriteria"]["Filters"];
    assert_eq!(filters, &json!([{"Pattern": pattern.to_string()}]));
    for job in ["challenge-expire", "delivery-retry"] {
        let function = template.function("jobs", job).unwrap();
        let schedule = json!({"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}});
        assert_eq!(function.property("Events"), &json!({"Minute": schedule}), "{job}");
    }
}

#[test]
fn every_function_has_an_event_that_it_serves_and_one_that_it_turns_away() {
    let mut counted: BTreeMap<(String, String), (u32, u32)> = BTreeMap::new();
    for sample in sample_events::all() {
        let count = counted.entry((sample.api.clone(), sample.operation.clone())).or_default();
        if sample.is_success() { count.0 += 1 } else { count.1 += 1 }
    }
    let operations: BTreeSet<(String, String)> =
        operations().iter().map(|operation| (operation.api.to_owned(), operation.name.to_owned())).collect();
    assert_eq!(counted.keys().cloned().collect::<BTreeSet<_>>(), operations);
    for ((api, operation), (served, refused)) in counted {
        assert!(served > 0, "events/{api}/{operation} has none that is served");
        assert!(refused > 0, "events/{api}/{operation} has none that is turned away");
    }
}

#[test]
fn every_event_of_an_api_is_one_of_its_route() {
    let operations = operations();
    for sample in sample_events::all() {
        let (name, event) = (sample.name(), &sample.event);
        let is = |operation: &&Operation| operation.api == sample.api && operation.name == sample.operation;
        let operation = operations.iter().find(is).unwrap();
        let Some((method, path)) = operation.route else {
            assert!(event["rawPath"].is_null(), "{name} is an event of an API");
            continue;
        };
        let context = &event["requestContext"];
        assert_eq!(event["version"], "2.0", "{name}");
        // Of two routes, the one of the path as it is documented.
        let routes = routes_of(method, path);
        let (method, route) = routes.last().unwrap();
        assert_eq!(event["routeKey"], format!("{method} {route}"), "{name}");
        assert_eq!(context["routeKey"], event["routeKey"], "{name}");
        assert_eq!(context["http"]["method"], *method, "{name}");
        assert_eq!(context["http"]["path"], event["rawPath"], "{name}");
        let mut concrete = route.replace("{proxy+}", "");
        for (parameter, value) in event["pathParameters"].as_object().into_iter().flatten() {
            concrete = concrete.replace(&format!("{{{parameter}}}"), value.as_str().unwrap());
        }
        assert_eq!(event["rawPath"], concrete, "{name}");
    }
}

#[test]
fn the_stack_and_the_api_are_within_their_limits() {
    let template = Template::read();
    let deployed = |resource: &Value| match resource["Type"].as_str().unwrap() {
        // The function, its role, and the permission of whatever calls it.
        "AWS::Serverless::Function" => 3,
        // The API and its stage.
        "AWS::Serverless::HttpApi" => 2,
        // A schedule is a rule beside its permission.
        _ => 1,
    };
    let schedules = template
        .functions()
        .iter()
        .filter_map(|function| function.property("Events").as_object().cloned())
        .flat_map(|events| events.into_values())
        .filter(|event| event["Type"] == "Schedule")
        .count();
    let resources: usize =
        template.resources().map(|(_, resource)| deployed(resource)).sum::<usize>() + schedules;
    let functions = template.functions();
    let routes: usize = functions.iter().map(|function| function.routes().len()).sum();
    // Each function's first permission is counted with it.
    let more = functions.iter().map(|function| function.routes().len().saturating_sub(1)).sum::<usize>();
    let resources = resources + more;
    assert!(resources <= MOST_RESOURCES, "{resources} resources");
    assert!(routes <= MOST_ROUTES, "{routes} routes");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_as_the_store_makes_it() {
    let world = World::new().await;
    let table = world.bundle.demo.environment["TABLE_NAME"].clone();
    let described = dynamodb(&world, "DescribeTable", &table).await["Table"].clone();
    let template = Template::read();
    let wanted = &template.0["Resources"]["Table"]["Properties"];
    assert_eq!(sorted(&described["AttributeDefinitions"]), sorted(&wanted["AttributeDefinitions"]));
    assert_eq!(described["KeySchema"], wanted["KeySchema"]);
    assert_eq!(described["BillingModeSummary"]["BillingMode"], wanted["BillingMode"]);
    assert_eq!(
        described["StreamSpecification"]["StreamViewType"],
        wanted["StreamSpecification"]["StreamViewType"]
    );
    let index = |index: &Value| ["IndexName", "KeySchema", "Projection"].map(|member| index[member].clone());
    let indexes = |table: &Value| -> Vec<_> {
        table["GlobalSecondaryIndexes"].as_array().unwrap().iter().map(index).collect()
    };
    assert_eq!(indexes(&described), indexes(wanted));
    let ttl = dynamodb(&world, "DescribeTimeToLive", &table).await;
    let ttl = &ttl["TimeToLiveDescription"];
    assert_eq!(ttl["AttributeName"], wanted["TimeToLiveSpecification"]["AttributeName"]);
    assert_eq!(
        (&ttl["TimeToLiveStatus"], &wanted["TimeToLiveSpecification"]["Enabled"]),
        (&json!("ENABLED"), &json!(true))
    );
}

/// A list whose order says nothing.
fn sorted(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(Value::to_string).collect()
}

async fn dynamodb(world: &World, action: &str, table: &str) -> Value {
    let call = reqwest::Client::builder().no_proxy().build().unwrap().post(world.standins().endpoint_url());
    let call = call
        .header("x-amz-target", format!("DynamoDB_20120810.{action}"))
        .header("content-type", "application/x-amz-json-1.0")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=local/20261122/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        )
        .header("x-amz-date", "20261122T100000Z")
        .body(json!({ "TableName": table }).to_string());
    serde_json::from_str(&call.send().await.unwrap().text().await.unwrap()).unwrap()
}
