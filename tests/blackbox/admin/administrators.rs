//! Administrators: who makes, changes and removes whom.

use countersign_domain::role::Grant;
use serde_json::{Value, json};

use super::client::Admin;
use crate::world::World;

fn support(app_space: impl ToString) -> Value {
    json!({"role": "userSupport", "appSpace": app_space.to_string()})
}

fn space_admin(app_space: impl ToString) -> Value {
    json!({"role": "appSpaceAdmin", "appSpace": app_space.to_string()})
}

fn of(by: &Admin, who: &Admin) -> String {
    by.at(&format!("/administrators/{}", who.id))
}

async fn listed(by: &Admin, query: &str) -> Vec<Value> {
    by.get(&by.at(&format!("/administrators{query}"))).await.ok()["items"].as_array().unwrap().clone()
}

fn named<'a>(list: &'a [Value], who: &Admin) -> Option<&'a Value> {
    list.iter().find(|item| item["guid"] == who.id.to_string())
}

#[tokio::test]
async fn a_company_admin_gives_and_takes_every_role() {
    let world = World::new().await;
    let (boss, space) = (world.admin(&[Grant::CompanyAdmin]).await, world.demo_space());
    let body = json!({"name": "Bea", "grants": [space_admin(space), support(space), support(space)]});
    let (keyed, path) = (boss.clone().with_header("idempotency-key", "bea"), boss.at("/administrators/new"));
    let made = keyed.post(&path, body.clone()).await;
    let location = made.headers["location"].to_str().unwrap().to_owned();
    let guid = made.created()["guid"].as_str().unwrap().to_owned();
    assert!(location.ends_with(&format!("/administrators/{guid}")), "{location}");
    let again = keyed.post(&path, body).await;
    assert_eq!((again.status, &again.body["message"]), (422, &json!("The link is shown already.")));
    let list = listed(&boss, "").await;
    let bea: Vec<_> = list.iter().filter(|item| item["name"] == "Bea").collect();
    assert_eq!(bea.len(), 1);
    assert_eq!(bea[0]["grants"], json!([space_admin(space), support(space)]));
    assert_eq!((&bea[0]["state"], &bea[0]["passkeys"]), (&json!("invited"), &json!(0)));
    let path = boss.at(&format!("/administrators/{guid}"));
    let change = json!({"name": "Bea B.", "grants": [{"role": "companyAdmin"}]});
    assert_eq!(boss.patch(&path, change).await.status, 204);
    let list = listed(&boss, "").await;
    let bea = list.iter().find(|item| item["guid"] == guid).unwrap();
    assert_eq!((&bea["name"], &bea["grants"]), (&json!("Bea B."), &json!([{"role": "companyAdmin"}])));
    assert_eq!(boss.delete(&path).await.status, 204);
    assert_eq!(boss.delete(&path).await.status, 404);
    assert!(listed(&boss, "").await.iter().all(|item| item["guid"] != guid));
}

#[tokio::test]
async fn what_cannot_be_granted_is_named() {
    let world = World::new().await;
    let boss = world.admin(&[Grant::CompanyAdmin]).await;
    let (_, foreign) = world.other_company().await;
    let path = boss.at("/administrators/new");
    let invite = |grants: Value| json!({"name": "Bea", "grants": grants});
    for (grants, field) in [
        (json!([]), "grants"),
        (json!([{"role": "king"}]), "grants[0]"),
        (json!([{"role": "userSupport"}]), "grants[0]"),
        (json!([{"role": "userSupport", "appSpace": "x"}]), "grants[0]"),
    ] {
        let answer = boss.post(&path, invite(grants)).await;
        let named = answer.body["field"].as_str().unwrap_or_default();
        assert!(answer.status == 400 && named.starts_with(field), "{} {}", answer.status, answer.body);
    }
    let many: Vec<_> = (0..51).map(|n| support(format!("01900000-0000-8000-8000-{n:012}"))).collect();
    assert_eq!(boss.post(&path, invite(json!(many))).await.body["field"], "grants");
    let none = "01900000-0000-8000-8000-000000000001".to_owned();
    for unknown in [foreign.to_string(), none] {
        let answer = boss.post(&path, invite(json!([support(unknown)]))).await;
        assert_eq!((answer.status, &answer.body["message"]), (404, &json!("There is no such App Space.")));
    }
    assert_eq!(
        boss.post(&path, json!({"name": "", "grants": [{"role": "companyAdmin"}]})).await.body["field"],
        "name"
    );
}

