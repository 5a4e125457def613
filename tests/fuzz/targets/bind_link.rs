//! Links that open the app, as the service writes them and a device reads them. Lines: App Space, scheme, account id.

#![no_main]

use countersign_crypto::token::Token;
use countersign_domain::app_space::AppProtocol;
use countersign_domain::text::{self, AccountId};
use countersign_fuzz::lines;
use countersign_fuzz::samples::{self, Always};
use countersign_lambda::link::Link as Written;
use countersign_tests::device::link::Link;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let Some([name, scheme, account_id]) = lines(input) else { return };
    let Ok(name) = text::line("name", name.to_owned(), 100) else { return };
    let Ok(scheme) = AppProtocol::parse("appProtocol", scheme) else { return };
    let Ok(account_id) = AccountId::parse("accountId", account_id.to_owned()) else { return };
    let app_space = samples::app_space(&name, scheme);
    let token = Token::random(&Always(2));
    let enrolment = samples::enrolment(account_id);

    let written = Written::to_bind(samples::BASE_URL, &app_space, &enrolment, &token);
    let written = written.expect("every user whom a Request Origin may name can be bound");
    assert!(written.qr_code.starts_with("data:image/png;base64,"));
    assert!(written.uri.is_ascii());
    let Ok(Link::Bind(read)) = Link::parse(&written.uri) else { panic!("{}", written.uri) };
    assert_eq!(read.app_protocol, app_space.app_protocol.as_str());
    assert_eq!(read.session_token.expose(), token.expose());
    assert_eq!(read.app_space_guid, app_space.id);
    assert_eq!(read.privakey_id, enrolment.user);
    assert_eq!(read.service_url.as_str(), samples::BASE_URL);
    // Both are there to be shown, so they may be cut; nothing else may stand there.
    assert!(name.starts_with(&read.app_space_name));
    assert!(enrolment.account_id.as_str().starts_with(&read.display_name));
});
