//! A window: one Chromium with storage of its own.

use std::path::Path;
use std::sync::Arc;

use fantoccini::error::CmdError;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::command::Extension;
use super::complaints::{complaints, wire};
use super::driver::{Browser, Driver, INSTALL};

/// One Chromium without a screen. Cookies and storage are its own and begin empty.
///
/// All its methods fail the test where what they are asked for does not come true. Elements are named by CSS selectors.
pub struct Window {
    pub(super) client: Client,
    session: String,
    driver: Arc<Driver>,
}

impl Browser {
    /// Opens a window, 1280 by 800 pixels, light.
    ///
    /// # Panics
    /// If Chromium is not installed, or does not start.
    pub async fn window(&self) -> Window {
        self.window_with(&[]).await
    }

    /// Like [`Browser::window`], with a camera that sees `film`, a file in the format YUV4MPEG2, over and over.
    ///
    /// # Panics
    /// If Chromium is not installed, or does not start.
    pub async fn window_filming(&self, film: &Path) -> Window {
        self.window_with(&[format!("--use-file-for-fake-video-capture={}", film.display())]).await
    }

    async fn window_with(&self, flags: &[String]) -> Window {
        let url = format!("http://127.0.0.1:{}", self.0.port());
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = match builder.capabilities(capabilities(flags)).connect(&url).await {
            Ok(client) => client,
            Err(error) => panic!("Chromium does not start: {error}\n{INSTALL}"),
        };
        let session = client.session_id().await.ok().flatten().expect("a session has an id");
        Window { client, session, driver: Arc::clone(&self.0) }
    }
}

fn capabilities(flags: &[String]) -> Capabilities {
    let mut capabilities = json!({
        "browserName": "chrome",
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": { "args": [
            "--headless=new",
            // Over a pipe, it ends with its driver, however that ends.
            "--remote-debugging-pipe",
            // Chromium's own sandbox does not run as root, as continuous integration does; the pages are ours alone.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,800",
            "--force-color-profile=srgb",
            // As on a phone; a picture shows none then either.
            "--hide-scrollbars",
            "--lang=en-GB",
            // A page that asks another host fails, here as under its policy.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
        ] },
    });
    if let Some(args) = capabilities["goog:chromeOptions"]["args"].as_array_mut() {
        args.extend(flags.iter().map(|flag| Value::from(flag.as_str())));
    }
    match capabilities {
        Value::Object(capabilities) => capabilities,
        _ => Capabilities::new(),
    }
}

impl Window {
    /// Opens `url`, which may differ from where it was in its fragment alone.
    ///
    /// # Panics
    /// If it cannot be loaded.
    pub async fn open(&self, url: &str) {
        // Else a new fragment of the same page would load nothing.
        self.client.goto("about:blank").await.expect("the empty page");
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Loads the page again.
    ///
    /// # Panics
    /// If it cannot be loaded.
    pub async fn reload(&self) {
        self.client.refresh().await.unwrap_or_else(|error| panic!("reload: {error}"));
    }

    /// Where it is.
    ///
    /// # Panics
    /// If it does not say.
    pub async fn url(&self) -> String {
        self.client.current_url().await.expect("a window has an address").to_string()
    }

    /// Gives the browser a cookie of the site of `url`, as strict as can be: no script reads it, no other site causes it to be sent.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn set_cookie(&self, url: &str, name: &str, value: &str) {
        let cookie = json!({ "name": name, "value": value, "url": url, "path": "/", "secure": true, "httpOnly": true, "sameSite": "Strict" });
        let set = self.devtools("Network.setCookie", cookie).await;
        assert_eq!(set["success"], true, "the browser takes the cookie {name}");
    }

    /// What the function body `script` returns; `arguments` are its arguments.
    ///
    /// # Panics
    /// If the script throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What the promise of the async function body `script` is fulfilled with; `arguments` are its arguments.
    ///
    /// # Panics
    /// If the script throws.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; const given = Array.prototype.slice.call(arguments, 0, -1);
             (async function () {{ {script} }}).apply(null, given).then(
                 (value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
        );
        let mut done = self.client.execute_async(&script, arguments).await.expect("a script ends");
        assert!(done["error"].is_null(), "{script}: {}", done["error"]);
        done["value"].take()
    }

    /// What the page complained of since this was last asked: for tests that want it to. What nobody asked for fails
    /// the test when the window is dropped.
    pub fn complaints(&self) -> Vec<String> {
        complaints(self.driver.port(), &self.session)
    }

    /// Makes the page believe that it is `ahead` milliseconds later, or earlier, than it is, from the next load on.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn shift_clock(&self, ahead: i64) {
        let source = format!(
            "(() => {{ const Real = Date, ahead = {ahead}, now = () => Real.now() + ahead;
                globalThis.Date = new Proxy(Real, {{
                    construct: (target, given, self) => Reflect.construct(target, given.length ? given : [now()], self),
                    apply: () => new Real(now()).toString(),
                    get: (target, name) => name === 'now' ? now : target[name],
                }}); }})();"
        );
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    }

    /// A command of the DevTools protocol.
    pub(super) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.extension(Method::POST, "goog/cdp/execute", Some(body)).await
    }

    /// A command that fantoccini does not know.
    pub(super) async fn extension(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let command = Extension { method, path: path.to_owned(), body };
        let answer: Result<Value, CmdError> = self.client.issue_cmd(command).await;
        answer.unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let found = self.complaints();
        let _ = wire(self.driver.port(), "DELETE", &format!("/session/{}", self.session), "");
        // A test that failed already has a better reason.
        assert!(found.is_empty() || std::thread::panicking(), "the page complained:\n{}", found.join("\n"));
    }
}