#[tokio::test]
async fn an_app_space_admin_manages_the_support_of_the_app_space_and_nothing_else() {
    let world = World::new().await;
    let (company, space) = (world.company().await, world.demo_space());
    let sibling = world.another_space(company, "Sibling Bank").await;
    let boss = world.admin(&[Grant::CompanyAdmin]).await;
    let own = world.admin(&[Grant::AppSpaceAdmin { app_space: space }]).await;
    let peer = world.admin(&[Grant::AppSpaceAdmin { app_space: space }]).await;
    let both = [Grant::UserSupport { app_space: space }, Grant::UserSupport { app_space: sibling }];
    let both = world.admin(&both).await;
    let elsewhere = world.admin(&[Grant::UserSupport { app_space: sibling }]).await;
    let here = format!("?appSpace={space}");
    assert_eq!(own.get(&own.at("/administrators")).await.status, 403);
    let list = listed(&own, &here).await;
    assert!(named(&list, &own).is_some() && named(&list, &peer).is_some());
    assert!(named(&list, &elsewhere).is_none() && named(&list, &boss).is_none());
    assert_eq!(named(&list, &both).unwrap()["grants"], json!([support(space)]));

    let path = own.at("/administrators/new");
    let invite = |grant: Value| json!({"name": "Bob", "grants": [grant]});
    let bob = own.post(&path, invite(support(space))).await.created();
    for (grant, status) in
        [(space_admin(space), 403), (json!({"role": "companyAdmin"}), 403), (support(sibling), 404)]
    {
        assert_eq!(own.post(&path, invite(grant.clone())).await.status, status, "{grant}");
    }
    for (who, status) in [(&boss, 404), (&peer, 403), (&elsewhere, 404)] {
        assert_eq!(own.delete(&of(&own, who)).await.status, status);
    }
    let up = json!({"grants": [support(space), space_admin(space)]});
    let bob = own.at(&format!("/administrators/{}", bob["guid"].as_str().unwrap()));
    assert_eq!(own.patch(&bob, up).await.status, 403);
    assert_eq!(own.patch(&bob, json!({"name": "Robert"})).await.status, 403);
    assert_eq!(own.post(&format!("{bob}/recovery"), json!({})).await.status, 403);
    assert_eq!(own.patch(&of(&own, &own), json!({"grants": [support(space)]})).await.status, 403);

    // What the other App Space gave stays.
    assert_eq!(own.patch(&of(&own, &both), json!({"grants": [support(space)]})).await.status, 204);
    let list = listed(&boss, "").await;
    assert_eq!(named(&list, &both).unwrap()["grants"].as_array().unwrap().len(), 2);
    assert_eq!(own.delete(&of(&own, &both)).await.status, 204);
    let list = listed(&boss, "").await;
    assert_eq!(named(&list, &both).unwrap()["grants"], json!([support(sibling)]));
    assert_eq!(own.delete(&of(&own, &both)).await.status, 404);
    assert_eq!(own.delete(&bob).await.status, 204);
    assert_eq!(own.delete(&bob).await.status, 404);
}

