//! Which settings a change concerns.

/// Names of settings that are no longer what they were, for the audit trail.
#[derive(Debug, Default)]
pub struct Changes(Vec<String>);

impl Changes {
    /// Puts `new` into `place`, and notes `name` if that is another value.
    pub fn set<T: PartialEq>(&mut self, name: impl Into<String>, place: &mut T, new: T) {
        if *place != new {
            *place = new;
            self.0.push(name.into());
        }
    }

    /// Likewise, where there is a new value.
    pub fn set_given<T: PartialEq>(&mut self, name: impl Into<String>, place: &mut T, new: Option<T>) {
        if let Some(new) = new {
            self.set(name, place, new);
        }
    }

    /// Whether all is as it was.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names with commas between them.
    pub fn text(&self) -> String {
        self.0.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_became_another_value_is_noted() {
        let (mut changes, mut name, mut count) = (Changes::default(), "a", 1);
        changes.set("name", &mut name, "a");
        changes.set_given("count", &mut count, None);
        assert!(changes.is_empty());
        changes.set_given("count", &mut count, Some(2));
        changes.set("name", &mut name, "b");
        assert_eq!((changes.text().as_str(), name, count), ("count, name", "b", 2));
    }
}
