//! The command line of `cargo phone uaf`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_domain::device::Platform;

use crate::device::service_url::ServiceUrl;
use crate::phone::cli::platform;
use crate::phone::demo;

/// What the app is to do, and as whom.
#[derive(Debug, Args)]
pub(crate) struct Uaf {
    /// Which of the app's users; the last one if not given
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// The service's public URL where no link says it; that of the last registration, or of the demo, if not given
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) service: Option<ServiceUrl>,
    /// Where `cargo local` wrote what it made
    #[arg(long, global = true, value_name = "FILE", default_value = demo::DEFAULT_PATH)]
    pub(crate) demo: PathBuf,
    #[command(subcommand)]
    pub(crate) command: UafCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UafCommand {
    /// Register a key for the user of an enrolment
    Register {
        /// https://…/open?dispatchTokenResponse=…, or - for what is piped in: the reply of enroll
        #[arg(required_unless_present = "intent")]
        link: Option<String>,
        /// Register within the app, with an intent token
        #[arg(long, value_name = "TOKEN", conflicts_with = "link", requires = "username")]
        intent: Option<String>,
        /// The user that the intent token is for
        #[arg(long, value_name = "NAME", requires = "intent")]
        username: Option<String>,
        /// What to call the device
        #[arg(long, default_value = "UAF phone")]
        name: String,
        /// other, android or ios
        #[arg(long, default_value = "other", value_parser = platform)]
        platform: Platform,
        /// Where pushes go
        #[arg(long, value_name = "TOKEN")]
        push_token: Option<String>,
    },
    /// Authenticate, or confirm a transaction, that a link asks for
    Authenticate {
        /// https://…/open?dispatchTokenResponse=…, or - for what is piped in: the reply of approval
        link: String,
        #[command(flatten)]
        answer: Answer,
    },
    /// Authenticate within the app, and print the transaction token for its backend
    Login {
        /// The user
        username: String,
        /// The App Space; that of the last registration if not given
        #[arg(long, value_name = "GUID")]
        app_space: Option<String>,
    },
    /// List what waits for an answer, or answer it all
    Pending {
        #[command(flatten)]
        answer: Answer,
    },
    /// Revoke the key and forget it
    Deregister,
}

/// What the person says.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Answer {
    /// Say yes without being asked
    #[arg(long, conflicts_with = "decline")]
    pub(crate) yes: bool,
    /// Say no
    #[arg(long)]
    pub(crate) decline: bool,
    /// With --decline: report that somebody else started this
    #[arg(long, requires = "decline")]
    pub(crate) not_me: bool,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::phone::cli::{Cli, Command};

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for args in [
            vec!["phone", "uaf"],
            vec!["phone", "uaf", "register"],
            vec!["phone", "uaf", "register", "--intent", "a"],
            vec!["phone", "uaf", "register", "--username", "a"],
            vec!["phone", "uaf", "register", "link", "--intent", "a", "--username", "b"],
            vec!["phone", "uaf", "authenticate", "link", "--yes", "--decline"],
            vec!["phone", "uaf", "authenticate", "link", "--not-me"],
            vec!["phone", "uaf", "login"],
            vec!["phone", "uaf", "pending", "--service", "http://auth.example.com"],
        ] {
            assert!(Cli::try_parse_from(&args).is_err(), "{args:?}");
        }
        let cli = Cli::try_parse_from(["phone", "uaf", "deregister", "--user", "ann"]).unwrap();
        assert!(matches!(cli.command, Command::Uaf(uaf) if uaf.user.as_deref() == Some("ann")));
    }
}
