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

/// The routes of an operation. An HTTP API has none whose path ends in a slash: a greedy parameter, which SAM's permissions
/// know as `proxy`, stands for what follows the slash, which may be nothing. Emulators drop the slash.
pub(crate) fn routes_of(method: &str, path: &str) -> BTreeSet<(String, String)> {
    let route = |path: String| (method.to_owned(), path);
    match path.strip_suffix('/') {
        Some(bare) => [route(bare.to_owned()), route(format!("{path}{{proxy+}}"))].into(),
        None => [route(path.to_owned())].into(),
    }
}

impl Function {
    pub(crate) fn property(&self, name: &str) -> &Value {
        &self.resource["Properties"][name]
    }

    /// What it may do. A statement that does anything but allow is an error. What is allowed on anything but some resource
    /// is on `not` that resource.
    pub(crate) fn grants(&self) -> BTreeSet<Grant> {
        let policies = self.property("Policies").as_array().into_iter().flatten();
        let statements = policies.flat_map(|policy| policy["Statement"].as_array().unwrap());
        let mut grants = BTreeSet::new();
        for statement in statements {
            assert_eq!(statement["Effect"], "Allow", "{}", self.id);
            for action in texts(&statement["Action"]) {
                for resource in resources(statement) {
                    grants.insert(Grant { action: action.clone(), resource });
                }
            }
        }
        grants
    }

    /// Methods and paths of its routes.
    pub(crate) fn routes(&self) -> BTreeSet<(String, String)> {
        let events = self.property("Events").as_object().into_iter().flat_map(|events| events.values());
        let routes = events.filter(|event| event["Type"] == "HttpApi").map(|event| &event["Properties"]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        routes.map(|route| (text(&route["Method"]), text(&route["Path"]))).collect()
    }
}

fn resources(statement: &Value) -> Vec<String> {
    match &statement["NotResource"] {
        Value::Null => texts(&statement["Resource"]),
        but => texts(but).into_iter().map(|resource| format!("not {resource}")).collect(),
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
