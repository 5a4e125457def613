//! Who calls from where, and what must come of it.

use countersign_crypto::cx1;
use countersign_domain::company::Company;
use countersign_domain::id::{AppSpaceId, CompanyId};
use countersign_domain::role::{self, Grant, Permission, Role};
use countersign_domain::secret::Secret;
use countersign_domain::time::{Clock, Span};
use countersign_lambda::admin::presented::secret_owner;
use countersign_store::{Write, keys};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::rows::{Demand, Row};
use crate::admin::client::Admin;
use crate::backend::Answer;
use crate::world::World;

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// Without a session.
    Nobody,
    /// Of the App Space.
    UserSupport,
    /// Of the App Space.
    AppSpaceAdmin,
    CompanyAdmin,
    /// By the company's provisioning key.
    ProvisioningKey,
    /// With every role in another company.
    OfAnotherCompany,
}

impl Caller {
    pub(super) const ALL: &[Self] = &[
        Self::Nobody,
        Self::UserSupport,
        Self::AppSpaceAdmin,
        Self::CompanyAdmin,
        Self::ProvisioningKey,
        Self::OfAnotherCompany,
    ];

    /// The role in the place that is the caller's own; a provisioning key acts as a Company Admin.
    fn role(self) -> Option<Role> {
        match self {
            Self::Nobody | Self::OfAnotherCompany => None,
            Self::UserSupport => Some(Role::UserSupport),
            Self::AppSpaceAdmin => Some(Role::AppSpaceAdmin),
            Self::CompanyAdmin | Self::ProvisioningKey => Some(Role::CompanyAdmin),
        }
    }
}

/// Of what the path speaks, as seen by those who have a role in the demo's App Space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Own,
    /// Another one of the same company.
    ForeignAppSpace,
    ForeignCompany,
}

/// What must come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// Whatever the operation says to those who may.
    Allowed,
    Unauthorized,
    Forbidden,
    Unknown,
}

impl Expected {
    pub(super) fn holds(self, answer: &Answer) -> bool {
        let Answer { status, body, .. } = answer;
        match self {
            Self::Allowed => !matches!(status, 401 | 403 | 429) && *status < 500 && !is_unknown_place(body),
            Self::Unauthorized => *status == 401,
            Self::Forbidden => *status == 403 && body["error"] == "forbidden",
            Self::Unknown => *status == 404,
        }
    }
}

/// A 404 about the place, and not about something in it.
fn is_unknown_place(body: &Value) -> bool {
    let message = body["message"].as_str().unwrap_or_default();
    message.contains("no such company") || message.contains("no such App Space")
}

pub(super) fn expected(row: &Row, caller: Caller, place: Place) -> Expected {
    let Some(role) = caller.role() else {
        return match (row.demand, caller) {
            (Demand::Nobody, _) => Expected::Allowed,
            (_, Caller::Nobody) => Expected::Unauthorized,
            (Demand::Session, _) => Expected::Allowed,
            (Demand::Key, _) => Expected::Forbidden,
            // What is foreign to the others is this one's own.
            (_, _) if place == Place::ForeignCompany => Expected::Allowed,
            (_, _) => Expected::Unknown,
        };
    };
    let by = |allowed: bool| if allowed { Expected::Allowed } else { Expected::Forbidden };
    let everywhere = role == Role::CompanyAdmin;
    match row.demand {
        Demand::Nobody => Expected::Allowed,
        Demand::Session => by(caller != Caller::ProvisioningKey),
        Demand::Key => by(caller == Caller::ProvisioningKey),
        _ if place == Place::ForeignCompany => Expected::Unknown,
        Demand::AnyRole => Expected::Allowed,
        Demand::Manager => {
            by(role.may(Permission::ManageAdministrators) || role.may(Permission::ManageUserSupport))
        }
        // A role in an App Space is none in the company.
        Demand::InCompany(permission) => by(everywhere && role.may(permission)),
        Demand::InAppSpace(_) if place == Place::ForeignAppSpace && !everywhere => Expected::Unknown,
        Demand::InAppSpace(permission) => by(role.may(permission)),
    }
}

/// Everybody, signed in.
pub(super) struct Scene<'a> {
    world: &'a World,
    company: CompanyId,
    own: AppSpaceId,
    sibling: AppSpaceId,
    other: (CompanyId, AppSpaceId),
}

