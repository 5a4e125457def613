//! `POST /_app/token/dispatch/decline/`: the person says no to an approval. UAF has no word for it: the app signs the call.

use countersign_crypto::digest::Digest;
use countersign_domain::answer::{Answer, CodeCheck, DeclineReason, Evidence, Signed, SignedAnswer};
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::device::DeviceKind;
use countersign_domain::id::ChallengeId;
use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_lambda::device::{DeviceCaller, DeviceRead, Proof};
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::{App, Call, Refusal, Reply, outcome, vouching};
use countersign_store::keys;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    transaction_id: String,
    reason: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Declined {
    status_code: u16,
    transaction_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Declined>, Refusal> {
    let unknown = || Refused::Unknown("transaction");
    let id: ChallengeId = call.body.transaction_id.parse().map_err(|_| unknown())?;
    let reason = reason(&call.body.reason)?;
    let mut vouched = false;
    for _ in 0..ROUNDS {
        let mut read = DeviceRead::by(Proof::of_target(&call)?);
        let slot = read.add::<Challenge>(keys::challenge(id));
        let tokens = read.add::<IdentityTokens>(keys::identity_tokens(read.user()));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let caller = caller.of_active_user()?;
        let (user, device) = (&caller.user.value, caller.device.value.id);
        let challenge = found.take(slot)?.filter(|record| {
            let challenge = &record.value;
            challenge.user() == Some(user.id) && challenge.approval.is_some() && challenge.is_for(device)
        });
        let challenge = challenge.ok_or_else(unknown)?;
        if was_declined(&challenge.value, device, reason) {
            // The app did not hear of it.
            return Ok(Reply::ok(Declined::of(id)));
        }
        let signed = signed(&call, &caller, reason)?;
        if !vouched {
            vouching::demand(app, user, found.take(tokens)?).await?;
            vouched = true;
        }
        let (issuer, open) = (call.base_url(&app.settings), challenge.value.clone());
        let (_, write) = outcome::answer(app, &issuer, user, &challenge, open, signed).await?;
        match app.store.write(write).await {
            Ok(()) => return Ok(Reply::ok(Declined::of(id))),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

impl Declined {
    fn of(id: ChallengeId) -> Self {
        Self { status_code: 1200, transaction_id: id.to_string() }
    }
}

fn reason(word: &str) -> Result<DeclineReason, Invalid> {
    [DeclineReason::Cancelled, DeclineReason::NotMe]
        .into_iter()
        .find(|reason| reason.name() == word)
        .ok_or_else(|| Invalid::new("reason", "is neither cancelled nor not_me"))
}

fn was_declined(challenge: &Challenge, device: countersign_domain::id::DeviceId, why: DeclineReason) -> bool {
    matches!(&challenge.state, ChallengeState::Declined { reason, evidence, .. }
        if *reason == why && evidence.device == device)
}

/// The call itself is the evidence: its proof covers the body, which names the transaction and the reason.
fn signed(call: &Call<Body>, caller: &DeviceCaller, reason: DeclineReason) -> Result<SignedAnswer, Refusal> {
    let (proof, body) = (call.device_signature(), call.text());
    let (proof, body) = proof.zip(body).ok_or(Refusal::Unauthorized)?;
    let DeviceKind::Uaf { target: Some(target), .. } = &caller.device.value.kind else {
        return Err(Refusal::Unauthorized);
    };
    Ok(SignedAnswer {
        id: Digest::of(proof.as_bytes()).to_string(),
        answer: Answer::Decline(reason),
        strong: false,
        code: CodeCheck::Absent,
        evidence: Evidence {
            device: caller.device.value.id,
            key_thumbprint: target.signature_key.thumbprint.clone(),
            key: target.signature_key.jwk.clone(),
            signed: Signed::Call { proof: proof.to_owned(), body: body.to_owned() },
            receipt: None,
        },
    })
}
