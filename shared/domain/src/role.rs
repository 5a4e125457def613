//! What administrators may do: roles, permissions, and the one table that joins them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::AppSpaceId;

/// What an administrator is, where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "camelCase")]
pub enum Grant {
    /// Of the whole company.
    CompanyAdmin,
    /// Of one App Space.
    #[serde(rename_all = "camelCase")]
    AppSpaceAdmin {
        /// Which.
        app_space: AppSpaceId,
    },
    /// Helps the users of one App Space.
    #[serde(rename_all = "camelCase")]
    UserSupport {
        /// Which.
        app_space: AppSpaceId,
    },
}

impl Grant {
    /// The role without its place.
    pub const fn role(self) -> Role {
        match self {
            Self::CompanyAdmin => Role::CompanyAdmin,
            Self::AppSpaceAdmin { .. } => Role::AppSpaceAdmin,
            Self::UserSupport { .. } => Role::UserSupport,
        }
    }

    /// Where it holds; everywhere in the company where it names no App Space.
    pub const fn app_space(self) -> Option<AppSpaceId> {
        match self {
            Self::CompanyAdmin => None,
            Self::AppSpaceAdmin { app_space } | Self::UserSupport { app_space } => Some(app_space),
        }
    }
}

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Makes administrators of any role, App Spaces and their identity providers.
    CompanyAdmin,
    /// Runs an App Space.
    AppSpaceAdmin,
    /// Helps users with their devices.
    UserSupport,
}

impl Role {
    /// All of them, most powerful first.
    pub const ALL: [Self; 3] = [Self::CompanyAdmin, Self::AppSpaceAdmin, Self::UserSupport];

    /// As people read it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::CompanyAdmin => "Company Admin",
            Self::AppSpaceAdmin => "App Space Admin",
            Self::UserSupport => "User Support",
        }
    }

    /// Whether the role has the permission.
    pub fn may(self, permission: Permission) -> bool {
        PERMISSIONS.iter().any(|(known, roles)| *known == permission && roles.contains(&self))
    }
}

/// One thing that somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See the company's name and make it another.
    ManageCompany,
    /// See who administers what: in an App Space those of it, else all.
    ReadAdministrators,
    /// Invite, change, remove and recover administrators of any role.
    ManageAdministrators,
    /// Invite and remove User Support of an App Space.
    ManageUserSupport,
    /// Make App Spaces, name them, and set brand, app protocol, policy and the settings of the other APIs.
    ManageAppSpaces,
    /// Set where the users of an App Space log in.
    ManageIdentityProvider,
    /// Rotate signing and sealing keys.
    RotateKeys,
    /// See an App Space: its name, provider, counts and charts.
    ReadAppSpace,
    /// See its settings.
    ReadSettings,
    /// Set where its pushes go.
    ManagePush,
    /// See, make and change Request Origins: names, credentials, access keys, callbacks.
    ManageRequestOrigins,
    /// See users, their devices and their challenges.
    ReadUsers,
    /// Suspend and restore users.
    ManageUsers,
    /// Revoke users; User Support only where the bind is simple.
    RevokeUsers,
    /// Revoke users' devices.
    RevokeDevices,
    /// See the challenges of the App Space.
    ReadChallenges,
    /// Ask a user by hand.
    SendChallenges,
    /// See the delivery log, and send deliveries again.
    ManageDeliveries,
    /// Search, export and verify the audit trail.
    ReadAuditTrail,
}

use Permission as P;
use Role::{AppSpaceAdmin, CompanyAdmin, UserSupport};

/// Who may do what. The documentation's table is checked against this one.
pub const PERMISSIONS: &[(Permission, &[Role])] = &[
    (P::ManageCompany, &[CompanyAdmin]),
    (P::ReadAdministrators, &[CompanyAdmin, AppSpaceAdmin]),
    (P::ManageAdministrators, &[CompanyAdmin]),
    (P::ManageUserSupport, &[CompanyAdmin, AppSpaceAdmin]),
    (P::ManageAppSpaces, &[CompanyAdmin]),
    (P::ManageIdentityProvider, &[CompanyAdmin]),
    (P::RotateKeys, &[CompanyAdmin]),
    (P::ReadAppSpace, &[CompanyAdmin, AppSpaceAdmin, UserSupport]),
    (P::ReadSettings, &[CompanyAdmin, AppSpaceAdmin]),
    (P::ManagePush, &[CompanyAdmin, AppSpaceAdmin]),
    (P::ManageRequestOrigins, &[CompanyAdmin, AppSpaceAdmin]),
    (P::ReadUsers, &[CompanyAdmin, AppSpaceAdmin, UserSupport]),
    (P::ManageUsers, &[CompanyAdmin, AppSpaceAdmin]),
    (P::RevokeUsers, &[CompanyAdmin, AppSpaceAdmin, UserSupport]),
    (P::RevokeDevices, &[CompanyAdmin, AppSpaceAdmin, UserSupport]),
    (P::ReadChallenges, &[CompanyAdmin, AppSpaceAdmin]),
    (P::SendChallenges, &[CompanyAdmin, AppSpaceAdmin]),
    (P::ManageDeliveries, &[CompanyAdmin, AppSpaceAdmin]),
    (P::ReadAuditTrail, &[CompanyAdmin, AppSpaceAdmin]),
];

