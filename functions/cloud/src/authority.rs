//! Who may begin an operation: a Request Origin, or whoever holds an intent token of one.

use countersign_crypto::service_token::{IntentToken, Kind, Operation};
use countersign_domain::channel::Channel;
use countersign_domain::time::Timestamp;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::{App, Call, Refusal};
use countersign_store::guards::Seen;

use crate::whom::Whom;

/// What a caller proves itself with.
pub(crate) enum Authority {
    /// A credential of a Request Origin.
    Credential,
    /// An intent token: for one operation, once.
    Intent(IntentToken),
}

impl Authority {
    /// What the caller brought, if it is good for this operation. An intent token that is for another operation, user
    /// or channel is no authority at all.
    pub(crate) async fn of<B>(
        app: &App,
        call: &Call<B>,
        operation: Operation,
        channel: Channel,
        whom: Option<&Whom>,
    ) -> Result<Self, Refusal> {
        let Some(intent) = intent(app, call).await? else { return Ok(Self::Credential) };
        let for_channel = intent.channels.is_empty() || intent.channels.iter().any(|c| c == channel.name());
        let for_user = whom.is_some_and(|whom| is_for(&intent, whom));
        if intent.operation == operation && for_channel && for_user {
            Ok(Self::Intent(intent))
        } else {
            Err(Refusal::Unauthorized)
        }
    }

    /// Begins to read, for the Request Origin in whose name the operation starts. Its first guarded write uses the
    /// intent token up.
    pub(crate) fn read<B>(&self, call: &Call<B>) -> Result<OriginRead, Refusal> {
        match self {
            Self::Credential => OriginRead::of(call),
            Self::Intent(intent) => Ok(OriginRead::vouched(call, intent.aud, seen(intent))),
        }
    }
}

/// The intent token that the caller brought, verified; nothing if it brought none.
pub(crate) async fn intent<B>(app: &App, call: &Call<B>) -> Result<Option<IntentToken>, Refusal> {
    let Some(token) = call.bearer()?.filter(|token| Kind::of(token) == Some(Kind::Intent)) else {
        return Ok(None);
    };
    let keys = app.keys.signing().await?;
    let issuer = call.base_url(&app.settings);
    let verified = IntentToken::verify(&keys, &issuer, app.now(), token);
    verified.map(Some).map_err(|_| Refusal::Unauthorized)
}

/// The mark that an intent token was used.
pub(crate) fn seen(intent: &IntentToken) -> Seen {
    Seen::new("intent-token", &intent.jti, Timestamp::from_secs(intent.exp))
}

fn is_for(intent: &IntentToken, whom: &Whom) -> bool {
    match whom {
        Whom::Name(username) => intent.username.as_deref() == Some(username.as_str()),
        Whom::Id(user) => intent.sub == Some(*user),
    }
}
