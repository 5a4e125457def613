//! `POST /api/consent/add`: a Request Origin records what one of its users has consented to, for the user's apps.

use countersign_domain::account::Account;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::consent::{Consent, ConsentContent, ConsentState};
use countersign_domain::id::ConsentId;
use countersign_domain::idempotency::Made;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_lambda::consent_view::ConsentView;
use countersign_lambda::origin::{Once, OriginRead, ROUNDS, Written};
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply, consenting};
use countersign_store::keys;

use crate::consent_body::Body;
use crate::{asked, settings};

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<ConsentView>, Refusal> {
    let body = &call.body;
    let account_id = AccountId::parse("accountId", body.account_id.clone())?;
    let content = ConsentContent::Plain(body.terms()?);
    let base_url = call.base_url(&app.settings);
    for _ in 0..ROUNDS {
        let now = app.now();
        let expires_at = body.expires_at(now);
        let mut read = OriginRead::of(&call)?;
        let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
        let slot = read.add::<AuthenticatorSettings>(keys::authenticator_settings(read.tenant()));
        let once = Once::of(&call, &mut read)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        if let Some(made) = once.repeated(&mut found)? {
            return again(app, &base_url, made).await;
        }
        settings::required(found.take(slot)?)?;
        let callback = body.callback.as_deref().map(|url| asked::callback(app, &call, &caller, url));
        let account = found.take(account)?.ok_or(Refused::Unknown("user"))?.value.active()?;
        consenting::demand_room(app, account.user).await?;
        let consent = Consent {
            id: ConsentId::new(now, app.random()),
            app_space: caller.app_space.id,
            user: account.user,
            account_id: account.account_id,
            origin: Some(caller.origin.id),
            content: content.clone(),
            callback: callback.transpose()?,
            created_at: now,
            expires_at: expires_at?,
            state: ConsentState::Active,
        };
        let write = consenting::record(&consent, &account_id)?;
        let write = once.remember(app, write, Made::Consent { user: consent.user, id: consent.id })?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(created(app, &base_url, &consent)),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

async fn again(app: &App, base_url: &str, made: Made) -> Result<Reply<ConsentView>, Refusal> {
    let Made::Consent { user, id } = made else {
        return Err(internal("an Idempotency-Key that made something else")());
    };
    let consent = app.store.get::<Consent>(keys::consent(user, id), app.now()).await?;
    let consent = consent.ok_or_else(internal("a remembered consent is gone"))?.value;
    Ok(created(app, base_url, &consent))
}

fn created(app: &App, base_url: &str, consent: &Consent) -> Reply<ConsentView> {
    let url = format!("{base_url}/api/consent/get?consentGuid={}", consent.id);
    Reply::created(ConsentView::of(consent, app.now()), url)
}
