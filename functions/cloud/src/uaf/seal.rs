//! The key of the server data, and which of the sealing keys it came from.
//!
//! The key's id stands before the server data, so that what was asked before a rotation can be answered after it.

use countersign_crypto::digest::hmac_sha256;
use countersign_domain::secret::Secret;
use countersign_lambda::{App, Refusal};
use countersign_uaf::messages::Header;
use countersign_uaf::refusal::Refusal as UafRefusal;
use countersign_uaf::server_data::Mac;

use super::refused::Failed;

const LABEL: &str = "uaf-server-data";

/// The key, ready to use.
pub(crate) struct ServerDataKey {
    kid: String,
    key: Secret<[u8; 32]>,
}

impl Mac for ServerDataKey {
    fn mac(&self, message: &[u8]) -> [u8; 32] {
        hmac_sha256(self.key.expose(), message)
    }
}

impl ServerDataKey {
    /// The one to ask with.
    pub(crate) async fn current(app: &App) -> Result<Self, Refusal> {
        let sealing = app.keys.sealing().await?;
        let kid = sealing.current_kid().to_owned();
        let key = sealing.derive(Some(&kid), LABEL, b"");
        let key =
            key.map_err(|_| countersign_lambda::refusal::internal("a ring without its current key")())?;
        Ok(Self { kid, key })
    }

    /// The one that a header was asked with, of which the server data is left as it was sealed.
    pub(crate) async fn of(app: &App, header: &mut Header) -> Result<Self, Failed> {
        let refused = || Failed::from(UafRefusal::ServerData);
        let data = header.server_data.take().ok_or_else(refused)?;
        let (kid, sealed) = data.split_once('.').ok_or_else(refused)?;
        let sealing = app.keys.sealing_with(kid).await.map_err(Refusal::from)?;
        let key = sealing.derive(Some(kid), LABEL, b"").map_err(|_| refused())?;
        header.server_data = Some(sealed.to_owned());
        Ok(Self { kid: kid.to_owned(), key })
    }

    /// Its sealing key's id.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// Names itself in a header that was sealed with it.
    pub(crate) fn sign_off(&self, header: &mut Header) {
        if let Some(sealed) = &mut header.server_data {
            *sealed = format!("{}.{sealed}", self.kid);
        }
    }
}
