//! The command line of `cargo phone authenticator`.

use clap::{Args, Subcommand, ValueEnum};
use countersign_domain::device::Platform;

/// What the app is to do, and with which connection.
#[derive(Debug, Args)]
pub(crate) struct Authenticator {
    /// Which connection to use; the last one if not given
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) connection: Option<String>,
    #[command(subcommand)]
    pub(crate) command: AuthenticatorCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuthenticatorCommand {
    /// Connect, in the version of the API that the link says
    Connect {
        /// authenticator://saltedge.com/connect?…, or where the browser was sent after a login, or - for what is piped in: the
        /// reply of account/bind
        link: String,
        /// ios or android
        #[arg(long, default_value = "ios", value_parser = platform)]
        platform: Platform,
        /// Where pushes go
        #[arg(long, value_name = "TOKEN")]
        push_token: Option<String>,
    },
    /// List what waits for an answer
    List,
    /// Show what is asked, whole
    Show {
        /// The authorization; may be left out when exactly one waits
        id: Option<String>,
    },
    /// Say yes
    Confirm {
        /// The authorization; may be left out when exactly one waits
        id: Option<String>,
        #[command(flatten)]
        told: Told,
    },
    /// Say no
    Deny {
        /// The authorization; may be left out when exactly one waits
        id: Option<String>,
        #[command(flatten)]
        told: Told,
    },
    /// Scan the QR code of an action
    Scan {
        /// authenticator://saltedge.com/action?…, or - for what is piped in: the reply of action/add
        link: String,
    },
    /// List what third parties may do
    Consents,
    /// Take a consent back
    RevokeConsent {
        /// The consent
        id: String,
    },
    /// Revoke the connection for ever and forget its key
    Disconnect,
}

/// What the app tells with a decision.
#[derive(Debug, Args)]
pub(crate) struct Told {
    /// Where the phone is
    #[arg(long, value_name = "GEO:LATITUDE;LONGITUDE")]
    pub(crate) geolocation: Option<String>,
    /// How the person showed who it is
    #[arg(long, value_enum, default_value = "unknown")]
    pub(crate) by: By,
}

/// How a person shows who it is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum By {
    /// Face or finger
    Biometrics,
    /// The app's code
    Passcode,
    /// The app does not say
    Unknown,
}

impl By {
    /// The word of the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Biometrics => "biometrics",
            Self::Passcode => "passcode",
            Self::Unknown => "unknown",
        }
    }
}

fn platform(text: &str) -> Result<Platform, String> {
    match crate::phone::cli::platform(text)? {
        Platform::Other => Err("it is one of ios, android".to_owned()),
        platform => Ok(platform),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::phone::cli::{Cli, Command};

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for args in [
            vec!["phone", "authenticator"],
            vec!["phone", "authenticator", "connect"],
            vec!["phone", "authenticator", "connect", "link", "--platform", "other"],
            vec!["phone", "authenticator", "confirm", "--by", "magic"],
            vec!["phone", "authenticator", "scan"],
            vec!["phone", "authenticator", "revoke-consent"],
        ] {
            assert!(Cli::try_parse_from(&args).is_err(), "{args:?}");
        }
        let cli = Cli::try_parse_from(["phone", "authenticator", "list", "--connection", "7"]).unwrap();
        assert!(matches!(cli.command, Command::Authenticator(it) if it.connection.as_deref() == Some("7")));
    }
}
