//! What a window shows, waited for.

use std::time::Duration;

use serde_json::{Value, json};

use super::Window;

/// How often a window is asked whether it shows what is waited for, and how long between: 20 seconds together, which is long
/// for a page and short for a person.
const LOOKS: u32 = 400;
const BETWEEN: Duration = Duration::from_millis(50);

/// Finds the first element of a selector that a person can see.
const VISIBLE: &str =
    "const visible = (selector) => [...document.querySelectorAll(selector)].find((element) =>
    element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden'
    && !element.closest('[inert]'));";

impl Window {
    /// Waits until the function body `script` returns what counts as true, and gives it; `what` says so in words.
    ///
    /// # Panics
    /// If it does not for 20 seconds.
    pub async fn until(&self, what: &str, script: &str, arguments: Vec<Value>) -> Value {
        let script = format!("{VISIBLE} {script}");
        for _ in 0..LOOKS {
            // A page that is just being left cannot be asked; the next one can.
            if let Ok(value) = self.client.execute(&script, arguments.clone()).await {
                let nothing = [json!(null), json!(false), json!(0), json!("")].contains(&value);
                if !nothing {
                    return value;
                }
            }
            tokio::time::sleep(BETWEEN).await;
        }
        panic!("waited for {what}, but {}", self.told().await);
    }

    /// Waits until an element is in sight.
    ///
    /// # Panics
    /// If there is none in time.
    pub async fn see(&self, selector: &str) {
        self.until(selector, "return !!visible(arguments[0]);", vec![selector.into()]).await;
    }

    /// Waits until the text of an element that is in sight contains `part`.
    ///
    /// # Panics
    /// If it does not in time.
    pub async fn see_text(&self, selector: &str, part: &str) {
        let script = "return [...document.querySelectorAll(arguments[0])].some((element) =>
            element.getClientRects().length > 0 && element.innerText.includes(arguments[1]));";
        self.until(&format!("“{part}” in {selector}"), script, vec![selector.into(), part.into()]).await;
    }

    /// Waits until no such element is in sight.
    ///
    /// # Panics
    /// If there still is one after all the time.
    pub async fn gone(&self, selector: &str) {
        let what = format!("{selector} to be gone");
        self.until(&what, "return !visible(arguments[0]);", vec![selector.into()]).await;
    }

    /// Whether an element is in sight now. Only sure once something else was waited for that comes with it.
    ///
    /// # Panics
    /// If the selector is none.
    pub async fn shows(&self, selector: &str) -> bool {
        let script = format!("{VISIBLE} return !!visible(arguments[0]);");
        self.run(&script, vec![selector.into()]).await == true
    }

    /// How many elements there are now, in sight or not.
    ///
    /// # Panics
    /// If the selector is none.
    pub async fn count(&self, selector: &str) -> u64 {
        let count = self.run("return document.querySelectorAll(arguments[0]).length;", vec![selector.into()]);
        count.await.as_u64().unwrap_or_default()
    }

    /// The text of an element, as a person reads it, once it has one.
    ///
    /// # Panics
    /// If there is none in time.
    pub async fn text(&self, selector: &str) -> String {
        let script = "const found = visible(arguments[0]); return found && found.innerText.trim();";
        let text = self.until(&format!("text in {selector}"), script, vec![selector.into()]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The value of a form's field.
    ///
    /// # Panics
    /// If there is no such field in time.
    pub async fn value(&self, selector: &str) -> String {
        let script = "const found = visible(arguments[0]); return found && [found.value];";
        let value = self.until(selector, script, vec![selector.into()]).await;
        value[0].as_str().unwrap_or_default().to_owned()
    }

    /// Address and text of the page, for whoever reads why a test failed.
    pub(super) async fn told(&self) -> String {
        let script = "return location.href + ' shows:\\n' + document.body.innerText;";
        let shown = self.client.execute(script, Vec::new()).await;
        let shown =
            shown.map_or_else(|error| error.to_string(), |text| text.as_str().unwrap_or_default().to_owned());
        format!("{shown}\n{}", self.complaints().join("\n"))
    }
}
