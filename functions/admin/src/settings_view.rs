//! The settings of an App Space, as those see them who may. What is secret is not among them.

use countersign_crypto::authenticator::AppKey;
use countersign_crypto::jwk::PublicJwk;
use countersign_domain::app_space::{AppSpace, Policy};
use countersign_domain::authenticator_settings::{AuthenticatorSettings, Bank};
use countersign_domain::cloud_settings::{CloudSettings, RelyingParty};
use countersign_domain::device::{AuthenticatorVersion, PublicKey};
use countersign_domain::duration;
use countersign_lambda::Refusal;
use countersign_lambda::authenticator_link::configuration_url;
use countersign_lambda::refusal::internal;
use serde::Serialize;
use serde_json::Value;

use crate::brand_body::BrandView;
use crate::provider_view::ProviderView;
use crate::push_set::PushView;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingsView {
    app_protocol: String,
    use_universal_app: bool,
    brand_info: BrandView,
    policy: PolicyView,
    push: PushView,
    identity_provider: Option<ProviderView>,
    cloud: Option<CloudView>,
    authenticator: Option<AuthenticatorView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PolicyView {
    challenge_lifetime: String,
    challenge_lifetime_max: String,
    enrolment_lifetime: String,
    pending_max: u32,
    pushes_max: u32,
    push_window: String,
    cool_down: String,
    wrong_codes_max: u8,
    strong_failures_max: u8,
    devices_max: u32,
    notification_title: String,
    notification_body: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CloudView {
    app_link: Option<String>,
    facets: Vec<String>,
    authenticators: Vec<Value>,
    server_end_points: Vec<String>,
    relying_party: Option<RelyingParty>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthenticatorView {
    name: String,
    logo_url: Option<String>,
    support_email: String,
    consent_management: bool,
    geolocation_required: Option<bool>,
    /// PEM.
    public_key: String,
    bank: Option<BankView>,
    /// What apps of v2 call the App Space.
    provider_id: u64,
    /// What apps of v1 call it.
    provider_code: String,
    configuration_v1: String,
    configuration_v2: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BankView {
    url: String,
    /// PEM.
    public_key: String,
}

impl SettingsView {
    /// Of `app_space`, whose callers reach the service at `base_url`.
    pub(crate) fn of(
        base_url: &str,
        app_space: AppSpace,
        cloud: Option<CloudSettings>,
        authenticator: Option<AuthenticatorSettings>,
    ) -> Result<Self, Refusal> {
        let authenticator = authenticator.map(|settings| AuthenticatorView::of(base_url, settings));
        let provider = app_space.identity_provider;
        Ok(Self {
            app_protocol: app_space.app_protocol.as_str().to_owned(),
            use_universal_app: app_space.universal_app,
            brand_info: app_space.brand.into(),
            policy: app_space.policy.into(),
            push: app_space.push.into(),
            identity_provider: provider.map(|provider| ProviderView::of(base_url, provider)),
            cloud: cloud.map(CloudView::of).transpose()?,
            authenticator: authenticator.transpose()?,
        })
    }
}

impl From<Policy> for PolicyView {
    fn from(policy: Policy) -> Self {
        Self {
            challenge_lifetime: duration::text(policy.challenge_lifetime),
            challenge_lifetime_max: duration::text(policy.challenge_lifetime_max),
            enrolment_lifetime: duration::text(policy.enrolment_lifetime),
            pending_max: policy.pending_max,
            pushes_max: policy.pushes_max,
            push_window: duration::text(policy.push_window),
            cool_down: duration::text(policy.cool_down),
            wrong_codes_max: policy.wrong_codes_max,
            strong_failures_max: policy.strong_failures_max,
            devices_max: policy.devices_max,
            notification_title: policy.notification_title,
            notification_body: policy.notification_body,
        }
    }
}

impl CloudView {
    fn of(settings: CloudSettings) -> Result<Self, Refusal> {
        let models = settings.authenticators.iter().map(|text| serde_json::from_str(text));
        Ok(Self {
            app_link: settings.app_link,
            facets: settings.facets,
            authenticators: models
                .collect::<Result<_, _>>()
                .map_err(|_| internal("a metadata statement that is no JSON")())?,
            server_end_points: settings.server_end_points,
            relying_party: settings.relying_party,
        })
    }
}

impl AuthenticatorView {
    fn of(base_url: &str, settings: AuthenticatorSettings) -> Result<Self, Refusal> {
        let tenant = settings.app_space.tenant();
        let bank = |Bank { url, public_key }: Bank| {
            Ok::<_, Refusal>(BankView { url: url.to_string(), public_key: pem(&public_key)? })
        };
        Ok(Self {
            name: settings.name,
            logo_url: settings.logo_url,
            support_email: settings.support_email,
            consent_management: settings.consent_management,
            geolocation_required: settings.geolocation_required,
            public_key: pem(&settings.public_key)?,
            bank: settings.bank.map(bank).transpose()?,
            provider_id: tenant.number().get(),
            provider_code: tenant.to_string(),
            configuration_v1: configuration_url(base_url, tenant, AuthenticatorVersion::V1),
            configuration_v2: configuration_url(base_url, tenant, AuthenticatorVersion::V2),
        })
    }
}

fn pem(key: &PublicKey) -> Result<String, Refusal> {
    let unreadable = internal("a stored RSA key cannot be read");
    let jwk = PublicJwk::parse(&key.jwk).map_err(|_| unreadable())?;
    Ok(AppKey::from_jwk(jwk).map_err(|_| unreadable())?.to_pem())
}
