//! What `users/enroll` answers.

use countersign_crypto::recovery_code::RecoveryCode;
use countersign_domain::account::Account;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::{EnrolmentId, UserId};
use countersign_domain::recovery_codes::RECOVERY_CODES;
use countersign_domain::text::AccountId;
use countersign_lambda::dispatch::{self, Dispatched, NmaData};
use countersign_lambda::origin::Caller;
use countersign_lambda::refusal::internal;
use countersign_lambda::web_authn::{self, Shown};
use countersign_lambda::{App, Refusal};
use serde::Serialize;
use serde_json::Value;

use crate::authenticator_view::AuthenticatorView;
use crate::enroll_body::Factor;
use crate::qr_code::QrCode;
use crate::{status_token, user_view};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrolled {
    user_id: String,
    username: String,
    authenticators: Vec<AuthenticatorView>,
    enrollment: Enrollment,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrollment {
    transaction_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_link_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    qr_code: Option<QrCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_creation_options: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_codes: Option<Vec<String>>,
}

impl Enrolled {
    /// Whose it is.
    pub(crate) fn user_id(&self) -> &str {
        &self.user_id
    }
}

/// What the answer is made from, beside the enrolment.
pub(crate) struct Context<'a> {
    pub(crate) app: &'a App,
    pub(crate) base_url: &'a str,
    pub(crate) caller: &'a Caller,
    pub(crate) settings: Option<&'a CloudSettings>,
    /// As it was before; nothing of a new user.
    pub(crate) account: Option<&'a Account>,
}

impl Context<'_> {
    /// The answer for an enrolment that waits.
    pub(crate) async fn enrolled(&self, enrolment: &Enrolment, factor: &Factor) -> Result<Enrolled, Refusal> {
        let app = self.app;
        let origin = self.caller.origin.id;
        let mut enrollment = Enrollment {
            transaction_id: enrolment.id.to_string(),
            status_token: Some(status_token::of_enrolment(app, self.base_url, origin, enrolment).await?),
            ..Enrollment::default()
        };
        match factor {
            Factor::App(_) => {
                let key = enrolment.cloud.as_ref().map(|cloud| cloud.token_key.as_str());
                let key = key.ok_or_else(internal("an enrolment of another API"))?;
                let token = dispatch::enrolment_token(app, key, enrolment.id).await?;
                let data = NmaData::new(self.base_url, Dispatched::Registration, &token, enrolment.id);
                let link = data.link(self.base_url, self.settings)?;
                enrollment.app_link_uri = Some(link.uri);
                enrollment.qr_code = Some(QrCode { data_uri: link.qr_code });
            }
            Factor::Fido2 { display_name, selection } => {
                let name = enrolment.account_id.as_str();
                let shown = Shown { name, display_name: display_name.as_deref().unwrap_or(name) };
                let options = web_authn::creation(enrolment, self.account, shown, *selection, app.now())?;
                enrollment.credential_creation_options = Some(options);
            }
            Factor::Sms(_) | Factor::Recovery => {}
        }
        self.answer(enrolment.user, &enrolment.account_id, enrollment).await
    }

    /// The answer for a set of recovery codes.
    pub(crate) async fn recoverable(
        &self,
        user: UserId,
        account_id: &AccountId,
        id: EnrolmentId,
        codes: &[RecoveryCode],
    ) -> Result<Enrolled, Refusal> {
        let enrollment = Enrollment {
            transaction_id: id.to_string(),
            recovery_codes: Some(codes.iter().map(|code| code.expose().to_owned()).collect()),
            ..Enrollment::default()
        };
        self.answer(user, account_id, enrollment).await
    }

    async fn answer(
        &self,
        user: UserId,
        account_id: &AccountId,
        enrollment: Enrollment,
    ) -> Result<Enrolled, Refusal> {
        let has_devices = self.account.is_some_and(|account| !account.targets.is_empty());
        // Whoever has none need not be asked for.
        let authenticators = if has_devices {
            user_view::authenticators(&self.app.store.user_partition(user, self.app.now()).await?.devices)
        } else {
            Vec::new()
        };
        Ok(Enrolled {
            user_id: user.to_string(),
            username: account_id.to_string(),
            authenticators,
            enrollment,
        })
    }
}

/// The codes of the set `id`, under the sealing key `key`: the same each time.
pub(crate) async fn recovery_codes(
    app: &App,
    key: &str,
    id: EnrolmentId,
) -> Result<Vec<RecoveryCode>, Refusal> {
    let sealing = app.keys.sealing_with(key).await?;
    let id = id.to_string();
    let count = u32::try_from(RECOVERY_CODES).unwrap_or(u32::MAX);
    (0..count)
        .map(|index| RecoveryCode::derived(&sealing, Some(key), id.as_bytes(), index))
        .collect::<Result<_, _>>()
        .map_err(|_| internal("a sealing key is gone from the ring")())
}
