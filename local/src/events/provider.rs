//! App Spaces of events' own, whose users log in at the stand-in of the embedded AWS.

use std::collections::BTreeMap;
use std::time::Duration;

use countersign_crypto::system::SystemRandom;
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_settings::Bank;
use countersign_domain::id::{AppSpaceId, RequestOriginId};
use countersign_domain::outbound_url::Loopback;
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::secret::Secret;
use countersign_identity::Proposal;
use countersign_lambda::setup::authenticator::AuthenticatorWanted;
use countersign_lambda::setup::origin_keys::KeyType;
use countersign_outbound::Outbound;
use countersign_standins::{CLIENT_ID, CLIENT_SECRET};
use countersign_store::entities::CompanyAppSpace;
use countersign_store::{Write, keys};
use http::header::LOCATION;
use http::{Request, Uri};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::EventFailed;
use super::scene::{Scene, failed};
use crate::demo_authenticator::{demo_authenticator, provider_key};
use crate::identity_provider::{self, Chosen};
use crate::provision::NewOrigin;

/// How long the stand-in may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The stand-in at `url` as a provider of OpenID Connect.
pub(super) fn openid_connect(url: &str) -> Proposal {
    Proposal {
        idp_type: "oidc".into(),
        discovery_url: Some(format!("{url}/.well-known/openid-configuration")),
        ..stand_in()
    }
}

/// The stand-in at `url` as a provider of OAuth2, in the shape of Login With Amazon.
pub(super) fn oauth2(url: &str) -> Proposal {
    let at = |path: &str| Some(format!("{url}{path}"));
    Proposal {
        idp_type: "oauth2".into(),
        scopes: Some("profile".into()),
        authorization_url: at("/authorize"),
        access_token_url: at("/token"),
        user_profile_url: at("/user/profile"),
        verify_token_url: at("/auth/o2/tokeninfo"),
        end_user_id_name: Some("user_id".into()),
        ..stand_in()
    }
}

fn stand_in() -> Proposal {
    Proposal { idp_server_name: "Sample Login".into(), client_id: CLIENT_ID.into(), ..Proposal::default() }
}

