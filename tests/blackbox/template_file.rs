//! template.yaml as the tests read it. CloudFormation's short forms lose their tag: `!Ref Table` reads as `Table`,
//! `!GetAtt Table.Arn` as `Table.Arn`, `!Sub "…"` as its text.

use std::collections::BTreeSet;

use serde_json::Value;

/// An action on a resource, as a statement allows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grant {
    pub(crate) action: String,
    pub(crate) resource: String,
}

/// A function.
pub(crate) struct Function {
    /// Its logical id.
    pub(crate) id: String,
    pub(crate) resource: Value,
}

pub(crate) struct Template(pub(crate) Value);

impl Template {
    pub(crate) fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        // As CloudFormation reads it: `N` is a text.
        let options = serde_saphyr::options! { strict_booleans: true };
        Self(serde_saphyr::from_str_with_options(&text, options).unwrap())
    }

    /// Every resource as it stands there, by logical id.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["Resources"].as_object().unwrap().iter()
    }

    /// The resources of a type.
    pub(crate) fn of_type(&self, kind: &str) -> Vec<(&String, &Value)> {
        self.resources().filter(|(_, resource)| resource["Type"] == kind).collect()
    }

    pub(crate) fn functions(&self) -> Vec<Function> {
        let functions = self.of_type("AWS::Serverless::Function").into_iter();
        functions.map(|(id, resource)| Function { id: id.clone(), resource: resource.clone() }).collect()
    }

    /// The function of an operation.
    pub(crate) fn function(&self, api: &str, operation: &str) -> Option<Function> {
        let id = logical_id(api, operation);
        self.functions().into_iter().find(|function| function.id == id)
    }
}

/// `origin`, `challenge-create`: `OriginChallengeCreate`.
pub(crate) fn logical_id(api: &str, operation: &str) -> String {
    let words = std::iter::once(api).chain(operation.split('-'));
    words.map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect()
}

impl Function {
    pub(crate) fn property(&self, name: &str) -> &Value {
        &self.resource["Properties"][name]
    }

    /// What it may do. A statement that does anything but allow is an error.
    pub(crate) fn grants(&self) -> BTreeSet<Grant> {
        let policies = self.property("Policies").as_array().unwrap().iter();
        let statements = policies.flat_map(|policy| policy["Statement"].as_array().unwrap());
        let mut grants = BTreeSet::new();
        for statement in statements {
            assert_eq!(statement["Effect"], "Allow", "{}", self.id);
            for action in texts(&statement["Action"]) {
                for resource in texts(&statement["Resource"]) {
                    grants.insert(Grant { action: action.clone(), resource });
                }
            }
        }
        grants
    }

    /// Method and path of its route, if it has one.
    pub(crate) fn route(&self) -> Option<(&str, &str)> {
        let events = self.property("Events").as_object()?;
        let mut routes = events.values().filter(|event| event["Type"] == "HttpApi");
        let route = &routes.next()?["Properties"];
        assert!(routes.next().is_none(), "{} has more than one route", self.id);
        Some((route["Method"].as_str().unwrap(), route["Path"].as_str().unwrap()))
    }
}

/// One text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap().to_owned()).collect(),
        other => panic!("{other} is neither a text nor a list of texts"),
    }
}
