//! `--support-email`, `--logo-url`, `--no-consent-management`, `--geolocation-required`, `--bank-url`, `--bank-key`: what an
//! App Space sets for the Authenticator API.

use std::path::{Path, PathBuf};

use clap::Args;
use countersign_domain::authenticator_settings::Bank;
use countersign_domain::outbound_url::Loopback;
use countersign_lambda::Refusal;
use countersign_lambda::setup::authenticator::{self, AuthenticatorWanted};

#[derive(Args)]
pub(crate) struct AuthenticatorFlags {
    /// Switches the Authenticator API on; where its apps send users for help
    #[arg(long, value_name = "ADDRESS")]
    support_email: Option<String>,
    /// The logo that its apps show, https://…
    #[arg(long, requires = "support_email")]
    logo_url: Option<String>,
    /// Its apps offer no list of consents
    #[arg(long, requires = "support_email")]
    no_consent_management: bool,
    /// Its apps must tell where they are
    #[arg(long, requires = "support_email")]
    geolocation_required: bool,
    /// Where the bank answers that encrypts for its apps; /api/sca/v1/… is added
    #[arg(long, requires_all = ["support_email", "bank_key"])]
    bank_url: Option<String>,
    /// A file with the bank's RSA public key in PEM
    #[arg(long, value_name = "FILE", requires = "bank_url")]
    bank_key: Option<PathBuf>,
    /// Permit a bank on this machine, by HTTP: for trying things out
    #[arg(long, requires = "bank_url")]
    allow_loopback: bool,
}

impl AuthenticatorFlags {
    /// What the flags say; nothing where they do not switch the API on.
    pub(crate) fn wanted(self) -> Result<Option<AuthenticatorWanted>, String> {
        let Some(email) = self.support_email else { return Ok(None) };
        let told = |error: Refusal| error.tell().body.message;
        let support_email = authenticator::support_email(email).map_err(|error| told(error.into()))?;
        let logo_url = self.logo_url.map(authenticator::logo_url).transpose();
        let bank = match (&self.bank_url, &self.bank_key) {
            (Some(url), Some(file)) => {
                let loopback = if self.allow_loopback { Loopback::Allowed } else { Loopback::Refused };
                Some(bank(url, file, loopback)?)
            }
            _ => None,
        };
        Ok(Some(AuthenticatorWanted {
            name: None,
            support_email: Some(support_email),
            logo_url: Some(logo_url.map_err(|error| told(error.into()))?),
            consent_management: Some(!self.no_consent_management),
            geolocation_required: Some(self.geolocation_required.then_some(true)),
            bank: Some(bank),
        }))
    }
}

fn bank(url: &str, file: &Path, loopback: Loopback) -> Result<Bank, String> {
    let shown = file.display();
    let pem = std::fs::read_to_string(file).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    authenticator::bank_of(url, &pem, loopback).map_err(|error| error.tell().body.message)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: AuthenticatorFlags,
    }

    fn read(line: &str) -> Result<Option<AuthenticatorWanted>, String> {
        let line = Line::try_parse_from(std::iter::once("line").chain(line.split_whitespace()));
        line.map_err(|error| error.to_string())?.flags.wanted()
    }

    #[test]
    fn the_api_is_off_until_there_is_an_address_for_help() {
        assert!(read("").unwrap().is_none());
        for line in
            ["--logo-url https://a.example/logo.png", "--geolocation-required", "--no-consent-management"]
        {
            assert!(read(line).unwrap_err().contains("--support-email"), "{line}");
        }
        let on = read("--support-email help@bank.example").unwrap().unwrap();
        assert_eq!((on.consent_management, on.geolocation_required), (Some(true), Some(None)));
    }

    #[test]
    fn what_apps_could_not_use_is_refused() {
        for line in [
            "--support-email help",
            "--support-email @bank.example",
            "--support-email h@b.example --logo-url http://a.example/logo.png",
            "--support-email h@b.example --bank-url https://bank.example",
            "--support-email h@b.example --bank-key /nonexistent",
            "--support-email h@b.example --bank-url https://bank.example --bank-key /nonexistent",
            "--support-email h@b.example --bank-url http://bank.example --bank-key /nonexistent",
            "--support-email h@b.example --bank-url http://127.0.0.1:4200 --bank-key /nonexistent",
            "--support-email h@b.example --allow-loopback",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
