//! Paths with parameters in braces.

/// `/device/v1/challenges/{challenge}` and the like.
#[derive(Debug)]
pub(super) struct PathTemplate {
    text: String,
}

impl PathTemplate {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// The template itself.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The parameters by name, if `path` fits: each parameter is one segment, and not empty.
    pub(super) fn parameters<'t, 'p>(&'t self, path: &'p str) -> Option<Vec<(&'t str, &'p str)>> {
        let (mut template, mut concrete) = (self.text.split('/'), path.split('/'));
        let mut found = Vec::new();
        loop {
            match (template.next(), concrete.next()) {
                (None, None) => return Some(found),
                (Some(wanted), Some(segment)) => match parameter(wanted) {
                    Some(name) if !segment.is_empty() => found.push((name, segment)),
                    None if wanted == segment => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
    }
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_one_segment() {
        let template = PathTemplate::new("/v1/challenges/{challenge}/answer");
        assert_eq!(template.parameters("/v1/challenges/7/answer"), Some(vec![("challenge", "7")]));
        for path in [
            "/v1/challenges//answer",
            "/v1/challenges/7",
            "/v1/challenges/7/answer/",
            "/v1/challenges/7/8/answer",
            "",
        ] {
            assert_eq!(template.parameters(path), None, "{path}");
        }
        assert_eq!(PathTemplate::new("/a/b").parameters("/a/b"), Some(Vec::new()));
    }
}
