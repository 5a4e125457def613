//! `cargo local admin-link`: access for a Company Admin of a stack, or of the data folder.

use std::path::Path;

use clap::Args;
use countersign_lambda::admin::founding::{Founded, found};
use countersign_local::demo_admin::page_address;

use crate::place::Place;

#[derive(Args)]
pub(crate) struct AdminLink {
    /// The stack's table: output `TableName`. Without it the stack is that of the data folder
    #[arg(long, requires_all = ["public_url", "company", "administrator"])]
    table: Option<String>,
    /// Where the portal of the stack is reached: output `ApiUrl`
    #[arg(long)]
    public_url: Option<String>,
    /// The name of a new company, or the GUID of one that there is; without it the demo's
    #[arg(long)]
    company: Option<String>,
    /// The name of a new Company Admin, or the GUID of an administrator who needs access again; without it the demo's
    #[arg(long)]
    administrator: Option<String>,
}

/// Makes the link, and prints it.
pub(crate) async fn run(wanted: AdminLink, data: &Path) -> Result<(), String> {
    let place = Place::open(wanted.table.clone(), data).await?;
    let made = made(wanted, &place).await;
    place.close().await;
    println!("{}", made?);
    Ok(())
}

async fn made(wanted: AdminLink, place: &Place) -> Result<String, String> {
    let demo = place.demo.as_ref();
    let admin = demo.and_then(|demo| demo.admin.as_ref());
    let public_url = wanted.public_url.or_else(|| demo.map(|demo| page_address(&demo.base_url)));
    let company = wanted.company.or_else(|| admin.map(|admin| admin.company.clone()));
    let administrator = wanted.administrator.or_else(|| admin.map(|admin| admin.administrator.clone()));
    let (Some(url), Some(company), Some(administrator)) = (public_url, company, administrator) else {
        return Err("the demo is of an older version; name --company and --administrator".into());
    };
    let founded = found(&place.app, &company, &administrator).await;
    let Founded { company, administrator, link } = founded.map_err(|refusal| refusal.tell().body.message)?;
    Ok(format!(
        "Company         {}  {}\nAdministrator   {}  {}\nLink            {}\nIt works once, until {}.",
        company.name,
        company.id,
        administrator.name,
        administrator.id,
        link.url(url.trim_end_matches('/')),
        link.expires_at().rfc3339()
    ))
}
