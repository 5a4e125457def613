//! Links that administrators follow: found by their token, and good only as long as their administrator's state allows.

use countersign_crypto::token::Token;
use countersign_domain::administrator::Administrator;
use countersign_domain::company::Company;
use countersign_domain::invitation::Invitation;
use countersign_lambda::guesses::Guesses;
use countersign_lambda::{App, Call, Refusal};
use countersign_store::{Read, Record, keys};

/// A link that works, and whom it lets in.
pub(crate) struct Followed {
    pub(crate) invitation: Record<Invitation>,
    pub(crate) administrator: Record<Administrator>,
    pub(crate) company: Record<Company>,
}

/// Finds what the token of a link stands for. Every way in which it does not work is one refusal.
pub(crate) async fn follow<B>(app: &App, call: &Call<B>, token: &str) -> Result<Followed, Refusal> {
    let mut read = Read::new();
    let guesses = Guesses::of(call, &mut read);
    let token = token.parse::<Token>().ok();
    let slot = token.map(|token| read.add::<Invitation>(keys::invitation(&token.hash().to_string())));
    let mut found = app.store.read(read, app.now()).await?;
    guesses.check(app, &mut found)?;
    let invitation = slot.map(|slot| found.take(slot)).transpose()?.flatten();
    let followed = match invitation {
        Some(invitation) => of(app, invitation).await?,
        None => None,
    };
    match followed {
        Some(followed) => Ok(followed),
        None => Err(guesses.wrong(app, "invitation").await?),
    }
}

async fn of(app: &App, invitation: Record<Invitation>) -> Result<Option<Followed>, Refusal> {
    let Invitation { company, administrator, .. } = invitation.value;
    let mut read = Read::new();
    let administrator = read.add::<Administrator>(keys::administrator(company, administrator));
    let company = read.add::<Company>(keys::company(company));
    let mut found = app.store.read(read, app.now()).await?;
    let (Some(administrator), Some(company)) = (found.take(administrator)?, found.take(company)?) else {
        return Ok(None);
    };
    let works = invitation.value.open(app.now()).is_ok() && invitation.value.is_for(&administrator.value);
    Ok(works.then_some(Followed { invitation, administrator, company }))
}
