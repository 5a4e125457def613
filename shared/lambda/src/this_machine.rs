//! The names of one machine. A service that runs on somebody's own machine is reached as `localhost` and as `127.0.0.1`: passkeys
//! need the one, for their relying party is a name, and some apps the other.

/// The names, as they stand in URLs.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

/// `public_url` under the name that the caller used: nothing unless both are names of this machine, at the same port.
pub(crate) fn as_called(public_url: &str, host: &str) -> Option<String> {
    let (public, called) = (split(public_url.strip_prefix("http://")?)?, split(host)?);
    (public == called).then(|| format!("http://{host}"))
}

/// The port, of a name of this machine.
fn split(host: &str) -> Option<&str> {
    let (name, port) = host.split_once(':')?;
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (NAMES.contains(&name) && is_port).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_this_machine_are_public_urls_at_the_same_port() {
        for url in ["http://127.0.0.1:4000", "http://localhost:4000"] {
            assert_eq!(as_called(url, "localhost:4000").as_deref(), Some("http://localhost:4000"));
            assert_eq!(as_called(url, "127.0.0.1:4000").as_deref(), Some("http://127.0.0.1:4000"));
        }
    }

    #[test]
    fn nobody_else_can_name_the_service() {
        for (url, host) in [
            ("http://127.0.0.1:4000", "localhost:4001"),
            ("http://127.0.0.1:4000", "localhost"),
            ("http://127.0.0.1:4000", "evil.example:4000"),
            ("http://127.0.0.1:4000", "localhost:4000/x"),
            ("http://127.0.0.1:4000", "localhost:"),
            ("http://127.0.0.1:4000", ""),
            ("http://10.0.0.1:4000", "localhost:4000"),
            ("https://localhost:4000", "localhost:4000"),
            ("https://auth.example.com", "localhost:443"),
            ("http://localhost:4000/v1", "localhost:4000"),
        ] {
            assert_eq!(as_called(url, host), None, "{url} {host}");
        }
    }
}
