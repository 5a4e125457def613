//! `PUT /admin/api/companies/{company}/appSpaces/{appSpace}/push`: where the pushes of an App Space go.

use countersign_domain::app_space::{AppSpace, PushPlatforms};
use countersign_domain::event::EventKind;
use countersign_domain::id::AppSpaceId;
use countersign_domain::invalid::Invalid;
use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::setup::given::given;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_push::PushError;
use countersign_store::Write;
use serde::{Deserialize, Serialize};

use crate::application_arn;
use crate::push_body::{AndroidBody, IosBody, PushWanted};

/// A platform that is not named stays; null removes it. No `Debug`: there are credentials in it.
#[derive(Deserialize)]
pub(crate) struct Body {
    #[serde(default, deserialize_with = "given")]
    android: Option<Option<AndroidBody>>,
    #[serde(default, deserialize_with = "given")]
    ios: Option<Option<IosBody>>,
}

/// The ARNs of the platform applications.
#[derive(Debug, Serialize)]
pub(crate) struct PushView {
    android: Option<String>,
    ios: Option<String>,
}

impl From<PushPlatforms> for PushView {
    fn from(PushPlatforms { android, ios }: PushPlatforms) -> Self {
        Self { android, ios }
    }
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<PushView>, Refusal> {
    // SNS is asked once, however often the write must be tried.
    let mut settled: Option<(Settled, Settled)> = None;
    for _ in 0..ROUNDS {
        let read = AdminRead::of(app, &call, Permission::ManagePush)?;
        let (caller, _) = read.authenticate(app, &call).await?;
        let old = caller.app_space()?;
        let AppSpace { id, push, .. } = &old.value;
        let (android, ios) = match settled.take() {
            Some(settled) => settled,
            None => {
                let (android, ios) =
                    (AndroidBody::read(&call.body.android, *id)?, IosBody::read(&call.body.ios, *id)?);
                (
                    settle(app, "android", *id, push.android.as_deref(), android).await?,
                    settle(app, "ios", *id, push.ios.as_deref(), ios).await?,
                )
            }
        };
        let mut new = old.value.clone();
        let changed = [("android", &android, &mut new.push.android), ("ios", &ios, &mut new.push.ios)];
        let changed =
            changed.into_iter().filter_map(|(name, settled, place)| settled.put(place).then_some(name));
        let changed: Vec<&str> = changed.collect();
        if changed.is_empty() {
            return Ok(Reply::ok(new.push.into()));
        }
        let write = Write::new().replace("app space", old, &new)?;
        let act = caller.act(app, EventKind::AppSpacePushChanged, new.id, Some(changed.join(", ")));
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::ok(new.push.into())),
            Err(Written::Conflict(_)) => settled = Some((android, ios)),
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

/// What becomes of one platform.
enum Settled {
    Stays,
    Application(Option<String>),
    /// The same application has other credentials.
    Renewed,
}

impl Settled {
    /// Puts it into `place`; whether anything is other than it was.
    fn put(&self, place: &mut Option<String>) -> bool {
        match self {
            Self::Stays => false,
            Self::Renewed => true,
            Self::Application(arn) if arn == place => false,
            Self::Application(arn) => {
                place.clone_from(arn);
                true
            }
        }
    }
}

/// Credentials go into the platform application that was made here before, so that devices need not register again; else
/// into a new one.
async fn settle(
    app: &App,
    field: &'static str,
    id: AppSpaceId,
    old: Option<&str>,
    wanted: PushWanted,
) -> Result<Settled, Refusal> {
    let credentials = match wanted {
        PushWanted::AsItIs => return Ok(Settled::Stays),
        PushWanted::None => return Ok(Settled::Application(None)),
        PushWanted::Application(arn) => return Ok(Settled::Application(Some(arn))),
        PushWanted::Credentials(credentials) => credentials,
    };
    let told = |error| match error {
        PushError::Refused(why) => Invalid::new(field, format!("was refused by SNS: {why}")).into(),
        error => Refusal::from(error),
    };
    match old.filter(|arn| application_arn::is_ours(arn, id, credentials.platform())) {
        Some(arn) => {
            app.push.renew_application(arn, &credentials).await.map_err(told)?;
            Ok(Settled::Renewed)
        }
        None => {
            let name = application_arn::new_name(id, app.random());
            let made = app.push.make_application(&name, &credentials).await.map_err(told)?;
            Ok(Settled::Application(Some(made)))
        }
    }
}
