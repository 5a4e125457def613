//! What `approval` answers.

use countersign_domain::account::Account;
use countersign_domain::challenge::Challenge;
use countersign_domain::channel::Channel;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_lambda::dispatch::{self, Dispatched, NmaData};
use countersign_lambda::origin::Caller;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Refusal, web_authn};
use serde::Serialize;
use serde_json::Value;

use crate::qr_code::QrCode;
use crate::status_token;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApprovalView {
    transaction_id: String,
    /// Nothing where whoever scans the code is asked.
    user_id: Option<String>,
    status_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_link_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    qr_code: Option<QrCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_request_options: Option<Value>,
}

/// What the answer is made from, beside the challenge.
pub(crate) struct Context<'a> {
    pub(crate) app: &'a App,
    pub(crate) base_url: &'a str,
    pub(crate) caller: &'a Caller,
    pub(crate) settings: Option<&'a CloudSettings>,
    pub(crate) account: Option<&'a Account>,
}

impl Context<'_> {
    pub(crate) async fn view(&self, challenge: &Challenge) -> Result<ApprovalView, Refusal> {
        let app = self.app;
        let approval = challenge.approval.as_ref().ok_or_else(internal("a challenge of another API"))?;
        let mut view = ApprovalView {
            transaction_id: challenge.id.to_string(),
            user_id: self.account.map(|account| account.user.to_string()),
            status_token: status_token::of_challenge(app, self.base_url, self.caller.origin.id, challenge)
                .await?,
            app_link_uri: None,
            qr_code: None,
            credential_request_options: None,
        };
        match (approval.channel, self.account) {
            (Channel::App, _) => {
                let token = dispatch::challenge_token(app, &approval.token_key, challenge.id, None).await?;
                let data = NmaData::new(self.base_url, Dispatched::Authentication, &token, challenge.id);
                let link = data.link(self.base_url, self.settings)?;
                view.app_link_uri = Some(link.uri);
                view.qr_code = Some(QrCode { data_uri: link.qr_code });
            }
            (Channel::Fido2, Some(account)) => {
                let options = web_authn::request(challenge, account, app.now())?;
                view.credential_request_options = Some(options);
            }
            _ => {}
        }
        Ok(view)
    }
}
