//! The JSON types that the apps insist on.

use countersign_tests::authenticator::{ApiVersion, App};
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, key};

async fn data(app: &App, method: Method, path: &str, said: Option<Value>) -> Value {
    let reply = app.send(app.call(method, path, said.as_ref()).unwrap()).await.unwrap();
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    serde_json::from_slice::<Value>(&reply.body).unwrap()["data"].take()
}

/// Which members of `value` are numbers.
fn numbers(value: &Value) -> Vec<&str> {
    let members = value.as_object().unwrap().iter();
    members.filter(|(_, value)| value.is_u64()).map(|(name, _)| name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_version_2_are_numbers_where_ios_reads_numbers() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    let (link, installation) = (scene.link("ann").await, scene.installation());
    let http = scene.world.backend();
    let configuration = http.get(&link.path).await.ok();
    assert_eq!(numbers(&configuration["data"]), ["provider_id"]);
    assert_eq!(configuration["data"]["api_version"], "2");
    let configuration = installation.configuration(&link).await.unwrap();
    let token = link.connect_query.as_ref().map(|query| query.expose().as_str());
    let body = installation.body(&configuration, &key(0), token).unwrap().to_string();
    let path = "/api/authenticator/v2/connections";
    let connected = http.send(Method::POST, path, &body, Some("application/json"), None).await.ok();
    assert_eq!(numbers(&connected["data"]), ["connection_id"]);

    let (_, shown) = scene.asked(&app).await;
    let list = data(&app, Method::GET, "/authorizations", None).await;
    assert_eq!(numbers(&list[0]), ["connection_id", "id"]);
    let one = format!("/authorizations/{}", shown.id);
    assert_eq!(numbers(&data(&app, Method::GET, &one, None).await), ["connection_id", "id"]);
    let bundle = app.bundle(&app.bundled(shown.authorization_code.expose())).unwrap();
    let decided = data(&app, Method::PUT, &format!("{one}/confirm"), Some(bundle)).await;
    assert_eq!((numbers(&decided), &decided["status"]), (vec!["id"], &json!("confirmed")));
    let finished = data(&app, Method::GET, &one, None).await;
    assert_eq!(finished["finished_at"], "2026-11-22T10:00:00Z");

    let consent = json!({ "accountId": "ann", "consentType": "aisp", "tppName": "App", "duration": "1h", "accounts": [{ "name": "A" }] });
    scene.world.backend().post("/api/consent/add", consent).await.created();
    let consents = data(&app, Method::GET, "/consents", None).await;
    assert_eq!(numbers(&consents[0]), ["connection_id"], "here alone the id is a text");
    let id = consents[0]["id"].as_str().unwrap();
    let revoked = data(&app, Method::PUT, &format!("/consents/{id}/revoke"), Some(json!({}))).await;
    assert_eq!(numbers(&revoked), ["id"]);

    let own = format!("/connections/{}", app.connection().id);
    assert_eq!(numbers(&data(&app, Method::GET, &own, None).await), ["id"]);
    let update = json!({ "push_token": "x" });
    let updated = data(&app, Method::PATCH, &format!("{own}/update"), Some(update)).await;
    assert_eq!(numbers(&updated), ["connection_id"]);
    let revoked = data(&app, Method::PUT, &format!("{own}/revoke"), Some(json!({}))).await;
    assert_eq!(numbers(&revoked), ["connection_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_version_1_are_texts() {
    let (scene, app) = Scene::with_ann(ApiVersion::V1).await;
    let link = scene.link("ann").await;
    let configuration = scene.world.backend().get(&link.path).await.ok();
    assert!(numbers(&configuration["data"]).is_empty());
    assert_eq!(configuration["data"]["version"], "1");
    assert!(configuration["data"]["support_email"].is_string(), "iOS needs it");
    let (_, shown) = scene.asked(&app).await;
    let list = data(&app, Method::GET, "/authorizations", None).await;
    assert!(list[0].as_object().unwrap().values().all(Value::is_string), "{list}");
    assert_eq!(list[0]["algorithm"], "AES-256-CBC");
    let said = json!({ "confirm": true, "authorization_code": shown.authorization_code.expose() });
    let answered = data(&app, Method::PUT, &format!("/authorizations/{}", shown.id), Some(said)).await;
    assert_eq!(answered, json!({ "success": true, "id": shown.id }));
    let revoked = data(&app, Method::DELETE, "/connections", None).await;
    assert_eq!(revoked, json!({ "success": true, "access_token": app.connection().access_token.expose() }));
}
