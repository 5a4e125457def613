//! Setting the identity provider of an App Space, here or in AWS.

use countersign_domain::app_space::AppSpace;
use countersign_domain::id::AppSpaceId;
use countersign_domain::secret::Secret;
use countersign_identity::{Proposal, Refusal};
use countersign_lambda::App;
use countersign_lambda::setup::identity_provider::{ClientSecret, NotAccepted, accept};
use countersign_standins::{CLIENT_ID, CLIENT_SECRET, Standins};
use countersign_store::{Record, StoreError, Write, keys};

/// What an administrator chose.
#[derive(Debug)]
pub struct Chosen {
    /// The settings.
    pub proposal: Proposal,
    /// What the provider knows us by, unless we are a public client there.
    pub client_secret: Option<Secret<String>>,
}

/// What the demo's App Space is to have.
#[derive(Debug, Default)]
pub enum Wanted {
    /// What it had.
    #[default]
    AsItIs,
    /// None.
    None,
    /// The stand-in of the embedded AWS.
    StandIn {
        /// What it is called.
        name: Option<String>,
        /// See [`Proposal::token_fail_behaviour`].
        token_fail_behaviour: Option<String>,
    },
    /// This one.
    Provider(Box<Chosen>),
}

impl Wanted {
    /// Carries it out on `app_space`.
    pub(crate) async fn apply(
        self,
        app: &App,
        app_space: AppSpaceId,
        standins: Option<&Standins>,
    ) -> Result<(), NotSet> {
        match self {
            Self::AsItIs => Ok(()),
            Self::None => remove(app, app_space).await,
            Self::Provider(chosen) => set(app, app_space, *chosen).await,
            Self::StandIn { name, token_fail_behaviour } => {
                let stand_in = standins.ok_or(NotSet::NoStandIn)?.identity_provider();
                let proposal = Proposal {
                    idp_type: "oidc".into(),
                    idp_server_name: name.unwrap_or_else(|| "Demo Login".into()),
                    client_id: CLIENT_ID.into(),
                    token_fail_behaviour,
                    discovery_url: Some(stand_in.discovery_url()),
                    ..Proposal::default()
                };
                let client_secret = Some(Secret::new(CLIENT_SECRET.into()));
                set(app, app_space, Chosen { proposal, client_secret }).await
            }
        }
    }
}

/// Why an App Space's provider is as it was.
#[derive(Debug, thiserror::Error)]
pub enum NotSet {
    /// There is no such App Space.
    #[error("there is no App Space {0} in this table")]
    NoAppSpace(AppSpaceId),
    /// The settings or the provider are not fit.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another AWS has no stand-in.
    #[error("--idp demo needs the embedded AWS, which has the stand-in")]
    NoStandIn,
    /// HTTP or the sealing keys; the log says more.
    #[error("the HTTP client or the sealing keys cannot be used; see the message above")]
    Unready,
}

/// Gives the App Space the provider that was chosen, after asking the provider too. It is in use from the next call on.
pub async fn set(app: &App, app_space: AppSpaceId, chosen: Chosen) -> Result<(), NotSet> {
    let Chosen { proposal, client_secret } = chosen;
    let secret = client_secret.map_or(ClientSecret::None, ClientSecret::New);
    let accepted = accept(app, app_space, proposal, &secret, None).await;
    let provider = accepted.map_err(|error| match error {
        NotAccepted::Settings(refusal) => NotSet::Refused(refusal),
        NotAccepted::Here(_) => NotSet::Unready,
    })?;
    change(app, app_space, |app_space| app_space.identity_provider = Some(provider)).await
}

/// Makes it a simple App Space again.
pub async fn remove(app: &App, app_space: AppSpaceId) -> Result<(), NotSet> {
    change(app, app_space, |app_space| app_space.identity_provider = None).await
}

/// What the provider of an App Space is called, if it has one.
pub(crate) async fn name(app: &App, app_space: AppSpaceId) -> Result<Option<String>, NotSet> {
    let found = app_space_of(app, app_space).await?;
    Ok(found.value.identity_provider.map(|provider| provider.name))
}

async fn app_space_of(app: &App, id: AppSpaceId) -> Result<Record<AppSpace>, NotSet> {
    let found: Option<Record<AppSpace>> = app.store.get(keys::app_space(id.tenant()), app.now()).await?;
    found.filter(|found| found.value.id == id).ok_or(NotSet::NoAppSpace(id))
}

async fn change(app: &App, id: AppSpaceId, change: impl FnOnce(&mut AppSpace)) -> Result<(), NotSet> {
    let old = app_space_of(app, id).await?;
    let mut new = old.value.clone();
    change(&mut new);
    app.store.write(Write::new().replace("App Space", &old, &new)?).await?;
    Ok(())
}
