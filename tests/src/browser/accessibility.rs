//! Whether everybody can use a page: axe-core, put into it.

use serde_json::{Value, json};

use super::Window;

/// axe-core by Deque Systems, Mozilla Public License 2.0; `axe/VERSIONS.md` says which.
const AXE: &str = include_str!("axe/axe.min.js");

impl Window {
    /// Fails the test if axe finds something serious or critical on the page, as it is now.
    ///
    /// # Panics
    /// If it finds something.
    pub async fn is_accessible(&self) {
        let found = self.barriers().await;
        assert!(found.is_empty(), "{} is not accessible:\n{}", self.url().await, found.join("\n"));
    }

    /// What axe finds that is serious or critical: rule, what to do, where.
    ///
    /// # Panics
    /// If axe does not run.
    pub async fn barriers(&self) -> Vec<String> {
        if self.run("return typeof axe;", Vec::new()).await != "object" {
            self.run(AXE, Vec::new()).await;
        }
        let script = "const { violations } = await axe.run(document, { resultTypes: ['violations'] });
            return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(
                ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')}`);";
        match self.run_async(script, Vec::new()).await {
            Value::Array(found) => {
                found.iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
            }
            other => panic!("axe: {}", json!(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use countersign_crypto::digest::sha256;

    use super::AXE;

    #[test]
    fn axe_is_what_was_recorded() {
        let digest = sha256(AXE.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        assert!(include_str!("axe/VERSIONS.md").contains(&digest), "{digest}");
    }
}
