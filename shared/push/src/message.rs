//! What a push says, in the words of each push service.

use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::id::{AppSpaceId, ChallengeId, DeviceId};
use countersign_domain::time::Span;
use serde_json::{Value, json};

/// A push about one challenge to one device.
#[derive(Debug)]
pub struct Notice<'a> {
    /// Where it belongs: one app may hold devices of several App Spaces.
    pub app_space: AppSpaceId,
    /// Which of the app's devices is asked.
    pub device: DeviceId,
    /// The challenge.
    pub challenge: ChallengeId,
    /// Title, from the Request Origin or the App Space.
    pub title: &'a str,
    /// Text, likewise.
    pub body: &'a str,
    /// What the Cloud API dispatches, encrypted to the device: a compact JWE.
    pub dispatched: Option<&'a str>,
    /// The version of the Authenticator API that the app speaks, if it does.
    pub authenticator: Option<AuthenticatorVersion>,
    /// How long the challenge still lives: a push is worth nothing after that.
    pub time_left: Span,
}

/// The push services, by the word that SNS uses in ARNs, message keys and attribute names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Gcm,
    Apns,
    ApnsSandbox,
}

impl Service {
    /// Of an endpoint ARN: `arn:aws:sns:region:account:endpoint/GCM/application/uuid`.
    pub(crate) fn of_endpoint(arn: &str) -> Option<Self> {
        match arn.split('/').nth(1)? {
            "GCM" => Some(Self::Gcm),
            "APNS" => Some(Self::Apns),
            "APNS_SANDBOX" => Some(Self::ApnsSandbox),
            _ => None,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Gcm => "GCM",
            Self::Apns => "APNS",
            Self::ApnsSandbox => "APNS_SANDBOX",
        }
    }
}

/// The message for `MessageStructure=json`: per service a JSON text within JSON.
pub(crate) fn message(service: Service, notice: &Notice<'_>) -> String {
    let payload = match service {
        Service::Gcm => fcm_v1(notice),
        Service::Apns | Service::ApnsSandbox => apns(notice),
    };
    json!({ service.word(): payload.to_string() }).to_string()
}

/// Message attributes: time to live in seconds, and for APNs what it needs to show an alert at once.
pub(crate) fn attributes(service: Service, notice: &Notice<'_>) -> Vec<(String, String)> {
    let name = |what: &str| format!("AWS.SNS.MOBILE.{}.{what}", service.word());
    let mut attributes = vec![(name("TTL"), notice.time_left.as_secs_up().to_string())];
    if matches!(service, Service::Apns | Service::ApnsSandbox) {
        attributes.push((name("PUSH_TYPE"), "alert".into()));
        attributes.push((name("PRIORITY"), "10".into()));
        // A push that is sent again replaces the first one.
        attributes.push((name("COLLAPSE_ID"), notice.challenge.to_string()));
    }
    attributes
}

/// FCM HTTP v1, as SNS takes it: <https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages>.
fn fcm_v1(notice: &Notice<'_>) -> Value {
    let data = match notice.authenticator {
        // The data of a message are texts.
        Some(AuthenticatorVersion::V1) => authorization(notice, ToString::to_string, ToString::to_string),
        Some(AuthenticatorVersion::V2) => {
            authorization(notice, |id| id.number().to_string(), |id| id.number().to_string())
        }
        None => data(notice),
    };
    json!({
        "fcmV1Message": {
            "message": {
                "notification": { "title": notice.title, "body": notice.body },
                "data": data,
                "android": {
                    "priority": "high",
                    "ttl": format!("{}s", notice.time_left.as_secs_up()),
                    "collapse_key": notice.challenge.to_string(),
                    "notification": { "tag": notice.challenge.to_string() },
                },
            },
        },
    })
}

/// An APNs payload: Apple, "Generating a remote notification".
fn apns(notice: &Notice<'_>) -> Value {
    let mut payload = if notice.authenticator.is_some() { json!({}) } else { data(notice) };
    payload["aps"] = json!({
        "alert": { "title": notice.title, "body": notice.body },
        "sound": "default",
        "thread-id": notice.challenge.to_string(),
    });
    match notice.authenticator {
        Some(AuthenticatorVersion::V1) => {
            payload["aps"]["data"] = authorization(notice, ToString::to_string, ToString::to_string);
        }
        Some(AuthenticatorVersion::V2) => {
            payload["aps"]["data"] = authorization(notice, |id| id.number().get(), |id| id.number().get());
        }
        None => {}
    }
    payload
}

/// What apps of the Authenticator API look for, with ids as each version writes them.
fn authorization<T: Into<Value>>(
    notice: &Notice<'_>,
    connection: impl FnOnce(&DeviceId) -> T,
    authorization: impl FnOnce(&ChallengeId) -> T,
) -> Value {
    let (connection, authorization) = (connection(&notice.device), authorization(&notice.challenge));
    json!({ "connection_id": connection.into(), "authorization_id": authorization.into() })
}

