//! Who calls: Request Origins, by HTTP Basic, CX1-HMAC-SHA256 or an access key.
//!
//! The Request Origin, its App Space and whatever the operation needs are read in one call: [`OriginRead`] collects
//! it, and nothing of it is given out before the credential was verified.

use countersign_crypto::basic::SaltedHash;
use countersign_crypto::cx1::Cx1Credential;
use countersign_crypto::encoding::from_base64;
use countersign_crypto::sealing::Owner;
use countersign_crypto::service_token::{AccessKeyClaims, AccessKeyHash};
use countersign_domain::actor::Actor;
use countersign_domain::app_space::AppSpace;
use countersign_domain::id::{RequestOriginId, Tenant};
use countersign_domain::refused::Refused;
use countersign_domain::request_origin::{Credential, RequestOrigin};
use countersign_domain::secret::Secret;
use countersign_domain::time::{Span, Timestamp};
use countersign_store::guards::{Attempts, Failures, Seen};
use countersign_store::keys::{self, Key};
use countersign_store::{Found, Read, Slot, StoreError, Stored, Write};

use crate::app::App;
use crate::call::{Call, Parts};
use crate::guarded;
pub use crate::guarded::{ROUNDS, Written};
pub use crate::once::Once;
use crate::refusal::{Refusal, internal};
use crate::signed_call;

/// Failed authentications of one Request Origin from one address before it must wait.
const FAILURES: Attempts = Attempts { max: 10, window: Span::minutes(5) };
const FAILURES_PURPOSE: &str = "origin";

/// A Request Origin that proved who it is.
#[derive(Debug)]
pub struct Caller {
    /// The Request Origin.
    pub origin: RequestOrigin,
    /// Its App Space.
    pub app_space: AppSpace,
    /// The signature, or token of our own, to be taken once, if it was one.
    signature: Option<Seen>,
}

/// What a call of a Request Origin reads, all at once.
pub struct OriginRead {
    id: RequestOriginId,
    presented: Presented,
    read: Read,
    origin: Slot<RequestOrigin>,
    app_space: Slot<AppSpace>,
    failures: Slot<Failures>,
    /// Failures are counted per Request Origin and address, so that nobody can lock another one out.
    side: String,
}

enum Presented {
    Basic(Secret<String>),
    Signature(Cx1Credential),
    AccessKey(Secret<String>, AccessKeyClaims),
    /// A token of our own, verified before, to be taken once.
    Vouched(Seen),
}

impl OriginRead {
    /// Begins with the caller that the `Authorization` header names.
    pub fn of<B>(call: &Call<B>) -> Result<Self, Refusal> {
        let parts = call.parts();
        let (id, presented) = Presented::of(parts)?;
        Ok(Self::by(id, presented, parts))
    }

    /// Begins with a Request Origin for which a token of our own speaks, verified by the caller of this. The token is used
    /// up, as `seen`, by the first write that is guarded.
    pub fn vouched<B>(call: &Call<B>, id: RequestOriginId, seen: Seen) -> Self {
        Self::by(id, Presented::Vouched(seen), call.parts())
    }

    fn by(id: RequestOriginId, presented: Presented, parts: &Parts) -> Self {
        let mut read = Read::new();
        let origin = read.add(keys::request_origin(id));
        let app_space = read.add(keys::app_space(id.tenant()));
        let side = format!("{id} {}", parts.source_ip);
        let failures = read.add(keys::attempts(FAILURES_PURPOSE, &side));
        Self { id, presented, read, origin, app_space, failures, side }
    }

    /// The tenant whose items the caller may name.
    pub fn tenant(&self) -> Tenant {
        self.id.tenant()
    }

    /// Who the caller says it is.
    pub fn id(&self) -> RequestOriginId {
        self.id
    }

    /// Reads one more item.
    pub fn add<T: Stored>(&mut self, key: Key) -> Slot<T> {
        self.read.add(key)
    }

    /// What is read beside the caller.
    pub fn beside(&mut self) -> &mut Read {
        &mut self.read
    }

    /// Reads everything and verifies the credential. Only then is there anything to take.
    pub async fn authenticate<B>(self, app: &App, call: &Call<B>) -> Result<(Caller, Found), Refusal> {
        let now = app.now();
        let mut found = app.store.read(self.read, now).await?;
        if let Some(failures) = found.take(self.failures)?
            && let Some(retry_after) = failures.value.wait(FAILURES, now)
        {
            return Err(Refused::TooMany { limit: "too many failed authentications", retry_after }.into());
        }
        let origin = found.take(self.origin)?.map(|record| record.value);
        let app_space = found.take(self.app_space)?.map(|record| record.value);
        match self.presented.verify(app, call.parts(), origin).await {
            Ok((origin, signature)) => {
                let app_space = app_space.ok_or_else(internal("a Request Origin without an App Space"))?;
                Ok((Caller { origin, app_space, signature }, found))
            }
            Err(Refusal::Unauthorized) => {
                app.store.count_failure(FAILURES_PURPOSE, &self.side, FAILURES, now).await?;
                Err(Refusal::Unauthorized)
            }
            Err(refusal) => Err(refusal),
        }
    }
}