#[tokio::test]
async fn user_support_manages_nobody() {
    let world = World::new().await;
    let space = world.demo_space();
    let bob = world.admin(&[Grant::UserSupport { app_space: space }]).await;
    let cat = world.admin(&[Grant::UserSupport { app_space: space }]).await;
    let body = json!({"name": "Dan", "grants": [support(space)]});
    for answer in [
        bob.post(&bob.at("/administrators/new"), body).await,
        bob.delete(&of(&bob, &cat)).await,
        bob.patch(&of(&bob, &cat), json!({"grants": [support(space)]})).await,
        bob.get(&bob.at(&format!("/administrators?appSpace={space}"))).await,
    ] {
        assert_eq!((answer.status, &answer.body["error"]), (403, &json!("forbidden")));
    }
}

#[tokio::test]
async fn a_removal_ends_sessions_at_once() {
    let world = World::new().await;
    let boss = world.admin(&[Grant::CompanyAdmin]).await;
    let ann = world.admin(&[Grant::CompanyAdmin]).await;
    assert_eq!(ann.get(&ann.at("")).await.status, 200);
    assert_eq!(boss.delete(&of(&boss, &ann)).await.status, 204);
    assert_eq!(ann.get(&ann.at("")).await.status, 401);
}

#[tokio::test]
async fn the_last_company_admin_stays() {
    let world = World::new().await;
    let boss = world.admin(&[Grant::CompanyAdmin]).await;
    let last = json!("The administrator is the last Company Admin.");
    let itself = of(&boss, &boss);
    let demoted = json!({"grants": [space_admin(world.demo_space())]});
    // One who is only invited may never come.
    let body = json!({"name": "Bea", "grants": [{"role": "companyAdmin"}]});
    boss.post(&boss.at("/administrators/new"), body).await.created();
    for answer in [boss.delete(&itself).await, boss.patch(&itself, demoted.clone()).await] {
        assert_eq!((answer.status, &answer.body["message"]), (422, &last));
    }
    let other = world.admin(&[Grant::CompanyAdmin]).await;
    assert_eq!(boss.patch(&itself, demoted).await.status, 204);
    assert_eq!(other.delete(&of(&other, &other)).await.status, 422);
    assert_eq!(other.delete(&of(&other, &boss)).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_company_admins_who_remove_each_other_one_stays() {
    let world = World::new().await;
    for round in 0..8 {
        let (ann, bea) =
            (world.admin(&[Grant::CompanyAdmin]).await, world.admin(&[Grant::CompanyAdmin]).await);
        // Whoever is left from the round before leaves first.
        for item in listed(&ann, "").await {
            let known = [ann.id.to_string(), bea.id.to_string()];
            if item["state"] == "active" && !known.iter().any(|id| item["guid"] == *id) {
                let path = ann.at(&format!("/administrators/{}", item["guid"].as_str().unwrap()));
                assert_eq!(ann.delete(&path).await.status, 204);
            }
        }
        let (anns, beas) = (of(&ann, &bea), of(&bea, &ann));
        let (one, other) = if round % 2 == 0 {
            tokio::join!(ann.delete(&anns), bea.delete(&beas))
        } else {
            let demoted = json!({"grants": [support(world.demo_space())]});
            tokio::join!(ann.patch(&anns, demoted.clone()), bea.patch(&beas, demoted))
        };
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert!(matches!(statuses, [204, 401 | 403 | 404 | 422]), "{statuses:?}");
        let left = if one.status == 204 { &ann } else { &bea };
        assert_eq!(left.get(&left.at("/administrators")).await.status, 200);
    }
}

#[tokio::test]
async fn the_list_comes_in_pages() {
    let world = World::new().await;
    let boss = world.admin(&[Grant::CompanyAdmin]).await;
    for _ in 0..6 {
        world.admin(&[Grant::CompanyAdmin]).await;
    }
    let mut seen = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = boss.get(&boss.at(&format!("/administrators{query}"))).await.ok();
        assert!(page["items"].as_array().unwrap().len() <= 3);
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["guid"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=3&cursor={next}");
    }
    let all: Vec<_> = listed(&boss, "").await.iter().map(|item| item["guid"].to_string()).collect();
    assert_eq!(seen, all);
    assert!(seen.len() >= 7);
}
