//! `POST /_app/uaf/1.1/registration/`: the keys that authenticators made become devices of the enrolment's user.

use countersign_crypto::encoding::base64url;
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_key::AuthenticatorKey;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::device::{Device, DeviceKind, DeviceName, Platform};
use countersign_domain::enrolment::{Enrolment, EnrolmentState};
use countersign_domain::id::DeviceId;
use countersign_domain::invalid::Invalid;
use countersign_lambda::joining::Host;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Read, Record, Write, keys};
use countersign_uaf::aaid::{Aaid, KeyId};
use countersign_uaf::refusal::Refusal as UafRefusal;
use countersign_uaf::registration::{NewKey, RegistrationRules, verify};
use serde::Deserialize;

use crate::device_token;
use crate::uaf::application::Application;
use crate::uaf::ask::asked_user;
use crate::uaf::keys as uaf_keys;
use crate::uaf::messages::{SendResponse, ServerResponse};
use crate::uaf::received::{Received, take_keys};
use crate::uaf::refused::Failed;

/// What the app says of itself.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Context {
    device_name: Option<String>,
    platform: Option<String>,
}

/// The same, parsed.
struct Description {
    name: Option<DeviceName>,
    platform: Platform,
}

/// As often as a user may have devices by default: for each round one of as many registrations at once wins.
const ROUNDS: usize = 10;

pub(crate) async fn handle(app: &App, call: Call<SendResponse>) -> Result<Reply<ServerResponse>, Refusal> {
    let context: Context = call.body.context()?;
    let description = Description::parse(context)?;
    let message = call.body.message()?;
    ServerResponse::reply(register(app, &call.base_url(&app.settings), message, &description).await)
}

impl Description {
    fn parse(context: Context) -> Result<Self, Invalid> {
        let Context { device_name, platform } = context;
        Ok(Self {
            name: device_name.map(|name| DeviceName::parse("context.deviceName", name)).transpose()?,
            platform: platform
                .map_or(Ok(Platform::Other), |word| Platform::parse("context.platform", &word))?,
        })
    }
}

async fn register(
    app: &App,
    base_url: &str,
    message: &str,
    description: &Description,
) -> Result<ServerResponse, Failed> {
    let received = Received::of(app, base_url, message).await?;
    for _ in 0..ROUNDS {
        let found = Found::read(app, base_url, &received).await?;
        let new = found.verify(app, &received)?;
        // Where nothing was refused there is an enrolment.
        let enrolment = found.enrolment.as_ref().ok_or(UafRefusal::Challenge)?;
        let app_space = found.app_space.as_ref().ok_or(UafRefusal::AppId)?;
        let devices = new
            .iter()
            .map(|new| device(app, &found.application, &enrolment.value, description, new))
            .collect::<Result<Vec<_>, _>>()?;
        let write = redeem(app, enrolment, &devices, &new)?;
        let host = Host::of(app, enrolment.value.user).await?;
        let write = host.take_in(write, app_space, &devices)?;
        match app.store.write(write).await {
            Ok(()) => {
                let first = devices.first().ok_or(UafRefusal::Malformed)?;
                let token = device_token::issue(app, base_url, app_space.id, first.user, first.id).await?;
                return Ok(ServerResponse::ok([token]));
            }
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict.into())
}

/// What the answer is about, as it was read.
struct Found {
    enrolment: Option<Record<Enrolment>>,
    app_space: Option<AppSpace>,
    application: Application,
    registered: Vec<(Aaid, KeyId)>,
}

impl Found {
    async fn read(app: &App, base_url: &str, received: &Received) -> Result<Self, Failed> {
        let tenant = received.app_space.tenant();
        let mut read = Read::new();
        // The challenge is the hash of the enrolment's token.
        let token_hash = base64url(received.data.challenge.as_bytes());
        let enrolment = read.add::<Enrolment>(keys::enrolment(&token_hash));
        let app_space = read.add::<AppSpace>(keys::app_space(tenant));
        let settings = read.add::<CloudSettings>(keys::cloud_settings(tenant));
        let known = received.read_keys(&mut read);
        let mut found = app.store.read(read, app.now()).await?;
        let settings = found.take(settings)?.map(|record| record.value);
        let known = take_keys(&mut found, known)?;
        let names =
            known.iter().filter_map(|(_, key)| Some((key.aaid.parse().ok()?, key.key_id.parse().ok()?)));
        Ok(Self {
            registered: names.collect(),
            enrolment: found.take(enrolment)?.filter(|record| record.value.app_space == received.app_space),
            app_space: found.take(app_space)?.map(|record| record.value),
            application: Application::of(base_url, settings)?,
        })
    }

    fn verify(&self, app: &App, received: &Received) -> Result<Vec<NewKey>, Failed> {
        let policy = self.application.any_model(Vec::new())?;
        let rules = RegistrationRules {
            policy: &policy,
            metadata: &self.application.models,
            registered: &self.registered,
        };
        let user = asked_user(received.data.reference);
        let unused = self.enrolment.as_ref().is_some_and(|record| {
            let Enrolment { state, expires_at, .. } = &record.value;
            matches!(state, EnrolmentState::Dispatched { .. })
                && app.now() < *expires_at
                && user == Some(record.value.user)
        });
        let user = user.map(|user| user.to_string());
        let judged = received.judge(app, &self.application, user.as_deref(), unused, |expected| {
            verify(&received.response, expected, &rules)
        });
        Ok(judged?.keys)
    }
}

fn device(
    app: &App,
    application: &Application,
    enrolment: &Enrolment,
    description: &Description,
    new: &NewKey,
) -> Result<Device, Refusal> {
    let name = match &description.name {
        Some(name) => name.clone(),
        None => DeviceName::parse("deviceName", format!("FIDO UAF {}", new.key.aaid))?,
    };
    let kind = DeviceKind::Uaf {
        aaid: new.key.aaid.to_string(),
        key_id: new.key.key_id.to_string(),
        key: uaf_keys::public(&application.models, &new.key)?,
        target: None,
    };
    let (id, now) = (DeviceId::new(app.now(), app.random()), app.now());
    Ok(Device::new(id, enrolment, name, description.platform, kind, now))
}

/// The enrolment is used up, and the keys are nobody else's.
fn redeem(
    app: &App,
    enrolment: &Record<Enrolment>,
    devices: &[Device],
    new: &[NewKey],
) -> Result<Write, Failed> {
    let first = devices.first().ok_or(UafRefusal::Malformed)?;
    let DeviceKind::Uaf { key, .. } = &first.kind else { return Err(UafRefusal::Malformed.into()) };
    let redeemed =
        enrolment.try_map(|enrolment| enrolment.redeem(first.id, key.thumbprint.clone(), app.now()))?;
    let mut write = Write::new().replace_live("enrolment", enrolment, &redeemed, app.now())?;
    for (device, new) in devices.iter().zip(new) {
        let key = AuthenticatorKey {
            app_space: device.app_space,
            user: device.user,
            device: device.id,
            key: uaf_keys::store(&new.key),
        };
        write = write.insert("key", &key)?;
    }
    Ok(write)
}
