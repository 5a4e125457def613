//! Why a ceremony was refused.

/// The rule that was broken. Never repeats what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refused {
    /// `clientDataJSON` is not the JSON of section 5.8.1.
    #[error("the client data is malformed")]
    ClientData,
    /// `type` is that of the other ceremony, or of none.
    #[error("the client data is of another ceremony")]
    Type,
    /// The challenge is not the ceremony's.
    #[error("the challenge is another one")]
    Challenge,
    /// The origin is none of the Relying Party's.
    #[error("the origin is not one of the Relying Party's")]
    Origin,
    /// The ceremony took place in a frame of another origin.
    #[error("the ceremony took place in a frame of another origin")]
    CrossOrigin,
    /// The attestation object is not the CBOR of section 6.5.4.
    #[error("the attestation object is malformed")]
    AttestationObject,
    /// The authenticator data is not laid out as in section 6.1.
    #[error("the authenticator data is malformed")]
    AuthenticatorData,
    /// The authenticator was asked for another RP ID.
    #[error("the credential belongs to another Relying Party")]
    RpId,
    /// The flag UP is not set.
    #[error("the user was not present")]
    UserPresence,
    /// The flag UV is not set where it is required.
    #[error("the user was not verified")]
    UserVerification,
    /// The flag BS is set where BE is not.
    #[error("the credential claims to be backed up and not to be eligible for it")]
    BackupState,
    /// The flag BE is not what it was at the registration.
    #[error("the credential's backup eligibility has changed")]
    BackupEligibility,
    /// The key's algorithm is none that was offered.
    #[error("the key's algorithm was not offered")]
    Algorithm,
    /// The key is malformed, weak, or of another kind than its algorithm.
    #[error("the public key is not acceptable")]
    PublicKey,
    /// The credential id of the response is not the one that was attested, or not the stored one.
    #[error("the credential id is another one")]
    CredentialId,
    /// The attestation is in another format than `none` or `packed`.
    #[error("the attestation is in a format that was not asked for")]
    AttestationFormat,
    /// The attestation statement is malformed, or its signature is not valid.
    #[error("the attestation statement is not valid")]
    AttestationStatement,
    /// The user handle is another user's.
    #[error("the credential answers for another user")]
    User,
    /// The signature is not the credential's.
    #[error("the signature is not valid")]
    Signature,
    /// The signature counter did not grow: there may be two of this authenticator.
    #[error("the counter did not grow")]
    Counter,
}
