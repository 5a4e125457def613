//! `POST /_app/uaf/1.1/authentication/`: what an authenticator signed answers an approval, or proves who the user of an app is.

use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::user::User;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::refusal::internal;
use countersign_lambda::transaction_token::Standing;
use countersign_lambda::{App, Call, Refusal, Reply, outcome, vouching};
use countersign_store::{Read, Record, keys};
use countersign_uaf::refusal::Refusal as UafRefusal;

use crate::answering::Answering;
use crate::device_token;
use crate::uaf::messages::{SendResponse, ServerResponse};
use crate::uaf::received::Received;
use crate::uaf::refused::Failed;

pub(crate) async fn handle(app: &App, call: Call<SendResponse>) -> Result<Reply<ServerResponse>, Refusal> {
    let message = call.body.message()?;
    ServerResponse::reply(authenticate(app, &call.base_url(&app.settings), message).await)
}

async fn authenticate(app: &App, base_url: &str, message: &str) -> Result<ServerResponse, Failed> {
    let received = Received::of(app, base_url, message).await?;
    let mut vouched = false;
    for _ in 0..ROUNDS {
        let (answering, user) = Answering::read(app, base_url, &received).await?;
        let signed = answering.verify(app, &received)?;
        let (user, tokens) = match user {
            Some((user, tokens)) => (user, tokens),
            None => user_of_key(app, signed.user).await?,
        };
        let user = user.value;
        user.active().map_err(|_| Refusal::UserNotActive)?;
        let decided = answering.decide(app, &received, &user, &signed)?;
        if !vouched {
            vouching::demand(app, &user, tokens).await?;
            vouched = true;
        }
        let decided = outcome::attest(app, base_url, decided).await?;
        let write = answering.settle(app, &user, &decided)?;
        let write = outcome::by_active_device(write, user.id, signed.device)?;
        match app.store.write(answering.count(write, &signed)?).await {
            Ok(()) => {
                let device =
                    device_token::issue(app, base_url, user.app_space, user.id, signed.device).await?;
                // What the user's own app began, its backend learns from the app.
                let transaction = match decided.origin {
                    Some(_) => None,
                    None => Some(Standing::of_challenge(decided, app.now()).token(app, base_url).await?),
                };
                return Ok(ServerResponse::ok(transaction.into_iter().chain([device])));
            }
            Err(error) if error.is_conflict_of("device") => return Err(UafRefusal::Revoked.into()),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict.into())
}

type WithTokens = (Record<User>, Option<Record<IdentityTokens>>);

/// Where nobody in particular was asked, the key says who it was.
async fn user_of_key(app: &App, user: countersign_domain::id::UserId) -> Result<WithTokens, Refusal> {
    let mut read = Read::new();
    let slot = read.add::<User>(keys::user(user));
    let tokens = read.add::<IdentityTokens>(keys::identity_tokens(user));
    let mut found = app.store.read(read, app.now()).await?;
    let user = found.take(slot)?.ok_or_else(internal("a key without a user"))?;
    Ok((user, found.take(tokens)?))
}
