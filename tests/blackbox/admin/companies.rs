//! Companies: who sees what of them, and what keeps a session from being abused.

use countersign_domain::role::Grant;
use countersign_domain::session::{IDLE, LONGEST, NOTED_EVERY};
use countersign_domain::time::Span;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_administrator_sees_what_the_grants_name() {
    let world = World::new().await;
    let company = world.company().await;
    let second = world.another_space(company, "Second Bank").await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let seen = admin.get(&admin.at("")).await.ok();
    let names: Vec<_> = seen["appSpaces"].as_array().unwrap().iter().map(|space| &space["name"]).collect();
    assert_eq!(names, ["Demo Bank", "Second Bank"]);
    assert_eq!(seen["grants"], json!([{"role": "companyAdmin"}]));
    let support = world.admin(&[Grant::UserSupport { app_space: second }]).await;
    let seen = support.get(&support.at("")).await.ok();
    assert_eq!(seen["appSpaces"][0]["guid"], second.to_string());
    assert_eq!(seen["appSpaces"][0]["roles"], json!(["User Support"]));
    assert_eq!(seen["appSpaces"].as_array().unwrap().len(), 1);
    assert_eq!(seen["permissions"], json!([]));
    let helps = json!(["readAppSpace", "readUsers", "revokeUsers", "revokeDevices"]);
    assert_eq!(seen["appSpaces"][0]["permissions"], helps);
}

#[tokio::test]
async fn another_company_does_not_exist() {
    let world = World::new().await;
    let (other, _) = world.other_company().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let nobody = world.admin(&[]).await;
    let none = admin.get("/admin/api/companies/01900000-0000-7000-8000-000000000001").await;
    for answer in [
        admin.get(&format!("/admin/api/companies/{other}")).await,
        admin.get("/admin/api/companies/x").await,
        nobody.get(&nobody.at("")).await,
    ] {
        assert_eq!((answer.status, &answer.body), (none.status, &none.body));
    }
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn only_company_admins_rename_a_company() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let space = world.demo_space();
    let helper = world.admin(&[Grant::AppSpaceAdmin { app_space: space }]).await;
    assert_eq!(helper.patch(&helper.at(""), json!({"name": "Mine"})).await.status, 403);
    assert_eq!(admin.patch(&admin.at(""), json!({"name": "ACME"})).await.status, 204);
    assert_eq!(admin.patch(&admin.at(""), json!({"name": ""})).await.body["field"], "name");
    assert_eq!(helper.get(&helper.at("")).await.ok()["name"], "ACME");
}

#[tokio::test]
async fn a_session_counts_only_for_pages_of_this_service() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let (path, body) = (admin.at(""), json!({"name": "ACME"}));
    for foreign in [
        admin.clone().without_header("x-countersign-portal"),
        admin.clone().with_header("x-countersign-portal", "yes"),
        admin.clone().with_header("origin", "https://evil.example"),
        admin.clone().with_header("origin", "null"),
        admin.clone().with_header("sec-fetch-site", "same-site"),
        admin.clone().with_header("sec-fetch-site", "cross-site"),
    ] {
        let answer = foreign.patch(&path, body.clone()).await;
        assert_eq!((answer.status, &answer.body["error"]), (403, &json!("cross_site")));
    }
    let own =
        admin.clone().with_header("origin", &world.base_url).with_header("sec-fetch-site", "same-origin");
    assert_eq!(own.patch(&path, body).await.status, 204);
    assert_eq!(admin.clone().without_header("cookie").get(&path).await.status, 401);
}

#[tokio::test]
async fn a_session_ends_idle_or_old() {
    let world = World::new().await;
    let idle = world.admin(&[Grant::CompanyAdmin]).await;
    assert_eq!(idle.get(&idle.at("")).await.status, 200);
    world.turn(IDLE);
    world.turn(NOTED_EVERY);
    assert_eq!(idle.get(&idle.at("")).await.status, 401);
    let busy = world.admin(&[Grant::CompanyAdmin]).await;
    let step = Span::minutes(20);
    for _ in 0..LONGEST.as_millis() / step.as_millis() {
        assert_eq!(busy.get(&busy.at("")).await.status, 200);
        world.turn(step);
    }
    assert_eq!(busy.get(&busy.at("")).await.status, 401);
}
