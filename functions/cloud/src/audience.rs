//! Which of a user's authenticators may answer an approval.

use countersign_domain::account::{Account, PushTarget};
use countersign_domain::approval::Audience;
use countersign_domain::authenticator_key::KeyName;
use countersign_domain::channel::Channel;
use countersign_domain::id::DeviceId;
use countersign_domain::refused::Refused;

use crate::approval_body::Wanted;

/// Who may answer: of those that speak the channel's protocol.
pub(crate) fn choose(account: &Account, channel: Channel, wanted: Wanted) -> Result<Audience, Refused> {
    if channel == Channel::Sms {
        // A phone number is no authenticator: whoever reads there answers.
        return match (&account.phone, wanted) {
            (None, _) => Err(unsuitable("without a verified phone number")),
            (Some(_), Wanted::This(_)) => Err(Refused::Unknown("authenticator")),
            (Some(_), Wanted::Last | Wanted::Any) => Ok(Audience::Any),
        };
    }
    // Ids are ordered by time.
    let last = suitable(account, channel).max().ok_or(unsuitable("without a suitable authenticator"))?;
    match wanted {
        Wanted::Last => Ok(Audience::Only(last)),
        Wanted::Any => Ok(Audience::Any),
        Wanted::This(id) if suitable(account, channel).any(|device| device == id) => Ok(Audience::Only(id)),
        Wanted::This(id) if account.targets.iter().any(|target| target.device == id) => {
            Err(Refused::WrongState { what: "authenticator", state: "not one for this channel" })
        }
        Wanted::This(_) => Err(Refused::Unknown("authenticator")),
    }
}

/// The devices to which the approval is dispatched: each has a token of its own.
pub(crate) fn dispatched_to<'a>(
    account: &'a Account,
    channel: Channel,
    audience: &'a Audience,
) -> impl Iterator<Item = DeviceId> + 'a {
    let dispatched = matches!(channel, Channel::App | Channel::Push);
    // An app of the Authenticator API finds it in its own list, and needs no token.
    let by_token = account.targets.iter().filter(|target| target.authenticator.is_none());
    by_token.filter(move |target| dispatched && fits(target, channel)).map(|target| target.device).filter(
        move |device| match audience {
            Audience::Any => true,
            Audience::Only(only) => only == device,
        },
    )
}

fn suitable(account: &Account, channel: Channel) -> impl Iterator<Item = DeviceId> + '_ {
    account.targets.iter().filter(move |target| fits(target, channel)).map(|target| target.device)
}

/// Whether the device speaks the channel's protocol: UAF and the Authenticator API are for apps, WebAuthn for browsers.
fn fits(target: &PushTarget, channel: Channel) -> bool {
    let by_app = matches!(channel, Channel::App | Channel::Push);
    match &target.key {
        Some(KeyName::Uaf { .. }) => by_app,
        Some(KeyName::Fido2 { .. }) => channel == Channel::Fido2,
        None => by_app && target.authenticator.is_some(),
    }
}

fn unsuitable(state: &'static str) -> Refused {
    Refused::WrongState { what: "user", state }
}
