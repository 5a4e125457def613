//! The web device's page: its screens by the names that they keep for tests.

use countersign_tests::browser::Window;
use serde_json::Value;

use crate::browser::scene::{Scene, at};

pub(in crate::browser) const PIN: &str = "274916";
pub(in crate::browser) const WRONG_PIN: &str = "831705";

pub(in crate::browser) struct DevicePage {
    pub(in crate::browser) window: Window,
}

impl DevicePage {
    /// The page in a window of its own, without an account.
    pub(in crate::browser) async fn open(scene: &Scene) -> Self {
        let page = Self { window: scene.window_with("/web/device").await };
        page.ready().await;
        page
    }

    /// The page with an account of `account_id`, bound by a pasted link and locked by [`PIN`].
    pub(in crate::browser) async fn enrol(scene: &Scene, account_id: &str) -> Self {
        let page = Self::open(scene).await;
        page.look_up(&scene.bind_uri(account_id).await).await;
        page.lock_by_pin(PIN).await;
        page
    }

    pub(in crate::browser) async fn ready(&self) {
        self.window.see("html[data-ready=true]").await;
    }

    /// Pastes a link and uses it.
    pub(in crate::browser) async fn paste(&self, link: &str) {
        self.window.click(&at("nav-add")).await;
        self.window.fill(&at("link"), link).await;
        self.window.click(&at("use-link")).await;
    }

    /// Pastes a bind link, and waits for what it stands for.
    pub(in crate::browser) async fn look_up(&self, link: &str) {
        self.paste(link).await;
        self.window.see(&at("enrol-account")).await;
    }

    /// Finishes the binding that was looked up.
    pub(in crate::browser) async fn lock_by_pin(&self, pin: &str) {
        self.window.click(&at("lock-pin")).await;
        self.window.fill(&at("new-pin"), pin).await;
        self.window.fill(&at("new-pin-again"), pin).await;
        self.window.click(&at("enrol")).await;
        self.window.see(&at("inbox-empty")).await;
    }

    /// Opens a question as soon as it is in the inbox.
    pub(in crate::browser) async fn open_question(&self, asked: &Value) {
        let guid = asked["guid"].as_str().unwrap();
        self.window.click(&format!("[data-test=request][data-challenge=\"{guid}\"]")).await;
        self.window.see("main[data-screen=challenge]").await;
    }

    /// Clicks the option with this index.
    pub(in crate::browser) async fn answer(&self, index: u32) {
        self.window.click(&format!("[data-test=answer][data-index=\"{index}\"]")).await;
    }

    /// Says the PIN in the dialog that asks for it.
    pub(in crate::browser) async fn unlock(&self, pin: &str) {
        self.window.fill(&at("pin"), pin).await;
        self.window.click(&at("unlock-ok")).await;
    }

    /// Waits until the page says that the question ended so, and goes back to the inbox.
    pub(in crate::browser) async fn ended(&self, status: &str) {
        self.window.see(&format!("[data-test=outcome][data-status={status}]")).await;
        self.window.click(&at("outcome-done")).await;
        self.window.see("main[data-screen=inbox]").await;
    }

    /// Waits until the page tells this error of the service.
    pub(in crate::browser) async fn tells(&self, code: &str) {
        self.window.see(&format!("[data-test=error][data-code={code}]")).await;
    }
}

/// Every key in the browser's databases, at any depth, and what else could be one: raw bytes that are a private key.
const KEYS: &str = "
    const found = [];
    const look = async (value) => {
        if (value instanceof CryptoKey) {
            const read = (format) => crypto.subtle.exportKey(format, value).then(() => true, () => false);
            found.push({ type: value.type, extractable: value.extractable,
                readable: await read('jwk') || await read('pkcs8') || await read('raw') });
        } else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
            const curve = { name: 'ECDSA', namedCurve: 'P-256' };
            const plain = await crypto.subtle.importKey('pkcs8', value, curve, true, ['sign']).then(() => true, () => false);
            if (plain) found.push({ type: 'plain private key', extractable: true, readable: true });
        } else if (value && typeof value === 'object') {
            for (const member of Object.values(value)) await look(member);
        }
    };
    const settled = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
    for (const { name } of await indexedDB.databases()) {
        const database = await settled(indexedDB.open(name));
        for (const store of database.objectStoreNames)
            await look(await settled(database.transaction(store).objectStore(store).getAll()));
        database.close();
    }
    for (const storage of [localStorage, sessionStorage])
        if (storage.length) found.push({ type: 'text', extractable: true, readable: true });
    return found;";

impl DevicePage {
    /// The keys that the browser keeps: `type`, whether it is `extractable`, and whether a script can in fact read it.
    pub(in crate::browser) async fn keys(&self) -> Value {
        self.window.run_async(KEYS, vec![]).await
    }
}