fn data(notice: &Notice<'_>) -> Value {
    let mut data = json!({
        "challengeGuid": notice.challenge.to_string(),
        "deviceGuid": notice.device.to_string(),
        "appSpaceGuid": notice.app_space.to_string(),
    });
    if let Some(jwe) = notice.dispatched {
        data["nma_data"] = jwe.into();
        data["nma_data_content_type"] = "application/jose".into();
        data["nma_data_version"] = "1".into();
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::chance::Random;
    use countersign_domain::time::Timestamp;

    struct Zero;
    impl Random for Zero {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn with_notice<T>(check: impl FnOnce(&Notice<'_>) -> T) -> T {
        let now = Timestamp::from_secs(0);
        check(&Notice {
            app_space: AppSpaceId::new(&Zero),
            device: DeviceId::new(now, &Zero),
            challenge: ChallengeId::new(now, &Zero),
            title: "Bank",
            body: "Confirm \"it\"",
            dispatched: None,
            authenticator: None,
            time_left: Span::millis(119_001),
        })
    }

    fn payload(service: Service) -> Value {
        let message: Value = serde_json::from_str(&with_notice(|notice| message(service, notice))).unwrap();
        serde_json::from_str(message[service.word()].as_str().unwrap()).unwrap()
    }

    #[test]
    fn fcm_gets_a_v1_message() {
        let message = &payload(Service::Gcm)["fcmV1Message"]["message"];
        assert_eq!(message["notification"], json!({"title": "Bank", "body": "Confirm \"it\""}));
        assert_eq!(message["android"]["ttl"], "120s");
        assert_eq!(message["data"]["challengeGuid"], "00000000-0000-7000-8000-000000000000");
    }

    #[test]
    fn apns_gets_an_alert_that_ends_with_the_challenge() {
        let payload = payload(Service::ApnsSandbox);
        assert_eq!(payload["aps"]["alert"]["title"], "Bank");
        assert_eq!(payload["challengeGuid"], "00000000-0000-7000-8000-000000000000");
        let attributes = with_notice(|notice| attributes(Service::ApnsSandbox, notice));
        assert!(attributes.contains(&("AWS.SNS.MOBILE.APNS_SANDBOX.TTL".into(), "120".into())));
        assert!(attributes.contains(&("AWS.SNS.MOBILE.APNS_SANDBOX.PUSH_TYPE".into(), "alert".into())));
    }

    #[test]
    fn what_is_dispatched_is_among_the_data() {
        let data = with_notice(|notice| data(&Notice { dispatched: Some("a.b.c.d.e"), ..*notice }));
        assert_eq!(data["nma_data"], "a.b.c.d.e");
        assert_eq!(data["nma_data_content_type"], "application/jose");
        assert!(with_notice(data_has_nothing_dispatched));
    }

    fn data_has_nothing_dispatched(notice: &Notice<'_>) -> bool {
        data(notice).as_object().unwrap().keys().all(|name| !name.starts_with("nma"))
    }

    #[test]
    fn apps_of_the_authenticator_api_find_ids_where_they_look() {
        let of = |authenticator, payload: fn(&Notice<'_>) -> Value| {
            with_notice(|notice| payload(&Notice { authenticator: Some(authenticator), ..*notice }))
        };
        let (v1, v2) = (AuthenticatorVersion::V1, AuthenticatorVersion::V2);
        let id = "00000000-0000-7000-8000-000000000000";
        let texts = json!({"connection_id": id, "authorization_id": id});
        assert_eq!(of(v1, fcm_v1)["fcmV1Message"]["message"]["data"], texts);
        assert_eq!(of(v1, apns)["aps"]["data"], texts);
        let numbers = json!({"connection_id": "0", "authorization_id": "0"});
        assert_eq!(of(v2, fcm_v1)["fcmV1Message"]["message"]["data"], numbers);
        assert_eq!(of(v2, apns)["aps"]["data"], json!({"connection_id": 0, "authorization_id": 0}));
        assert_eq!(of(v2, apns).get("challengeGuid"), None, "they look for nothing else");
    }

    #[test]
    fn the_service_is_read_from_the_endpoint() {
        let of = |service: &str| {
            Service::of_endpoint(&format!("arn:aws:sns:eu-west-1:000000000000:endpoint/{service}/demo/1"))
        };
        assert_eq!(of("GCM"), Some(Service::Gcm));
        assert_eq!(of("APNS"), Some(Service::Apns));
        assert_eq!(of("APNS_SANDBOX"), Some(Service::ApnsSandbox));
        assert_eq!(of("BAIDU"), None);
    }
}