impl Permission {
    /// As the documentation calls it.
    pub const fn name(self) -> &'static str {
        match self {
            P::ManageCompany => "manageCompany",
            P::ReadAdministrators => "readAdministrators",
            P::ManageAdministrators => "manageAdministrators",
            P::ManageUserSupport => "manageUserSupport",
            P::ManageAppSpaces => "manageAppSpaces",
            P::ManageIdentityProvider => "manageIdentityProvider",
            P::RotateKeys => "rotateKeys",
            P::ReadAppSpace => "readAppSpace",
            P::ReadSettings => "readSettings",
            P::ManagePush => "managePush",
            P::ManageRequestOrigins => "manageRequestOrigins",
            P::ReadUsers => "readUsers",
            P::ManageUsers => "manageUsers",
            P::RevokeUsers => "revokeUsers",
            P::RevokeDevices => "revokeDevices",
            P::ReadChallenges => "readChallenges",
            P::SendChallenges => "sendChallenges",
            P::ManageDeliveries => "manageDeliveries",
            P::ReadAuditTrail => "readAuditTrail",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The strongest role that `grants` give in `app_space`, or in the company where none is named.
pub fn roles_in(grants: &[Grant], app_space: Option<AppSpaceId>) -> impl Iterator<Item = Role> {
    let here = move |grant: &&Grant| match grant.app_space() {
        None => true,
        place => place == app_space,
    };
    grants.iter().filter(here).map(|grant| grant.role())
}

/// All that `grants` allow in `app_space`, or in the company where none is named, in the table's order.
pub fn permissions_in(grants: &[Grant], app_space: Option<AppSpaceId>) -> impl Iterator<Item = Permission> {
    PERMISSIONS.iter().map(|(known, _)| *known).filter(move |known| allowed(grants, *known, app_space))
}

/// Whether `grants` allow `permission` in `app_space`, or in the company where none is named.
pub fn allowed(grants: &[Grant], permission: Permission, app_space: Option<AppSpaceId>) -> bool {
    roles_in(grants, app_space).any(|role| role.may(permission))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{app_space_id, other_app_space_id};

    #[test]
    fn each_permission_stands_once_and_company_admins_have_it() {
        for (at, (permission, roles)) in PERMISSIONS.iter().enumerate() {
            assert!(roles.contains(&CompanyAdmin), "{permission}");
            assert!(PERMISSIONS[..at].iter().all(|(other, _)| other != permission), "{permission}");
            assert!(PERMISSIONS[..at].iter().all(|(other, _)| other.name() != permission.name()));
        }
    }

    #[test]
    fn support_revokes_and_changes_nothing_else() {
        let may = |permission| UserSupport.may(permission);
        assert!(may(P::RevokeDevices) && may(P::RevokeUsers) && may(P::ReadUsers) && may(P::ReadAppSpace));
        let count = PERMISSIONS.iter().filter(|(permission, _)| may(*permission)).count();
        assert_eq!(count, 4);
    }

    #[test]
    fn a_grant_holds_in_its_place_only() {
        let (here, there) = (app_space_id(), other_app_space_id());
        let grants = [Grant::AppSpaceAdmin { app_space: here }];
        assert!(allowed(&grants, P::ManagePush, Some(here)));
        assert!(!allowed(&grants, P::ManagePush, Some(there)));
        assert!(!allowed(&grants, P::ManagePush, None));
        assert!(!allowed(&grants, P::ManageIdentityProvider, Some(here)));
        assert!(allowed(&[Grant::CompanyAdmin], P::ManageIdentityProvider, Some(there)));
        assert!(!allowed(&[], P::ReadAppSpace, Some(here)));
        let both = [Grant::UserSupport { app_space: here }, Grant::AppSpaceAdmin { app_space: there }];
        assert!(!allowed(&both, P::ManageUsers, Some(here)) && allowed(&both, P::ManageUsers, Some(there)));
    }

    #[test]
    fn grants_have_stable_words() {
        let json =
            serde_json::to_value([Grant::CompanyAdmin, Grant::UserSupport { app_space: app_space_id() }]);
        let id = app_space_id().to_string();
        let expected = serde_json::json!([{"role": "companyAdmin"}, {"role": "userSupport", "appSpace": id}]);
        assert_eq!(json.unwrap(), expected);
    }
}
