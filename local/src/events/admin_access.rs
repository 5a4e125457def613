//! Administrators of a company of the event's own: invited, with passkeys, signing in.

use serde_json::{Value, json};

use super::EventFailed;
use super::scene::{Scene, failed};

impl Scene<'_> {
    /// Makes `what`, and says whether it is of an administrator.
    pub(super) async fn give_access(&mut self, what: &str) -> Result<bool, EventFailed> {
        match what {
            "an administrator invited" => self.invite().await?,
            "invitation opened" => self.open_invitation("invitation-token").await?,
            "an administrator with a passkey" => {
                self.add_passkey().await?;
                self.set("passkey", self.known["credential-id"].clone());
            }
            "signing in" => {
                let begun = self.call_from_page("/admin/api/session/options", json!({})).await?;
                let credential = self.browser.get(&begun["publicKey"], &self.page()?);
                self.keep_credential(&credential.map_err(failed)?);
            }
            "passkey removed" => {
                let path = format!("/admin/api/passkeys/{}", self.text("passkey")?);
                self.in_session("DELETE", &path, Value::Null).await?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Calls what an administrator's browser may call without a session.
    async fn call_from_page(&self, path: &str, body: Value) -> Result<Value, EventFailed> {
        let headers =
            [("host", self.text("page-host")?.to_owned()), ("x-countersign-portal", "1".to_owned())];
        self.renderer.now.call_with("POST", path, &headers, &body).await
    }

    /// The page's origin: passkeys are made for names, so it is this machine's name where that runs it.
    fn page(&self) -> Result<String, EventFailed> {
        let scheme = self.renderer.public_url().split_once("://").map_or("https", |(scheme, _)| scheme);
        Ok(format!("{scheme}://{}", self.text("page-host")?))
    }

    /// Calls the administration API in the session of the company's admin.
    pub(super) async fn in_session(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<Value, EventFailed> {
        let headers =
            [("cookie", self.text("session")?.to_owned()), ("x-countersign-portal", "1".to_owned())];
        self.renderer.now.call_with(method, path, &headers, &body).await
    }

    async fn invite(&mut self) -> Result<(), EventFailed> {
        let path = format!("/admin/api/companies/{}/administrators/new", self.text("company")?);
        let grant = json!({ "role": "userSupport", "appSpace": self.text("app-space")? });
        let invited = self.in_session("POST", &path, json!({ "name": "Bob", "grants": [grant] })).await?;
        self.set("invited", invited["guid"].clone());
        self.keep_token("invitation-token", &invited)
    }

    /// The token in a link that was made.
    fn keep_token(&mut self, name: &str, made: &Value) -> Result<(), EventFailed> {
        let token = made["link"].as_str().and_then(|link| link.split_once("#invitation="));
        let (_, token) = token.ok_or_else(|| failed("there is no link in what was made"))?;
        self.set(name, token);
        Ok(())
    }

    async fn open_invitation(&mut self, name: &str) -> Result<(), EventFailed> {
        let body = json!({ "token": self.text(name)? });
        let opened = self.call_from_page("/admin/api/invitation/options", body).await?;
        let credential = self.browser.create(&opened["publicKey"], &self.page()?);
        self.keep_credential(&credential.map_err(failed)?);
        Ok(())
    }

    /// The company's admin follows a link of their own.
    async fn add_passkey(&mut self) -> Result<(), EventFailed> {
        let made = self.in_session("POST", "/admin/api/passkeys", json!({})).await?;
        self.keep_token("passkey-token", &made)?;
        self.open_invitation("passkey-token").await?;
        let body = json!({ "token": self.text("passkey-token")?, "credential": self.known["credential"] });
        self.call_from_page("/admin/api/invitation", body).await.map(drop)
    }
}
