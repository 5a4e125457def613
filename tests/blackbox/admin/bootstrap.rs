//! Access that the operator gives: the first Company Admin of a company, and access again.

use countersign_jobs::{JOBS, JobError};
use serde_json::{Value, json};

use crate::world::World;

async fn invoke(world: &World, company: &str, administrator: &str) -> Result<Value, JobError> {
    let job = JOBS.iter().find(|job| job.name == "admin-bootstrap").unwrap();
    (job.run)(world.bundle.jobs(), json!({"company": company, "administrator": administrator})).await
}

#[tokio::test]
async fn the_operator_makes_a_company_with_its_first_admin() {
    let world = World::at_localhost().await;
    let made = invoke(&world, "ACME", "Ann").await.unwrap();
    let mut ann = world.person();
    let session = ann.follow(made["link"].as_str().unwrap()).await;
    assert_eq!((&session["company"], &made["company"]["name"]), (&made["company"], &json!("ACME")));
    assert_eq!(session["administrator"]["grants"], json!([{"role": "companyAdmin"}]));
    let company = made["company"]["guid"].as_str().unwrap();
    let path = format!("/admin/api/companies/{company}");
    assert_eq!(ann.browser.get(&path).await.ok()["name"], "ACME");

    // Lost, with nobody there who could help.
    let id = made["administrator"]["guid"].as_str().unwrap();
    let again = invoke(&world, company, id).await.unwrap();
    assert_eq!(again["administrator"], made["administrator"]);
    ann.authenticator = Default::default();
    let session = ann.follow(again["link"].as_str().unwrap()).await;
    assert_eq!(session["administrator"]["passkeys"].as_array().unwrap().len(), 1);

    let second = invoke(&world, company, "Bea").await.unwrap();
    let mut bea = world.person();
    bea.follow(second["link"].as_str().unwrap()).await;
    assert_eq!(bea.browser.get(&path).await.status, 200);
}

#[tokio::test]
async fn what_there_is_not_is_told() {
    let world = World::new().await;
    let none = "01900000-0000-7000-8000-000000000001";
    let company = world.company().await.to_string();
    for (company, administrator, told) in [
        (none, "Ann", "no such company"),
        (&company, none, "no such administrator"),
        ("", "Ann", "company is empty"),
        ("ACME", "", "administrator is empty"),
    ] {
        let error = invoke(&world, company, administrator).await.unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[tokio::test]
async fn the_demo_has_a_link_until_somebody_joined() {
    let world = World::at_localhost().await;
    let admin = world.bundle.demo.admin.clone().unwrap();
    let mut ann = world.person();
    let session = ann.follow(admin.link.as_deref().unwrap()).await;
    assert_eq!(session["administrator"]["guid"], admin.administrator);
    assert_eq!(session["company"]["guid"], admin.company);
}
