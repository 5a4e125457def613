//! A website on this machine, for what only reads over HTTP: identity providers.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A website. It serves until the process ends.
#[derive(Debug, Clone)]
pub struct Website {
    url: String,
    pages: Arc<Mutex<HashMap<&'static str, Vec<u8>>>>,
}

impl Website {
    /// A website without pages, at a port of its own.
    ///
    /// # Panics
    /// When this machine has no loopback port left.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let site = Self { url: format!("http://{address}"), pages: Arc::default() };
        let pages = Arc::clone(&site.pages);
        thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                let pages = Arc::clone(&pages);
                thread::spawn(move || serve(&visitor, &pages));
            }
        });
        site
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Puts JSON at `path`, or what should be JSON.
    pub fn put(&self, path: &'static str, page: impl Into<Vec<u8>>) {
        self.pages.lock().expect("nobody panicked here").insert(path, page.into());
    }
}

/// Answers the requests of one connection until it is closed.
fn serve(visitor: &TcpStream, pages: &Mutex<HashMap<&'static str, Vec<u8>>>) -> Option<()> {
    visitor.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(visitor);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let path = line.split(' ').nth(1)?.to_owned();
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok().filter(|read| *read > 0)?;
            match header.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().ok()?;
                }
                Some(_) => {}
                None => break,
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).ok()?;
        let page = pages.lock().ok()?.get(path.as_str()).cloned();
        let (status, page) = page.map_or(("404 Not Found", Vec::new()), |page| ("200 OK", page));
        let mut answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            page.len()
        )
        .into_bytes();
        answer.extend_from_slice(&page);
        let mut visitor = visitor;
        visitor.write_all(&answer).ok()?;
    }
}
