//! `GET …/requestOrigins`: the Request Origins of an App Space, in the order in which they were made.

use countersign_domain::id::RequestOriginId;
use countersign_domain::invalid::Invalid;
use countersign_domain::request_origin::{AccessKeyRecord, RequestOrigin};
use countersign_domain::role::Permission;
use countersign_domain::time::Timestamp;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::refusal::Timestamp3339;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Serialize;

use crate::callback_body::CallbackView;
use crate::page::{Page, PageQuery, limit};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestOriginView {
    guid: String,
    name: String,
    created_at: Timestamp3339,
    /// `basic` or `hmac`; null without a key.
    key_type: Option<&'static str>,
    active: bool,
    callbacks: Vec<CallbackView>,
    access_keys: Vec<AccessKeyView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessKeyView {
    id: String,
    created_at: Timestamp3339,
    expires_at: Option<Timestamp3339>,
}

/// The place of a Request Origin in the list: an App Space has few, so that all are read, in whatever order they lie.
type Place = (Timestamp, RequestOriginId);

pub(crate) async fn handle(
    app: &App,
    call: Call<PageQuery>,
) -> Result<Reply<Page<RequestOriginView>>, Refusal> {
    let (limit, after) = (limit(call.body.limit.as_deref())?, cursor(call.body.cursor.as_deref())?);
    let read = AdminRead::of(app, &call, Permission::ManageRequestOrigins)?;
    let tenant = read.tenant()?;
    read.authenticate(app, &call).await?;
    let mut origins: Vec<_> =
        app.store.request_origins(tenant).await?.into_iter().map(|record| record.value).collect();
    origins.sort_by_key(place);
    origins.retain(|origin| after.is_none_or(|after| place(origin) > after));
    let more = origins.len() > limit;
    origins.truncate(limit);
    let next = origins.last().filter(|_| more).map(|last| {
        let (at, id) = place(last);
        format!("{}.{id}", at.millis())
    });
    let now = app.now();
    Ok(Reply::ok(Page { items: origins.into_iter().map(|origin| view(origin, now)).collect(), next }))
}

fn place(origin: &RequestOrigin) -> Place {
    (origin.created_at, origin.id)
}

fn cursor(text: Option<&str>) -> Result<Option<Place>, Invalid> {
    let read = |text: &str| {
        let (at, id) = text.split_once('.')?;
        Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
    };
    text.map(|text| read(text).ok_or_else(|| Invalid::new("cursor", "is of no page"))).transpose()
}

fn view(origin: RequestOrigin, now: Timestamp) -> RequestOriginView {
    let good = origin.access_keys.iter().filter(|key| !key.is_over(now));
    RequestOriginView {
        guid: origin.id.to_string(),
        created_at: Timestamp3339(origin.created_at),
        key_type: origin.credential.name(),
        active: origin.is_active(),
        callbacks: origin.callbacks.iter().map(CallbackView::from).collect(),
        access_keys: good
            .map(|AccessKeyRecord { id, created_at, expires_at, .. }| AccessKeyView {
                id: id.clone(),
                created_at: Timestamp3339(*created_at),
                expires_at: expires_at.map(Timestamp3339),
            })
            .collect(),
        name: origin.name,
    }
}
