//! An answer as it came in: read as far as it takes to know what it is about.

use countersign_crypto::encoding::from_base64url;
use countersign_domain::authenticator_key::{AuthenticatorKey, KeyName, RegisteredKey, UafKey};
use countersign_domain::id::AppSpaceId;
use countersign_lambda::{App, Refusal};
use countersign_store::{Found, Read, Record, Slot, keys};
use countersign_uaf::assertion::{AuthenticationAssertion, RegistrationAssertion};
use countersign_uaf::expected::{Expected, MAX_ASSERTIONS};
use countersign_uaf::final_challenge::FcParams;
use countersign_uaf::messages::{self, Operation, Response};
use countersign_uaf::refusal::Refusal as UafRefusal;
use countersign_uaf::server_data::{Reference, ServerData};

use super::application::{Application, app_space_of};
use super::refused::Failed;
use super::seal::ServerDataKey;
use super::{VERSIONS, keys as uaf_keys};

/// See the module's line.
pub(crate) struct Received {
    /// The message.
    pub(crate) response: Response,
    /// What we gave along with the question: authentic.
    pub(crate) data: ServerData,
    /// Whose application it says it is about; the settings of that App Space decide.
    pub(crate) app_space: AppSpaceId,
    key: ServerDataKey,
    server_end_point: Option<String>,
}

impl Received {
    /// Reads the UAF message of an answer.
    pub(crate) async fn of(app: &App, base_url: &str, message: &str) -> Result<Self, Failed> {
        let mut response: Response = messages::parse(message.as_bytes(), &VERSIONS)?;
        let key = ServerDataKey::of(app, &mut response.header).await?;
        let sealed = response.header.server_data.as_deref().unwrap_or_default();
        let data = ServerData::open(sealed, &key)?;
        let params = FcParams::parse(&response.fc_params).map_err(UafRefusal::from)?;
        let app_id = response.header.app_id.as_deref().unwrap_or(&params.app_id);
        let app_space = app_space_of(base_url, app_id).ok_or(UafRefusal::AppId)?;
        let server_end_point = params.channel_binding.server_end_point;
        Ok(Self { response, data, app_space, key, server_end_point })
    }

    /// Which sealing key it was asked with.
    pub(crate) fn kid(&self) -> &str {
        self.key.kid()
    }

    /// The keys that it names, once each; what cannot be read names none.
    pub(crate) fn key_names(&self) -> Vec<KeyName> {
        let mut names: Vec<KeyName> = Vec::new();
        for assertion in self.response.assertions.iter().take(MAX_ASSERTIONS) {
            let Ok(bytes) = from_base64url(&assertion.assertion) else { continue };
            let name = match self.response.header.op {
                Operation::Reg => RegistrationAssertion::parse(&bytes).map(|read| (read.aaid, read.key_id)),
                _ => AuthenticationAssertion::parse(&bytes).map(|read| (read.aaid, read.key_id)),
            };
            let name = name.map(|(aaid, key_id)| uaf_keys::name(&aaid, &key_id));
            names.extend(name.ok().filter(|name| !names.contains(name)));
        }
        names
    }

    /// Reads these keys with everything else.
    pub(crate) fn read_keys(&self, read: &mut Read) -> Vec<Slot<AuthenticatorKey>> {
        let tenant = self.app_space.tenant();
        self.key_names().iter().map(|name| read.add(keys::authenticator_key(tenant, name))).collect()
    }

    /// What is expected of it. `user` is the one who was asked, `unused` whether it is the first answer.
    pub(crate) fn judge<T>(
        &self,
        app: &App,
        application: &Application,
        user: Option<&str>,
        unused: bool,
        judge: impl FnOnce(&Expected<'_>) -> T,
    ) -> T {
        let channel_binding = application.channel_binding(self.server_end_point.as_deref());
        judge(&Expected {
            versions: &VERSIONS,
            app_id: &application.id,
            facets: application.facets(),
            channel_binding: &channel_binding,
            user,
            mac: &self.key,
            challenge_is_unused: unused,
            now_millis: app.now().millis(),
        })
    }
}

/// The keys that are there, with the UAF key in each.
pub(crate) fn take_keys(
    found: &mut Found,
    slots: Vec<Slot<AuthenticatorKey>>,
) -> Result<Vec<(Record<AuthenticatorKey>, UafKey)>, Refusal> {
    let mut taken = Vec::new();
    for slot in slots {
        let Some(record) = found.take(slot)? else { continue };
        if let RegisteredKey::Uaf(key) = record.value.key.clone() {
            taken.push((record, key));
        }
    }
    Ok(taken)
}

/// Of a question that was not put to anybody in particular.
pub(crate) const NOBODY: Reference = [0; 16];
