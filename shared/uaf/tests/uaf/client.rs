//! A client with an authenticator, written from the protocol alone: its own TLV, base64url and messages.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256K1_SHA256_ASN1_SIGNING,
    ECDSA_P256K1_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(crate) const FACET: &str = "android:apk-key-hash:2jmj7l5rSw0yVb_vlWAYkK_YBwk";
pub(crate) type Fields = Vec<(u16, Vec<u8>)>;

pub(crate) fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn unb64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

pub(crate) fn tlv(tag: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    [&tag.to_le_bytes()[..], &length.to_le_bytes(), value].concat()
}

pub(crate) fn nest(tag: u16, fields: &Fields) -> Vec<u8> {
    tlv(tag, &fields.iter().flat_map(|(tag, value)| tlv(*tag, value)).collect::<Vec<u8>>())
}

/// Replaces a field's value.
pub(crate) fn set(fields: &mut Fields, tag: u16, value: &[u8]) {
    fields.iter_mut().find(|field| field.0 == tag).unwrap().1 = value.to_vec();
}

pub(crate) enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Pair {
    pub(crate) fn generate(algorithm: u16) -> Self {
        match algorithm {
            1 => Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            2 => Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()),
            5 => Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256K1_SHA256_FIXED_SIGNING).unwrap()),
            6 => Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256K1_SHA256_ASN1_SIGNING).unwrap()),
            _ => Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        }
    }

    pub(crate) fn sign(&self, algorithm: u16, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let signature = match self {
            Self::Ec(pair) => return pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let encoding = if matches!(algorithm, 3 | 4) { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                pair.sign(encoding, &random, message, &mut signature).unwrap();
                signature
            }
        };
        let der = matches!(algorithm, 4 | 9);
        if der { [&[0x04, 0x82, 0x01, 0x00], &signature[..]].concat() } else { signature }
    }

    pub(crate) fn public(&self, encoding: u16) -> Vec<u8> {
        let spki: PublicKeyX509Der<'_> = match self {
            Self::Ec(pair) => pair.public_key().as_der().unwrap(),
            Self::Rsa(pair) => pair.public_key().as_der().unwrap(),
        };
        match (self, encoding) {
            (_, 0x101 | 0x103) => spki.as_ref().to_vec(),
            (Self::Ec(pair), 0x100) => pair.public_key().as_ref().to_vec(),
            (Self::Rsa(pair), 0x102) => {
                let key = pair.public_key();
                let number = key.modulus().big_endian_without_leading_zero();
                [number, key.exponent().big_endian_without_leading_zero()].concat()
            }
            _ => panic!("no such encoding"),
        }
    }
}

/// Who attests a registration.
pub(crate) enum Attester {
    /// The registered key itself.
    Surrogate,
    /// A certified key.
    Full { pair: Pair, chain: Vec<Vec<u8>> },
}

pub(crate) struct Authenticator {
    pub(crate) aaid: &'static str,
    pub(crate) key_id: [u8; 32],
    pub(crate) version: u16,
    pub(crate) algorithm: u16,
    pub(crate) encoding: u16,
    pub(crate) counter: u32,
    pub(crate) pair: Pair,
    pub(crate) attester: Attester,
}

impl Authenticator {
    pub(crate) fn new(algorithm: u16, encoding: u16) -> Self {
        Self {
            aaid: "00AB#C0DE",
            key_id: sha256(b"key").try_into().unwrap(),
            version: 3,
            algorithm,
            encoding,
            counter: 1,
            pair: Pair::generate(algorithm),
            attester: Attester::Surrogate,
        }
    }

    pub(crate) fn krd(&self, fc_params: &str) -> Fields {
        let info = [self.version.to_le_bytes(), [1, self.algorithm as u8]].concat();
        let info = [info, vec![0], self.encoding.to_le_bytes().to_vec()].concat();
        vec![
            (0x2e0b, self.aaid.as_bytes().to_vec()),
            (0x2e0e, info),
            (0x2e0a, sha256(fc_params.as_bytes())),
            (0x2e09, self.key_id.to_vec()),
            (0x2e0d, [self.counter.to_le_bytes(), 1u32.to_le_bytes()].concat()),
            (0x2e0c, self.pair.public(self.encoding)),
        ]
    }

    pub(crate) fn attest(&self, krd: &Fields) -> Vec<u8> {
        let krd = nest(0x3e03, krd);
        let attestation = match &self.attester {
            Attester::Surrogate => nest(0x3e08, &vec![(0x2e06, self.pair.sign(self.algorithm, &krd))]),
            Attester::Full { pair, chain } => {
                let mut fields = vec![(0x2e06, pair.sign(self.algorithm, &krd))];
                fields.extend(chain.iter().map(|certificate| (0x2e05, certificate.clone())));
                nest(0x3e07, &fields)
            }
        };
        tlv(0x3e01, &[krd, attestation].concat())
    }

    pub(crate) fn register(&self, fc_params: &str) -> Vec<u8> {
        self.attest(&self.krd(fc_params))
    }

    /// Signed data; with a content where one was confirmed.
    pub(crate) fn signed_data(&self, fc_params: &str, confirmed: Option<&[u8]>) -> Fields {
        let mode = if confirmed.is_some() { 2 } else { 1 };
        vec![
            (0x2e0b, self.aaid.as_bytes().to_vec()),
            (0x2e0e, [&self.version.to_le_bytes()[..], &[mode, self.algorithm as u8, 0]].concat()),
            (0x2e0f, vec![0x5a; 8]),
            (0x2e0a, sha256(fc_params.as_bytes())),
            (0x2e10, confirmed.map(sha256).unwrap_or_default()),
            (0x2e09, self.key_id.to_vec()),
            (0x2e0d, self.counter.to_le_bytes().to_vec()),
        ]
    }

    pub(crate) fn sign(&self, signed_data: &Fields) -> Vec<u8> {
        let data = nest(0x3e04, signed_data);
        let signature = self.pair.sign(self.algorithm, &data);
        tlv(0x3e02, &[data, tlv(0x2e06, &signature)].concat())
    }

    pub(crate) fn authenticate(&self, fc_params: &str, confirmed: Option<&[u8]>) -> Vec<u8> {
        self.sign(&self.signed_data(fc_params, confirmed))
    }
}

/// The final challenge parameters for a request's first entry.
pub(crate) fn fc_params(request: &str) -> String {
    fc_params_with(request, json!({}))
}

/// As [`fc_params`], with members replaced.
pub(crate) fn fc_params_with(request: &str, replaced: Value) -> String {
    let request: Value = serde_json::from_str(request).unwrap();
    let mut params = json!({
        "appID": request[0]["header"]["appID"],
        "challenge": request[0]["challenge"],
        "facetID": FACET,
        "channelBinding": {},
    });
    params.as_object_mut().unwrap().extend(replaced.as_object().unwrap().clone());
    b64(params.to_string().as_bytes())
}

/// The response to a request with these assertions.
pub(crate) fn respond(request: &str, fc_params: &str, assertions: &[Vec<u8>]) -> Value {
    let request: Value = serde_json::from_str(request).unwrap();
    let assertions: Vec<_> = assertions
        .iter()
        .map(|assertion| json!({ "assertionScheme": "UAFV1TLV", "assertion": b64(assertion) }))
        .collect();
    json!([{ "header": request[0]["header"], "fcParams": fc_params, "assertions": assertions }])
}

/// What the request asks to confirm.
pub(crate) fn shown(request: &str) -> Vec<u8> {
    let request: Value = serde_json::from_str(request).unwrap();
    unb64(request[0]["transaction"][0]["content"].as_str().unwrap())
}
