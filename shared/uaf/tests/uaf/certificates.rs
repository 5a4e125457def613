//! Attestation certificates: a root, an intermediate authority and a leaf.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256};

use crate::client::Pair;

pub(crate) struct Chain {
    pub(crate) root: Vec<u8>,
    pub(crate) intermediate: Vec<u8>,
    pub(crate) leaf: Vec<u8>,
    leaf_key: KeyPair,
}

fn params(name: &str, authority: bool) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    if authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    params
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

/// A chain whose leaf is valid until the end of this year.
pub(crate) fn chain(valid_until: i32) -> Chain {
    let (root_key, intermediate_key, leaf_key) = (key(), key(), key());
    let root_params = params("root", true);
    let root = root_params.self_signed(&root_key).unwrap();
    let root_issuer = Issuer::new(root_params, root_key);
    let intermediate_params = params("intermediate", true);
    let intermediate = intermediate_params.signed_by(&intermediate_key, &root_issuer).unwrap();
    let intermediate_issuer = Issuer::new(intermediate_params, intermediate_key);
    let mut leaf_params = params("leaf", false);
    leaf_params.not_before = rcgen::date_time_ymd(2001, 1, 1);
    leaf_params.not_after = rcgen::date_time_ymd(valid_until, 12, 31);
    let leaf = leaf_params.signed_by(&leaf_key, &intermediate_issuer).unwrap();
    Chain {
        root: root.der().to_vec(),
        intermediate: intermediate.der().to_vec(),
        leaf: leaf.der().to_vec(),
        leaf_key,
    }
}

impl Chain {
    pub(crate) fn pair(&self) -> Pair {
        let pkcs8 = self.leaf_key.serialize_der();
        Pair::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).unwrap())
    }
}
