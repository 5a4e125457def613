//! What a person does in a window.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;

use super::Window;

/// As for seeing: 20 seconds together.
const TRIES: u32 = 400;
const BETWEEN: Duration = Duration::from_millis(50);

impl Window {
    /// Clicks an element, as soon as it is there, in sight and enabled.
    ///
    /// # Panics
    /// If it cannot be clicked in time.
    pub async fn click(&self, selector: &str) {
        self.with(selector, "clicked", async |element| element.click().await).await;
    }

    /// Puts `text` in a field, in place of what it held.
    ///
    /// # Panics
    /// If it cannot be filled in time.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.with(selector, "filled", async |element| {
            element.clear().await?;
            element.send_keys(text).await
        })
        .await;
    }

    /// Types `text` into a field, after what it holds: also the path of a file into a chooser of files.
    ///
    /// # Panics
    /// If it cannot be typed into in time.
    pub async fn type_into(&self, selector: &str, text: &str) {
        self.with(selector, "typed into", async |element| element.send_keys(text).await).await;
    }

    /// Chooses the option with `value` in a list.
    ///
    /// # Panics
    /// If there is no such option in time.
    pub async fn choose(&self, selector: &str, value: &str) {
        self.with(selector, "chosen from", async |element| element.select_by_value(value).await).await;
    }

    /// Presses a key, or types a text, where the focus is.
    ///
    /// # Panics
    /// If nothing can have it.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.unwrap_or_else(|error| panic!("{keys:?}: {error}"));
    }

    /// Moves the focus by the tabulator key until an element has it.
    ///
    /// # Panics
    /// If a hundred presses do not reach it.
    pub async fn tab_to(&self, selector: &str) {
        self.see(selector).await;
        for _ in 0..100 {
            let script = "return document.activeElement.matches(arguments[0]);";
            if self.run(script, vec![selector.into()]).await == true {
                return;
            }
            self.press(&Key::Tab.to_string()).await;
        }
        panic!("the tabulator key does not lead to {selector}");
    }

    /// Does `act` with the first element of the selector that takes it: pages that draw themselves anew take elements away.
    async fn with(&self, selector: &str, what: &str, act: impl AsyncFn(&Element) -> Result<(), CmdError>) {
        let mut last = String::from("there is none");
        for _ in 0..TRIES {
            match self.first_ready(selector).await {
                Ok(Some(element)) => match act(&element).await {
                    Ok(()) => return,
                    Err(error) => last = error.to_string(),
                },
                Ok(None) => {}
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(BETWEEN).await;
        }
        panic!("{selector} cannot be {what}: {last}\n{}", self.told().await);
    }

    async fn first_ready(&self, selector: &str) -> Result<Option<Element>, CmdError> {
        for element in self.client.find_all(Locator::Css(selector)).await? {
            // A chooser of files is often out of sight and takes its path all the same.
            let file = element.attr("type").await?.as_deref() == Some("file");
            if (file || element.is_displayed().await?) && element.is_enabled().await? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }
}
