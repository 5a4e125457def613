//! The audit trails: searched, exported, verified.

use countersign_crypto::audit_chain;
use countersign_domain::act::Trail;
use countersign_domain::actor::Actor;
use countersign_domain::audit::{AuditEntry, AuditHead, Happened};
use countersign_domain::event::EventKind;
use countersign_domain::role::Grant;
use countersign_domain::time::{Clock, Span};
use countersign_store::Write;
use serde_json::{Value, json};

use super::client::Admin;
use crate::world::World;

async fn search(world: &World, admin: &Admin, query: &str) -> Value {
    admin.get(&admin.at(&format!("/audit?appSpace={}{query}", world.demo_space()))).await.ok()
}

fn events(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap()).collect()
}

/// Ann is bound, suspended, restored; a second apart.
async fn ann(world: &World) {
    world.bind_link("ann").await;
    for change in ["suspend", "restore"] {
        world.pump().await;
        world.turn(Span::secs(1));
        let body = json!({ "accountId": "ann" });
        world.backend().patch(&format!("/api/account/{change}"), body).await.ok();
    }
    world.pump().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_found_newest_first_by_what_they_say() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::AppSpaceAdmin { app_space: world.demo_space() }]).await;
    ann(&world).await;
    let page = search(&world, &admin, "").await;
    assert_eq!(events(&page), ["user.restored", "user.suspended", "user.created"]);
    let numbers: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|entry| &entry["seq"]).collect();
    assert_eq!(numbers, [3, 2, 1]);
    let user = page["items"][0]["user"].as_str().unwrap();
    let by = format!("request_origin:{}", world.backend().origin.guid);
    assert_eq!(page["items"][0]["actor"], by);
    for (query, count) in [
        ("&event=user.s", 1),
        ("&event=device.", 0),
        (&format!("&user={user}"), 3),
        (&format!("&subject={user}"), 3),
        (&format!("&actor={by}"), 3),
        ("&actor=request_origin", 3),
        ("&actor=administrator", 0),
        ("&text=RESTORED", 1),
        ("&from=2026-11-22&to=2026-11-22", 3),
        ("&to=2026-11-21", 0),
        ("&from=2026-11-22T10:00:01Z", 2),
        ("&event=&user=&format=json", 3),
    ] {
        assert_eq!(events(&search(&world, &admin, query).await).len(), count, "{query}");
    }
    let first = search(&world, &admin, "&limit=2&event=user.").await;
    let rest =
        search(&world, &admin, &format!("&event=user.&cursor={}", first["next"].as_str().unwrap())).await;
    assert_eq!((events(&rest), &rest["next"]), (vec!["user.created"], &Value::Null));
    for (query, field) in [
        ("&from=today", "from"),
        ("&to=2026-11-32", "to"),
        ("&from=2026-11-22&to=2026-11-21", "from"),
        ("&format=xml", "format"),
        ("&limit=101", "limit"),
        ("&cursor=%25", "cursor"),
    ] {
        let path = admin.at(&format!("/audit?appSpace={}{query}", world.demo_space()));
        assert_eq!(admin.get(&path).await.refused(400, "invalid_field").as_deref(), Some(field), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_companys_own_trail_is_for_company_admins() {
    let world = World::new().await;
    let (space, admin) = (world.demo_space(), world.admin(&[Grant::CompanyAdmin]).await);
    let helper = world.admin(&[Grant::AppSpaceAdmin { app_space: space }]).await;
    admin.patch(&admin.at(""), json!({ "name": "ACME" })).await.expect(204);
    world.pump().await;
    let own = admin.get(&admin.at("/audit")).await.ok();
    assert_eq!(events(&own), ["company.updated"]);
    assert_eq!(own["items"][0]["actor"], format!("administrator:{}", admin.id));
    assert!(events(&search(&world, &helper, "").await).is_empty());
    for path in ["/audit", "/audit/chain"] {
        helper.get(&helper.at(path)).await.refused(403, "forbidden");
        helper.get(&helper.at(&format!("{path}?appSpace=x"))).await.refused(404, "not_found");
        let there = world.another_space(admin.company, "Second Bank").await;
        helper.get(&helper.at(&format!("{path}?appSpace={there}"))).await.refused(404, "not_found");
        let (_, foreign) = world.other_company().await;
        admin.get(&admin.at(&format!("{path}?appSpace={foreign}"))).await.refused(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_is_exported_as_a_file() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    ann(&world).await;
    let path = admin.at(&format!("/audit?appSpace={}&event=user.", world.demo_space()));
    let csv = admin.get(&format!("{path}&format=csv")).await;
    assert_eq!(csv.headers["content-type"], "text/csv;charset=UTF-8");
    assert!(!csv.headers.contains_key("link"), "all of it is here");
    let text = csv.ok().as_str().unwrap().to_owned();
    let rows: Vec<&str> = text.split_terminator("\r\n").collect();
    assert!(rows[0].starts_with("seq,at,event,") && rows.len() == 4, "{text}");
    assert!(rows[1].starts_with("3,2026-11-22T10:00:02.000Z,user.restored,"), "{text}");
    let lines = admin.get(&format!("{path}&format=jsonl")).await.ok();
    let lines: Vec<Value> =
        lines.as_str().unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::Array(lines), admin.get(&path).await.ok()["items"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_trail_is_verified() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    ann(&world).await;
    let path = admin.at(&format!("/audit/chain?appSpace={}", world.demo_space()));
    let verified = admin.get(&path).await.ok();
    let newest = search(&world, &admin, "&limit=1").await["items"][0]["hash"].clone();
    let expected = json!({
        "from": 1, "to": 3, "checked": 3, "valid": true, "complete": true, "broken": null, "hash": newest, "next": null,
    });
    assert_eq!(verified, expected);
    let empty = admin.get(&admin.at("/audit/chain")).await.ok();
    assert_eq!((&empty["checked"], &empty["valid"]), (&json!(0), &json!(true)));
    let told = admin.get(&format!("{path}&cursor=1.x")).await.refused(400, "invalid_field");
    assert_eq!(told.as_deref(), Some("cursor"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_entry_is_found() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    ann(&world).await;
    let store = &world.bundle.app().store;
    let trail = Trail::AppSpace(world.demo_space());
    let entries = store.audit_chain(trail, None, 10).await.unwrap().items;
    let mut altered: AuditEntry = entries[1].clone();
    altered.actor = None;
    store.write(Write::new().put_mark("entry", &altered).unwrap()).await.unwrap();
    let path = admin.at(&format!("/audit/chain?appSpace={}", world.demo_space()));
    let found = admin.get(&path).await.ok();
    assert_eq!((&found["valid"], &found["complete"]), (&json!(false), &json!(false)));
    assert_eq!((&found["to"], &found["broken"]["seq"]), (&json!(1), &json!(2)));
    assert!(found["broken"]["problem"].as_str().unwrap().contains("altered"), "{found}");
}

/// Entries of a day, as the service would have written them.
async fn plant(world: &World, count: u64) {
    let (store, trail) = (&world.bundle.app().store, Trail::AppSpace(world.demo_space()));
    let (mut head, mut write, mut parts) = (None, Write::new(), 0);
    for number in 1..=count {
        let happened = Happened {
            id: format!("evt_{number}"),
            trail,
            at: world.clock.now() - Span::hours(1),
            event: if number == 1 { EventKind::UserCreated } else { EventKind::UserUpdated },
            subject: "planted".into(),
            user: None,
            actor: Some(Actor::Service),
            channel: None,
            detail: None,
        };
        let entry = audit_chain::append(&happened, head.as_ref()).unwrap();
        write = write.put_mark("entry", &entry).unwrap();
        parts += 1;
        if parts == 100 || number == count {
            store.write(std::mem::take(&mut write)).await.unwrap();
            parts = 0;
        }
        head = Some(AuditHead::of(&entry));
    }
    store.write(Write::new().put_mark("head", &head.unwrap()).unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_trail_comes_in_parts() {
    const COUNT: u64 = 2_100;
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    plant(&world, COUNT).await;
    let path = admin.at(&format!("/audit?appSpace={}", world.demo_space()));

    let (mut url, mut file, mut parts) = (format!("{path}&format=csv"), String::new(), 0);
    loop {
        let answer = admin.get(&url).await;
        let link = answer.headers.get("link").map(|link| link.to_str().unwrap().to_owned());
        file.push_str(answer.ok().as_str().unwrap());
        parts += 1;
        let Some(link) = link else { break };
        let next = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
        url = next.strip_prefix(&world.base_url).unwrap().to_owned();
    }
    let rows: Vec<&str> = file.split_terminator("\r\n").collect();
    let heads = rows.iter().filter(|row| row.starts_with("seq,")).count();
    assert_eq!((rows.len() as u64, parts, heads), (COUNT + 1, 2, 1));
    assert!(rows[1].starts_with("2100,") && rows[rows.len() - 1].starts_with("1,"));

    // The oldest entry is the only one of its kind.
    let found = admin.get(&format!("{path}&event=user.created")).await.ok();
    assert_eq!((events(&found), &found["next"]), (vec!["user.created"], &Value::Null));
    let none = admin.get(&format!("{path}&event=device.")).await.ok();
    assert_eq!(events(&none).len(), 0);

    let chain = admin.at(&format!("/audit/chain?appSpace={}", world.demo_space()));
    let first = admin.get(&chain).await.ok();
    assert_eq!(
        (&first["valid"], &first["complete"], &first["to"]),
        (&json!(true), &json!(false), &json!(2_000))
    );
    let rest = admin.get(&format!("{chain}&cursor={}", first["next"].as_str().unwrap())).await.ok();
    assert_eq!((&rest["from"], &rest["to"], &rest["complete"]), (&json!(2_001), &json!(COUNT), &json!(true)));
    // Who goes on from another entry than that which was verified is told that they do not fit.
    let cursor = first["next"].as_str().unwrap().replacen("2000.", "1999.", 1);
    let astray = admin.get(&format!("{chain}&cursor={cursor}")).await.ok();
    assert_eq!((&astray["valid"], &astray["checked"]), (&json!(false), &json!(0)));
}
