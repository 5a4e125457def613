//! `${…}` in the texts of an event.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What placeholders stand for, by name.
pub(crate) type Known = BTreeMap<String, Value>;

/// A placeholder that stands for nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown(pub(crate) String);

/// The names of all placeholders in `value`.
pub(crate) fn names(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => found.extend(parts(text).filter_map(|part| match part {
            Part::Placeholder(name) => Some(name.to_owned()),
            Part::Text(_) => None,
        })),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => members.values().for_each(|member| collect(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `value` with everything in place. A text that is one placeholder and nothing else becomes what it stands for, of
/// whatever type; within a longer text that is written as JSON unless it is a text itself.
pub(crate) fn fill(value: &Value, known: &Known) -> Result<Value, Unknown> {
    Ok(match value {
        Value::String(text) => fill_text(text, known)?,
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| fill(item, known)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| Ok((name.clone(), fill(member, known)?)))
                .collect::<Result<_, _>>()?,
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

fn fill_text(text: &str, known: &Known) -> Result<Value, Unknown> {
    let stands_for = |name: &str| known.get(name).ok_or_else(|| Unknown(name.to_owned()));
    let parts: Vec<Part<'_>> = parts(text).collect();
    if let [Part::Placeholder(name)] = parts[..] {
        return stands_for(name).cloned();
    }
    let mut filled = String::new();
    for part in parts {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Placeholder(name) => match stands_for(name)? {
                Value::String(text) => filled.push_str(text),
                other => filled.push_str(&other.to_string()),
            },
        }
    }
    Ok(Value::String(filled))
}

enum Part<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = rest.strip_prefix("${").and_then(|inner| inner.split_once('}')) {
            rest = after;
            return Some(Part::Placeholder(name));
        }
        // One that is never closed is text.
        let end = rest.match_indices("${").map(|(at, _)| at).find(|at| *at > 0).unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Part::Text(text))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known() -> Known {
        [("a".to_owned(), json!("ann")), ("key".to_owned(), json!({"kty": "EC"})), ("n".to_owned(), json!(7))]
            .into()
    }

    #[test]
    fn placeholders_are_filled_wherever_they_stand() {
        let event = json!({"body": "{\"id\":\"${a}\",\"key\":${key}}", "all": ["${key}", "${n}", "-${n}${a}"], "x": null});
        assert_eq!(names(&event), ["a", "key", "n"].map(str::to_owned).into());
        let filled = json!({
            "body": "{\"id\":\"ann\",\"key\":{\"kty\":\"EC\"}}",
            "all": [{"kty": "EC"}, 7, "-7ann"],
            "x": null,
        });
        assert_eq!(fill(&event, &known()), Ok(filled));
    }

    #[test]
    fn what_stands_for_nothing_is_named() {
        assert_eq!(fill(&json!(["${b}"]), &known()), Err(Unknown("b".into())));
    }

    #[test]
    fn other_dollars_and_braces_are_text() {
        for text in ["$default", "", "{challenge}", "${", "é${", "$${"] {
            assert_eq!(fill(&json!(text), &known()), Ok(json!(text)), "{text}");
        }
        assert_eq!(fill(&json!("é${a}"), &known()), Ok(json!("éann")));
    }
}
