//! Which operation a request is for: every route of template.yaml, from the packages' own tables.

use std::collections::HashMap;

use countersign_lambda::HttpOperation;

/// An operation, and the parameters that its path had.
pub(crate) struct Routed {
    pub(crate) operation: &'static HttpOperation,
    pub(crate) parameters: HashMap<String, String>,
}

/// Every HTTP operation of the bundle.
pub(crate) fn operations() -> impl Iterator<Item = &'static HttpOperation> {
    let packages = [
        countersign_origin::OPERATIONS,
        countersign_device::OPERATIONS,
        countersign_idp::OPERATIONS,
        countersign_cloud::OPERATIONS,
        countersign_fido2::OPERATIONS,
        countersign_authenticator_api::OPERATIONS,
        countersign_admin::OPERATIONS,
        countersign_portal::OPERATIONS,
    ];
    packages.into_iter().flatten()
}

/// Finds the operation for `method` and `path`. A route without parameters goes before one with, as at API Gateway. Where an
/// operation's path ends in a slash, template.yaml has a route without it too.
pub(crate) fn find(method: &str, path: &str) -> Option<Routed> {
    let candidates = operations().filter(|operation| operation.method == method);
    let mut routed: Vec<Routed> = candidates
        .filter_map(|operation| {
            let bare = || operation.path.strip_suffix('/').and_then(|bare| matches(bare, path));
            let parameters = matches(operation.path, path).or_else(bare)?;
            Some(Routed { operation, parameters })
        })
        .collect();
    routed.sort_by_key(|routed| routed.parameters.len());
    routed.into_iter().next()
}

fn matches(template: &str, path: &str) -> Option<HashMap<String, String>> {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    let mut parameters = HashMap::new();
    loop {
        match (template.next(), path.next()) {
            (None, None) => return Some(parameters),
            (Some(part), Some(value)) => match part.strip_prefix('{').and_then(|part| part.strip_suffix('}'))
            {
                Some(name) if !value.is_empty() => {
                    let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
                    parameters.insert(name.to_owned(), value);
                }
                None if part == value => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_operation() {
        let name = |method, path| find(method, path).map(|routed| routed.operation.name);
        assert_eq!(name("POST", "/api/request/add"), Some("challenge-create"));
        assert_eq!(name("GET", "/api/request/add"), None);
        assert_eq!(name("GET", "/device/v1/challenges"), Some("challenge-list"));
        assert_eq!(name("GET", "/device/v1/challenges/"), None);
        let routed = find("POST", "/device/v1/challenges/a%20b/answer").unwrap();
        assert_eq!(
            (routed.operation.name, routed.parameters["challenge"].as_str()),
            ("challenge-answer", "a b")
        );
    }

    #[test]
    fn a_slash_at_the_end_may_be_left_out() {
        let name = |path| find("POST", path).map(|routed| routed.operation.name);
        assert_eq!(name("/_app/uaf/1.1/registration/"), Some("registration-finish"));
        assert_eq!(name("/_app/uaf/1.1/registration"), Some("registration-finish"));
        assert_eq!(name("/_app/uaf/1.1/registration//"), None);
        assert_eq!(name("/_app/uaf/1.1"), None);
        assert_eq!(name("/api/v1/users/enroll/"), None);
    }

    #[test]
    fn no_two_operations_share_a_route() {
        let mut routes: Vec<_> = operations().map(|operation| (operation.method, operation.path)).collect();
        let all = routes.len();
        routes.sort_unstable();
        routes.dedup();
        assert_eq!(routes.len(), all);
    }
}
