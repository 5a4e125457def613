//! Items of the table, in the JSON of DynamoDB.

#![no_main]

use std::cell::OnceCell;

use countersign_domain::account::Account;
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_key::AuthenticatorKey;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::challenge::Challenge;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::consent::Consent;
use countersign_domain::delivery::Delivery;
use countersign_domain::device::Device;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::identity_provider::{IdentityTokens, KnownIdentity};
use countersign_domain::login::Login;
use countersign_domain::recovery_codes::RecoveryCodes;
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::user::User;
use countersign_fuzz::running::wait;
use countersign_fuzz::table::Table;
use countersign_fuzz::{reread, samples};
use countersign_store::bank::{BankAction, BankConnection, BankConsent, BankToken};
use countersign_store::entities::{Claim, Concluded, ConsentOwner, DeviceOwner, InboxEntry, Telemetry};
use countersign_store::{Store, StoreError, Stored, keys};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

thread_local! {
    static STORE: OnceCell<(Table, Store)> = const { OnceCell::new() };
}

fuzz_target!(|json: &str| {
    let Ok(item) = serde_json::from_str::<Value>(json) else { return };
    if !is_map(&item) {
        return;
    }
    STORE.with(|store| {
        let (table, store) = store.get_or_init(|| {
            let table = Table::default();
            let store = table.store();
            (table, store)
        });
        let kind = item["kind"]["S"].as_str().unwrap_or_default().to_owned();
        table.answer_always(item);
        match kind.as_str() {
            Account::KIND => read::<Account>(store),
            AppSpace::KIND => read::<AppSpace>(store),
            RequestOrigin::KIND => read::<RequestOrigin>(store),
            CloudSettings::KIND => read::<CloudSettings>(store),
            AuthenticatorKey::KIND => read::<AuthenticatorKey>(store),
            RecoveryCodes::KIND => read::<RecoveryCodes>(store),
            Device::KIND => read::<Device>(store),
            DeviceOwner::KIND => read::<DeviceOwner>(store),
            Enrolment::KIND => read::<Enrolment>(store),
            Login::KIND => read::<Login>(store),
            KnownIdentity::KIND => read::<KnownIdentity>(store),
            IdentityTokens::KIND => read::<IdentityTokens>(store),
            Challenge::KIND => read::<Challenge>(store),
            InboxEntry::KIND => read::<InboxEntry>(store),
            Concluded::KIND => read::<Concluded>(store),
            AuthenticatorSettings::KIND => read::<AuthenticatorSettings>(store),
            Consent::KIND => read::<Consent>(store),
            ConsentOwner::KIND => read::<ConsentOwner>(store),
            BankConnection::KIND => read::<BankConnection>(store),
            BankToken::KIND => read::<BankToken>(store),
            BankAction::KIND => read::<BankAction>(store),
            BankConsent::KIND => read::<BankConsent>(store),
            Claim::KIND => read::<Claim>(store),
            Delivery::KIND => read::<Delivery>(store),
            Telemetry::KIND => read::<Telemetry>(store),
            _ => read::<User>(store),
        }
    });
});

/// Whether these are attributes of the types that DynamoDB has. `serde_dynamo` panics at any other, which the table
/// cannot hold.
fn is_map(attributes: &Value) -> bool {
    attributes.as_object().is_some_and(|attributes| attributes.values().all(is_attribute))
}

fn is_attribute(value: &Value) -> bool {
    let mut types = value.as_object().into_iter().flatten();
    let (Some((name, inner)), None) = (types.next(), types.next()) else { return false };
    match name.as_str() {
        "M" => is_map(inner),
        "L" => inner.as_array().is_some_and(|items| items.iter().all(is_attribute)),
        "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" => true,
        _ => false,
    }
}

fn read<T: Stored>(store: &Store) {
    match wait(store.get::<T>(keys::user(samples::user_id()), samples::NOW)) {
        Ok(Some(record)) => {
            let again = reread(&record.value);
            assert_eq!(again.key(), record.value.key());
            assert_eq!(again.state(), record.value.state());
            assert_eq!((again.ttl(), again.due()), (record.value.ttl(), record.value.due()));
        }
        Ok(None) | Err(StoreError::Unreadable { .. }) => {}
        // What is not DynamoDB's JSON at all does not get past the SDK.
        Err(_) => {}
    }
}
