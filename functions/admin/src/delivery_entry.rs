//! A delivery in the words of the administration API: with what it is about and who gets it.

use countersign_domain::delivery::{Delivery, Recipient, Subject};
use countersign_lambda::delivery_view::DeliveryView;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeliveryEntry {
    #[serde(flatten)]
    delivery: DeliveryView,
    subject: Named,
    recipient: Named,
}

#[derive(Debug, Serialize)]
struct Named {
    kind: &'static str,
    /// None of a bank: it has no id of ours.
    guid: Option<String>,
}

impl DeliveryEntry {
    pub(crate) fn of(delivery: &Delivery) -> Self {
        let kind = match delivery.subject {
            Subject::Challenge(_) => "challenge",
            Subject::Consent(_) => "consent",
            Subject::Device(_) => "device",
        };
        let recipient = match delivery.recipient {
            Recipient::Origin(origin) => Named { kind: "requestOrigin", guid: Some(origin.to_string()) },
            Recipient::Bank { .. } => Named { kind: "bank", guid: None },
        };
        let subject = Named { kind, guid: Some(delivery.subject.to_string()) };
        Self { delivery: DeliveryView::of(delivery), subject, recipient }
    }
}