const KEY: &str = "a provisioning key of the matrix";

impl<'a> Scene<'a> {
    pub(super) async fn new(world: &'a World) -> Self {
        let company = world.company().await;
        let sibling = world.another_space(company, "Sibling Bank").await;
        let other = world.other_company().await;
        let scene = Self { world, company, own: world.demo_space(), sibling, other };
        scene.give_key().await;
        scene
    }

    /// The company has a provisioning key; an operation before may have changed it.
    async fn give_key(&self) {
        let app = self.world.bundle.app();
        let id = self.company.to_string();
        let owner = secret_owner(&id);
        let sealed = app.keys.seal(&Secret::new(KEY.into()), &owner, app.random()).await.unwrap();
        let old = app.store.get::<Company>(keys::company(self.company), app.now()).await.unwrap().unwrap();
        let new = Company { provisioning_secret: Some(sealed), ..old.value.clone() };
        app.store.write(Write::new().replace("company", &old, &new).unwrap()).await.unwrap();
    }

    /// Calls the operation of `row`, by a caller who has done nothing before, so that no operation is in another's way.
    pub(super) async fn call(&self, row: &Row, caller: Caller, place: Place) -> Answer {
        // Each in a time of its own: limits per window are tested elsewhere.
        self.world.turn(Span::minutes(6));
        let (company, app_space) = match place {
            Place::Own => (self.company, self.own),
            Place::ForeignAppSpace => (self.company, self.sibling),
            Place::ForeignCompany => self.other,
        };
        let operation = countersign_admin::OPERATIONS;
        let operation = operation.iter().find(|operation| operation.name == row.operation).unwrap();
        let method: Method = operation.method.parse().unwrap();
        let path = row.template().replace("{company}", &company.to_string());
        let path = path.replace("{appSpace}", &app_space.to_string());
        let takes_body = matches!(operation.method, "POST" | "PUT" | "PATCH");
        let body = takes_body.then(|| (row.body)(app_space));
        let browser = self.browser(caller, &method, &path, body.as_ref()).await;
        browser.send(method, &path, body).await
    }

    async fn browser(&self, caller: Caller, method: &Method, path: &str, body: Option<&Value>) -> Admin {
        let (own, world) = (self.own, self.world);
        match caller {
            Caller::Nobody => world.browser(HeaderMap::new()).with_header("x-countersign-portal", "1"),
            Caller::UserSupport => world.admin(&[Grant::UserSupport { app_space: own }]).await,
            Caller::AppSpaceAdmin => world.admin(&[Grant::AppSpaceAdmin { app_space: own }]).await,
            Caller::CompanyAdmin => world.admin(&[Grant::CompanyAdmin]).await,
            Caller::OfAnotherCompany => world.admin_of(self.other.0, &[Grant::CompanyAdmin]).await,
            Caller::ProvisioningKey => {
                self.give_key().await;
                let url = format!("{}{path}", world.base_url);
                let text = body.map(ToString::to_string).unwrap_or_default();
                let (id, now) = (self.company.to_string(), world.clock.now());
                let key = Secret::new(KEY.to_owned());
                let signed = cx1::sign(&key, &id, now, method.as_str(), &url, text.as_bytes());
                let browser = world.browser(HeaderMap::new()).with_header("x-countersign-portal", "1");
                browser.with_header("authorization", signed.expose())
            }
        }
    }
}

#[test]
fn the_matrix_follows_the_table_of_permissions() {
    let demand = Demand::InAppSpace(Permission::ManageUsers);
    let row = Row { operation: "", demand, path: "", body: |_| Value::Null };
    for (role, caller) in [
        (Role::UserSupport, Caller::UserSupport),
        (Role::AppSpaceAdmin, Caller::AppSpaceAdmin),
        (Role::CompanyAdmin, Caller::CompanyAdmin),
    ] {
        for (permission, roles) in role::PERMISSIONS {
            let row = Row { demand: Demand::InAppSpace(*permission), ..row };
            let allowed = expected(&row, caller, Place::Own) == Expected::Allowed;
            assert_eq!(allowed, roles.contains(&role), "{permission}");
        }
    }
}