impl Presented {
    fn of(parts: &Parts) -> Result<(RequestOriginId, Self), Refusal> {
        if let Some(token) = parts.bearer()? {
            let claims = AccessKeyClaims::peek(token).map_err(|_| Refusal::Unauthorized)?;
            return Ok((claims.sub, Self::AccessKey(Secret::new(token.to_owned()), claims)));
        }
        let header = parts.header("Authorization")?.ok_or(Refusal::Unauthorized)?;
        if let Some(encoded) =
            header.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("basic ")).map(|_| &header[6..])
        {
            let text = from_base64(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.ok_or(Refusal::Unauthorized)?;
            let (id, key) = text.split_once(':').ok_or(Refusal::Unauthorized)?;
            let id = id.parse().map_err(|_| Refusal::Unauthorized)?;
            return Ok((id, Self::Basic(Secret::new(key.to_owned()))));
        }
        let credential = Cx1Credential::parse(header).map_err(|_| Refusal::Unauthorized)?;
        let id = credential.guid().parse().map_err(|_| Refusal::Unauthorized)?;
        Ok((id, Self::Signature(credential)))
    }

    /// Every way to fail is one refusal: whether the Request Origin exists is not told.
    async fn verify(
        &self,
        app: &App,
        parts: &Parts,
        origin: Option<RequestOrigin>,
    ) -> Result<(RequestOrigin, Option<Seen>), Refusal> {
        match self {
            Self::Basic(key) => {
                let hash = match origin.as_ref().map(|origin| &origin.credential) {
                    Some(Credential::Basic { salted_hash }) => {
                        salted_hash.parse().map_err(|_| internal("an unreadable salted hash")())?
                    }
                    _ => SaltedHash::dummy(),
                };
                match (hash.verify(key.expose()), origin) {
                    (true, Some(origin)) => Ok((origin, None)),
                    _ => Err(Refusal::Unauthorized),
                }
            }
            Self::Signature(credential) => {
                let secret = match origin.as_ref().map(|origin| (origin.id, &origin.credential)) {
                    Some((id, Credential::Hmac { sealed })) => Some(open(app, id, sealed).await?),
                    _ => None,
                };
                let seen = signed_call::verify(app, parts, credential, secret.as_ref())?;
                origin.map(|origin| (origin, Some(seen))).ok_or(Refusal::Unauthorized)
            }
            Self::AccessKey(key, claims) => match origin {
                Some(origin) if may_call(&origin) && has_access_key(&origin, key, claims, app.now()) => {
                    Ok((origin, None))
                }
                _ => Err(Refusal::Unauthorized),
            },
            Self::Vouched(seen) => match origin {
                Some(origin) if may_call(&origin) => Ok((origin, Some(seen.clone()))),
                _ => Err(Refusal::Unauthorized),
            },
        }
    }
}

/// A Request Origin whose credential was revoked may not call in any other way either.
fn may_call(origin: &RequestOrigin) -> bool {
    !matches!(origin.credential, Credential::Revoked)
}

/// Whether `presented` is one of the access keys of `origin`, to the letter, and still good.
pub fn has_access_key(
    origin: &RequestOrigin,
    presented: &Secret<String>,
    claims: &AccessKeyClaims,
    now: Timestamp,
) -> bool {
    let known = origin.access_keys.iter().find(|key| key.id == claims.jti);
    let hash = known.and_then(|key| key.hash.parse::<AccessKeyHash>().ok());
    let ended = known.and_then(|key| key.expires_at).is_some_and(|end| end <= now) || claims.is_expired(now);
    hash.is_some_and(|hash| hash.verify(presented.expose())) && !ended
}

async fn open(app: &App, id: RequestOriginId, sealed: &str) -> Result<Secret<String>, Refusal> {
    let id = id.to_string();
    Ok(app.keys.open(sealed, &Owner::new("request-origin", &id, "hmac-secret")).await?)
}

impl Caller {
    /// Who it is, for whoever looks at what it did.
    pub fn actor(&self) -> Actor {
        Actor::RequestOrigin(self.origin.id)
    }

    /// Adds to a write that the caller's signature or token counts once. Every write of a Request Origin goes through here.
    pub fn guard(&self, app: &App, write: Write) -> Result<Write, StoreError> {
        match &self.signature {
            Some(seen) => write.insert_over_expired("signature", seen, app.now()),
            None => Ok(write),
        }
    }

    /// Carries out a guarded write. A signature that was used before is told from every other conflict.
    pub async fn write(&self, app: &App, write: Write) -> Result<(), Written> {
        let write = self.guard(app, write).map_err(|error| Written::Refused(error.into()))?;
        guarded::commit(&app.store, write).await
    }
}
