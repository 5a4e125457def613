//! `brandInfo` of an App Space.

use countersign_domain::brand::Brand;
use countersign_domain::invalid::Invalid;
use countersign_lambda::setup::given::given;
use serde::{Deserialize, Serialize};

/// What is wanted otherwise; null removes.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct BrandBody {
    #[serde(default, deserialize_with = "given")]
    url: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    color: Option<Option<String>>,
}

impl BrandBody {
    /// `brand` with what this says.
    pub(crate) fn over(self, brand: &Brand) -> Result<Brand, Invalid> {
        let Brand { url, color } = brand.clone();
        Brand::parse(self.url.unwrap_or(url), self.color.unwrap_or(color))
    }
}

/// The same, shown.
#[derive(Debug, Serialize)]
pub(crate) struct BrandView {
    url: Option<String>,
    color: Option<String>,
}

impl From<Brand> for BrandView {
    fn from(Brand { url, color }: Brand) -> Self {
        Self { url, color }
    }
}
