//! The command line of `cargo phone`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use countersign_crypto::jwk::Algorithm;
use countersign_domain::device::Platform;
use countersign_domain::id::ChallengeId;

use super::authenticator::cli::Authenticator;
use super::login::Login;
use super::uaf::cli::Uaf;

/// A phone for trying out the service: it enrols, shows what is asked, and answers.
#[derive(Debug, Parser)]
#[command(name = "phone", bin_name = "cargo phone")]
pub(crate) struct Cli {
    /// Where keys and state are kept
    #[arg(long, global = true, value_name = "FILE", default_value = ".local/phone.json")]
    pub(crate) file: PathBuf,
    /// Which enrolment to use; the last one if not given
    #[arg(long, global = true, value_name = "NAME|GUID")]
    pub(crate) device: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin to log in at the identity provider of an App Space; the link that comes back is for enrol
    Login(Login),
    /// Become a device of the user that a bind link names
    Enrol {
        /// <appProtocol>://st=…, or - for what is piped in: the reply of account/bind
        link: String,
        /// What to call the device
        #[arg(long)]
        name: Option<String>,
        /// ES256, EdDSA or RS256; after a login the keys are there already
        #[arg(long = "alg", default_value = "ES256", value_parser = algorithm)]
        algorithm: Algorithm,
        /// other, android or ios
        #[arg(long, default_value = "other", value_parser = platform)]
        platform: Platform,
        /// Where pushes go
        #[arg(long, value_name = "TOKEN")]
        push_token: Option<String>,
    },
    /// List what waits for an answer
    Inbox,
    /// Show a challenge whole
    Show {
        /// The challenge
        guid: ChallengeId,
    },
    /// Press a button
    Approve {
        /// The challenge; may be left out when exactly one waits
        guid: Option<ChallengeId>,
        /// The six digits that the other screen shows
        #[arg(long, value_parser = code)]
        code: Option<String>,
        /// Which button, from 0
        #[arg(long, default_value_t = 0)]
        button: usize,
    },
    /// Say no: press the last button if it is not a strong one, else decline
    Decline {
        /// The challenge; may be left out when exactly one waits
        guid: Option<ChallengeId>,
        /// Report that somebody else started this
        #[arg(long)]
        not_me: bool,
    },
    /// Claim a challenge that was made without a user
    Claim {
        /// <appProtocol>://claim=…, the token alone, or - for what is piped in: the reply of request/add
        #[arg(value_name = "LINK|TOKEN")]
        link: String,
    },
    /// Show what the service knows of this device
    Status,
    /// Give the device another name
    Rename {
        /// 1 to 64 characters
        name: String,
    },
    /// Set where pushes go
    PushToken {
        /// The token, or none
        #[arg(value_name = "TOKEN|none")]
        token: String,
    },
    /// Report a wrong PIN
    WrongPin,
    /// Revoke the device for ever and forget its keys
    Remove,
    /// Be an app with a FIDO UAF client, of the Cloud API
    Uaf(Uaf),
    /// Be an app of the Authenticator API
    Authenticator(Authenticator),
}

pub(crate) fn algorithm(text: &str) -> Result<Algorithm, String> {
    [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256]
        .into_iter()
        .find(|algorithm| algorithm.name().eq_ignore_ascii_case(text))
        .ok_or_else(|| "it is one of ES256, EdDSA, RS256".to_owned())
}

pub(crate) fn platform(text: &str) -> Result<Platform, String> {
    Platform::parse("platform", text).map_err(|invalid| invalid.problem.into_owned())
}

fn code(text: &str) -> Result<String, String> {
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("a code has six digits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_may_be_left_out_has_its_default() {
        let cli = Cli::try_parse_from(["phone", "approve"]).unwrap();
        assert_eq!(cli.file, PathBuf::from(".local/phone.json"));
        assert!(matches!(cli.command, Command::Approve { guid: None, code: None, button: 0 }));
        let cli = Cli::try_parse_from(["phone", "enrol", "demo://st=a", "--alg", "eddsa"]).unwrap();
        assert!(matches!(
            cli.command,
            Command::Enrol { algorithm: Algorithm::EdDsa, platform: Platform::Other, .. }
        ));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for args in [
            vec!["phone"],
            vec!["phone", "approve", "--code", "12345"],
            vec!["phone", "approve", "--code", "12345x"],
            vec!["phone", "approve", "--button", "-1"],
            vec!["phone", "show", "1"],
            vec!["phone", "enrol", "x", "--alg", "none"],
            vec!["phone", "enrol", "x", "--platform", "toaster"],
            vec!["phone", "login", "--app-space", "1"],
            vec!["phone", "login", "--service", "http://auth.example.com"],
        ] {
            assert!(Cli::try_parse_from(&args).is_err(), "{args:?}");
        }
    }
}
