//! A company keeps a Company Admin: the last one who can sign in is neither removed nor demoted.

use countersign_domain::administrator::Administrator;
use countersign_domain::refused::Refused;
use countersign_lambda::admin::AdminCaller;
use countersign_lambda::{App, Refusal};
use countersign_store::Write;

/// Adds to a write that takes `old` to `new` what keeps the company in somebody's hands.
///
/// Whoever takes a Company Admin away also writes the company anew, as it was read before the others were counted: of two who
/// remove each other, one finds the company changed and must look again.
pub(crate) async fn keep(
    app: &App,
    caller: &AdminCaller,
    write: Write,
    old: &Administrator,
    new: &Administrator,
) -> Result<Write, Refusal> {
    if !old.is_company_admin() || new.is_company_admin() {
        return Ok(write);
    }
    let company = &caller.company;
    let all = app.store.administrators(company.value.id).await?;
    let mut others = all.iter().filter(|record| record.value.id != old.id);
    if !others.any(|record| record.value.is_company_admin()) {
        return Err(Refused::WrongState { what: "administrator", state: "the last Company Admin" }.into());
    }
    Ok(write.replace("company", company, &company.value)?)
}