impl Scene<'_> {
    /// Makes an App Space like the demo's with a provider and a Request Origin; all that follows is there.
    pub(super) async fn provide(
        &mut self,
        proposal: impl FnOnce(&str) -> Proposal,
    ) -> Result<(), EventFailed> {
        let id = self.provide_app_space(None).await?;
        let chosen = Chosen {
            proposal: proposal(&format!("{}/identity-provider", self.endpoint_url()?)),
            client_secret: Some(Secret::new(CLIENT_SECRET.into())),
        };
        identity_provider::set(self.renderer.now.app(), id, chosen)
            .await
            .map_err(|error| failed(format!("the stand-in as identity provider: {error}")))
    }

    /// Where the stand-ins are.
    pub(super) fn endpoint_url(&self) -> Result<&str, EventFailed> {
        let url = self.renderer.demo.aws_endpoint_url.as_deref();
        url.ok_or_else(|| failed("demo.json tells no endpoint"))
    }

    /// Makes an App Space like the demo's, with a Request Origin, and with a bank or without; all that follows is there.
    pub(super) async fn provide_app_space(&mut self, bank: Option<Bank>) -> Result<AppSpaceId, EventFailed> {
        let renderer = self.renderer;
        let (app, now) = (renderer.now.app(), renderer.now.now());
        let demo: RequestOriginId = renderer.origin("basic")?.guid.parse().map_err(failed)?;
        let like = app.store.get::<AppSpace>(keys::app_space(demo.tenant()), now).await.map_err(failed)?;
        let origin = app.store.get::<RequestOrigin>(keys::request_origin(demo), now).await.map_err(failed)?;
        let (Some(like), Some(origin)) = (like, origin) else {
            return Err(failed("the demo is not in this table"));
        };
        let id = AppSpaceId::new(&SystemRandom);
        let company = self.key_holder.as_ref().map_or(like.value.company, |holder| holder.id);
        let app_space = AppSpace { id, company, identity_provider: None, ..like.value };
        let origin = NewOrigin {
            name: "Sample Shop".into(),
            key_type: KeyType::Basic,
            callbacks: origin.value.callbacks,
        };
        let sealing = app.keys.sealing().await.map_err(failed)?;
        let origin = origin.provision(app, None, &sealing, &app_space).map_err(failed)?;
        let write = Write::new().insert("app space", &app_space).map_err(failed)?;
        let write =
            write.insert("app space of its company", &CompanyAppSpace::of(&app_space)).map_err(failed)?;
        let write = write.insert("request origin", &origin.origin).map_err(failed)?;
        let authenticator = AuthenticatorWanted { bank: Some(bank), ..demo_authenticator() };
        let key = provider_key().map_err(failed)?;
        let authenticator = authenticator.provision(app, &sealing, &app_space, key);
        let authenticator = authenticator.map_err(|_| failed("a provider's key cannot be kept"))?;
        let write = write.insert("authenticator settings", &authenticator).map_err(failed)?;
        app.store.write(write).await.map_err(failed)?;
        self.calls_as(&origin.origin.id.to_string(), origin.key.expose());
        self.set("app-space", id.to_string());
        self.set("request-origin", origin.origin.id.to_string());
        self.name_provider(id);
        Ok(id)
    }

    /// The app begins a login, and its user logs in.
    pub(super) async fn log_in(&mut self) -> Result<(), EventFailed> {
        let login = format!("login={}", self.text("account")?);
        self.visit_provider(&self.begin_login().await?, &login).await
    }

    /// The app of the Authenticator API begins a connection without knowing a user, who then logs in.
    pub(super) async fn log_in_to_connect(&mut self) -> Result<(), EventFailed> {
        let login = format!("login={}", self.text("account")?);
        let url = self.ask_to_connect(None).await?;
        self.visit_provider(&url, &login).await
    }

    /// The app begins a login, and its user says no.
    pub(super) async fn decline_login(&mut self) -> Result<(), EventFailed> {
        self.visit_provider(&self.begin_login().await?, "deny=yes").await
    }

    async fn begin_login(&self) -> Result<String, EventFailed> {
        let body = json!({
            "appSpaceGuid": self.text("app-space")?,
            "authKeyThumbprint": self.device.keys.auth.public().thumbprint().to_string(),
        });
        let begun = self.renderer.now.call("POST", "/api/idp/bind", None, &body).await?;
        Ok(begun["authorizationUrl"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends the stand-in what its page's form would send.
    async fn visit_provider(&mut self, authorization_url: &str, form: &str) -> Result<(), EventFailed> {
        let url = format!("{authorization_url}&{form}");
        let browser = Outbound::new("Countersign-Sample/1", PATIENCE, Loopback::Allowed).map_err(failed)?;
        let request = Request::get(url).body(Vec::new()).map_err(failed)?;
        let answer = browser.answer(request).await.map_err(failed)?;
        let location = answer.headers().get(LOCATION).and_then(|link| link.to_str().ok());
        let location: Option<Uri> = location.and_then(|link| link.parse().ok());
        let (Some(sent_to), Some(query)) =
            (location.as_ref().and_then(Uri::path_and_query), location.as_ref().and_then(Uri::query))
        else {
            return Err(failed(format!(
                "the stand-in sent the user nowhere, but answered {}",
                answer.status()
            )));
        };
        for (name, value) in pairs(query) {
            self.set(if name == "iss" { "issuer" } else { &name }, value);
        }
        self.set("returned", query);
        self.set("sent-to", sent_to.as_str());
        Ok(())
    }

    /// Ends the login: the app of the Authenticator API is connected.
    pub(super) async fn connect_by_login(&mut self) -> Result<(), EventFailed> {
        let link = self.renderer.now.redirected(self.text("sent-to")?).await?;
        self.keep_connection(&link)
    }

    /// Ends the login: the app gets its enrolment token.
    pub(super) async fn bind_by_login(&mut self) -> Result<(), EventFailed> {
        let link = self.renderer.now.redirected(self.text("sent-to")?).await?;
        let parts = link.split_once("://").map(|(_, parts)| pairs(parts)).unwrap_or_default();
        match (parts.get("st"), parts.get("privakeyId")) {
            (Some(token), Some(user)) => self.prove_keys(token.clone(), user.clone()).await,
            _ => Err(failed(format!("the login gave no enrolment token, but {link}"))),
        }
    }
}

/// Names and values, decoded, of a query or a link.
pub(super) fn pairs(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), percent_decode_str(value).decode_utf8_lossy().into_owned()))
        .collect()
}
