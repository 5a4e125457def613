//! `POST /device/v1/challenges/{challenge}/answer`: the person's decision, signed on the device.

use countersign_crypto::answer::{Answer as ClaimedAnswer, AnswerClaims, AnswerRefused, Expected, verify};
use countersign_crypto::digest::Digest;
use countersign_crypto::equal;
use countersign_crypto::jws::Unverified;
use countersign_crypto::proof::TOLERANCE;
use countersign_domain::answer::{Answer, CodeCheck, DeclineReason, Evidence, Signed, SignedAnswer};
use countersign_domain::challenge::{Answering, Challenge};
use countersign_domain::id::ChallengeId;
use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_lambda::device::{DeviceCaller, DeviceKeys, DeviceRead, keep_key};
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply, outcome, vouching};
use countersign_store::{Record, Write, keys};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Body {
    answer: String,
}

#[derive(Serialize)]
pub(crate) struct Answered {
    guid: String,
    status: &'static str,
    receipt: Option<String>,
}

/// How often the challenge is read again after somebody was faster.
const ROUNDS: usize = 5;

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Answered>, Refusal> {
    let id: ChallengeId = call.path("challenge").parse().map_err(|_| Refused::Unknown("challenge"))?;
    let mut vouched = false;
    for _ in 0..ROUNDS {
        let mut read = DeviceRead::of(&call)?;
        let slot = read.add::<Challenge>(keys::challenge(id));
        let tokens = read.add::<IdentityTokens>(keys::identity_tokens(read.user()));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let caller = caller.of_active_user()?;
        let user = caller.user.value.id;
        let challenge = found.take(slot)?.filter(|record| record.value.user() == Some(user));
        let challenge = challenge.ok_or(Refused::Unknown("challenge"))?;
        if challenge.value.has_taken(&call.body.answer) {
            return Ok(Reply::ok(answered(&challenge.value)));
        }
        // A decided challenge is told as such, whatever the answer says.
        let open = challenge.value.clone().at(app.now());
        if !open.state.is_open() {
            return Err(Refused::WrongState { what: "challenge", state: open.state.name() }.into());
        }
        let signed = open_answer(app, &call.body.answer, &caller.keys()?, &caller, &challenge.value)?;
        if !vouched {
            vouching::demand(app, &caller.user.value, found.take(tokens)?).await?;
            vouched = true;
        }
        let strong = signed.strong;
        let write = match open.answer(user, signed, app.now())? {
            Answering::Decided(decided) => {
                let decided = outcome::attest(app, &call.base_url(&app.settings), decided).await?;
                let write = decide(app, &caller, &challenge, &decided, strong)?;
                (write, Ok(answered(&decided)))
            }
            Answering::WrongCode { challenge: tried, attempts_left }
                if tried.state == challenge.value.state =>
            {
                // This very answer was counted before: the device did not hear of it.
                return Err(Refused::WrongCode { attempts_left }.into());
            }
            Answering::WrongCode { challenge: tried, attempts_left } => {
                let write = Write::new().replace_live("challenge", &challenge, &tried, app.now())?;
                (write, Err(Refused::WrongCode { attempts_left }))
            }
            Answering::Failed(failed) => {
                let write = decide(app, &caller, &challenge, &failed, false)?;
                (write, Err(Refused::WrongCode { attempts_left: 0 }))
            }
        };
        match app.store.write(write.0).await {
            Ok(()) => return Ok(Reply::ok(write.1?)),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

/// Verifies the answer's signature, with the strong key first: a strong answer serves every button.
fn open_answer(
    app: &App,
    jws: &str,
    device_keys: &DeviceKeys,
    caller: &DeviceCaller,
    challenge: &Challenge,
) -> Result<SignedAnswer, Refusal> {
    let digest: Digest = challenge.digest.parse().map_err(|_| internal("an unreadable digest")())?;
    let id = challenge.id.to_string();
    let expected =
        Expected { challenge: &id, digest, nonce: &challenge.nonce, now: app.now(), tolerance: TOLERANCE };
    let names_device =
        Unverified::parse(jws).is_ok_and(|parsed| parsed.kid() == Some(&caller.device.value.id.to_string()));
    if !names_device {
        return Err(Invalid::new("answer", "is not valid: its kid is not this device").into());
    }
    let (key, strong, claims) = match verify(jws, &device_keys.strong, &expected) {
        Ok(claims) => (&device_keys.strong, true, claims),
        Err(AnswerRefused::Jws(_)) => {
            (&device_keys.auth, false, refuse(verify(jws, &device_keys.auth, &expected), app)?)
        }
        Err(error) => return Err(refuse(Err(error), app).err().unwrap_or(Refusal::Internal)),
    };
    let kept = keep_key(key, &key.thumbprint())?;
    Ok(SignedAnswer {
        id: Digest::of(jws.as_bytes()).to_string(),
        answer: decision(&claims)?,
        strong,
        code: match (&claims.code, &challenge.matching_code) {
            (Some(typed), Some(code)) if equal(typed.expose().as_bytes(), code.expose().as_bytes()) => {
                CodeCheck::Right
            }
            (Some(_), _) => CodeCheck::Wrong,
            (None, _) => CodeCheck::Absent,
        },
        evidence: Evidence {
            device: caller.device.value.id,
            key_thumbprint: kept.thumbprint,
            key: kept.jwk,
            signed: Signed::Jws { jws: jws.to_owned() },
            receipt: None,
        },
    })
}

fn refuse(verified: Result<AnswerClaims, AnswerRefused>, app: &App) -> Result<AnswerClaims, Refusal> {
    verified.map_err(|error| match error {
        AnswerRefused::Skewed => Refusal::ClockSkew { server_time: app.now() },
        error => Invalid::new("answer", format!("is not valid: {error}")).into(),
    })
}

fn decision(claims: &AnswerClaims) -> Result<Answer, Invalid> {
    match (&claims.answer, claims.decline_reason.as_deref()) {
        (ClaimedAnswer::Button(index), None) => Ok(Answer::Option(
            usize::try_from(*index).map_err(|_| Invalid::new("answer", "is out of range"))?,
        )),
        (ClaimedAnswer::Decline, Some("cancelled")) => Ok(Answer::Decline(DeclineReason::Cancelled)),
        (ClaimedAnswer::Decline, Some("not_me")) => Ok(Answer::Decline(DeclineReason::NotMe)),
        _ => Err(Invalid::new("declineReason", "is neither cancelled nor not_me")),
    }
}

/// The outcome, in one write, with what it means for the device: a strong answer ends its count of failures.
fn decide(
    app: &App,
    caller: &DeviceCaller,
    old: &Record<Challenge>,
    decided: &Challenge,
    strong: bool,
) -> Result<Write, Refusal> {
    let (user, device) = (&caller.user.value, &caller.device);
    let write = outcome::decide(app, user, old, decided)?;
    if strong && device.value.strong_failures > 0 {
        return Ok(write.replace("device", device, &device.value.clone().strong_success())?);
    }
    outcome::by_active_device(write, user.id, device.value.id)
}

fn answered(challenge: &Challenge) -> Answered {
    Answered {
        guid: challenge.id.to_string(),
        status: challenge.state.name(),
        receipt: challenge.evidence().and_then(|evidence| evidence.receipt.clone()),
    }
}
