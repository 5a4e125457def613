//! `GET …/deliveries`: what became of the webhooks of an App Space, and of what its bank was told; newest first.

use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::delivery_entry::DeliveryEntry;
use crate::page::{self, Page, PageQuery};

pub(crate) async fn handle(app: &App, call: Call<PageQuery>) -> Result<Reply<Page<DeliveryEntry>>, Refusal> {
    let query = &call.body;
    let (limit, cursor) = (page::limit(query.limit.as_deref())?, page::cursor(query.cursor.as_deref())?);
    let read = AdminRead::of(app, &call, Permission::ManageDeliveries)?;
    let (caller, _) = read.authenticate(app, &call).await?;
    let app_space = caller.app_space()?.value.id;
    let log = app.store.delivery_log(app_space, cursor.as_ref(), limit, app.now()).await?;
    let items = log.items.iter().map(|record| DeliveryEntry::of(&record.value)).collect();
    Ok(Reply::ok(Page::of(items, log.next.as_ref())))
}
