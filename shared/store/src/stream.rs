//! What the table's stream tells: changes of domain values.

use aws_lambda_events::dynamodb::EventRecord;
use countersign_crypto::digest::Digest;
use countersign_domain::act::Act;
use countersign_domain::challenge::Challenge;
use countersign_domain::consent::Consent;
use countersign_domain::delivery::Delivery;
use countersign_domain::device::Device;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use serde_dynamo::Item;

use crate::entities::Telemetry;
use crate::error::StoreError;
use crate::item::Stored;

/// The kinds of items whose changes are followed up. New deliveries are, elsewhere; all else that is written follows from
/// them, or is told by them.
pub const KINDS: [&str; 7] =
    [Challenge::KIND, User::KIND, Device::KIND, Consent::KIND, Enrolment::KIND, Telemetry::KIND, Act::KIND];

/// One write to the table.
#[derive(Debug)]
pub struct Change {
    /// Stable over redeliveries of the record: made of the item's key and version.
    pub id: String,
    /// When it was written, to the second.
    pub at: Timestamp,
    /// What was written.
    pub what: Changed,
}

/// What was written: the value before, if there was one, and after.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // one at a time, never in bulk
pub enum Changed {
    /// A challenge.
    Challenge(Option<Challenge>, Challenge),
    /// A user.
    User(Option<User>, User),
    /// A device.
    Device(Option<Device>, Device),
    /// A consent.
    Consent(Option<Consent>, Consent),
    /// An enrolment.
    Enrolment(Option<Enrolment>, Enrolment),
    /// A report.
    Telemetry(Telemetry),
    /// A delivery.
    Delivery(Delivery),
    /// An act of administration.
    Act(Act),
    /// Anything else, and removals: of no interest.
    Other,
}

impl Change {
    /// Reads a record of the stream.
    pub fn read(record: &EventRecord) -> Result<Self, StoreError> {
        let change = &record.change;
        let (old, new) = (&change.old_image, &change.new_image);
        let at = Timestamp::from_secs(change.approximate_creation_date_time.timestamp());
        let Some(kind) = text(new, "kind") else {
            return Ok(Self { id: String::new(), at, what: Changed::Other });
        };
        let what = match kind {
            Challenge::KIND => Changed::Challenge(body(old)?, required(new)?),
            User::KIND => Changed::User(body(old)?, required(new)?),
            Device::KIND => Changed::Device(body(old)?, required(new)?),
            Consent::KIND => Changed::Consent(body(old)?, required(new)?),
            Enrolment::KIND => Changed::Enrolment(body(old)?, required(new)?),
            Telemetry::KIND => Changed::Telemetry(required(new)?),
            Delivery::KIND => Changed::Delivery(required(new)?),
            Act::KIND => Changed::Act(required(new)?),
            _ => Changed::Other,
        };
        Ok(Self { id: id(new), at, what })
    }
}

/// 128 bits of a hash over key and version: the same for the same write, whoever looks.
fn id(new: &Item) -> String {
    let version = match new.inner().get("version") {
        Some(serde_dynamo::AttributeValue::N(version)) => version.as_str(),
        _ => "",
    };
    let (pk, sk) = (text(new, "pk").unwrap_or_default(), text(new, "sk").unwrap_or_default());
    let digest = Digest::of(format!("{pk}\n{sk}\n{version}").as_bytes()).to_string();
    format!("evt_{}", &digest[..22])
}

fn text<'a>(image: &'a Item, name: &str) -> Option<&'a str> {
    match image.inner().get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}

fn body<T: Stored>(image: &Item) -> Result<Option<T>, StoreError> {
    image
        .inner()
        .get("body")
        .map(|body| {
            serde_dynamo::from_attribute_value(body.clone())
                .map_err(|_| StoreError::Unreadable { kind: T::KIND })
        })
        .transpose()
}

fn required<T: Stored>(image: &Item) -> Result<T, StoreError> {
    body(image)?.ok_or(StoreError::Unreadable { kind: T::KIND })
}
