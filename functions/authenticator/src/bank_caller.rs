//! Who calls: a bank that encrypts for the apps of its App Space. `Provider-Id` names the App Space, and a detached JWS by the
//! bank's key signs the body.
//!
//! The number leads to the App Space, its settings and whatever else the call is about in one read; nothing of it is given
//! out before the signature was verified.

use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_settings::{AuthenticatorSettings, Bank};
use countersign_domain::id::{Number, Tenant};
use countersign_domain::refused::Refused;
use countersign_domain::time::Timestamp;
use countersign_lambda::call::Enclosed;
use countersign_lambda::connection::{detached_jws, header, open_key, verify_v2};
use countersign_lambda::refusal::{AuthenticatorRefusal, internal};
use countersign_lambda::{App, Call, Refusal};
use countersign_store::bank::BankConnection;
use countersign_store::guards::Seen;
use countersign_store::keys::{self, Key};
use countersign_store::{Found, Read, Record, Slot, Stored, Write};

/// A bank that proved who it is.
#[derive(Debug)]
pub(crate) struct BankCaller {
    /// For whose apps it encrypts.
    pub(crate) app_space: AppSpace,
    /// The signature, to be taken once where something changes that would not bear it twice.
    signature: Seen,
}

/// Where the connection that the path names will stand in what was found.
pub(crate) struct ConnectionSlot(Option<Slot<BankConnection>>);

impl ConnectionSlot {
    /// The connection, which must be there.
    pub(crate) fn take(self, found: &mut Found) -> Result<Record<BankConnection>, Refusal> {
        let connection = self.0.map(|slot| found.take(slot)).transpose()?.flatten();
        Ok(connection.ok_or(AuthenticatorRefusal::ConnectionNotFound)?)
    }
}

/// What a call of a bank reads, all at once.
pub(crate) struct BankRead<'c> {
    read: Read,
    settings: Slot<AuthenticatorSettings>,
    app_space: Slot<AppSpace>,
    tenant: Tenant,
    jws: &'c str,
}

impl<'c> BankRead<'c> {
    /// Begins with the App Space that the call names.
    pub(crate) fn of(call: &'c Call<Enclosed>) -> Result<Self, Refusal> {
        let number = header(call, "Provider-Id").and_then(|id| id.parse::<Number>().ok());
        let tenant = number.and_then(Tenant::from_number).ok_or(Refused::Unknown("provider"))?;
        let mut read = Read::new();
        Ok(Self {
            settings: read.add(keys::authenticator_settings(tenant)),
            app_space: read.add(keys::app_space(tenant)),
            read,
            tenant,
            jws: detached_jws(call)?,
        })
    }

    /// The App Space's tenant.
    pub(crate) const fn tenant(&self) -> Tenant {
        self.tenant
    }

    /// Reads one more item.
    pub(crate) fn add<T: Stored>(&mut self, key: Key) -> Slot<T> {
        self.read.add(key)
    }

    /// Reads the connection that the path names, if it names one.
    pub(crate) fn add_connection(&mut self, call: &Call<Enclosed>) -> ConnectionSlot {
        let number = call.path("connection").parse::<Number>().ok();
        ConnectionSlot(number.map(|number| self.read.add(keys::bank_connection(self.tenant, number))))
    }

    /// Reads everything and verifies the signature. Only then is there anything to take.
    pub(crate) async fn authenticate(
        self,
        app: &App,
        call: &Call<Enclosed>,
    ) -> Result<(BankCaller, Found), Refusal> {
        let mut found = app.store.read(self.read, app.now()).await?;
        let Bank { public_key, .. } = found
            .take(self.settings)?
            .and_then(|settings| settings.value.bank)
            .ok_or(Refused::Unknown("provider"))?;
        let until = verify_v2(call, self.jws, &open_key(&public_key)?, app.now())?;
        let app_space = found.take(self.app_space)?;
        let app_space = app_space.ok_or_else(internal("settings without an App Space"))?.value;
        let signature = seen(self.tenant, self.jws, until);
        Ok((BankCaller { app_space, signature }, found))
    }
}

fn seen(tenant: Tenant, jws: &str, until: Timestamp) -> Seen {
    Seen::new("bank", &format!("{tenant} {jws}"), until)
}

impl BankCaller {
    /// Adds to a write that the signature counts once. The part is called `signature`.
    pub(crate) fn once(&self, app: &App, write: Write) -> Result<Write, Refusal> {
        Ok(write.insert_over_expired("signature", &self.signature, app.now())?)
    }
}
