//! What serves the pages guards them.

use reqwest::header::HeaderMap;
use reqwest::{Client, Response};

use crate::world::World;

async fn get(world: &World, path: &str) -> Response {
    let client = Client::builder().no_proxy().build().unwrap();
    client.get(format!("{}{path}", world.base_url)).send().await.unwrap()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).unwrap_or_else(|| panic!("{name}")).to_str().unwrap()
}

/// Addresses of what a page or a style names in its own folder.
fn named(page: &str) -> Vec<String> {
    let marks = ["src=\"", "href=\""];
    let after = |mark| page.split(mark).skip(1).filter_map(|rest: &str| rest.split('"').next());
    marks.into_iter().flat_map(after).filter(|name| !name.contains(':')).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_headers_that_guard_the_pages() {
    let world = World::at_localhost().await;
    for page in ["/web/device", "/web/portal"] {
        let answer = get(&world, page).await;
        assert!(text(answer.headers(), "content-type").starts_with("text/html"), "{page}");
        let body = answer.text().await.unwrap();
        let named = named(&body);
        assert!(named.iter().any(|name| name.ends_with(".js")), "{page} names a script: {named:?}");
        for path in named
            .iter()
            .map(|name| format!("/web/{}", name.trim_start_matches("/web/").trim_start_matches("./")))
            .chain([page.to_owned()])
        {
            let answer = get(&world, &path).await;
            assert_eq!(answer.status(), 200, "{path}");
            let headers = answer.headers();
            let policy = text(headers, "content-security-policy");
            for part in [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
                "form-action 'none'",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
            assert_eq!(text(headers, "x-content-type-options"), "nosniff", "{path}");
            assert_eq!(text(headers, "referrer-policy"), "no-referrer", "{path}");
            assert_eq!(text(headers, "cross-origin-opener-policy"), "same-origin", "{path}");
            assert!(text(headers, "strict-transport-security").starts_with("max-age="), "{path}");
            assert!(headers.contains_key("permissions-policy"), "{path}");
        }
    }
}
