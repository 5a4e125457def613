//! Form bodies as the documents describe them: one flat object, the bracketed names as they are sent.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// Reads a form body. A name that ends in `[]` may come again and is a list then; any other may not.
pub(super) fn parse(body: &[u8]) -> Result<Value, String> {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(body) {
        let value = Value::String(value.into_owned());
        match fields.get_mut(&*name) {
            None => {
                fields.insert(name.into_owned(), value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) if name.ends_with("[]") => *first = Value::Array(vec![first.take(), value]),
            Some(_) => return Err(format!("{name}: is given more than once")),
        }
    }
    Ok(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_stay_as_they_are_sent() {
        let body = b"accountId=ann%40example.com&buttons[0][title]=Yes+please&x[]=1&x[]=2&x[]=3";
        assert_eq!(
            parse(body),
            Ok(
                json!({"accountId": "ann@example.com", "buttons[0][title]": "Yes please", "x[]": ["1", "2", "3"]})
            )
        );
        assert_eq!(parse(b"a=1&a=2"), Err("a: is given more than once".into()));
    }
}
