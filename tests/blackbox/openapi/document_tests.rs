//! The documents themselves: valid OpenAPI, whole, strict, and with the routes of the code.

use std::collections::BTreeSet;
use std::path::Path;

use countersign_lambda::HttpOperation;
use serde_json::Value;

use super::api::{Api, FILES};
use super::document::{Document, escaped};

/// The operations of the packages, and how the names of their documents begin.
const PACKAGES: [(&str, &[HttpOperation]); 8] = [
    ("origin.", countersign_origin::OPERATIONS),
    ("device.", countersign_device::OPERATIONS),
    ("idp.", countersign_idp::OPERATIONS),
    ("cloud.", countersign_cloud::OPERATIONS),
    ("fido2.", countersign_fido2::OPERATIONS),
    ("authenticator.", countersign_authenticator_api::OPERATIONS),
    ("admin-", countersign_admin::OPERATIONS),
    ("portal.", countersign_portal::OPERATIONS),
];

fn documents() -> Vec<(&'static str, Document)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi");
    FILES.iter().map(|name| (*name, Document::read(&folder.join(name)).unwrap())).collect()
}

/// How many paths a document has: the measure of how much must stand in it.
fn paths(document: &Document) -> usize {
    document.root()["paths"].as_object().unwrap().len()
}

/// Every object and list in `value`, with its pointer.
fn walk(value: &Value, pointer: String, see: &mut dyn FnMut(&str, &Value)) {
    see(&pointer, value);
    match value {
        Value::Object(map) => {
            for (name, member) in map {
                walk(member, format!("{pointer}/{}", escaped(name)), see);
            }
        }
        Value::Array(list) => {
            for (index, item) in list.iter().enumerate() {
                walk(item, format!("{pointer}/{index}"), see);
            }
        }
        _ => {}
    }
}

/// The examples of every parameter, request and reply: pointer of the schema, pointer of the example, example.
fn examples(root: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    walk(root, String::new(), &mut |pointer, value| {
        let Some(map) = value.as_object().filter(|map| map.contains_key("schema")) else { return };
        let schema = format!("{pointer}/schema");
        if let Some(example) = map.get("example") {
            found.push((schema.clone(), format!("{pointer}/example"), example.clone()));
        }
        for (name, example) in map.get("examples").and_then(Value::as_object).into_iter().flatten() {
            found.push((schema.clone(), format!("{pointer}/examples/{name}"), example["value"].clone()));
        }
    });
    found
}

#[test]
fn each_document_is_valid_openapi_3_1() {
    let schema: Value = serde_json::from_str(include_str!("oas-3.1-schema.json")).unwrap();
    let schema = jsonschema::options().should_validate_formats(true).offline().build(&schema).unwrap();
    for (name, document) in documents() {
        let defects: Vec<String> = schema
            .iter_errors(document.root())
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(defects.is_empty(), "{name}: {defects:#?}");
    }
    assert!(!schema.is_valid(&serde_json::json!({"openapi": "3.1.0", "info": {"title": "no version"}})));
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    for (name, document) in documents() {
        let mut used = BTreeSet::new();
        walk(document.root(), String::new(), &mut |pointer, value| {
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                let target = reference.strip_prefix('#').unwrap_or_default();
                let leads = target.starts_with("/components/") && document.root().pointer(target).is_some();
                assert!(leads, "{name}{pointer}: {reference}");
                used.insert(target.to_owned());
            }
            // Security schemes are referred to by name.
            for scheme in value.get("security").and_then(Value::as_array).into_iter().flatten() {
                let names = scheme.as_object().into_iter().flatten();
                used.extend(names.map(|(scheme, _)| format!("/components/securitySchemes/{scheme}")));
            }
        });
        let kinds = document.root()["components"].as_object().unwrap();
        let components = kinds.iter().flat_map(|(kind, components)| {
            components
                .as_object()
                .unwrap()
                .keys()
                .map(move |component| format!("/components/{kind}/{component}"))
        });
        let components: BTreeSet<String> = components.collect();
        assert_eq!(components, used, "{name}");
    }
}

#[test]
fn every_schema_compiles() {
    for (name, mut document) in documents() {
        let mut schemas = Vec::new();
        walk(&document.root().clone(), String::new(), &mut |pointer, _| {
            if pointer.ends_with("/schema")
                || pointer.starts_with("/components/schemas/") && pointer.matches('/').count() == 3
            {
                schemas.push(pointer.to_owned());
            }
        });
        assert!(schemas.len() > 6 * paths(&document), "{name}: {}", schemas.len());
        for pointer in schemas {
            document.validator(&pointer).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[test]
fn every_example_is_as_its_schema_says() {
    for (name, mut document) in documents() {
        let examples = examples(document.root());
        assert!(examples.len() > 2 * paths(&document), "{name}: {}", examples.len());
        for (schema, pointer, example) in examples {
            let schema = document.validator(&schema).unwrap();
            let defects: Vec<String> = schema
                .iter_errors(&example)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(defects.is_empty(), "{name}{pointer}: {defects:#?}");
        }
    }
}

/// Replies with a member too few or too many are refused, whatever member it is.
#[test]
fn replies_are_strict() {
    for (name, mut document) in documents() {
        let examples = examples(document.root());
        let replies: Vec<_> =
            examples.iter().filter(|(_, pointer, _)| pointer.contains("/responses/")).collect();
        let mut seen = 0;
        for (schema, pointer, example) in &replies {
            let schema = document.validator(schema).unwrap();
            for damaged in damaged(example) {
                assert!(!schema.is_valid(&damaged), "{name}{pointer}: {damaged}");
                seen += 1;
            }
        }
        assert!(!replies.is_empty() && seen > 2 * replies.len(), "{name}: {seen}");
    }
}

fn damaged(example: &Value) -> Vec<Value> {
    if let Some(list) = example.as_array() {
        return list.iter().flat_map(damaged).map(|item| Value::Array(vec![item])).collect();
    }
    let map = example.as_object().unwrap();
    let mut all: Vec<Value> = map
        .keys()
        .map(|name| {
            let mut less = map.clone();
            less.remove(name);
            Value::Object(less)
        })
        .collect();
    let mut more = map.clone();
    more.insert("surprise".into(), Value::Null);
    all.push(Value::Object(more));
    all
}

#[test]
fn the_documents_have_the_operations_of_the_code() {
    let api = Api::load().unwrap();
    let documented: BTreeSet<_> = api.operations().collect();
    assert_eq!(documented.len(), api.operations().count(), "an operation stands twice");
    let code = PACKAGES.into_iter().flat_map(|(_, operations)| operations);
    let code: BTreeSet<_> =
        code.map(|HttpOperation { method, path, name, .. }| (*method, *path, *name)).collect();
    assert_eq!(documented, code);
    let ids: BTreeSet<_> = api.operations().map(|(_, _, id)| id).collect();
    assert_eq!(ids.len(), documented.len(), "an operationId stands twice");
}

#[test]
fn each_document_has_operations_of_its_package_only() {
    for (name, document) in documents() {
        let (_, operations) = PACKAGES.into_iter().find(|(prefix, _)| name.starts_with(prefix)).unwrap();
        let code: BTreeSet<&str> = operations.iter().map(|operation| operation.path).collect();
        for path in document.root()["paths"].as_object().unwrap().keys() {
            assert!(code.contains(path.as_str()), "{name}: {path}");
        }
    }
}
