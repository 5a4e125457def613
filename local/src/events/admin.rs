//! What events of the administration API need: a company of the event's own, whose provisioning key and Company Admin are known.

use countersign_crypto::system::SystemRandom;
use countersign_domain::administrator::{Administrator, Passkey};
use countersign_domain::company::Company;
use countersign_domain::id::{AdministratorId, CompanyId};
use countersign_domain::role::Grant;
use countersign_domain::secret::Secret;
use countersign_domain::session::Session;
use countersign_lambda::admin::SessionToken;
use countersign_lambda::setup::company_key;
use countersign_store::Write;
use serde_json::{Value, json};

use super::EventFailed;
use super::scene::{Scene, failed};

/// A company whose provisioning key signs `${company-signature}`.
pub(super) struct KeyHolder {
    pub(super) id: CompanyId,
    pub(super) secret: Secret<String>,
}

impl Scene<'_> {
    /// Makes what `given` names if it is of the administration.
    pub(super) async fn give_by_admin(&mut self, what: &str) -> Result<bool, EventFailed> {
        match what {
            "a company" => self.found().await?,
            "request origin key revoked" => {
                let path = self.of_request_origin("/keyManagement")?;
                self.in_session("DELETE", &path, Value::Null).await?;
            }
            "an android application" => {
                let (company, app_space) = (self.text("company")?, self.text("app-space")?);
                let path = format!("/admin/api/companies/{company}/appSpaces/{app_space}/push");
                let account = json!({
                    "type": "service_account",
                    "project_id": "acme",
                    "private_key": "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\n",
                    "client_email": "push@acme.iam.gserviceaccount.com",
                });
                self.in_session("PUT", &path, json!({ "android": { "serviceAccount": account } })).await?;
            }
            "a callback" => {
                let path = self.of_request_origin("/callbacks/new")?;
                self.in_session("POST", &path, json!({ "callbackUrl": "shop.example/callback" })).await?;
            }
            "an access key" => {
                let path = self.of_request_origin("/accessKeys/new")?;
                let made = self.in_session("POST", &path, json!({})).await?;
                self.set("access-key-id", made["id"].clone());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The path of the company's Request Origin, and of what is in it.
    fn of_request_origin(&self, rest: &str) -> Result<String, EventFailed> {
        let (company, app_space) = (self.text("company")?, self.text("app-space")?);
        let origin = self.text("request-origin")?;
        Ok(format!("/admin/api/companies/{company}/appSpaces/{app_space}/requestOrigins/{origin}{rest}"))
    }

    /// A company with its key, an App Space and a Company Admin, who is signed in.
    async fn found(&mut self) -> Result<(), EventFailed> {
        let side = &self.renderer.now;
        let (app, now) = (side.app(), side.now());
        let id = CompanyId::new(now, &SystemRandom);
        let company = Company::new(id, "Sample Company".into(), None, now);
        let (company, secret) = company_key::with_key(app, company)
            .await
            .map_err(|_| failed("a company's key cannot be kept"))?;
        let administrator = AdministratorId::new(now, &SystemRandom);
        let token = SessionToken::new(id, administrator, &SystemRandom);
        let (token_hash, cookie) = (token.hash(), token.cookie(self.renderer.public_url()));
        let passkey = Passkey {
            credential_id: "sample".into(),
            name: "Laptop".into(),
            credential: "{}".into(),
            created_at: now,
            used_at: None,
        };
        let session = Session {
            token_hash,
            company: id,
            administrator,
            passkey: passkey.credential_id.clone(),
            began_at: now,
            active_at: now,
        };
        let ann = Administrator::new(administrator, id, "Ann".into(), vec![Grant::CompanyAdmin], now);
        let ann = ann.join(passkey).map_err(failed)?;
        let write = Write::new().insert("company", &company).map_err(failed)?;
        let write = write.insert("administrator", &ann).map_err(failed)?;
        app.store.write(write.insert("session", &session).map_err(failed)?).await.map_err(failed)?;
        self.key_holder = Some(KeyHolder { id, secret });
        self.provide_app_space(None).await?;
        self.set("company", id.to_string());
        self.set("administrator", administrator.to_string());
        self.set("session", cookie.split(';').next().unwrap_or_default());
        Ok(())
    }
}
