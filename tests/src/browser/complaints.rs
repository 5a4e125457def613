//! What the page complained of, read from Chromium's log.
//!
//! This also runs while a window is dropped, where nothing can be awaited; so it speaks HTTP itself, over a plain socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// How long the driver may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// One command to the driver on `port`; its answer's body.
pub(super) fn wire(port: u16, method: &str, path: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )?;
    // The driver keeps the connection open whatever it is asked, so the head says where the answer ends.
    let mut reply = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while reply.read_line(&mut line)? > 2 {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or_default();
        }
        line.clear();
    }
    let mut body = String::new();
    reply.take(length).read_to_string(&mut body)?;
    Ok(body)
}

/// What the session's page complained of since this was last asked.
pub(super) fn complaints(port: u16, session: &str) -> Vec<String> {
    let reply = match wire(port, "POST", &format!("/session/{session}/se/log"), r#"{"type":"browser"}"#) {
        Ok(reply) => reply,
        Err(error) => return vec![format!("the browser's log cannot be read: {error}")],
    };
    let reply: Value = serde_json::from_str(&reply).unwrap_or_default();
    let Some(entries) = reply["value"].as_array() else {
        return vec![format!("the browser's log cannot be read: {reply}")];
    };
    entries.iter().filter(|entry| is_complaint(entry)).map(told).collect()
}

/// Refusals of the APIs are what many tests are about, and the page is to tell them itself.
fn is_complaint(entry: &Value) -> bool {
    let message = entry["message"].as_str().unwrap_or_default();
    let refusal = entry["source"] == "network"
        && message.contains("responded with a status of 4")
        && !message.contains("/web/");
    entry["level"] == "SEVERE" && !refusal
}

fn told(entry: &Value) -> String {
    format!(
        "{}: {}",
        entry["source"].as_str().unwrap_or_default(),
        entry["message"].as_str().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::is_complaint;

    fn entry(level: &str, source: &str, message: &str) -> Value {
        json!({ "level": level, "source": source, "message": message })
    }

    #[test]
    fn a_breach_of_policy_an_error_and_a_missing_asset_are_complaints() {
        let refused = "http://localhost:1/web/x.js - Failed to load resource: the server responded with a status of 404 (Not Found)";
        let broken = "http://localhost:1/device/v1/claims - Failed to load resource: the server responded with a status of 500 ()";
        for entry in [
            entry("SEVERE", "security", "Refused to apply inline style"),
            entry("SEVERE", "javascript", "Uncaught TypeError"),
            entry("SEVERE", "console-api", "an error"),
            entry("SEVERE", "network", refused),
            entry("SEVERE", "network", broken),
        ] {
            assert!(is_complaint(&entry), "{entry}");
        }
    }

    #[test]
    fn a_refusal_of_an_api_and_a_remark_are_none() {
        let refused = "http://localhost:1/device/v1/claims - Failed to load resource: the server responded with a status of 404 (Not Found)";
        assert!(!is_complaint(&entry("SEVERE", "network", refused)));
        assert!(!is_complaint(&entry("WARNING", "deprecation", "is deprecated")));
        assert!(!is_complaint(&entry("INFO", "console-api", "hello")));
    }
}
