//! `application/x-www-form-urlencoded` bodies with bracketed names, as one JSON object.
//!
//! `buttons[0][title]=Yes&buttons[0][strongAuth]=true` becomes `{"buttons": [{"title": "Yes", "strongAuth": "true"}]}`.
//! All values are texts; [`crate::lenient`] reads numbers and booleans from them.

use countersign_domain::invalid::Invalid;
use serde_json::{Map, Value};

/// Deeper nesting than any request needs.
const DEPTH_MAX: usize = 5;
/// More items than any list may have.
const ITEMS_MAX: usize = 100;

/// Reads a form body.
pub(crate) fn parse(body: &[u8]) -> Result<Value, Invalid> {
    let mut root = Value::Object(Map::new());
    for (name, value) in form_urlencoded::parse(body) {
        let path = path(&name)?;
        place(&mut root, &path, value.into_owned())
            .map_err(|problem| Invalid::new(name.into_owned(), problem))?;
    }
    Ok(root)
}

/// `a[b][0]` as `a`, `b`, `0`; `a[]` appends.
fn path(name: &str) -> Result<Vec<&str>, Invalid> {
    let malformed = || Invalid::new("body", "has a field name with unbalanced brackets");
    let (first, mut rest) = match name.find('[') {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    if first.is_empty() || first.contains(']') {
        return Err(malformed());
    }
    let mut parts = vec![first];
    while !rest.is_empty() {
        let (part, after) =
            rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).ok_or_else(malformed)?;
        if part.contains('[') {
            return Err(malformed());
        }
        parts.push(part);
        rest = after;
    }
    if parts.len() > DEPTH_MAX {
        return Err(Invalid::new("body", "is nested too deeply"));
    }
    Ok(parts)
}

fn place(node: &mut Value, path: &[&str], value: String) -> Result<(), &'static str> {
    let Some((part, rest)) = path.split_first() else {
        return match node {
            Value::Null => {
                *node = Value::String(value);
                Ok(())
            }
            _ => Err("is given more than once"),
        };
    };
    let index = if part.is_empty() { Some(None) } else { part.parse::<usize>().ok().map(Some) };
    match (node, index) {
        (node @ Value::Null, Some(_)) => {
            *node = Value::Array(Vec::new());
            place(node, path, value)
        }
        (node @ Value::Null, None) => {
            *node = Value::Object(Map::new());
            place(node, path, value)
        }
        (Value::Object(map), _) => place(map.entry(*part).or_insert(Value::Null), rest, value),
        (Value::Array(list), Some(index)) => {
            let index = index.unwrap_or(list.len());
            // Lists are written in order; a gap would be an item that nobody sent.
            if index > list.len() || index >= ITEMS_MAX {
                return Err("has an index out of order");
            }
            if index == list.len() {
                list.push(Value::Null);
            }
            place(&mut list[index], rest, value)
        }
        _ => Err("is both a value and a group"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn brackets_nest() {
        let body = b"accountId=ann%40example.com&buttons[0][title]=Yes&buttons[0][strongAuth]=true&buttons[1][title]=No&tags[]=a&tags[]=b&x=a+b";
        assert_eq!(
            parse(body).unwrap(),
            json!({
                "accountId": "ann@example.com",
                "buttons": [{"title": "Yes", "strongAuth": "true"}, {"title": "No"}],
                "tags": ["a", "b"],
                "x": "a b",
            })
        );
    }

    #[test]
    fn what_has_no_one_meaning_is_refused() {
        for body in [
            "a=1&a=2",
            "a[0=1",
            "[a]=1",
            "a]=1",
            "a[0][[b]]=1",
            "a[1]=x",
            "a[0]=x&a[b]=y",
            "a=1&a[b]=2",
            "a[b][c][d][e][f]=1",
        ] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
        assert_eq!(parse(b"").unwrap(), json!({}));
    }
}
