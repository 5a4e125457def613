//! Links that open the app, as a device reads them.

#![no_main]

use countersign_tests::device::link::{Link, MAX_LENGTH};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(link) = Link::parse(text) else { return };
    assert!(text.len() <= MAX_LENGTH);
    let written = write(&link);
    if written.len() > MAX_LENGTH {
        return;
    }
    let read = Link::parse(&written).expect("what was written can be read");
    assert_eq!(write(&read), written);
    match (&link, &read) {
        (Link::Bind(link), Link::Bind(read)) => {
            assert_eq!(read.session_token.expose(), link.session_token.expose());
            assert_eq!(read.display_name, link.display_name);
            assert_eq!(read.app_space_name, link.app_space_name);
            assert_eq!(read.service_url, link.service_url);
            assert!(!link.display_name.chars().chain(link.app_space_name.chars()).any(char::is_control));
        }
        (Link::Claim(link), Link::Claim(read)) => {
            assert_eq!(read.claim_token.expose(), link.claim_token.expose());
            assert_eq!(read.request_guid, link.request_guid);
            assert_eq!(read.service_url, link.service_url);
        }
        (Link::FailedLogin(link), Link::FailedLogin(read)) => {
            assert_eq!(read.error, link.error);
            assert_eq!(read.description, link.description);
            assert_eq!(read.app_space_guid, link.app_space_guid);
        }
        _ => panic!("a link of another kind"),
    }
    let url = match &link {
        Link::Bind(link) => &link.service_url,
        Link::Claim(link) => &link.service_url,
        // It leads back to no service.
        Link::FailedLogin(_) => return,
    };
    assert!(url.as_str().to_ascii_lowercase().starts_with("https:") || url.is_loopback());
});

fn write(link: &Link) -> String {
    match link {
        Link::Bind(link) => format!(
            "{}://st={}&appSpaceGuid={}&appSpaceName={}&privakeyId={}&displayName={}&serviceUrl={}",
            link.app_protocol,
            link.session_token.expose(),
            link.app_space_guid,
            encoded(&link.app_space_name),
            link.privakey_id,
            encoded(&link.display_name),
            encoded(link.service_url.as_str()),
        ),
        Link::Claim(link) => format!(
            "{}://claim={}&requestGuid={}&serviceUrl={}",
            link.app_protocol,
            link.claim_token.expose(),
            link.request_guid,
            encoded(link.service_url.as_str()),
        ),
        Link::FailedLogin(link) => format!(
            "{}://error={}&error_description={}&appSpaceGuid={}",
            link.app_protocol,
            encoded(&link.error),
            encoded(&link.description),
            link.app_space_guid,
        ),
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
