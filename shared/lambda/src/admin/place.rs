//! Where something is to be done: in a company, or in one of its App Spaces.

use countersign_domain::app_space::AppSpace;
use countersign_domain::company::Company;
use countersign_domain::id::{AppSpaceId, CompanyId, Tenant};
use countersign_domain::refused::Refused;
use countersign_store::Record;

use crate::call::Call;
use crate::refusal::Refusal;

/// A company, and an App Space in it where the path, or the query of those that may go either way, names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The company.
    pub company: CompanyId,
    /// The App Space.
    pub app_space: Option<AppSpaceId>,
}

impl Place {
    /// What the path names. What is no id names nothing.
    pub fn of<B>(call: &Call<B>) -> Result<Self, Refused> {
        let company = call.path("company").parse().map_err(|_| Refused::Unknown("company"))?;
        let app_space = match call.path("appSpace") {
            "" => None,
            text => Some(text.parse().map_err(|_| Refused::Unknown("App Space"))?),
        };
        Ok(Self { company, app_space })
    }

    /// The tenant of its App Space.
    pub fn tenant(self) -> Option<Tenant> {
        self.app_space.map(AppSpaceId::tenant)
    }

    /// What is told of a place that is none of the caller's.
    pub(super) fn unknown(self) -> Refusal {
        Refused::Unknown(if self.app_space.is_some() { "App Space" } else { "company" }).into()
    }

    /// Whether the App Space that was read is the one that is meant, in this company.
    pub(super) fn is(self, app_space: Option<&Record<AppSpace>>) -> bool {
        match (self.app_space, app_space) {
            (None, _) => true,
            (Some(id), Some(found)) => found.value.id == id && found.value.company == self.company,
            (Some(_), None) => false,
        }
    }

    /// Whether the provisioning key of `holder` acts for `company`.
    pub(super) fn is_of(company: &Company, holder: CompanyId) -> bool {
        company.id == holder || company.parent == Some(holder)
    }
}
