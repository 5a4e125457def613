//! `POST /admin/api/companies/{company}/appSpaces/new`: an App Space.

use countersign_domain::app_space::{AppProtocol, AppSpace};
use countersign_domain::brand::Brand;
use countersign_domain::event::EventKind;
use countersign_domain::id::AppSpaceId;
use countersign_domain::idempotency::Made;
use countersign_domain::identity_provider::IdentityProvider;
use countersign_domain::invalid::Invalid;
use countersign_domain::role::Permission;
use countersign_domain::text;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::lenient::Flag;
use countersign_lambda::setup::identity_provider::accept;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use countersign_store::entities::CompanyAppSpace;
use serde::Deserialize;

use crate::brand_body::BrandBody;
use crate::made::MadeView;
use crate::provider_body::ProviderBody;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    name: String,
    /// `simple` where it is not said.
    idp_type: Option<String>,
    brand_info: Option<BrandBody>,
    use_universal_app: Option<Flag>,
    /// Made of the name where it is not said.
    app_protocol: Option<String>,
    /// Needed where users log in at one: an App Space without it would let Request Origins bind them meanwhile.
    identity_provider: Option<ProviderBody>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<MadeView>, Refusal> {
    let url = format!(
        "{}/admin/api/companies/{}/appSpaces",
        call.base_url(&app.settings),
        call.path("company").to_ascii_lowercase()
    );
    for _ in 0..ROUNDS {
        let mut read = AdminRead::of(app, &call, Permission::ManageAppSpaces)?;
        let once = read.once(&call)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        if let Some(made) = once.repeated(&mut found)? {
            return MadeView::again(&url, made);
        }
        let id = AppSpaceId::new(app.random());
        let body = &call.body;
        let name = text::line("name", body.name.clone(), 100)?;
        let protocol = match &body.app_protocol {
            Some(text) => AppProtocol::parse("appProtocol", text)?,
            None => AppProtocol::of_name(&name),
        };
        let brand = body.brand_info.clone().unwrap_or_default().over(&Brand::default())?;
        let app_space = AppSpace {
            brand,
            universal_app: body.use_universal_app.is_some_and(|Flag(flag)| flag),
            identity_provider: identity_provider(app, id, body).await?,
            ..AppSpace::new(id, caller.company.value.id, name, protocol)
        };
        let write = Write::new()
            .insert("app space", &app_space)?
            .insert("app space of its company", &CompanyAppSpace::of(&app_space))?;
        let write = once.remember(app, write, Made::Administered { id: id.to_string() })?;
        let act = caller.act(app, EventKind::AppSpaceCreated, id, None);
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(MadeView::reply(&url, id)),
            // Somebody sent the same request, or the id was taken.
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

async fn identity_provider(
    app: &App,
    id: AppSpaceId,
    body: &Body,
) -> Result<Option<IdentityProvider>, Refusal> {
    let misplaced = |problem: &'static str| Err(Invalid::new("identityProvider", problem).into());
    match (body.idp_type.as_deref().unwrap_or("simple"), body.identity_provider.clone()) {
        ("simple", None) => Ok(None),
        ("simple", Some(_)) => misplaced("belongs to idpType oidc or oauth2"),
        ("oidc" | "oauth2", None) => misplaced("is missing"),
        (idp_type @ ("oidc" | "oauth2"), Some(given)) => {
            let (proposal, secret) = given.chosen(idp_type);
            let accepted = accept(app, id, proposal, &secret, None).await;
            accepted.map(Some).map_err(|error| error.refusal("identityProvider."))
        }
        _ => Err(Invalid::new("idpType", "is neither simple, oidc nor oauth2").into()),
    }
}
