//! The header of a signed call of a Request Origin. Lines: header, method, URL, body.

#![no_main]

use countersign_crypto::cx1::{Cx1Credential, WINDOW, sign, string_to_sign};
use countersign_domain::secret::Secret;
use countersign_fuzz::{lines, samples};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some([header, method, url, body]) = lines(text) else { return };
    let body = body.as_bytes();
    let secret = Secret::new("a secret of the test".to_owned());
    let Ok(credential) = Cx1Credential::parse(header) else { return };
    let (guid, at) = (credential.guid(), credential.timestamp());
    assert!(header.starts_with(&format!("CX1-HMAC-SHA256,{guid}/")));
    assert_eq!(guid.len(), 36);
    assert!(credential.verify(&secret, method, url, body).is_err(), "nobody but the holder can sign");
    let distance = i128::from(samples::NOW.millis()) - i128::from(at.millis());
    let is_near = distance.abs() <= i128::from(WINDOW.as_millis());
    assert_eq!(credential.check_time(samples::NOW).is_ok(), is_near);

    let signed = sign(&secret, guid, at, method, url, body);
    let read = Cx1Credential::parse(signed.expose()).expect("what was signed can be read");
    assert_eq!((read.guid(), read.timestamp()), (guid, at));
    assert!(read.verify(&secret, method, url, body).is_ok());
    assert!(read.verify(&Secret::new("another".to_owned()), method, url, body).is_err());
    assert_ne!(read.once(), credential.once());
    let millis = at.millis().to_string();
    let text = string_to_sign(method, url, &millis, guid, body);
    for (method, url, body) in
        [("GET", url, body), (method, "https://other.example", body), (method, url, b"other")]
    {
        let same = string_to_sign(method, url, &millis, guid, body) == text;
        assert_eq!(read.verify(&secret, method, url, body).is_ok(), same);
    }
});
