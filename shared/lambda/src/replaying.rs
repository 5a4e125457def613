//! Webhooks are sent again, with the same ids.
//!
//! That also takes back a 410: whoever asks for it wants the callback to be called again.

use countersign_domain::delivery::{Delivery, Recipient};
use countersign_domain::time::Timestamp;
use countersign_store::{Record, Write, keys};

use crate::refusal::Refusal;

/// The write that makes `deliveries` due again, and what they are then. What a bank was told is left as it is: it is told
/// while somebody waits for it, and not later.
pub fn replay(deliveries: &[Record<Delivery>], now: Timestamp) -> Result<(Write, Vec<Delivery>), Refusal> {
    let mut write = Write::new();
    let (mut replayed, mut endpoints) = (Vec::with_capacity(deliveries.len()), Vec::new());
    for delivery in deliveries {
        let Recipient::Origin(origin) = delivery.value.recipient else { continue };
        let again = delivery.value.clone().replay(now)?;
        write = write.replace("delivery", delivery, &again)?;
        let endpoint = keys::endpoint(origin, again.url.url().as_str());
        if !endpoints.contains(&endpoint) {
            write = write.remove_copy("endpoint", &endpoint)?;
            endpoints.push(endpoint);
        }
        replayed.push(again);
    }
    Ok((write, replayed))
}
