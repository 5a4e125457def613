//! A provisioning client: whoever holds a company's key.

use std::sync::Arc;

use countersign_domain::company::Company;
use countersign_domain::id::CompanyId;
use countersign_lambda::setup::company_key;
use countersign_local::demo::DemoOrigin;
use countersign_store::{Write, keys};
use serde_json::Value;

use crate::backend::Backend;
use crate::world::World;

impl World {
    /// The holder of the demo company's key.
    pub(crate) async fn provisioner(&self) -> (CompanyId, Backend) {
        let company = self.company().await;
        (company, self.provisioner_of(company).await)
    }

    /// The holder of the key of `company`, which is made anew here.
    pub(crate) async fn provisioner_of(&self, company: CompanyId) -> Backend {
        let (app, now) = (self.bundle.app(), self.now());
        let old = app.store.get::<Company>(keys::company(company), now).await.unwrap().unwrap();
        let (new, key) = company_key::with_key(app, old.value.clone()).await.unwrap();
        app.store.write(Write::new().replace("company", &old, &new).unwrap()).await.unwrap();
        self.caller("hmac", &company.to_string(), key.expose())
    }

    /// Whoever calls with this key.
    pub(crate) fn caller(&self, key_type: &str, guid: &str, key: &str) -> Backend {
        let origin = DemoOrigin {
            guid: guid.to_owned(),
            key_type: key_type.to_owned(),
            key: key.to_owned(),
            ..self.bundle.demo.origins[0].clone()
        };
        Backend::new(&self.base_url, &origin, Arc::clone(&self.clock))
    }

    /// What the newest acts in an App Space were: event, subject and detail, newest first.
    pub(crate) async fn acts(&self, admin: &super::client::Admin, place: &str) -> Vec<[String; 3]> {
        self.pump().await;
        let found = admin.get(&admin.at(&format!("/audit{place}"))).await.ok();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let items = found["items"].as_array().unwrap().iter();
        items.map(|item| [text(&item["event"]), text(&item["subject"]), text(&item["detail"])]).collect()
    }
}
