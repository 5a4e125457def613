//! What a company has, and what an App Space has: one partition each, one query each.

use countersign_domain::administrator::Administrator;
use countersign_domain::id::{AppSpaceId, CompanyId, Tenant};
use countersign_domain::request_origin::RequestOrigin;

use crate::entities::CompanyAppSpace;
use crate::error::StoreError;
use crate::item::{Record, unpack};
use crate::keys;
use crate::page::{Cursor, LAST, Page, Stretch};
use crate::store::Store;

impl Store {
    /// The administrators of `company`, removed ones too, in the order in which they were made.
    pub async fn administrators(&self, company: CompanyId) -> Result<Vec<Record<Administrator>>, StoreError> {
        let items = self.partition(&keys::company_partition(company), keys::ADMINISTRATOR).await?;
        items.into_iter().map(unpack).collect()
    }

    /// At most `limit` of them behind `after`.
    pub async fn administrators_page(
        &self,
        company: CompanyId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Record<Administrator>>, StoreError> {
        let stretch = Stretch {
            pk: keys::company_partition(company),
            from: keys::ADMINISTRATOR.into(),
            to: format!("{}{LAST}", keys::ADMINISTRATOR),
            newest_first: false,
            consistent: true,
        };
        self.page(&stretch, after, limit).await?.try_map(unpack)
    }

    /// The ids of the App Spaces of `company`, in no order that means anything.
    pub async fn app_spaces(&self, company: CompanyId) -> Result<Vec<AppSpaceId>, StoreError> {
        let items = self.partition(&keys::company_partition(company), keys::COMPANY_APP_SPACE).await?;
        items.into_iter().map(|item| Ok(unpack::<CompanyAppSpace>(item)?.value.app_space)).collect()
    }

    /// The Request Origins of an App Space, in no order that means anything.
    pub async fn request_origins(&self, tenant: Tenant) -> Result<Vec<Record<RequestOrigin>>, StoreError> {
        let items = self.partition(&keys::tenant_partition(tenant), keys::ORIGIN).await?;
        items.into_iter().map(unpack).collect()
    }
}
