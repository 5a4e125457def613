//! The command line of `cargo listen`.

use std::path::PathBuf;

use clap::Parser;

use super::demo;

/// A receiver of webhooks on this machine: verifies each event and prints it.
///
/// Secrets and keys come from the demo file that `cargo local` writes, unless --secret or --jwks is given.
#[derive(Debug, Parser)]
#[command(name = "listen", bin_name = "cargo listen")]
pub(crate) struct Cli {
    /// Where to listen; 0 takes any free port
    #[arg(long, default_value_t = 4100)]
    pub(crate) port: u16,
    /// A webhook secret (whsec_…); may be given several times
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret: Vec<String>,
    /// The service's key set, e.g. http://127.0.0.1:4000/.well-known/jwks.json
    #[arg(long, value_name = "URL")]
    pub(crate) jwks: Option<String>,
    /// Check the request that is piped in (the reply of getRequest), its receipt and the device's signature; then end
    #[arg(long, conflicts_with_all = ["once", "fail", "port"])]
    pub(crate) check: bool,
    /// End after the first event that verifies
    #[arg(long)]
    pub(crate) once: bool,
    /// Where `cargo local` wrote what it made
    #[arg(long, value_name = "FILE", default_value = demo::DEFAULT_PATH)]
    pub(crate) demo: PathBuf,
    /// Answer 500 to the first N events, to see them retried
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) fail: u32,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
        let cli = Cli::try_parse_from(["listen", "--secret", "a", "--secret", "b", "--once"]).unwrap();
        assert_eq!((cli.port, cli.fail, cli.once), (4100, 0, true));
        assert_eq!(cli.secret, ["a", "b"]);
    }
}
