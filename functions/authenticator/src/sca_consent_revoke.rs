//! `PUT /api/sca/v1/consents/{consent}/revoke`: a bank takes a consent back.

use countersign_domain::consent::{Consent, ConsentRevokedBy};
use countersign_domain::refused::Refused;
use countersign_lambda::call::Enclosed;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::bank::BankConsent;
use countersign_store::{Write, keys};
use serde::Serialize;

use crate::bank_caller::BankRead;
use crate::data::{Data, reply};

#[derive(Serialize)]
pub(crate) struct Revoked {
    consent_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Revoked>>, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = BankRead::of(&call)?;
        let slot = read.add::<BankConsent>(keys::bank_consent(read.tenant(), call.path("consent")));
        let (_, mut found) = read.authenticate(app, &call).await?;
        let unknown = Refused::Unknown("consent");
        let place = found.take(slot)?.ok_or(unknown.clone())?.value;
        let key = keys::consent(place.user, place.consent);
        let consent = app.store.get::<Consent>(key, app.now()).await?.ok_or(unknown)?;
        let revoked = || reply(Revoked { consent_id: place.consent_id.clone() });
        // Taken back already, or over: it is not in force, which is all that the bank wants.
        let Ok(changed) = consent.try_map(|consent| consent.revoke(ConsentRevokedBy::Bank, app.now())) else {
            return Ok(revoked());
        };
        match app.store.write(Write::new().replace("consent", &consent, &changed)?).await {
            Ok(()) => return Ok(revoked()),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}
