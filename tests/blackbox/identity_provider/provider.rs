//! The stand-in as the provider of an App Space.

use countersign_domain::id::AppSpaceId;
use countersign_domain::secret::Secret;
use countersign_identity::Proposal;
use countersign_local::identity_provider::{self, Chosen, NotSet};
use countersign_standins::{CLIENT_ID, CLIENT_SECRET, IdentityProvider};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::world::World;

/// The stand-in by OpenID Connect.
pub(crate) fn openid_connect(world: &World) -> Proposal {
    Proposal {
        idp_type: "oidc".into(),
        idp_server_name: "Demo Login".into(),
        client_id: CLIENT_ID.into(),
        discovery_url: Some(stand_in(world).discovery_url()),
        ..Proposal::default()
    }
}

/// The stand-in by OAuth2 in the shape of Login With Amazon.
pub(crate) fn oauth2(world: &World) -> Proposal {
    let at = |path: &str| Some(format!("{}{path}", stand_in(world).url()));
    Proposal {
        idp_type: "oauth2".into(),
        idp_server_name: "Login With Amazon".into(),
        client_id: CLIENT_ID.into(),
        scopes: Some("profile profile:user_id".into()),
        authorization_url: at("/authorize"),
        access_token_url: at("/token"),
        user_profile_url: at("/user/profile"),
        verify_token_url: at("/auth/o2/tokeninfo"),
        end_user_id_name: Some("user_id".into()),
        ..Proposal::default()
    }
}

pub(super) fn stand_in(world: &World) -> &IdentityProvider {
    world.standins().identity_provider()
}

/// The demo's App Space.
pub(crate) fn app_space(world: &World) -> AppSpaceId {
    world.bundle.demo.app_space.guid.parse().unwrap()
}

/// Gives the demo's App Space this provider.
pub(crate) async fn set(world: &World, proposal: Proposal) {
    try_set(world, proposal).await.unwrap();
}

/// The same, where it may be refused.
pub(super) async fn try_set(world: &World, proposal: Proposal) -> Result<(), NotSet> {
    set_of(world, app_space(world), proposal, CLIENT_SECRET).await
}

/// Gives any App Space this provider.
pub(super) async fn set_of(
    world: &World,
    app_space: AppSpaceId,
    proposal: Proposal,
    client_secret: &str,
) -> Result<(), NotSet> {
    let client_secret = Some(Secret::new(client_secret.to_owned()));
    identity_provider::set(world.bundle.app(), app_space, Chosen { proposal, client_secret }).await
}

/// Makes the demo's App Space a simple one again.
pub(super) async fn remove(world: &World) {
    identity_provider::remove(world.bundle.app(), app_space(world)).await.unwrap();
}

/// A world whose App Space has the stand-in by OpenID Connect.
pub(super) async fn openid_connect_world() -> World {
    let world = World::new().await;
    set(&world, openid_connect(&world)).await;
    world
}

/// The same with a Token Fail Behaviour.
pub(super) async fn world_that_would(token_fail_behaviour: &str) -> World {
    let world = World::new().await;
    set_behaviour(&world, token_fail_behaviour).await;
    world
}

/// Another Token Fail Behaviour.
pub(super) async fn set_behaviour(world: &World, token_fail_behaviour: &str) {
    let token_fail_behaviour = Some(token_fail_behaviour.to_owned());
    set(world, Proposal { token_fail_behaviour, ..openid_connect(world) }).await;
}

/// Answers every request with the status and content that `answer` has for its path.
pub(super) fn serve(listener: TcpListener, answer: impl Fn(&str) -> (u16, String) + Clone + Send + 'static) {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let (status, content) = answer(request.uri().path());
                let answer = Response::builder().status(status).body(Full::new(Bytes::from(content)));
                async move { answer }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
}
