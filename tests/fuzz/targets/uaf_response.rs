//! Answers to a UAF registration and to an authentication with a transaction, verified as a whole: as they come, and the
//! valid ones with one byte changed. Nobody can sign here, so what verifies is what was signed.

#![no_main]

use std::cell::OnceCell;

use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_fuzz::tampering::{altered, altered_bytes};
use countersign_fuzz::uaf;
use countersign_uaf::assertion::RegistrationAssertion;
use countersign_uaf::messages::{self, Response};
use countersign_uaf::metadata::{AttestationType, Statement};
use countersign_uaf::registration::RegisteredKey;
use libfuzzer_sys::fuzz_target;

struct Server {
    metadata: Vec<Statement>,
    key: RegisteredKey,
    registration: Response,
    attested: Response,
    authentication: Response,
}

thread_local! {
    static SERVER: OnceCell<Server> = const { OnceCell::new() };
}

fn server() -> Server {
    let server = Server {
        metadata: uaf::metadata(),
        key: uaf::registered_key(),
        registration: uaf::valid(uaf::REGISTRATION),
        attested: uaf::valid(uaf::ATTESTED_REGISTRATION),
        authentication: uaf::valid(uaf::AUTHENTICATION),
    };
    assert!(server.registers(&server.registration));
    assert!(server.registers(&server.attested));
    assert!(server.authenticates(&server.authentication));
    server
}

fuzz_target!(|text: &str| {
    SERVER.with(|server_of_thread| {
        let server = server_of_thread.get_or_init(server);
        if let Ok(response) = messages::parse::<Response>(text.as_bytes(), &uaf::VERSIONS) {
            server.registers(&response);
            server.authenticates(&response);
        }
        for valid in [&server.registration, &server.attested, &server.authentication] {
            for response in changed(valid, text) {
                assert!(!server.registers(&response), "{response:?}");
                assert!(!server.authenticates(&response), "{response:?}");
            }
        }
    });
});

/// The valid response with a change to its assertion, to its final challenge parameters, or to its server data.
fn changed(valid: &Response, text: &str) -> Vec<Response> {
    let data = text.as_bytes();
    let bytes = from_base64url(&valid.assertions[0].assertion).expect("the seed's assertion is base64url");
    let mut assertion = valid.clone();
    assertion.assertions[0].assertion = base64url(&altered_bytes(&bytes, data).expect("it has bytes"));
    let mut params = valid.clone();
    params.fc_params = altered(&valid.fc_params, data).expect("there are parameters");
    let mut server_data = valid.clone();
    server_data.header.server_data = valid.header.server_data.as_ref().and_then(|text| altered(text, data));
    vec![assertion, params, server_data]
}

impl Server {
    /// Whether it is a registration; then it is one of the seeds' in all that was signed.
    fn registers(&self, response: &Response) -> bool {
        let Ok(registered) = uaf::verify_registration(response, &self.metadata) else { return false };
        for new in &registered.keys {
            let seed = match new.attestation {
                AttestationType::BasicSurrogate => &self.registration,
                _ => &self.attested,
            };
            let (given, signed) = (bytes(response, new.index), bytes(seed, 0));
            if new.attestation == AttestationType::BasicSurrogate {
                assert_eq!(given, signed);
            }
            // Beside the path to the root anybody may put more certificates.
            let read = |bytes| RegistrationAssertion::parse(bytes).expect("it was read").signed;
            assert_eq!(read(&given), read(&signed));
            assert_eq!(response.fc_params, seed.fc_params);
            assert_eq!(response.header.server_data, seed.header.server_data);
        }
        !registered.keys.is_empty()
    }

    /// Whether it is an authentication; then it is the seed's in all that was signed.
    fn authenticates(&self, response: &Response) -> bool {
        let Ok(authenticated) = uaf::verify_authentication(response, &self.key) else { return false };
        let [by] = &authenticated.keys[..] else { panic!("the user has one key") };
        assert_eq!((by.confirmed, by.previous_counter), (Some(0), self.key.sign_counter));
        assert!(by.sign_counter > by.previous_counter);
        assert_eq!(bytes(response, by.index), bytes(&self.authentication, 0));
        assert_eq!(response.fc_params, self.authentication.fc_params);
        assert_eq!(response.header.server_data, self.authentication.header.server_data);
        true
    }
}

fn bytes(response: &Response, index: usize) -> Vec<u8> {
    from_base64url(&response.assertions[index].assertion).expect("the assertion was read")
}
