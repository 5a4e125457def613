//! An enrolment's token becomes a registration request, once.

use countersign_crypto::dispatch_token::DispatchToken;
use countersign_domain::channel::Channel;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::refused::Refused;
use countersign_lambda::guesses::Guesses;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal};
use countersign_store::{Read, Write, keys};

use crate::uaf::application::Application;
use crate::uaf::ask;
use crate::uaf::messages::ReturnRequest;

/// Redeems `token` for a registration request. Unknown, expired and redeemed tokens are told in one way.
pub(crate) async fn redeem<B>(app: &App, call: &Call<B>, token: &str) -> Result<ReturnRequest, Refusal> {
    let mut read = Read::new();
    let guesses = Guesses::of(call, &mut read);
    let token = token.parse::<DispatchToken>().ok();
    let slot = token.map(|token| read.add::<Enrolment>(keys::enrolment(&token.hash().to_string())));
    let mut found = app.store.read(read, app.now()).await?;
    guesses.check(app, &mut found)?;
    let enrolment = slot.map(|slot| found.take(slot)).transpose()?.flatten();
    let Some(enrolment) = enrolment.filter(|record| is_redeemable(app, &record.value)) else {
        return Err(guesses.wrong(app, "token").await?);
    };
    let tenant = enrolment.value.app_space.tenant();
    let settings = app.store.get::<CloudSettings>(keys::cloud_settings(tenant), app.now()).await?;
    let application =
        Application::of(&call.base_url(&app.settings), settings.map(|settings| settings.value))?;
    let partition = app.store.user_partition(enrolment.value.user, app.now()).await?;
    let user = partition.user.ok_or_else(internal("an enrolment without a user"))?;
    user.value.active().map_err(|_| Refusal::UserNotActive)?;
    let request = ask::registration(app, &application, &enrolment.value, &partition.devices).await?;
    let dispatched = enrolment.try_map(|enrolment| enrolment.dispatch(app.now()))?;
    match app.store.write(Write::new().replace_live("enrolment", &enrolment, &dispatched, app.now())?).await {
        Ok(()) => Ok(request),
        // Somebody else redeems it at this moment.
        Err(error) if error.is_conflict() => Err(Refused::Unknown("token").into()),
        Err(error) => Err(error.into()),
    }
}

fn is_redeemable(app: &App, enrolment: &Enrolment) -> bool {
    let by_app = |channel| matches!(channel, Channel::App | Channel::Push);
    enrolment.is_open(app.now()) && enrolment.cloud.as_ref().is_some_and(|cloud| by_app(cloud.channel))
}
