//! Pages of other origins: what a browser is told before it posts, and afterwards.

use countersign_local::cors;
use reqwest::Method;
use serde_json::json;

use crate::template_file::Template;
use crate::world::World;

const PAGE: &str = "https://www.example.com";

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_may_post_what_webauthn_gave_it() {
    let world = World::new().await;
    let url = format!("{}/_app/assertion/result", world.bundle.demo.base_url);
    let asked = client()
        .request(Method::OPTIONS, &url)
        .header("origin", PAGE)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .send()
        .await
        .unwrap();
    assert_eq!(asked.status(), 204);
    assert_eq!(asked.headers()["access-control-allow-origin"], "*");
    assert_eq!(asked.headers()["access-control-allow-methods"], "POST");
    // A credential travels in `authorization`: no page may send one.
    assert_eq!(asked.headers()["access-control-allow-headers"], "content-type");
    assert!(!asked.headers().contains_key("access-control-allow-credentials"));

    let post = || client().post(&url).header("content-type", "application/json").body("{}");
    let posted = post().header("origin", PAGE).send().await.unwrap();
    assert_eq!(posted.status(), 400);
    assert_eq!(posted.headers()["access-control-allow-origin"], "*");
    let by_an_app = post().send().await.unwrap();
    assert!(!by_an_app.headers().contains_key("access-control-allow-origin"));
}

#[test]
fn the_gateway_here_allows_what_the_deployed_one_does() {
    let template = Template::read();
    let allowed = &template.0["Resources"]["HttpApi"]["Properties"]["CorsConfiguration"];
    assert_eq!(
        allowed,
        &json!({
            "AllowOrigins": [cors::ALLOW_ORIGINS],
            "AllowMethods": [cors::ALLOW_METHODS],
            "AllowHeaders": [cors::ALLOW_HEADERS],
            "MaxAge": cors::MAX_AGE.parse::<u32>().unwrap(),
        })
    );
}
