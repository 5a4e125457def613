//! JSON as an iOS app writes it: members sorted, spread over lines, with `\/` for a slash.
//!
//! A service that verifies signatures over anything but the very bytes of the body does not survive it.

use serde_json::{Map, Value};

/// The body.
pub fn pretty(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    write(&mut out, value, 0);
    out.into_bytes()
}

fn write(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(members) => write_object(out, members, depth),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "\n" } else { ",\n" });
                indent(out, depth + 1);
                write(out, item, depth + 1);
            }
            end(out, ']', depth);
        }
        plain => out.push_str(&plain.to_string().replace('/', "\\/")),
    }
}

fn write_object(out: &mut String, members: &Map<String, Value>, depth: usize) {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    out.push('{');
    for (index, (name, value)) in members.into_iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        indent(out, depth + 1);
        write(out, &Value::from(name.as_str()), depth + 1);
        out.push_str(" : ");
        write(out, value, depth + 1);
    }
    end(out, '}', depth);
}

/// Also what is empty ends on a line of its own.
fn end(out: &mut String, bracket: char, depth: usize) {
    if out.ends_with(['{', '[']) {
        out.push('\n');
    }
    out.push('\n');
    indent(out, depth);
    out.push(bracket);
}

fn indent(out: &mut String, depth: usize) {
    out.push_str(&"  ".repeat(depth));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_sorted_and_slashes_escaped() {
        let body = pretty(&json!({ "data": { "b": [1, "a/b"], "a": {}, "c": [] }, "exp": 5 }));
        let expected = "{\n  \"data\" : {\n    \"a\" : {\n\n    },\n    \"b\" : [\n      1,\n      \"a\\/b\"\n    ],\n    \
                        \"c\" : [\n\n    ]\n  },\n  \"exp\" : 5\n}";
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn it_says_the_same(name in ".*", text in ".*", number in any::<i64>()) {
            let value = json!({ name: [text, number, null, true], "data": { "x": { } } });
            prop_assert_eq!(serde_json::from_slice::<Value>(&pretty(&value)).unwrap(), value);
        }
    }
}
